"""A signal between any two steps of a command ends it in order: no step is too early or too late for one."""

import signal
import sys
from collections.abc import Sequence
from types import FrameType

import pytest

from app.cli.main import run

CODES = {signal.SIGTERM: 143, signal.SIGINT: 1}


class StepSignal:
    """Sends the process a signal at the nth call or return of a function; 0: never. It counts them."""

    def __init__(self, stop: signal.Signals, step: int) -> None:
        self._stop = stop
        self._step = step
        self._outside = signal.getsignal(stop)
        self.steps = 0

    def __call__(self, _frame: FrameType, _event: str, _argument: object) -> None:
        if signal.getsignal(self._stop) is self._outside:
            return  # the command doesn't handle it yet, or no longer
        self.steps += 1
        if self.steps == self._step:
            signal.raise_signal(self._stop)


def stopped(arguments: Sequence[str], stop: signal.Signals, step: int) -> tuple[int, int]:
    """Run a command that gets a signal at a step; return its exit code and how many steps it took."""
    watch = StepSignal(stop, step)
    sys.setprofile(watch)
    try:
        code = run(arguments)
    finally:
        sys.setprofile(None)
    return code, watch.steps


@pytest.mark.parametrize("stop", CODES, ids=lambda stop: stop.name)
def test_a_signal_at_any_step_ends_a_command_in_order(stop: signal.Signals, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["--version"]
    stopped(command, stop, 0)  # everything is loaded
    _, whole = stopped(command, stop, 0)
    outside, told = signal.getsignal(stop), 0
    for step in range(1, whole + 1):
        code, _ = stopped(command, stop, step)
        error = capfd.readouterr().err
        assert "Traceback" not in error
        assert code in {0, CODES[stop]}, (step, error)
        assert code == CODES[stop] or stop == signal.SIGINT  # which changes nothing about work that is done
        told += error.strip() == "stet: stopped"
        assert signal.getsignal(stop) is outside
    assert 100 < told < whole

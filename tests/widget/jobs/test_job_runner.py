"""Background work: its end is told once, on the window's thread, whatever the end is."""

import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.jobs import runner as jobs
from app.jobs.runner import JobOutcome, JobProgress, JobRunner
from tests.widget.widgets import settle

BUG = ZeroDivisionError("a bug, not a failure")


@pytest.fixture
def runner(qapp) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.shut_down()
    runner.deleteLater()


@pytest.fixture
def bugs(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Give the bugs that reach the hook of last resort."""
    found: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: found.append(error))
    return found


class Ends:
    """What a job's end told, and on which thread."""

    def __init__(self) -> None:
        self.outcomes: list[JobOutcome] = []
        self.threads: list[QThread] = []

    def __call__(self, outcome: JobOutcome) -> None:
        self.outcomes.append(outcome)
        self.threads.append(QThread.currentThread())


def fails(_tell, _token) -> None:
    raise StetError("the file is gone", hint="look for it")


def has_a_bug(_tell, _token) -> None:
    raise BUG


def returns(_tell, _token) -> int:
    return 2**40


def is_cancelled(_tell, token) -> None:
    token.cancel()
    token.raise_if_cancelled()


@pytest.mark.parametrize("work", [returns, fails, has_a_bug, is_cancelled])
def test_the_end_is_told_once_on_the_windows_thread(
    qtbot: QtBot, runner: JobRunner, bugs: list[BaseException], work
) -> None:
    ends = Ends()
    with qtbot.waitSignal(runner.finished) as caught:
        runner.submit("job", work, ends)
        assert runner.is_busy
    settle()
    assert ends.outcomes == caught.args
    assert ends.threads == [QThread.currentThread()]
    assert not runner.is_busy
    (outcome,) = ends.outcomes
    told = {
        returns: JobOutcome("job", value=2**40),
        has_a_bug: JobOutcome("job", bug=BUG),
        is_cancelled: JobOutcome("job", cancelled=True),
    }
    if work is fails:
        assert isinstance(outcome.error, StetError)
        assert (outcome.error.what, outcome.error.hint) == ("the file is gone", "look for it")
    else:
        assert outcome == told[work]
    assert bugs == ([BUG] if work is has_a_bug else [])


def test_work_runs_on_another_thread(qtbot: QtBot, runner: JobRunner) -> None:
    ends = Ends()
    with qtbot.waitSignal(runner.finished):
        runner.submit("job", lambda _tell, _token: threading.current_thread().name, ends)
    assert ends.outcomes[0].value == "stet-job"
    assert threading.current_thread().name != "stet-job"


def test_progress_is_told_on_the_windows_thread(qtbot: QtBot, runner: JobRunner) -> None:
    steps: list[tuple[JobProgress, QThread]] = []
    seen = threading.Event()

    class Listener(QObject):
        def hear(self, step: JobProgress) -> None:
            steps.append((step, QThread.currentThread()))
            seen.set()

    listener = Listener()
    runner.progressed.connect(listener.hear)

    def work(tell, _token) -> None:
        tell(2**40, 2**41, "bytes")
        seen.wait(5)

    with qtbot.waitSignal(runner.finished):
        runner.submit("job", work, Ends())
    assert steps == [(JobProgress("job", 2**40, 2**41, "bytes"), QThread.currentThread())]
    listener.deleteLater()


def test_one_job_at_a_time(qtbot: QtBot, runner: JobRunner) -> None:
    go_on = threading.Event()
    ends = Ends()
    with qtbot.waitSignal(runner.finished):
        runner.submit("first", lambda _tell, _token: go_on.wait(5), ends)
        with pytest.raises(StetError, match="still running"):
            runner.submit("second", returns, ends)
        go_on.set()
    assert [outcome.key for outcome in ends.outcomes] == ["first"]


def test_a_next_job_may_start_from_the_end_of_the_first(qtbot: QtBot, runner: JobRunner) -> None:
    ends = Ends()

    def go_on(outcome: JobOutcome) -> None:
        ends(outcome)
        runner.submit("second", returns, ends)

    runner.submit("first", returns, go_on)
    qtbot.waitUntil(lambda: len(ends.outcomes) == 2)
    assert [outcome.key for outcome in ends.outcomes] == ["first", "second"]


def test_cancelling_asks_and_the_job_stops_where_it_looks(qtbot: QtBot, runner: JobRunner) -> None:
    started = threading.Event()

    def work(_tell, token) -> None:
        started.set()
        while True:
            token.raise_if_cancelled()

    ends = Ends()
    with qtbot.waitSignal(runner.finished):
        runner.submit("job", work, ends)
        assert started.wait(5)
        runner.cancel()
    assert [outcome.cancelled for outcome in ends.outcomes] == [True]


def test_shutting_down_waits_and_then_nobody_is_told(qtbot: QtBot, runner: JobRunner) -> None:
    ends, over = Ends(), []

    def work(_tell, token) -> None:
        while True:
            try:
                token.raise_if_cancelled()
            except StetError:
                over.append(True)
                raise

    runner.submit("job", work, ends)
    runner.shut_down()
    assert over == [True]
    assert not runner.is_busy
    settle()
    assert ends.outcomes == []
    # And the end of the old one isn't taken for that of a new one.
    with qtbot.waitSignal(runner.finished):
        runner.submit("next", returns, ends)
    assert [outcome.key for outcome in ends.outcomes] == ["next"]


def test_a_bug_of_a_job_that_was_shut_down_is_still_reported(
    qtbot: QtBot, runner: JobRunner, bugs: list[BaseException]
) -> None:
    ends = Ends()

    def work(_tell, token) -> None:
        while True:
            try:
                token.raise_if_cancelled()
            except StetError as error:
                raise BUG from error

    runner.submit("job", work, ends)
    runner.shut_down()
    qtbot.waitUntil(lambda: bugs == [BUG])
    assert ends.outcomes == []


def test_a_job_that_never_ends_holds_nobody_up(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_LAST_WAIT_S", 0.1)
    runner, answer, ends = JobRunner(), threading.Event(), Ends()
    runner.submit("keyring", lambda _tell, _token: answer.wait(30), ends)
    runner.shut_down()
    assert not runner.is_busy
    runner.submit("next", lambda _tell, _token: "done", ends)
    answer.set()
    qtbot.waitUntil(lambda: [outcome.value for outcome in ends.outcomes] == ["done"])


def test_nothing_to_cancel_is_no_harm(runner: JobRunner) -> None:
    runner.cancel()
    runner.shut_down()
    assert not runner.is_busy


def test_a_job_is_replaced_without_waiting_and_the_last_one_runs(qtbot: QtBot) -> None:
    runner = JobRunner()
    may_end = threading.Event()
    ended: list[str] = []

    def slow(_tell: Progress, token: CancelToken) -> str:
        may_end.wait(10)
        return "given up" if token.is_cancelled else "slow"

    def quick(name: str) -> Callable[[Progress, CancelToken], str]:
        return lambda _tell, _token: name

    runner.replace("a", slow, lambda outcome: ended.append(outcome.value))
    runner.replace("b", quick("second"), lambda outcome: ended.append(outcome.value))
    runner.replace("c", quick("third"), lambda outcome: ended.append(outcome.value))
    assert ended == []
    may_end.set()
    qtbot.waitUntil(lambda: not runner.is_busy and bool(ended))
    assert ended == ["third"]


def test_a_job_without_enough_memory_says_so(qtbot: QtBot, runner: JobRunner) -> None:
    found: list[JobOutcome] = []
    runner.submit("large", lambda _report, _token: bytearray(2**60), found.append)
    qtbot.waitUntil(lambda: bool(found))
    assert found[0].bug is None
    assert "there isn't enough memory for this; close other programs" in str(found[0].error)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="how much a process holds is read as Linux says it")
def test_memory_of_a_large_job_is_given_back(runner: JobRunner, qtbot: QtBot) -> None:
    def work(_progress: Progress, _token: CancelToken) -> bytes:
        pieces = [bytes(2000) for _ in range(80_000)]
        time.sleep(0.1)
        return pieces[-1]  # a small thing that came last keeps the rest from being given back of itself

    before, found = _held(), list[bytes]()
    runner.submit("large", work, lambda outcome: found.append(outcome.value))
    qtbot.waitUntil(lambda: bool(found))
    assert runner.wait(10)
    qtbot.waitUntil(lambda: _held() < before + 40, timeout=5000)


def _held() -> float:
    """Return the memory of this process, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6

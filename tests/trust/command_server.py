"""Commands of Stet that are run one after the other, hundreds a minute, each for a limited time.

A command's time and memory are measured, and one that takes too long is asked to end as a shell would ask it.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from app.cli.catalogue import COMMANDS
from tests.trust import fork_server
from tests.trust.fork_server import ForkServer, Task

_LOADED_LATE = ("spacy", "scipy.optimize", "scipy.special", "sqlite_utils")
_PATIENCE = 6
_TO_END_S = 5.0
_STEP_S = 0.001
_SHOWN = 4000  # characters of what a command says on standard error


class Ended(NamedTuple):
    """How a command ended: the seconds that it computed and its most memory (MB) too, and whether it had to be asked
    to end, or killed.
    """

    code: int
    err: str
    seconds: float
    memory: float
    was_asked: bool
    was_killed: bool


class CommandServer:
    """A context in which commands are run one after the other, each for `limit` seconds at most.

    A machine that does other things as well doesn't count as a hang: those are seconds of its own computing, and six
    times as many by the clock. With `loads_all`, what only some commands need is loaded before the first one too.
    """

    def __init__(self, folder: Path, limit: float, *, loads_all: bool = True) -> None:
        self._folder = folder
        self._limit = limit
        environment = {"STET_HOME": str(folder / "stet-home"), "OPENBLAS_NUM_THREADS": "1"}
        commands = ("app.__main__", "app.cli.main", *(f"app.cli.{entry.module}" for entry in COMMANDS.values()))
        late = _LOADED_LATE if loads_all else ()
        self._server = ForkServer(environment=environment, modules=(*commands, *late))

    def __enter__(self) -> "CommandServer":
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    def __call__(
        self, *arguments: object, longest: int = 0, stop: tuple[int, float] | None = None, more_s: float = 0
    ) -> Ended:
        """Run a command in the folder. `longest` is how long (bytes) a file of it may get, as below a quota; 0: any.
        `stop` is a signal that it gets, and after how many seconds of its computing. `more_s` is added to the limit.
        """
        said = self._folder.parent / f"{self._folder.name}.said"  # in the folder it could be taken for work
        words = tuple(str(part) for part in arguments)
        task = Task("tests.trust.fork_server:call_command", words, self._folder, said, False, longest)
        ended, was_asked, was_killed = self._watched(task, stop, self._limit + more_s)
        said.unlink()
        return Ended(ended.code, ended.said[-_SHOWN:], ended.seconds, ended.memory, was_asked, was_killed)

    def _watched(
        self, task: Task, stop: tuple[int, float] | None, limit: float
    ) -> tuple[fork_server.Ended, bool, bool]:
        process = self._server.begin(task)
        began = time.monotonic()
        os.kill(process, signal.SIGCONT)
        was_asked = was_killed = False
        asked = 0.0
        while (ended := self._server.end_within(task, _STEP_S)) is None:
            took = time.monotonic() - began
            computed = _computed(process)
            if stop is not None and computed >= stop[1]:
                _send(process, stop[0])
                stop = None
            if not was_asked and (took > limit * _PATIENCE or (took > limit and computed > limit)):
                _send(process, signal.SIGTERM)
                was_asked, asked = True, took
            elif was_asked and took > asked + _TO_END_S and not was_killed:
                _send(process, signal.SIGKILL)
                was_killed = True
        return ended, was_asked, was_killed


def _send(process: int, what: int) -> None:
    with suppress(ProcessLookupError):  # it has just ended
        os.kill(process, what)


def _computed(process: int) -> float:
    """Return the seconds that a process has computed, 0 if it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""Runs the real program thousands of times: each run is forked from a process that has imported everything already.

A kill costs what the command costs, not the start of an interpreter. Started as `python -m tests.trust.fork_server`, it
reads one task a line, and answers with the number of the process that does it and then with how that ended. When the
process is ready it waits, stopped, until it is let go: whoever wants to kill it can get ready too.
"""

import gc
import json
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import TracebackType
from typing import Any, NamedTuple

import app

ROOT = Path(__file__).resolve().parents[2]


_MOST = 1 << 16
_UI = ("app.ui.", "app.bootstrap", "app.jobs.runner")
_OTHERS = (
    "app.__main__",
    "app.nlp.",
    "app.jobs.worker_process",
    "app.jobs.trainer.process",
    "app.exchange.formats.pdf.",
)


class Task(NamedTuple):
    """What a process is to do: call a function, `module:name`, with words, in a folder. The function calls `wait` once
    it is ready.
    """

    function: str
    words: tuple[str, ...]
    folder: Path
    said: Path
    """The file that gets what the process writes to standard error, and to standard output with `keeps_output`."""
    keeps_output: bool = True
    longest: int = 0
    """How long (bytes) a file of it may get, as below a quota; 0: any."""


class Ended(NamedTuple):
    """How a process ended: its exit code, or the number of the signal that ended it as a negative number; what it said;
    and the seconds that it computed and its most memory (MB).
    """

    code: int
    said: str
    seconds: float
    memory: float

    @property
    def is_killed(self) -> bool:
        """Whether the kill came in time."""
        return self.code == -signal.SIGKILL


class ForkServer:
    """A process that has imported the program, and with `has_window` also what draws; use it in a `with` block.

    With `modules` it has imported those alone.
    """

    def __init__(
        self, *, environment: Mapping[str, str], has_window: bool = False, modules: Sequence[str] = ()
    ) -> None:
        self._said = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.trust.fork_server", json.dumps([has_window, [*modules]])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
            bufsize=0,
        )

    def __enter__(self) -> "ForkServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def begin(self, task: Task) -> int:
        """Start a process and return its number. Once ready, it stands still until it gets SIGCONT."""
        assert self._process.stdin is not None
        asked = [*task._replace(folder=str(task.folder), said=str(task.said))]
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        process = self._answer(None)
        assert isinstance(process, int)
        return process

    def end(self, task: Task) -> Ended:
        """Wait for the end of the process that does a task."""
        ended = self.end_within(task, None)
        assert ended is not None
        return ended

    def end_within(self, task: Task, seconds: float | None) -> Ended | None:
        """Wait so long for the end of the process that does a task; return None if it still runs."""
        answer = self._answer(seconds)
        if answer is None:
            return None
        code, computed, memory = answer
        return Ended(code, task.said.read_text(encoding="utf-8", errors="backslashreplace"), computed, memory)

    def _answer(self, seconds: float | None) -> Any:  # noqa: ANN401  what JSON has
        assert self._process.stdout is not None
        while b"\n" not in self._said:
            if not select.select([self._process.stdout], [], [], seconds)[0]:
                return None
            found = self._process.stdout.read(_MOST)
            assert found, "the fork server has ended"
            self._said += found
        answer, _, self._said = self._said.partition(b"\n")
        return json.loads(answer)


def wait() -> None:
    """Stand still until whoever watches this process lets it go."""
    os.kill(os.getpid(), signal.SIGSTOP)


def call_command(words: Sequence[str]) -> int:
    """Run the program with these arguments, as `python -m app` does."""
    from app.__main__ import main

    wait()
    return main(words)


def serve(modules: Iterable[str]) -> None:
    """Do tasks until there are no more."""
    for module in modules:
        import_module(module)
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _carry_out(*json.loads(line))
        _, status, usage = os.wait4(child, os.WUNTRACED)
        print(child, flush=True)
        if os.WIFSTOPPED(status):
            _, status, usage = os.wait4(child, 0)
        seconds, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
        print(json.dumps([os.waitstatus_to_exitcode(status), seconds, memory]), flush=True)


def _whole(*, has_window: bool) -> Iterator[str]:
    """Yield the modules of the program."""
    left_out = _OTHERS if has_window else (*_OTHERS, *_UI)
    for module in walk_packages(app.__path__, "app."):
        if not module.name.startswith(left_out):
            yield module.name
    if has_window:
        yield "tests.trust.window_sitting"


def _carry_out(function: str, words: list[str], folder: str, said: str, keeps_output: bool, longest: int) -> None:  # noqa: FBT001  as JSON has it
    """Do a task in this process, and end it."""
    code: Any = 70
    try:
        os.chdir(folder)
        os.setpgid(0, 0)  # whatever it starts can be found, and ended with it
        err = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        nothing = os.open(os.devnull, os.O_RDWR)
        for source, target in ((nothing, 0), (err if keeps_output else nothing, 1), (err, 2)):
            os.dup2(source, target)
        if longest:
            resource.setrlimit(resource.RLIMIT_FSIZE, (longest, resource.RLIM_INFINITY))
        module, _, name = function.partition(":")
        code = getattr(import_module(module), name)(words)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001  told, as an interpreter does at its end
        import traceback

        traceback.print_exc()
    finally:
        with suppress(OSError):  # where files may not grow
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    has_window, modules = json.loads(sys.argv[1])
    serve(modules or _whole(has_window=has_window))

"""Runs the real program thousands of times: each run is forked from a process that has imported everything already.

A kill costs what the command costs, not the start of an interpreter. Started as `python -m tests.trust.fork_server`, it
reads one task a line, and answers with the number of the process that does it and then with how that ended. When the
process is ready it waits, stopped, until it is let go: whoever wants to kill it can get ready too.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import TracebackType
from typing import Any, NamedTuple

import app

ROOT = Path(__file__).resolve().parents[2]


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
    """The file that gets what the process writes to standard output and standard error."""


class Ended(NamedTuple):
    """How a process ended: its exit code, or the number of the signal that ended it as a negative number."""

    code: int
    said: str

    @property
    def is_killed(self) -> bool:
        """Whether the kill came in time."""
        return self.code == -signal.SIGKILL


class ForkServer:
    """A process that has imported the program, and with `has_window` also what draws; use it in a `with` block."""

    def __init__(self, *, environment: Mapping[str, str], has_window: bool = False) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.trust.fork_server", *(["window"] if has_window else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
            text=True,
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
        self._process.stdin.write(json.dumps([task.function, task.words, str(task.folder), str(task.said)]) + "\n")
        self._process.stdin.flush()
        return int(self._answer())

    def end(self, task: Task) -> Ended:
        """Wait for the end of the process that does a task."""
        return Ended(int(self._answer()), task.said.read_text(encoding="utf-8", errors="replace"))

    def _answer(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        assert answer, "the fork server has ended"
        return answer


def wait() -> None:
    """Stand still until whoever watches this process lets it go."""
    os.kill(os.getpid(), signal.SIGSTOP)


def call_command(words: Sequence[str]) -> int:
    """Run the program with these arguments, as `python -m app` does."""
    from app.__main__ import main

    wait()
    return main(words)


def serve(*, has_window: bool) -> None:
    """Do tasks until there are no more."""
    import gc

    left_out = _OTHERS if has_window else (*_OTHERS, *_UI)
    for module in walk_packages(app.__path__, "app."):
        if not module.name.startswith(left_out):
            import_module(module.name)
    if has_window:
        import_module("tests.trust.window_sitting")
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _carry_out(*json.loads(line))
        _, status = os.waitpid(child, os.WUNTRACED)
        print(child, flush=True)
        if os.WIFSTOPPED(status):
            _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _carry_out(function: str, words: list[str], folder: str, said: str) -> None:
    """Do a task in this process, and end it."""
    code: Any = 70
    try:
        os.chdir(folder)
        os.setpgid(0, 0)  # whatever it starts can be found, and ended with it
        out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (out, 1), (out, 2)):
            os.dup2(source, target)
        module, _, name = function.partition(":")
        code = getattr(import_module(module), name)(words)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001  told, as an interpreter does at its end
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    serve(has_window="window" in sys.argv)

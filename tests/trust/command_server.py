"""Commands of Stet in processes of their own, hundreds a minute: each is a fork of one that has loaded the program.

A command's time and memory are measured, and one that takes too long is asked to end as a shell would ask it.
"""

import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parents[2]
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
        self._loaded = _LOADED_LATE if loads_all else ()

    def __enter__(self) -> "CommandServer":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.trust.command_server", *self._loaded],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "STET_HOME": str(self._folder / "stet-home"), "OPENBLAS_NUM_THREADS": "1"},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def __call__(self, *arguments: object, longest: int = 0, stop: tuple[int, float] | None = None) -> Ended:
        """Run a command in the folder. `longest` is how long (bytes) a file of it may get, as below a quota; 0: any.
        `stop` is a signal that it gets, and after how many seconds of its computing.
        """
        asked = {
            "arguments": [str(part) for part in arguments],
            "folder": str(self._folder),
            "limit": self._limit,
            "longest": longest,
            "stop": stop,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))


def _serve(*modules: str) -> None:
    from app.cli.catalogue import COMMANDS

    for module in (*(f"app.cli.{entry.module}" for entry in COMMANDS.values()), *modules):
        importlib.import_module(module)
    for line in sys.stdin:
        print(json.dumps(_run(**json.loads(line))._asdict()), flush=True)


def _run(arguments: list[str], folder: str, limit: float, longest: int, stop: tuple[int, float] | None) -> Ended:
    with tempfile.TemporaryFile() as said:
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            _become(arguments, folder, said.fileno(), longest)
        status, usage, was_asked, was_killed = _awaited(child, began, limit, stop)
        said.seek(0)
        err = said.read().decode(errors="backslashreplace")[-_SHOWN:]
    code = os.waitstatus_to_exitcode(status)
    return Ended(code, err, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, was_asked, was_killed)


def _awaited(
    child: int, began: float, limit: float, stop: tuple[int, float] | None
) -> tuple[int, resource.struct_rusage, bool, bool]:
    was_asked = was_killed = False
    asked = 0.0
    while True:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            return status, usage, was_asked, was_killed
        took = time.monotonic() - began
        if stop is not None and _computed(child) >= stop[1]:
            os.kill(child, stop[0])
            stop = None
        if not was_asked and (took > limit * _PATIENCE or (took > limit and _computed(child) > limit)):
            os.kill(child, signal.SIGTERM)
            was_asked, asked = True, took
        elif was_asked and took > asked + _TO_END_S and not was_killed:
            os.kill(child, signal.SIGKILL)
            was_killed = True
        time.sleep(_STEP_S)


def _computed(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _become(arguments: list[str], folder: str, said: int, longest: int) -> NoReturn:
    """Be a process that runs the command. What it doesn't catch ends it as it ends any program."""
    os.chdir(folder)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number, target in ((0, nothing), (1, nothing), (2, said)):
        os.dup2(target, number)
    if longest:
        resource.setrlimit(resource.RLIMIT_FSIZE, (longest, resource.RLIM_INFINITY))
    from app.__main__ import main

    try:
        code = main(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve(*sys.argv[1:])

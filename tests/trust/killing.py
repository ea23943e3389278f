"""Killing a process at a moment: at one of its calls that write, or after a time."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.processes import until
from tests.trust.fork_server import Ended, ForkServer, Task

# What changes anything on a disk. A question mark lets those pass that a machine doesn't have.
WRITES = (
    "pwrite64,write,?writev,fsync,fdatasync,ftruncate,?rename,?renameat,?renameat2,?link,linkat,?unlink,unlinkat,"
    "?mkdir,mkdirat,?rmdir,?sendfile,?copy_file_range,?chmod,?fchmod,?fallocate"
)
READS = "openat,read,pread64,?readv,?preadv,?statx,?newfstatat,fstat,?lseek,getdents64,?flock,?fcntl,?access"
_PATIENCE_S = 20.0


class Call(NamedTuple):
    """A writing call of a process: the nth that one of its threads makes of a name, such as the third `fsync`.

    So strace counts them too: by thread and by name.
    """

    name: str
    number: int


class Moment(NamedTuple):
    """When a process is to be killed: as it makes a writing call, or so many seconds after it was let go."""

    call: Call | None = None
    seconds: float | None = None

    def __str__(self) -> str:
        return f"at {self.call.name} {self.call.number}" if self.call is not None else f"after {self.seconds:.3f} s"


class Measured(NamedTuple):
    """How a process ended that nobody killed, its writing calls in their order, and how many seconds it took."""

    ended: Ended
    calls: tuple[Call, ...]
    seconds: float


def can_trace() -> bool:
    """Return whether calls can be counted here: strace is there, and may look into other processes."""
    strace = shutil.which("strace")
    return (
        strace is not None and subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True).returncode == 0
    )


def measured(server: ForkServer, task: Task, calls: Path | None = None, names: str = WRITES) -> Measured:
    """Let a process come to its end, and measure how long that takes.

    With `calls`, a file for the purpose, its calls of some names are listed too; being watched, it takes several times
    as long.
    """
    process = server.begin(task)
    tracer = _traced(process, str(calls), names) if calls is not None else None
    began = time.monotonic()
    os.kill(process, signal.SIGCONT)
    ended = server.end(task)
    seconds = time.monotonic() - began
    if tracer is None or calls is None:
        return Measured(ended, (), seconds)
    tracer.wait(_PATIENCE_S)
    return Measured(ended, tuple(_listed(calls.read_text(encoding="utf-8", errors="replace"))), seconds)


def _listed(trace: str) -> Iterator[Call]:
    """Yield the calls that a trace names, each when the first of the threads makes it."""
    counted: Counter[tuple[str, str]] = Counter()
    known: set[Call] = set()
    for line in trace.splitlines():
        thread, _, said = line.partition(" ")
        name, opening, _ = said.strip().partition("(")
        if not opening or not name.isidentifier():  # a signal, an end, or the rest of a call that was named before
            continue
        counted[thread, name] += 1
        call = Call(name, counted[thread, name])
        if call not in known:
            known.add(call)
            yield call


def killed(server: ForkServer, task: Task, moment: Moment) -> Ended:
    """Let a process go and kill it at a moment; return how it ended.

    Waits for the end of all that it had started, which must notice by itself that nobody needs it any more.
    """
    if moment.call is not None:
        return _ended_with(server, task, moment.call, "signal=KILL")
    process = server.begin(task)
    timer = threading.Timer(moment.seconds or 0.0, _kill, [process])
    timer.start()
    os.kill(process, signal.SIGCONT)
    ended = server.end(task)
    timer.cancel()
    timer.join()
    until(lambda: not _runs(process))
    return ended


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has just come to its end
        os.kill(process, signal.SIGKILL)


def failed(server: ForkServer, task: Task, call: Call, error: str) -> Ended:
    """Let a process go, and let one of its calls fail with an error of the system, such as "EIO"; return how it ended.

    The call isn't made.
    """
    return _ended_with(server, task, call, f"error={error}")


def _ended_with(server: ForkServer, task: Task, call: Call, what: str) -> Ended:
    """Let a process go and meet `what`, as strace names it, at a call; return how it ended, and all it had started."""
    process = server.begin(task)
    tracer = _traced(process, os.devnull, call.name, f"inject={call.name}:{what}:when={call.number}")
    os.kill(process, signal.SIGCONT)
    ended = server.end(task)
    tracer.wait(_PATIENCE_S)
    until(lambda: not _runs(process))
    return ended


def moments(found: Measured, number: int, chance: random.Random) -> list[Moment]:
    """Return so many moments in the life of a process: swept over its writing calls, and some at random times."""
    if not found.calls:
        return [Moment(seconds=chance.uniform(0, found.seconds)) for _ in range(number)]
    by_time = number // 5
    swept = number - by_time
    step = len(found.calls) / swept
    calls = [Moment(call=found.calls[int((at + chance.random()) * step)]) for at in range(swept)]
    return calls + [Moment(seconds=chance.uniform(0, found.seconds)) for _ in range(by_time)]


def _runs(process_group: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process_group, 0)
        return True
    return False


def _traced(process: int, out: str, names: str, *more: str) -> subprocess.Popen[bytes]:
    """Have strace look at the calls of some names that a process makes, which stands still."""
    options = [part for each in more for part in ("-e", each)]
    command = ["strace", "-f", "-qq", "-o", out, "-e", f"trace={names}", *options, "-p", str(process)]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    end = time.monotonic() + _PATIENCE_S
    while f"TracerPid:\t{tracer.pid}\n" not in Path(f"/proc/{process}/status").read_text():
        assert time.monotonic() < end, "strace doesn't get at the process"
        time.sleep(0.002)
    return tracer

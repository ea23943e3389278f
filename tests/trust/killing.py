"""Killing a process at a moment: at the nth of its calls that write, or after a time."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import NamedTuple

from tests.processes import until
from tests.trust.fork_server import Ended, ForkServer, Task

# What changes anything on a disk. A question mark lets those pass that a machine doesn't have.
_WRITES = (
    "pwrite64,write,?writev,fsync,fdatasync,ftruncate,?rename,?renameat,?renameat2,?link,linkat,?unlink,unlinkat,"
    "?mkdir,mkdirat,?rmdir,?sendfile,?copy_file_range,?chmod,?fchmod,?fallocate"
)
_PATIENCE_S = 20.0


class Moment(NamedTuple):
    """When a process is to be killed: as it makes its nth writing call, or so many seconds after it was let go."""

    call: int | None = None
    seconds: float | None = None

    def __str__(self) -> str:
        return f"at writing call {self.call}" if self.call is not None else f"after {self.seconds:.3f} s"


class Measured(NamedTuple):
    """How a process ended that nobody killed, how many writing calls it made, and how many seconds it took."""

    ended: Ended
    calls: int
    seconds: float


def can_trace() -> bool:
    """Return whether calls can be counted here: strace is there, and may look into other processes."""
    strace = shutil.which("strace")
    return (
        strace is not None and subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True).returncode == 0
    )


def measured(server: ForkServer, task: Task, counts: Path | None) -> Measured:
    """Let a process come to its end; with `counts`, a file for the purpose, count its writing calls."""
    process = server.begin(task)
    tracer = _traced(process, str(counts)) if counts is not None else None
    began = time.monotonic()
    os.kill(process, signal.SIGCONT)
    ended = server.end(task)
    seconds = time.monotonic() - began
    if tracer is None or counts is None:
        return Measured(ended, 0, seconds)
    tracer.wait(_PATIENCE_S)
    per_thread: dict[str, int] = {}
    for line in counts.read_text(encoding="utf-8", errors="replace").splitlines():
        thread, _, call = line.partition(" ")
        if not call.strip().startswith(("+++", "---", "<...")):
            per_thread[thread] = per_thread.get(thread, 0) + 1
    return Measured(ended, max(per_thread.values(), default=0), seconds)


def killed(server: ForkServer, task: Task, moment: Moment) -> Ended:
    """Let a process go and kill it at a moment; return how it ended.

    Waits for the end of all that it had started, which must notice by itself that nobody needs it any more.
    """
    process = server.begin(task)
    tracer = (
        None
        if moment.call is None
        else _traced(process, os.devnull, f"inject={_WRITES}:signal=KILL:when={moment.call}")
    )
    timer = None
    if moment.seconds is not None:
        timer = threading.Timer(moment.seconds, os.kill, (process, signal.SIGKILL))
        timer.start()
    os.kill(process, signal.SIGCONT)
    ended = server.end(task)
    if timer is not None:
        timer.cancel()
        timer.join()
    if tracer is not None:
        tracer.wait(_PATIENCE_S)
    until(lambda: not _runs(process))
    return ended


def moments(found: Measured, number: int, chance: random.Random) -> list[Moment]:
    """Return so many moments in the life of a process: swept over its writing calls, and some at random times."""
    if not found.calls:
        return [Moment(seconds=chance.uniform(0, found.seconds)) for _ in range(number)]
    by_time = number // 5
    swept = number - by_time
    step = found.calls / swept
    calls = [Moment(call=1 + int((at + chance.random()) * step)) for at in range(swept)]
    return calls + [Moment(seconds=chance.uniform(0, found.seconds)) for _ in range(by_time)]


def _runs(process_group: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process_group, 0)
        return True
    return False


def _traced(process: int, out: str, *more: str) -> subprocess.Popen[bytes]:
    """Have strace look at a process that stands still."""
    options = [part for each in more for part in ("-e", each)]
    command = ["strace", "-f", "-qq", "-o", out, "-e", f"trace={_WRITES}", *options, "-p", str(process)]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    end = time.monotonic() + _PATIENCE_S
    while f"TracerPid:\t{tracer.pid}\n" not in Path(f"/proc/{process}/status").read_text():
        assert time.monotonic() < end, "strace doesn't get at the process"
        time.sleep(0.002)
    return tracer

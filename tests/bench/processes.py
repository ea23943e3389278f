"""What a process of its own takes."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

# A small process in between: a new one's memory counts from that of the one which started it.
_LAUNCHER = """
import os, resource, sys
status = os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)[1])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
sys.exit(status)
"""


class Used(NamedTuple):
    """Milliseconds of CPU, and the most megabytes of memory."""

    cpu: float
    memory: float


def used_by(*arguments: str) -> Used:
    """Run Python with some arguments; return what it took."""
    command = [sys.executable, "-S", "-c", _LAUNCHER, sys.executable, *arguments]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    seconds, memory = map(float, done.stderr.split())
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024  # there, in bytes
    return Used(seconds * 1000, memory / unit)

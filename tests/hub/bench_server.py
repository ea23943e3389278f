"""Starts workbenches as processes: each is forked from one that has imported the program already.

So a workbench that was killed is back within milliseconds. Run as `python -m tests.hub.bench_server`, it reads the
place of a workbench a line and answers with the number of its process.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from tests.hub.workbench import Place, work_at

ROOT = Path(__file__).resolve().parents[2]


class BenchServer:
    """The process that all workbenches are children of. Closing it waits for none of them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hub.bench_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
        )

    def start(self, place: Place) -> int:
        """Start a workbench; return the number of its process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(place) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Start no more."""
        self._process.communicate()


def serve() -> None:
    """Start workbenches until there are no more."""
    import gc

    from psycopg import sql  # noqa: F401  what every exchange would import

    from app.hub.address import parsed_hub_address
    from app.hub.credentials import password_for

    password_for(parsed_hub_address("postgresql:///nowhere"))  # imports the keyring
    gc.freeze()
    signal.signal(signal.SIGCHLD, _bury)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(Place(*json.loads(line)))
        print(child, flush=True)


def _bury(_signal: int, _frame: FrameType | None) -> None:
    """Let those go that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(place: Place) -> None:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        work_at(place)
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve()

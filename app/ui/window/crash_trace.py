"""The trace of a crash below Python, such as a segmentation fault, kept for the next start to tell of.

Where Python's own fault handler can still write, it writes the places in the code of all threads and no values, so no
text of a document. The system's lock on a second file says whether the process that a trace belongs to still runs.
"""

import faulthandler
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from app import paths

if TYPE_CHECKING:
    from filelock import FileLock

_MOST = 20_000  # characters of a trace that are told: a deep recursion in many threads writes far more


class Crash(NamedTuple):
    """How an earlier process ended: when, what was the reason in the words of the system, and where each thread was."""

    when: datetime
    what: str
    trace: str


class CrashTrace:
    """Has the fault handler write into a file of this process's own. Must be kept until `end` is called."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._file: IO[str] | None = None
        self._lock: FileLock | None = None

    def begin(self) -> None:
        """Start to listen. If the folder can't be written, a crash leaves no trace."""
        from filelock import Timeout  # it would cost the start of the program

        folder = _folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{os.getpid()}-{os.urandom(4).hex()}.txt"
            self._lock = _lock_of(path)
            self._lock.acquire()
            self._file = path.open("w", encoding="utf-8")
        except (OSError, Timeout):
            return
        self._path = path
        faulthandler.enable(self._file)

    def end(self) -> None:
        """Stop, and take the file away. Idempotent."""
        if self._file is not None and self._path is not None and self._lock is not None:
            faulthandler.disable()
            self._file.close()
            _remove(self._path, self._lock)
            self._file = None


def earlier_crashes() -> list[Crash]:
    """Return the crashes of processes that have ended since the last call, oldest first, and take their files away.

    A process that was killed, or lost its power, left an empty file and says nothing.
    """
    from filelock import Timeout

    found: list[Crash] = []
    with suppress(OSError):
        for path in sorted(_folder().glob("*.txt"), key=lambda each: each.stat().st_mtime):
            lock = _lock_of(path)
            try:
                lock.acquire()
            except (OSError, Timeout):
                continue
            with suppress(OSError):
                found.extend(_read(path))
            _remove(path, lock)
    return found


def _read(path: Path) -> list[Crash]:
    said = path.read_text(encoding="utf-8", errors="replace")[:_MOST].strip()
    if not said:
        return []
    what = said.partition("\n")[0].removeprefix("Fatal Python error:").removeprefix("Windows fatal exception:").strip()
    return [Crash(datetime.fromtimestamp(path.stat().st_mtime).astimezone(), what, said)]


def _folder() -> Path:
    return paths.state_dir() / "crashes"


def _lock_of(path: Path) -> "FileLock":
    from filelock import FileLock

    return FileLock(str(path.with_suffix(".lock")), timeout=0, thread_local=False)


def _remove(path: Path, lock: "FileLock") -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
    # Released first: Windows removes no file that is open.
    lock.release()
    with suppress(OSError):
        path.with_suffix(".lock").unlink(missing_ok=True)

"""Temporary folders in which files are made before they are moved into place, and what a killed process left in one.

A file that appears complete or not at all must be made on the same file system as its target: in `.NAME.TOKEN.part`
beside it. A lock in the folder says that its process is alive, so that any later process may remove what a killed one
has left, and nothing else: process numbers are used again, and mean nothing on a disk that two machines share.
"""

import errno
import os
import re
import shutil
import weakref
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from app.core.errors import StetError

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK = ".stet-lock"
_NAME = re.compile(r"\.[^/\\]*\.[0-9a-f]{12}\.part")
_MOST_NAMED = 50  # characters of the target's name; a longer one could exceed what a file system takes
_ATTEMPTS = 20


class StagingFolder:
    """A temporary folder beside `target`, removed at the end of the `with` block or by `discard`.

    What killed processes left in the same place is removed first. An error of the block that names a file in the folder
    names the target instead: nobody else knows the folder. Raises OSError if the folder can't be made.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        remove_abandoned(target.parent)
        for _ in range(_ATTEMPTS):
            self.path = target.with_name(f".{target.name[:_MOST_NAMED]}.{os.urandom(6).hex()}.part")
            lock = _lock_in(self.path)
            # Before there is a folder: Ctrl+C can come between any two steps.
            self._finalizer = weakref.finalize(self, _remove, self.path, lock)
            if self._is_made(lock):
                return
            self.discard()
        raise FileNotFoundError(errno.ENOENT, "another program removes what is made there", str(target.parent))

    def _is_made(self, lock: "BaseFileLock") -> bool:
        """Make the folder and lock it; False if another process took it for an abandoned one just then."""
        from filelock import Timeout

        self.path.mkdir()
        try:
            lock.acquire()
        except (Timeout, FileNotFoundError):
            return False
        return (self.path / _LOCK).exists()

    def __enter__(self) -> "StagingFolder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, StetError) and error.path is not None and self.path in Path(error.path).parents:
            error.path = self._target
            if self.path.name in error.hint:
                error.hint = "nothing was made; keep a copy of what it was to be made from"
        self.discard()

    def discard(self) -> None:
        """Remove the folder with all that is still in it. Idempotent."""
        self._finalizer()


def remove_abandoned(folder: Path) -> None:
    """Remove the staging folders in a folder whose processes have ended. What can't be removed stays."""
    try:
        with os.scandir(folder) as entries:
            found = [Path(entry.path) for entry in entries if _NAME.fullmatch(entry.name) and _is_folder(entry)]
    except OSError:
        return
    for path in found:
        _remove_if_abandoned(path)


def is_taken(target: Path) -> bool:
    """Whether there is something at the path of what is to be made. What killed processes left beside it is removed
    first, as a staging folder does, which isn't made where the name is taken: one of them may have got so far.
    """
    remove_abandoned(target.parent)
    return target.exists()


def move_new(source: Path, target: Path) -> None:
    """Move a file to a name that must be free, on the same file system. Raises FileExistsError, and OSError."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # Not every file system has links, and without them only a look beforehand keeps an existing file.
        if target.exists():
            raise FileExistsError(f"{target} exists") from None
        os.rename(source, target)
    else:
        source.unlink()
    sync_folder(target.parent)


def move_over(source: Path, target: Path) -> None:
    """Move a file to a name on the same file system, replacing a file that has it. Raises OSError."""
    os.replace(source, target)
    sync_folder(target.parent)


def sync_file(path: Path) -> None:
    """Have the disk store a file's content for good. Raises OSError."""
    # Windows flushes only what may be written.
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the disk store the names in a folder for good, where the system can."""
    if os.name == "nt":
        return
    # A file system that can't sync folders stores the name when it likes; the content is safe by then.
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _remove_if_abandoned(path: Path) -> None:
    # A folder without a lock was just made, or its process was killed right then: there is nothing in it to keep.
    if not (path / _LOCK).is_file():
        with suppress(OSError):
            path.rmdir()
        return
    from filelock import Timeout

    lock = _lock_in(path)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return
    _remove(path, lock)


def _remove(path: Path, lock: "BaseFileLock") -> None:
    # Released first: Windows removes no file that is open. Whoever gets the lock then removes the folder too.
    with suppress(OSError):
        lock.release()
    for _ in range(2):  # a disk or a server may refuse something once
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return


def _lock_in(path: Path) -> "BaseFileLock":
    from filelock import FileLock  # it would be a tenth of the start of a command that makes no file

    return FileLock(str(path / _LOCK), timeout=0, thread_local=False)

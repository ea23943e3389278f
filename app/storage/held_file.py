"""The project files that this process has open, whatever their names, and the writer's lock on a file itself.

Closing any handle of a file drops the POSIX locks that this process has on it, SQLite's among them
(https://www.sqlite.org/howtocorrupt.html, section 2.2). So handles stay open until nothing of ours uses the file.
"""

import errno
import os
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Identity = tuple[int, int]

# SQLite locks 512 bytes from 0x40000000 on: https://www.sqlite.org/fileformat2.html#the_lock_byte_page
_LOCKED_BYTE = 0x4000_0400
_FLOCK = "hhqqi4x"  # kind, whence, start, length, process: `struct flock` of Linux
_HEADER = 100  # bytes
_KEEPS_HANDLES = os.name == "posix"


class _Held:
    """A file that is open here: how often, its handles by whether they can write, and whether we hold its lock."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.count = 0
        self.handles: dict[bool, int] = {}
        self.is_locked = False


_held: dict[Identity, _Held] = {}
_guard = threading.RLock()


def identity_of(path: Path) -> Identity | None:
    """Return what identifies a file whatever its name (device and inode); None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def is_held(path: Path) -> bool:
    """Return whether this process has the file open, under this name or another one."""
    with _guard:
        return identity_of(path) in _held


class Hold:
    """A use of a file by this process, from construction to `release`. Raises OSError if it can't be opened."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self._path = path
        self._write = write
        self._is_released = False
        with _guard:
            found = path.stat()
            identity = (found.st_dev, found.st_ino)
            self._file = _held.get(identity) or _Held(identity)
            if _KEEPS_HANDLES and write not in self._file.handles:
                self._file.handles[write] = os.open(path, (os.O_RDWR if write else os.O_RDONLY) | os.O_NONBLOCK)
            self._file.count += 1
            _held[identity] = self._file

    @property
    def _handle(self) -> int:
        return self._file.handles.get(self._write, -1)

    @property
    def uses(self) -> int:
        """How often this process uses the file at the moment."""
        return self._file.count

    def header(self) -> bytes:
        """Return the first 100 bytes of the file. Raises OSError."""
        return self.read(0, _HEADER)

    def read(self, at: int, length: int) -> bytes:
        """Return bytes of the file, fewer at its end. Raises OSError."""
        if _KEEPS_HANDLES:
            return os.pread(self._handle, length, at)
        with self._path.open("rb") as file:
            file.seek(at)
            return file.read(length)

    def lock(self) -> bool | None:
        """Take the lock on the file itself; return whether that worked, None if this system can't lock it.

        The system releases it when the process ends. It belongs to the file, so it also holds for a second name of the
        file (a hard link), and whatever is deleted beside it.
        """
        with _guard:
            if self._file.is_locked:
                return False
            got = _lock(self._handle)
            self._file.is_locked = got is True
            return got

    def is_locked(self) -> bool | None:
        """Return whether any process holds the lock, without touching it; None if that can't be found out."""
        with _guard:
            return True if self._file.is_locked else _asked(self._handle)

    def unlock(self) -> None:
        """Release the lock that `lock` took."""
        with _guard:
            self._file.is_locked = False
            _unlock(self._handle)

    def release(self) -> None:
        """End the use. Idempotent."""
        with _guard:
            if self._is_released:
                return
            self._is_released = True
            self._file.count -= 1
            if self._file.count == 0:
                del _held[self._file.identity]
                for handle in self._file.handles.values():
                    os.close(handle)


@contextmanager
def in_use(path: Path) -> Iterator[None]:
    """Keep the handles of a file open during the block. Raises OSError if it can't be opened."""
    hold = Hold(path)
    try:
        yield
    finally:
        hold.release()


def is_locked(path: Path) -> bool | None:
    """Return whether any process holds the lock on a file, without touching it; None if that can't be found out."""
    try:
        hold = Hold(path)
    except OSError:
        return None
    try:
        return hold.is_locked()
    finally:
        hold.release()


# Locks of an open file description (Linux): unlike POSIX locks they don't go away when another handle is closed.
if sys.platform == "linux":
    import fcntl

    def _lock(handle: int) -> bool | None:
        try:
            fcntl.fcntl(handle, fcntl.F_OFD_SETLK, _flock(fcntl.F_WRLCK))
        except OSError as error:
            return False if error.errno in (errno.EACCES, errno.EAGAIN) else None
        return True

    def _unlock(handle: int) -> None:
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, _flock(fcntl.F_UNLCK))

    def _asked(handle: int) -> bool | None:
        try:
            answer = fcntl.fcntl(handle, fcntl.F_OFD_GETLK, _flock(fcntl.F_WRLCK))
        except OSError:
            return None
        return struct.unpack(_FLOCK, answer)[0] != fcntl.F_UNLCK

    def _flock(kind: int) -> bytes:
        return struct.pack(_FLOCK, kind, os.SEEK_SET, _LOCKED_BYTE, 1, 0)

else:  # the lock beside the project must do

    def _lock(handle: int) -> bool | None:
        return None

    def _unlock(handle: int) -> None:
        return

    def _asked(handle: int) -> bool | None:
        return None

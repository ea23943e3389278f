"""A single writer: a lock on the project file itself, where the system has such locks, and one on a file beside it.

SQLite's own exclusive mode would lock out our read-only connections too. The operating system releases the locks when
the process ends, however it ends, so there are no stale locks.
"""

import json
import os
import socket
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.clock import now
from app.core.errors import NotWritable
from app.core.os_faults import describe
from app.storage import held_file
from app.storage.access import second_name, shared_of
from app.storage.held_file import Hold

if TYPE_CHECKING:
    from filelock import FileLock

# Who only asks whether the lock is held, or rolls back what a killed process left, has it for a moment.
_PATIENCE_S = 0.5
_PAUSE_S = 0.01
_SOMEWHERE = "in another window or command"


class ProjectLocked(NotWritable):
    """Another process has the project open for writing."""


class ProjectLock:
    """A lock held from construction to `release()`. Raises ProjectLocked, with the holder, or NotWritable.

    `is_announced` leaves the holder's name for others to read.
    """

    def __init__(self, project: Path, *, is_announced: bool = True) -> None:
        self._project = project
        self._file = _lock_file(project)
        self._info = self._file.with_suffix(".owner")
        self._is_announced = is_announced
        self._is_first = not self._file.exists()
        self._locks: list[FileLock] = []
        self._beside: held_file.Identity | None = None
        self._locks_file_itself = False
        try:
            self._hold = Hold(project, write=True)
        except OSError as error:
            raise self._refused(error) from error
        try:
            self._acquire()
        except BaseException:
            self._hold.release()
            raise

    def _acquire(self) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not self._try():
            if time.monotonic() > end or (self._hold.is_locked() and self._info.exists()):
                raise self._locked()
            time.sleep(_PAUSE_S)
        self._say_owner()

    def _try(self) -> bool:
        from filelock import Timeout

        locked = self._hold.lock()
        if locked is False:
            return False
        try:
            self._lock_beside()
        except (Timeout, OSError) as error:
            if locked:
                self._hold.unlock()
            if isinstance(error, Timeout):
                return False
            raise self._refused(error) from error
        self._locks_file_itself = locked is True
        return True

    def _lock_beside(self) -> None:
        lock = _lock_on(self._file)
        lock.acquire()
        self._locks.append(lock)
        self._beside = held_file.identity_of(self._file)

    def _locked(self) -> ProjectLocked:
        return ProjectLocked(
            f"the project is open for writing {self._owner()}",
            hint="close it there first, or open it read-only here",
            path=self._project,
        )

    def _refused(self, error: OSError) -> NotWritable:
        what, hint = describe(error)
        return NotWritable(f"can't lock it for writing: {what}", hint=hint, path=self._project)

    def _say_owner(self) -> None:
        if self._is_announced:
            owner = {"process": os.getpid(), "host": socket.gethostname(), "since": now()}
            # The holder's name is optional: on a full disk the lock works without it.
            with suppress(OSError):
                # Made anew: what is there could be a link to any file, or a pipe that nobody reads.
                self._info.unlink(missing_ok=True)
                with self._info.open("x") as file:
                    file.write(json.dumps(owner))

    def _owner(self) -> str:
        try:
            if not stat.S_ISREG(self._info.lstat().st_mode):
                return _SOMEWHERE
            owner = json.loads(self._info.read_text())
            return f"in process {owner['process']} on {owner['host']} since {owner['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return _SOMEWHERE

    def confirm(self) -> None:
        """Make sure that the lock still keeps others out. Raises ProjectLocked if it doesn't, and NotWritable.

        A file beside the project that somebody has deleted is made and locked again. Where the project file itself
        isn't locked, another process may have been faster.
        """
        if held_file.identity_of(self._file) == self._beside:
            return
        from filelock import Timeout

        try:
            self._lock_beside()
        except Timeout as error:
            if not self._locks_file_itself:
                raise self._locked() from error
        except OSError as error:
            if not self._locks_file_itself:
                raise self._refused(error) from error
        self._say_owner()

    def release(self) -> None:
        """Release the lock. Idempotent."""
        if self._locks:
            if self._is_announced:
                with suppress(OSError):
                    self._info.unlink(missing_ok=True)
            # Keep the empty lock file: if it were deleted, two processes could lock two files of the same name.
            while self._locks:
                self._locks.pop().release()
            if self._locks_file_itself:
                self._hold.unlock()
            self._hold.release()

    def discard(self) -> None:
        """Release the lock and delete its file if it is new. Only for a project that can't be opened anyway."""
        self.release()
        if self._is_first:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)


def _lock_on(file: Path) -> "FileLock":
    from filelock import FileLock  # it would be a tenth of the start of a command that only reads

    return FileLock(str(file), timeout=0, thread_local=False)


def is_being_written(project: Path) -> bool:
    """Return whether a process holds the lock of a project at the moment."""
    answer = held_file.is_locked(project)
    if answer is not None:
        return answer
    file = _lock_file(project)
    if not file.exists():
        return False
    from filelock import Timeout

    lock = _lock_on(file)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:
        return False  # no permission to open the lock file; a writer's log beside the project will be seen
    lock.release()
    return False


def is_written_under_another_name(project: Path) -> bool:
    """Return whether a project that is being written is so under another name: a hard link, or a second mount of it.

    SQLite names the log after the path, so under this name the newest changes can't be seen.
    """
    if shared_of(project).exists():
        return False
    return second_name(project) is not None or not _lock_file(project).exists()


def _lock_file(project: Path) -> Path:
    # Two names of one file (symbolic links) must share one lock.
    real = project.resolve()
    return real.with_name(f".{real.name}.lock")

"""A single writer: an application lock beside the project file.

SQLite's own exclusive mode would lock out our read-only connections too. The operating system releases the lock when
the process ends, however it ends, so there are no stale locks.
"""

import json
import os
import socket
from contextlib import suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from app.core.clock import now
from app.core.errors import NotWritable
from app.core.os_faults import describe


class ProjectLocked(NotWritable):
    """Another process has the project open for writing."""


class ProjectLock:
    """A lock held from construction to `release()`. Raises ProjectLocked, with the holder, or NotWritable."""

    def __init__(self, project: Path) -> None:
        self._file = _lock_file(project)
        self._info = self._file.with_suffix(".owner")
        self._project = project
        self._is_first = not self._file.exists()
        self._lock = self._acquired()
        self._held = self._file_held()
        self._say_owner()

    def _acquired(self) -> BaseFileLock:
        lock = FileLock(str(self._file), timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise ProjectLocked(
                f"the project is open for writing {self._owner()}",
                hint="close it there first, or open it read-only here",
                path=self._project,
            ) from error
        except OSError as error:
            what, hint = describe(error)
            raise NotWritable(f"can't lock it for writing: {what}", hint=hint, path=self._project) from error
        return lock

    def confirm(self) -> None:
        """Make sure that the lock is still held: a lock file that somebody deleted locks nobody out, and is made again.

        Raises ProjectLocked if another process has taken the lock since, and NotWritable.
        """
        if self._held is not None and self._file_held() == self._held:
            return
        lock = self._acquired()
        self._lock.release()
        self._lock, self._held = lock, self._file_held()
        self._say_owner()

    def _file_held(self) -> tuple[int, int] | None:
        """Return what identifies the lock file, whatever its name; None if there is none."""
        try:
            found = os.stat(self._file)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _say_owner(self) -> None:
        owner = {"process": os.getpid(), "host": socket.gethostname(), "since": now()}
        # The holder's name is optional: on a full disk the lock works without it.
        with suppress(OSError):
            self._info.write_text(json.dumps(owner))

    def _owner(self) -> str:
        try:
            owner = json.loads(self._info.read_text())
            return f"in process {owner['process']} on {owner['host']} since {owner['since']}"
        except (OSError, ValueError, KeyError):
            return "in another window or command"

    def release(self) -> None:
        """Release the lock. Idempotent."""
        if self._lock.is_locked:
            self._info.unlink(missing_ok=True)
            # Keep the empty lock file: if it were deleted, two processes could lock two files of the same name.
            self._lock.release()

    def discard(self) -> None:
        """Release the lock and delete its file if it is new. Only for a project that can't be opened anyway."""
        self.release()
        if self._is_first:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)


def is_being_written(project: Path) -> bool:
    """Return whether a process holds the lock of a project at the moment."""
    file = _lock_file(project)
    if not file.exists():
        return False
    lock = FileLock(str(file), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:
        return False  # no permission to open the lock file; a writer's log beside the project will be seen
    lock.release()
    return False


def _lock_file(project: Path) -> Path:
    # Two names of one file (links) must share one lock.
    real = project.resolve()
    return real.with_name(f".{real.name}.lock")

"""Whether an open project file is still as this process left it.

Other programs can move, overwrite or cut off a file at any time: clients of synchronised folders, cleaners, a second
copy of Stet whose lock file was deleted. SQLite would go on writing, into whatever is there.

No byte of the file is read for this: closing an ordinary file handle would drop SQLite's own locks.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from app.core.errors import NotWritable, ProjectError
from app.storage.access import log_of, why_not_writable
from app.storage.backups import how_to_restore
from app.storage.connection import Connection
from app.storage.errors import StorageFault
from app.storage.lock import ProjectLock

_PUT_BACK = "put it back and try again, or save a copy elsewhere"
_PERMIT = "let it be written again, or save a copy elsewhere"
_SAVE_ELSEWHERE = "nothing more is written to it; save a copy elsewhere, or close it and open it again, which checks it"
# Windows stores the time of the last change of an open file when it likes.
_HAS_TIMES = os.name != "nt"


class ProjectChanged(ProjectError):
    """Another program has changed the file of an open project; nothing is written to it any more.

    `is_overwritten`: the file, or its log, has a content that isn't this project's, so it must not be read as such
    either. `is_final`: it can't be put right while the project is open.
    """

    def __init__(
        self, what: str, *, hint: str, path: Path, is_overwritten: bool = False, is_final: bool = True
    ) -> None:
        super().__init__(what, hint=hint, path=path)
        self.is_overwritten = is_overwritten
        self.is_final = is_final


class _Look(NamedTuple):
    """What tells a file from another, and from itself after a change."""

    file: tuple[int, int]  # device and inode
    size: int
    changed: int


class FileWatch:
    """Watches the file of a project that is open for writing through `connection`.

    Checks and writes exclude each other: else a check would take another thread's write for another program's.
    """

    def __init__(self, path: Path, connection: Connection, lock: ProjectLock) -> None:
        self._path = path
        self._log_path = log_of(path)
        self._connection = connection
        self._lock = lock
        self._turn = threading.RLock()
        self._fault: ProjectChanged | None = None
        self._main, self._log = _look(path), _look(self._log_path)
        self._known_commits = self._commits()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Surround a transaction. Raises as `check` does; then nothing was begun."""
        with self._turn:
            if self._connection.in_transaction:
                yield
                return
            self._check_files()
            self._check_permission()
            self._lock.confirm()
            try:
                yield
            finally:
                self._note()

    def check_commits(self) -> None:
        """Raise ProjectChanged if another program has committed something. To be called with the write lock held."""
        if self._fault is not None:
            raise self._fault
        if self._commits() != self._known_commits:
            self._fail("another program has changed the project since it was opened", hint=_SAVE_ELSEWHERE)

    def check(self) -> None:
        """Raise ProjectChanged if another program has changed the file, ProjectLocked if one writes to it now, and
        NotWritable if nobody may any more.

        Does nothing while another thread writes, or inside of a transaction.
        """
        if not self._turn.acquire(blocking=False):
            return
        try:
            if not self._connection.in_transaction:
                self._check_files()
                self._check_permission()
                self._lock.confirm()
                self.check_commits()
        finally:
            self._turn.release()

    @property
    def is_overwritten(self) -> bool:
        """Whether the file at the path has a content that isn't this project's."""
        try:
            self._check_files()
        except ProjectChanged as fault:
            return fault.is_overwritten
        return False

    def _check_files(self) -> None:
        if self._fault is not None:
            raise self._fault
        main, log = _look(self._path), _look(self._log_path)
        if main is None or self._main is None or main.file != self._main.file:
            # Not kept: the file may be put back.
            what = "another program has moved, replaced or deleted the project file since it was opened"
            raise ProjectChanged(what, hint=_PUT_BACK, path=self._path, is_final=False)
        if (main, log) != (self._main, self._log):
            # What another program has written through SQLite is part of the project, wanted or not.
            self._check_commits_of_others()
        if main.size < self._main.size:
            what = "another program has cut off or replaced what is in the project file: it is damaged"
            hint = f"save a copy elsewhere; or close it, then {how_to_restore(self._path)}"
            self._fail(what, hint=hint, is_overwritten=True)
        if main != self._main:
            what = "another program has written over the project file since it was opened"
            self._fail(what, hint=_SAVE_ELSEWHERE, is_overwritten=True)
        if log != self._log:
            what = f"another program has deleted or changed {self._log_path.name}, which belongs to the project"
            # One that was only deleted is still there for those who have it open.
            is_same = log is not None and self._log is not None and log.file == self._log.file
            self._fail(what, hint=_SAVE_ELSEWHERE, is_overwritten=is_same)

    def _check_permission(self) -> None:
        # SQLite would go on: it opened the file when that was allowed.
        why = why_not_writable(self._path)
        if why is not None:
            raise NotWritable(f"{why} now", hint=_PERMIT, path=self._path)

    def _check_commits_of_others(self) -> None:
        # A file that was overwritten may be no database any more.
        with suppress(StorageFault, sqlite3.Error):
            self.check_commits()

    def _fail(self, what: str, *, hint: str, is_overwritten: bool = False) -> None:
        self._fault = ProjectChanged(what, hint=hint, path=self._path, is_overwritten=is_overwritten)
        raise self._fault

    def _note(self) -> None:
        """Note how the files are after a write of this process."""
        main = _look(self._path)
        if main is not None and self._main is not None and main.file == self._main.file:
            self._main, self._log = main, _look(self._log_path)

    def _commits(self) -> int:
        """Return SQLite's counter of what other connections have committed."""
        return self._connection.execute("PRAGMA data_version").fetchone()[0]


def _look(path: Path) -> _Look | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return _Look((found.st_dev, found.st_ino), found.st_size, found.st_mtime_ns if _HAS_TIMES else 0)

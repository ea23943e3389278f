"""What can be said of project files without opening one: SQLite's version, whether locks hold, backups."""

import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from app.core.errors import StetError
from app.storage.backups import backup_folder, backups
from app.storage.file_place import risky_place
from app.storage.lock import ProjectLock, ProjectLocked, is_being_written

# From https://www.sqlite.org/wal.html#walresetbug: two connections that write or checkpoint at the same moment can lose
# or damage what was committed. Mended in these, and in everything from the last one on.
_FIRST_WITH_BUG = (3, 7, 0)
_BACKPORTED = ((3, 44, 6), (3, 50, 7))
_MENDED = (3, 51, 3)


class ProjectFacts(NamedTuple):
    """A project file from outside: bytes, where its backups lie, how many there are, the newest one's name, and why
    its folder is a risky place for it ("" if it isn't).
    """

    size: int
    backup_folder: Path
    backups: int
    newest: str
    risk: str
    is_being_written: bool


def sqlite_version() -> str:
    """Return the version of the SQLite that Python uses."""
    return sqlite3.sqlite_version


def has_wal_reset_bug(version: str) -> bool:
    """Tell whether this version of SQLite has the bug in resetting write-ahead logs."""
    found = tuple(int(part) for part in version.split(".")[:3])
    is_backport = any(found[:2] == each[:2] and found >= each for each in _BACKPORTED)
    return _FIRST_WITH_BUG <= found < _MENDED and not is_backport


def lock_fault(folder: Path) -> str:
    """Return what is wrong with locks on files in this folder, "" if they hold. Nothing is left there.

    Raises OSError if no file can be made there.
    """
    with tempfile.TemporaryDirectory(prefix=".stet-doctor-", dir=folder) as place:
        path = Path(place, "lock.stet")
        path.write_bytes(b"")
        try:
            lock = ProjectLock(path, is_announced=False)
        except StetError as error:
            return error.what
        try:
            if not is_being_written(path):
                return "a lock that is held can't be seen"
            with suppress(ProjectLocked):
                ProjectLock(path, is_announced=False).release()
                return "a second lock was given while the first was held"
        finally:
            lock.release()
        return "a lock is still held after its release" if is_being_written(path) else ""


def project_facts(path: Path) -> ProjectFacts:
    """Return what can be said of a project file from outside. Raises OSError if there is none or it can't be seen."""
    kept = backups(path)
    return ProjectFacts(
        size=path.stat().st_size,
        backup_folder=backup_folder(path),
        backups=len(kept),
        newest=kept[0].name if kept else "",
        risk=risky_place(path) or "",
        is_being_written=is_being_written(path),
    )

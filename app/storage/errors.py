"""The translation of SQLite's errors into messages for people, by result code.

An error that a person can act on becomes a StorageFault; any other one is a bug and is left as it is. For the codes see
https://www.sqlite.org/rescode.html; the lowest byte of an extended code is its primary code.
"""

import sqlite3
from pathlib import Path

from app.core.errors import ProjectError
from app.core.os_faults import DISK_FULL, FREE_SPACE, is_full

_PERMISSIONS = ("the project file can't be written any more", "check the permissions of the file and its folder")
_IN_USE = ("another program is using the project file", "close it there, and try again")
_ROLLBACK = ("a rollback journal was put beside the project file", "move it elsewhere, and open the project again")
_DAMAGED = ("the project file is damaged", "run: stet check; restore a backup")
_DISK = ("the disk reports an error", "check the disk, and try again; everything saved so far is safe")

_KNOWN = {
    sqlite3.SQLITE_FULL: (DISK_FULL, FREE_SPACE),
    sqlite3.SQLITE_READONLY: _PERMISSIONS,
    sqlite3.SQLITE_READONLY_ROLLBACK: _ROLLBACK,
    sqlite3.SQLITE_PERM: _PERMISSIONS,
    sqlite3.SQLITE_CANTOPEN: _PERMISSIONS,
    sqlite3.SQLITE_AUTH: _PERMISSIONS,
    sqlite3.SQLITE_BUSY: _IN_USE,
    sqlite3.SQLITE_LOCKED: _IN_USE,
    sqlite3.SQLITE_PROTOCOL: _IN_USE,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_FORMAT: _DAMAGED,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_NOLFS: _DISK,
    sqlite3.SQLITE_NOMEM: ("there isn't enough memory", "close other programs, and try again"),
    sqlite3.SQLITE_TOOBIG: ("a value is too large for a project file", "split the text into several documents"),
    sqlite3.SQLITE_INTERRUPT: ("reading the project was stopped", "try again"),
}


_OUT_OF_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


class StorageFault(ProjectError):
    """The file can't be read or written for an external reason; `code` is SQLite's result code, usually the primary."""

    def __init__(self, code: int, *, path: Path | None, detail: str = "") -> None:
        what, hint = _KNOWN[code]
        super().__init__(f"{what} ({detail})" if detail else what, hint=hint, path=path)
        self.code = code

    @property
    def is_damage(self) -> bool:
        """Whether the file's content is damaged, rather than out of reach for now."""
        return _KNOWN[self.code] is _DAMAGED


def storage_fault(error: sqlite3.Error, path: Path | None) -> StorageFault | None:
    """Return the error as a StorageFault, None for one that is a bug rather than something a person can act on."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if code in _KNOWN:
        primary = code
    if primary not in _KNOWN:
        return None
    if code == sqlite3.SQLITE_IOERR_SHMSIZE or (primary in _OUT_OF_ROOM and path is not None and is_full(path.parent)):
        # SQLite calls it so when a file beside the project can't be made or grow.
        primary = sqlite3.SQLITE_FULL
    # SQLite's own message tells experts which kind of I/O error it was.
    detail = str(error) if _KNOWN[primary] is _DISK else ""
    return StorageFault(primary, path=path, detail=detail)

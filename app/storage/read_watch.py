"""Whether another process has written to a project that is open here for reading. Nothing is locked for it."""

import os
from enum import Enum, auto
from pathlib import Path

from app.storage.access import log_of
from app.storage.connection import Connection

_Look = tuple[int, int, int, int]  # device, inode, size, time of the last change in nanoseconds


class FileNews(Enum):
    """What another process has done to a project since the last look.

    `WRITTEN` can be read through the connection; for `OUTDATED` the project must be opened again, since what the
    connection reads isn't the file any more. `GONE`: the file was moved, replaced or deleted.
    """

    NOTHING = auto()
    WRITTEN = auto()
    OUTDATED = auto()
    GONE = auto()


class ReadWatch:
    """Watches the file of a project that is open for reading through `connection`.

    SQLite counts what other connections commit, unless the connection is a private copy of the project or takes the
    file as one that nobody writes (see `access`). Then the file itself, and its log, are looked at.
    """

    def __init__(self, path: Path, connection: Connection) -> None:
        self._path = path
        self._connection = connection
        self._main, self._log = _look(path), _look(log_of(path))
        self._commits = self._counted()

    def look(self) -> FileNews:
        """Look once. Raises StorageFault."""
        main = _look(self._path)
        if main is None or self._main is None or main[:2] != self._main[:2]:
            return FileNews.GONE
        if not self._connection.follows_file:
            log = _look(log_of(self._path))
            return FileNews.NOTHING if main == self._main and _is_same_log(log, self._log) else FileNews.OUTDATED
        if self._connection.in_transaction:
            return FileNews.NOTHING  # a snapshot is being read, and shows nothing newer
        commits, self._commits = self._commits, self._counted()
        return FileNews.NOTHING if commits == self._commits else FileNews.WRITTEN

    def _counted(self) -> int:
        return self._connection.execute("PRAGMA data_version").fetchone()[0]


def _is_same_log(log: _Look | None, known: _Look | None) -> bool:
    """Whether a log holds what it held; one that is empty is as good as none."""
    return log == known or not ((log and log[2]) or (known and known[2]))


def _look(path: Path) -> _Look | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

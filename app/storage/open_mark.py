"""The mark in a project file that somebody is writing to it, so that a copy without the log beside it is known as one.

The latest actions are in the write-ahead log, a file of its own. Whoever copies an open project, or one after a crash,
and leaves the log behind, has a whole and sound file that lacks them, and SQLite can't tell. So before the first write
a row says in the file itself that there is more beside it, and it goes when the project is closed cleanly.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress

from app.core.clock import now
from app.storage.errors import StorageFault

LACKS_LOG = (
    "its latest actions may be missing: it was copied while it was open or after a crash, without the file beside it "
    "that ends in -wal, or that was deleted; if the original is still there, close it there and copy it again"
)
CREATE_SITTING = """
CREATE TABLE sitting (
    began TEXT PRIMARY KEY
) WITHOUT ROWID, STRICT
""".strip()


class Sitting:
    """A sitting of a writer, from the first write to the closing of the project."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """`connection` is the writer's. What a killed process has left counts as begun. Raises sqlite3.Error."""
        self._connection = connection
        self._is_begun = is_marked(connection)
        self._is_in_file = self._is_begun

    def begin(self, write: Callable[[str, Sequence[object]], object]) -> None:
        """Mark the file, outside of a transaction, unless it is; `write` runs a statement with its parameters on the
        writer's connection, once no other program writes. Raises StorageFault and sqlite3.Error.

        While others read, the mark may stay in the log for now; each further call then tries to bring it into the file.
        """
        if self._is_in_file:
            return
        if not self._is_begun:
            write("INSERT INTO sitting (began) VALUES (?)", [now()])
            self._is_begun = True
        is_busy, pages, moved = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        self._is_in_file = not is_busy and pages == moved

    def end(self) -> None:
        """Take the mark away, before the log is moved into the file for good. Raises StorageFault and sqlite3.Error."""
        if not self._is_begun:
            return
        try:
            unmark(self._connection)
        except (StorageFault, sqlite3.Error):
            # On a full disk there is room once the log is in the file.
            with suppress(StorageFault, sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            unmark(self._connection)
        self._is_begun = self._is_in_file = False


def is_marked(connection: sqlite3.Connection) -> bool:
    """Whether somebody is writing to a project, or didn't come to its closing. Raises sqlite3.Error."""
    has_table = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sitting'").fetchone() is not None
    return has_table and connection.execute("SELECT 1 FROM sitting LIMIT 1").fetchone() is not None


def unmark(connection: sqlite3.Connection) -> None:
    """Take the mark out of a file, such as a copy that is whole in itself. Raises sqlite3.Error."""
    if is_marked(connection):
        connection.execute("DELETE FROM sitting")

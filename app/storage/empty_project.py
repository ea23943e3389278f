"""The file of a project that holds nothing yet: its schema is made once in a process, and copied after that."""

from contextlib import closing
from pathlib import Path

from app.core.ids import new_uid
from app.storage.connection import UNSYNCED, Connection, connect
from app.storage.schema_update import migrate

_MODE = 0o644  # SQLite's own
_made: list[bytes] = []


def make_empty(path: Path) -> None:
    """Make a project file without rows, which isn't in its place yet and isn't synced. Raises OSError, sqlite3.Error
    and StorageFault.
    """
    if _made:
        path.touch(_MODE)
        path.write_bytes(_made[0])
        return
    with closing(connect(path, "mode=rwc")) as connection:
        connection.execute(UNSYNCED)
        migrate(connection)
    _made.append(path.read_bytes())


def become_another(connection: Connection) -> None:
    """Give a project the identity of its own that no other has, a copy of an empty one included."""
    connection.execute("UPDATE about SET value = ? WHERE key = 'uid'", [new_uid()])

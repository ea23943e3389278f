"""Another program's SQLite file, from a stranger: plain tables are read, and nothing of its schema is run.

A schema is code: views, triggers, generated columns, virtual tables, expressions in indexes. An authorizer only allows
to select named columns of ordinary tables, so that SQLite refuses any statement that would do more before it begins.
"""

import re
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from app.core.errors import FormatError
from app.storage.access import log_of, uri
from app.storage.connection_limits import harden, raise_if_stopped

_ALONE = "mode=ro&immutable=1"
_MOST_TABLES = 1_000
_SCHEMA = ("sqlite_master", "sqlite_schema")
_NAME = re.compile(r"\w+")
_VIRTUAL = re.compile(r"\s*create\s+virtual\b", re.IGNORECASE)


class ForeignFile:
    """An open file. It is closed at the end of `open_tables`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Raise FormatError if it is damaged."""
        self._connection = connection
        self._path = path
        self._tables: frozenset[str] = frozenset()
        connection.text_factory = _text
        connection.set_authorizer(self._allows)
        with self._faults():
            found = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type='table' LIMIT ?", (_MOST_TABLES,)
            ).fetchall()
        plain = [name for name, sql in found if isinstance(name, str) and not _VIRTUAL.match(str(sql or ""))]
        self._tables = frozenset(name for name in plain if _NAME.fullmatch(name))

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns that are stored, none if there is no such table. Raises FormatError."""
        if table not in self._tables:
            return ()
        with self._faults():
            rows = self._connection.execute(f'PRAGMA table_xinfo("{table}")').fetchall()
        # The last value says that a column is hidden or generated.
        return [str(row[1]) for row in rows if row[-1] == 0]

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
        """Yield rows in order of their numbers. Raises FormatError."""
        missing = next((each for each in columns if each not in self.columns(table)), None)
        if missing is not None or not columns:
            raise FormatError(f"its table “{table[:40]}” has no column “{missing}”", path=self._path)
        names = ", ".join(f'"{each}"' for each in columns if _NAME.fullmatch(each))
        with self._faults():
            yield from self._connection.execute(f'SELECT {names} FROM "{table}" ORDER BY rowid')

    def _allows(self, action: int, name: str | None, _column: str | None, _base: str | None, _by: str | None) -> int:
        if action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and (name in self._tables or name in _SCHEMA):
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_OK if action == sqlite3.SQLITE_PRAGMA and name == "table_xinfo" else sqlite3.SQLITE_DENY

    @contextmanager
    def _faults(self) -> Generator[None]:
        with _faults(self._path):
            yield


@contextmanager
def open_tables(path: Path) -> Generator[ForeignFile]:
    """Open a stranger's file for the duration of the block, as it lies on the disk. Raises FormatError."""
    log = log_of(path)
    if log.is_file() and log.stat().st_size > 0:
        hint = "close it there, or export it again"
        raise FormatError("another program has it open, and its latest changes are beside it", hint=hint, path=path)
    with _faults(path):
        connection = sqlite3.connect(uri(path, _ALONE), uri=True, isolation_level=None)
    with closing(connection):
        with _faults(path):
            harden(connection)
        yield ForeignFile(connection, path)


@contextmanager
def _faults(path: Path) -> Generator[None]:
    """Turn SQLite's errors into words."""
    try:
        yield
    except sqlite3.Error as error:
        raise_if_stopped(error)
        code = getattr(error, "sqlite_errorcode", None)
        if code == sqlite3.SQLITE_AUTH:
            what = "reading it would run code that is in it"
            raise FormatError(what, hint="nothing of it was run; don't trust the file", path=path) from error
        said = str(error)[:80]
        raise FormatError(f"it isn't a whole SQLite file: {said}", hint="export it again", path=path) from error
    except UnicodeDecodeError as error:  # SQLite's message quotes the damaged schema, and Python can't read it
        raise FormatError("it isn't a whole SQLite file", hint="export it again", path=path) from error


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")

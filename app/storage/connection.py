"""Connections that translate SQLite's errors, at every statement, whether it reads or writes.

Threads take turns at a connection. SQLite's own lock on it isn't enough: Python holds the interpreter's lock while it
binds values and reads columns, which wait for SQLite's, and SQLite holds its own while it calls Python, as it does to
ask whether to go on (`connection_limits`). Two threads could so wait for each other for ever.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, cast

from app.core.errors import DamagedRow
from app.core.progress import current_token
from app.storage.access import uri
from app.storage.connection_limits import harden, raise_if_stopped
from app.storage.errors import StorageFault, storage_fault
from app.storage.row_sums import RowSums

UNSYNCED = "PRAGMA synchronous=OFF"
"""For a file that isn't in its place yet: it is made durable as a whole, once, before it is moved there."""

_PAGES_A_STEP = 2048
_MOST_AT_ONCE = 256  # rows


class Cursor(sqlite3.Cursor):
    """A cursor that raises StorageFault for errors that a person can act on, and sqlite3.Error for bugs.

    A statement that was stopped raises Cancelled, or KeyboardInterrupt if it was stopped by a signal. Text that isn't
    valid UTF-8 raises DamagedRow; with `keeps_bytes` it is returned as bytes instead, for a decoder that names the row.
    Either way the cursor then goes on to the next row. All statements go through `_run` and `_run_many`, so that tests
    can make any of them fail.
    """

    keeps_bytes = False
    _asked: tuple[str, Any] = ("", ())

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._turn = cast(Connection, connection).turn

    def _run(self, sql: str, parameters: Any) -> None:  # noqa: ANN401  whatever sqlite3 takes
        super().execute(sql, parameters)

    def _run_many(self, sql: str, parameters: Iterable[Any]) -> None:
        super().executemany(sql, parameters)

    def _end(self) -> None:
        """Let go of a statement that failed: who keeps the error keeps the cursor with it, and SQLite would keep the
        file open, even when the connection is closed.
        """
        with self._turn:
            self.close()

    def _raise(self, error: sqlite3.Error) -> None:
        raise_if_stopped(error)
        connection = cast(Connection, self.connection)
        fault = storage_fault(error, connection.path)
        if fault is not None:
            if connection.on_fault is not None:
                connection.on_fault(fault)
            raise fault from error

    def _not_utf8(self, error: sqlite3.Error) -> Any:  # noqa: ANN401  a row
        """Return the row again that couldn't be decoded, with bytes in it; raise the error if it is another one."""
        if hasattr(error, "sqlite_errorcode"):
            self._raise(error)
            raise error
        # Only the module itself raises errors without a code. It hasn't left the row, so it can be asked for again.
        with self._turn:
            self.connection.text_factory = _text_or_bytes
            try:
                row = super().__next__()
            finally:
                self.connection.text_factory = str
        if self.keeps_bytes:
            return row
        # Not “from error”, whose message quotes the text.
        raise self._damaged(row) from None

    def _damaged(self, row: tuple[Any, ...]) -> DamagedRow:
        cells = {item[0]: value for item, value in zip(self.description, row, strict=True)}
        wrong = next(name for name, value in cells.items() if isinstance(value, bytes))
        key = cells.get("uid", cells.get("id", "?"))
        return DamagedRow("", printable(key), f"“{wrong}” isn't valid UTF-8")

    def execute(self, sql: str, parameters: Any = (), /) -> "Cursor":  # noqa: ANN401  whatever sqlite3 takes
        """Run one statement."""
        self._asked = (sql, parameters)
        try:
            with self._turn:
                self._run(sql, parameters)
        except sqlite3.Error as error:
            self._end()
            self._raise(error)
            raise
        return self

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> "Cursor":
        """Run a statement once for each of the parameters."""
        try:
            with self._turn:
                self._run_many(sql, parameters)
        except sqlite3.Error as error:
            self._end()
            self._raise(error)
            raise
        return self

    def executescript(self, sql_script: str, /) -> "Cursor":
        """Run several statements, outside of a transaction: SQLite's module would commit it."""
        try:
            with self._turn:
                super().executescript(sql_script)
        except sqlite3.Error as error:
            self._end()
            self._raise(error)
            raise
        return self

    def small_rows(self) -> Iterator[Any]:
        """Yield the rows some hundred at a time, which is faster; for rows without long texts, which would pile up."""
        count = 0
        try:
            while rows := self._some():
                yield from rows
                count += len(rows)
        except sqlite3.Error as error:
            if hasattr(error, "sqlite_errorcode"):
                self._raise(error)
                raise
        else:
            return
        # One of the last handful isn't UTF-8, and the others are lost with it: those are read again, one by one.
        again = cast(Connection, self.connection).cursor()
        again.keeps_bytes = self.keeps_bytes
        yield from islice(again.execute(*self._asked), count, None)

    def _some(self) -> list[Any]:
        with self._turn:
            return super().fetchmany(_MOST_AT_ONCE)

    def __iter__(self) -> Iterator[Any]:  # pyright: ignore[reportIncompatibleMethodOverride]  it yields the same rows
        step, turn = super().__next__, self._turn
        while True:
            try:
                while True:
                    with turn:
                        row = step()
                    yield row
            except StopIteration:
                return
            except sqlite3.Error as error:
                row = self._not_utf8(error)
            yield row

    def __next__(self) -> Any:  # noqa: ANN401  a row
        try:
            with self._turn:
                return super().__next__()
        except sqlite3.Error as error:
            return self._not_utf8(error)

    def fetchone(self) -> Any:  # noqa: ANN401  a row
        """Return the next row, None after the last."""
        return next(self, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next rows, at most `size`."""
        wanted = self.arraysize if size is None else size
        rows: list[Any] = []
        while len(rows) < wanted and (row := next(self, None)) is not None:
            rows.append(row)
        return rows

    def fetchall(self) -> list[Any]:
        """Return all remaining rows."""
        return list(self)  # sqlite3's own would lose the rows before one that can't be decoded


class Connection(sqlite3.Connection):
    """A connection to a project file; `path` is named in its errors, and `on_fault` may say more in them.

    `follows_file`: what others commit to the file can be read through it. `turn` is held by the thread that is at it.
    `row_sums`: of tables whose rows aren't summed one by one just now, those that were added (`seals.summed_apart`).
    """

    path: Path
    follows_file: bool = True
    on_fault: Callable[[StorageFault], None] | None = None
    cursors: type[Cursor] = Cursor

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  whatever sqlite3 takes
        self.turn = threading.RLock()
        self.row_sums: dict[str, RowSums] = {}
        self._functions: dict[str, Callable[..., Any] | None] = {}
        super().__init__(*arguments, **options)

    def create_function(
        self, name: str, narg: int, func: Callable[..., Any] | None, *, deterministic: bool = False
    ) -> None:
        """Define a function of SQL, once: SQLite refuses to define it again while a statement runs."""
        with self.turn:
            if self._functions.get(name) is not func:
                super().create_function(name, narg, func, deterministic=deterministic)
                self._functions[name] = func

    def cursor(self, factory: Any = None) -> Any:  # noqa: ANN401  sqlite3 types it by the factory
        """Return a cursor that translates errors."""
        return super().cursor(factory or self.cursors)

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:  # noqa: ANN401  whatever sqlite3 takes
        """Run one statement on a cursor of its own."""
        return self.cursor().execute(sql, parameters)

    def cells(self, sql: str, parameters: Any = (), /) -> Cursor:  # noqa: ANN401  whatever sqlite3 takes
        """Run one statement whose rows are passed to a decoder: text that isn't valid UTF-8 comes as bytes."""
        cursor = self.cursor()
        cursor.keeps_bytes = True
        return cursor.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """Run a statement once for each of the parameters, on a cursor of its own."""
        return self.cursor().executemany(sql, parameters)

    def executescript(self, sql_script: str, /) -> Cursor:
        """Run several statements on a cursor of their own, outside of a transaction."""
        return self.cursor().executescript(sql_script)


def _text_or_bytes(data: bytes) -> str | bytes:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def printable(cell: object) -> str:
    """Return what can be shown of a cell in a message, at most 80 characters."""
    if isinstance(cell, bytes):
        cell = cell.decode(errors="backslashreplace")
    text = str(cell)
    return text if len(text) <= 80 else f"{text[:79]}…"


def connect(path: Path, mode: str) -> Connection:
    """Open a project file; `mode` is the query of an SQLite URI. Raises StorageFault or sqlite3.Error."""
    connection = _connected(uri(path, mode), path)
    connection.follows_file = "immutable" not in mode
    return connection


def connect_to_copy(source: Connection, *, in_memory: bool = False) -> Connection:
    """Return a connection to a private copy of a project, of which nothing is left when it is closed or killed.

    It is in memory, and what is too much for that, unless `in_memory`, in a temporary file without a name. Raises
    StorageFault, sqlite3.Error and Cancelled.
    """
    copy = _connected(":memory:" if in_memory else "", source.path)
    copy.follows_file = False
    try:
        source.backup(copy, pages=_PAGES_A_STEP, progress=heed_copying)
    except sqlite3.Error as error:
        copy.close()
        raise storage_fault(error, source.path) or error from error
    except BaseException:
        copy.close()
        raise
    return copy


def heed_copying(_status: int, _remaining: int, _total: int) -> None:
    """Let a signal or the current cancel token end a copy, which SQLite makes in one call: between two of its steps."""
    token = current_token()
    if token is not None:
        token.raise_if_cancelled()


def _connected(database: str, path: Path) -> Connection:
    try:
        connection = sqlite3.connect(
            database,
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            cached_statements=256,
            factory=Connection,
        )
    except sqlite3.Error as error:
        fault = storage_fault(error, path)
        if fault is None:
            raise
        raise fault from error
    connection.path = path
    try:
        harden(connection)
    except BaseException:
        connection.close()
        raise
    return connection

"""Faults of storage, planted at any statement that the program sends to SQLite, whichever connection it uses."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from app.storage.connection import Cursor

# By name: SQLite's result code, and what people are told.
CODES = {
    "io": (sqlite3.SQLITE_IOERR | (1 << 8), "the disk reports an error"),
    "full": (sqlite3.SQLITE_FULL, "the disk is full"),
    "busy": (sqlite3.SQLITE_BUSY, "another program is using the project file"),
    "corrupt": (sqlite3.SQLITE_CORRUPT, "damaged"),
    "readonly": (sqlite3.SQLITE_READONLY, "can't be written any more"),
}


class PlantedFaults:
    """Lets one statement fail with a result code, and counts all of them. Rolling back is what follows a fault."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._at = 0
        self._code = 0
        run, many, connect = Cursor._run, Cursor._run_many, sqlite3.connect

        def planted_run(cursor: Cursor, sql: str, parameters: Any) -> None:
            self.count_one(sql)
            run(cursor, sql, parameters)

        def planted_many(cursor: Cursor, sql: str, parameters: Any) -> None:
            self.count_one(sql)
            many(cursor, sql, parameters)

        class PlainConnection(sqlite3.Connection):
            """What only looks at a file: its check, or a copy."""

            def execute(connection, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: N805
                self.count_one(sql)
                return super().execute(sql, parameters)

        def planted_connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
            return connect(*arguments, **{"factory": PlainConnection, **options})

        patch.setattr(Cursor, "_run", planted_run)
        patch.setattr(Cursor, "_run_many", planted_many)
        patch.setattr(sqlite3, "connect", planted_connect)

    def count_one(self, sql: str) -> None:
        """Count a statement, and let it fail if it is the one."""
        if sql.startswith("ROLLBACK"):
            return
        self.count += 1
        if self.count == self._at:
            error = sqlite3.OperationalError("planted")
            error.sqlite_errorcode = self._code
            raise error

    def statements_of(self, action: Callable[[], object]) -> int:
        """Return how many statements an action takes."""
        self.end()
        action()
        return self.count

    def begin(self, at: int, code: int) -> None:
        """Let this statement fail from now on."""
        self.count, self._at, self._code = 0, at, code

    def end(self) -> None:
        """Let none fail any more."""
        self.count = self._at = 0

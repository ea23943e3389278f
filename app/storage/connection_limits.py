"""What every connection to a project file gets before its first statement, since the file may be a stranger's.

The measures are those of https://www.sqlite.org/security.html. That the schema is ours is checked elsewhere
(`own_schema`).
"""

import sqlite3
from typing import NoReturn

from app.core.errors import Cancelled
from app.core.progress import current_token

# Instructions of SQLite's virtual machine between two looks at whether to go on: about 15 ms.
_INSTRUCTIONS = 50_000
_LIMITS = (
    (sqlite3.SQLITE_LIMIT_LENGTH, 500_000_000),  # bytes of a value or a row, and so of memory for one
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1_000_000),
)
_PRAGMAS = ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0")
# Since Python 3.12: what to switch on (True) or off in the connection.
_SWITCHES = (
    ("SQLITE_DBCONFIG_DEFENSIVE", True),
    ("SQLITE_DBCONFIG_ENABLE_VIEW", False),
    ("SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER", False),
)


def harden(connection: sqlite3.Connection) -> None:
    """Limit what a hostile file can do through a connection, and let its statements be stopped.

    A statement ends with SQLite's code “interrupted” when the current cancel token of its thread is cancelled, and, in
    the main thread, when a signal handler raises: without this, neither would happen before SQLite's loop has ended.
    Raises sqlite3.Error.
    """
    for limit, most in _LIMITS:
        connection.setlimit(limit, most)
    configure = getattr(connection, "setconfig", None)
    if configure is not None:
        for name, on in _SWITCHES:
            configure(getattr(sqlite3, name), on)
    connection.set_progress_handler(_is_cancelled, _INSTRUCTIONS)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _is_cancelled() -> bool:
    token = current_token()
    return token is not None and token.is_cancelled


def raise_if_stopped(error: sqlite3.Error) -> None:
    """Raise Cancelled or KeyboardInterrupt if the error stands for either; see `harden`."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int) and code & 0xFF == sqlite3.SQLITE_INTERRUPT:
        _raise_stopped(error)


def _raise_stopped(error: sqlite3.Error) -> NoReturn:
    if _is_cancelled():
        raise Cancelled from error
    # Python drops what a signal handler raises inside of SQLite's loop; nothing else of ours interrupts.
    raise KeyboardInterrupt from error

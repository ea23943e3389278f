"""Tables of other programs' SQLite files, as readers of formats see them.

SQL lives elsewhere, so what opens such a file is given to a reader with its options.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

SQLITE_MAGIC = b"SQLite format 3\0"
"""The first bytes of such a file."""


class ForeignTables(Protocol):
    """The tables of an open file, which is only read."""

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns, none if there is no such table. Raises FormatError."""
        ...

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
        """Yield the rows of a table as texts, numbers, bytes and None, in order of their numbers. Text that isn't UTF-8
        has lone surrogates. Raises FormatError for a damaged file, and for tables and columns that aren't there or that
        only code of the file would fill.
        """
        ...


OpenTables = Callable[[Path], AbstractContextManager[ForeignTables]]
"""Opens a stranger's SQLite file for a `with` block, in which nothing of it is run. Raises FormatError."""

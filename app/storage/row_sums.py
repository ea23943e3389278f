"""Sums over rows that are written many at once: the CRC-32 of each row as one text, added up."""

import zlib
from collections.abc import Collection, Iterable, Sequence

CELL_END = "\x1f"
NOTHING = "\x18"
"""What stands in the place of NULL."""
MASK = 0xFFFFFFFF


class RowSums:
    """The sums of rows of a table that come many at once, by scope, which is the cell number `scope` of each.

    Rows have all that `seals` sums of them, in its order. Their cells are text, whole numbers or None: fractions are
    written differently here and by SQLite.
    """

    def __init__(self, scope: int) -> None:
        self._scope = scope
        self._sums: dict[object, int] = {}

    def add(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Add rows."""
        columns = list(zip(*rows, strict=True))
        if columns:
            self.add_columns(columns)

    def add_columns(self, columns: Sequence[Sequence[object]], alike: Collection[int] = ()) -> None:
        """Add rows, given by column; all cells of those columns that are `alike` are the same."""
        pattern = CELL_END.join(_literal(column[0]) if n in alike else "%s" for n, column in enumerate(columns))
        own = zip(*(_filled(column) for n, column in enumerate(columns) if n not in alike), strict=True)
        numbers = map(zlib.crc32, map(str.encode, map(pattern.__mod__, own)))
        for scope, number in zip(columns[self._scope], numbers, strict=True):
            self._sums[scope] = self._sums.get(scope, 0) + number

    @property
    def sums(self) -> list[tuple[object, int]]:
        """What is to be added to the sum of each scope."""
        return [(scope, total & MASK) for scope, total in self._sums.items()]


def _literal(cell: object) -> str:
    return NOTHING if cell is None else str(cell).replace("%", "%%")


def _filled(cells: Sequence[object]) -> Sequence[object]:
    return [NOTHING if cell is None else cell for cell in cells] if None in cells else cells

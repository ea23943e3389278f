"""How a table in a text file is cut into cells: by which delimiter, with what quotation marks."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.core.csv_table import ONE_COLUMN, CsvDialect, Quoting, csv_rows
from app.core.errors import FormatError

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_CONSISTENT = 0.5  # the share of a table's first rows that have as many cells as its very first one
_CONSISTENT_PROSE = 0.95  # where most cells begin with a blank, as what follows a comma does in sentences
_CONSISTENT_BARE = 0.95  # if quotation marks are characters like any other
_LOOKED_AT = 500  # rows
# The first line by which Excel is told the delimiter.
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


class TableLayout(NamedTuple):
    """How a table is cut, how many of its first lines aren't part of it, and the first rows."""

    dialect: CsvDialect
    skipped: int
    rows: Sequence[Sequence[str]]


class _Attempt(NamedTuple):
    """The first rows as one dialect cuts them: how wide most are, the share of those, whether none is broken."""

    dialect: CsvDialect
    rows: list[list[str]]
    width: int
    share: float
    is_sound: bool

    @property
    def rank(self) -> tuple[float, bool, int]:
        return self.share, self.is_sound, self.width


def layout_of(
    sample: str, *, is_cut: bool, delimiter: str | None = None, quoting: Quoting | None = None
) -> TableLayout | None:
    """Return the layout of a table by its beginning; None if its rows have different numbers of cells however they are
    cut. `is_cut` says that the file goes on; what isn't given is found out.
    """
    skipped = _SEPARATOR_LINE.match(sample)
    if skipped is not None:
        sample = sample[skipped.end() :]
        delimiter = delimiter or skipped[1]
    tried = list(_attempts(sample, is_cut, (delimiter,) if delimiter else tuple(DELIMITERS.values()), quoting))
    several = [each for each in tried if each.width > 1 and (delimiter or _is_consistent(each))]
    # Where no delimiter cuts the first rows, or all rows into one cell each, there is one column.
    if not several and not delimiter and all(each.width == 1 and len(each.rows[0]) == 1 for each in tried):
        several = list(_attempts(sample, is_cut, (ONE_COLUMN,), quoting))
    best = max(several or (tried if delimiter else []), key=lambda each: each.rank, default=None)
    return TableLayout(best.dialect, 1 if skipped is not None else 0, best.rows) if best is not None else None


def _is_consistent(tried: _Attempt) -> bool:
    cells = [cell for row in tried.rows for cell in row[1:]]
    is_prose = sum(cell.startswith(" ") for cell in cells) * 2 > len(cells)
    return tried.share > (_CONSISTENT_PROSE if is_prose else _CONSISTENT) and len(tried.rows[0]) == tried.width


def _attempts(sample: str, is_cut: bool, delimiters: Sequence[str], quoting: Quoting | None) -> Iterator[_Attempt]:
    """Yield the first rows as each delimiter cuts them, with the quotation marks that go best with it."""
    for delimiter in delimiters:
        usual = _attempt(sample, is_cut, CsvDialect(delimiter, quoting or Quoting.DOUBLED))
        if usual is None:
            continue
        is_clear = quoting is not None or (usual.is_sound and usual.share == 1)
        yield usual if is_clear else _with_other_quotes(sample, is_cut, usual)


def _with_other_quotes(sample: str, is_cut: bool, usual: _Attempt) -> _Attempt:
    """Return the first rows with quotation marks as they must be meant if doubling them, as usual, breaks rows."""
    delimiter = usual.dialect.delimiter
    if not usual.is_sound and '\\"' in sample:
        escaped = _attempt(sample, is_cut, CsvDialect(delimiter, Quoting.BACKSLASH))
        if escaped is not None and escaped.is_sound:
            return escaped
    bare = _attempt(sample, is_cut, CsvDialect(delimiter, Quoting.NONE))
    if bare is None or bare.share < _CONSISTENT_BARE or (usual.is_sound and bare.share <= usual.share):
        return usual
    opened = [cell for row in bare.rows for cell in row if cell.startswith('"')]
    closed = sum(cell[1:].endswith('"') for cell in opened)
    return usual if opened and closed * 2 >= len(opened) else bare


def _attempt(sample: str, is_cut: bool, dialect: CsvDialect) -> _Attempt | None:
    """Return the first rows of a sample as a dialect cuts them, None if there are none."""
    found: list[list[str] | None] = []
    for row in csv_rows(io.StringIO(sample, newline=""), dialect, path=Path()):
        if isinstance(row, FormatError):
            found.append(None)
        elif any(cell.strip() for cell in row.cells):
            found.append(row.cells)
        if len(found) > _LOOKED_AT:
            break
    else:
        if is_cut:
            found = found[:-1]
    rows = [row for row in found if row is not None]
    if not rows:
        return None
    width, count = Counter(map(len, rows)).most_common(1)[0]
    return _Attempt(dialect, rows, width, count / len(found), len(rows) == len(found))

"""The tables of CheckThat!, cut at tabs only: in the files of 2019 to 2021 quotes are signs like others.

2019: `line, speaker, text, label` without a header, a file for each debate; that of a test lacks the label. Later: a
header, and a row for each tweet or sentence. Runs have ids with scores, or with labels, and the name of the run.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError
from app.exchange.formats.text import text_document
from app.exchange.text_encodings import EncodingChoices

TEXTS = ("tweet_text", "text", "sentence")
IDS = ("tweet_id", "sentence_id", "id")
LABELS = ("class_label", "check_worthiness", "claim_worthiness", "check_worthy", "label")
SCORES = ("score",)
RUNS = ("run_id",)
_DEBATE, _UNLABELLED = 4, 3  # columns
_WHOLE = re.compile(r"[0-9]{1,20}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_LOOKED_AT = 50  # rows
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


class TableKind(Enum):
    """What a table has."""

    DEBATE = "debate"  # the lines of one text, in order
    TEXTS = "texts"  # a text in each row
    RUN = "run"  # what a system said of rows of another table


class ClaimRow(NamedTuple):
    """A row by column, and the number of its line from 1."""

    number: int
    cells: Mapping[str, str]


class ClaimTable(NamedTuple):
    """A table: its kind, the names of its columns, whether its first line has these, and whether it can be no other
    one.
    """

    kind: TableKind
    columns: tuple[str, ...]
    has_header: bool
    is_sure: bool = True

    def column(self, names: Sequence[str]) -> str | None:
        """Return the first of these columns that the table has, whatever its case; None if it has none."""
        known = {each.casefold().strip(): each for each in self.columns}
        return next((known[name] for name in names if name in known), None)


def table_of(lines: Sequence[str]) -> ClaimTable | None:
    """Return what table some first lines are of, None if they are of none."""
    rows = [line.removesuffix("\r").split("\t") for line in lines[:_LOOKED_AT] if line.strip()]
    if not rows or len(rows[0]) == 1:
        return None
    header = ClaimTable(TableKind.TEXTS, tuple(rows[0]), has_header=True)
    if header.column(IDS) is not None:
        if header.column(TEXTS) is not None:
            return header
        is_run = header.column((*SCORES, *LABELS)) is not None and header.column(RUNS) is not None
        return header._replace(kind=TableKind.RUN) if is_run else None
    return _bare_table(rows)


def _bare_table(rows: Sequence[Sequence[str]]) -> ClaimTable | None:
    """Return what table rows are of that has no header."""
    fitting = [len(row) for row in rows]
    width = max(set(fitting), key=fitting.count)
    same = [row for row in rows if len(row) == width]
    if len(same) * 10 < len(rows) * 9:
        return None
    columns = [[row[column] for row in same] for column in range(width)]
    if width == 2 and _are(columns[0], _WHOLE) and _are(columns[1], _NUMBER):  # noqa: PLR2004
        return ClaimTable(TableKind.RUN, ("id", "score"), has_header=False)
    if width == _DEBATE and _are(columns[1], _WHOLE) and _are(columns[2], _NUMBER):
        return ClaimTable(TableKind.RUN, ("topic", "id", "score", "run_id"), has_header=False)
    is_labelled = width == _DEBATE and set(columns[3]) <= {"0", "1"}
    if (is_labelled or width == _UNLABELLED) and _are_rising(columns[0]) and _are_names(columns[1]):
        is_sure = is_labelled or all(name.isupper() for name in columns[1])
        names = ("line", "speaker", "text", "label")[:width]
        return ClaimTable(TableKind.DEBATE, names, has_header=False, is_sure=is_sure)
    return None


def _are(cells: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return all(pattern.fullmatch(cell.strip()) for cell in cells)


def _are_rising(cells: Sequence[str]) -> bool:
    numbers = [int(cell) for cell in cells if _WHOLE.fullmatch(cell)]
    return len(numbers) == len(cells) and numbers == sorted(set(numbers))


def _are_names(cells: Sequence[str]) -> bool:
    """Whether cells may be names of speakers, some of whom speak more than once."""
    return all(cell == cell.strip() and len(cell) <= 80 and not cell.isdigit() for cell in cells)  # noqa: PLR2004


def lines_in(path: Path, encoding: str | EncodingChoices | None) -> list[str]:
    """Return the lines of a file, split at line feeds only. Raises FormatError as texts do."""
    return [line.removesuffix("\r") for line in text_document(path, path.name, encoding).text.split("\n")]


def rows_of(lines: Sequence[str], table: ClaimTable, path: Path) -> Iterator[ClaimRow | FormatError]:
    """Yield the rows of a table, or the error in one."""
    width = len(table.columns)
    for number, line in enumerate(lines, 1):
        if not line.strip() or (number == 1 and table.has_header):
            continue
        cells = line.split("\t")
        if len(cells) == width:
            yield ClaimRow(number, dict(zip(table.columns, cells, strict=True)))
            continue
        error = FormatError(
            f"{len(cells)} columns, where {width} are expected", hint="fix the line", path=path, line=number
        )
        error.record = line
        yield error


def is_quoted(cell: str) -> bool:
    """Whether a cell may have been quoted as in CSV: quotes around it, and doubled ones only within."""
    return len(cell) > 1 and _QUOTED.fullmatch(cell) is not None


def unquoted(cell: str) -> str:
    """Return what a cell that was quoted as in CSV says."""
    return cell[1:-1].replace('""', '"') if is_quoted(cell) else cell


def score_of(cell: str) -> float | None:
    """Return a score, None if it isn't a number."""
    return float(cell) if _NUMBER.fullmatch(cell.strip()) else None

"""The columns of a table of texts: their names, and which of them is which part of a document."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from app.core.csv_table import Cell
from app.core.errors import FormatError
from app.exchange.columns import COLUMNS
from app.exchange.option import FormatOption, OptionKind
from app.exchange.text_column import (
    TEXT,
    USUAL,
    FoundBy,
    NoTexts,
    TextColumn,
    in_quotes,
    looks_like_text,
    text_column,
)
from app.exchange.text_records import IDS, NAMES

AUTO, YES, NO = "auto", "yes", "no"
HEADER = FormatOption(
    "header",
    "First row has names",
    OptionKind.CHOICE,
    AUTO,
    (AUTO, YES, NO),
    help="Whether the first row has the names of the columns; “auto” looks at what is in it.",
)

_FEW = 0.5  # the share of a column's cells that must look like texts, if it isn't called “text”
_SHORT = 3  # how many times longer than a name texts are
# Numbers, dates, times and flags: no column is called so.
_VALUE = re.compile(r"[-+]?\d[\d.,:/ TZ+-]*%?|true|false|yes|no", re.IGNORECASE)
_COMMON = (
    *("annotation", "answer", "author", "category", "class", "comment", "context", "date", "headline", "key", "lang"),
    *("language_code", "notes", "prediction", "prompt", "question", "rating", "response", "score", "sentiment"),
    *("source", "speaker", "split", "subject", "summary", "tag", "target", "timestamp", "topic", "url", "user", "year"),
)
_KNOWN = frozenset((*COLUMNS, TEXT, *USUAL, *IDS, *NAMES, *_COMMON))
_GUESSED = {"name": NAMES, "id": IDS, "title": ("title",), "language": ("language",)}

Rows = Sequence[Sequence[Cell]]


class TableColumns(NamedTuple):
    """The names of a table's columns, in order; whether its first row has them, and whether that is sure; the one of
    the text; and which is which other part of a document, by the part's name.
    """

    names: tuple[str, ...]
    has_header: bool
    is_sure: bool
    text: TextColumn
    parts: Mapping[str, str]


def cell_text(cell: Cell) -> str:
    """Return a cell as text; one without a value is empty."""
    return "" if cell is None else str(cell)


def column_names(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Return distinct names for the columns, from the cells of the row that has them. One without a name is called by
    its number, and of those with the same name all but the first have a number behind it.
    """
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = unique = " ".join(cell_text(cell).split()) or f"column {number}"
        times = 1
        while unique in names:
            times += 1
            unique = f"{name} ({times})"
        names.append(unique)
    return tuple(names)


def guessed_text(rows: Rows) -> TextColumn | None:
    """Return the column of the texts in a table whose first rows these are, None if none looks like it."""
    has_header, _ = _has_header(rows)
    return _guessed(_names(rows, has_header), rows[1:] if has_header else rows)


def names_to_choose(rows: Rows, header: str) -> tuple[str, ...]:
    """Return the names of a table's columns, from its first rows and the value of the option `header`."""
    return _names(rows, _has_header(rows)[0] if header == AUTO else header == YES)


def table_columns(rows: Rows, header: str, wanted: Mapping[str, str], *, path: Path, format: str) -> TableColumns:
    """Return the columns of a table by its first rows. `header` is the value of the option, `wanted` says which column
    is which part of a document: by its name, or its number from 1. `format` is the format's name, for messages.

    Raises FormatError if a wanted column isn't there, and NoTexts if none looks like that of the texts.
    """
    has_header, is_sure = _has_header(rows)
    if header != AUTO:
        has_header, is_sure = header == YES, True
    elif any(_place(theirs, column_names(rows[0])) is not None for theirs in wanted.values() if not theirs.isdecimal()):
        has_header, is_sure = True, True
    names = _names(rows, has_header)
    parts: dict[str, str] = {}
    for ours, theirs in wanted.items():
        at = _place(theirs, names)
        if at is None:
            hint = f"say which column it is: --map-column {ours}=COLUMN"
            what = f"there is no column “{theirs[:40]}”; the columns are: {in_quotes(names)}"
            raise FormatError(what, hint=hint, path=path, line=1)
        parts[ours] = names[at]
    given = parts.pop(TEXT, None)
    taken = set(parts.values())
    body = rows[1:] if has_header else rows
    text = TextColumn(given, FoundBy.NAME) if given is not None else _guessed(names, body, taken)
    if text is None:
        what = f"no column looks like that of a text; the columns are: {in_quotes(names)}"
        hint = f"say which column has the text: --format {format} --map-column text=COLUMN"
        in_window = "choose the column of the text"
        raise NoTexts(what, hint=hint, in_window=in_window, path=path, line=1)
    for ours, usual in _GUESSED.items():
        found = next((name for name in names if name.casefold() in usual), None)
        if found is not None and found != text.name and found not in taken:
            parts.setdefault(ours, found)
    return TableColumns(names, has_header, is_sure, text, parts)


def _names(rows: Rows, has_header: bool) -> tuple[str, ...]:
    return column_names(rows[0] if has_header else [None] * max(map(len, rows)))


def _place(wanted: str, names: Sequence[str]) -> int | None:
    """Return where the column with a name is, whatever its case, or the one with a number."""
    if wanted in names:
        return names.index(wanted)
    alike = [at for at, name in enumerate(names) if name.casefold() == wanted.casefold()]
    if len(alike) == 1:
        return alike[0]
    number = int(wanted) if wanted.isdecimal() and len(wanted) < len("100000") else 0
    return number - 1 if 1 <= number <= len(names) else None


def _guessed(names: Sequence[str], body: Rows, taken: set[str] | frozenset[str] = frozenset()) -> TextColumn | None:
    """Return the column that the rules for all formats take for that of the texts, and that mostly has texts."""
    body = body or [[""] * len(names)]
    passed = set(taken)
    while True:
        left = [(at, name) for at, name in enumerate(names) if name not in passed]
        rows = [{name: cell_text(row[at]) for at, name in left if at < len(row)} for row in body]
        found = text_column(rows)
        if found is None or found.name.casefold() == TEXT:
            return found
        cells = [cell for row in rows if (cell := row.get(found.name, "").strip())]
        if sum(map(looks_like_text, cells)) >= _FEW * len(cells) > 0:
            return found
        passed.add(found.name)


def _has_header(rows: Rows) -> tuple[bool, bool]:
    """Return whether the first row of a table has the names of its columns, and whether that is sure."""
    first = [cell_text(cell).strip() for cell in rows[0]]
    below = [[cell_text(row[at]).strip() for row in rows[1:] if at < len(row)] for at in range(len(first))]
    if any(name.casefold() in _KNOWN and name not in cells for name, cells in zip(first, below, strict=True)):
        return True, True
    names = [name for name in first if name]
    if len(set(names)) < len(names) or any(map(_VALUE.fullmatch, names)):
        return False, True
    if any(cells and name and all(map(_VALUE.fullmatch, cells)) for name, cells in zip(first, below, strict=True)):
        return True, False
    lengths = [sum(map(len, cells)) for cells in below]
    if not any(lengths):
        return not any(map(looks_like_text, first)), False
    longest = lengths.index(max(lengths))
    usual = median(len(cell) for cell in below[longest])
    return not looks_like_text(first[longest]) or len(first[longest]) * _SHORT < usual, False

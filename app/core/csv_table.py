"""CSV (RFC 4180): the one way in which the program writes it, as spreadsheets open it without harm, and reads it."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError

# What begins a formula, also in the wide forms that some input methods type; a tab or line end before one is skipped.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Cell = str | int | float | bool | None
"""A value of a cell; None is an empty one, numbers are written with a decimal point."""


def csv_text(titles: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """Return titles and rows as CSV with CRLF line ends. Text that a spreadsheet would take for a formula is prefixed
    with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(title) for title in titles])
    for row in rows:
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()


def csv_file(text: str) -> bytes:
    """Return the contents of a CSV file: UTF-8 after a byte order mark, by which spreadsheets recognise it."""
    return BOM_UTF8 + text.encode()


def safe_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


class CsvRow(NamedTuple):
    """A row that was read, with the line (1-based) on which it ends."""

    line: int
    cells: list[str]


def read_csv(text: str, *, path: Path) -> Iterator[CsvRow]:
    """Yield the rows of a CSV text, which may have a semicolon or a tab instead of the comma. Raises FormatError, with
    the line, for a quotation mark that isn't closed and the like.
    """
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        for cells in rows:
            yield CsvRow(rows.line_num, cells)
    except csv.Error as error:
        raise FormatError(f"not CSV: {error}", hint="fix the line", path=path, line=rows.line_num or 1) from error

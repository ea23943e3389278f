"""CSV (RFC 4180): the one way in which the program writes it, as spreadsheets open it without harm, and reads it."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError

LONGEST_CELL = 64 * 1024 * 1024
"""The most characters of a cell that are read; a quotation mark that nobody closes must not take all memory."""

ONE_COLUMN = "\x1f"
"""What stands for the delimiter of a table that has one column only: a character that no text has (unit separator)."""

# What begins a formula, also in the wide forms that some input methods type; a tab or line end before one is skipped.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

csv.field_size_limit(LONGEST_CELL)  # of the whole process: nothing else reads CSV

Cell = str | int | float | bool | None
"""A value of a cell; None is an empty one, numbers are written with a decimal point."""


def csv_lines(rows: Iterable[Iterable[Cell]], *, delimiter: str = ",") -> Iterator[str]:
    """Yield rows as CSV, each with its CRLF. Text that a spreadsheet would take for a formula is prefixed with an
    apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def csv_text(titles: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """Return titles and rows as CSV, as `csv_lines` writes them."""
    return "".join((*csv_lines([titles]), *csv_lines(rows)))


def csv_file(text: str) -> bytes:
    """Return the contents of a CSV file: UTF-8 after a byte order mark, by which spreadsheets recognise it."""
    return BOM_UTF8 + text.encode()


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula."""
    return text.startswith(_FORMULA)


def safe_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if is_formula(text) else text


class Quoting(Enum):
    """How cells with delimiters, quotation marks and line breaks in them are written."""

    DOUBLED = "doubled"  # in quotation marks, with those inside doubled (RFC 4180)
    BACKSLASH = "backslash"  # in quotation marks, with a backslash before those inside, as some databases do
    NONE = "none"  # not at all: a quotation mark is a character like any other


class CsvDialect(NamedTuple):
    """What is between the cells of a table, and how they are quoted."""

    delimiter: str = ","
    quoting: Quoting = Quoting.DOUBLED


class CsvRow(NamedTuple):
    """A row that was read, with the line (1-based) on which it begins."""

    line: int
    cells: list[str]


class RawRow(NamedTuple):
    """A row with the line (1-based) on which it begins, and its text as it stands in the file."""

    line: int
    cells: list[str]
    text: str


def csv_rows(lines: Iterable[str], dialect: CsvDialect, *, path: Path) -> Iterator[RawRow | FormatError]:
    """Yield the rows of a table, or the error in a row, with its line and its text; after one, the rows go on.

    `lines` are those of the file with their ends: cells may have line breaks in them.
    """
    taken: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    has_quotes = dialect.quoting is not Quoting.NONE
    rows = csv.reader(
        noted(),
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_MINIMAL if has_quotes else csv.QUOTE_NONE,
        doublequote=dialect.quoting is Quoting.DOUBLED,
        escapechar="\\" if dialect.quoting is Quoting.BACKSLASH else None,
        strict=has_quotes,
    )
    while True:
        taken.clear()
        begin = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield _fault(error, "".join(taken), begin, path)
        else:
            yield RawRow(begin, cells, "".join(taken))


def read_csv(text: str, *, path: Path) -> Iterator[CsvRow]:
    """Yield the rows of a CSV text, which may have a semicolon or a tab instead of the comma. Raises FormatError, with
    the line, for a quotation mark that isn't closed and the like.
    """
    first = text.split("\n", 1)[0]
    dialect = CsvDialect(max(",;\t", key=first.count))
    for row in csv_rows(io.StringIO(text, newline=""), dialect, path=path):
        if isinstance(row, FormatError):
            raise row
        yield CsvRow(row.line, row.cells)


def _fault(error: csv.Error, record: str, line: int, path: Path) -> FormatError:
    said = str(error)
    if "unexpected end" in said:
        what, hint = "a quotation mark isn't closed", "close it, or double it if it belongs to the text"
    elif "limit" in said:
        what = f"a cell has more than {LONGEST_CELL:,} characters"
        hint = "look for a quotation mark that isn't closed; write one that belongs to the text twice"
    elif "expected after" in said:
        what, hint = "there is text behind a closing quotation mark", "double the quotation marks inside of a cell"
    else:
        what, hint = said, "fix the line"
    found = FormatError(f"not CSV: {what}", hint=hint, path=path, line=line)
    found.record = record
    return found

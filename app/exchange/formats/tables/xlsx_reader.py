"""Reads tables of texts from XLSX, one sheet of a workbook."""

import datetime
import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

from app.core.csv_table import Cell
from app.core.errors import BadChoice, FormatError
from app.core.record import DocumentRecord
from app.exchange.archive import SIGNATURE
from app.exchange.columns import COLUMNS
from app.exchange.extra_packages import extra_package
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.tables.sheet_limits import MOST_ROWS
from app.exchange.formats.tables.table_columns import HEADER, names_to_choose
from app.exchange.formats.tables.text_rows import InputRow, TextRows
from app.exchange.formats.tables.xlsx_package import check_package
from app.exchange.option import FormatOption, OptionKind
from app.exchange.source import Source
from app.exchange.text_column import in_quotes

SUFFIXES = (".xlsx", ".xlsm")
SHEET = FormatOption(
    "sheet",
    "Sheet",
    OptionKind.TEXT,
    "",
    help="The name of the sheet that is read, or its number from 1; by default the first one with anything in it.",
)
_LOOKED_AT = 500  # rows
_MOST_COLUMNS = 2_000
_MOST_DIGITS = 18
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
# What the library raises for files that are damaged, or that it doesn't know.
_BREAKS = (
    *(zipfile.BadZipFile, zlib.error, SyntaxError, ValueError, TypeError, LookupError, AttributeError),
    *(ArithmeticError, OSError, EOFError, RuntimeError, AssertionError),
)


class XlsxReader(Reader):
    """Reads one text from each row; the other columns are metadata. Of formulas it reads the values last computed."""

    suffixes = SUFFIXES
    columns = COLUMNS
    options = (SHEET, HEADER)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what is named so."""
        suffix = path.suffix.lower()
        return Claim(f"its name ends in {suffix}") if suffix in self.suffixes and not path.is_dir() else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents, each after its reference. Invalid rows go to `options.refuse`."""
        with _sheet(source, options) as (first, rest):
            if not first:
                options.report.note("empty", "files without documents", str(source.path))
                return
            rows = [row.cells for row in first]
            table = TextRows(rows, options, path=source.path, format="xlsx", is_padded=True)
            yield from table.documents(chain(first, rest))

    def keys(self, source: Source, options: ReadOptions) -> tuple[str, ...]:
        """Return the names of the columns."""
        with _sheet(source, options) as (first, _):
            rows = [row.cells for row in first]
            return names_to_choose(rows, str(options.own.get(HEADER.name, HEADER.default))) if rows else ()

    def choices(self, source: Source, options: ReadOptions) -> Mapping[str, Sequence[str]]:
        """Return the names of the sheets."""
        with _workbook(source) as book:
            return {SHEET.name: [str(sheet.title) for sheet in book.worksheets]}


_Rows = tuple[list[InputRow], Iterator[InputRow]]


@contextmanager
def _sheet(source: Source, options: ReadOptions) -> Generator[_Rows]:
    """Open a workbook, and give the first rows of the sheet that is to be read, and the others. Raises FormatError."""
    with _workbook(source) as book:
        yield _chosen(book.worksheets, str(options.own.get(SHEET.name, "")), options, source.path)


@contextmanager
def _workbook(source: Source) -> Generator[Any]:
    """Open a workbook. Raises FormatError."""
    path = source.path
    library: Any = extra_package("openpyxl", extra="xlsx", needs="Excel files need the package openpyxl")
    warnings.filterwarnings("ignore", module=r"openpyxl\.")  # of what a sheet has besides cells
    with source.open() as file:
        if file.read(len(SIGNATURE)) != SIGNATURE:
            hint = "save it as .xlsx, without a password"
            raise FormatError("this isn't an XLSX file, or it needs a password", hint=hint, path=path)
        check_package(path)
        file.seek(0)
        try:
            book = library.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except _BREAKS as error:
            raise _damaged(error, path) from error
        yield book


def _chosen(sheets: Sequence[Any], wanted: str, options: ReadOptions, path: Path) -> _Rows:
    """Return the first rows of the sheet that is to be read, and the others. Raises BadChoice if it isn't there."""
    names = [str(sheet.title) for sheet in sheets]
    if wanted:
        return _opened(sheets[_place(wanted, names, path)], path)
    for sheet in sheets:
        if sheet.sheet_state == "visible":
            first, rest = _opened(sheet, path)
            if first:
                others = [name for name in names if name != sheet.title]
                what = "other sheets of the workbook, not read; --option sheet=NAME reads one of them"
                options.report.note("sheet", what, ", ".join(others), count=len(others)) if others else None
                return first, rest
    return [], iter(())


def _place(wanted: str, names: Sequence[str], path: Path) -> int:
    """Return where a sheet is, given by its name, whatever its case, or its number."""
    folded = [name.casefold() for name in names]
    if wanted in names or wanted.casefold() in folded:
        return names.index(wanted) if wanted in names else folded.index(wanted.casefold())
    if wanted.isdecimal() and len(wanted) < _MOST_DIGITS and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    hint = f"use one of: {in_quotes(names)}"
    raise BadChoice(f"the workbook has no sheet “{wanted[:40]}”", hint=hint, path=path)


def _opened(sheet: Any, path: Path) -> _Rows:  # noqa: ANN401  the library's
    rows = _rows(sheet, path)
    return list(islice(rows, _LOOKED_AT)), rows


def _rows(sheet: Any, path: Path) -> Iterator[InputRow]:  # noqa: ANN401  the library's
    """Yield the rows of a sheet that aren't blank. Raises FormatError for one that is damaged, or too large."""
    number = 0
    try:
        sheet.reset_dimensions()  # files may say anything
        for values in sheet.iter_rows(values_only=True):
            number += 1
            if number > MOST_ROWS or len(values) > _MOST_COLUMNS:
                what = f"row {number:,} lies outside of {MOST_ROWS:,} rows and {_MOST_COLUMNS:,} columns"
                raise FormatError(what, hint="save the table as CSV, and import that", path=path)
            cells = [_cell(value) for value in values]
            while cells and (cells[-1] is None or cells[-1] == ""):
                cells.pop()
            if cells:
                yield InputRow(number, cells)
    except _BREAKS as error:
        raise _damaged(error, path, row=number + 1) from error


def _cell(value: Any) -> Cell:  # noqa: ANN401  whatever the library makes of a cell
    """Return a value as a cell: dates and times as ISO 8601 writes them, whole numbers as such."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _ESCAPE.sub(_unescaped, value) if "_x" in value else value
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 10**_MOST_DIGITS else value
    if isinstance(value, int):
        return value if abs(value) < 10**_MOST_DIGITS else str(value)
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time.min
        return value.date().isoformat() if is_day else value.isoformat(timespec="auto")
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


def _unescaped(found: re.Match[str]) -> str:
    """Return a character that XML can't hold; what would be half of one stays as it is."""
    char = chr(int(found[1], 16))
    return found[0] if "\ud800" <= char <= "\udfff" else char


def _damaged(error: Exception, path: Path, row: int | None = None) -> FormatError:
    said = " ".join(str(error).split())[:200]
    return FormatError(
        f"the workbook can't be read: {said or type(error).__name__}",
        hint="open it in a spreadsheet and save it again, or save it as CSV",
        path=path,
        line=row,
    )

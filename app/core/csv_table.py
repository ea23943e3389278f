"""CSV as spreadsheets open it without harm: the one way in which the program writes it (RFC 4180)."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable

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

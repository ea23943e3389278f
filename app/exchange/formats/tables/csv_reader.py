"""Reads tables of texts from CSV and TSV, whatever their delimiter, quotation marks, header and encoding."""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from app.core.byte_order_mark import marked_encoding
from app.core.csv_table import csv_rows
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.columns import COLUMNS
from app.exchange.encoded_text import open_text, undecodable
from app.exchange.format import HEAD, LARGEST, Claim, Reader, ReadOptions
from app.exchange.formats.tables.annotation_table import is_annotation_table
from app.exchange.formats.tables.csv_options import DELIMITER, QUOTES, QUOTING
from app.exchange.formats.tables.table_columns import HEADER, column_names, guessed_text, names_to_choose
from app.exchange.formats.tables.table_layout import DELIMITERS, TableLayout, layout_of
from app.exchange.formats.tables.text_rows import InputRow, TextRows
from app.exchange.source import Source, read_failed
from app.exchange.text_column import FoundBy

SUFFIXES = (".csv", ".tsv", ".tab")
_SAMPLES = (256 * 1024, 16 * 1024 * 1024)  # characters: few rows don't tell a layout, so that long ones need more
_ENOUGH = 10  # rows
_LONGEST_LINE = LARGEST // 4  # characters
_FOUND = {FoundBy.NAME: "it has a column “{}”", FoundBy.ONLY: "its column “{}” has the only texts"}
_LONGEST = "its column “{}” has the longest texts"


class CsvReader(Reader):
    """Reads one text from each row; the other columns are metadata."""

    suffixes = SUFFIXES
    columns = COLUMNS
    options = (DELIMITER, QUOTES, HEADER)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take, after all others, what is named as a table and is one; and tables of annotations, to say that they
        aren't texts.
        """
        text = head.decode(marked_encoding(head) or "utf-8", "replace").removeprefix("\ufeff")
        if path.suffix.lower() not in self.suffixes or text.startswith(("{", "[")):  # JSON, whatever it is called
            return None
        found = layout_of(text, is_cut=len(head) >= HEAD)
        if found is None:
            return None
        if is_annotation_table(column_names(found.rows[0])):
            return Claim("its columns are those of a table of annotations that Stet wrote")
        column = guessed_text(found.rows)
        if column is None:
            is_table = min(len(found.rows), len(found.rows[0])) > 1
            return Claim("its rows have as many cells each", weak=True, last=True) if is_table else None
        return Claim(_FOUND.get(column.by, _LONGEST).format(column.name), weak=True, last=True)

    def keys(self, source: Source, options: ReadOptions) -> tuple[str, ...]:
        """Return the names of the columns."""
        with open_text(source.path, options.encoding) as file:
            layout = _layout(file, options, source.path)
        return names_to_choose(layout.rows, str(options.own.get(HEADER.name, HEADER.default))) if layout else ()

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents, each after its reference. Invalid rows go to `options.refuse`."""
        path = source.path
        with open_text(path, options.encoding) as file:
            try:
                layout = _layout(file, options, path)
                if layout is None:
                    options.report.note("empty", "files without documents", str(path))
                    return
                rows = TextRows(layout.rows, options, path=path, format="csv")
                yield from rows.documents(_rows(file, layout, path), file.buffer.tell)
            except OSError as error:
                raise read_failed(path, error) from error


def _layout(file: TextIO, options: ReadOptions, path: Path) -> TableLayout | None:
    """Return the layout of a file, as said or found out; None if it is blank. Raises FormatError."""
    delimiter = DELIMITERS.get(str(options.own.get(DELIMITER.name, DELIMITER.default)))
    quoting = QUOTING.get(str(options.own.get(QUOTES.name, QUOTES.default)))
    sample, found = "", None
    for size in _SAMPLES:
        file.seek(0)
        try:
            sample = file.read(size)
        except UnicodeDecodeError as error:
            raise undecodable(error, path, 1) from error
        is_cut = len(sample) == size
        found = layout_of(sample, is_cut=is_cut, delimiter=delimiter, quoting=quoting)
        if not is_cut or (found is not None and len(found.rows) >= _ENOUGH):
            break
    if found is None and sample.strip():
        hint = "name it: --format csv --option delimiter=semicolon; --skip-bad then leaves out rows that are wrong"
        what = "the rows have different numbers of cells, whatever is taken for the delimiter"
        in_window = "quote the cells with delimiters in them; or, if it is plain text, rename it to .txt"
        raise FormatError(what, hint=hint, in_window=in_window, path=path, line=1)
    return found


def _rows(file: TextIO, layout: TableLayout, path: Path) -> Iterator[InputRow | FormatError]:
    """Yield the rows of a table, or what is wrong with one."""
    file.seek(0)
    lines = _lines(file, path)
    for _ in range(layout.skipped):
        next(lines)
    for row in csv_rows(lines, layout.dialect, path=path):
        if isinstance(row, FormatError):
            row.line = (row.line or 1) + layout.skipped
            yield row
        else:
            yield InputRow(row.line + layout.skipped, row.cells, row.text)


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    """Yield the lines of a file with their ends. Raises FormatError for one that is too long or can't be decoded."""
    number = 0
    try:
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                what = f"the line is longer than {_LONGEST_LINE:,} characters"
                raise FormatError(what, hint="split the text", path=path, line=number)
            yield line
    except UnicodeDecodeError as error:
        raise undecodable(error, path, number + 1) from error

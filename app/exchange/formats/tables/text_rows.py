"""The documents of a table's rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from app.core.csv_table import Cell
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.wording import counted
from app.exchange.format import ReadOptions
from app.exchange.formats.tables.annotation_table import is_annotation_table
from app.exchange.formats.tables.table_columns import HEADER, Rows, TableColumns, cell_text, column_names, table_columns
from app.exchange.text_column import TEXT, NoTexts
from app.exchange.text_records import TextRecords


class InputRow(NamedTuple):
    """A row of a table: the line or row (from 1) on which it begins, its cells, and its text as it stands in the file,
    empty if it has none.
    """

    line: int
    cells: Sequence[Cell]
    text: str = ""


class TextRows:
    """Makes documents of the rows of a table.

    `first` are its first rows. With `is_padded`, cells may be missing at the end of a row, as spreadsheets don't store
    empty ones. `format` is the format's name, for messages.
    """

    def __init__(self, first: Rows, options: ReadOptions, *, path: Path, format: str, is_padded: bool = False) -> None:
        """Raise FormatError if a column isn't found, NoTexts also if this is a table of annotations."""
        if is_annotation_table(column_names(first[0])) and TEXT not in options.columns:
            hint = "to take work to another project, export it as JSONL: stet export PROJECT FILE.jsonl"
            in_window = "to take work to another project, export it as “Project as Stet JSONL”"
            what = "this is a table of annotations that Stet wrote, which has no texts: it can't be imported"
            raise NoTexts(what, hint=hint, in_window=in_window, path=path, line=1)
        self._options = options
        self._path = path
        self._is_padded = is_padded
        header = str(options.own.get(HEADER.name, HEADER.default))
        self._columns = table_columns(first, header, options.columns, path=path, format=format)
        text = self._columns.text.name
        self._words = {text, *self._columns.parts.values()}  # whose values are texts, whatever kind of cell has them
        self._texts = TextRecords(text, options, columns=self._columns.parts, no_text=_no_text)
        self._note(self._columns)

    def _note(self, columns: TableColumns) -> None:
        report = self._options.report
        if not columns.text.is_sure:
            what = "texts were found in a column of another name; --map-column text=COLUMN names another one"
            report.note("text-column", what, f"“{columns.text.name}”", count=0)
        if not columns.is_sure:
            read, other = ("names", "no") if columns.has_header else ("a text", "yes")
            what = f"the first row was taken for one with {read}; if it isn't, add: --option header={other}"
            report.note("header", what, self._path.name, count=0)

    def documents(
        self, rows: Iterable[InputRow | FormatError], byte: Callable[[], int] = lambda: 0
    ) -> Iterator[DocumentRecord]:
        """Yield the documents of all rows, the first one included. Wrong rows go to `options.refuse`, blank ones are
        passed over. `byte` returns how far in the file they were read.
        """
        is_header = self._columns.has_header
        seen_any = False
        for row in rows:
            if isinstance(row, FormatError):
                self._options.refuse(row)
                continue
            if not any(cell_text(cell).strip() for cell in row.cells):
                continue
            if is_header:
                is_header = False
                continue
            seen_any = True
            self._options.at(row.line, byte())
            try:
                found = list(self._texts.of(self._record(row.cells)))
            except FormatError as error:
                error.path, error.line, error.record = self._path, row.line, row.text
                self._options.refuse(error)
            else:
                yield from found
        if not seen_any:
            self._options.report.note("empty", "files without documents", str(self._path))

    def _record(self, cells: Sequence[Cell]) -> dict[str, Any]:
        """Return a row as a record: empty cells are left out. Raises FormatError for too few or too many cells."""
        names = self._columns.names
        is_short = len(cells) < len(names) and not self._is_padded
        if is_short or any(cell_text(cell).strip() for cell in cells[len(names) :]):
            what = f"the row has {counted(len(cells), 'cell')}, but there are {counted(len(names), 'column')}"
            quoted = "fix the row; a cell with a delimiter or a line break in it must be in quotation marks"
            raise FormatError(what, hint="fix the row" if self._is_padded else quoted)
        return {
            name: cell_text(cell) if name in self._words else cell
            for name, cell in zip(names, cells, strict=False)
            if cell_text(cell).strip()
        }


def _no_text(_record: Mapping[str, Any], column: str) -> FormatError:
    return FormatError(f"the cell of “{column}” is empty: there is no text", hint="fill it in, or remove the row")

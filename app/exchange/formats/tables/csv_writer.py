"""Writes the table of annotations as CSV or TSV."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence

from app.core.csv_table import Cell, csv_lines, is_formula
from app.core.record import DocumentRecord
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.tables.annotation_table import KEPT, OPTIONS, AnnotationTable
from app.exchange.formats.tables.csv_options import DELIMITER
from app.exchange.formats.tables.sheet_limits import LONGEST_SHEET_CELL, MOST_ROWS, is_too_long
from app.exchange.formats.tables.table_layout import DELIMITERS
from app.exchange.losses import Losses
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport

_TABS = (".tsv", ".tab")


class CsvWriter(Writer):
    """Writes a row for each mark, label of a document and relation."""

    suffix = ".csv"
    origin_place = OriginPlace.OWN
    other_suffixes = _TABS
    options = (DELIMITER, *OPTIONS)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the rows as the records come."""
        losses = Losses("a table of annotations", "csv", keeps=KEPT)
        table = AnnotationTable(options.scheme, options.document, options.own, losses, options.answer)
        named = output.path.suffix.lower() if output.path is not None else ""
        by_name = "tab" if named in _TABS else "comma"
        chosen = str(options.own.get(DELIMITER.name, DELIMITER.default))
        out = output.main()
        out.write(BOM_UTF8)
        rows = _counted(table, records, losses)
        for line in csv_lines(rows, delimiter=DELIMITERS.get(chosen, DELIMITERS[by_name])):
            out.write(line.encode())
        return losses.report


def _counted(table: AnnotationTable, records: Iterable[DocumentRecord], losses: Losses) -> Iterator[Sequence[Cell]]:
    """Yield titles and rows, and note what becomes of them in a spreadsheet."""
    yield table.titles
    count = 1
    for record in records:
        table.note_losses(record, has_documents=False)
        for row in table.rows(record):
            count += 1
            _note_cells(row, f"row {count:,}", losses)
            yield row
    what = f"rows behind the first {MOST_ROWS:,}, which spreadsheets don't show"
    losses.note("rows", what, "", count=max(0, count - MOST_ROWS), is_whole=True)


def _note_cells(row: Sequence[Cell], where: str, losses: Losses) -> None:
    for cell in row:
        if isinstance(cell, str):
            if is_formula(cell):
                what = "texts that a spreadsheet would run as a formula, written behind an apostrophe"
                losses.note("formula", what, f"{where}: {cell[:40]}", is_whole=True)
            if is_too_long(cell):
                what = f"texts with more than the {LONGEST_SHEET_CELL:,} characters that spreadsheets show, kept whole"
                losses.note("cell", what, where, is_whole=True)

"""Writes the table of annotations as XLSX, with sheets of the documents and of what the labels mean."""

from collections.abc import Iterable, Iterator, Sequence

from app.core.csv_table import Cell
from app.core.record import DocumentRecord
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.tables import label_sheet
from app.exchange.formats.tables.annotation_table import CONTEXT, KEPT, META, AnnotationTable
from app.exchange.formats.tables.document_sheet import DocumentSheet
from app.exchange.formats.tables.sheet_limits import LONGEST_SHEET_CELL, MOST_ROWS
from app.exchange.formats.tables.workbook_file import WorkbookFile
from app.exchange.losses import Losses
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport

ANNOTATIONS, DOCUMENTS, LABELS = "Annotations", "Documents", "Labels"
"""The names of the sheets."""


class XlsxWriter(Writer):
    """Writes a row for each mark, label of a document and relation, and further sheets where one is full."""

    suffix = ".xlsx"
    origin_place = OriginPlace.OWN
    options = (META, CONTEXT)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the rows as the records come."""
        losses = Losses("a table of annotations", "xlsx", keeps=(*KEPT, "reference", "remark"))
        table = AnnotationTable(options.scheme, options.document, options.own, losses, options.answer)

        def note_cut(place: str) -> None:
            what = f"texts with more than the {LONGEST_SHEET_CELL:,} characters that a cell holds, shortened"
            losses.note("cell", what, place, is_whole=True)

        with DocumentSheet(options.document) as documents, WorkbookFile(output.main(), on_cut=note_cut) as book:
            sheets = book.add_sheet(ANNOTATIONS, table.titles, _rows(records, table, documents))
            book.add_sheet(DOCUMENTS, documents.titles, documents.rows())
            book.add_sheet(LABELS, label_sheet.TITLES, label_sheet.label_rows(options.scheme))
        if sheets > 1:
            what = f"sheets of annotations, as one holds {MOST_ROWS - 1:,} rows at most"
            losses.note("sheet", what, f"the last one is “{ANNOTATIONS} {sheets}”", count=sheets, is_whole=True)
        return losses.report


def _rows(
    records: Iterable[DocumentRecord], table: AnnotationTable, documents: DocumentSheet
) -> Iterator[Sequence[Cell]]:
    for record in records:
        documents.add(record)
        table.note_losses(record, has_documents=True)
        yield from table.rows(record)

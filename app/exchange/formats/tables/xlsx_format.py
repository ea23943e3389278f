"""The format `xlsx`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.tables.xlsx_reader import XlsxReader
from app.exchange.formats.tables.xlsx_writer import XlsxWriter

FORMAT = Format(
    "xlsx",
    "Excel workbook",
    XlsxReader(),
    XlsxWriter(),
    summary="reads tables of texts, writes annotations, documents and labels as sheets",
    help_page="tables.md",
    notes=ExportNotes(
        everyone="A row for each mark, label of a document and relation, and sheets of the documents and of what the "
        "labels mean; no texts.",
        one="A row for each of NAME’s marks, labels of documents and relations, and sheets of the documents and of "
        "what the labels mean; no texts.",
    ),
)

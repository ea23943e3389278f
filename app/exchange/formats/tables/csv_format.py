"""The format `csv`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.tables.csv_reader import CsvReader
from app.exchange.formats.tables.csv_writer import CsvWriter

FORMAT = Format(
    "csv",
    "CSV and TSV tables",
    CsvReader(),
    CsvWriter(),
    summary="reads tables of texts, writes one flat table of annotations",
    help_page="tables.md",
    notes=ExportNotes(
        everyone="A row for each mark, label of a document and relation, for spreadsheets and statistics; no texts.",
        one="A row for each of NAME’s marks, labels of documents and relations; no texts.",
    ),
)

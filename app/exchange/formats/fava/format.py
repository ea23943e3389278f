"""The format `fava`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.fava.reader import FavaReader
from app.exchange.formats.fava.writer import FavaWriter

FORMAT = Format(
    "fava",
    "FAVA",
    FavaReader(),
    FavaWriter(),
    summary="passages with tags around their errors and corrections, and the evidence for them",
    help_page="error-datasets.md",
    notes=ExportNotes(
        everyone="An object for each document and annotator: the text with tags around the errors, and the references.",
        one="An object for each document: the text with tags around NAME’s errors, and the references.",
    ),
)

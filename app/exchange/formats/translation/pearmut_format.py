"""The format `pearmut`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.translation.pearmut_reader import PearmutReader
from app.exchange.formats.translation.pearmut_writer import PearmutWriter

FORMAT = Format(
    "pearmut",
    "Pearmut",
    PearmutReader(),
    PearmutWriter(),
    summary="scores and errors of translations by several systems, an answer a line",
    help_page="translation.md",
    notes=ExportNotes(
        everyone="A line for each annotator’s answer about a document, with its texts.",
        one="A line for each of NAME’s answers about a document, with its texts.",
    ),
)

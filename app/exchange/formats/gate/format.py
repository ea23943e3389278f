"""The format `gate`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.gate.reader import GateReader
from app.exchange.formats.gate.writer import GateWriter

FORMAT = Format(
    "gate",
    "GATE bdoc JSON",
    GateReader(),
    GateWriter(),
    summary="documents of GATE, its Python library and Teamware, with annotation sets",
    help_page="gate.md",
    notes=ExportNotes(
        everyone="A file for each document, with an annotation set for each annotator.",
        one="A file for each document, with NAME’s annotation set.",
    ),
)

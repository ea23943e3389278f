"""The format `w3c`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.w3c.reader import W3cReader
from app.exchange.formats.w3c.writer import W3cWriter

FORMAT = Format(
    "w3c",
    "Web annotations (W3C)",
    W3cReader(),
    W3cWriter(),
    summary="JSON-LD of the Web Annotation Data Model, with the texts beside it or in it",
    help_page="web-annotation.md",
    notes=ExportNotes(
        everyone="One file of everyone’s annotations with their names, and the texts beside it.",
        one="One file of NAME’s annotations, and the texts beside it.",
    ),
)

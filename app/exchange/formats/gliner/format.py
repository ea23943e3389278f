"""The format `gliner`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.gliner.reader import GlinerReader
from app.exchange.formats.gliner.writer import GlinerWriter

FORMAT = Format(
    "gliner",
    "GLiNER and GLiNER2",
    GlinerReader(),
    GlinerWriter(),
    summary="training data: tokens with entities and relations, or texts with what is mentioned in them",
    help_page="gliner.md",
    notes=ExportNotes(
        everyone="A record for each document and annotator, with the marks as entities.",
        one="A record for each document, with NAME’s marks as entities.",
    ),
)

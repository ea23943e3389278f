"""The format `bioc`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.bioc.reader import BiocXmlReader
from app.exchange.formats.bioc.writer import BiocXmlWriter

FORMAT = Format(
    "bioc",
    "BioC XML",
    BiocXmlReader(),
    BiocXmlWriter(),
    summary="collections of documents with passages, annotations and relations",
    help_page="biomedical.md",
    notes=ExportNotes(
        everyone="One collection of all documents, with everyone’s annotations and their names.",
        one="One collection of all documents, with NAME’s annotations.",
    ),
)

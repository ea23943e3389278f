"""The format `bioc-json`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.bioc.reader import BiocJsonReader
from app.exchange.formats.bioc.writer import BiocJsonWriter

FORMAT = Format(
    "bioc-json",
    "BioC JSON",
    BiocJsonReader(),
    BiocJsonWriter(),
    summary="collections of documents with passages, annotations and relations, in JSON",
    help_page="biomedical.md",
    notes=ExportNotes(
        everyone="One collection of all documents, with everyone’s annotations and their names.",
        one="One collection of all documents, with NAME’s annotations.",
    ),
)

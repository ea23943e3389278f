"""The format `spacy`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.docbin.reader import DocBinReader
from app.exchange.formats.docbin.writer import DocBinWriter

FORMAT = Format(
    "spacy",
    "spaCy DocBin",
    DocBinReader(),
    DocBinWriter(),
    summary="what spacy train reads: entities, groups of spans, categories",
    help_page="spacy.md",
    notes=ExportNotes(
        everyone="A doc for each document and annotator: entities, a group of spans for each layer, categories.",
        one="A doc per document with NAME’s entities, a group of spans for each layer, and categories.",
    ),
)

"""The format `webanno`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.webanno.reader import WebAnnoReader
from app.exchange.formats.webanno.writer import WebAnnoWriter

FORMAT = Format(
    "webanno",
    "WebAnno TSV 3",
    WebAnnoReader(),
    WebAnnoWriter(),
    summary="tokens and annotations of WebAnno and INCEpTION, in tables",
    help_page="inception.md",
    notes=ExportNotes(
        everyone="A folder for each document, with a file for each annotator.",
        one="A file with NAME’s annotations for each document.",
    ),
)

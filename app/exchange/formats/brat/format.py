"""The format `brat`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.brat.reader import BratReader
from app.exchange.formats.brat.writer import BratWriter

FORMAT = Format(
    "brat",
    "brat standoff",
    BratReader(),
    BratWriter(),
    summary="a folder of texts with .ann files beside them",
    help_page="brat.md",
    notes=ExportNotes(
        everyone="A folder for each annotator, with a text and its annotations for each document.",
        one="A text and NAME’s annotations for each document, and brat’s configuration.",
    ),
)

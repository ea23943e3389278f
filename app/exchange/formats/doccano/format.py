"""The format `doccano`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.doccano.reader import DoccanoReader
from app.exchange.formats.doccano.writer import DoccanoWriter

FORMAT = Format(
    "doccano",
    "doccano JSONL",
    DoccanoReader(),
    DoccanoWriter(),
    summary="texts with marks, labels, relations and comments, one a line",
    help_page="doccano.md",
    notes=ExportNotes(
        everyone="A line for each document, with everyone’s marks together, as doccano’s all.jsonl has them.",
        one="A line for each document, with NAME’s marks.",
    ),
)

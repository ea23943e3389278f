"""The format `stet`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.stet_jsonl.reader import StetReader
from app.exchange.formats.stet_jsonl.writer import StetWriter

FORMAT = Format(
    "stet",
    "Project as Stet JSONL",
    StetReader(),
    StetWriter(),
    summary="everything, one document per line",
    help_page="jsonl.md",
    notes=ExportNotes(
        everyone="All documents and everyone’s marks; importing it recreates the project.",
        one="All documents, with only NAME’s marks; importing it adds them to a project.",
    ),
)

"""The format `prodigy`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.prodigy.reader import ProdigyReader
from app.exchange.formats.prodigy.writer import ProdigyWriter

FORMAT = Format(
    "prodigy",
    "Prodigy JSONL",
    ProdigyReader(),
    ProdigyWriter(),
    summary="tasks with spans, relations, choices and answers, one a line",
    help_page="prodigy.md",
    notes=ExportNotes(
        everyone="A line for each annotator and document; where there is gold, one with all their versions.",
        one="A line for each document, with NAME’s answer.",
    ),
)

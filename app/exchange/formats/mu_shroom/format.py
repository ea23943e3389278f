"""The format `mu-shroom`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.mu_shroom.reader import MuShroomReader
from app.exchange.formats.mu_shroom.writer import MuShroomWriter

FORMAT = Format(
    "mu-shroom",
    "Mu-SHROOM JSONL",
    MuShroomReader(),
    MuShroomWriter(),
    summary="models’ outputs with hard and soft labels and each annotator’s marks, one a line",
    help_page="error-datasets.md",
    notes=ExportNotes(
        everyone="A line for each document: everyone’s errors, their share at each character, and the majority’s.",
        one="A line for each document with NAME’s errors as hard labels.",
    ),
)

"""The format `training`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.training.writer import TrainingWriter

FORMAT = Format(
    "training",
    "Training data",
    None,
    TrainingWriter(),
    summary="flat JSONL: spans, claims, errors, corrected text",
    help_page="training.md",
    notes=ExportNotes(
        everyone="One line for each document and annotator: entities, claims, errors with evidence, and the corrected "
        "text.",
        one="One line per document: NAME’s entities, claims, errors with evidence, and the corrected text.",
    ),
)

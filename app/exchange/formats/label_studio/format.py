"""The format `label-studio`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.label_studio.reader import LabelStudioReader
from app.exchange.formats.label_studio.writer import LabelStudioWriter

FORMAT = Format(
    "label-studio",
    "Label Studio JSON",
    LabelStudioReader(),
    LabelStudioWriter(),
    summary="tasks with annotations and predictions, and a label configuration",
    help_page="label-studio.md",
    notes=ExportNotes(
        everyone="A task for each document, with everyone’s annotations, and the label configuration beside it.",
        one="A task for each document, with NAME’s annotations, and the label configuration beside it.",
    ),
)

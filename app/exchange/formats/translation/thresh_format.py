"""The format `thresh`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.translation.thresh_reader import ThreshReader
from app.exchange.formats.translation.thresh_writer import ThreshWriter

FORMAT = Format(
    "thresh",
    "thresh.tools",
    ThreshReader(),
    ThreshWriter(),
    summary="pairs of texts with the edits between them or the errors in one, by any typology",
    help_page="translation.md",
    notes=ExportNotes(
        everyone="An entry for each annotator of a document, with the reference beside it.",
        one="An entry for each document with NAME’s marks, with the reference beside it.",
    ),
)

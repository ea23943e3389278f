"""The format `esa`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.translation.esa_reader import EsaReader
from app.exchange.formats.translation.esa_writer import EsaWriter

FORMAT = Format(
    "esa",
    "ESA of Appraise (CSV)",
    EsaReader(),
    EsaWriter(),
    summary="scores and error spans of translated segments, without their texts",
    help_page="translation.md",
    notes=ExportNotes(
        everyone="A row for each segment that somebody judged, and a file of batches with the texts.",
        one="A row for each segment that NAME judged, and a file of batches with the texts.",
    ),
)

"""The format `mt-metrics-eval`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.translation.ratings_reader import RatingsReader
from app.exchange.formats.translation.ratings_writer import RatingsWriter

FORMAT = Format(
    "mt-metrics-eval",
    "Ratings of mt-metrics-eval",
    RatingsReader(),
    RatingsWriter(),
    summary="errors of one rater in one segment a line, with the texts",
    help_page="translation.md",
    notes=ExportNotes(
        everyone="A line for each segment that somebody judged, with the errors.",
        one="A line for each segment that NAME judged, with the errors.",
    ),
)

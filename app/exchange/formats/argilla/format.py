"""The format `argilla`."""

from app.exchange.format import Format
from app.exchange.formats.argilla.reader import ArgillaReader

FORMAT = Format(
    "argilla",
    "Argilla records",
    ArgillaReader(),
    summary="records with everybody’s responses and the suggestions: spans, labels, ratings and texts",
    help_page="argilla.md",
)

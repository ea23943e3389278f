"""The format `frank`."""

from app.exchange.format import Format
from app.exchange.formats.frank.reader import FrankReader

FORMAT = Format(
    "frank",
    "FRANK",
    FrankReader(),
    summary="summaries with their articles, and the errors that annotators found in each sentence",
    help_page="summaries.md",
)

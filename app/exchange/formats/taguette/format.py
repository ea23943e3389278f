"""The format `taguette`."""

from app.exchange.format import Format
from app.exchange.formats.taguette.reader import TaguetteReader

FORMAT = Format(
    "taguette",
    "Taguette project",
    TaguetteReader(),
    summary="an exported project in SQLite: documents with highlights and their tags",
    help_page="taguette.md",
)

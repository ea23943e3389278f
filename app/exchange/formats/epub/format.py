"""The format `epub`."""

from app.exchange.format import Format
from app.exchange.formats.epub.reader import EpubReader

FORMAT = Format(
    "epub",
    "EPUB",
    EpubReader(),
    summary="a book as one document, with the pages of its printed edition",
    help_page="layout.md",
)

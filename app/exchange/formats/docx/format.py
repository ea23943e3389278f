"""The format `docx`."""

from app.exchange.format import Format
from app.exchange.formats.docx.reader import DocxReader

FORMAT = Format(
    "docx",
    "Word file",
    DocxReader(),
    summary="the text with its lists, tables and notes, and comments as marks",
    help_page="layout.md",
)

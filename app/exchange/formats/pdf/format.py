"""The format `pdf`."""

from app.exchange.format import Format
from app.exchange.formats.pdf.reader import PdfReader

FORMAT = Format(
    "pdf",
    "PDF",
    PdfReader(),
    summary="the text with its pages, and what people have highlighted",
    help_page="layout.md",
)

"""The format `html`."""

from app.exchange.format import Format
from app.exchange.formats.html.reader import HtmlReader

FORMAT = Format(
    "html",
    "HTML",
    HtmlReader(),
    summary="web pages, plain or saved, also as MHTML: their main text, or all of it",
    help_page="layout.md",
)

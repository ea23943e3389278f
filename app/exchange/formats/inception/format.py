"""The format `inception`."""

from app.exchange.format import Format
from app.exchange.formats.inception.reader import InceptionReader

FORMAT = Format(
    "inception",
    "INCEpTION project",
    InceptionReader(),
    summary="an exported project: documents with everybody’s work, and their states",
    help_page="inception.md",
)

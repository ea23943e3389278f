"""The format `hypothesis`."""

from app.exchange.format import Format
from app.exchange.formats.hypothesis.reader import HypothesisReader

FORMAT = Format(
    "hypothesis",
    "Hypothes.is JSON",
    HypothesisReader(),
    summary="annotations and page notes of web pages, whose text is beside the file or in the project",
    help_page="web-annotation.md",
)

"""The format `fever`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.fever.reader import FeverReader
from app.exchange.formats.fever.writer import FeverWriter

FORMAT = Format(
    "fever",
    "FEVER claims",
    FeverReader(),
    FeverWriter(),
    summary="claims with a verdict and alternative sets of evidence, and the pages that have it",
    help_page="claims.md",
    notes=ExportNotes(
        everyone="A line for each claim: its verdict and its sets of evidence, as pages and sentence numbers.",
        one="A line for each of NAME’s claims: its verdict and its sets of evidence, as pages and sentence numbers.",
    ),
)

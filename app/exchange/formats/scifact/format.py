"""The format `scifact`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.scifact.reader import SciFactReader
from app.exchange.formats.scifact.writer import SciFactWriter

FORMAT = Format(
    "scifact",
    "SciFact claims",
    SciFactReader(),
    SciFactWriter(),
    summary="claims with rationales, and the abstracts that have them",
    help_page="claims.md",
    notes=ExportNotes(
        everyone="A line for each claim: for each reference, the sentences that support or contradict it.",
        one="A line for each of NAME’s claims: for each reference, the sentences that support or contradict it.",
    ),
)

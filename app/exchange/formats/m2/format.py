"""The format `m2`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.m2.reader import M2Reader
from app.exchange.formats.m2.writer import M2Writer

FORMAT = Format(
    "m2",
    "M2 (grammar errors)",
    M2Reader(),
    M2Writer(),
    summary="sentences of tokens with the edits that correct them",
    help_page="m2.md",
    notes=ExportNotes(
        everyone="The sentences of each document with everyone’s corrections.",
        one="The sentences of each document with NAME’s corrections.",
    ),
)

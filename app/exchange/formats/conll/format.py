"""The format `conll`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.conll.reader import ConllReader
from app.exchange.formats.conll.writer import ConllWriter

FORMAT = Format(
    "conll",
    "CoNLL (IOB, IOBES, BILUO)",
    ConllReader(),
    ConllWriter(),
    summary="a token and its tag on each line",
    help_page="conll.md",
    notes=ExportNotes(
        everyone="The tokens of each document with the tags of each annotator’s marks.",
        one="The tokens of each document with the tags of NAME’s marks.",
    ),
)

"""The format `pubtator`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.pubtator.reader import PubtatorReader
from app.exchange.formats.pubtator.writer import PubtatorWriter

FORMAT = Format(
    "pubtator",
    "PubTator",
    PubtatorReader(),
    PubtatorWriter(),
    summary="title, abstract and mentions with their concepts, in lines",
    help_page="biomedical.md",
    notes=ExportNotes(
        everyone="Title and abstract of each document, and everyone’s marks together, without their names.",
        one="Title and abstract of each document, and NAME’s marks.",
    ),
)

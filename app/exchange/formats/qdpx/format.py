"""The format `qdpx`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.qdpx.reader import QdpxReader
from app.exchange.formats.qdpx.writer import QdpxWriter

FORMAT = Format(
    "qdpx",
    "REFI-QDA project (QDPX)",
    QdpxReader(),
    QdpxWriter(),
    summary="texts with everybody’s codings, notes and links, for ATLAS.ti, MAXQDA, NVivo, QualCoder and others",
    help_page="qdpx.md",
    notes=ExportNotes(
        everyone="A project with all documents, the scheme as its codes, and everyone’s marks under their names.",
        one="A project with all documents, the scheme as its codes, and NAME’s marks.",
    ),
)

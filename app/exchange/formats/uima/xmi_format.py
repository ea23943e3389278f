"""The format `uima-xmi`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.uima.cas_file_writer import XmiWriter
from app.exchange.formats.uima.cas_files import XmiReader

FORMAT = Format(
    "uima-xmi",
    "UIMA CAS XMI",
    XmiReader(),
    XmiWriter(),
    summary="texts with annotations of INCEpTION and other UIMA tools, and their type system",
    help_page="inception.md",
    notes=ExportNotes(
        everyone="A folder for each document, with a file for each annotator, and the type system.",
        one="A file with NAME’s annotations for each document, and the type system.",
    ),
)

"""The format `uima-json`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.uima.cas_file_writer import CasJsonWriter
from app.exchange.formats.uima.cas_files import CasJsonReader

FORMAT = Format(
    "uima-json",
    "UIMA CAS JSON 0.4",
    CasJsonReader(),
    CasJsonWriter(),
    summary="texts with annotations of INCEpTION and other UIMA tools, in JSON",
    help_page="inception.md",
    notes=ExportNotes(
        everyone="A folder for each document, with a file for each annotator.",
        one="A file with NAME’s annotations for each document.",
    ),
)

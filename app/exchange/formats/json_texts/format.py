"""The format `json`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.json_texts.reader import JsonReader
from app.exchange.formats.json_texts.writer import JsonWriter

FORMAT = Format(
    "json",
    "JSON of texts",
    JsonReader(),
    JsonWriter(),
    summary="objects with a text under any key, one a line or in an array",
    help_page="json.md",
    notes=ExportNotes(
        everyone="An object for each document: text, metadata and references; no marks.",
        one="An object for each document: text, metadata, references and NAME’s label of the whole.",
    ),
)

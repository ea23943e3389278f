"""The format `mqm`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.translation.mqm_reader import MqmReader
from app.exchange.formats.translation.mqm_writer import MqmWriter

FORMAT = Format(
    "mqm",
    "MQM of WMT (TSV)",
    MqmReader(),
    MqmWriter(),
    summary="errors in translations with category and severity, one a row",
    help_page="translation.md",
    notes=ExportNotes(
        everyone="A row for each error that anybody marked in a translation, with the source beside it.",
        one="A row for each error that NAME marked in a translation, with the source beside it.",
    ),
)

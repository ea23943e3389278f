"""The format `huggingface`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.huggingface.reader import HubReader
from app.exchange.formats.huggingface.writer import HubWriter

FORMAT = Format(
    "huggingface",
    "Hugging Face data set",
    HubReader(),
    HubWriter(),
    summary="Parquet or JSONL with a card: tokens with tags, or texts with spans, relations and labels",
    help_page="huggingface.md",
    notes=ExportNotes(
        everyone="A data set with a row for each document and annotator, and a card that tells its columns.",
        one="A data set with a row for each document with NAME’s marks, and a card that tells its columns.",
    ),
)

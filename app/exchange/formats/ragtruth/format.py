"""The format `ragtruth`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.ragtruth.reader import RagTruthReader
from app.exchange.formats.ragtruth.writer import RagTruthWriter

FORMAT = Format(
    "ragtruth",
    "RAGTruth",
    RagTruthReader(),
    RagTruthWriter(),
    summary="a folder of models’ responses with their errors, and of the sources they were given",
    help_page="error-datasets.md",
    notes=ExportNotes(
        everyone="A line for each document and annotator in response.jsonl, and their sources in source_info.jsonl.",
        one="A line for each document with NAME’s errors in response.jsonl, and their sources in source_info.jsonl.",
    ),
)

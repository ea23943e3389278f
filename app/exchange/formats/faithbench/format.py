"""The format `faithbench`."""

from app.exchange.format import ExportNotes, Format
from app.exchange.formats.faithbench.reader import FaithBenchReader
from app.exchange.formats.faithbench.writer import FaithBenchWriter

FORMAT = Format(
    "faithbench",
    "FaithBench",
    FaithBenchReader(),
    FaithBenchWriter(),
    summary="summaries with several annotators’ errors, each with its place in the source",
    help_page="error-datasets.md",
    notes=ExportNotes(
        everyone="A sample for each document with its first reference, and everyone’s errors with their evidence.",
        one="A sample for each document with its first reference, and NAME’s errors with their evidence.",
    ),
)

"""The format `summedits`."""

from app.exchange.format import Format
from app.exchange.formats.summedits.reader import SummEditsReader

FORMAT = Format(
    "summedits",
    "SummEdits",
    SummEditsReader(),
    summary="edited summaries with their documents; the edits are suggestions of errors",
    help_page="summaries.md",
)

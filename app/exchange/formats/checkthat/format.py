"""The format `checkthat`."""

from app.exchange.format import Format
from app.exchange.formats.checkthat.reader import CheckThatReader

FORMAT = Format(
    "checkthat",
    "CheckThat! check-worthiness",
    CheckThatReader(),
    summary="tables of sentences or tweets worth checking, and of the scores that systems gave them",
    help_page="claims.md",
)

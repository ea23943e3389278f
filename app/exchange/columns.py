"""Which key or column of a file is which part of a document, as a person says it."""

from collections.abc import Sequence

from app.core.errors import BadChoice

COLUMNS = ("text", "title", "name", "id", "language", "reference", "annotator", "label")
"""What a column can be; the others of a file become metadata."""


def parsed_columns(texts: Sequence[str]) -> dict[str, str]:
    """Return what `--map-column OURS=THEIRS` says, by ours. Raises BadChoice."""
    found: dict[str, str] = {}
    for text in texts:
        ours, equals, theirs = (part.strip() for part in text.partition("="))
        if not equals or not theirs:
            raise BadChoice(f"“{text}” doesn't map a column", hint="write OURS=THEIRS, such as text=body")
        if ours not in COLUMNS:
            raise BadChoice(f"“{ours}” isn't what a column can be", hint=f"use one of: {', '.join(COLUMNS)}")
        if ours in found:
            raise BadChoice(f"“{ours}” is mapped twice", hint="leave one out")
        found[ours] = theirs
    return found

"""What INCEpTION names files after: annotators, or what it has besides their work."""

from app.core.decision import GOLD
from app.core.record import SetRecord

CURATOR = "CURATION_USER"
"""The annotator to whom INCEpTION gives the curated result."""
INITIAL = "INITIAL_CAS"
"""Names the file of a document as it was before anybody worked on it."""
CURATION = "curation"
"""Whose that work is here."""


def person_of(name: str | None) -> str | None:
    """Return an annotator of INCEpTION's as they are called here; None for the document without anybody's work."""
    return {CURATOR: CURATION, INITIAL: None}.get(name or INITIAL, name)


def file_of(item: SetRecord | None) -> str:
    """Return what a file with somebody's work is named after; without work, the document as it was before any."""
    if item is None:
        return INITIAL
    return CURATOR if item.kind == GOLD else item.annotator

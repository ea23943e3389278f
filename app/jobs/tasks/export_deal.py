"""Deals the documents of an export to the parts of a split, so that no text and no fact is in two of them."""

from typing import NamedTuple
from unicodedata import normalize

from app.core.document import sha256
from app.core.progress import CancelToken
from app.core.record import DocumentRecord
from app.exchange.format import Writer
from app.exchange.report import LossReport
from app.exchange.selection import Selection
from app.exchange.split import Split
from app.session.session import Session


class Deal(NamedTuple):
    """The part of each document (by uid), and how many of them have the same text as one before them."""

    parts: dict[str, int]
    equal: int


def deal(
    session: Session, selection: Selection, writer: Writer, split: Split, *, cancel: CancelToken | None = None
) -> Deal:
    """Deal documents that share a reference, evidence or their text to the same part.

    Texts are the same if they differ in case, in white space and in how accents are composed only. Reads the whole
    project: references that aren't exported tie documents together too. Raises Cancelled.
    """
    weights: dict[str, int] = {}
    links: list[tuple[str, str]] = []
    first: dict[str, str] = {}  # by its text, the first document with it
    equal: list[str] = []

    def watched(record: DocumentRecord) -> DocumentRecord:
        if cancel is not None:
            cancel.raise_if_cancelled()
        text = _plain(record.document.text)
        other = first.setdefault(sha256(text), record.document.uid)
        if text and other != record.document.uid:
            links.append((record.document.uid, other))
            equal.append(record.document.uid)
        return record

    for record in selection.chosen(map(watched, session.reader.records()), LossReport()):
        uid = record.document.uid
        weight = len(record.sets) if writer.takes_one_annotator else 1
        if weight:
            weights[uid] = weight
        links.extend((uid, other) for other in named_by(record))
    return Deal(split.assign(weights, links), sum(uid in weights for uid in equal))


def named_by(record: DocumentRecord) -> set[str]:
    """Return the uids of the documents that this one refers to."""
    named = {e.document for item in record.sets for a in item.annotations for e in a.evidence}
    return (named | set(record.references)) - {record.document.uid}


def _plain(text: str) -> str:
    return " ".join(normalize("NFC", text).casefold().split())

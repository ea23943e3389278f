"""Deals the documents of an export to the parts of a split, so that no text and no fact is in two of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple
from unicodedata import normalize

from app.core.document import meta_text
from app.core.near_duplicates import TextSketches
from app.core.progress import CancelToken
from app.core.record import DocumentRecord
from app.exchange.format import Writer
from app.exchange.report import LossReport, Report
from app.exchange.selection import Selection
from app.exchange.split import Bond, Link, Split, connected
from app.session.session import Session


class Deal(NamedTuple):
    """The part of each document (by uid); by reason, the documents that were kept together with others; the size of the
    largest group; and the labels that not every part has, as `LAYER.LABEL`.
    """

    parts: Mapping[str, int]
    together: Mapping[Bond, Sequence[str]]
    largest: int
    missing: Sequence[str]


def deal(
    session: Session,
    selection: Selection,
    writer: Writer,
    split: Split,
    *,
    pool: Callable[[Iterable[DocumentRecord], Report], Iterable[DocumentRecord]],
    cancel: CancelToken | None = None,
) -> Deal:
    """Deal documents that share a reference, evidence or their text, or have nearly the same text, to the same part.

    Texts are the same if they differ in case, in white space and in how accents are composed only; they are nearly the
    same as `core.near_duplicates` says. Reads the whole project: references that aren't exported tie documents together
    too. What is kept of each document is small, whatever its text.

    `pool` puts what annotators' work comes to in the place of their sets. Raises Cancelled.
    """
    bonds = _Bonds(session, split, cancel)
    weights: dict[str, int] = {}
    labels: dict[str, tuple[str, ...]] = {}
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for record in selection.chosen(pool(map(bonds.add, session.reader.records()), LossReport()), LossReport()):
        uid = record.document.uid
        weight = len(record.sets) if writer.takes_one_annotator else 1
        if weight:
            weights[uid] = weight
            has = tuple(sorted({f"{mark.layer}.{mark.label}" for item in record.sets for mark in item.annotations}))
            labels[uid] = known.setdefault(has, has)
    links = bonds.links()
    together = {bond: _several(connected(weights, found)) for bond, found in links.items()}
    every = [link for found in links.values() for link in found]
    parts = split.assign(weights, every, labels)
    largest = max(map(len, connected(weights, every).values()), default=0)
    return Deal(parts, together, largest, _missing(parts, labels, len(split.shares)))


def note_deal(dealt: Deal, split: Split, session: Session, report: Report) -> None:
    """Say which documents were kept together and why, and which labels not every part has."""
    for bond, uids in dealt.together.items():
        for uid in uids:
            example = session.reader.documents.name_of(uid) or uid if report.has_room(bond) else ""
            report.note(bond, bond.words, example)
    smallest = len(dealt.parts) * min(split.shares) / sum(split.shares)
    if dealt.largest > max(smallest, 1):
        what = "documents that must all be in one part, more than another part is to have"
        report.note("large-group", what, count=dealt.largest)
    what = "labels that not every part has, as too few documents, or groups of documents, have them"
    for label in dealt.missing:
        report.note("rare-label", what, label)
    if split.group_by and not dealt.together.get(Bond.META):
        report.note("no-meta", f"no documents have the same “{split.group_by}” in their metadata", count=0)


class _Bonds:
    """Collects what ties documents together, record by record."""

    def __init__(self, session: Session, split: Split, cancel: CancelToken | None) -> None:
        self._session = session
        self._cancel = cancel
        self._key = split.group_by
        self._links: dict[Bond, list[Link]] = {bond: [] for bond in Bond}
        self._first: dict[bytes, str] = {}  # by its text, the first document with it
        self._first_of: dict[str, str] = {}  # by its metadata
        self._sketches = TextSketches()
        self._sketched: list[str] = []

    def add(self, record: DocumentRecord) -> DocumentRecord:
        """Take a document, and return it. Raises Cancelled."""
        self._raise_if_cancelled()
        uid = record.document.uid
        self._links[Bond.REFERENCE].extend((uid, other) for other in named_by(record))
        group = meta_text(record.document.meta.get(self._key)) if self._key else None
        if group is not None:
            first = self._first_of.setdefault(group, uid)
            if first != uid:
                self._links[Bond.META].append((uid, first))
        text = _plain(record.document.text)
        if text:
            first = self._first.setdefault(blake2b(text.encode(), digest_size=16).digest(), uid)
            if first != uid:
                self._links[Bond.SAME_TEXT].append((uid, first))
            else:
                self._sketches.add(text)
                self._sketched.append(uid)
        return record

    def links(self) -> dict[Bond, list[Link]]:
        """Return what ties the documents together, once all were added. Raises Cancelled."""
        pairs = self._sketches.pairs(self._text, self._raise_if_cancelled)
        self._links[Bond.NEAR_TEXT] = [(self._sketched[one], self._sketched[other]) for one, other in pairs]
        return self._links

    def _text(self, number: int) -> str:
        found = self._session.reader.documents.get(self._sketched[number])
        return found.text if found is not None else ""

    def _raise_if_cancelled(self) -> None:
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()


def _several(groups: Mapping[str, list[str]]) -> list[str]:
    """Return the documents that are in a group with others."""
    return [uid for group in groups.values() if len(group) > 1 for uid in group]


def _missing(parts: Mapping[str, int], labels: Mapping[str, tuple[str, ...]], size: int) -> list[str]:
    there: dict[str, set[int]] = {}
    for uid, part in parts.items():
        for label in labels[uid]:
            there.setdefault(label, set()).add(part)
    return sorted(label for label, found in there.items() if len(found) < size)


def named_by(record: DocumentRecord) -> set[str]:
    """Return the uids of the documents that this one refers to."""
    named = {e.document for item in record.sets for a in item.annotations for e in a.evidence}
    return (named | set(record.references)) - {record.document.uid}


def _plain(text: str) -> str:
    return " ".join(normalize("NFC", text).casefold().split())

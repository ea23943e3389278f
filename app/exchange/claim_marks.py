"""Claims that were checked against references, as the formats of fact-checking have them.

A claim is a mark of the layer `claim`; what the references say about it is its field `verdict`, with the values of the
schemes that ship, and what each piece of evidence does is the piece's stance.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from app.core.annotation import Annotation, Evidence, Stance, Status
from app.core.document import Document
from app.core.document_description import key_problem
from app.core.errors import FormatError
from app.core.record import DocumentRecord, SetRecord
from app.exchange.foreign_document import ForeignWork
from app.exchange.losses import Losses

LAYER = "claim"
CHECKED = "CHECKWORTHY_FACTUAL"
"""The label of claims that somebody checked, as in the schemes that ship; it can be mapped to another."""
VERDICT = "verdict"
_DIGITS = 1_000_000_000


class ClaimVerdict(StrEnum):
    """What the references say about a claim; the values are those of the schemes that ship."""

    SUPPORTED = "SUPPORTED"
    REFUTED = "REFUTED"
    NOT_ENOUGH_INFO = "NOT_ENOUGH_INFO"
    CONFLICTING = "CONFLICTING"

    @property
    def stance(self) -> Stance:
        """What evidence for the verdict does."""
        return {ClaimVerdict.SUPPORTED: Stance.SUPPORTS, ClaimVerdict.REFUTED: Stance.REFUTES}.get(self, Stance.CONTEXT)


_WORDS = {
    **dict.fromkeys(("support", "supports", "supported"), ClaimVerdict.SUPPORTED),
    **dict.fromkeys(
        ("refute", "refutes", "refuted", "contradict", "contradicts", "contradicted"), ClaimVerdict.REFUTED
    ),
    **dict.fromkeys(
        ("notenoughinfo", "notenoughinformation", "notenoughevidence", "nei"), ClaimVerdict.NOT_ENOUGH_INFO
    ),
    **dict.fromkeys(("conflicting", "disputed"), ClaimVerdict.CONFLICTING),
}


def verdict_of(word: object) -> ClaimVerdict | None:
    """Return the verdict that a file's word means, such as `NOT ENOUGH INFO`; None for any other value."""
    return _WORDS.get(re.sub(r"[\W_]+", "", word).casefold()) if isinstance(word, str) else None


def mark_claim(
    work: ForeignWork, text: str, verdict: str, *, evidence: Sequence[Evidence] = (), extra: Mapping[str, Any]
) -> None:
    """Mark the whole of a document's text, without white space at its ends, as a claim with a verdict, "" if none is
    given. Raises FormatError for a text without words.
    """
    attributes = {VERDICT: str(verdict)} if verdict else {}
    work.mark(
        "claim", CHECKED, [claim_range(text)], layer=LAYER, attributes=attributes, evidence=evidence, extra=dict(extra)
    )


def claim_range(text: str) -> tuple[int, int]:
    """Return the range of a text without white space at its ends. Raises FormatError if nothing is left."""
    words = text.strip()
    if not words:
        raise FormatError("the claim is empty", hint="write the claim, or remove the record")
    start = len(text) - len(text.lstrip())
    return start, start + len(words)


def split_fields(fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what of a record's further fields can be metadata of a document, and the rest."""
    meta = {key: value for key, value in fields.items() if key_problem(key) is None}
    return meta, {key: value for key, value in fields.items() if key not in meta}


def claims_of(record: DocumentRecord) -> Iterator[tuple[SetRecord, Annotation]]:
    """Yield the claims that a document has, with whose they are."""
    for item in record.sets:
        yield from ((item, mark) for mark in item.annotations if mark.layer == LAYER and not mark.is_anchor)


def is_whole(document: Document, mark: Annotation) -> bool:
    """Whether a mark covers a document, but for white space at its ends."""
    text = document.text
    return not text[: mark.start].strip() and not text[mark.end :].strip() and len(mark.fragments) == 1


def claim_text(document: Document, mark: Annotation) -> str:
    """Return the words of a claim: the whole text if it covers that, else those that are marked."""
    return document.text if is_whole(document, mark) else mark.quote


def number_for(uid: str) -> int:
    """Return a number for something that a file must number, always the same for one uid."""
    return int.from_bytes(hashlib.blake2b(uid.encode(), digest_size=8).digest()) % _DIGITS


def verdict_given(mark: Annotation) -> ClaimVerdict | None:
    """Return the verdict of a claim: the one given, else what its evidence says; None if neither says anything."""
    given = verdict_of(mark.attributes.get(VERDICT))
    if given is not None:
        return given
    stances = {piece.stance for piece in mark.evidence} - {Stance.CONTEXT}
    if len(stances) == 2:  # noqa: PLR2004  both
        return ClaimVerdict.CONFLICTING
    return next((each for each in (ClaimVerdict.SUPPORTED, ClaimVerdict.REFUTED) if each.stance in stances), None)


def note_losses(losses: Losses, record: DocumentRecord, *, has_meta: bool, has_references: bool = False) -> None:
    """Note what of a document a file of claims has no place for. With `has_meta`, it has one for metadata; with
    `has_references` for all references, else for those with evidence.
    """
    document = record.document
    shown = record._replace(document=msgspec.structs.replace(document, meta={})) if has_meta else record
    has_claims = next(claims_of(record), None) is not None
    cited = {piece.document for _, mark in claims_of(record) for piece in mark.evidence}
    lost = () if has_references else tuple(uid for uid in record.references if uid not in cited)
    losses.of_document(shown._replace(references=lost))
    parts = sum(not is_whole(document, mark) for _, mark in claims_of(record))
    losses.note(
        "claims-alone", "documents of which only the claims are written", document.name, count=parts, is_whole=True
    )
    if not has_meta and has_claims:
        losses.note("name", "names of documents", document.name)
    for item in record.sets:
        where = f"{document.name} ({item.annotator})"
        is_told = item.status is Status.DONE and any(mark.layer == LAYER for mark in item.annotations)
        losses.of_set(record, item._replace(status=Status.OPEN) if is_told else item)
        others = [mark for mark in item.annotations if mark.layer != LAYER or mark.is_anchor]
        losses.note("mark", "marks that aren’t claims", where, count=len(others))
        losses.note("relation", "relations", where, count=len(item.relations))
    for item, mark in claims_of(record):
        rest = {key: value for key, value in mark.attributes.items() if key != VERDICT}
        losses.of_mark(record, item, msgspec.structs.replace(mark, attributes=rest))
        what = "claims without a verdict, which have the one that their evidence gives them"
        losses.note("no-verdict", what, document.name, count=int(VERDICT not in mark.attributes), is_whole=True)
    _note_several(losses, record)


def _note_several(losses: Losses, record: DocumentRecord) -> None:
    people = {item.annotator for item, _ in claims_of(record)}
    if len(people) > 1:
        what = "claims of several annotators, which stand together; choose one with --as"
        losses.note("several", what, record.document.name, is_whole=True)

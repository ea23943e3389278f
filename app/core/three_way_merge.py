"""Merging an annotator's work back: what each side changed since the work was handed out, and the resulting edits.

Both sides are known whole; of what they had in common only a digest is. So a set that changed on one side alone is
taken or kept as it is, deletions and all; where both sides changed it, everything of both stays.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, Relation, Status, quote_of
from app.core.document import Document
from app.core.edits import (
    AddAnnotation,
    AddRelation,
    Batch,
    Edit,
    RemoveAnnotation,
    RemoveRelation,
    ReplaceAnnotation,
    SetStatus,
)
from app.core.record import SetRecord
from app.core.state import DocumentState
from app.core.wording import STATUS_WORDS


class Handed(NamedTuple):
    """A set as it went out to a file (its uid), or came back from it.

    `head` is the uid of the newest action in the file's log at that time, nothing in a new file.
    """

    file: str
    digest: str
    head: str
    seconds: float


class Way(StrEnum):
    """What to do with a set that comes back."""

    SAME = "same"  # both sides say the same
    KEEP = "keep"  # only ours has changed
    TAKE = "take"  # only theirs has changed
    UNITE = "unite"  # both have


class MergedSet(NamedTuple):
    """The edits that a set needs, and what they come to. `differences` says in words what both sides had changed."""

    edits: tuple[Edit, ...] = ()
    new: tuple[Annotation, ...] = ()
    changed: tuple[Annotation, ...] = ()
    removed: tuple[Annotation, ...] = ()
    status: Status = Status.OPEN
    differences: tuple[str, ...] = ()


_encoder = msgspec.json.Encoder(order="deterministic")


def digest(status: Status, annotations: Iterable[Annotation], relations: Iterable[Relation]) -> str:
    """Return what is equal for two sets just when they say the same, in whatever order: a SHA-256 in hexadecimal."""
    by_uid = sorted(annotations, key=_uid)
    return hashlib.sha256(_encoder.encode((status, by_uid, sorted(relations, key=_uid)))).hexdigest()


def digest_of(item: SetRecord) -> str:
    """Return the digest of a set."""
    return digest(item.status, item.annotations, item.relations)


def _uid(item: Annotation | Relation) -> str:
    return item.uid


BLANK = digest(Status.OPEN, (), ())
"""The digest of a set that no one has begun."""


def last_exchange(history: Sequence[Handed], file: str, *, has: Callable[[str], bool]) -> Handed | None:
    """Return what the set was like when our side and this very file last had the same, None if they never had.

    `has` tells whether an action is in the file's log: a copy of a file shares only what was done before it was made.
    """
    ours = (item for item in reversed(history) if item.file == file)
    return next((item for item in ours if not item.head or has(item.head)), None)


def way(ours: str, theirs: str, history: Sequence[Handed], last: Handed | None) -> Way:
    """Return what to do, given the digests of both sides, all exchanges of the set, and the last one with this file."""
    if ours == theirs:
        return Way.SAME
    if last is None:
        # A file that we know nothing of can still hold what came in by another one before.
        if theirs == BLANK or any(item.digest == theirs for item in history):
            return Way.KEEP
        return Way.TAKE if ours == BLANK and not history else Way.UNITE
    if theirs == last.digest:
        return Way.KEEP
    return Way.TAKE if ours == last.digest else Way.UNITE


def taken(ours: DocumentState, theirs: SetRecord) -> MergedSet:
    """Return what makes our set theirs."""
    incoming = {annotation.uid: annotation for annotation in theirs.annotations}
    ties = {relation.uid: relation for relation in theirs.relations}
    new = [a for uid, a in incoming.items() if uid not in ours.annotations]
    changed = [a for uid, a in incoming.items() if uid in ours.annotations and ours.annotations[uid] != a]
    removed = [a for uid, a in ours.annotations.items() if uid not in incoming]
    untied = [tie for uid, tie in ours.relations.items() if ties.get(uid) != tie]
    tied = [tie for uid, tie in ties.items() if ours.relations.get(uid) != tie]
    edits = _edits(ours, new, changed, removed, untied, tied, theirs.status)
    return MergedSet(edits, tuple(new), tuple(changed), tuple(removed), theirs.status)


def united(ours: DocumentState, theirs: SetRecord) -> MergedSet:
    """Return what puts theirs to ours: of an annotation that both have, the version that was changed last."""
    differences: list[str] = []
    new: list[Annotation] = []
    changed: list[Annotation] = []
    tied: list[Relation] = []
    keeps_ours = False
    for annotation in theirs.annotations:
        known = ours.annotations.get(annotation.uid)
        if known is None:
            new.append(annotation)
        elif known != annotation:
            is_newer = annotation.updated > known.updated
            if is_newer:
                changed.append(annotation)
            keeps_ours |= not is_newer
            what = "theirs is newer and was used" if is_newer else "ours is at least as new and was kept"
            differences.append(f"“{known.quote[:40]}” was changed on both sides, {what}")
    for relation in theirs.relations:
        tie = ours.relations.get(relation.uid)
        if tie is None:
            tied.append(relation)
        elif tie != relation:
            keeps_ours = True
            differences.append(f"the relation “{tie.label}” was changed on both sides, ours was kept")
    only_here = _only_here(ours, theirs)
    keeps_ours |= bool(only_here)
    differences.extend(f"{name} is only here and was kept" for name in only_here)
    status = _united_status(
        ours.status,
        theirs.status,
        is_ours=not (new or changed or tied),
        is_theirs=not keeps_ours,
        is_empty=not (ours.annotations or new),
    )
    if ours.status is not theirs.status:
        here, there, now = (STATUS_WORDS[one] for one in (ours.status, theirs.status, status))
        differences.append(f"it is {here} here and {there} there, now {now}")
    edits = _edits(ours, new, changed, [], [], tied, status)
    return MergedSet(edits, tuple(new), tuple(changed), (), status, tuple(differences))


def _only_here(ours: DocumentState, theirs: SetRecord) -> list[str]:
    """Return, in words, what of ours isn't among theirs."""
    annotations = {annotation.uid for annotation in theirs.annotations}
    ties = {relation.uid for relation in theirs.relations}
    names = [f"“{a.quote[:40]}”" for uid, a in ours.annotations.items() if uid not in annotations]
    return names + [f"the relation “{tie.label}”" for uid, tie in ours.relations.items() if uid not in ties]


def _united_status(ours: Status, theirs: Status, *, is_ours: bool, is_theirs: bool, is_empty: bool) -> Status:
    """Return the status of the union: of the side that has exactly these marks, since no one else has seen them all."""
    if is_ours and is_theirs:
        return theirs if theirs.is_finished else ours
    if is_ours or is_theirs:
        return ours if is_ours else theirs
    if ours.is_finished and theirs.is_finished:
        return Status.DONE_EMPTY if is_empty else Status.DONE
    return ours if ours is theirs else Status.OPEN


def _edits(
    ours: DocumentState,
    new: list[Annotation],
    changed: list[Annotation],
    removed: list[Annotation],
    untied: list[Relation],
    tied: list[Relation],
    status: Status,
) -> tuple[Edit, ...]:
    """Return the edits in an order in which each holds: ties go before what they tie, and come after it."""
    edits: list[Edit] = [RemoveRelation(tie.uid) for tie in untied]
    # A batch of one kind is done in one go, however big it is.
    if removed:
        edits.append(Batch(tuple(RemoveAnnotation(annotation.uid) for annotation in removed)))
    edits.extend(ReplaceAnnotation(a, quarantined=not _holds(ours.document, a)) for a in changed)
    if new:
        edits.append(Batch(tuple(AddAnnotation(a, quarantined=not _holds(ours.document, a)) for a in new)))
    edits.extend(AddRelation(tie) for tie in tied)
    if status is not ours.status:
        edits.append(SetStatus(status))
    return tuple(edits)


def _holds(document: Document, annotation: Annotation) -> bool:
    return quote_of(document.text, annotation.fragments) == annotation.quote

"""Three-way merge of annotation sets: which side changed since the last exchange, and the edits that follow.

Both sides are known in full, but only the digest of their common base. So a set that changed on one side only is taken
or kept as it is, deletions included; one that changed on both sides becomes the union.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence, Set
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
    SetRemark,
    SetStatus,
)
from app.core.record import SetRecord
from app.core.remark import NO_REMARK, Remark
from app.core.state import DocumentState
from app.core.wording import STATUS_WORDS


class SetExchange(NamedTuple):
    """One exchange of a set: the digest that it had when it was exported to a file (uid) or merged from it.

    `head` is the uid of the newest action in the file's log at that time, "" for a new file. `seconds` is the time
    spent according to the file.
    """

    file: str
    digest: str
    head: str
    seconds: float


class MergeMode(StrEnum):
    """How to merge a set."""

    SAME = "same"  # both sides are equal
    KEEP = "keep"  # only ours has changed
    TAKE = "take"  # only theirs has changed
    UNITE = "unite"  # both have changed


class MergedSet(NamedTuple):
    """The edits that merge a set, and their effect. `differences` says in words what both sides had changed."""

    edits: tuple[Edit, ...] = ()
    new: tuple[Annotation, ...] = ()
    changed: tuple[Annotation, ...] = ()
    removed: tuple[Annotation, ...] = ()
    status: Status = Status.OPEN
    differences: tuple[str, ...] = ()


_encoder = msgspec.json.Encoder(order="deterministic")


def digest(
    status: Status, annotations: Iterable[Annotation], relations: Iterable[Relation], remark: Remark = NO_REMARK
) -> str:
    """Return a hexadecimal SHA-256 of the content of a set, independent of the order of annotations and relations."""
    content: tuple[object, ...] = (status, sorted(annotations, key=_uid), sorted(relations, key=_uid))
    if remark != NO_REMARK:  # a set without one has the digest that it had before there were remarks
        content = (*content, remark)
    return hashlib.sha256(_encoder.encode(content)).hexdigest()


def digest_of(item: SetRecord) -> str:
    """Return the digest of a set."""
    return digest(item.status, item.annotations, item.relations, item.remark)


def digest_of_state(state: DocumentState) -> str:
    """Return the digest of the set of a state."""
    return digest(state.status, state.annotations.values(), state.relations.values(), state.remark)


def _uid(item: Annotation | Relation) -> str:
    return item.uid


BLANK = digest(Status.OPEN, (), ())
"""The digest of an open, empty set."""


def last_exchange(history: Sequence[SetExchange], file: str, *, has: Callable[[str], bool]) -> SetExchange | None:
    """Return the last exchange of the set with this very file, the base of the merge; None if there is none.

    `has` returns whether an action is in the file's log: an exchange with a copy of the file counts only if it was made
    before the file was copied.
    """
    ours = (item for item in reversed(history) if item.file == file)
    return next((item for item in ours if not item.head or has(item.head)), None)


def way(ours: str, theirs: str, history: Sequence[SetExchange], last: SetExchange | None) -> MergeMode:
    """Return how to merge, given the digests of both sides, all exchanges of the set, and the last with this file."""
    if ours == theirs:
        return MergeMode.SAME
    if last is None:
        # An unknown file may still contain a set that was already merged from another file.
        if theirs == BLANK or any(item.digest == theirs for item in history):
            return MergeMode.KEEP
        return MergeMode.TAKE if ours == BLANK and not history else MergeMode.UNITE
    if theirs == last.digest:
        return MergeMode.KEEP
    return MergeMode.TAKE if ours == last.digest else MergeMode.UNITE


def taken(ours: DocumentState, theirs: SetRecord) -> MergedSet:
    """Return the edits that make our set equal to theirs."""
    incoming = {annotation.uid: annotation for annotation in theirs.annotations}
    ties = {relation.uid: relation for relation in theirs.relations}
    new = [a for uid, a in incoming.items() if uid not in ours.annotations]
    changed = [a for uid, a in incoming.items() if uid in ours.annotations and ours.annotations[uid] != a]
    removed = [a for uid, a in ours.annotations.items() if uid not in incoming]
    untied = [tie for uid, tie in ours.relations.items() if ties.get(uid) != tie]
    tied = [tie for uid, tie in ties.items() if ours.relations.get(uid) != tie]
    edits = _edits(ours, new, changed, removed, untied, tied, theirs.status, theirs.remark)
    return MergedSet(edits, tuple(new), tuple(changed), tuple(removed), theirs.status)


def united(
    ours: DocumentState, theirs: SetRecord, *, is_about_document: Callable[[str], bool] = lambda _layer: False
) -> MergedSet:
    """Return the edits that add theirs to ours; of an annotation that both have, the version updated last is used, and
    so of two annotations about the document in one layer (`is_about_document` by its id), where there can only be one.
    """
    rivals = [pair for pair in _rivals(ours, theirs, is_about_document) if not pair.is_alike]
    met = {uid for pair in _rivals(ours, theirs, is_about_document) for uid in (pair.ours.uid, pair.theirs.uid)}
    differences = [pair.difference for pair in rivals]
    new = [pair.theirs for pair in rivals if pair.is_newer]
    removed = [pair.ours for pair in rivals if pair.is_newer]
    changed: list[Annotation] = []
    tied: list[Relation] = []
    keeps_ours = len(removed) < len(rivals)
    for annotation in theirs.annotations:
        known = ours.annotations.get(annotation.uid)
        if annotation.uid in met:
            continue
        if known is None:
            new.append(annotation)
        elif known != msgspec.structs.replace(annotation, updated=known.updated):  # else both changed it alike
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
    gone = {a.uid for a in removed}
    kept = {uid for uid in ours.annotations if uid not in gone} | {a.uid for a in new}
    tied = [tie for tie in tied if {tie.source, tie.target} <= kept]
    only_here = _only_here(ours, theirs, besides=met)
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
    untied = [tie for tie in ours.relations.values() if gone & {tie.source, tie.target}]
    remark, about_it = _united_remark(ours.remark, theirs.remark)
    differences.extend(about_it)
    edits = _edits(ours, new, changed, removed, untied, tied, status, remark)
    return MergedSet(edits, tuple(new), tuple(changed), tuple(removed), status, tuple(differences))


class _Rivals(NamedTuple):
    """Two annotations about the document in one layer, of one annotator."""

    ours: Annotation
    theirs: Annotation

    @property
    def is_newer(self) -> bool:
        """Whether theirs was changed later."""
        return self.theirs.updated > self.ours.updated

    @property
    def is_alike(self) -> bool:
        """Whether both say the same."""
        fields = ("label", "attributes", "comment", "evidence")
        return all(getattr(self.ours, field) == getattr(self.theirs, field) for field in fields)

    @property
    def difference(self) -> str:
        """What was done, in words."""
        what = "theirs is newer and was used" if self.is_newer else "ours is at least as new and was kept"
        return f"“{self.ours.label}” and “{self.theirs.label}” were said of the document as a whole, {what}"


def _rivals(ours: DocumentState, theirs: SetRecord, is_about_document: Callable[[str], bool]) -> list[_Rivals]:
    there = {a.uid: a for a in theirs.annotations if is_about_document(a.layer)}
    here = {a.layer: a for a in ours.annotations.values() if is_about_document(a.layer) and a.uid not in there}
    new = [a for uid, a in there.items() if uid not in ours.annotations and a.layer in here]
    return [_Rivals(here[annotation.layer], annotation) for annotation in new]


def _only_here(ours: DocumentState, theirs: SetRecord, *, besides: Set[str]) -> list[str]:
    """Return, in words, what is only in our set, but for some annotations (uids)."""
    annotations = {annotation.uid for annotation in theirs.annotations}
    ties = {relation.uid for relation in theirs.relations}
    names = [f"“{a.quote[:40]}”" for uid, a in ours.annotations.items() if uid not in annotations | besides]
    return names + [f"the relation “{tie.label}”" for uid, tie in ours.relations.items() if uid not in ties]


def _united_status(ours: Status, theirs: Status, *, is_ours: bool, is_theirs: bool, is_empty: bool) -> Status:
    """Return the status of the union: that of the side that has exactly these annotations, as only it saw them all."""
    if is_ours and is_theirs:
        return theirs if theirs.is_finished else ours
    if is_ours or is_theirs:
        return ours if is_ours else theirs
    if ours.is_finished and theirs.is_finished:
        return Status.DONE_EMPTY if is_empty else Status.DONE
    return ours if ours is theirs else Status.OPEN


def _united_remark(ours: Remark, theirs: Remark) -> tuple[Remark, list[str]]:
    """Return both remarks as one, and the differences in words.

    What only one side has is kept: a flag that was taken away on one side stays, to be asked about.
    """
    flag = ours.flag if ours.flag or theirs.flag is None else theirs.flag
    notes = [ours.note] if theirs.note in ours.note else [theirs.note] if ours.note in theirs.note else []
    remark = Remark(flag, notes[0] if notes else f"{ours.note}\n\n{theirs.note}")
    if ours == theirs or remark == theirs:
        return remark, []
    return remark, ["flag or note differ, ours kept" if remark == ours else "both notes were kept"]


def _edits(
    ours: DocumentState,
    new: list[Annotation],
    changed: list[Annotation],
    removed: list[Annotation],
    untied: list[Relation],
    tied: list[Relation],
    status: Status,
    remark: Remark,
) -> tuple[Edit, ...]:
    """Return the edits in a valid order: relations are removed before, and added after, the annotations they link."""
    edits: list[Edit] = [RemoveRelation(tie.uid) for tie in untied]
    # A batch of edits of one kind is applied in one pass, however large it is.
    if removed:
        edits.append(Batch(tuple(RemoveAnnotation(annotation.uid) for annotation in removed)))
    edits.extend(ReplaceAnnotation(a, quarantined=not _holds(ours.document, a)) for a in changed)
    if new:
        edits.append(Batch(tuple(AddAnnotation(a, quarantined=not _holds(ours.document, a)) for a in new)))
    edits.extend(AddRelation(tie) for tie in tied)
    if status is not ours.status:
        edits.append(SetStatus(status))
    if remark != ours.remark:
        edits.append(SetRemark(remark))
    return tuple(edits)


def _holds(document: Document, annotation: Annotation) -> bool:
    return quote_of(document.text, annotation.fragments) == annotation.quote

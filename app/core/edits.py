"""Edits as values: `apply(state, edit)` returns the next state, the inverse edit, and the change.

An edit contains complete values, so that the log can be replayed on its own, and an inverse is an edit too.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from app.core.annotation import Annotation, Fragment, Relation, Status, normal_fragments, quote_of
from app.core.errors import EditRejected
from app.core.intervals import IntervalIndex
from app.core.persistent_map import PersistentMap
from app.core.remark import Remark
from app.core.state import DocumentState, intervals_of
from app.core.suggestion import Labelled


class AddAnnotation(msgspec.Struct, frozen=True, tag="add", omit_defaults=True):
    """Add an annotation with a new uid.

    `quarantined` allows one whose quote doesn't match the text: it is imported, or restored as it was.
    """

    annotation: Annotation
    quarantined: bool = False


class RemoveAnnotation(msgspec.Struct, frozen=True, tag="remove"):
    """Remove an annotation (uid); its relations must be removed first."""

    uid: str


class ReplaceAnnotation(msgspec.Struct, frozen=True, tag="replace", omit_defaults=True):
    """Replace an annotation with a new value of the same uid.

    A quote that doesn't match the text is allowed if it and the fragments are unchanged, or with `quarantined`.
    """

    annotation: Annotation
    quarantined: bool = False


class MigratedValues(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The migration of an annotation or suggestion (uid): its new label, attributes to set and attributes to drop."""

    uid: str
    label: str
    put: dict[str, Any] = {}
    drop: tuple[str, ...] = ()

    @classmethod
    def between(cls, old: Labelled, new: Labelled) -> "MigratedValues":
        """Return the migration that turns the label and attributes of `old` into those of `new`."""
        put = {key: value for key, value in new.attributes.items() if old.attributes.get(key, None) != value}
        drop = tuple(key for key in old.attributes if key not in new.attributes)
        return cls(old.uid, new.label, put, drop)

    def of(self, annotation: Labelled) -> Labelled:
        """Return the migrated annotation or suggestion. Its time of update is kept, as no one has worked on it."""
        if not self.put and not self.drop:
            return msgspec.structs.replace(annotation, label=self.label)
        attributes = {key: value for key, value in annotation.attributes.items() if key not in self.drop} | self.put
        return msgspec.structs.replace(annotation, label=self.label, attributes=attributes)


class MigrateAnnotations(msgspec.Struct, frozen=True, tag="restate", rename={"annotations": "marks"}):
    """Migrate annotations to another scheme. Those that no longer exist are skipped."""

    annotations: tuple[MigratedValues, ...]


class AddRelation(msgspec.Struct, frozen=True, tag="add-relation"):
    """Add a relation between two existing annotations."""

    relation: Relation


class RemoveRelation(msgspec.Struct, frozen=True, tag="remove-relation"):
    """Remove a relation (uid)."""

    uid: str


class ReplaceRelation(msgspec.Struct, frozen=True, tag="replace-relation"):
    """Replace a relation with a new value of the same uid."""

    relation: Relation


class SetStatus(msgspec.Struct, frozen=True, tag="status"):
    """Set the status of the annotation set."""

    status: Status


class SetRemark(msgspec.Struct, frozen=True, tag="remark"):
    """Set what the annotator says of the document: flag and note."""

    remark: Remark


class Batch(msgspec.Struct, frozen=True, tag="batch"):
    """Several edits of one document that are applied together or not at all."""

    edits: "tuple[Edit, ...]"


Edit = (
    AddAnnotation
    | RemoveAnnotation
    | ReplaceAnnotation
    | MigrateAnnotations
    | AddRelation
    | RemoveRelation
    | ReplaceRelation
    | SetStatus
    | SetRemark
    | Batch
)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The difference between two states of one document: what storage writes and views repaint."""

    document: str
    annotator: str
    added: tuple[Annotation, ...] = ()
    removed: tuple[Annotation, ...] = ()
    replaced: tuple[tuple[Annotation, Annotation], ...] = ()
    relations_added: tuple[Relation, ...] = ()
    relations_removed: tuple[Relation, ...] = ()
    relations_replaced: tuple[tuple[Relation, Relation], ...] = ()
    status: tuple[Status, Status] | None = None
    remark: tuple[Remark, Remark] | None = None

    def touched(self) -> list[tuple[int, int]]:
        """Return the hulls of all annotations that differ, old and new, in code points."""
        return [(a.start, a.end) for a in self.annotations()]

    def annotations(self) -> list[Annotation]:
        """Return all annotations that differ, old and new."""
        return [*self.added, *self.removed, *(item for pair in self.replaced for item in pair)]

    def relations(self) -> list[Relation]:
        """Return all relations that differ, old and new."""
        pairs = (item for pair in self.relations_replaced for item in pair)
        return [*self.relations_added, *self.relations_removed, *pairs]


_MANY = 64


class Applied(NamedTuple):
    """The outcome of an edit."""

    state: DocumentState
    inverse: Edit
    change: Change


def apply(state: DocumentState, edit: Edit) -> Applied:
    """Return the next state, the inverse edit and the change. The given state isn't modified. Raises EditRejected."""
    if isinstance(edit, Batch):
        return _apply_batch(state, edit)
    next_state, inverse, change = _APPLIERS[type(edit)](state, edit)
    return Applied(next_state._replace(revision=state.revision + 1), inverse, change)


def _apply_batch(state: DocumentState, batch: Batch) -> Applied:
    if len(batch.edits) >= _MANY:
        adds = [edit for edit in batch.edits if isinstance(edit, AddAnnotation)]
        removals = [edit for edit in batch.edits if isinstance(edit, RemoveAnnotation)]
        if len(adds) == len(batch.edits):
            return _add_all(state, adds)
        if len(removals) == len(batch.edits):
            return _remove_all(state, removals)
    inverses: list[Edit] = []
    changes: list[Change] = []
    current = state
    for edit in batch.edits:
        current, inverse, change = apply(current, edit)
        inverses.append(inverse)
        changes.append(change)
    current = current._replace(revision=state.revision + 1)
    return Applied(current, Batch(tuple(reversed(inverses))), _merged(state, current, changes))


def _merged(before: DocumentState, after: DocumentState, changes: list[Change]) -> Change:
    """Combine changes by comparing the first and the last state: what was added and removed again is no change."""
    uids = {a.uid for c in changes for a in (*c.added, *c.removed, *(new for _, new in c.replaced))}
    ties = {r.uid for c in changes for r in c.relations()}
    old = {uid: before.annotations[uid] for uid in sorted(uids) if uid in before.annotations}
    new = {uid: after.annotations[uid] for uid in sorted(uids) if uid in after.annotations}
    return Change(
        document=before.document.uid,
        annotator=before.annotator,
        added=tuple(value for uid, value in new.items() if uid not in old),
        removed=tuple(value for uid, value in old.items() if uid not in new),
        replaced=tuple((old[uid], new[uid]) for uid in old if uid in new and old[uid] != new[uid]),
        relations_added=tuple(
            after.relations[u] for u in sorted(ties) if u not in before.relations and u in after.relations
        ),
        relations_removed=tuple(
            before.relations[u] for u in sorted(ties) if u in before.relations and u not in after.relations
        ),
        relations_replaced=tuple(
            (before.relations[u], after.relations[u])
            for u in sorted(ties)
            if u in before.relations and u in after.relations and before.relations[u] != after.relations[u]
        ),
        status=(before.status, after.status) if before.status != after.status else None,
        remark=(before.remark, after.remark) if before.remark != after.remark else None,
    )


def _checked(state: DocumentState, annotation: Annotation, *, quarantined: bool) -> Annotation:
    text = state.document.text
    try:
        fragments = normal_fragments(annotation.fragments, length=len(text))
    except ValueError as error:
        raise EditRejected(str(error)) from error
    if fragments != annotation.fragments:
        raise EditRejected("the fragments of an annotation must be in order")
    if not quarantined:
        check_quote(text, fragments, annotation.quote)
    return annotation


def _quote_holds(state: DocumentState, annotation: Annotation) -> bool:
    return quote_of(state.document.text, annotation.fragments) == annotation.quote


def check_quote(text: str, fragments: tuple[Fragment, ...], quote: str) -> None:
    """Raise EditRejected unless the quote is the text at the fragments."""
    if quote_of(text, fragments) != quote:
        where = f"{fragments[0].start}-{fragments[-1].end}"
        raise EditRejected(f"the quote “{quote[:80]}” doesn't match the text at {where}")


def _add(state: DocumentState, edit: AddAnnotation) -> Applied:
    annotation = _checked(state, edit.annotation, quarantined=edit.quarantined)
    if annotation.uid in state.annotations:
        raise EditRejected(f"annotation {annotation.uid} already exists")
    index = state.intervals
    for interval in intervals_of(annotation):
        index = index.added(interval)
    annotations = PersistentMap(state.annotations).with_item(annotation.uid, annotation)
    return Applied(
        state._replace(annotations=annotations, intervals=index),
        RemoveAnnotation(annotation.uid),
        Change(document=state.document.uid, annotator=state.annotator, added=(annotation,)),
    )


def _add_all(state: DocumentState, edits: list[AddAnnotation]) -> Applied:
    """Do `_add` for many without a state for each: an import's cost must not be quadratic."""
    annotations = dict(state.annotations)
    for edit in edits:
        annotation = _checked(state, edit.annotation, quarantined=edit.quarantined)
        if annotation.uid in annotations:
            raise EditRejected(f"annotation {annotation.uid} already exists")
        annotations[annotation.uid] = annotation
    added = [edit.annotation for edit in edits]
    intervals = IntervalIndex([*state.intervals, *(interval for a in added for interval in intervals_of(a))])
    return Applied(
        state._replace(annotations=annotations, intervals=intervals, revision=state.revision + 1),
        Batch(tuple(RemoveAnnotation(annotation.uid) for annotation in reversed(added))),
        Change(document=state.document.uid, annotator=state.annotator, added=tuple(sorted(added, key=_uid))),
    )


def _remove_all(state: DocumentState, edits: list[RemoveAnnotation]) -> Applied:
    """Do `_remove` for many without a state for each."""
    tied = {end for tie in state.relations.values() for end in (tie.source, tie.target)}
    annotations = dict(state.annotations)
    removed: list[Annotation] = []
    for edit in edits:
        if edit.uid not in annotations or edit.uid in tied:
            _remove(state._replace(annotations=annotations), edit)  # raises the error that says what is wrong
        removed.append(annotations.pop(edit.uid))
    gone = {interval for annotation in removed for interval in intervals_of(annotation)}
    intervals = IntervalIndex(interval for interval in state.intervals if interval not in gone)
    return Applied(
        state._replace(annotations=annotations, intervals=intervals, revision=state.revision + 1),
        Batch(tuple(AddAnnotation(a, quarantined=not _quote_holds(state, a)) for a in reversed(removed))),
        Change(document=state.document.uid, annotator=state.annotator, removed=tuple(sorted(removed, key=_uid))),
    )


def _uid(annotation: Annotation) -> str:
    return annotation.uid


def _present(state: DocumentState, uid: str) -> Annotation:
    if uid not in state.annotations:
        raise EditRejected(f"annotation {uid} doesn't exist", hint="it may have been deleted; undo restores it")
    return state.annotations[uid]


def _remove(state: DocumentState, edit: RemoveAnnotation) -> Applied:
    annotation = _present(state, edit.uid)
    if any(edit.uid in (tie.source, tie.target) for tie in state.relations.values()):
        raise EditRejected("a relation points to this annotation", hint="remove the relation in the same step")
    index = state.intervals
    for interval in intervals_of(annotation):
        index = index.removed(interval)
    annotations = PersistentMap(state.annotations).without(edit.uid)
    return Applied(
        state._replace(annotations=annotations, intervals=index),
        AddAnnotation(annotation, quarantined=not _quote_holds(state, annotation)),
        Change(document=state.document.uid, annotator=state.annotator, removed=(annotation,)),
    )


def _replace(state: DocumentState, edit: ReplaceAnnotation) -> Applied:
    old = _present(state, edit.annotation.uid)
    stays = (old.fragments, old.quote) == (edit.annotation.fragments, edit.annotation.quote)
    new = _checked(state, edit.annotation, quarantined=edit.quarantined or stays)
    index = state.intervals
    if old.fragments != new.fragments:
        for interval in intervals_of(old):
            index = index.removed(interval)
        for interval in intervals_of(new):
            index = index.added(interval)
    replaced = ((old, new),) if old != new else ()
    return Applied(
        state._replace(annotations=PersistentMap(state.annotations).with_item(new.uid, new), intervals=index),
        ReplaceAnnotation(old, quarantined=not _quote_holds(state, old)),
        Change(document=state.document.uid, annotator=state.annotator, replaced=replaced),
    )


def _restate(state: DocumentState, edit: MigrateAnnotations) -> Applied:
    annotations = dict(state.annotations)
    replaced: list[tuple[Annotation, Annotation]] = []
    for item in edit.annotations:
        old = annotations.get(item.uid)
        if old is not None:
            annotations[item.uid] = new = item.of(old)
            replaced.append((old, new))
    return Applied(
        state._replace(annotations=annotations),
        MigrateAnnotations(tuple(MigratedValues.between(new, old) for old, new in replaced)),
        Change(
            document=state.document.uid,
            annotator=state.annotator,
            replaced=tuple((old, new) for old, new in replaced if old != new),
        ),
    )


def _add_relation(state: DocumentState, edit: AddRelation) -> Applied:
    tie = edit.relation
    if tie.uid in state.relations:
        raise EditRejected(f"relation {tie.uid} already exists")
    for end in (tie.source, tie.target):
        _present(state, end)
    if tie.source == tie.target:
        raise EditRejected("an annotation can't be related to itself")
    return Applied(
        state._replace(relations={**state.relations, tie.uid: tie}),
        RemoveRelation(tie.uid),
        Change(document=state.document.uid, annotator=state.annotator, relations_added=(tie,)),
    )


def _remove_relation(state: DocumentState, edit: RemoveRelation) -> Applied:
    if edit.uid not in state.relations:
        raise EditRejected(f"relation {edit.uid} doesn't exist")
    tie = state.relations[edit.uid]
    rest = {uid: other for uid, other in state.relations.items() if uid != edit.uid}
    return Applied(
        state._replace(relations=rest),
        AddRelation(tie),
        Change(document=state.document.uid, annotator=state.annotator, relations_removed=(tie,)),
    )


def _replace_relation(state: DocumentState, edit: ReplaceRelation) -> Applied:
    new = edit.relation
    if new.uid not in state.relations:
        raise EditRejected(f"relation {new.uid} doesn't exist", hint="it may have been deleted; undo restores it")
    old = state.relations[new.uid]
    for end in new.ends:
        _present(state, end)
    if new.source == new.target:
        raise EditRejected("an annotation can't be related to itself")
    replaced = ((old, new),) if old != new else ()
    return Applied(
        state._replace(relations={**state.relations, new.uid: new}),
        ReplaceRelation(old),
        Change(document=state.document.uid, annotator=state.annotator, relations_replaced=replaced),
    )


def _set_status(state: DocumentState, edit: SetStatus) -> Applied:
    status = (state.status, edit.status) if state.status != edit.status else None
    return Applied(
        state._replace(status=edit.status),
        SetStatus(state.status),
        Change(document=state.document.uid, annotator=state.annotator, status=status),
    )


def _set_remark(state: DocumentState, edit: SetRemark) -> Applied:
    remark = (state.remark, edit.remark) if state.remark != edit.remark else None
    return Applied(
        state._replace(remark=edit.remark),
        SetRemark(state.remark),
        Change(document=state.document.uid, annotator=state.annotator, remark=remark),
    )


_APPLIERS: dict[type, Callable[[DocumentState, Any], Applied]] = {
    AddAnnotation: _add,
    RemoveAnnotation: _remove,
    ReplaceAnnotation: _replace,
    MigrateAnnotations: _restate,
    AddRelation: _add_relation,
    RemoveRelation: _remove_relation,
    ReplaceRelation: _replace_relation,
    SetStatus: _set_status,
    SetRemark: _set_remark,
}

"""Edits of an annotation's fragments: moving its ends, splitting, merging, adding and removing fragments.

The quote is updated; layer, label and fields are kept. Each function returns one edit, which is one undoable step.
Positions and spans are in code points.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from app.core import annotation_edits, boundaries
from app.core.annotation import Annotation, Evidence, Fragment, Relation, quote_of
from app.core.chain_repair import JoinedAnnotations
from app.core.clock import now
from app.core.edits import (
    AddAnnotation,
    AddRelation,
    Batch,
    Edit,
    RemoveAnnotation,
    RemoveRelation,
    ReplaceAnnotation,
    apply,
)
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.scheme import EVIDENCE_STATUS, Scheme
from app.core.state import DocumentState, reading_order


def move_start(state: DocumentState, annotation: Annotation, place: int) -> Edit:
    """Return the edit that moves the start of the first fragment. Raises EditRejected if nothing would be left."""
    first, *rest = annotation.fragments
    if place == first.start:
        raise EditRejected("the mark already begins at the start of the text")
    return annotation_edits.move(state, annotation, _kept(place, first.end, rest))


def move_end(state: DocumentState, annotation: Annotation, place: int) -> Edit:
    """Return the edit that moves the end of the last fragment. Raises EditRejected if nothing would be left."""
    *rest, last = annotation.fragments
    if place == last.end:
        raise EditRejected("the mark already ends at the end of the text")
    return annotation_edits.move(state, annotation, _kept(last.start, place, rest))


def set_fragment(state: DocumentState, annotation: Annotation, number: int, span: tuple[int, int]) -> Edit:
    """Return the edit that moves one fragment (by index) to a span, uniting it with others that it meets."""
    rest = [fragment for at, fragment in enumerate(annotation.fragments) if at != number]
    return annotation_edits.move(state, annotation, united([*_pairs(rest), *_kept(*span, [])]))


def _kept(start: int, end: int, rest: Sequence[Fragment]) -> list[tuple[int, int]]:
    if start >= end:
        raise EditRejected("nothing would be left of the mark", hint="to remove it, delete the mark")
    return [*_pairs(rest), (start, end)]


def _pairs(fragments: Iterable[Fragment]) -> list[tuple[int, int]]:
    return [(fragment.start, fragment.end) for fragment in fragments]


def united(ranges: Iterable[tuple[int, int]], *, text: str | None = None) -> list[tuple[int, int]]:
    """Return the ranges in order, united if they overlap or touch; with `text`, also across white space."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        before = found[-1] if found else None
        gap = text[before[1] : start] if text is not None and before is not None else "."
        if before is not None and (start <= before[1] or not gap.strip()):
            found[-1] = (before[0], max(before[1], end))
        else:
            found.append((start, end))
    return found


def split(state: DocumentState, annotation: Annotation, place: int) -> Batch:
    """Return the edit that splits an annotation in two at a position. Both parts have its label and fields; relations
    stay with the first part. White space at the split belongs to neither.

    Raises EditRejected if one part would be empty.
    """
    text = state.document.text
    front = _trimmed(text, [(f.start, min(f.end, place)) for f in annotation.fragments if f.start < place])
    behind = _trimmed(text, [(max(f.start, place), f.end) for f in annotation.fragments if f.end > place])
    if not front or not behind:
        raise EditRejected("the mark can't be split here", hint="place the caret inside the mark")
    moment, fragments = now(), tuple(Fragment(*pair) for pair in behind)
    second = msgspec.structs.replace(
        annotation,
        uid=new_uid(),
        fragments=fragments,
        quote=quote_of(text, fragments),
        evidence=tuple(msgspec.structs.replace(item, uid=new_uid()) for item in annotation.evidence),
        created=moment,
        updated=moment,
    )
    annotation_edits.refuse_duplicate(state, fragments, annotation.layer, annotation.label, but=annotation.uid)
    return Batch((annotation_edits.move(state, annotation, front), AddAnnotation(second)))


def _trimmed(text: str, ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in ranges:
        part = text[start:end]
        low, high = start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
        if low < high:
            found.append((low, high))
    return found


def partner(state: DocumentState, annotation: Annotation) -> Annotation | None:
    """Return the annotation that `merge` should unite an annotation with: one of the same label that overlaps or
    touches it, else the next one in its paragraph; None if there is none.
    """
    alike = [
        other
        for other in state.annotations.values()
        if (other.layer, other.label) == (annotation.layer, annotation.label) and other.uid != annotation.uid
    ]
    near = [other for other in alike if other.start <= annotation.end and other.end >= annotation.start]
    limit = boundaries.paragraph_at(state.document.text, annotation.end)[1]
    following = [other for other in alike if annotation.end <= other.start < limit]
    return min(near or following, key=reading_order, default=None)


def merge(state: DocumentState, annotation: Annotation, other: Annotation, *, scheme: Scheme) -> Batch:
    """Return the edit that merges two annotations of one label. The result has the fields of the first in reading order
    and the evidence and relations of both. White space between them is covered too; with words between, the result is
    discontinuous.
    """
    kept, gone = sorted((annotation, other), key=reading_order)
    ranges = united((*_pairs(kept.fragments), *_pairs(gone.fragments)), text=state.document.text)
    ties = [tie for tie in state.relations.values() if gone.uid in tie.ends]
    edits: list[Edit] = [*(RemoveRelation(tie.uid) for tie in ties), RemoveAnnotation(gone.uid)]
    placed = annotation_edits.move(apply(state, Batch(tuple(edits))).state, kept, ranges)
    evidence = _all_evidence(kept, gone)
    attributes = dict(kept.attributes)
    layer = scheme.layer(kept.layer)
    if evidence and layer is not None and layer.attribute(EVIDENCE_STATUS):
        attributes[EVIDENCE_STATUS] = "LINKED"
    merged = msgspec.structs.replace(placed.annotation, evidence=evidence, attributes=attributes)
    moved = _retied(state, ties, gone.uid, kept.uid, scheme=scheme)
    return Batch((*edits, ReplaceAnnotation(merged), *map(AddRelation, moved)))


def _all_evidence(kept: Annotation, gone: Annotation) -> tuple[Evidence, ...]:
    there = {(item.document, item.fragments) for item in kept.evidence}
    return (*kept.evidence, *(item for item in gone.evidence if (item.document, item.fragments) not in there))


def _retied(
    state: DocumentState, ties: Iterable[Relation], old: str, new: str, *, scheme: Scheme
) -> Iterator[Relation]:
    """Yield the relations of a removed annotation as those of another, but for those to itself and those that it has;
    if the type has no direction, either way round, and of a chain those that join nothing.
    """
    there = [tie for tie in state.relations.values() if old not in tie.ends]
    known = {(tie.source, tie.target, tie.label) for tie in there}
    joined: dict[str, JoinedAnnotations] = {}
    for tie in ties:
        source, target = (new if end == old else end for end in tie.ends)
        kind = scheme.relation(tie.label)
        if kind is not None and kind.chain:
            links = joined.get(tie.label)
            if links is None:
                links = joined[tie.label] = JoinedAnnotations(each for each in there if each.label == tie.label)
            is_new = links.join(source, target)
        else:
            ways = [(source, target, tie.label)]
            ways += [(target, source, tie.label)] if kind is not None and not kind.directed else []
            is_new = source != target and known.isdisjoint(ways)
            known.update(ways)
        if is_new:
            yield msgspec.structs.replace(tie, uid=new_uid(), source=source, target=target)


def add_fragment(state: DocumentState, annotation: Annotation, span: tuple[int, int]) -> Edit:
    """Return the edit that adds a fragment, united with those that it meets.

    Raises EditRejected for an anchor, and if nothing is selected or all of it is covered already.
    """
    if annotation.is_anchor:
        raise EditRejected("this mark is an anchor between characters", hint="move it to the selection instead")
    if span[0] >= span[1]:
        raise EditRejected("no text is selected", hint="select the text to add to the mark")
    ranges = united([*_pairs(annotation.fragments), span])
    if ranges == _pairs(annotation.fragments):
        raise EditRejected("this text is already part of the mark")
    return annotation_edits.move(state, annotation, ranges)


def remove_fragment(state: DocumentState, annotation: Annotation, place: int) -> Edit:
    """Return the edit that removes the fragment at a position. Raises EditRejected if it is the only one, or there is
    none.
    """
    parts = annotation.fragments
    if len(parts) == 1:
        raise EditRejected("this mark has only one part", hint="to remove it, delete the whole mark")
    held = [f for f in parts if f.start <= place < f.end] or [f for f in parts if f.start <= place <= f.end]
    if not held:
        raise EditRejected("the caret isn't in a part of the mark", hint="place it in the part to remove")
    return annotation_edits.move(state, annotation, _pairs(f for f in parts if f != held[0]))

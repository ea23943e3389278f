"""Where a mark lies, changed by hand: its ends moved, cut in two, joined with another, given and robbed of fragments.

The quote follows; layer, label and fields stay. Each function returns one edit, which is one step to undo.
"""

from collections.abc import Iterable, Sequence

import msgspec

from app.core import annotation_edits, boundaries
from app.core.annotation import Annotation, Evidence, Fragment, quote_of
from app.core.clock import now
from app.core.edits import AddAnnotation, AddRelation, Batch, Edit, ReplaceAnnotation, apply
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.scheme import EVIDENCE_STATUS, Scheme
from app.core.state import DocumentState, reading_order


def move_start(state: DocumentState, annotation: Annotation, place: int) -> Edit:
    """Return the edit that lets the first fragment begin at a place. Raises EditRejected if nothing of it is left."""
    first, *rest = annotation.fragments
    if place == first.start:
        raise EditRejected("the mark already begins at the start of the text")
    return annotation_edits.move(state, annotation, _kept(place, first.end, rest))


def move_end(state: DocumentState, annotation: Annotation, place: int) -> Edit:
    """Return the edit that lets the last fragment end at a place. Raises EditRejected if nothing of it is left."""
    *rest, last = annotation.fragments
    if place == last.end:
        raise EditRejected("the mark already ends at the end of the text")
    return annotation_edits.move(state, annotation, _kept(last.start, place, rest))


def set_fragment(state: DocumentState, annotation: Annotation, number: int, span: tuple[int, int]) -> Edit:
    """Return the edit that puts one fragment elsewhere; what it then meets of the others becomes one with it."""
    rest = [fragment for at, fragment in enumerate(annotation.fragments) if at != number]
    return annotation_edits.move(state, annotation, united([*_pairs(rest), *_kept(*span, [])]))


def _kept(start: int, end: int, rest: Sequence[Fragment]) -> list[tuple[int, int]]:
    if start >= end:
        raise EditRejected("nothing would be left of the mark", hint="to remove it, delete the mark")
    return [*_pairs(rest), (start, end)]


def _pairs(fragments: Iterable[Fragment]) -> list[tuple[int, int]]:
    return [(fragment.start, fragment.end) for fragment in fragments]


def united(ranges: Iterable[tuple[int, int]], *, text: str | None = None) -> list[tuple[int, int]]:
    """Return the ranges in order, those that overlap or touch as one; with `text`, white space between is bridged."""
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
    """Return the edit that cuts an annotation in two at a place. Both have its label and fields; relations stay with
    the part in front. White space at the cut belongs to neither.

    Raises EditRejected where one side would cover nothing.
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
    """Return the mark that an annotation would be merged with: of the same label, one that overlaps or touches it,
    else the next in its paragraph.
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
    """Return the edit that makes one of two annotations of one label. It has the fields of the first in reading order,
    the evidence of both, and the relations of both. Only white space between them is covered too; with words
    between, it becomes discontinuous.
    """
    kept, gone = sorted((annotation, other), key=reading_order)
    ranges = united((*_pairs(kept.fragments), *_pairs(gone.fragments)), text=state.document.text)
    without = apply(state, annotation_edits.remove(state, [gone])).state
    placed = annotation_edits.move(without, kept, ranges)
    evidence = _all_evidence(kept, gone)
    attributes = dict(kept.attributes)
    layer = scheme.layer(kept.layer)
    if evidence and layer is not None and layer.attribute(EVIDENCE_STATUS):
        attributes[EVIDENCE_STATUS] = "LINKED"
    merged = msgspec.structs.replace(placed.annotation, evidence=evidence, attributes=attributes)
    edits: list[Edit] = [annotation_edits.remove(state, [gone]), ReplaceAnnotation(merged)]
    edits.extend(_retied(state, gone.uid, kept.uid))
    return Batch(tuple(edits))


def _all_evidence(kept: Annotation, gone: Annotation) -> tuple[Evidence, ...]:
    there = {(item.document, item.fragments) for item in kept.evidence}
    return (*kept.evidence, *(item for item in gone.evidence if (item.document, item.fragments) not in there))


def _retied(state: DocumentState, old: str, new: str) -> list[AddRelation]:
    """Return what ties to another mark the relations that end at one that goes; none is tied twice, or to itself."""
    there = {(tie.source, tie.target, tie.label) for tie in state.relations.values()}
    found: list[AddRelation] = []
    for tie in state.relations.values():
        if old in (tie.source, tie.target):
            source, target = (new if end == old else end for end in (tie.source, tie.target))
            if source != target and (source, target, tie.label) not in there:
                there.add((source, target, tie.label))
                found.append(AddRelation(msgspec.structs.replace(tie, uid=new_uid(), source=source, target=target)))
    return found


def add_fragment(state: DocumentState, annotation: Annotation, span: tuple[int, int]) -> Edit:
    """Return the edit that gives an annotation one more fragment; one that meets another becomes one with it.

    Raises EditRejected for an anchor, and where nothing is selected or all of it is marked already.
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
    """Return the edit that takes away the fragment at a place. Raises EditRejected if it is the only one, or none is
    there.
    """
    parts = annotation.fragments
    if len(parts) == 1:
        raise EditRejected("this mark has only one part", hint="to remove it, delete the whole mark")
    held = [f for f in parts if f.start <= place < f.end] or [f for f in parts if f.start <= place <= f.end]
    if not held:
        raise EditRejected("the caret isn't in a part of the mark", hint="place it in the part to remove")
    return annotation_edits.move(state, annotation, _pairs(f for f in parts if f != held[0]))

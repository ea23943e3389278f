"""Builds the edits of a person's actions: new annotations, and existing ones with one field changed.

These functions enforce the rules for manual work (no exact duplicates, linking evidence sets the evidence status);
`app.core.edits` enforces only the invariants of any state.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from app.core.annotation import Annotation, Evidence, Fragment, Stance, normal_fragments, quote_of
from app.core.chain_repair import loss
from app.core.clock import now, now_after
from app.core.document import Document
from app.core.edits import AddAnnotation, AddRelation, Batch, Edit, RemoveAnnotation, RemoveRelation, ReplaceAnnotation
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.proposal import NO_NOTE, ProposalNote, proposed, with_note, without_note
from app.core.scheme import EVIDENCE_STATUS, SEVERITY, Scheme
from app.core.state import DocumentState

WHOLE = (Fragment(0, 0),)
"""The fragments of an annotation about the document as a whole."""


def annotate(
    state: DocumentState, ranges: Iterable[tuple[int, int]], *, layer: str, label: str, scheme: Scheme
) -> AddAnnotation:
    """Return the edit that labels the ranges, with the scheme's defaults filled in.

    Raises EditRejected for an unknown label, an empty range if the label doesn't allow anchors, an exact duplicate, or
    a second label of the document in one layer.
    """
    kind = scheme.label(layer, label)
    if kind is None:
        raise EditRejected(f"the scheme {scheme.tag} has no label “{label}” in layer “{layer}”")
    text = state.document.text
    try:
        fragments = normal_fragments(ranges, length=len(text))
    except ValueError as error:
        raise EditRejected(str(error)) from error
    if kind.group:
        raise EditRejected(f"“{kind.title}” is a group of labels", hint="choose one of the labels under it")
    is_about_document = scheme.is_about_document(layer)
    if is_about_document and fragments != WHOLE:
        raise EditRejected(f"“{kind.title}” is about the document as a whole", hint="choose it above the text")
    there = next((a for a in state.about_document(scheme) if a.layer == layer), None) if is_about_document else None
    if there is not None:
        title = scheme.label_title(layer, there.label)
        raise EditRejected(f"the document is “{title}” already", hint="change that above the text")
    if all(f.start == f.end for f in fragments) and not kind.anchor and not is_about_document:
        raise EditRejected(f"no text is selected for “{kind.title}”", hint="select text first")
    refuse_duplicate(state, fragments, layer, label, but="")
    moment = now()
    return AddAnnotation(
        Annotation(
            uid=new_uid(),
            layer=layer,
            label=label,
            fragments=fragments,
            quote=quote_of(text, fragments),
            attributes=_defaults(scheme, layer, label),
            created=moment,
            updated=moment,
        )
    )


def propose(
    state: DocumentState,
    ranges: Iterable[tuple[int, int]],
    *,
    layer: str,
    title: str,
    scheme: Scheme,
    note: ProposalNote = NO_NOTE,
) -> AddAnnotation:
    """Return the edit that labels the ranges with a label that is proposed by its title, with what is said of it.

    Raises EditRejected for an unknown layer, a layer about the document, an empty range, or an exact duplicate.
    """
    found, label, text = scheme.layer(layer), proposed(title), state.document.text
    if found is None or found.is_about_document:
        raise EditRejected(f"the scheme {scheme.tag} has no layer “{layer}” for text")
    try:
        fragments = normal_fragments(ranges, length=len(text))
    except ValueError as error:
        raise EditRejected(str(error)) from error
    if all(fragment.start == fragment.end for fragment in fragments):
        raise EditRejected("no text is selected", hint="select text first")
    refuse_duplicate(state, fragments, layer, label, but="")
    moment, quote = now(), quote_of(text, fragments)
    return AddAnnotation(
        Annotation(
            uid=new_uid(),
            layer=layer,
            label=label,
            fragments=fragments,
            quote=quote,
            attributes=with_note({}, note),
            created=moment,
            updated=moment,
        )
    )


def relabel_as_proposed(
    state: DocumentState, annotation: Annotation, title: str, *, scheme: Scheme, note: ProposalNote = NO_NOTE
) -> ReplaceAnnotation:
    """Return the edit that gives an annotation a label that is proposed, with what is said of it; fields of single
    labels are removed. Raises EditRejected for an exact duplicate.
    """
    label, layer = proposed(title), scheme.layer(annotation.layer)
    refuse_duplicate(state, annotation.fragments, annotation.layer, label, but=annotation.uid)
    gone = {item.id for item in layer.attributes if not item.applies_to(label)} if layer is not None else set[str]()
    kept = {key: value for key, value in annotation.attributes.items() if key not in gone}
    return _replaced(annotation, label=label, attributes=with_note(kept, note))


def _defaults(scheme: Scheme, layer: str, label: str) -> dict[str, Any]:
    kind = scheme.layer(layer)
    if kind is None:
        return {}
    return {a.id: a.default for a in kind.attributes_of(label) if a.default is not None}


def refuse_duplicate(
    state: DocumentState, fragments: tuple[Fragment, ...], layer: str, label: str, *, but: str
) -> None:
    """Raise EditRejected if an annotation other than `but` (uid) has the same label on the same fragments."""
    for other in state.overlapping(fragments[0].start, fragments[-1].end):
        same = (other.layer, other.label, other.fragments) == (layer, label, fragments)
        if same and other.uid != but:
            raise EditRejected(f"“{other.quote[:60]}” is already marked {label}")


def relabel(
    state: DocumentState, annotation: Annotation, label: str, *, scheme: Scheme, layer: str | None = None
) -> Edit:
    """Return the edit that changes the label; fields that the new label lacks are removed.

    The annotation keeps its layer unless `layer` is given, for one whose layer the scheme no longer has. Raises
    EditRejected for a label that the layer doesn't have, and for an exact duplicate.
    """
    home = layer if layer is not None and scheme.layer(annotation.layer) is None else annotation.layer
    kind = scheme.label(home, label)
    found = scheme.layer(home)
    if kind is None or found is None:
        raise EditRejected(f"the scheme {scheme.tag} has no label “{label}” in layer “{home}”")
    if kind.group:
        raise EditRejected(f"“{kind.title}” is a group of labels", hint="choose one of the labels under it")
    if annotation.is_anchor and not kind.anchor and not found.is_about_document:
        raise EditRejected(f"“{kind.title}” needs marked text", hint="this mark is an anchor between characters")
    refuse_duplicate(state, annotation.fragments, home, label, but=annotation.uid)
    gone = {item.id for item in found.attributes if not item.applies_to(label)}
    kept = {key: value for key, value in without_note(annotation.attributes).items() if key not in gone}
    attributes = {**_defaults(scheme, home, label), **kept}
    return _replaced(annotation, layer=home, label=label, attributes=attributes)


def change_attribute(annotation: Annotation, attribute: str, value: object) -> ReplaceAnnotation:
    """Return the edit that sets an attribute, or removes it with None."""
    attributes = {key: old for key, old in annotation.attributes.items() if key != attribute}
    if value is not None:
        attributes[attribute] = value
    return _replaced(annotation, attributes=attributes)


def change_severity(annotation: Annotation, severity: str | None, *, scheme: Scheme) -> Edit:
    """Return the edit that sets the severity. Raises EditRejected if the layer has none."""
    layer = scheme.layer(annotation.layer)
    if layer is None or not layer.has_severity:
        raise EditRejected(f"marks in layer “{scheme.layer_title(annotation.layer)}” have no severity")
    return change_attribute(annotation, SEVERITY, severity)


def change_correction(annotation: Annotation, correction: str | None) -> Edit:
    """Return the edit that sets the correction; None removes it, "" means that the annotated text is to be deleted."""
    return _replaced(annotation, correction=correction)


def change_comment(annotation: Annotation, comment: str) -> Edit:
    """Return the edit that sets the comment."""
    return _replaced(annotation, comment=comment)


def move(state: DocumentState, annotation: Annotation, ranges: Iterable[tuple[int, int]]) -> ReplaceAnnotation:
    """Return the edit that moves the annotation to other ranges and updates its quote."""
    text = state.document.text
    try:
        fragments = normal_fragments(ranges, length=len(text))
    except ValueError as error:
        raise EditRejected(str(error)) from error
    refuse_duplicate(state, fragments, annotation.layer, annotation.label, but=annotation.uid)
    return _replaced(annotation, fragments=fragments, quote=quote_of(text, fragments))


def link_evidence(
    annotation: Annotation,
    reference: Document,
    ranges: Iterable[tuple[int, int]],
    *,
    scheme: Scheme,
    stance: Stance | None = None,
    alternative: int = 1,
) -> Edit:
    """Return the edit that adds ranges of a reference as evidence, and sets the evidence status to linked.

    `alternative` is the number of the set that the evidence belongs to. Raises EditRejected if the layer has no
    evidence, nothing is selected, or the same evidence is in the set.
    """
    layer = scheme.layer(annotation.layer)
    if layer is None or not layer.has_evidence:
        raise EditRejected(f"marks in layer “{scheme.layer_title(annotation.layer)}” have no evidence")
    try:
        fragments = normal_fragments(ranges, length=len(reference.text))
    except ValueError as error:
        raise EditRejected(str(error)) from error
    if any(f.start == f.end for f in fragments):
        raise EditRejected("no text is selected in the reference", hint="select the words that prove it, then link")
    piece = (reference.uid, fragments, alternative)
    if any((e.document, e.fragments, e.alternative) == piece for e in annotation.evidence):
        raise EditRejected("this evidence is already linked")
    evidence = Evidence(
        uid=new_uid(),
        document=reference.uid,
        fragments=fragments,
        quote=quote_of(reference.text, fragments),
        stance=stance or layer.stance,
        alternative=alternative,
    )
    attributes = dict(annotation.attributes)
    if layer.attribute(EVIDENCE_STATUS):
        attributes[EVIDENCE_STATUS] = "LINKED"
    return _replaced(annotation, evidence=(*annotation.evidence, evidence), attributes=attributes)


def unlink_evidence(annotation: Annotation, evidence: str) -> ReplaceAnnotation:
    """Return the edit that removes one piece of evidence (uid)."""
    rest = numbered(item for item in annotation.evidence if item.uid != evidence)
    attributes = dict(annotation.attributes)
    if not rest and attributes.get(EVIDENCE_STATUS) == "LINKED":
        attributes[EVIDENCE_STATUS] = "NOT_SEARCHED"
    return _replaced(annotation, evidence=rest, attributes=attributes)


def change_stance(annotation: Annotation, evidence: str, stance: Stance) -> Edit:
    """Return the edit that changes the stance of one piece of evidence (uid)."""
    items = tuple(msgspec.structs.replace(e, stance=stance) if e.uid == evidence else e for e in annotation.evidence)
    return _replaced(annotation, evidence=items)


def change_alternative(annotation: Annotation, evidence: str, alternative: int) -> Edit:
    """Return the edit that moves one piece of evidence (uid) to another set, by its number; one past the last makes a
    new set, and a set that loses its last piece is gone.
    """
    items = (
        msgspec.structs.replace(e, alternative=alternative) if e.uid == evidence else e for e in annotation.evidence
    )
    return _replaced(annotation, evidence=numbered(items))


def numbered(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return evidence with its sets numbered from 1 without a gap, in their order."""
    items = tuple(evidence)
    ranks = {old: new for new, old in enumerate(sorted({item.alternative for item in items}), 1)}
    if all(old == new for old, new in ranks.items()):
        return items
    return tuple(msgspec.structs.replace(item, alternative=ranks[item.alternative]) for item in items)


def remove(state: DocumentState, annotations: Iterable[Annotation], *, scheme: Scheme) -> Edit:
    """Return the edit that deletes annotations together with their relations; what is left of a chain stays joined."""
    uids = dict.fromkeys(annotation.uid for annotation in annotations)
    lost = loss(uids.keys(), state.relations.values(), scheme=scheme, places=state.annotations)
    edits: list[Edit] = [RemoveRelation(tie.uid) for tie in lost.gone]
    edits.extend(map(AddRelation, lost.bridges))
    edits.extend(RemoveAnnotation(uid) for uid in uids)
    return edits[0] if len(edits) == 1 else Batch(tuple(edits))


def _replaced(annotation: Annotation, **fields: object) -> ReplaceAnnotation:
    return ReplaceAnnotation(msgspec.structs.replace(annotation, updated=now_after(annotation.updated), **fields))

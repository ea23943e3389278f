"""Builds the edits of relations: what a person may draw between two annotations, and what a chain is."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from app.core.annotation import Annotation, Relation
from app.core.edits import AddRelation, Batch, Edit, RemoveRelation, ReplaceRelation
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.scheme import RelationType, Scheme
from app.core.state import DocumentState, reading_order


def connect(state: DocumentState, source: Annotation, target: Annotation, relation: str, *, scheme: Scheme) -> Edit:
    """Return the edit that relates two annotations, with the scheme's defaults filled in.

    A relation of a chain joins the target to the end of the source's chain in reading order, so that a chain stays a
    row. Raises EditRejected for an unknown type, ends that the type doesn't allow, a relation that exists already, and
    an annotation related to itself or to another one of its chain.
    """
    kind = scheme.relation(relation)
    if kind is None:
        raise EditRejected(f"the scheme {scheme.tag} has no relation “{relation}”")
    if source.uid == target.uid:
        raise EditRejected("a mark can't be related to itself", hint="choose another mark as the target")
    if kind.chain:
        return _joined(state, source, target, kind, scheme)
    require_ends(source, target, kind, scheme=scheme)
    _refuse_duplicate(state, source.uid, target.uid, kind)
    return AddRelation(_made(kind, source.uid, target.uid))


def require_ends(source: Annotation, target: Annotation, kind: RelationType, *, scheme: Scheme) -> None:
    """Raise EditRejected unless a relation of a type may lead from one annotation to the other."""
    for annotation, ends, what in ((source, kind.sources, "start at"), (target, kind.targets, "point to")):
        if not scheme.may_end(ends, annotation):
            title = scheme.label_title(annotation.layer, annotation.label)
            names = ", ".join(f"“{_end_title(end, scheme)}”" for end in ends)
            raise EditRejected(f"“{kind.title}” can't {what} “{title}”", hint=f"it can {what} {names}")


def possible_targets(
    state: DocumentState, source: Annotation, relation: str, *, scheme: Scheme
) -> Sequence[Annotation]:
    """Return the annotations that a relation of a type may lead to from a source, in reading order."""
    kind = scheme.relation(relation)
    if kind is None:
        return []
    there = {tie.target for tie in state.relations.values() if (tie.source, tie.label) == (source.uid, relation)}
    if not kind.directed:
        there |= {tie.source for tie in state.relations.values() if (tie.target, tie.label) == (source.uid, relation)}
    if kind.chain:
        there = set(chain_of(state, source.uid, relation))
    unfit = {source.uid, *there, *(annotation.uid for annotation in state.about_document(scheme))}
    fits: dict[tuple[str, str], bool] = {}  # by layer and label: marks are many, and their kinds few
    found: list[Annotation] = []
    for annotation in state.annotations.values():
        key = (annotation.layer, annotation.label)
        if key not in fits:
            fits[key] = scheme.may_end(kind.targets, annotation)
        if fits[key] and annotation.uid not in unfit:
            found.append(annotation)
    return sorted(found, key=reading_order)


def relabel_relation(state: DocumentState, relation: Relation, label: str, *, scheme: Scheme) -> ReplaceRelation:
    """Return the edit that makes a relation one of another type; fields that the new type lacks are removed."""
    kind = scheme.relation(label)
    if kind is None:
        raise EditRejected(f"the scheme {scheme.tag} has no relation “{label}”")
    source, target = (state.annotations[end] for end in relation.ends)
    require_ends(source, target, kind, scheme=scheme)
    _refuse_duplicate(state, source.uid, target.uid, kind)
    kept = {key: value for key, value in relation.attributes.items() if kind.attribute(key) is not None}
    return ReplaceRelation(msgspec.structs.replace(relation, label=label, attributes={**_defaults(kind), **kept}))


def reverse(state: DocumentState, relation: Relation, *, scheme: Scheme) -> ReplaceRelation:
    """Return the edit that swaps source and target. Raises EditRejected if the scheme doesn't allow it."""
    kind = scheme.relation(relation.label)
    source, target = (state.annotations[end] for end in relation.ends)
    if kind is not None:
        require_ends(target, source, kind, scheme=scheme)
        if kind.directed:
            _refuse_duplicate(state, target.uid, source.uid, kind)
    return ReplaceRelation(msgspec.structs.replace(relation, source=target.uid, target=source.uid))


def change_relation_attribute(relation: Relation, attribute: str, value: object) -> ReplaceRelation:
    """Return the edit that sets an attribute of a relation, or removes it with None."""
    attributes = {key: old for key, old in relation.attributes.items() if key != attribute}
    if value is not None:
        attributes[attribute] = value
    return ReplaceRelation(msgspec.structs.replace(relation, attributes=attributes))


def change_relation_comment(relation: Relation, comment: str) -> ReplaceRelation:
    """Return the edit that sets the comment of a relation."""
    return ReplaceRelation(msgspec.structs.replace(relation, comment=comment))


def disconnect(relations: Iterable[Relation]) -> Edit:
    """Return the edit that removes relations."""
    edits = [RemoveRelation(relation.uid) for relation in relations]
    return edits[0] if len(edits) == 1 else Batch(tuple(edits))


def chain_of(state: DocumentState, annotation: str, relation: str) -> list[str]:
    """Return the annotations (uids) that relations of a chain join to one, itself included, in reading order."""
    near: dict[str, list[str]] = {}
    for tie in state.relations.values():
        if tie.label == relation:
            near.setdefault(tie.source, []).append(tie.target)
            near.setdefault(tie.target, []).append(tie.source)
    found, waiting = {annotation}, [annotation]
    while waiting:
        for other in near.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return sorted(found, key=lambda uid: reading_order(state.annotations[uid]))


def chains(relations: Iterable[Relation], relation: str) -> list[frozenset[str]]:
    """Return the sets of annotations (uids) that relations of a type join to chains, the same for any order of them."""
    group: dict[str, set[str]] = {}
    for tie in relations:
        if tie.label == relation:
            more, fewer = group.get(tie.source, {tie.source}), group.get(tie.target, {tie.target})
            if more is fewer:
                continue
            if len(more) < len(fewer):
                more, fewer = fewer, more
            more |= fewer
            group.update(dict.fromkeys(more if len(more) < 3 else fewer, more))
    return sorted({id(members): frozenset(members) for members in group.values()}.values(), key=sorted)


def _joined(state: DocumentState, source: Annotation, target: Annotation, kind: RelationType, scheme: Scheme) -> Edit:
    require_ends(source, target, kind, scheme=scheme)
    chain = chain_of(state, source.uid, kind.id)
    if target.uid in chain:
        raise EditRejected(f"both marks are in the same chain “{kind.title}” already")
    first = min((source, target), key=reading_order)
    other = target if first is source else source
    # The neighbour before the later one: a chain reads from mention to mention, as coreference is usually stored.
    members = [uid for uid in chain_of(state, first.uid, kind.id)]
    before = [uid for uid in members if reading_order(state.annotations[uid]) < reading_order(other)]
    return AddRelation(_made(kind, before[-1], other.uid))


def _made(kind: RelationType, source: str, target: str) -> Relation:
    return Relation(uid=new_uid(), source=source, target=target, label=kind.id, attributes=_defaults(kind))


def _defaults(kind: RelationType) -> dict[str, Any]:
    return {item.id: item.default for item in kind.attributes if item.default is not None}


def _refuse_duplicate(state: DocumentState, source: str, target: str, kind: RelationType) -> None:
    pairs = [(source, target)] if kind.directed else [(source, target), (target, source)]
    if any(tie.label == kind.id and tie.ends in pairs for tie in state.relations.values()):
        raise EditRejected(f"these marks have the relation “{kind.title}” already")


def _end_title(end: str, scheme: Scheme) -> str:
    layer = scheme.layer(end)
    if layer is not None:
        return layer.title
    found = next((item for item in scheme.layers if end.startswith(item.id + ".")), None)
    return scheme.label_title(found.id, end[len(found.id) + 1 :]) if found is not None else end

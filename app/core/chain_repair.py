"""What becomes of relations when annotations are deleted: theirs go, and what is left of a chain stays joined."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from app.core.annotation import Annotation, Relation
from app.core.ids import derived_uid, new_uid
from app.core.scheme import RelationType, Scheme
from app.core.state import reading_order


class RelationLoss(NamedTuple):
    """Relations that go with annotations, and those that take their place in chains."""

    gone: tuple[Relation, ...] = ()
    bridges: tuple[Relation, ...] = ()

    def of(self, relations: Iterable[Relation]) -> tuple[Relation, ...]:
        """Return relations after the loss."""
        gone = {relation.uid for relation in self.gone}
        return (*(relation for relation in relations if relation.uid not in gone), *self.bridges)


class JoinedAnnotations:
    """Which annotations (uids) are in one chain."""

    def __init__(self, relations: Iterable[Relation] = ()) -> None:
        self._parents: dict[str, str] = {}
        for relation in relations:
            self.join(*relation.ends)

    def root(self, uid: str) -> str:
        """Return the one that stands for all that a uid is joined with."""
        while (parent := self._parents.get(uid, uid)) != uid:
            self._parents[uid] = self._parents.get(parent, parent)
            uid = parent
        return uid

    def join(self, one: str, other: str) -> bool:
        """Join two; return whether they weren't."""
        one, other = self.root(one), self.root(other)
        if one == other:
            return False
        self._parents[other] = one
        return True


def made_now(_label: str, _source: str, _target: str) -> str:
    """Return a new uid for a relation."""
    return new_uid()


def made_alike(label: str, source: str, target: str) -> str:
    """Return the uid of a relation that is to be the same wherever it is made, by its type and the uids at its ends."""
    return derived_uid("bridge", label, source, target)


def loss(
    annotations: Set[str],
    relations: Iterable[Relation],
    *,
    scheme: Scheme,
    places: Mapping[str, Annotation],
    uid_of: Callable[[str, str, str], str] = made_now,
) -> RelationLoss:
    """Return what becomes of relations when annotations (uids) are deleted.

    `relations` are all of a set, `places` its annotations by uid. What a chain joined through the deleted ones is
    joined directly, each annotation with the one before it in reading order. A chain has no direction; so the new links
    lead on from mention to mention, and what the later of two said of the link that it lost it says of the new one.
    Relations of a type that the scheme doesn't have are no chain.
    """
    if not annotations:
        return RelationLoss()
    every = tuple(relations)
    gone = tuple(relation for relation in every if not annotations.isdisjoint(relation.ends))
    bridges: list[Relation] = []
    for label in dict.fromkeys(relation.label for relation in gone):
        kind = scheme.relation(label)
        if kind is not None and kind.chain:
            links = [relation for relation in every if relation.label == label]
            bridges.extend(_bridges(annotations, links, kind, places, uid_of))
    return RelationLoss(gone, tuple(bridges))


def _bridges(
    lost: Set[str],
    links: Sequence[Relation],
    kind: RelationType,
    places: Mapping[str, Annotation],
    uid_of: Callable[[str, str, str], str],
) -> Iterator[Relation]:
    """Yield what joins the chains of one type again."""
    whole = JoinedAnnotations(links)
    left = JoinedAnnotations(link for link in links if lost.isdisjoint(link.ends))
    said = _said(lost, links, places)
    defaults = {item.id: item.default for item in kind.attributes if item.default is not None}
    uids = {uid for link in links for uid in link.ends if uid in places} - lost
    before: dict[str, str] = {}
    for uid in sorted(uids, key=lambda uid: reading_order(places[uid])):
        root = whole.root(uid)
        other = before.get(root)
        if other is not None and left.join(other, uid):
            old = said.get(uid)
            yield Relation(
                uid=uid_of(kind.id, other, uid),
                source=other,
                target=uid,
                label=kind.id,
                attributes=old.attributes if old is not None else defaults,
                comment=old.comment if old is not None else "",
            )
        before[root] = uid


def _said(lost: Set[str], links: Iterable[Relation], places: Mapping[str, Annotation]) -> dict[str, Relation]:
    """Return the link of each annotation that is left to a deleted one; to one before it, if there is one."""
    found: dict[str, Relation] = {}
    for link in links:
        for uid, other in (link.ends, link.ends[::-1]):
            if other in lost and uid not in lost and uid in places and other in places:
                is_before = reading_order(places[other]) < reading_order(places[uid])
                if is_before or uid not in found:
                    found[uid] = link
    return found

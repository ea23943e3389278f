"""Relations between groups: what each annotator says of how two of them are related, and where they differ.

A relation is compared by its type and the groups at its ends: source and target, or if its type has no direction, both
in either order. A chain (coreference) is compared as the set of its groups, however its relations are linked up: a-b,
b-c is the same as a-b, a-c. Only those who have annotations at both ends can be compared there.

What is said of the links of a chain is compared at the marks that they join to it. Seen from the first mark of a chain,
each other one has one link that leads back towards it; a row of links gives each mark the link to the one before it.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple, Protocol

import msgspec

from app.core import field_values
from app.core.annotation import Annotation, Relation
from app.core.relation_edits import chains
from app.core.scheme import FieldKind, RelationType, Scheme

Lead = tuple[str, ...]
"""What a relation says that starts at an annotation: part of the fingerprint of its group."""


_encoder = msgspec.json.Encoder(order="deterministic")


class Tie(NamedTuple):
    """A relation between this group and another one (`target`, by key), and who has it; `said` are theirs by name.

    Of a type without direction, this group is the one that comes first in the text.
    """

    label: str
    target: str
    by: tuple[str, ...]
    said: Mapping[str, Relation] = {}


class Chain(NamedTuple):
    """The chains of a type that this group is in: by name the groups (keys) of that annotator's, in text order, this
    one included. Those without a chain here aren't in it.

    `said` are the links that join this group to its chains, by name; who has it first in a chain has none.
    """

    label: str
    by: Mapping[str, tuple[str, ...]]
    said: Mapping[str, Relation] = {}


class TiedGroup(Protocol):
    """What is needed to know of a group."""

    @property
    def key(self) -> str:
        """Its fingerprint."""
        ...

    @property
    def versions(self) -> Mapping[str, Annotation]:
        """Annotations by annotator."""
        ...

    @property
    def twins(self) -> tuple[str, ...]:
        """Uids of duplicates."""
        ...


class GroupTies(NamedTuple):
    """The ties and chains of one group, and whether annotators differ in one that counts."""

    ties: tuple[Tie, ...] = ()
    chains: tuple[Chain, ...] = ()
    are_torn: bool = False


def leads(relations: Iterable[Relation], scheme: Scheme) -> dict[str, list[Lead]]:
    """Return what relations say at each annotation (uid): at their source; without a direction, at both ends."""
    found: dict[str, list[Lead]] = {}
    for relation in relations:
        fields = _encoder.encode(relation.attributes).decode() if relation.attributes or relation.comment else ""
        more = (fields, relation.comment) if fields else ()
        found.setdefault(relation.source, []).append((relation.label, relation.target, *more))
        if not is_directed(scheme.relation(relation.label)):
            found.setdefault(relation.target, []).append((relation.label, relation.source, *more))
    for said in found.values():
        said.sort()
    return found


def is_directed(kind: RelationType | None) -> bool:
    """Whether it matters which end of a relation is the source; it does if its type is unknown."""
    return kind is None or (kind.directed and not kind.chain)


def group_ties(
    groups: Sequence[TiedGroup], relations: Mapping[str, Sequence[Relation]], scheme: Scheme
) -> dict[int, GroupTies]:
    """Return the ties and chains of groups, by their index; `groups` are in text order, `relations` by annotator.

    Ties stand with the group at their source, a chain with each of its groups. Annotators who differ in a chain do so
    where its groups aren't joined to the same one before them.
    """
    place = {version.uid: at for at, found in enumerate(groups) for version in found.versions.values()}
    place.update((twin, at) for at, found in enumerate(groups) for twin in found.twins)
    found: dict[tuple[int, int, str], dict[str, Relation]] = {}
    joined: dict[str, dict[str, list[tuple[int, ...]]]] = {}  # by type and annotator
    links: dict[tuple[int, str], dict[str, Relation]] = {}  # by group and type, then by annotator
    for name in sorted(relations):
        theirs = relations[name]
        for relation in sorted(theirs, key=_uid):
            ends = place.get(relation.source), place.get(relation.target)
            source, target = ends
            kind = scheme.relation(relation.label)
            if source is None or target is None or source == target or (kind is not None and kind.chain):
                continue
            if not is_directed(kind):
                source, target = min(source, target), max(source, target)
            found.setdefault((source, target, relation.label), {}).setdefault(name, relation)
        for kind in scheme.relations:
            if kind.chain:
                members = (sorted({place[u] for u in uids if u in place}) for uids in chains(theirs, kind.id))
                those = [tuple(at) for at in members if len(at) > 1]
                if those:
                    joined.setdefault(kind.id, {})[name] = those
                    for at, relation in _links_back(theirs, kind.id, place):
                        links.setdefault((at, kind.id), {})[name] = relation
    return _collected(groups, found, joined, links, scheme)


def _uid(relation: Relation) -> str:
    return relation.uid


def _collected(
    groups: Sequence[TiedGroup],
    found: Mapping[tuple[int, int, str], Mapping[str, Relation]],
    joined: Mapping[str, Mapping[str, Sequence[tuple[int, ...]]]],
    links: Mapping[tuple[int, str], Mapping[str, Relation]],
    scheme: Scheme,
) -> dict[int, GroupTies]:
    ties: dict[int, list[Tie]] = {}
    linked: dict[int, list[Chain]] = {}
    torn: set[int] = set()
    for (source, target, label), said in sorted(found.items(), key=_ends):
        ties.setdefault(source, []).append(Tie(label, groups[target].key, tuple(said), said))
        kind = scheme.relation(label)
        could = groups[source].versions.keys() & groups[target].versions.keys()
        if (kind is None or kind.counts) and (said.keys() != could or fields_apart(kind, list(said.values()))):
            torn.add(source)
    for label, by in sorted(joined.items()):
        kind = scheme.relation(label)
        if kind is None or kind.counts:
            torn |= _chains_apart(groups, by)
        at: dict[int, dict[str, tuple[str, ...]]] = {}
        for name, theirs in by.items():
            for members in theirs:
                keys = tuple(groups[index].key for index in members)
                for index in members:
                    at.setdefault(index, {})[name] = keys
        for index, keys_by in at.items():
            said = links.get((index, label), {})
            linked.setdefault(index, []).append(Chain(label, keys_by, said))
            if (kind is None or kind.counts) and fields_apart(kind, list(said.values())):
                torn.add(index)
    return {
        index: GroupTies(tuple(ties.get(index, ())), tuple(linked.get(index, ())), index in torn)
        for index in sorted({*ties, *linked, *torn})
    }


def _links_back(relations: Iterable[Relation], label: str, place: Mapping[str, int]) -> Iterator[tuple[int, Relation]]:
    """Yield each group (index) that isn't the first of its chain, with the link that leads from it towards the first.

    Of several as short ways back, the one whose next group comes last in the text; of several links of two groups, the
    one made first.
    """
    near: dict[int, dict[int, Relation]] = {}
    for relation in relations:
        if relation.label != label:
            continue
        source, target = place.get(relation.source), place.get(relation.target)
        if source is not None and target is not None and source != target:
            for one, other in ((source, target), (target, source)):
                known = near.setdefault(one, {}).setdefault(other, relation)
                if relation.uid < known.uid:
                    near[one][other] = relation
    seen: set[int] = set()
    for first in sorted(near):
        if first in seen:
            continue
        seen.add(first)
        reached = [first]
        while reached:
            steps: dict[int, int] = {}
            for at in sorted(reached):
                steps.update((other, at) for other in near[at] if other not in seen)
            yield from ((other, near[at][other]) for other, at in steps.items())
            seen.update(steps)
            reached = list(steps)


def _ends(item: tuple[tuple[int, int, str], object]) -> tuple[int, int, str]:
    return item[0]


def fields_apart(kind: RelationType | None, relations: Sequence[Relation]) -> list[str]:
    """Return the fields of a relation (ids) that count and in which these differ."""
    if kind is None or len(relations) < 2:
        return []
    return [
        item.id
        for item in kind.attributes
        if item.counts and len({relation_value(kind, relation, item.id) for relation in relations}) > 1
    ]


def relation_value(kind: RelationType | None, relation: Relation, field: str) -> Hashable:
    """Return what a relation says in a field, as relations are compared by it; its default if it has no value."""
    value = relation.attributes.get(field)
    attribute = kind.attribute(field) if kind is not None else None
    if field_values.is_empty(value) and attribute is not None:
        value = attribute.default if attribute.default is not None else None
        if value is None and attribute.kind is FieldKind.FLAG:
            value = False
    return field_values.identity(value)


def _chains_apart(groups: Sequence[TiedGroup], by: Mapping[str, Sequence[tuple[int, ...]]]) -> set[int]:
    """Return the groups (indices) that two annotators don't join to the same group before them.

    Two divisions of a row into chains are the same exactly if each member follows the same one in both.
    """
    names = sorted(
        {name for members in by.values() for chain in members for at in chain for name in groups[at].versions}
    )
    torn: set[int] = set()
    for one, other in combinations(names, 2):
        ours = dict(_before(groups, by.get(one, ()), other))
        theirs = dict(_before(groups, by.get(other, ()), one))
        torn.update(at for at in ours.keys() | theirs.keys() if ours.get(at) != theirs.get(at))
    return torn


def _before(groups: Sequence[TiedGroup], members: Iterable[tuple[int, ...]], other: str) -> Iterator[tuple[int, int]]:
    """Yield each member of a chain with the one before it, as far as the other annotator has annotations there."""
    for chain in members:
        shared = [at for at in chain if other in groups[at].versions]
        yield from zip(shared[1:], shared, strict=False)

"""Determines which relations are added to gold with the annotations that they connect, and what they say."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any, NamedTuple

from app.core import field_values
from app.core.annotation import Annotation, Relation
from app.core.chain_repair import JoinedAnnotations, loss
from app.core.edits import AddRelation, Edit, RemoveRelation
from app.core.ids import new_uid
from app.core.scheme import RelationType, Scheme
from app.review.fields import COMMENT, RELATION, Difference
from app.review.groups import Group
from app.review.ties import Chain, Tie, fields_apart, relation_value


class RelationField(NamedTuple):
    """A field in which versions can say different things of a relation, as picks and decisions name it (`id`).

    `ties` are the relations to one target, or it is about a `chain`. Without a `part` (an attribute or COMMENT), it's
    whether there is one and of which type, or which others a chain joins this one with.
    """

    id: str
    target: str = ""
    label: str = ""
    part: str = ""
    chain: Chain | None = None
    ties: tuple[Tie, ...] = ()


def tie_field(target: str, label: str = "", part: str = "") -> str:
    """Return the field of relations to a group (key), or of a part (attribute or COMMENT) of one with this type."""
    return ":".join(word for word in (RELATION, target, label, part) if word)


def chain_field(label: str, part: str = "") -> str:
    """Return the field that says what a group is joined to in chains of a type, or a part (an attribute or COMMENT) of
    the link that joins it.
    """
    return f"{RELATION}:{label}:{part}" if part else f"{RELATION}:{label}"


def renamed_field(field: str, key_of: Callable[[str], str | None]) -> str:
    """Return a field whose group (key) may have another key now; `key_of` returns it, None if it isn't known."""
    what, colon, rest = field.partition(":")
    key, *parts = rest.split(":")
    now = key_of(key) if colon and what == RELATION else None
    return ":".join([RELATION, now, *parts]) if now is not None else field


def relation_fields(found: Group, scheme: Scheme) -> list[RelationField]:
    """Return the fields of a group's relations: of which types they are, and what they say."""
    fields: list[RelationField] = []
    for chain in found.chains:
        fields.append(RelationField(chain_field(chain.label), label=chain.label, chain=chain))
        fields.extend(
            RelationField(chain_field(chain.label, part), label=chain.label, part=part, chain=chain)
            for part in _parts(scheme.relation(chain.label), chain.said.values())
        )
    for target in dict.fromkeys(tie.target for tie in found.ties):
        ties = tuple(tie for tie in found.ties if tie.target == target)
        fields.append(RelationField(tie_field(target), target, ties=ties))
        for tie in ties:
            parts = _parts(scheme.relation(tie.label), tie.said.values())
            fields.extend(
                RelationField(tie_field(target, tie.label, part), target, tie.label, part, ties=(tie,))
                for part in parts
            )
    return fields


def _parts(kind: RelationType | None, relations: Iterable[Relation]) -> list[str]:
    """Return the parts in which relations say something: attributes in the scheme's order, then COMMENT."""
    relations = tuple(relations)
    given = {key for relation in relations for key in relation.attributes}
    parts = [item.id for item in kind.attributes if item.id in given] if kind is not None else []
    parts += sorted(given - set(parts))
    return [*parts, *([COMMENT] if any(relation.comment for relation in relations) else [])]


def said_by(field: RelationField, name: str) -> dict[str, Relation]:
    """Return the relations of an annotator that a field is about, by type."""
    if field.chain is not None:
        return {field.label: field.chain.said[name]} if name in field.chain.said else {}
    return {tie.label: tie.said[name] for tie in field.ties if name in tie.said}


def relation_said(field: RelationField, name: str, scheme: Scheme) -> Hashable:
    """Return what an annotator says in a field of relations, as versions are compared by it; None for nothing."""
    if field.chain is not None and not field.part:
        return field.chain.by.get(name)
    said = said_by(field, name)
    if not field.part:
        return frozenset(said) or None
    relation = said.get(field.label)
    if relation is None:
        return None
    return (
        relation.comment
        if field.part == COMMENT
        else relation_value(scheme.relation(field.label), relation, field.part)
    )


def relation_votes(found: Group, fields: Iterable[RelationField], base: str, scheme: Scheme) -> dict[str, str]:
    """Return the picks (uids) of the majority in fields of relations; a tie goes to the version `base`."""
    picks: dict[str, str] = {}
    for field in fields:
        votes: dict[Hashable, list[str]] = {}
        for name, version in found.versions.items():
            votes.setdefault(relation_said(field, name, scheme), []).append(version.uid)
        top = max(map(len, votes.values()))
        first = [uids for uids in votes.values() if len(uids) == top]
        won = next((uids for uids in first if base in uids), first[0])
        picks[field.id] = base if base in won else min(won)
    return picks


class Carriers(NamedTuple):
    """Whose relations are used for a group being decided: one person's, or those common to all winners of a rule.

    `picked` are those whose are used in single fields (see `relation_fields`); nobody's in those that the reviewer
    decided without anyone (`tie_field` with a type: none of that type).
    """

    names: frozenset[str]
    by_rule: bool = False
    picked: Mapping[str, frozenset[str]] = {}

    def of(self, field: str) -> frozenset[str]:
        """Return whose relations are used in a field."""
        return self.picked.get(field, self.names)

    def of_tie(self, target: str, label: str) -> frozenset[str]:
        """Return whose relations of a type to a group (key) are used."""
        left_out = self.picked.get(tie_field(target, label))
        return self.of(tie_field(target)) if left_out is None else left_out


Earlier = Callable[[str], Carriers | None]
"""Returns whose relations a person used for a group (key) that was decided before; None if none did."""


def no_one(_key: str) -> None:
    """Say that nothing was decided before."""


def lasting(
    groups: Mapping[str, Group], *, gold: Set[str], carriers: Mapping[str, Carriers], earlier: Earlier = no_one
) -> Iterator[tuple[str, Tie, Carriers]]:
    """Yield the ties to add to gold, each with the key of its source group, and whose are used.

    `groups` are all groups of a document by key, `gold` the keys of those now in gold, `carriers` those being decided:
    only their ties are considered. What a person decided at the source of a relation stands when its target is decided.
    """
    for found in groups.values():
        for tie in found.ties:
            if found.key in gold and tie.target in gold and {found.key, tie.target} & carriers.keys():
                before = earlier(found.key) if found.key not in carriers else None
                deciding = {**carriers, found.key: before} if before is not None else carriers
                who = _asked(tie, found, groups, deciding)
                if who and who <= set(tie.by):
                    yield found.key, tie, deciding.get(found.key) or deciding[tie.target]


def gold_relation(tie: Tie, source: str, target: str, carriers: Carriers, scheme: Scheme) -> Relation:
    """Return the relation of gold between two annotations (uids) for a tie.

    A person takes each field from the version picked for it; of a rule's winners, most decide on each.
    """
    names = carriers.of(tie_field(tie.target))
    attributes, comment = _composed(tie, names, carriers, partial(tie_field, tie.target, tie.label), scheme)
    return Relation(
        uid=new_uid(), source=source, target=target, label=tie.label, attributes=attributes, comment=comment
    )


def _composed(
    tie: Tie | Chain, names: frozenset[str], carriers: Carriers, field_of: Callable[[str], str], scheme: Scheme
) -> tuple[dict[str, Any], str]:
    """Return attributes and comment of a relation of gold; `names` are those whose relation it is, `field_of` returns
    the field in which a part of it is picked.
    """
    kind = scheme.relation(tie.label)
    named = sorted(names & tie.said.keys()) or sorted(tie.said)
    if not named:
        return {}, ""
    base = tie.said[named[0]]
    asked = [tie.said[name] for name in named] if carriers.by_rule else [base]
    attributes: dict[str, Any] = {}
    for part in dict.fromkeys(field for relation in tie.said.values() for field in relation.attributes):
        picked = sorted(carriers.picked.get(field_of(part), frozenset()) & tie.said.keys())
        given = [tie.said[picked[0]]] if picked else asked
        value = _most(kind, given, part).attributes.get(part)
        if not field_values.is_empty(value):
            attributes[part] = value
    picked = sorted(carriers.picked.get(field_of(COMMENT), frozenset()) & tie.said.keys())
    return attributes, tie.said[picked[0]].comment if picked else base.comment


def _most(kind: RelationType | None, relations: Sequence[Relation], part: str) -> Relation:
    """Return a relation with the most frequent value of a field; of several, the one that was made first."""
    votes: dict[object, list[Relation]] = {}
    for relation in sorted(relations, key=_uid):
        votes.setdefault(relation_value(kind, relation, part), []).append(relation)
    return max(votes.values(), key=len)[0]


def _uid(relation: Relation) -> str:
    return relation.uid


class Link(NamedTuple):
    """A link of a chain to add to gold, between two groups (keys)."""

    label: str
    source: str
    target: str
    attributes: Mapping[str, Any] = {}
    comment: str = ""


def chain_links(
    groups: Mapping[str, Group],
    *,
    gold: Mapping[str, str],
    carriers: Mapping[str, Carriers],
    there: Iterable[Relation],
    scheme: Scheme,
    earlier: Earlier = no_one,
) -> Iterator[Link]:
    """Yield the links to add to gold so that each group being decided is in the chain that its carriers have it in.

    `groups` are in text order, `gold` are the annotations (uids) by group, `there` the relations that gold has. Each is
    joined to the nearest one before it that is in gold, so that a chain stays a row; what is joined isn't joined again.
    A later one that a person decided before stays in the chain that it is in. What a link says is what is picked at the
    later of its groups.
    """
    joined: dict[str, JoinedAnnotations] = {}
    for relation in there:
        joined.setdefault(relation.label, JoinedAnnotations()).join(*relation.ends)
    order = {key: at for at, key in enumerate(groups)}
    for key in [key for key in groups if key in carriers and key in gold]:
        for chain in groups[key].chains:
            names = carriers[key].of(chain_field(chain.label))
            others = {other for name in names for other in chain.by.get(name, ()) if other != key and other in gold}
            near = sorted(others, key=order.__getitem__)
            before = [other for other in reversed(near) if order[other] < order[key]]
            # Those that are being decided too join themselves to what is before them.
            after = [other for other in near if order[other] > order[key] and other not in carriers]
            after = [other for other in after if _has_joined(other, key, chain, earlier(other))]
            for side in (before, after):
                other = next((each for each in side if _are_joined(groups[key], each, chain, groups, carriers)), None)
                known = joined.setdefault(chain.label, JoinedAnnotations())
                if other is not None and known.join(gold[other], gold[key]):
                    ends = (other, key) if side is before else (key, other)
                    asked = carriers[key] if side is before else earlier(other) or carriers[key]
                    yield Link(chain.label, *ends, *_link_parts(groups[ends[1]], chain.label, asked, scheme))


def _link_parts(found: Group, label: str, carriers: Carriers, scheme: Scheme) -> tuple[dict[str, Any], str]:
    """Return what gold's link of a group to the one before it says."""
    chain = next((chain for chain in found.chains if chain.label == label), None)
    if chain is None:
        return {}, ""
    return _composed(chain, carriers.of(chain_field(label)), carriers, partial(chain_field, label), scheme)


def _has_joined(decided: str, other: str, chain: Chain, before: Carriers | None) -> bool:
    """Return whether a group's decision, if a person made it, has it in one chain with another."""
    names = before.of(chain_field(chain.label)) if before is not None else ()
    return before is None or any({decided, other} <= set(chain.by.get(name, ())) for name in names)


def _are_joined(
    found: Group, other: str, chain: Chain, groups: Mapping[str, Group], carriers: Mapping[str, Carriers]
) -> bool:
    """Return whether all who are asked have two groups in one chain."""
    asked = carriers[found.key]
    names = asked.of(chain_field(chain.label))
    if asked.by_rule:
        names = names & found.versions.keys() & groups[other].versions.keys()
        names = names & carriers[other].names if other in carriers else names
    return bool(names) and all(other in chain.by.get(name, ()) for name in names)


def without(
    annotations: Set[str], relations: Iterable[Relation], scheme: Scheme, places: Mapping[str, Annotation]
) -> list[Edit]:
    """Return the edits that take relations away with annotations (uids), so that what is left of a chain stays joined.

    `relations` are all of gold, `places` its annotations by uid.
    """
    lost = loss(annotations, relations, scheme=scheme, places=places)
    return [*(RemoveRelation(relation.uid) for relation in lost.gone), *map(AddRelation, lost.bridges)]


def is_disputed(found: Group, groups: Mapping[str, Group], carriers: Mapping[str, Carriers], scheme: Scheme) -> bool:
    """Return whether a rule can't decide on a group's relations: some of the winners have one, others don't, or they
    say different things of it.
    """
    if Difference.RELATION not in found.differences:
        return False
    for tie in found.ties:
        kind = scheme.relation(tie.label)
        if kind is not None and not kind.counts:
            continue
        who = _asked(tie, found, groups, carriers)
        have = who & set(tie.by)
        if have and (len(have) < len(who) or fields_apart(kind, [tie.said[name] for name in sorted(have)])):
            return True
    return any(_is_chain_disputed(found, chain, groups, carriers, scheme) for chain in found.chains)


def _is_chain_disputed(
    found: Group, chain: Chain, groups: Mapping[str, Group], carriers: Mapping[str, Carriers], scheme: Scheme
) -> bool:
    kind = scheme.relation(chain.label)
    if (kind is not None and not kind.counts) or found.key not in carriers:
        return False
    names = carriers[found.key].names & found.versions.keys()
    for other in {key for name in names for key in chain.by.get(name, ()) if key != found.key and key in groups}:
        who = [name for name in names if name in groups[other].versions]
        have = sum(other in chain.by.get(name, ()) for name in who)
        if 0 < have < len(who):
            return True
    return bool(fields_apart(kind, [chain.said[name] for name in sorted(names & chain.said.keys())]))


def _asked(tie: Tie, found: Group, groups: Mapping[str, Group], carriers: Mapping[str, Carriers]) -> frozenset[str]:
    """Return who must have a tie for it to be added."""
    source, target = carriers.get(found.key), carriers.get(tie.target)
    asked = source or target
    if asked is None or not asked.by_rule:
        return asked.of_tie(tie.target, tie.label) if asked else frozenset()
    # Those without annotations at both ends can't have connected them.
    names = asked.names & found.versions.keys() & groups[tie.target].versions.keys()
    return names & target.names if target is not None else names

"""What changes of relation types, fields and values do to the attributes of annotations and to relations."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from app.core import field_values
from app.core.annotation import Relation
from app.core.scheme import Scheme
from app.core.scheme_change import FieldChange, PartChange, RelationChange, SchemeChange, ValueChange

_Owner = tuple[bool, str]  # whether it is a relation type, and its id


class RelationMigration(NamedTuple):
    """Relations that say something else now, by uid, and the uids of those that are deleted."""

    changed: Mapping[str, Relation] = {}
    gone: frozenset[str] = frozenset()

    def of(self, relations: Iterable[Relation]) -> tuple[Relation, ...]:
        """Return the relations after the migration."""
        return tuple(self.changed.get(item.uid, item) for item in relations if item.uid not in self.gone)


class PartMigration:
    """The effect of changes of relation types, fields and values."""

    def __init__(self, changes: Iterable[SchemeChange], before: Scheme) -> None:
        self._types: dict[str, str | None] = {}
        self._fields: dict[_Owner, dict[str, str | None]] = {}
        self._values: dict[_Owner, dict[str, dict[str, str | None]]] = {}
        self._before = before
        for change in changes:
            if isinstance(change, RelationChange):
                self._types[change.old] = change.new
            elif isinstance(change, FieldChange):
                self._fields.setdefault((change.of_relations, change.owner), {})[change.old] = change.new
            elif isinstance(change, ValueChange):
                values = self._values.setdefault((change.of_relations, change.owner), {})
                values.setdefault(change.field, {})[change.old] = change.new

    @property
    def layers(self) -> frozenset[str]:
        """The layers (ids) whose annotations may change."""
        return frozenset(owner for of_relations, owner in [*self._fields, *self._values] if not of_relations)

    @property
    def relation_types(self) -> frozenset[str]:
        """The types whose relations may change."""
        owners = (owner for of_relations, owner in [*self._fields, *self._values] if of_relations)
        return frozenset([*self._types, *owners])

    def field(self, layer: str, field: str) -> str:
        """Return the name of a layer's field now; one that is dropped keeps its own."""
        return self._fields.get((False, layer), {}).get(field) or field

    def relation_type(self, label: str) -> str:
        """Return the name of a relation type now; one that is deleted keeps its own."""
        return self._types.get(label) or label

    def type_of(self, label: str) -> str | None:
        """Return what relations of a type become, None if they are deleted."""
        return self._types.get(label, label)

    def attributes(self, layer: str, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the attributes of an annotation of a layer: the same object if nothing changes."""
        return self._attributes((False, layer), attributes) if attributes else attributes

    def relations(self, relations: Iterable[Relation], took: Callable[[str], bool]) -> RelationMigration:
        """Return what becomes of the relations of a set; `took` tells whether one (uid) is deleted with its type. Of
        two that become alike, one is kept.
        """
        relations, types = tuple(relations), self.relation_types
        if not any(relation.label in types for relation in relations):
            return RelationMigration()
        there = {_place(relation) for relation in relations if relation.label not in types}
        changed: dict[str, Relation] = {}
        gone: set[str] = set()
        for relation in relations:
            if relation.label not in types:
                continue
            label = self._types.get(relation.label, relation.label)
            if label is None:
                gone.update([relation.uid] if took(relation.uid) else [])
                continue
            attributes = dict(self._attributes((True, relation.label), relation.attributes))
            new = msgspec.structs.replace(relation, label=label, attributes=attributes)
            if _place(new) in there and label != relation.label:
                gone.add(relation.uid)
                continue
            there.add(_place(new))
            if new != relation:
                changed[relation.uid] = new
        return RelationMigration(changed, frozenset(gone))

    def _attributes(self, owner: _Owner, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        fields, values = self._fields.get(owner, {}), self._values.get(owner, {})
        if fields.keys().isdisjoint(attributes) and values.keys().isdisjoint(attributes):
            return attributes
        kept = {
            field: _valued(value, values[field]) if field in values else value for field, value in attributes.items()
        }
        found = {field: value for field, value in kept.items() if field not in fields}
        for old, new in fields.items():
            if new is not None and old in kept and field_values.is_empty(found.get(new)):
                found[new] = kept[old]
        return {field: value for field, value in found.items() if value is not None}


def _place(relation: Relation) -> tuple[str, str, str]:
    return (relation.label, *relation.ends)


def _valued(value: Any, becomes: Mapping[str, str | None]) -> Any:  # noqa: ANN401  the value of a field
    """Return a value, or the values of a list, as they are called now; None for one that is dropped."""
    if isinstance(value, list):
        items = cast(list[Any], value)
        new = [becomes.get(item, item) if isinstance(item, str) else item for item in items]
        return list(dict.fromkeys(item for item in new if item is not None)) or None
    return becomes.get(value, value) if isinstance(value, str) else value


def reversed_parts(changes: Sequence[SchemeChange], before: Scheme) -> list[PartChange]:
    """Return the changes that reverse others, for work that was done since: what the scheme `before` didn't have
    becomes what it was made from.
    """
    types = {change.new: change.old for change in changes if isinstance(change, RelationChange) and change.new}
    found: list[PartChange] = [RelationChange(new, old) for new, old in types.items() if before.relation(new) is None]
    now = {old: new for new, old in types.items()}
    fields: dict[tuple[bool, str, str], str] = {}
    for change in changes:
        if isinstance(change, FieldChange) and change.new is not None:
            fields[change.of_relations, change.owner, change.old] = change.new
            if change.new not in _fields_before(before, change):
                owner = now.get(change.owner, change.owner) if change.of_relations else change.owner
                found.append(FieldChange(owner, change.new, change.old, change.of_relations))
    for change in changes:
        if isinstance(change, ValueChange) and change.new is not None:
            owner = now.get(change.owner, change.owner) if change.of_relations else change.owner
            field = fields.get((change.of_relations, change.owner, change.field), change.field)
            if change.new not in _values_before(before, change):
                found.append(ValueChange(owner, field, change.new, change.old, change.of_relations))
    return found


def _fields_before(scheme: Scheme, change: FieldChange | ValueChange) -> dict[str, list[str]]:
    """Return the fields of a change's owner, each with its values."""
    owner = scheme.relation(change.owner) if change.of_relations else scheme.layer(change.owner)
    fields = owner.attributes if owner is not None else ()
    steps = {"severity": [step.id for step in scheme.severities]} if not change.of_relations else {}
    return {**{field.id: [value.id for value in field.values] for field in fields}, **steps}


def _values_before(scheme: Scheme, change: ValueChange) -> list[str]:
    return _fields_before(scheme, change).get(change.field, [])

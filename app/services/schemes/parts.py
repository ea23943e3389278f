"""The parts of a scheme that marks and relations name: labels, relation types, fields, their values, severities."""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, cast

from app.core.progress import CancelToken, Progress, no_progress
from app.core.scheme import SEVERITY, Attribute, Layer, RelationType, Scheme
from app.services.schemes.scheme_text import Place
from app.session.session import Session

_DOCUMENTS_A_TICK = 20


class PartKind(StrEnum):
    """What a part is."""

    LABEL = "label"
    RELATION = "relation"
    FIELD = "field"
    VALUE = "value"
    SEVERITY = "severity"


class Part(NamedTuple):
    """A part by its id. `owner` is the layer or, with `of_relations`, the relation type that it belongs to; `field` is
    that of a value.
    """

    kind: PartKind
    id: str
    owner: str = ""
    field: str = ""
    of_relations: bool = False


def parts_of(scheme: Scheme) -> Iterator[Part]:
    """Yield all parts of a scheme."""
    for step in scheme.severities:
        yield Part(PartKind.SEVERITY, step.id)
    for layer in scheme.layers:
        for label in layer.labels:
            yield Part(PartKind.LABEL, label.id, layer.id)
        yield from _fields_of(layer, of_relations=False)
    for relation in scheme.relations:
        yield Part(PartKind.RELATION, relation.id)
        yield from _fields_of(relation, of_relations=True)


def _fields_of(owner: Layer | RelationType, *, of_relations: bool) -> Iterator[Part]:
    for field in owner.attributes:
        yield Part(PartKind.FIELD, field.id, owner.id, of_relations=of_relations)
        for value in field.values:
            yield Part(PartKind.VALUE, value.id, owner.id, field.id, of_relations)


def part_at(data: Mapping[str, Any], place: Place) -> Part | None:
    """Return the part that a table of a scheme's text is; None for one of another kind, or without an id."""
    found: Any = data
    ids: list[str] = []
    for step in place:
        found = found[step]
        if isinstance(step, int):
            ids.append(str(found.get("id", "")))
    names = tuple(step for step in place if isinstance(step, str))
    of_relations = names[:1] == ("relation",)
    if not ids or not ids[-1]:
        return None
    match names:
        case ("layer", "label"):
            return Part(PartKind.LABEL, ids[1], ids[0])
        case ("relation",):
            return Part(PartKind.RELATION, ids[0])
        case ("severity",):
            return Part(PartKind.SEVERITY, ids[0])
        case (_, "attribute"):
            return Part(PartKind.FIELD, ids[1], ids[0], of_relations=of_relations)
        case (_, "attribute", "value"):
            return Part(PartKind.VALUE, ids[2], ids[0], ids[1], of_relations)
        case _:
            return None


def count_uses(
    session: Session, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> Mapping[Part, int]:
    """Return how many marks and relations, everyone's and gold's, name each part, also those that the scheme lacks.

    Values are counted of fields whose values the scheme lists, and of severity. Raises ProjectError and Cancelled.
    """
    uses = _Uses(session.scheme)
    for done, record in enumerate(session.reader.records(with_text=False, with_decisions=False)):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if done % _DOCUMENTS_A_TICK == 0:
            progress(done, None, "documents")
        for item in record.sets:
            for annotation in item.annotations:
                uses.found[Part(PartKind.LABEL, annotation.label, annotation.layer)] += 1
                uses.add(annotation.layer, annotation.attributes, of_relations=False)
            for relation in item.relations:
                uses.found[Part(PartKind.RELATION, relation.label)] += 1
                uses.add(relation.label, relation.attributes, of_relations=True)
    return uses.found


class _Uses:
    def __init__(self, scheme: Scheme) -> None:
        self.found: Counter[Part] = Counter()
        self._listed: set[tuple[bool, str, str]] = set()
        owners: list[tuple[bool, str, tuple[Attribute, ...]]] = [
            *((False, layer.id, layer.attributes) for layer in scheme.layers),
            *((True, relation.id, relation.attributes) for relation in scheme.relations),
        ]
        for of_relations, owner, fields in owners:
            self._listed.update((of_relations, owner, field.id) for field in fields if field.values)

    def add(self, owner: str, attributes: Mapping[str, Any], *, of_relations: bool) -> None:
        """Count what one annotation or relation has in its fields."""
        for field, value in attributes.items():
            given = [item for item in _items(value) if isinstance(item, str) and item]
            if field == SEVERITY and not of_relations:
                self.found.update(Part(PartKind.SEVERITY, item) for item in given)
                continue
            self.found[Part(PartKind.FIELD, field, owner, of_relations=of_relations)] += 1
            if (of_relations, owner, field) in self._listed:
                self.found.update(Part(PartKind.VALUE, item, owner, field, of_relations) for item in given)


def _items(value: object) -> list[object]:
    return cast(list[object], value) if isinstance(value, list) else [value]

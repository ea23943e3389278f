"""Schemes made from the annotations of a file: its labels, relations, fields and the values that these have."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from app.core.annotation import Annotation, Relation
from app.core.errors import SchemeError
from app.core.record import DocumentRecord
from app.core.scheme import SEVERITY
from app.services.schemes.scheme_builder import ForeignScheme, SchemeBuilder

_MOST_VALUES = 40  # more different values than these aren't a choice but text
_MOST_ENTRIES = 1_000
_LAYER = "entity"  # of labels for which the file names no layer
_ABOUT = "document"  # of labels of the document for which the file names no layer
_NAMELESS = "imported"
_WEIGHTS = {"neutral": 0, "minor": 1, "major": 5, "critical": 25}  # those of MQM, https://themqm.org


class _Field:
    """The values that a field has in the file."""

    def __init__(self) -> None:
        self.values: dict[str, None] = {}
        self.kinds: set[str] = set()
        self.labels: dict[str, None] = {}
        self.entries: dict[str, str] = {}  # titles by id

    def see(self, value: object, label: str) -> None:
        self.labels[label] = None
        self.kinds.add(_kind_of(value))
        if isinstance(value, dict) and len(self.entries) < _MOST_ENTRIES:
            entry = cast("Mapping[str, object]", value)
            self.entries[str(entry.get("id", ""))] = str(entry.get("title") or "")
        items = cast("list[object]", value) if isinstance(value, list) else [value]
        if len(self.values) <= _MOST_VALUES:
            self.values.update((str(item), None) for item in items if isinstance(item, str))

    @property
    def kind(self) -> str:
        """The kind of field that can have all of the values."""
        if self.kinds == {"many"} or self.kinds == {"many", "text"}:
            kind = "many"
        elif len(self.kinds) == 1:
            (kind,) = self.kinds
        else:
            kind = "text"
        few = len(self.values) <= _MOST_VALUES and all(len(value) <= _MOST_VALUES for value in self.values)
        if kind == "text":
            return "choice" if few and self.kinds == {"text"} else "text"
        return "text" if kind == "many" and not few else kind


class _Seen:
    """What was seen of a layer or of a relation type."""

    def __init__(self) -> None:
        self.labels: dict[str, None] = {}
        self.fields: dict[str, _Field] = {}
        self.sources: dict[str, None] = {}
        self.targets: dict[str, None] = {}
        self.is_about_document = True
        self.has_correction = self.has_evidence = False

    def see_fields(self, values: Mapping[str, Any], label: str) -> None:
        for name, value in values.items():
            self.fields.setdefault(name, _Field()).see(value, label)


def observed_scheme(records: Iterable[DocumentRecord], name: str) -> ForeignScheme:
    """Return a scheme with the labels that annotations of records have, as their file names them.

    Raises SchemeError if there are no annotations.
    """
    made = _observed(records, name)
    if not made.layers:
        raise SchemeError("there are no annotations in it", hint="name a file with annotations")
    return made.made("annotations in a file")


class ObservedTables(NamedTuple):
    """The tables of a scheme, each with its id."""

    severities: Sequence[Mapping[str, Any]]
    lists: Sequence[Mapping[str, Any]]
    layers: Sequence[Mapping[str, Any]]
    relations: Sequence[Mapping[str, Any]]


def observed_tables(records: Iterable[DocumentRecord]) -> ObservedTables:
    """Return the tables of such a scheme; all are empty if there are no annotations."""
    made = _observed(records, "observed")
    return ObservedTables(made.severities, made.lists, made.layers, made.relations)


def _observed(records: Iterable[DocumentRecord], name: str) -> SchemeBuilder:
    layers: dict[str, _Seen] = {}
    relations: dict[str, _Seen] = {}
    severities: dict[str, None] = {}
    for record in records:
        for item in record.sets:
            layer_of: dict[str, str] = {}
            for annotation in item.annotations:
                layer_of[annotation.uid] = _see(annotation, layers, severities)
            for relation in item.relations:
                _see_relation(relation, layer_of, relations)
    made = SchemeBuilder(name)
    for step in sorted(severities, key=lambda each: _WEIGHTS.get(each.lower(), 1)):
        made.severity(step, _WEIGHTS.get(step.lower(), 1))
    ids = {layer: _add_layer(made, layer, seen, bool(severities)) for layer, seen in layers.items()}
    for label, seen in relations.items():
        relation = made.relation(label)
        relation["source"] = list(dict.fromkeys(ids[layer] for layer in seen.sources))
        relation["target"] = list(dict.fromkeys(ids[layer] for layer in seen.targets))
        _add_fields(made, relation, seen, {})
    return made


def _see(annotation: Annotation, layers: dict[str, _Seen], severities: dict[str, None]) -> str:
    is_about_document = (annotation.start, annotation.end, annotation.quote) == (0, 0, "")
    nameless = _ABOUT if is_about_document else _LAYER
    layer = nameless if annotation.layer == _NAMELESS else annotation.layer
    seen = layers.setdefault(layer, _Seen())
    seen.labels[annotation.label] = None
    seen.is_about_document &= is_about_document
    seen.has_correction |= annotation.correction is not None
    seen.has_evidence |= bool(annotation.evidence)
    fields = dict(annotation.attributes)
    severity = fields.pop(SEVERITY, None)
    if isinstance(severity, str):
        severities[severity] = None
    seen.see_fields(fields, annotation.label)
    return layer


def _see_relation(relation: Relation, layer_of: Mapping[str, str], relations: dict[str, _Seen]) -> None:
    seen = relations.setdefault(relation.label, _Seen())
    seen.sources[layer_of[relation.source]] = None
    seen.targets[layer_of[relation.target]] = None
    seen.see_fields(relation.attributes, relation.label)


def _add_layer(made: SchemeBuilder, name: str, seen: _Seen, has_severity: bool) -> str:
    more: dict[str, object] = {"kind": "document"} if seen.is_about_document else {}
    if has_severity and not seen.is_about_document:
        more["severity"] = True
    if seen.has_correction:
        more["correction"] = True
    if seen.has_evidence:
        more["evidence"] = True
    layer = made.layer(name, **more)
    ids = _add_labels(made, layer, seen.labels)
    _add_fields(made, layer, seen, ids)
    return layer["id"]


def _add_labels(made: SchemeBuilder, layer: Mapping[str, Any], labels: Iterable[str]) -> dict[str, str]:
    """Add labels; return their ids by name. Those that share a path, such as `Accuracy/Addition`, become a tree."""
    heads = Counter(label.partition("/")[0] for label in labels if _has_path(label))
    ids: dict[str, str] = {}
    for label in labels:
        head, _, rest = label.partition("/")
        if _has_path(label) and heads[head] > 1:
            parent = made.label(layer, head, group=head not in labels)
            ids[label] = made.label(layer, label, parent=parent, title=rest)
        else:
            ids[label] = made.label(layer, label)
    return ids


def _has_path(label: str) -> bool:
    return all(part.strip() for part in label.split("/")) and "/" in label


def _add_fields(made: SchemeBuilder, owner: dict[str, Any], seen: _Seen, ids: Mapping[str, str]) -> None:
    for name, field in seen.fields.items():
        kind = field.kind
        is_limited = bool(ids) and len(field.labels) < len(ids)
        limits: dict[str, Any] = {"labels": [ids[label] for label in field.labels]} if is_limited else {}
        if kind == "entity":
            limits["list"] = made.entries(f"{owner['id']} {name}", field.entries)
        added = made.field(owner, name, kind=kind, **limits)
        if kind in ("choice", "many"):
            for value in field.values:
                made.value(owner, added, value)


def _kind_of(value: object) -> str:
    match value:
        case bool():
            return "flag"
        case int() | float():
            return "number"
        case list():
            return "many"
        case {"id": str(id)} if id:
            return "entity"
        case _:
            return "text"

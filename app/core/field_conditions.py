"""What conditions and orders ask of marks, in the terms of a scheme: `article.label=SPUN`, `quality.adequacy>=50`.

A document meets conditions on a layer if one mark of it meets them all. Values of one field after `=` are alternatives,
everything else must hold together, as `app.core.document_conditions` says of conditions on documents.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from app.core import field_values
from app.core.annotation import Annotation
from app.core.document_conditions import COMPARED, LABEL_COUNT, LAYER_COUNT, META, Condition, is_of_field
from app.core.errors import BadChoice
from app.core.scheme import SEVERITY, Attribute, FieldKind, Layer, Scheme

_LABEL = "label"
_SAME = ("=", "!=")

Test = Callable[[str, Mapping[str, Any]], bool]
"""Whether a mark, given by label and attributes, says something."""
Rank = Callable[[str, Mapping[str, Any]], float | str | None]
"""By what a mark, given by label and attributes, is sorted; None if it says nothing of it."""


class FieldTest(NamedTuple):
    """What a mark of a layer must say: one of each of the alternatives must hold. Its label is one of `labels`, if they
    are given: the other tests then needn't be asked.
    """

    layer: str
    alternatives: tuple[tuple[Test, ...], ...]
    labels: frozenset[str] | None = None

    def says(self, label: str, attributes: Mapping[str, Any]) -> bool:
        """Whether a mark of the layer, given by label and attributes, meets all."""
        return all(any(test(label, attributes) for test in tests) for tests in self.alternatives)

    def is_met(self, annotations: Iterable[Annotation]) -> bool:
        """Whether one of the annotations meets all."""
        return any(self.says(a.label, a.attributes) for a in annotations if a.layer == self.layer)


class FieldRank(NamedTuple):
    """By what the marks of a layer are sorted; with their labels alone, unless it `reads_attributes`."""

    layer: str
    rank: Rank
    reads_attributes: bool = True


def field_tests(scheme: Scheme, conditions: Iterable[Condition]) -> list[FieldTest]:
    """Return the tests of conditions on what marks say, one for each layer; others are left out.

    Raises BadChoice for a layer or field that the scheme doesn't have, and for a value or comparison that a field can't
    have.
    """
    found: dict[str, dict[tuple[str, str], list[Test]]] = {}
    labels: dict[str, set[str]] = {}
    for number, condition in enumerate(filter(is_of_field, conditions)):
        layer, field = _place(scheme, condition.key)
        group = (field, "=") if condition.comparison == "=" else (field, str(number))
        found.setdefault(layer.id, {}).setdefault(group, []).append(_test(scheme, layer, field, condition))
        if group == (_LABEL, "="):
            labels.setdefault(layer.id, set()).update(_under(layer, condition.value))
    return [
        FieldTest(layer, tuple(map(tuple, groups.values())), frozenset(labels[layer]) if layer in labels else None)
        for layer, groups in found.items()
    ]


def field_rank(scheme: Scheme, key: str) -> FieldRank:
    """Return how marks are sorted by `LAYER.FIELD`: a label, a severity or a choice by its place in the scheme, a
    number, a step or a date by its position, anything else as text.

    Raises BadChoice for a layer or field that the scheme doesn't have.
    """
    layer, field = _place(scheme, key)
    if field == _LABEL:
        return FieldRank(layer.id, _rank_of_label([label.id for label in layer.labels]), reads_attributes=False)
    attribute = layer.attribute(field)
    if attribute is None:
        return FieldRank(layer.id, _rank_of_choice(SEVERITY, [step.id for step in scheme.severities]))
    if attribute.kind is FieldKind.CHOICE:
        return FieldRank(layer.id, _rank_of_choice(field, [item.id for item in attribute.values]))

    def rank(_label: str, said: Mapping[str, Any]) -> float | str | None:
        value = said.get(field)
        if field_values.is_empty(value):
            return None
        position = field_values.position(attribute, value)
        return field_values.shown(attribute, value) if position is None else position

    return FieldRank(layer.id, rank)


def labels_meant(scheme: Scheme, label: str) -> list[str]:
    """Return the labels that a label stands for: itself, and in every layer those under it."""
    return list(dict.fromkeys([label, *(one for layer in scheme.layers for one in _under(layer, label))]))


def with_labels_under(scheme: Scheme, conditions: Iterable[Condition]) -> list[Condition]:
    """Return conditions in which a label has those under it beside it."""
    return [
        each
        for condition in conditions
        for each in (
            [condition._replace(value=label) for label in labels_meant(scheme, condition.value)]
            if condition.key == _LABEL
            else [condition]
        )
    ]


def sorting_rank(scheme: Scheme, key: str) -> FieldRank | None:
    """Return how marks are sorted for an order of documents; None for one that isn't by what marks say.

    Raises BadChoice for a layer or field that the scheme doesn't have.
    """
    is_by_field = "." in key and not key.startswith((META, LABEL_COUNT, LAYER_COUNT))
    return field_rank(scheme, key) if is_by_field else None


def _under(layer: Layer, label: str) -> set[str]:
    return {one.id for one in layer.labels if layer.is_in(one.id, label)}


def _rank_of_label(labels: Sequence[str]) -> Rank:
    def rank(label: str, _said: Mapping[str, Any]) -> float | None:
        return float(labels.index(label)) if label in labels else None

    return rank


def _rank_of_choice(field: str, choices: Sequence[str]) -> Rank:
    def rank(_label: str, said: Mapping[str, Any]) -> float | None:
        value = said.get(field)
        return float(choices.index(value)) if value in choices else None

    return rank


def _place(scheme: Scheme, key: str) -> tuple[Layer, str]:
    lacking: tuple[Layer, list[str]] | None = None
    for layer in scheme.layers:
        field = key.removeprefix(f"{layer.id}.")
        if field != key:
            known = [_LABEL, *([SEVERITY] if layer.has_severity else []), *(item.id for item in layer.attributes)]
            if field in known:
                return layer, field
            lacking = layer, known
    if lacking is not None:
        layer, known = lacking
        field = key.removeprefix(f"{layer.id}.")
        raise BadChoice(f"the layer “{layer.id}” has no “{field}”", hint=f"it has: {', '.join(known)}")
    layers = ", ".join(layer.id for layer in scheme.layers)
    raise BadChoice(f"the scheme has no layer for “{key}”", hint=f"its layers are: {layers}")


def _test(scheme: Scheme, layer: Layer, field: str, condition: Condition) -> Test:
    text, comparison = condition.value, condition.comparison
    if field == _LABEL:
        if layer.label(text) is None:
            raise BadChoice(f"the layer “{layer.id}” has no label “{text}”", hint=f"write {layer.id}.label=LABEL")
        _require_same(condition)
        return lambda label, _: layer.is_in(label, text) is (comparison == "=")
    if field == SEVERITY and layer.attribute(field) is None:
        steps = [step.id for step in scheme.severities]
        return _step_test(steps, condition)
    attribute = layer.attribute(field)
    assert attribute is not None  # _place has found it
    return _attribute_test(attribute, condition)


def _require_same(condition: Condition) -> None:
    if condition.comparison not in _SAME:
        hint = f"write {condition.key}={condition.value}"
        raise BadChoice(f"“{condition.key}” can't be compared by {condition.comparison}", hint=hint)


def _step_test(steps: Sequence[str], condition: Condition) -> Test:
    if condition.value not in steps:
        raise BadChoice(f"unknown severity “{condition.value}”", hint=f"use one of: {', '.join(steps)}")
    compared, wanted = COMPARED[condition.comparison], steps.index(condition.value)

    def is_met(_label: str, attributes: Mapping[str, Any]) -> bool:
        said = attributes.get(SEVERITY)
        return compared(steps.index(said), wanted) if said in steps else condition.comparison == "!="

    return is_met


def _attribute_test(attribute: Attribute, condition: Condition) -> Test:
    try:
        wanted = field_values.read(attribute, condition.value)
    except ValueError as error:
        raise BadChoice(str(error), hint=f"write another value after {condition.key}") from error
    if condition.comparison in _SAME:
        is_wanted = condition.comparison == "="

        def is_same(_label: str, attributes: Mapping[str, Any]) -> bool:
            return _says(attribute, attributes.get(attribute.id), wanted, condition.value) is is_wanted

        return is_same
    place, compared = field_values.position(attribute, wanted), COMPARED[condition.comparison]
    if place is None:
        _require_same(condition)

    def is_met(_label: str, attributes: Mapping[str, Any]) -> bool:
        here = field_values.position(attribute, attributes.get(attribute.id))
        return here is not None and compared(here, place)

    return is_met


def _items(value: object) -> list[str]:
    return [str(item) for item in cast(list[object], value)] if isinstance(value, list) else []


def _says(attribute: Attribute, value: object, wanted: object, text: str) -> bool:
    """Whether a value is the wanted one; of several choices, whether all wanted ones are among them."""
    if attribute.kind is FieldKind.MANY:
        return set(_items(wanted)) <= set(_items(value))
    if attribute.kind is FieldKind.ENTITY and isinstance(value, dict):
        return text in map(str, cast(dict[str, object], value).values())
    if field_values.is_empty(value):
        return wanted is None or wanted is False
    return field_values.identity(value) == field_values.identity(wanted)

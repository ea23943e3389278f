"""Conditions on what marks say, such as `article.label=SPUN` or `quality.adequacy>=50`; of documents, the work that is
selected must have a mark of that layer that meets them all.

Values of one field after `=` are alternatives, everything else must hold together, as `app.core.document_conditions`
says of conditions on documents.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, cast

from app.core import field_values
from app.core.annotation import Annotation
from app.core.document_conditions import COMPARED, META, Condition, parse_condition
from app.core.errors import BadChoice
from app.core.scheme import SEVERITY, Attribute, FieldKind, Layer, Scheme

_FIELD = re.compile(r"\s*([A-Za-z][\w-]*(?:\.[\w-]+)+)\s*(!=|>=|<=|=|>|<)(.*)", re.DOTALL)
_LABEL = "label"
_SAME = ("=", "!=")

Test = Callable[[Annotation], bool]


class FieldTest(NamedTuple):
    """What a mark of a layer must say: one of each of the alternatives must hold."""

    layer: str
    alternatives: tuple[tuple[Test, ...], ...]

    def is_met(self, annotations: Iterable[Annotation]) -> bool:
        """Whether one of the annotations meets all."""
        return any(
            all(any(test(annotation) for test in tests) for tests in self.alternatives)
            for annotation in annotations
            if annotation.layer == self.layer
        )


def parse_export_condition(text: str) -> Condition:
    """Parse a condition on documents or on what marks say. Raises BadChoice, which says how to write one."""
    found = _FIELD.fullmatch(text)
    if found is None or found[1].startswith(META):
        return parse_condition(text)
    return Condition(found[1], found[3].strip(), found[2])


def is_of_field(condition: Condition) -> bool:
    """Whether a condition is on what marks say."""
    return "." in condition.key and not condition.key.startswith(META)


def field_tests(scheme: Scheme, conditions: Iterable[Condition]) -> list[FieldTest]:
    """Return the tests of conditions on what marks say, one for each layer; others are left out.

    Raises BadChoice for a layer or field that the scheme doesn't have, and for a value or comparison that a field can't
    have.
    """
    found: dict[str, dict[tuple[str, str], list[Test]]] = {}
    for number, condition in enumerate(filter(is_of_field, conditions)):
        layer, field = _place(scheme, condition)
        group = (field, "=") if condition.comparison == "=" else (field, str(number))
        found.setdefault(layer.id, {}).setdefault(group, []).append(_test(scheme, layer, field, condition))
    return [FieldTest(layer, tuple(map(tuple, groups.values()))) for layer, groups in found.items()]


def _place(scheme: Scheme, condition: Condition) -> tuple[Layer, str]:
    for layer in scheme.layers:
        head, dot, field = condition.key.partition(f"{layer.id}.")
        if not head and dot:
            known = [_LABEL, *([SEVERITY] if layer.has_severity else []), *(item.id for item in layer.attributes)]
            if field in known:
                return layer, field
            raise BadChoice(f"the layer “{layer.id}” has no “{field}”", hint=f"it has: {', '.join(known)}")
    layers = ", ".join(layer.id for layer in scheme.layers)
    raise BadChoice(f"the scheme has no layer for “{condition.key}”", hint=f"its layers are: {layers}")


def _test(scheme: Scheme, layer: Layer, field: str, condition: Condition) -> Test:
    text, comparison = condition.value, condition.comparison
    if field == _LABEL:
        if layer.label(text) is None:
            raise BadChoice(f"the layer “{layer.id}” has no label “{text}”", hint=f"write {layer.id}.label=LABEL")
        _require_same(condition)
        return lambda mark: layer.is_in(mark.label, text) is (comparison == "=")
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

    def is_met(mark: Annotation) -> bool:
        said = mark.attributes.get(SEVERITY)
        return compared(steps.index(said), wanted) if said in steps else condition.comparison == "!="

    return is_met


def _attribute_test(attribute: Attribute, condition: Condition) -> Test:
    try:
        wanted = field_values.read(attribute, condition.value)
    except ValueError as error:
        raise BadChoice(str(error), hint=f"write another value after {condition.key}") from error
    if condition.comparison in _SAME:
        is_wanted = condition.comparison == "="

        def is_same(mark: Annotation) -> bool:
            return _says(attribute, mark.attributes.get(attribute.id), wanted, condition.value) is is_wanted

        return is_same
    place, compared = field_values.position(attribute, wanted), COMPARED[condition.comparison]
    if place is None:
        _require_same(condition)

    def is_met(mark: Annotation) -> bool:
        here = field_values.position(attribute, mark.attributes.get(attribute.id))
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

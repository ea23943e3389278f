"""The sheet of labels: how the scheme defines them, and relations, fields with their values, and severities."""

from collections.abc import Iterator, Sequence

from app.core.csv_table import Cell
from app.core.scheme import Attribute, Scheme

TITLES = ("what", "layer", "id", "title", "under", "definition", "example")


def label_rows(scheme: Scheme) -> Iterator[Sequence[Cell]]:
    """Yield the rows of a scheme: layers with their labels and fields, severities, and relations with their fields.
    `under` is the label above one, or the field of a value.
    """
    for layer in scheme.layers:
        yield "layer", layer.id, layer.id, layer.title, "", layer.definition, ""
        for label in layer.labels:
            yield "label", layer.id, label.id, label.title, label.parent, label.definition, label.example
        for field in layer.attributes:
            yield from _field_rows(layer.id, field)
    for step in scheme.severities:
        yield "severity", "", step.id, step.title, "", step.definition, ""
    for relation in scheme.relations:
        yield "relation", "", relation.id, relation.title, "", relation.definition, relation.example
        for field in relation.attributes:
            yield from _field_rows("", field)


def _field_rows(layer: str, field: Attribute) -> Iterator[Sequence[Cell]]:
    yield "field", layer, field.id, field.title, "", field.definition, ""
    for value in field.values:
        yield "value", layer, value.id, value.title, field.id, value.definition, ""

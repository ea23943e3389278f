"""The schemes that ship: the full one for news has all that the plain one has."""

from msgspec.structs import replace

from app.core.scheme import Attribute, FieldKind, Label
from app.core.scheme_file import parse_scheme
from tests.conftest import scheme_source

PLAIN, FULL = (parse_scheme(scheme_source(name)) for name in ("news-errors", "news-full"))


def test_the_full_scheme_has_every_layer_and_label() -> None:
    for layer in PLAIN.layers:
        full = FULL.layer(layer.id)
        assert full is not None
        assert replace(full, labels=(), attributes=()) == replace(layer, labels=(), attributes=())
        assert [_without_rules(label) for label in full.labels] == [_without_rules(label) for label in layer.labels]
        for label, more in zip(layer.labels, full.labels, strict=True):
            assert set(label.required) <= set(more.required)


def _without_rules(label: Label) -> Label:
    return replace(label, required=())


def test_the_full_scheme_has_every_field() -> None:
    for layer in PLAIN.layers:
        full = FULL.layer(layer.id)
        assert full is not None
        for attribute in layer.attributes:
            more = full.attribute(attribute.id)
            assert more is not None
            assert _meaning(more) == _meaning(attribute)


def _meaning(attribute: Attribute) -> tuple[object, ...]:
    values = {(value.id, value.requires) for value in attribute.values}
    return (attribute.title, attribute.kind, attribute.default, attribute.labels, attribute.required, values)


def test_the_full_scheme_has_every_relation_and_severity() -> None:
    for relation in PLAIN.relations:
        full = FULL.relation(relation.id)
        assert full is not None
        assert replace(full, attributes=()) == relation
    assert PLAIN.severities == FULL.severities
    assert set(PLAIN.tie_rules) <= set(FULL.tie_rules)


def test_the_full_scheme_asks_for_every_kind_of_field() -> None:
    assert {field.kind for layer in FULL.layers for field in layer.attributes} == set(FieldKind)


def test_nothing_about_the_document_is_required() -> None:
    for scheme in (PLAIN, FULL):
        assert not any(layer.required for layer in scheme.layers)

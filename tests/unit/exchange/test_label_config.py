"""The label configuration that is written beside an export makes the same scheme again."""

from pathlib import PurePath
from typing import Any

import msgspec
import pytest

from app.core.scheme import Attribute, FieldKind, Label, Layer, RelationType, Scheme
from app.core.scheme_file import parse_scheme
from app.exchange.formats.label_studio.config import Controls, Used, label_config
from app.services.schemes.foreign_files import foreign_scheme
from tests.conftest import scheme_source
from tests.e2e.rich_scheme import SCHEME as RICH


def again(scheme: Scheme, used: Used | None = None) -> tuple[Scheme, tuple[str, ...]]:
    """Write the configuration of a scheme, and read it."""
    text = label_config(Controls(scheme), used or Used(), "text")
    found = foreign_scheme(PurePath("again.xml"), text)
    assert found is not None
    return parse_scheme(found.toml), found.notes


def said(scheme: Scheme) -> dict[str, Any]:
    """What a configuration can say of a scheme."""
    severities = scheme.severities if any(layer.has_severity for layer in scheme.layers) else ()
    return {
        "severities": [(each.id, each.title, each.weight, each.definition) for each in severities],
        "layers": [_layer(each) for each in scheme.layers],
        "relations": {each.id: _relation(each) for each in scheme.relations},
    }


def _layer(layer: Layer) -> Any:
    flags = (layer.has_severity, layer.has_correction, layer.has_evidence, layer.required)
    fields = sorted((_field(each) for each in layer.attributes), key=lambda each: each[0])
    return layer.id, layer.title, layer.kind, flags, [_label(each) for each in layer.labels], fields


def _label(label: Label) -> Any:
    return label.id, label.title, label.parent, label.group, label.key, label.color, label.definition, label.anchor


def _field(field: Attribute) -> Any:
    kind = FieldKind.TEXT if field.kind is FieldKind.ENTITY else field.kind
    values = [(each.id, each.title, each.definition, each.key) for each in field.values]
    numbers = (field.least, field.most, field.step, field.unit, field.low, field.high)
    default = field.default if field.kind in (FieldKind.CHOICE, FieldKind.MANY) else None
    return field.id, field.title, kind, default, values, field.labels, field.required, field.definition, numbers


def _relation(each: RelationType) -> Any:
    ends = (set(each.sources), set(each.targets))
    return each.title, each.color, each.key, each.directed, each.chain, ends


@pytest.mark.parametrize("source", ["ner", "news-errors", "mt-errors", "rich"])
def test_the_same_scheme_comes_back(source):
    scheme = parse_scheme(RICH if source == "rich" else scheme_source(source))
    found, _ = again(scheme)
    by_id = {layer.id: layer for layer in found.layers}
    assert set(by_id) == {layer.id for layer in scheme.layers}
    ordered = msgspec.structs.replace(found, layers=tuple(by_id[layer.id] for layer in scheme.layers))
    assert said(ordered) == said(scheme)


def test_what_is_used_beyond_the_scheme_is_in_it():
    scheme = parse_scheme(scheme_source("ner"))
    used = Used(
        labels={"entity": {"NEW": None}, "other": {"A & <b>\x00": None}},
        about={"tone": {"Good": None}},
        fields={("why", True): ("textarea", {}), ("tone:stars", False): ("rating", {})},
        relations={"knows": None},
    )
    found, _ = again(scheme, used)
    assert found.label("entity", "NEW")
    assert [label.title for label in (found.layer("other") or scheme.layers[0]).labels] == ["A & <b>\ufffd"]
    assert found.label("tone", "Good")
    assert [field.id for field in (found.layer("tone") or scheme.layers[0]).attributes] == ["stars"]
    assert found.relation("knows")

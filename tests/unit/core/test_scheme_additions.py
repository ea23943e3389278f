"""More labels and attributes in a scheme's text: the other lines stay as they were written."""

import difflib

import msgspec
import pytest

from app.core.errors import SchemeError, WrongUse
from app.core.scheme import Attribute, FieldKind, Value
from app.core.scheme_change import AddAttribute, LabelChange, SchemeStory, SplitLabel, SplitPart
from app.core.scheme_edit import changed_scheme
from app.core.scheme_file import parse_scheme
from tests.conftest import SHIPPED, scheme_source
from tests.unit.build import SCHEME

MOOD = Attribute(id="mood", title="Mood", values=(Value(id="good", title="Good"), Value(id="bad", title="")))


def removed(old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(old.split("\n"), new.split("\n"), lineterm="", n=0)
    return [line for line in lines if line.startswith("-") and not line.startswith("---")]


def split(layer: str, old: str, *labels: str, rest: str = "") -> SplitLabel:
    return SplitLabel(layer, old, rest or old, tuple(SplitPart(label, quotes=("a",)) for label in labels))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_label_can_be_split_and_kept_or_replaced(name: str) -> None:
    scheme = parse_scheme(scheme_source(name))
    for layer in scheme.layers:
        ids = [label.id for label in layer.labels]
        for at, old in enumerate(ids):
            if layer.labels[at].group:
                continue
            kept = changed_scheme(scheme, [split(layer.id, old, "B", "C")])
            assert [item.id for item in kept.layer(layer.id).labels] == [*ids[: at + 1], "B", "C", *ids[at + 1 :]]
            lists = sum(old in attribute.labels for attribute in layer.attributes)
            assert len(removed(scheme.source, kept.source)) == 1 + lists, "the version, and where the label is listed"
            gone = changed_scheme(scheme, [split(layer.id, old, "B", rest="A")])
            assert [item.id for item in gone.layer(layer.id).labels] == [*ids[:at], "A", "B", *ids[at + 1 :]]
            for made in (kept, gone):
                was, new = layer.label(old), made.layer(layer.id).label("B")
                assert (new.required, new.only, new.weights, new.anchor, new.key, new.badge) == (
                    *(was.required, was.only, was.weights, was.anchor),
                    *("", "B"),
                )
                for attribute in layer.attributes:
                    changed = made.layer(layer.id).attribute(attribute.id)
                    assert changed.applies_to("B") == attribute.applies_to(old)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_layer_of_every_scheme_can_have_another_attribute(name: str) -> None:
    scheme = parse_scheme(scheme_source(name))
    for layer in scheme.layers:
        label = layer.labels[0].id
        for attribute in (
            MOOD,
            Attribute(
                id="mood", title='So "said"', kind=FieldKind.TEXT, labels=(label,), required=True, default="x\\y"
            ),
            Attribute(id="mood", title="Mood", kind=FieldKind.FLAG, default=True, counts=False),
        ):
            made = changed_scheme(scheme, [AddAttribute(layer.id, attribute)])
            found = made.layer(layer.id).attribute("mood")
            assert (found.title, found.kind, found.labels, found.required, found.default, found.counts) == (
                *(attribute.title, attribute.kind, attribute.labels),
                *(attribute.required, attribute.default, attribute.counts),
            )
            assert [value.id for value in found.values] == [value.id for value in attribute.values]
            assert removed(scheme.source, made.source) == [f"-version = {scheme.version}"]


def test_a_split_into_labels_that_are_there_writes_none() -> None:
    made = changed_scheme(SCHEME, [split("error", "NOTE", "TERM", rest="BARE")])
    assert made.label("error", "NOTE") is None
    assert len(made.layer("error").labels) == len(SCHEME.layer("error").labels) - 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (split("error", "NONE", "A"), "no label error.NONE"),
        (split("error", "NOTE", "NOTE"), "isn't split by this"),
        (SplitLabel("error", "NOTE", "NOTE", (SplitPart("A"),)), "no rule says which marks become A"),
        (SplitLabel("error", "NOTE", "NOTE", (SplitPart("A", quotes=(" ",)),)), "no rule says which marks become A"),
        (
            SplitLabel("error", "NOTE", "NOTE", (SplitPart("A", quotes=("x",), pattern="x"),)),
            "no rule says which marks become A",
        ),
        (SplitLabel("error", "NOTE", "NOTE", (SplitPart("A", field="none", values=("x",)),)), "has no “none”"),
        (AddAttribute("none", MOOD), "no layer “none”"),
        (AddAttribute("error", MOOD, "ugly"), "“mood” can't be “ugly”"),
    ],
)
def test_what_makes_no_sense_is_refused(change: SplitLabel | AddAttribute, why: str) -> None:
    with pytest.raises(WrongUse, match=why):
        changed_scheme(SCHEME, [change])


def test_a_split_or_an_attribute_is_a_step_of_its_own() -> None:
    with pytest.raises(WrongUse, match="must be a separate step"):
        changed_scheme(SCHEME, [AddAttribute("error", MOOD), LabelChange("error", "NOTE", "X")])
    with pytest.raises(WrongUse, match="there is nothing to change"):
        changed_scheme(SCHEME, [])


def test_an_id_that_can_be_none_is_told() -> None:
    with pytest.raises(SchemeError, match="isn't a valid id"):
        changed_scheme(SCHEME, [split("error", "NOTE", "two words")])


def test_what_was_changed_is_kept_beside_a_scheme() -> None:
    story = SchemeStory(7, (split("error", "NOTE", "A"), AddAttribute("error", MOOD, "good")))
    assert msgspec.json.decode(msgspec.json.encode(story), type=SchemeStory) == story

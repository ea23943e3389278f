"""How each kind of field is checked, read, shown and compared."""

from typing import Any

import pytest

from app.core import field_values
from app.core.field_values import Level
from app.core.scheme import Attribute, FieldKind, Value

STEPS = tuple(Value(id=f"s{n}", title=title) for n, title in enumerate(("Not at all", "Partly", "Wholly")))


def field(kind: str, **more: Any) -> Attribute:
    return Attribute(id="f", title="Field", kind=FieldKind(kind), **more)


CHOICE = field("choice", values=STEPS)
MANY = field("many", values=STEPS)
SCALE = field("scale", values=STEPS)
SLIDER = field("scale", least=0, most=100)
WHOLE = field("number", least=0, most=10, step=1)
HALVES = field("number", least=0.5, step=0.5, unit="km")
FREE = field("number")
PERCENT = field("number", unit="%", least=0, most=100)
DATE = field("date")
ENTITY = field("entity", entries="people")
FLAG = field("flag")
TEXT = field("text")


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (CHOICE, "s0"),
        (MANY, ["s0", "s2"]),
        (MANY, []),
        (SCALE, "s2"),
        (SLIDER, 0),
        (SLIDER, 99.5),
        (WHOLE, 10),
        (WHOLE, 3.0),
        (HALVES, 2.5),
        (FREE, -1e9),
        (DATE, "2026-02-28"),
        (DATE, "2024-02-29"),
        (DATE, "2026-03"),
        (DATE, "1999"),
        (DATE, "9999-12"),
        (ENTITY, {"id": "Q22686", "title": "Donald Trump"}),
        (ENTITY, {"id": "Q22686"}),
        (FLAG, False),
        (TEXT, ""),
    ],
)
def test_a_right_value_has_no_complaint(attribute: Attribute, value: object) -> None:
    assert field_values.complaint(attribute, value) is None


@pytest.mark.parametrize(
    ("attribute", "value", "says"),
    [
        (CHOICE, "s9", "“Not at all”, “Partly” or “Wholly”"),
        (CHOICE, ["s0"], "“Not at all”, “Partly” or “Wholly”"),
        (MANY, "s0", "a list of choices"),
        (MANY, ["s0", "s9"], "some of “Not at all”, “Partly”, “Wholly”"),
        (MANY, ["s0", 1], "some of"),
        (MANY, ["s0", "s0"], "without repeated choices"),
        (SCALE, 1, "“Not at all”"),
        (SLIDER, 101, "a number from 0 to 100"),
        (SLIDER, "50", "a number from 0 to 100"),
        (WHOLE, 2.5, "a whole number from 0 to 10"),
        (WHOLE, True, "a whole number from 0 to 10"),
        (WHOLE, float("nan"), "a number from 0 to 10"),
        (HALVES, 0.7, "in steps of 0.5"),
        (HALVES, 0, "a number of 0.5 or more"),
        (field("number", most=5), 6, "a number of 5 or less"),
        (DATE, "2026-02-29", "a date such as"),
        (DATE, "2026-13", "a date such as"),
        (DATE, "2026-00", "a date such as"),
        (DATE, "2026-03-00", "a date such as"),
        (DATE, "٢٠٢٦-٠٣-٣١", "a date such as"),
        (DATE, "0000", "a date such as"),
        (DATE, "28.2.2026", "a date such as"),
        (DATE, 2026, "a date such as"),
        (ENTITY, "Q22686", "an entry of its list"),
        (ENTITY, {"id": ""}, "an entry of its list"),
        (ENTITY, {"id": "Q1", "title": 3}, "an entry of its list"),
        (ENTITY, {"id": "Q1", "more": 3}, "an entry of its list"),
        (FLAG, 1, "true or false"),
        (TEXT, 1, "text"),
    ],
)
def test_a_wrong_value_is_told_what_it_must_be(attribute: Attribute, value: object, says: str) -> None:
    found = field_values.complaint(attribute, value)
    if value is True:
        assert found == "a number from 0 to 10"  # a flag isn't a number at all
    else:
        assert found is not None
        assert says in found


def test_only_the_allowed_choices_are_right() -> None:
    assert field_values.complaint(CHOICE, "s1", ("s1",)) is None
    assert field_values.complaint(CHOICE, "s0", ("s1",)) == "“Partly”"
    assert field_values.complaint(MANY, ["s0"], ("s1", "s2")) == "some of “Partly”, “Wholly”"


@pytest.mark.parametrize(
    ("attribute", "text", "value"),
    [
        (CHOICE, "partly", "s1"),
        (CHOICE, "s1", "s1"),
        (MANY, "wholly, s0", ["s0", "s2"]),
        (SCALE, "Wholly", "s2"),
        (SLIDER, "12,5", 12.5),
        (PERCENT, "30 %", 30),
        (HALVES, "2.5 km", 2.5),
        (FREE, "\u22123", -3),
        (FREE, "1e3", 1000),
        (FREE, "1,000,000", 1_000_000),
        (FREE, "1,234.5", 1234.5),
        (FREE, "0,125", 0.125),
        (FREE, "700 000", 700_000),
        (FREE, "700\u202f000", 700_000),
        (FREE, "٣٫٥", 3.5),
        (FREE, "١٬٠٠٠", 1000),
        (FREE, "+12,34", 12.34),
        (DATE, "٢٠٢٦-٠٣-٣١", "2026-03-31"),
        (DATE, "2026\u201303", "2026-03"),
        (DATE, " 2026-03 ", "2026-03"),
        (FLAG, "yes", True),
        (FLAG, "False", False),
        (ENTITY, "Q1", {"id": "Q1", "title": "Q1"}),
        (TEXT, " as it is ", " as it is "),
        (TEXT, "  ", None),
        (CHOICE, "", None),
    ],
)
def test_what_a_person_writes_is_read(attribute: Attribute, text: str, value: object) -> None:
    found = field_values.read(attribute, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        (CHOICE, "never"),
        (WHOLE, "2.5"),
        (WHOLE, "ten"),
        (DATE, "May"),
        (DATE, "2026-00"),
        (FREE, "1.000.000"),
        (FREE, "NaN"),
        (FREE, "1e999"),
        (FREE, "1_000"),
    ],
)
def test_what_cannot_be_read_is_refused(attribute: Attribute, text: str) -> None:
    with pytest.raises(ValueError, match=f"“Field” must be .*, not “{text}”"):
        field_values.read(attribute, text)


@pytest.mark.parametrize(("text", "says"), [("1,000", "write 1000 or 1.000"), ("-12,500", "write -12500 or -12.500")])
def test_a_comma_that_may_mean_two_things_is_asked_about(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=f"“Field”: “{text}” may mean two numbers; {says}"):
        field_values.read(FREE, text)


def test_values_are_shown_as_people_read_them() -> None:
    shown = field_values.shown
    assert shown(CHOICE, "s1") == "Partly"
    assert shown(CHOICE, "gone") == "gone"
    assert shown(CHOICE, None) == ""
    assert shown(MANY, ["s0", "s2"]) == "Not at all, Wholly"
    assert shown(PERCENT, 30) == "30%"
    assert shown(HALVES, 2.5) == "2.5\u202fkm"
    assert shown(FREE, 3.0) == "3"
    assert shown(FREE, 1234567890123) == "1234567890123"
    assert shown(FREE, 0.1 + 0.2) == "0.3"
    assert shown(ENTITY, {"id": "Q1", "title": "Ana"}) == "Ana"
    assert shown(ENTITY, {"id": "Q1"}) == "Q1"
    assert shown(FLAG, True) == "yes"
    assert shown(FLAG, False) == "no"


def test_values_that_say_the_same_are_identical() -> None:
    same = field_values.identity
    assert same(["a", "b"]) == same(["b", "a"])
    assert same(["a"]) != same("a")
    assert same({"id": "Q1", "title": "Ana"}) == same({"title": "Anna", "id": "Q1"})
    assert same(1) == same(1.0)
    assert same(True) != same(1)
    assert same(None) != same("")
    assert same({"x": [1, {"y": 2}]}) == same({"x": [1, {"y": 2}]})


def test_each_kind_has_its_level_of_measurement() -> None:
    levels = [field_values.level(item) for item in (CHOICE, MANY, SCALE, SLIDER, FREE, DATE, FLAG, ENTITY, TEXT)]
    assert levels == [
        *(Level.NOMINAL, Level.SET, Level.ORDINAL, Level.INTERVAL, Level.INTERVAL, Level.INTERVAL),
        *(Level.NOMINAL, Level.NOMINAL, None),
    ]


def test_positions_are_in_order() -> None:
    position = field_values.position
    assert [position(SCALE, step.id) for step in STEPS] == [0, 1, 2]
    assert position(SCALE, "gone") is None
    assert position(FREE, "x") is None
    assert position(CHOICE, "s0") is None
    days = [position(DATE, text) for text in ("2026-01-01", "2026-01", "2026-02-01", "2026", "2026-12-31")]
    assert None not in days
    assert days == sorted(day for day in days if day is not None)
    assert position(DATE, "2026-01-01") == 739617

"""Conditions on documents as they are typed."""

import re

import pytest

from app.core.document_conditions import (
    KEYS,
    SORTINGS,
    Condition,
    Sorting,
    in_words,
    is_met,
    parse_condition,
    parse_sorting,
)
from app.core.errors import BadChoice


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("status=done", Condition("status", "done")),
        ("status!=finished", Condition("status", "finished", "!=")),
        ("words >= 200", Condition("words", "200", ">=")),
        ("finished< 2026-01-31", Condition("finished", "2026-01-31", "<")),
        ("meta.a=b=c", Condition("meta.a", "b=c")),
        ("meta.year>2020", Condition("meta.year", "2020", ">")),
        ("name=a > b.txt", Condition("name", "a > b.txt")),
        ("meta.two words=", Condition("meta.two words", "")),
    ],
)
def test_a_condition_is_key_comparison_and_value(text: str, condition: Condition) -> None:
    assert parse_condition(text) == condition
    assert parse_condition(str(condition)) == condition


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("PERSON", "“PERSON” isn't a condition"),
        ("colour=red", "“colour=red” isn't a condition"),
        ("meta.=1", "“meta.=1” isn't a condition"),
        ("status=ready", "unknown status “ready”"),
        ("status>open", "“status” can't be compared by >"),
        ("flag=maybe", "“flag” is yes or no, not “maybe”"),
        ("rules>some", "“rules” is compared with a whole number"),
        ("words>=-1", "“words” is compared with a whole number"),
        ("finished>soon", "“soon” isn't a date"),
    ],
)
def test_what_cannot_be_read_says_what_to_write(text: str, complaint: str) -> None:
    with pytest.raises(BadChoice, match=re.escape(complaint)) as caught:
        parse_condition(text)
    assert caught.value.hint


def test_an_order_may_fall() -> None:
    assert parse_sorting("words") == Sorting("words")
    assert parse_sorting("-meta.year") == Sorting("meta.year", falls=True)
    assert [str(parse_sorting(f"-{key}")) for key in SORTINGS] == [f"-{key}" for key in SORTINGS]
    with pytest.raises(BadChoice, match="can't be sorted by “label”"):
        parse_sorting("label")


def test_conditions_are_shown_as_they_are_typed() -> None:
    shown = in_words([Condition("flag", "yes"), Condition("words", "9", ">")], Sorting("name", falls=True))
    assert shown == "flag=yes  words>9  sorted by -name"


@pytest.mark.parametrize(
    ("text", "value", "met"),
    [
        ("meta.n=2", 2, True),
        ("meta.n=2.0", 2, True),
        ("meta.n>10", 9, False),
        ("meta.n>10", "9", True),
        ("meta.n=two", 2, False),
        ("meta.n!=two", "one", True),
    ],
)
def test_numbers_are_compared_as_numbers(text: str, value: str | float, met: bool) -> None:
    assert is_met(parse_condition(text), value) is met


def test_every_key_is_in_the_manual() -> None:
    from app import paths

    page = (paths.resources() / "help" / "command-line.md").read_text(encoding="utf-8")
    assert all(f"`{key}" in page or f'`"{key}' in page for key in KEYS)

"""Finding in one text: what counts as a place, and that no expression outlasts its time."""

import time

import pytest

from app.session.finding import BadPattern, TooSlow, Wanted, finder


def found(text: str, wanted: str, **options: bool) -> list[str]:
    return [text[start:end] for start, end in finder(Wanted(wanted, **options))(text, 1.0)]


def test_case_and_line_ends_do_not_count_unless_asked() -> None:
    text = "A slave\n trade, a Slave Trade."
    assert found(text, "slave trade") == ["slave\n trade", "Slave Trade"]
    assert found(text, "Slave Trade", case=True) == ["Slave Trade"]


@pytest.mark.parametrize(
    ("text", "wanted", "hits"),
    [
        ("trade trades untrade trade_x trade-in", "trade", 2),
        ("日本語と日本人", "日本", 2),
        ("wow!! wow!", "!", 3),
        ("Ёлка елка", "ёлка", 1),
        ("مدرسة ومدرسة", "مدرسة", 1),
    ],
)
def test_whole_words_end_at_words_where_a_script_has_such(text: str, wanted: str, hits: int) -> None:
    assert len(found(text, wanted, whole_words=True)) == hits


def test_a_place_never_cuts_through_a_character() -> None:
    assert found("cafe\u0301 cafe", "cafe") == ["cafe"]
    assert found("👩\u200d👧 👩", "👩") == ["👩"]
    assert found("cafe\u0301", "caf.", regex=True) == ["cafe\u0301"]


def test_an_expression_finds_with_its_own_rules() -> None:
    assert found("two days, 12 days", r"\d+ days", regex=True) == ["12 days"]
    assert found("one\ntwo", r"^\w+$", regex=True) == ["one", "two"]
    assert found("ab", r"x*", regex=True) == []
    assert found("cat concat", "cat", regex=True, whole_words=True) == ["cat"]


@pytest.mark.parametrize("wanted", ["(", "[a", "(?P<n>x)(?P=m)"])
def test_what_is_no_expression_is_told(wanted: str) -> None:
    with pytest.raises(BadPattern, match="regular expression"):
        finder(Wanted(wanted, regex=True))


def test_an_expression_that_explodes_is_stopped() -> None:
    began = time.monotonic()
    with pytest.raises(TooSlow):
        list(finder(Wanted(r"(a|aa)+$", regex=True))("a" * 60 + "!", 0.2))
    assert time.monotonic() - began < 5

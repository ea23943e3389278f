"""Counted nouns, shortened quotes and the names of statuses."""

import pytest

from app.core.annotation import Status
from app.core.wording import STATUS_WORDS, counted, plural, sentence, shorten


def test_every_status_has_a_name() -> None:
    assert set(STATUS_WORDS) == set(Status)
    assert STATUS_WORDS[Status.DONE_EMPTY] == "done, nothing to mark"


@pytest.mark.parametrize(
    ("count", "noun", "many", "expected"),
    [
        (1, "mark", "", "1 mark"),
        (0, "mark", "", "0 marks"),
        (2000, "mark", "", "2,000 marks"),
        (2, "entity", "", "2 entities"),
        (2, "day", "", "2 days"),
        (1, "document is", "documents are", "1 document is"),
        (3, "document is", "documents are", "3 documents are"),
    ],
)
def test_a_noun_is_counted(count: int, noun: str, many: str, expected: str) -> None:
    assert counted(count, noun, many) == expected
    assert expected.endswith(plural(count, noun, many))


def test_a_long_text_is_shortened_to_one_line() -> None:
    assert shorten("a\n  b") == "a b"
    assert shorten("x" * 41) == "x" * 39 + "…"
    assert len(shorten("word " * 100_000, 12)) == 12


def test_a_sentence_begins_with_a_capital_and_ends() -> None:
    assert [sentence(text) for text in ("no room", "Really?", " ")] == ["No room.", "Really?", ""]

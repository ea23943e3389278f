"""What can be stored as a text, and what can't."""

import hashlib

import pytest

from app.core.document import check_storable, sha256, title_of
from app.core.errors import TextRefused
from tests.unit.build import document


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\x00b", 1, "a NUL character at character 1"),
        ("one\ntwo\n\x00", 3, "a NUL character at character 8"),
        ("😀\n\ud800", 2, "a lone surrogate U\\+D800 at character 2"),
        ("\udfff", 1, "a lone surrogate U\\+DFFF"),
        ("one\r\ntwo \udc80", 2, "U\\+DC80"),
    ],
)
def test_what_no_file_can_hold_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(TextRefused, match=words) as caught:
        check_storable(text)
    assert caught.value.line == line
    assert caught.value.hint


@pytest.mark.parametrize("text", ["", "\ufeff", "\u2028\u2029\x0b\x0c\x85\x01", "\ufdd0\ufffe\uffff", "😀\U0010ffff"])
def test_every_other_text_can_be_stored(text: str) -> None:
    check_storable(text)


def test_the_hash_is_that_of_the_utf8() -> None:
    assert sha256("Zoë 😀") == hashlib.sha256("Zoë 😀".encode()).hexdigest()


def test_length_is_in_code_points() -> None:
    assert document("a😀e\u0301").length == 4


@pytest.mark.parametrize(
    ("name", "title"),
    [("news.txt", "news"), ("news.MD", "news"), ("a.b.txt", "a.b"), ("news.json", "news.json"), (".txt", ".txt")],
)
def test_the_title_is_the_name_without_a_texts_ending(name: str, title: str) -> None:
    assert document("x", name=name).title == title


@pytest.mark.parametrize(
    ("meta", "title"),
    [
        ({"title": "What’s next\n after it"}, "What’s next after it"),
        ({"title": "  "}, "004_7ed"),
        ({"title": ["no", "text"]}, "004_7ed"),
        ({"title": "x" * 500}, "x" * 199 + "…"),
        ({}, "004_7ed"),
    ],
)
def test_a_title_in_the_metadata_counts_before_the_name(meta: dict[str, object], title: str) -> None:
    assert title_of("004_7ed.txt", meta) == title

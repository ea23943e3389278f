"""Counted nouns, shortened quotes and the names of statuses."""

import pytest

from app.core.annotation import Status
from app.core.errors import FormatError, StetError
from app.core.wording import (
    STATUS_WORDS,
    advice,
    counted,
    in_window,
    plural,
    sentence,
    shorten,
    window_hint,
    without_shell,
)


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


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("restore a backup", "restore a backup"),
        ("run: stet check; restore a backup", "restore a backup"),
        ("stet list PROJECT shows names and ids", ""),
        ("choose another name; to replace it, use --force", "choose another name"),
        ("convert it: iconv -f ENCODING -t UTF-8", ""),
        ("move x.stet-journal elsewhere", "move x.stet-journal elsewhere"),
        ("rename it to a.stet or a--b", "rename it to a.stet or a--b"),
    ],
)
def test_the_window_is_told_no_commands(hint: str, shown: str) -> None:
    assert window_hint(StetError("no", hint=hint)) == shown


def test_an_error_can_have_a_hint_for_the_window() -> None:
    error = FormatError("no text", hint="use --encoding", in_window="choose it", path="a.txt", line=2)
    assert in_window(error) == "a.txt:2: no text; choose it"
    assert str(error) == "a.txt:2: no text; use --encoding"
    assert advice(error) == "No text. Choose it."
    assert in_window(FormatError("no text", path="a.txt")) == "a.txt: no text"
    assert in_window(OSError("gone")) == "gone"


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("other sheets, not read; --option sheet=NAME reads one: 1 (More)", "other sheets, not read: 1 (More)"),
        ("texts were found elsewhere; --map-column text=C names another (“b”)", "texts were found elsewhere (“b”)"),
        ("it was taken for one with names; if it isn't, add: --option header=no", "it was taken for one with names"),
        ("marks -- two; of them: 1 (a; b)", "marks -- two; of them: 1 (a; b)"),
    ],
)
def test_a_note_in_the_window_names_no_options(note: str, shown: str) -> None:
    assert without_shell(note) == shown

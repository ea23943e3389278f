"""Words, sentences and paragraphs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import boundaries
from app.core.boundaries import (
    next_word,
    paragraph_at,
    paragraph_number,
    previous_word,
    sentence_at,
    sentences,
    snap_to_words,
    word_at,
)


def cut(text: str, pair: tuple[int, int]) -> str:
    return text[pair[0] : pair[1]]


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("the US president", 4, "US"),
        ("the US president", 6, "US"),  # a caret behind the word
        ("the US president", 7, "president"),
        ("snake_case", 3, "snake_case"),
        ("don't", 3, "don't"),
        ("don’t", 1, "don’t"),
        ("the boys' team", 4, "boys"),
        ("'quoted'", 1, "quoted"),
        ("well-known fact", 0, "well-known"),
        ("ends- here", 0, "ends"),
        ("about 1,000.5 men", 6, "1,000.5"),
        ("at 10:30.", 3, "10:30"),
        ("in 2014.", 3, "2014"),
        ("a.b", 0, "a"),  # points join digits only
        ("cafe\u0301s!", 1, "cafe\u0301s"),
        ("cafe\u0301s!", 4, "cafe\u0301s"),
        ("हिन्दी भाषा", 0, "हिन्दी"),
        ("כתב\u05b8ה היום", 0, "כתב\u05b8ה"),
        ("東京都", 1, "京"),
        ("か\u3099く", 0, "か\u3099"),  # a voicing mark of its own belongs to its kana
        ("東京Tower", 2, "Tower"),
        ("𠀋a", 0, "𠀋"),
        ("한국어 말", 0, "한국어"),
        ("𝔘𝔫𝔦 x", 1, "𝔘𝔫𝔦"),
    ],
)
def test_the_word_at_a_place(text: str, at: int, word: str) -> None:
    assert cut(text, word_at(text, at)) == word


@pytest.mark.parametrize(("text", "at", "pair"), [("a  b", 2, (2, 3)), ("a!?", 2, (2, 3)), ("😀", 0, (0, 1))])
def test_where_no_word_is_there_is_one_character(text: str, at: int, pair: tuple[int, int]) -> None:
    assert word_at(text, at) == pair


@pytest.mark.parametrize("text", ["", "no word at the end: "])
def test_at_the_end_of_the_text_there_is_nothing(text: str) -> None:
    assert word_at(text, len(text)) == (len(text), len(text))


def test_an_endless_word_is_cut() -> None:
    start, end = word_at("a" * 10_000, 5_000)
    assert start < 5_000 < end
    assert end - start <= 2 * boundaries._REACH + 1


@pytest.mark.parametrize(
    ("text", "selected", "snapped"),
    [
        ("the US president", "S pres", "US president"),
        ("the US president", " US ", "US"),
        ("He can’t go", "n’", "can’t"),
        ("(slave trade)", "(slave tra", "(slave trade"),
        ("1,000 men", "000", "1,000"),
        ("anyone\u0301 there", "anyone", "anyone\u0301"),
        ("a!? b", "!?", "!?"),
        ("one   two", "  ", ""),
        ("東京都", "京", "京"),
    ],
)
def test_a_selection_grows_to_whole_words_and_drops_white_space(text: str, selected: str, snapped: str) -> None:
    start = text.index(selected)
    assert cut(text, snap_to_words(text, start, start + len(selected))) == snapped


words = st.text(st.sampled_from("ab1 .,'’-_\n\u0301東か😀"), max_size=20)


@given(words, st.data())
def test_snapping_covers_the_selection_and_is_idempotent(text: str, data: st.DataObject) -> None:
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    low, high = snap_to_words(text, start, end)
    kept = text[start:end].strip()
    assert 0 <= low <= high <= len(text)
    assert kept in text[low:high]
    assert snap_to_words(text, low, high) == (low, high)


@given(words, st.data())
def test_a_word_is_the_same_from_each_of_its_characters(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    start, end = word_at(text, at)
    assert start <= at <= end
    assert {word_at(text, inside) for inside in range(start, end)} in ({(start, end)}, set())


@given(words)
def test_walking_by_words_gets_through_the_text_both_ways(text: str) -> None:
    at, stops = 0, []
    while at < len(text):
        at, before = next_word(text, at), at
        assert at > before
        stops.append(at)
    while at > 0:
        at, before = previous_word(text, at), at
        assert at < before
    assert all(at == len(text) or word_at(text, at)[0] == at for at in stops)


def test_the_next_word_from_inside_a_joined_word_is_behind_it() -> None:
    assert [next_word("don't go", at) for at in range(6)] == [6] * 6


def test_the_previous_word_is_the_one_at_or_before_the_caret() -> None:
    text = "one  two"
    assert [previous_word(text, at) for at in range(9)] == [0, 0, 0, 0, 0, 0, 5, 5, 5]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("He met Dr. Smith. She left.", ["He met Dr. Smith.", "She left."]),
        ("In the U.S. Congress it passed. So.", ["In the U.S. Congress it passed.", "So."]),
        ("It cost 3.5 million. Done.", ["It cost 3.5 million.", "Done."]),
        ("Some, e.g. Kyiv, agreed. Others no.", ["Some, e.g. Kyiv, agreed.", "Others no."]),
        ("“Wait!” he said. Then he went.", ["“Wait!” he said.", "Then he went."]),
        ("He said “no.” She left.", ["He said “no.”", "She left."]),
        ("Wait... what? Yes…", ["Wait... what?", "Yes…"]),
        ("John F. Kennedy spoke. Good.", ["John F. Kennedy spoke.", "Good."]),
        ("彼は行った。「本当？」私は残った。", ["彼は行った。", "「本当？」", "私は残った。"]),
        ("क्या हुआ। वह गया।", ["क्या हुआ।", "वह गया।"]),
        ("ماذا؟ نعم.", ["ماذا؟", "نعم."]),
        ("no end", ["no end"]),
        ("  white  ", ["white"]),
        ("", []),
        (" \t ", []),
    ],
)
def test_a_paragraph_falls_into_sentences(text: str, wanted: list[str]) -> None:
    assert [cut(text, pair) for pair in sentences(text, 0, len(text))] == wanted


def test_sentences_stay_inside_the_range_that_was_asked_for() -> None:
    text = "One. Two. Three."
    assert [cut(text, pair) for pair in sentences(text, 5, 11)] == ["Two.", "T"]


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("One. Two three. Four.", 6, "Two three."),
        ("One. Two three. Four.", 4, "Two three."),  # between two sentences: the one that comes
        ("One. Two three. Four.", 21, "Four."),
        ("First line\nSecond. Line", 12, "Second."),
        ("First line\nSecond. Line", 10, "First line"),
        ("Trailing.  \nNext", 10, "Trailing."),
        ("Trailing.  ", 11, "Trailing."),
        ("a\n\nb", 2, ""),
        ("a\n   \nb", 3, ""),
        ("", 0, ""),
    ],
)
def test_the_sentence_at_a_place_has_no_white_space_at_its_ends(text: str, at: int, sentence: str) -> None:
    assert cut(text, sentence_at(text, at)) == sentence


@given(st.text(st.sampled_from("aB. \n!”。\u2029\r"), max_size=30), st.data())
def test_a_sentence_never_leaves_its_paragraph_nor_ends_in_space(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    low, high = paragraph_at(text, at)
    start, end = sentence_at(text, at)
    assert low <= start <= end <= high
    assert cut(text, (start, end)).strip() == cut(text, (start, end))


@pytest.mark.parametrize(
    ("text", "at", "line"),
    [
        ("one\ntwo\nthree", 5, "two"),
        ("one\ntwo\nthree", 3, "one"),
        ("one\ntwo\nthree", 4, "two"),
        ("one\r\ntwo", 6, "two"),
        ("one\rtwo", 5, "two"),
        ("one\u2029two", 5, "two"),
        ("one\u2028two", 5, "one\u2028two"),  # a line break inside a paragraph
        ("one\n", 4, ""),
        ("x" * 9000 + "\n" + "y" * 9000, 17_000, "y" * 9000),
    ],
)
def test_the_paragraph_at_a_place(text: str, at: int, line: str) -> None:
    assert cut(text, paragraph_at(text, at)) == line


def test_a_line_of_ten_million_characters_is_scanned_locally() -> None:
    text = "word. " * 1_700_000
    start, end = sentence_at(text, 5_000_001)
    assert start <= 5_000_001 < end
    assert end - start <= 2 * boundaries._REACH


PARAGRAPHS = "one\ntwo\n\n\r\n\u2029three\r\n\nfour"


@pytest.mark.parametrize(
    ("at", "before", "behind"),
    [
        (0, 0, PARAGRAPHS.index("two")),
        (2, 0, PARAGRAPHS.index("two")),
        (4, 0, PARAGRAPHS.index("three")),
        (6, 4, PARAGRAPHS.index("three")),
        (9, 4, PARAGRAPHS.index("three")),
        (PARAGRAPHS.index("three"), 4, PARAGRAPHS.index("four")),
        (PARAGRAPHS.index("four"), PARAGRAPHS.index("three"), len(PARAGRAPHS)),
        (len(PARAGRAPHS), PARAGRAPHS.index("four"), len(PARAGRAPHS)),
    ],
)
def test_paragraphs_are_stepped_through_over_empty_lines(at: int, before: int, behind: int) -> None:
    assert boundaries.previous_paragraph(PARAGRAPHS, at) == before
    assert boundaries.next_paragraph(PARAGRAPHS, at) == behind


def test_a_paragraph_is_found_far_away() -> None:
    text = "first\n" + "\n" * 300_000 + "x" * 300_000 + "\r\nlast"
    middle = text.index("x")
    assert paragraph_at(text, middle + 150_000) == (middle, middle + 300_000)
    assert boundaries.next_paragraph(text, 0) == middle
    assert boundaries.previous_paragraph(text, middle) == 0
    assert boundaries.next_paragraph(text, middle + 9) == text.index("last")


@pytest.mark.parametrize(
    ("text", "offset", "number"),
    [
        ("", 0, 1),
        ("One.\n\n  \nTwo.\r\nThree.", 0, 1),
        ("One.\n\n  \nTwo.\r\nThree.", 4, 1),
        ("One.\n\n  \nTwo.\r\nThree.", 9, 2),
        ("One.\n\n  \nTwo.\r\nThree.", 20, 3),
        ("\n\n😀 first\u2029second", 2, 1),
        ("\n\n😀 first\u2029second", 12, 2),
        ("x\n" * 60_000, 100_000, 50_001),
        ("x\n" * 60_000, 100_001, None),
    ],
)
def test_paragraphs_with_words_are_counted(text: str, offset: int, number: int | None) -> None:
    assert paragraph_number(text, offset) == number

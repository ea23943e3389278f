"""Corrected text reads as a person would have written it."""

from itertools import pairwise

import pytest

from app.core.annotation import Annotation, Fragment
from app.core.correction import Replacement, corrected, correction_place
from tests.unit.build import annotation

TEXT = "He said no. Yes, she went."


def put_right(text: str, *corrections: tuple[str, str]) -> str:
    """Correct words of a text; `|` before a word, or alone at the end, is the place of an anchor."""
    marks = []
    for place, correction in corrections:
        anchor = place.startswith("|")
        start = len(text) if place == "|" else text.index(place.removeprefix("|"))
        marks.append(annotation(text, (start, start if anchor else start + len(place)), correction=correction))
    result = corrected(text, marks)
    assert not result.clashes
    assert all(one.end <= other.start for one, other in pairwise(result.applied))
    return result.text


@pytest.mark.parametrize(
    ("text", "corrections", "wanted"),
    [
        ("the US senator spoke", [("senator", "president")], "the US president spoke"),
        ("a b c", [("c", "C"), ("a", "A")], "A b C"),
        ("ab", [("a", "x"), ("b", "y")], "xy"),
        ("😀 cat 😀", [("cat", "dog")], "😀 dog 😀"),
        # A deletion takes one space with it.
        ("one two three", [("two", "")], "one three"),
        ("one two", [("one", "")], "two"),
        ("one two", [("two", "")], "one"),
        ("one two.", [("two", "")], "one."),
        ("(one two)", [("two", "")], "(one)"),
        ("one two\nthree", [("two", "")], "one\nthree"),
        ("one\ntwo three", [("two", "")], "one\nthree"),
        ("onetwo three", [("two", "")], "one three"),
        ("one twothree", [("two", "")], "one three"),
        # An insertion brings its spaces.
        ("one three", [("|three", "two")], "one two three"),
        ("one three", [("| three", "two")], "one two three"),
        ("one.", [("|.", "two")], "one two."),
        ("two", [("|two", "one")], "one two"),
        ("one", [("|", "two")], "one two"),
        ("one three", [("|three", ", two,")], "one, two, three"),
        ("one three", [("|three", " two ")], "one two three"),  # typed spaces aren't doubled
        ("", [("|", "all")], "all"),
        # Neighbours don't take the same space twice.
        ("a b c", [("a", ""), ("b", "")], "c"),
        ("a b c", [("b", ""), ("c", "")], "a"),
        ("a b c", [("a", ""), ("b", ""), ("c", "")], ""),
        ("a b c.", [("b", ""), ("c", "")], "a."),
        ("a b c", [("|b", "X"), ("b", "")], "a X c"),
        ("a b c", [("b", ""), ("| c", "X")], "a X c"),
        ("a b c", [("a ", "x "), ("b", "")], "x c"),
        ("a b c", [("a", ""), (" b", " x")], " x c"),
        ("a b c", [("a", ""), ("| b", "X")], "X b c"),
        ("a b c", [("b", ""), (" c", " y")], "a y"),
    ],
)
def test_corrections_keep_the_spaces_of_the_sentence(text: str, corrections: list, wanted: str) -> None:
    assert put_right(text, *corrections) == wanted


def test_what_was_applied_is_told_with_its_place() -> None:
    mark = annotation("one two three", (4, 7), correction="")
    assert corrected("one two three", [mark]).applied == (Replacement(3, 7, "", mark.uid, ""),)


def test_the_correction_is_told_without_the_blanks_it_brings() -> None:
    mark = annotation("one three.", (3, 3), correction="two")
    assert corrected("one three.", [mark]).applied == (Replacement(3, 3, "two", mark.uid, " two"),)


def test_a_discontinuous_mark_is_replaced_at_its_first_part() -> None:
    text = "He gave it all up quickly"
    mark = annotation(text, (3, 7), (15, 17), correction="surrendered")
    assert corrected(text, [mark]).text == "He surrendered it all quickly"


def test_words_are_moved_to_the_anchor_of_their_mark() -> None:
    text = "because he has it said"
    mark = annotation(text, (11, 14), (22, 22), correction="has")
    assert corrected(text, [mark]).text == "because he it said has"
    back = annotation(text, (0, 0), (18, 22), correction="said")
    assert corrected(text, [back]).text == "said because he has it"


@pytest.mark.parametrize(
    ("ranges", "place"), [([(1, 2)], 0), ([(1, 2), (4, 6)], 0), ([(1, 2), (4, 4), (5, 5)], 1), ([(0, 0), (3, 4)], 0)]
)
def test_a_correction_has_one_place(ranges: list[tuple[int, int]], place: int) -> None:
    assert correction_place([Fragment(*pair) for pair in ranges]) == place


def test_marks_without_a_correction_change_nothing() -> None:
    assert corrected(TEXT, [annotation(TEXT, (0, 2))]).text == TEXT


def test_equal_corrections_of_one_place_count_once() -> None:
    marks = [annotation(TEXT, (0, 2), correction="She") for _ in range(3)]
    result = corrected(TEXT, marks)
    assert result.text == "She said no. Yes, she went."
    assert len(result.applied) == 1
    assert result.clashes == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (((0, 7), "She told"), ((3, 7), "told")),  # nested
        (((0, 5), "x"), ((3, 7), "y")),  # crossing
        (((0, 2), "She"), ((0, 2), "They")),  # the same place, another word
        (((3, 7), "told"), ((5, 5), "x")),  # an insertion inside what is replaced
        (((3, 3), "x"), ((3, 3), "y")),  # two insertions in one place
    ],
)
def test_corrections_that_clash_are_both_left_out_and_told(one: tuple, other: tuple) -> None:
    first, second = (annotation(TEXT, where, correction=words) for where, words in (one, other))
    far = annotation(TEXT, (17, 20), correction="he")
    result = corrected(TEXT, [second, far, first])
    assert result.text == "He said no. Yes, he went."
    assert [set(pair) for pair in result.clashes] == [{first.uid, second.uid}]


def test_a_part_of_a_broken_mark_clashes_though_the_gap_does_not() -> None:
    broken = annotation(TEXT, (0, 2), (8, 10), correction="x")
    in_gap = annotation(TEXT, (3, 7), correction="told")
    on_part = annotation(TEXT, (8, 10), correction="yes")
    assert corrected(TEXT, [broken, in_gap]).clashes == ()
    assert corrected(TEXT, [broken, in_gap, on_part]).clashes == ((broken.uid, on_part.uid),)


def test_marks_that_only_touch_do_not_clash() -> None:
    marks: list[Annotation] = [annotation(TEXT, (0, 2), correction="She"), annotation(TEXT, (2, 7), correction=" told")]
    assert corrected(TEXT, marks).text == "She told no. Yes, she went."

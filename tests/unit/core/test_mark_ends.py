"""Marks that no token fits are known, and the program makes none."""

import pytest

from app.core.mark_ends import Oddity, adds_nothing, mended, oddities, token_snap, whole_characters, without_outer_space
from tests.unit.build import annotation

TEXT = "Ana met\u00a0 Bo.\r\n\u3000中 "


@pytest.mark.parametrize(
    ("ranges", "found"),
    [
        ([(0, 3)], None),
        ([(0, 4)], Oddity.SPACE),
        ([(3, 7)], Oddity.SPACE),
        ([(4, 8)], Oddity.SPACE),  # a no-break space
        ([(9, 14)], Oddity.SPACE),
        ([(14, 16)], Oddity.SPACE),
        ([(7, 9)], Oddity.BLANK),
        ([(12, 15)], Oddity.BLANK),
        ([(0, 3), (3, 4)], Oddity.SPACE),
        ([(3, 4), (7, 9)], Oddity.BLANK),
        ([(7, 9), (9, 12)], Oddity.SPACE),
        ([(3, 3)], None),  # an anchor covers nothing
        ([(0, 3), (4, 7)], None),
        ([(0, 99)], None),  # its quote can't be right, which is reported elsewhere
    ],
)
def test_white_space_at_the_ends_of_a_fragment_is_found(ranges: list[tuple[int, int]], found: Oddity | None) -> None:
    mark = annotation(TEXT, *ranges)
    assert [kind for _, kind in oddities([mark], TEXT)] == ([found] if found else [])


def test_the_same_label_at_the_same_place_is_found_twice() -> None:
    first, again = (annotation(TEXT, (0, 3), correction=words) for words in ("Anna", "Anne"))
    others = [annotation(TEXT, (0, 3), layer="entity", label="PERSON"), annotation(TEXT, (0, 3), (4, 7))]
    assert list(oddities([first, *others, again], TEXT)) == [(again, Oddity.TWICE)]


def test_the_search_begins_where_it_is_told_and_goes_round() -> None:
    first, again, third = annotation(TEXT, (0, 4)), annotation(TEXT, (0, 4)), annotation(TEXT, (3, 7))
    found = [(mark.uid, oddity) for mark, oddity in oddities([first, again, third], TEXT, begin=2)]
    space = Oddity.SPACE
    assert found == [(third.uid, space), (first.uid, space), (again.uid, Oddity.TWICE), (again.uid, space)]


@pytest.mark.parametrize(
    ("start", "end", "wanted"), [(0, 3, (0, 3)), (0, 4, (0, 3)), (3, 8, (4, 7)), (7, 9, (7, 9)), (3, 3, (3, 3))]
)
def test_a_range_is_trimmed_unless_it_is_white_space(start: int, end: int, wanted: tuple[int, int]) -> None:
    assert without_outer_space(TEXT, start, end) == wanted


TOKENS = [(0, 8), (9, 10), (10, 12), (12, 13), (14, 17)]  # “re-elect $50, now”
WORDS = "re-elect $50, now"


@pytest.mark.parametrize(
    ("ranges", "found"),
    [
        ([(0, 8)], []),
        ([(0, 5)], [Oddity.HALF]),
        ([(3, 8)], [Oddity.TOKEN]),
        ([(10, 12), (14, 17)], []),
        ([(10, 11)], [Oddity.HALF]),
        ([(8, 12)], [Oddity.SPACE]),
        ([(5, 9)], [Oddity.SPACE, Oddity.HALF]),
    ],
)
def test_half_words_and_tokens_are_found(ranges: list[tuple[int, int]], found: list[Oddity]) -> None:
    mark = annotation(WORDS, *ranges)
    assert [kind for _, kind in oddities([mark], WORDS, token_snap(TOKENS))] == found


def test_scripts_without_blanks_have_no_half_words() -> None:
    text = "中国人民"
    assert list(oddities([annotation(text, (1, 2))], text)) == []


@pytest.mark.parametrize(
    ("ranges", "wanted"),
    [
        ([(3, 8)], [(0, 8)]),
        ([(8, 11)], [(9, 12)]),
        ([(0, 4), (5, 8)], [(0, 8)]),
        ([(8, 9)], [(8, 9)]),
        ([(4, 4)], [(4, 4)]),
        ([(0, 2), (15, 16)], [(0, 8), (14, 17)]),
    ],
)
def test_marks_are_mended_to_whole_tokens(ranges: list[tuple[int, int]], wanted: list[tuple[int, int]]) -> None:
    assert mended(annotation(WORDS, *ranges), WORDS, token_snap(TOKENS)) == wanted


def test_a_double_that_says_more_is_kept() -> None:
    first = annotation(WORDS, (0, 8), correction="elect")
    assert adds_nothing(annotation(WORDS, (0, 8)), first)
    assert not adds_nothing(annotation(WORDS, (0, 8), correction="vote"), first)
    assert not adds_nothing(annotation(WORDS, (0, 5)), first)


@pytest.mark.parametrize(
    ("given", "whole"), [((0, 4), (0, 5)), ((1, 5), (1, 5)), ((4, 5), (3, 5)), ((4, 4), (3, 3)), ((6, 7), (6, 9))]
)
def test_ranges_widen_to_whole_characters(given: tuple[int, int], whole: tuple[int, int]) -> None:
    assert whole_characters("cafe\u0301 👩\u200d👧", *given) == whole

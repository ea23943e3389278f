"""Fragments, quotes and what an annotation covers."""

import pytest

from app.core.annotation import Fragment, Status, normal_fragments, quote_of
from tests.unit.build import annotation

TEXT = "0123456789"


def test_ranges_come_back_in_order() -> None:
    assert normal_fragments([(5, 7), (0, 2)], length=10) == (Fragment(0, 2), Fragment(5, 7))


def test_ranges_may_touch_and_hold_anchors() -> None:
    ranges = [(0, 2), (2, 4), (4, 4), (10, 10)]
    assert normal_fragments(ranges, length=10) == tuple(Fragment(*pair) for pair in ranges)


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ([], "no range given"),
        ([(-1, 2)], "-1-2 lies outside the text of 10 characters"),
        ([(0, 11)], "0-11 lies outside"),
        ([(5, 3)], "5-3 ends before it starts"),
        ([(12, 11)], "outside"),
        ([(0, 4), (3, 6)], "0-4 and 3-6 of one annotation overlap"),
        ([(0, 9), (3, 4)], "overlap"),
        ([(2, 4), (2, 4)], "overlap"),
        ([(3, 3), (3, 3)], "overlap"),
        ([(0, 4), (2, 2)], "overlap"),
        ([(0.0, 2)], "not whole numbers"),
        ([("0", "2")], "not whole numbers"),
        ([(True, 2)], "not whole numbers"),
        ([(0, None)], "not whole numbers"),
    ],
)
def test_ranges_that_cannot_be_are_refused_with_the_reason(ranges: list, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        normal_fragments(ranges, length=10)


def test_the_quote_of_a_broken_range_is_joined_by_an_ellipsis() -> None:
    assert quote_of(TEXT, (Fragment(0, 2), Fragment(5, 7))) == "01 … 56"


def test_an_annotation_covers_its_fragments_and_not_the_gap() -> None:
    mark = annotation(TEXT, (0, 2), (5, 7))
    assert [at for at in range(10) if mark.covers(at)] == [0, 1, 5, 6]
    assert [at for at in range(10) if mark.touches(at)] == [0, 1, 2, 5, 6, 7]
    assert (mark.start, mark.end) == (0, 7)


def test_an_anchor_covers_its_place_only() -> None:
    mark = annotation(TEXT, (4, 4))
    assert mark.is_anchor
    assert [at for at in range(10) if mark.covers(at)] == [4]


def test_a_mark_with_one_covered_fragment_is_no_anchor() -> None:
    assert not annotation(TEXT, (0, 0), (3, 5)).is_anchor


def test_done_and_nothing_to_mark_are_the_last_word() -> None:
    assert {status for status in Status if status.is_finished} == {Status.DONE, Status.DONE_EMPTY}

"""Soft labels: the share of annotators at each character, and what most of them marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.soft_labels import SoftSegment, joined, likely, majority, soft_segments

_ranges = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda pair: (min(pair), max(pair))), max_size=4
)


def test_each_annotator_counts_once_at_a_character() -> None:
    ana, ben, cem = [(0, 4), (2, 6), (9, 9)], [(4, 6)], []
    assert soft_segments([ana, ben, cem]) == [SoftSegment(0, 4, 1), SoftSegment(4, 6, 2)]
    assert soft_segments([[], []]) == soft_segments([[(3, 3)]]) == []


def test_segments_that_touch_differ_in_votes() -> None:
    assert soft_segments([[(0, 3)], [(3, 5)]]) == [SoftSegment(0, 5, 1)]


@pytest.mark.parametrize(("of", "hard"), [(2, [(4, 6)]), (3, [(4, 6)]), (4, [])])
def test_a_hard_label_needs_strictly_more_than_half(of: int, hard: list[tuple[int, int]]) -> None:
    assert majority(soft_segments([[(0, 6)], [(4, 6)]]), of) == hard


def test_likely_segments_are_joined_where_they_touch() -> None:
    assert likely([(0, 2, 0.5), (2, 4, 0.6), (4, 5, 1.0), (7, 8, 0.51)]) == [(2, 5), (7, 8)]


@given(st.lists(_ranges, max_size=4))
def test_segments_say_what_counting_each_character_says(marked: list[list[tuple[int, int]]]) -> None:
    votes = [sum(any(start <= at < end for start, end in ranges) for ranges in marked) for at in range(13)]
    found = [0] * 13
    segments = soft_segments(marked)
    for each in segments:
        found[each.start : each.end] = [each.votes] * (each.end - each.start)
    assert found == votes
    hard = {at for start, end in majority(segments, len(marked)) for at in range(start, end)}
    assert hard == {at for at, count in enumerate(votes) if 2 * count > len(marked)}
    assert all(
        one[1] < two[0] for ranges in marked for one, two in zip(joined(ranges), joined(ranges)[1:], strict=False)
    )

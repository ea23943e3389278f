"""The interval index answers as a plain list would."""

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import intervals
from app.core.intervals import Interval, IntervalIndex

places = st.integers(0, 40)
interval = st.builds(
    lambda start, width, uid: Interval(start, start + width, uid), places, st.integers(0, 12), st.sampled_from("abcdef")
)


# Small chunks, so that a few intervals fill many of them.
chunks = st.sampled_from([1, 2, 3, 256])


def meets(item: Interval, start: int, end: int) -> bool:
    """Say it the slow way: a shared code point, or a shared place where one of the two has no width."""
    if item.start == item.end or start == end:
        return max(item.start, start) <= min(item.end, end)
    return bool(set(range(item.start, item.end)) & set(range(start, end)))


def grown(items: list[Interval], gone: list[int]) -> tuple[IntervalIndex, list[Interval]]:
    """Add one by one, then take some away again; do the same to a list."""
    index = IntervalIndex()
    plain: list[Interval] = []
    for item in items:
        index = index.added(item)
        plain.append(item)
    for at in gone:
        if plain:
            index = index.removed(plain.pop(at % len(plain)))
    return index, sorted(plain)


many = st.lists(interval, unique=True, max_size=30)


@given(chunks, many, st.lists(places, max_size=20), places, places)
def test_a_query_finds_what_a_full_search_finds(chunk, items, gone, one, other) -> None:
    with mock.patch.object(intervals, "_CHUNK", chunk):
        index, plain = grown(items, gone)
        start, end = sorted((one, other))
        assert list(index) == plain
        assert len(index) == len(plain)
        assert index.overlapping(start, end) == [item for item in plain if meets(item, start, end)]


@given(chunks, many, st.lists(places, max_size=20), interval)
def test_the_neighbours_of_any_key_are_those_of_the_sorted_list(chunk, items, gone, key) -> None:
    with mock.patch.object(intervals, "_CHUNK", chunk):
        index, plain = grown(items, gone)
        for probe in (key, *plain):
            assert index.next_from(probe) == next((item for item in plain if item > probe), None)
            assert index.previous_from(probe) == next((item for item in reversed(plain) if item < probe), None)


@given(chunks, many)
def test_built_at_once_or_one_by_one_is_the_same(chunk, items) -> None:
    with mock.patch.object(intervals, "_CHUNK", chunk):
        assert list(IntervalIndex(items)) == list(grown(items, [])[0]) == sorted(items)


@given(chunks, st.lists(interval, unique=True, min_size=1, max_size=30), interval)
def test_a_change_leaves_the_old_index_as_it_was(chunk, items, new) -> None:
    with mock.patch.object(intervals, "_CHUNK", chunk):
        index = IntervalIndex(items)
        index.added(new)
        index.removed(items[0])
        assert list(index) == sorted(items)


@given(chunks, many, interval)
def test_taking_away_what_is_not_there_is_refused(chunk, items, absent) -> None:
    with mock.patch.object(intervals, "_CHUNK", chunk):
        index = IntervalIndex(item for item in items if item != absent)
        with pytest.raises(KeyError):
            index.removed(absent)


@given(chunks, st.lists(many, max_size=4))
def test_many_at_once_are_the_same_as_one_by_one(chunk, groups) -> None:
    with mock.patch.object(intervals, "_CHUNK", chunk):
        index, plain = IntervalIndex(), []
        for group in groups:
            new = [item for item in group if item not in plain]
            index = index.with_all(new)
            plain += new
        assert list(index) == sorted(plain)
        assert index.overlapping(5, 9) == [item for item in sorted(plain) if meets(item, 5, 9)]

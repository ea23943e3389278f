"""Matching finds what trying everything finds, whatever the order; overlaps are those of sets of code points."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.annotation import Annotation
from app.review.matches import ANCHOR_REACH, best_matching, overlaps
from tests.property.strategies import fragments
from tests.unit.build import annotation

TEXT = "x" * 30
weights = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(1, 9).map(float), max_size=24)
marks = st.lists(fragments(TEXT).map(lambda parts: annotation(TEXT, *((p.start, p.end) for p in parts))), max_size=6)


def best_total(table: dict[tuple[int, int], float]) -> float:
    """Try every assignment of the six rows to the six columns."""
    return max(sum(table.get(pair, 0.0) for pair in enumerate(order)) for order in permutations(range(6)))


@settings(max_examples=30)
@given(weights, st.randoms(use_true_random=False))
def test_the_total_is_the_best_there_is(table, random) -> None:
    found = best_matching(table)
    assert found == sorted(found)
    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)
    assert set(found) <= set(table)
    assert sum(table[pair] for pair in found) == pytest.approx(best_total(table))
    shuffled = list(table.items())
    random.shuffle(shuffled)
    assert best_matching(dict(shuffled)) == found


@settings(max_examples=10)
@given(st.integers(5, 9), st.randoms(use_true_random=False))
def test_a_large_group_is_solved_too(size, random) -> None:
    table = {(i, j): 1.0 + random.random() for i in range(size) for j in range(size)}
    found = best_matching(table)
    best_of_rows = sum(max(table[i, j] for j in range(size)) for i in range(size))
    assert len(found) == size
    assert sum(table[pair] for pair in found) <= best_of_rows
    for (i, j), (k, m) in zip(found, found[1:], strict=False):
        assert table[i, j] + table[k, m] >= table[i, m] + table[k, j] - 1e-9


def covered(item: Annotation) -> set[int]:
    """Return the code points that the fragments cover."""
    return {place for part in item.fragments for place in range(part.start, part.end)}


@given(marks, marks)
def test_overlaps_are_those_of_sets(left, right) -> None:
    expected = []
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            shared = len(covered(one) & covered(other))
            if shared or (one.is_anchor and other.is_anchor):  # no two places of this text are farther apart
                expected.append((i, j, shared or 1))
    assert list(overlaps(left, right)) == expected


def test_anchors_meet_within_their_reach_and_nothing_else() -> None:
    text = "x" * 200
    left = [annotation(text, (100, 100))]
    right = [annotation(text, (at, at)) for at in (39, 40, 160, 161)] + [annotation(text, (90, 110))]
    assert ANCHOR_REACH == 60
    assert list(overlaps(left, right)) == [(0, 1, 1), (0, 2, 1)]


def test_neighbours_share_nothing() -> None:
    assert list(overlaps([annotation(TEXT, (0, 5))], [annotation(TEXT, (5, 10))])) == []


def test_a_greedy_choice_is_not_enough() -> None:
    assert best_matching({(0, 0): 5.0, (0, 1): 4.0, (1, 0): 4.0}) == [(0, 1), (1, 0)]
    assert best_matching({}) == []

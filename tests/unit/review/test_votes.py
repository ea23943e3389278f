"""Which votes count for a gold annotation."""

import pytest

from app.core.annotation import Fragment
from app.review.votes import tally, touches
from tests.unit.review.build import SCHEME, mark


@pytest.mark.parametrize(
    ("one", "other", "whether"),
    [
        ([(0, 5)], [(4, 9)], True),
        ([(0, 5)], [(5, 9)], False),  # adjacent
        ([(0, 2), (8, 9)], [(3, 7)], False),  # between the pieces
        ([(0, 2), (8, 9)], [(8, 12)], True),
        ([(3, 3)], [(3, 3)], True),
        ([(3, 3)], [(60, 60)], True),  # the same omission
        ([(3, 3)], [(64, 64)], False),
        ([(3, 3)], [(0, 3)], True),
        ([(3, 3)], [(4, 6)], False),
    ],
)
def test_touching_ranges(one: list, other: list, whether: bool) -> None:
    left, right = ([Fragment(*part) for part in parts] for parts in (one, other))
    assert touches(left, right) is touches(right, left) is whether


def test_values_are_counted_by_field() -> None:
    gold = mark("g", (0, 5), severity="major")
    versions = [
        mark("1", (0, 5), severity="major"),
        mark("2", (3, 9), severity="minor", label="NAME"),
        mark("3", (0, 1)),
        mark("4", (6, 9), severity="minor"),
    ]
    found = tally(gold, versions, SCHEME)
    assert found["label"] == {"NAME": 1, "TERM": 2}
    assert found["severity"] == {"major": 1, "minor": 1}
    assert "cause" not in found  # free text


def test_a_flag_that_is_not_set_is_false() -> None:
    found = tally(mark("g", (0, 5)), [mark("1", (0, 5), certain=True), mark("2", (0, 5))], SCHEME)
    assert found["certain"] == {"false": 1, "true": 1}

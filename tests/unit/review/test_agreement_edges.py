"""Boundary similarity comes to the figures of the reference implementation, segeval 2.0.11 (n_t = 2)."""

from itertools import accumulate

import pytest

from app.core.annotation import Annotation
from tests.unit.build import annotation
from tests.unit.review.measured import Measured, document, of_labelled, of_marks


def cut(*segments: int) -> list[Annotation]:
    """Return marks that cut a text into segments of these sizes: every second segment is marked."""
    text = "x" * sum(segments)
    ends = list(accumulate(segments))
    starts = [0, *ends]
    return [annotation(text, (starts[at], ends[at])) for at in range(0, len(segments), 2)]


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        ((2, 3, 6), (2, 3, 6), 1.0),
        ((2, 3, 6), (5, 6), 0.5),  # a boundary that only one has
        ((2, 3, 6), (2, 3, 3, 3), 2 / 3),
        ((2, 3, 6), (2, 2, 7), 0.75),  # a near miss
        ((2, 3, 6), (1, 1, 3, 1, 5), 0.5),
        ((11,), (5, 6), 0.0),
        ((3, 1, 1, 7), (4, 1, 7), 2 / 3),  # a place that both have isn't a near miss of another
        ((3, 2, 7), (4, 8), 0.25),  # of two that are near, one counts
        ((2, 3, 3, 1, 6, 3, 1, 2), (2, 4, 3, 6, 3, 3), 9 / 14),
    ],
)
def test_the_figures_of_segeval(one: tuple[int, ...], other: tuple[int, ...], value: float) -> None:
    found = of_marks(cut(*one), cut(*other), length=sum(one))
    assert found.value("boundary_similarity", "ab") == pytest.approx(value)
    found = of_marks(cut(*other), cut(*one), length=sum(one))
    assert found.value("boundary_similarity", "ab") == pytest.approx(value)


def test_boundaries_of_all_documents_are_added_up() -> None:
    """1 match and 1 near miss, and 1 match and 2 full misses: 1 - (2 + 1 / 2) / 5."""
    first = document([cut(2, 3, 6), cut(2, 2, 7)], length=11)
    second = document([cut(3, 5, 8, 4), cut(3, 17)], length=20, uid="e")
    assert Measured([first, second]).value("boundary_similarity", "ab") == pytest.approx(0.5)


def test_labels_have_boundaries_of_their_own() -> None:
    found = of_labelled([(2, 5, "TERM"), (5, 9, "NOTE")], [(2, 5, "TERM"), (6, 9, "NOTE")], length=20)
    # Of all, 5 is a boundary of both, and 6 of one only.
    assert found.value("boundary_similarity", "ab") == 0.75
    assert found.value("boundary_similarity", "ab", "TERM") == 1.0
    assert found.value("boundary_similarity", "ab", "NOTE") == 0.75


def test_there_is_no_figure_without_boundaries() -> None:
    row = of_marks([], []).row("boundary_similarity", "ab")
    assert (row.value, row.note) == (None, "n/a (neither marked anything)")
    row = of_labelled([(0, 20, "TERM")], [(0, 20, "TERM")], length=20).row("boundary_similarity", "ab")
    assert (row.value, row.note) == (None, "n/a (no mark begins or ends within a text)")
    assert of_labelled([(0, 20, "TERM")], [(0, 9, "TERM")], length=20).value("boundary_similarity", "ab") == 0.0


def test_all_have_the_mean_of_the_pairs() -> None:
    found = of_marks(cut(2, 3, 6), cut(2, 2, 7), cut(5, 6), length=11)
    pairs = [found.value("boundary_similarity", pair) for pair in ("ab", "ac", "bc")]
    assert found.value("boundary_similarity") == pytest.approx(sum(value or 0 for value in pairs) / 3)

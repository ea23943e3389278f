"""Relations agree where the marks that they connect do, in the same direction."""

from collections.abc import Sequence

import pytest

from app.core.annotation import Annotation, Relation
from app.review.readings import Reading
from tests.unit.build import annotation
from tests.unit.review.measured import Measured, Scores, Section, document

TEXT = "x" * 200
PLACES: list[Section] = [(0, 10), (20, 30), (40, 50)]
Tie = tuple[int, int, str]


def reading(ties: Sequence[Tie], places: Sequence[Section] = PLACES, *more: Annotation) -> Reading:
    """Return marks at these places, connected from one number to another."""
    marks = [annotation(TEXT, place) for place in places]
    given = [
        Relation(uid=f"r{number}", source=marks[source].uid, target=marks[target].uid, label=label)
        for number, (source, target, label) in enumerate(ties)
    ]
    return Reading((*marks, *more), tuple(given))


def measured(*readings: Reading) -> Measured:
    return Measured([document([()] * len(readings))._replace(by=dict(zip("abc", readings, strict=False)))])


def test_precision_recall_and_f1() -> None:
    """Of three relations and two, one is the same and one has another label."""
    one = reading([(0, 1, "cause"), (1, 2, "cause"), (0, 2, "part")])
    other = reading([(0, 1, "cause"), (1, 2, "part")])
    found = measured(one, other)
    assert found.scores("relation") == Scores(pytest.approx(2 / 3), 1.0, pytest.approx(0.8))
    assert found.scores("relation_label") == Scores(pytest.approx(1 / 3), 0.5, pytest.approx(0.4))
    row = found.row("relation_f1", "ab")
    assert (row.n, row.used, row.total) == ([3, 2], 1, 1)


def test_direction_counts() -> None:
    found = measured(reading([(0, 1, "cause")]), reading([(1, 0, "cause")]))
    assert found.scores("relation") == Scores(0.0, 0.0, 0.0)


def test_ends_are_matched_marks() -> None:
    """An end may overlap; one that was matched with another mark, or with none, isn't the same."""
    one = reading([(0, 1, "cause")])
    assert measured(one, reading([(0, 1, "cause")], [(2, 9), (20, 35)])).scores("relation_label") == Scores(1, 1, 1)
    assert measured(one, reading([(0, 1, "cause")], [(0, 10), (30, 35)])).value("relation_f1", "ab") == 0.0
    rivals = reading([(0, 1, "cause")], [(0, 4), (20, 30), (0, 10)])
    assert measured(one, rivals).value("relation_f1", "ab") == 0.0


def test_several_between_two_marks_are_matched_one_to_one() -> None:
    found = measured(reading([(0, 1, "cause"), (0, 1, "part")]), reading([(0, 1, "part"), (0, 1, "part")]))
    assert found.scores("relation") == Scores(0.5, 1.0, pytest.approx(2 / 3))
    assert found.scores("relation_label") == Scores(0.5, 1.0, pytest.approx(2 / 3))


def test_of_marks_made_twice_any_may_be_connected() -> None:
    twice = reading([(0, 1, "cause"), (2, 1, "cause")], [(0, 10), (20, 30), (0, 10)])
    row = measured(twice, reading([(0, 1, "cause")])).row("relation_label_f1", "ab")
    assert (row.value, row.n) == (1.0, [1, 1])


def test_marks_of_other_layers_are_not_connected() -> None:
    other = annotation(TEXT, (60, 70), layer="claim")
    one = reading([], PLACES, other)
    across = Relation(uid="r", source=one.annotations[0].uid, target=other.uid, label="cause")
    row = measured(one._replace(relations=(across,)), reading([])).row("relation_f1", "ab")
    assert (row.value, row.note) == (None, "n/a (neither connected marks of this layer)")


def test_one_side_without_relations() -> None:
    found = measured(reading([(0, 1, "cause")]), reading([]), reading([]))
    assert found.scores("relation") == Scores(0.0, 1.0, 0.0)
    assert found.value("relation_f1", "bc") is None
    assert found.value("relation_f1") == 0.0  # the mean of the pairs that have a value
    nobody = measured(reading([]), reading([])).row("relation_f1")
    assert (nobody.value, nobody.n) == (None, [0, 0])
    assert nobody.note == "n/a (no one connected marks of this layer)"

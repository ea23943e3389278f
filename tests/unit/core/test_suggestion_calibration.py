"""What scores come to mean: the worked example, and what must hold of any answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.suggestion_calibration import (
    BINS,
    NO_SCORE,
    AnswerTally,
    Calibration,
    MakerVersion,
    bin_of,
    is_retired,
    label_curve,
    version_curve,
)

MAKER, LABEL = MakerVersion("name", "1"), ("error", "NAME")
counts = st.integers(0, 30)
tallies = st.tuples(counts, counts).map(lambda pair: AnswerTally(min(pair), max(pair)))
bins = st.dictionaries(st.integers(0, BINS), tallies, max_size=8)


def test_nothing_is_known_at_first() -> None:
    assert Calibration({}, ()).chance(MAKER, LABEL, 0.9) == 0.5
    assert Calibration({}, ()).chance(MAKER, LABEL, None) == 0.5


def test_the_worked_example_of_the_help() -> None:
    curve = version_curve({}, {bin_of(0.9): AnswerTally(8, 10), bin_of(0.5): AnswerTally(2, 10)})
    # The mean is (10 + 1) / (20 + 2) = 0.5; each bin has half of the two answers of the prior.
    assert curve.at(bin_of(0.9)) == pytest.approx((8 + 0.5) / 11)
    assert curve.at(bin_of(0.5)) == pytest.approx((2 + 0.5) / 11)
    assert curve.at(bin_of(0.7)) == curve.at(bin_of(0.5)), "between two bins the lower one counts"
    assert curve.at(bin_of(0.1)) == curve.at(bin_of(0.5))
    assert curve.at(NO_SCORE) == 0.5, "with a score and without tell nothing of each other"


def test_bins_that_fall_with_the_score_are_pooled() -> None:
    curve = version_curve({}, {10: AnswerTally(9, 10), 18: AnswerTally(1, 10)})
    assert curve.at(10) == curve.at(18) == pytest.approx(0.5)


def test_shipped_pairs_weigh_as_much_as_twenty_answers() -> None:
    shipped = {18: AnswerTally(900, 1000)}
    assert version_curve(shipped, {}).at(18) == pytest.approx((18 + 2 * 19 / 22) / 22)
    assert version_curve(shipped, {18: AnswerTally(0, 200)}).at(18) < 0.12


def test_a_label_departs_from_its_suggester_as_answers_come() -> None:
    version = version_curve({}, {18: AnswerTally(50, 100)})
    assert label_curve(version, {}).at(18) == version.at(18)
    assert label_curve(version, {18: AnswerTally(1, 1)}).at(18) == pytest.approx((1 + 4 * 0.5) / 5)
    assert label_curve(version, {18: AnswerTally(40, 40)}).at(18) > 0.95


@given(bins, bins)
def test_chances_rise_with_the_score_between_zero_and_one(
    shipped: dict[int, AnswerTally], answered: dict[int, AnswerTally]
) -> None:
    version = version_curve(shipped, answered)
    for curve in (version, label_curve(version, answered)):
        found = [curve.at(at) for at in range(BINS + 1)]
        assert all(0 <= low <= high + 1e-12 <= 1 + 1e-12 for low, high in zip(found, found[1:], strict=False))


@given(bins, st.integers(0, BINS))
def test_more_acceptances_never_lower_the_mean(answered: dict[int, AnswerTally], at: int) -> None:
    more = answered | {at: answered.get(at, AnswerTally()).plus(AnswerTally(1, 1))}
    assert version_curve({}, more).mean >= version_curve({}, answered).mean - 1e-12


def test_a_version_retires_after_thirty_answers() -> None:
    assert not is_retired(AnswerTally(0, 29))
    assert is_retired(AnswerTally(8, 30))
    assert not is_retired(AnswerTally(9, 30))

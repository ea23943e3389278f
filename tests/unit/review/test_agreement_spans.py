"""Span scores and character measures come to figures that were worked out by hand or by others."""

import pytest

from app.core.annotation import Annotation
from tests.unit.build import annotation, evidence
from tests.unit.build import document as reference_of
from tests.unit.review.measured import Labelled, Measured, Scores, Section, document, of_labelled, of_marks

TEXT = "x" * 200


def marks(*ranges: Section, **fields: object) -> list[Annotation]:
    return [annotation(TEXT, each, **fields) for each in ranges]


def of_ranges(*raters: list[Section]) -> Measured:
    return of_marks(*(marks(*ranges) for ranges in raters))


def near(value: float):
    return pytest.approx(value, abs=5e-5)


def both(value: float | None) -> Scores:
    return Scores(value, value, value)


# -- spans -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pred", "gold", "exact", "overlap", "partial", "characters"),
    [
        ([(0, 5)], [(1, 6)], 0.0, 1.0, (0.8, 0.8, 0.8), 0.8),
        ([(4, 15)], [(4, 9)], 0.0, 1.0, (0.4545, 1.0, 0.625), 0.625),
        ([(4, 15), (16, 19)], [(4, 9), (16, 19)], 0.5, 1.0, (0.7273, 1.0, 0.8421), 0.7273),
        ([(0, 20)], [(0, 5), (10, 15)], 0.0, 0.6667, (0.25, 0.5, 0.3333), 0.6667),
        ([(0, 5)], [(5, 10)], 0.0, 0.0, (0.0, 0.0, 0.0), 0.0),
    ],
)
def test_published_pairs(
    pred: list[Section],
    gold: list[Section],
    exact: float,
    overlap: float,
    partial: tuple[float, float, float],
    characters: float,
) -> None:
    """Perrella 2026, with the code of that paper."""
    found = of_ranges(pred, gold)
    assert (found.value("exact_f1", "ab"), found.value("overlap_f1", "ab")) == (near(exact), near(overlap))
    assert found.scores("mpp") == Scores(*map(near, partial))
    assert found.value("char_f1", "ab") == near(characters)


def test_one_long_mark_over_two() -> None:
    assert of_ranges([(0, 20)], [(0, 5), (10, 15)]).scores("overlap") == Scores(1.0, 0.5, near(0.6667))


def test_shrinking_a_mark_can_raise_recall_by_a_changed_match() -> None:
    gold = [(4, 11), (13, 28)]
    assert of_ranges([(10, 15)], gold).scores("mpp").recall == pytest.approx(0.066667, abs=5e-7)
    assert of_ranges([(10, 14)], gold).scores("mpp").recall == pytest.approx(0.071429, abs=5e-7)


def test_partial_credit_is_matched_for_the_highest_f1() -> None:
    found = of_ranges([(0, 10), (5, 10)], [(0, 10), (0, 5)])
    # By the paper, the two that are the same aren't matched: each earns more with the other one.
    assert found.scores("mpp") == both(0.75)
    assert found.scores("exact") == found.scores("exact_label") == both(0.5)


def test_a_matching_can_be_best_between_precision_and_recall() -> None:
    """Three components with a choice each, of which the best combination is best by no weight of the two alone."""
    left = [(0, 10), (40, 50), (80, 90), (120, 122)]
    right = [(0, 3), (3, 30), (40, 43), (43, 70), (80, 83), (83, 110)]
    found = of_ranges(left, right)
    # A mark may be matched with the short one (.3 for precision, 1 for recall), or the long one (.7 and 7 / 27).
    options = [
        (short, 2 * p * r / (p + r))
        for short in range(4)
        for p, r in [((short * 0.3 + (3 - short) * 0.7) / 4, (short + (3 - short) * 7 / 27) / 6)]
    ]
    assert found.value("mpp_f1", "ab") == pytest.approx(max(value for _, value in options))


def test_identical_marks_are_the_same_finding() -> None:
    left = [*marks((0, 10), label="A"), *marks((5, 10), label="B")]
    right = [*marks((0, 10), label="A"), *marks((0, 5), label="C")]
    row = of_marks(left, right).row("kappa_label", "ab")
    assert (row.used, row.total) == (1, 1)  # the two others don't meet


def test_micro_sums_over_documents_do_not_reward_marking_less() -> None:
    first, second = document([marks((0, 5)), marks((0, 5))]), document([[], marks((3, 9))], uid="e")
    assert Measured([first, second]).scores("mpp") == Scores(1.0, 0.5, pytest.approx(2 / 3))
    assert Measured([second]).scores("mpp") == Scores(1.0, 0.0, 0.0)


def test_both_empty_and_one_empty() -> None:
    for mode in ("exact", "overlap", "mpp"):
        assert of_ranges([], []).scores(mode) == both(None)
        assert of_ranges([], [(0, 5)]).scores(mode) == Scores(1.0, 0.0, 0.0)
        assert of_ranges([(0, 5)], []).scores(mode) == Scores(0.0, 1.0, 0.0)
    for measure in ("char_f1", "char_iou"):
        assert of_ranges([], []).value(measure, "ab") is None
        assert of_ranges([(0, 4)], []).value(measure, "ab") == 0.0


def test_marks_made_twice_count_once() -> None:
    twice = marks((0, 5), (0, 5), (9, 12))
    found = of_marks(twice, marks((0, 5), (9, 12)))
    assert found.scores("exact_label") == both(1.0)
    assert found.row("exact_f1", "ab").n == [2, 2]
    assert found.notes == ["marks made twice by the same annotator, counted once: 1"]
    assert of_marks([*twice, *marks((0, 5), label="NOTE")], []).row("exact_f1", "ab").n == [3, 0]


def test_a_fragmented_mark_matches_by_characters_and_exact_ends() -> None:
    split, whole = [annotation(TEXT, (0, 2), (8, 10))], marks((0, 10))
    found = of_marks(split, whole)
    assert found.value("exact_f1", "ab") == 1.0
    assert found.scores("mpp") == Scores(1.0, 0.4, pytest.approx(0.8 / 1.4))
    assert of_marks(split, marks((3, 7))).value("overlap_f1", "ab") == 0.0


def test_anchors_match_nearby_and_by_their_evidence() -> None:
    reference = reference_of("y" * 50, uid="reference")
    here, near_by, far = ([annotation(TEXT, (at, at))] for at in (10, 70, 71))
    assert of_marks(here, near_by).value("overlap_label_f1", "ab") == 1.0
    assert of_marks(here, near_by).value("exact_label_f1", "ab") == 0.0
    assert of_marks(here, far).value("overlap_label_f1", "ab") == 0.0

    def proved(at: int, *place: int) -> list[Annotation]:
        return [annotation(TEXT, (at, at), evidence=(evidence(reference, (place[0], place[1])),))]

    assert of_marks(proved(10, 0, 9), proved(20, 5, 12)).value("overlap_label_f1", "ab") == 1.0
    for mode in ("exact", "overlap", "mpp"):
        assert of_marks(proved(10, 0, 9), proved(10, 9, 12)).value(f"{mode}_label_f1", "ab") == 0.0
    assert of_marks(proved(10, 0, 9), here).value("exact_label_f1", "ab") == 1.0
    assert of_ranges([(10, 10)], []).value("char_f1", "ab") is None


def test_anchors_of_two_documents_do_not_meet() -> None:
    at_the_end, at_the_start = [annotation(TEXT, (200, 200))], [annotation(TEXT, (0, 0))]
    documents = [document([at_the_end, []], uid="d1"), document([[], at_the_start], uid="d2")]
    assert Measured(documents).value("overlap_f1", "ab") == 0.0


def test_labels_must_agree_where_they_are_asked_for() -> None:
    left = [*marks((0, 5), label="A"), *marks((10, 20), label="B")]
    right = [*marks((0, 5), label="B"), *marks((10, 18), label="B")]
    found = of_marks(left, right)
    assert found.value("overlap_f1", "ab") == 1.0
    assert found.value("overlap_label_f1", "ab") == 0.5
    assert found.value("mpp_label_f1", "ab", "B") == pytest.approx(2 * 0.8 * 0.5 / 1.3)
    assert found.value("mpp_label_f1", "ab", "A") == 0.0
    assert (found.row("kappa_label", "ab").used, found.row("kappa_label", "ab", "A").n) == (2, 1)


# -- the case of three annotators --------------------------------------------------------------------------------------

CASE: dict[str, list[Labelled]] = {
    "a": [(0, 8, "N"), (12, 20, "E"), (30, 36, "T")],
    "b": [(0, 8, "N"), (14, 20, "E"), (30, 36, "E")],
    "c": [(0, 8, "N"), (24, 28, "T")],
}
LENGTH = 40
FIGURES = ("exact_f1", "exact_label_f1", "overlap_f1", "mpp_f1", "char_f1", "char_iou", "char_alpha")
TABLE = {
    "ab": (0.666667, 0.333333, 1.0, 0.956522, 0.952381, 0.909091, 0.703565),
    "ac": (0.4, 0.4, 0.4, 0.4, 0.470588, 0.307692, 0.263975),
    "bc": (0.4, 0.4, 0.4, 0.4, 0.5, 0.333333, 0.313043),
}


def six(value: float):
    return pytest.approx(value, abs=5e-7)


@pytest.fixture(scope="module")
def case() -> Measured:
    return of_labelled(*CASE.values(), length=LENGTH)


@pytest.mark.parametrize("pair", TABLE)
def test_every_figure_of_a_pair(case: Measured, pair: str) -> None:
    assert tuple(case.value(name, pair) for name in FIGURES) == tuple(map(six, TABLE[pair]))


def test_partial_credit_by_hand(case: Measured) -> None:
    assert case.scores("mpp", "ab") == Scores(pytest.approx((8 / 8 + 6 / 8 + 6 / 6) / 3), 1.0, six(0.956522))


def test_all_three(case: Measured) -> None:
    assert (case.value("char_alpha"), case.value("char_alpha_any")) == (six(0.442685), six(0.398990))
    assert case.value("char_alpha_any", "ab") == six(0.901003)


def test_unitizing_of_the_three(case: Measured) -> None:
    alone = {label: case.value("alpha_u", "ab", label) for label in "NET"}
    assert alone == {"N": 1.0, "E": six(0.423848), "T": six(-0.310417)}
    assert (case.value("alpha_u", "ab"), case.value("alpha_u")) == (six(0.592688), six(0.464954))


# -- characters --------------------------------------------------------------------------------------------------------


def test_nobody_marked_anything_and_everybody_everything() -> None:
    for section in ([], [(0, 200)]):
        found = of_ranges(section, section)
        assert found.value("char_alpha", "ab") is None
        assert found.value("char_alpha_any", "ab") is None


def test_labels_that_overlap_are_compared_one_by_one_and_as_sets() -> None:
    one, other = [(0, 10, "A"), (5, 15, "B")], [(0, 10, "A"), (5, 10, "B"), (8, 12, "B")]
    found = of_labelled(one, other, length=20)
    assert found.value("char_alpha", "ab", "A") == 1.0
    # B: 7 shared of 10 and 7; sets: 17 characters agree, of nothing (5 + 8), A (5 + 5), B (5 + 2), both (5 + 5)
    b = 1 - 39 * 6 / (40**2 - 17**2 - 23**2)
    sets = 1 - 39 * 6 / (40**2 - 13**2 - 10**2 - 7**2 - 10**2)
    assert (found.value("char_alpha", "ab", "B"), found.value("char_alpha", "ab")) == (six(b), six(sets))
    assert "labels overlap: over all labels, a character's value is the set of its labels" in found.notes


def test_mu_shroom() -> None:
    """Helsinki-NLP's scorer: IoU 3 / 11."""
    assert of_ranges([(0, 5), (10, 14)], [(2, 7)]).value("char_iou", "ab") == pytest.approx(3 / 11)

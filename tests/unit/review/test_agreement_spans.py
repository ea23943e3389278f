"""Span scores, character measures and soft labels come to figures that were worked out by hand or by others."""

from collections.abc import Iterable

import pytest

from app.core.annotation import Annotation
from app.review.agreement.annotation_ranges import annotations_of
from app.review.agreement.characters import (
    Alphabet,
    CharacterSums,
    Coding,
    alpha_columns,
    alpha_of_columns,
    binary_columns,
    character_sums,
    coding,
    overlap_f1,
    overlap_iou,
    value_table,
)
from app.review.agreement.coded_values import cohen_kappa
from app.review.agreement.figure import NO_VARIATION
from app.review.agreement.soft import hard_sections, soft_f1, spearman
from app.review.agreement.spans import Comparison, Mode, Scores, Sums, compare, scores, semeval_scores
from app.review.agreement.unitized_alpha import alpha_u, alpha_u_of, continuum, disagreements
from tests.unit.build import annotation, document, evidence

TEXT = "x" * 200
Section = tuple[int, int]


def marks(*ranges: Section, **fields: object) -> list[Annotation]:
    return [annotation(TEXT, each, **fields) for each in ranges]


def compared(left: Iterable[Annotation], right: Iterable[Annotation]) -> Comparison:
    return compare(annotations_of(left), annotations_of(right))


def score(mode: Mode, pred: list[Section], gold: list[Section]) -> Scores:
    return scores(compared(marks(*pred), marks(*gold)).sums[mode, False])


def sums_of(*raters: list[Section], length: int = 200) -> CharacterSums:
    alphabet = Alphabet()
    found = coding([[(start, end, "X") for start, end in rater] for rater in raters], length, alphabet)
    return character_sums(found, alphabet)


def char_f1(pred: list[Section], gold: list[Section]) -> float:
    sums = sums_of(pred, gold)
    return overlap_f1(sums.both[0, 1], sums.marked[0], sums.marked[1])


def near(value: float):
    return pytest.approx(value, abs=5e-5)


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
    assert score(Mode.EXACT, pred, gold).f1 == near(exact)
    assert score(Mode.OVERLAP, pred, gold).f1 == near(overlap)
    assert score(Mode.PARTIAL, pred, gold) == Scores(*map(near, partial))
    assert char_f1(pred, gold) == near(characters)


def test_one_long_mark_over_two() -> None:
    assert score(Mode.OVERLAP, [(0, 20)], [(0, 5), (10, 15)]) == Scores(1.0, 0.5, near(0.6667))
    sums = sums_of([(4, 15), (16, 19)], [(4, 9), (16, 19)])
    assert (sums.both[0, 1] / sums.marked[0], sums.both[0, 1] / sums.marked[1]) == (near(0.5714), 1.0)


def test_shrinking_a_mark_can_raise_recall_by_a_changed_match() -> None:
    gold = [(4, 11), (13, 28)]
    assert score(Mode.PARTIAL, [(10, 15)], gold).recall == pytest.approx(0.066667, abs=5e-7)
    assert score(Mode.PARTIAL, [(10, 14)], gold).recall == pytest.approx(0.071429, abs=5e-7)


def test_the_same_mark_goes_with_its_like_whatever_runs_into_it() -> None:
    left, right = marks((0, 10), (5, 10)), marks((0, 10), (0, 5))
    assert compared(left, right).matched == ((0, 1),)  # sorted, the shorter comes first
    assert scores(compared(left, right).sums[Mode.PARTIAL, False]).f1 == 0.5


def test_micro_sums_over_documents_do_not_reward_marking_less() -> None:
    first = compared(marks((0, 5)), marks((0, 5))).sums[Mode.PARTIAL, False]
    second = compared([], marks((3, 9))).sums[Mode.PARTIAL, False]
    total = scores(Sums(*(one + other for one, other in zip(first, second, strict=True))))
    assert total == Scores(1.0, 0.5, pytest.approx(2 / 3))
    assert (scores(first).f1 + scores(second).f1) / 2 == 0.5
    assert (scores(second).precision, scores(second).recall) == (1.0, 0.0)


def test_both_empty_and_one_empty() -> None:
    for mode in Mode:
        assert score(mode, [], []) == Scores(1.0, 1.0, 1.0)
        assert score(mode, [], [(0, 5)]) == Scores(1.0, 0.0, 0.0)
        assert score(mode, [(0, 5)], []) == Scores(0.0, 1.0, 0.0)
    nothing = compared([], []).sums[Mode.EXACT, False]
    assert nothing == Sums(0.0, 0.0, 0, 0)  # adds nothing to the sums of other documents
    assert overlap_f1(0, 0, 0) == overlap_iou(0, 0, 0) == 1.0
    assert overlap_f1(0, 4, 0) == overlap_iou(0, 4, 0) == 0.0


def test_semeval_2013_counts_a_partial_hit_half() -> None:
    both = semeval_scores(correct=2, incorrect=0, partial=3, missed=0, spurious=0)
    assert both == Scores(*(pytest.approx(0.70),) * 3)
    strict = semeval_scores(correct=2, incorrect=3, partial=0, missed=0, spurious=0)
    assert strict.f1 == pytest.approx(0.40)
    assert semeval_scores(correct=1, incorrect=1, partial=0, missed=2, spurious=0)[:2] == (0.5, 0.25)
    assert semeval_scores(correct=1, incorrect=1, partial=0, missed=0, spurious=2)[:2] == (0.25, 0.5)


def test_marks_made_twice_count_once() -> None:
    twice = marks((0, 5), (0, 5), (9, 12))
    ready = annotations_of([*twice, *marks((0, 5), label="NOTE")])
    assert (len(ready.keys), ready.collapsed) == (3, 1)
    assert scores(compared(twice, marks((0, 5), (9, 12))).sums[Mode.EXACT, True]) == Scores(1.0, 1.0, 1.0)


def test_a_fragmented_mark_matches_by_characters_and_exact_ends() -> None:
    split, whole = [annotation(TEXT, (0, 2), (8, 10))], marks((0, 10))
    found = compared(split, whole)
    assert scores(found.sums[Mode.EXACT, False]).f1 == 1.0
    assert scores(found.sums[Mode.PARTIAL, False]) == Scores(1.0, 0.4, pytest.approx(0.8 / 1.4))
    assert annotations_of(split).split == 1
    between = compared(split, marks((3, 7)))
    assert scores(between.sums[Mode.OVERLAP, False]).f1 == 0.0


def test_anchors_match_nearby_and_by_their_evidence() -> None:
    reference = document("y" * 50, uid="reference")
    here, near_by, far = ([annotation(TEXT, (at, at))] for at in (10, 70, 71))
    assert scores(compared(here, near_by).sums[Mode.OVERLAP, True]).f1 == 1.0
    assert scores(compared(here, near_by).sums[Mode.EXACT, True]).f1 == 0.0
    assert scores(compared(here, far).sums[Mode.OVERLAP, True]).f1 == 0.0

    def proved(at: int, *place: int) -> list[Annotation]:
        return [annotation(TEXT, (at, at), evidence=(evidence(reference, (place[0], place[1])),))]

    assert scores(compared(proved(10, 0, 9), proved(20, 5, 12)).sums[Mode.OVERLAP, True]).f1 == 1.0
    for mode in Mode:
        assert scores(compared(proved(10, 0, 9), proved(10, 9, 12)).sums[mode, True]).f1 == 0.0
    assert scores(compared(proved(10, 0, 9), here).sums[Mode.EXACT, True]).f1 == 1.0
    sums = sums_of([(10, 10)], [])
    assert sums.marked == (0, 0)


def test_labels_must_agree_where_they_are_asked_for() -> None:
    left = [*marks((0, 5), label="A"), *marks((10, 20), label="B")]
    right = [*marks((0, 5), label="B"), *marks((10, 18), label="B")]
    found = compared(left, right)
    assert scores(found.sums[Mode.OVERLAP, False]).f1 == 1.0
    assert scores(found.sums[Mode.OVERLAP, True]).f1 == 0.5
    assert found.by_label[Mode.PARTIAL, "B"] == Sums(0.8, 1.0, 1, 2)
    assert found.by_label[Mode.PARTIAL, "A"] == Sums(0.0, 0.0, 1, 0)
    assert found.matched == ((0, 0), (1, 1))


# -- the case of three annotators --------------------------------------------------------------------------------------

CASE = {
    "A": [(0, 8, "N"), (12, 20, "E"), (30, 36, "T")],
    "B": [(0, 8, "N"), (14, 20, "E"), (30, 36, "E")],
    "C": [(0, 8, "N"), (24, 28, "T")],
}
LENGTH = 40
TABLE = {
    "AB": (0.666667, 0.333333, 1.0, 0.956522, 0.952381, 0.909091, 0.703565, 0.703704),
    "AC": (0.4, 0.4, 0.4, 0.4, 0.470588, 0.307692, 0.263975, 0.285714),
    "BC": (0.4, 0.4, 0.4, 0.4, 0.5, 0.333333, 0.313043, 0.344262),
}


def six(value: float):
    return pytest.approx(value, abs=5e-7)


def coded() -> tuple[Coding, CharacterSums]:
    alphabet = Alphabet()
    found = coding(list(CASE.values()), LENGTH, alphabet)
    return found, character_sums(found, alphabet)


def case_of(name: str) -> list[Annotation]:
    return [annotation(TEXT, (start, end), label=label) for start, end, label in CASE[name]]


@pytest.mark.parametrize("pair", TABLE)
def test_every_figure_of_a_pair(pair: str) -> None:
    i, j = ("ABC".index(name) for name in pair)
    found = compared(case_of(pair[0]), case_of(pair[1]))
    coding_, sums = coded()
    areas = (sums.both[i, j], sums.marked[i], sums.marked[j])
    figures = (
        scores(found.sums[Mode.EXACT, False]).f1,
        scores(found.sums[Mode.EXACT, True]).f1,
        scores(found.sums[Mode.OVERLAP, False]).f1,
        scores(found.sums[Mode.PARTIAL, False]).f1,
        overlap_f1(*areas),
        overlap_iou(*areas),
        alpha_of_columns(alpha_columns(sums, (i, j))),
        cohen_kappa(value_table(coding_, i, j)),
    )
    assert figures == tuple(map(six, TABLE[pair]))


def test_partial_credit_by_hand() -> None:
    found = scores(compared(case_of("A"), case_of("B")).sums[Mode.PARTIAL, False])
    assert found == Scores(pytest.approx((8 / 8 + 6 / 8 + 6 / 6) / 3), 1.0, six(0.956522))


def test_all_three() -> None:
    coding_, sums = coded()
    assert alpha_of_columns(alpha_columns(sums, (0, 1, 2))) == six(0.442685)
    assert alpha_of_columns(binary_columns(sums, (0, 1, 2), None)) == six(0.398990)
    assert alpha_of_columns(binary_columns(sums, (0, 1), None)) == six(0.901003)
    marked = {values: count for values, count in value_table(coding_, 0, 1).items() if values != (0, 0)}
    assert sum(marked.values()) == 22
    assert cohen_kappa(marked) == six(0.456790)


def test_unitizing_of_the_three() -> None:
    labels = {
        name: continuum([[(s, e) for s, e, label in rater if label == name] for rater in CASE.values()], LENGTH)
        for name in "NET"
    }
    alone = {
        name: alpha_u_of(*disagreements(label, (0, 1)), units=label.units[0] + label.units[1])
        for name, label in labels.items()
    }
    assert alone == {"N": 1.0, "E": six(0.423848), "T": six(-0.310417)}
    assert alpha_u(labels.values(), (0, 1)) == six(0.592688)
    assert alpha_u(labels.values()) == six(0.464954)


# -- characters and soft labels ----------------------------------------------------------------------------------------


def test_nobody_marked_anything_and_everybody_everything() -> None:
    for section in ([], [(0, 200)]):
        sums = sums_of(section, section)
        assert alpha_of_columns(alpha_columns(sums, (0, 1))) == NO_VARIATION
        assert alpha_of_columns(binary_columns(sums, (0, 1), None)) == NO_VARIATION


def test_labels_that_overlap_are_compared_one_by_one_and_as_sets() -> None:
    alphabet = Alphabet()
    one, other = [(0, 10, "A"), (5, 15, "B")], [(0, 10, "A"), (5, 10, "B"), (8, 12, "B")]
    sums = character_sums(coding([one, other], 20, alphabet), alphabet)
    a, b = (alphabet.labels[label] for label in "AB")
    assert [int(size[a]) for size in sums.sizes] == [10, 10]
    assert [int(size[b]) for size in sums.sizes] == [10, 7]
    assert (sums.shared[0, 1][a], sums.shared[0, 1][b]) == (10, 7)
    assert alpha_of_columns(binary_columns(sums, (0, 1), a)) == 1.0
    assert sums.equal[0, 1] == 17
    assert len(alphabet) == 4  # nothing, A, B, and both at once


def test_mu_shroom() -> None:
    sums = sums_of([(0, 5), (10, 14)], [(2, 7)])
    assert overlap_iou(sums.both[0, 1], *sums.marked) == pytest.approx(3 / 11)
    soft = [(0, 3, 0.6), (3, 6, 0.9), (8, 9, 0.5)]
    assert hard_sections(soft) == [(0, 6)]
    assert hard_sections([(0, 3, 0.5)]) == []
    assert spearman([], [], 10) == spearman([(0, 10, 0.7)], [(0, 10, 0.2)], 10) == 1.0
    assert spearman([], soft, 10) == spearman(soft, [], 10) == 0.0
    assert spearman(soft, soft, 10) == pytest.approx(1.0)
    assert spearman([(0, 5, 0.9)], [(5, 10, 0.9)], 10) == pytest.approx(-1.0)
    assert soft_f1([(0, 4, 0.5)], [(2, 6, 1.0)], 10) == pytest.approx(2 * (2 * 0.5) / (4 * 0.5 + 4))
    assert (soft_f1([], [], 10), soft_f1([], soft, 10)) == (1.0, 0.0)


def test_spearman_is_that_of_a_list_of_characters() -> None:
    from scipy.stats import spearmanr

    one, other = [(0, 3, 0.6), (3, 6, 0.9), (8, 9, 0.5)], [(1, 5, 0.4), (5, 9, 0.8)]
    lists = [[next((p for s, e, p in soft if s <= at < e), 0.0) for at in range(12)] for soft in (one, other)]
    assert spearman(one, other, 12) == pytest.approx(spearmanr(*lists).statistic)

"""What holds of agreement whatever was marked: symmetry, bounds, order, names; and the same figures the slow way."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.core.annotation import Annotation
from app.review.agreement.annotation_ranges import annotations_of
from app.review.agreement.bootstrap import percentile_interval
from app.review.agreement.characters import (
    Alphabet,
    alpha_columns,
    alpha_of_columns,
    binary_columns,
    character_sums,
    coding,
    overlap_f1,
    overlap_iou,
    value_table,
)
from app.review.agreement.coded_values import (
    alpha,
    bennett_s,
    cohen_kappa,
    gwet_ac1,
    interval,
    nominal,
    ordinal,
    ratio,
    scott_pi,
    table_of,
)
from app.review.agreement.figure import Figure, Undefined
from app.review.agreement.gamma import positional
from app.review.agreement.overlap_columns import meetings
from app.review.agreement.soft import spearman
from app.review.agreement.spans import Comparison, Mode, compare, scores
from app.review.agreement.unitized_alpha import Section, alpha_u, continuum, disagreements, merged
from app.review.agreement.vectors import f1_vector
from app.review.matches import overlaps
from tests.property.strategies import fragments
from tests.unit.build import annotation

LENGTH = 60
TEXT = "x" * LENGTH
LABELS = ("A", "B", "C")

ranges = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 20)).map(lambda p: (p[0], min(LENGTH, p[0] + p[1])))
labelled = st.tuples(ranges, st.sampled_from(LABELS))
layers = st.lists(labelled, max_size=8, unique=True)
units = st.lists(st.lists(st.sampled_from([1, 2, 3, None]), min_size=2, max_size=4), min_size=1, max_size=12)
pairs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=20)


def close(one: Figure, other: Figure) -> bool:
    if isinstance(one, Undefined) or isinstance(other, Undefined):
        return one == other
    return one == pytest.approx(other, abs=1e-9)


def marks(layer: Sequence[tuple[Section, str]]) -> list[Annotation]:
    return [annotation(TEXT, place, label=label) for place, label in layer]


def compared(left: Sequence[tuple[Section, str]], right: Sequence[tuple[Section, str]]) -> Comparison:
    return compare(annotations_of(marks(left)), annotations_of(marks(right)))


# -- values ------------------------------------------------------------------------------------------------------------


@given(pairs, st.permutations("xyz"))
def test_measures_of_two_raters_are_symmetric_and_blind_to_names(values, names) -> None:
    renamed = dict(zip("abc", names, strict=True))
    for measure in (cohen_kappa, scott_pi, bennett_s, gwet_ac1):
        figure = measure(table_of(values))
        assert close(figure, measure(table_of((other, one) for one, other in values)))
        assert close(figure, measure(table_of((renamed[one], renamed[other]) for one, other in values)))
        assert isinstance(figure, Undefined) or figure <= 1


@given(units, st.randoms(use_true_random=False))
def test_alpha_is_blind_to_the_order_of_raters_and_units(values, random) -> None:
    for distance in (nominal, ordinal, interval, ratio):
        figure = alpha(values, distance)
        assert isinstance(figure, Undefined) or figure <= 1 + 1e-12
        shuffled = [random.sample(unit, len(unit)) for unit in values]
        random.shuffle(shuffled)
        assert close(figure, alpha(shuffled, distance))
        assert close(figure, alpha([*values, [2, None, None]], distance))  # one value says nothing


@given(units)
def test_alpha_is_the_one_of_fractions(values) -> None:
    kept = [[v for v in unit if v is not None] for unit in values]
    kept = [unit for unit in kept if len(unit) > 1]
    pool = [v for unit in kept for v in unit]
    apart = sum(Fraction(2 * sum(a != b for a, b in combinations(unit, 2)), len(unit) - 1) for unit in kept)
    expected = sum(2 for a, b in combinations(pool, 2) if a != b)
    assume(expected)
    exact = 1 - Fraction(apart, len(pool)) / Fraction(expected, len(pool) * (len(pool) - 1))
    assert alpha(values) == pytest.approx(float(exact), abs=1e-9)


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=10))
def test_equal_values_with_variation_agree_perfectly(values) -> None:
    assume(len(set(values)) > 1)
    same = [(value, value) for value in values]
    assert alpha(same) == pytest.approx(1.0)
    assert cohen_kappa(table_of(same)) == pytest.approx(1.0)


# -- spans -------------------------------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(layers, layers)
def test_exact_is_at_most_partial_is_at_most_overlap(left, right) -> None:
    sums = compared(left, right).sums
    for labelled_ in (False, True):
        exact, partial, overlap = (scores(sums[mode, labelled_]) for mode in (Mode.EXACT, Mode.PARTIAL, Mode.OVERLAP))
        assert exact.f1 <= partial.f1 + 1e-9
        assert exact.precision <= partial.precision + 1e-9
        assert exact.recall <= partial.recall + 1e-9
        assert partial.f1 <= overlap.f1 + 1e-9
        assert all(0 <= value <= 1 + 1e-9 for result in (exact, partial, overlap) for value in result)


@given(layers, layers)
def test_precision_and_recall_change_places_with_the_raters(left, right) -> None:
    one, other = compared(left, right), compared(right, left)
    for key, sums in one.sums.items():
        back = scores(other.sums[key])
        assert scores(sums) == pytest.approx((back.recall, back.precision, back.f1))
    assert sorted((j, i) for i, j in other.matched) == list(one.matched)


@given(layers, layers, st.randoms(use_true_random=False))
def test_the_order_of_marks_changes_nothing(left, right, random) -> None:
    before = compared(left, right)
    after = compared(random.sample(left, len(left)), random.sample(right, len(right)))
    assert after == before


@given(layers, layers, st.permutations(LABELS))
def test_the_names_of_labels_change_nothing(left, right, names) -> None:
    renamed = dict(zip(LABELS, names, strict=True))
    one = compared(left, right)
    other = compared(*([(place, renamed[label]) for place, label in layer] for layer in (left, right)))
    for key, sums in one.sums.items():
        assert scores(sums).f1 == pytest.approx(scores(other.sums[key]).f1)


@given(st.lists(labelled, max_size=6, unique=True), st.lists(labelled, max_size=6, unique=True))
def test_a_mark_that_meets_nothing_never_helps(left, right) -> None:
    far = annotation("x" * 200, (150, 160), label="A")
    before = compared(left, right)
    after = compare(annotations_of([*marks(left), far]), annotations_of(marks(right)))
    assume(left)
    for mode in Mode:
        one, other = scores(before.sums[mode, False]), scores(after.sums[mode, False])
        assert other.precision <= one.precision + 1e-9
        assert other.recall == pytest.approx(one.recall)


@given(layers)
def test_equal_layers_are_perfect(layer) -> None:
    found = compared(layer, layer)
    assert all(scores(sums) == pytest.approx((1.0, 1.0, 1.0)) for sums in found.sums.values())


@given(layers, layers, st.integers(1, 5))
def test_the_sums_of_many_resamples_give_the_f1_of_one(left, right, times) -> None:
    import numpy

    for sums in compared(left, right).sums.values():
        (value,) = f1_vector(numpy.array([sums], dtype=float) * times)
        if sums.left or sums.right:
            assert value == pytest.approx(scores(sums).f1)
        else:
            assert numpy.isnan(value)


@given(st.lists(fragments(TEXT), max_size=8, unique=True), st.lists(fragments(TEXT), max_size=8, unique=True))
def test_marks_meet_by_columns_as_they_do_one_by_one(left, right) -> None:
    one, other = (
        annotations_of(annotation(TEXT, *((part.start, part.end) for part in parts)) for parts in layer)
        for layer in (left, right)
    )
    assert list(zip(*meetings(one, other), strict=True)) == list(overlaps(one.annotations, other.annotations))


# -- characters --------------------------------------------------------------------------------------------------------


@given(st.lists(layers, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_sweeping_over_ranges_is_counting_characters(raters, random) -> None:
    alphabet = Alphabet()
    given_ = [[(*place, label) for place, label in layer] for layer in raters]
    sums = character_sums(found := coding(given_, LENGTH, alphabet), alphabet)
    lists = [
        [frozenset(label for (start, end), label in layer if start <= at < end) for at in range(LENGTH)]
        for layer in raters
    ]
    everyone = range(len(raters))
    assert close(alpha_of_columns(alpha_columns(sums, everyone)), alpha(zip(*lists, strict=True)))
    marked = zip(*([bool(value) for value in values] for values in lists), strict=True)
    assert close(alpha_of_columns(binary_columns(sums, everyone, None)), alpha(marked))
    for label, at in alphabet.labels.items():
        binary = zip(*([label in value for value in values] for values in lists), strict=True)
        assert close(alpha_of_columns(binary_columns(sums, everyone, at)), alpha(binary))
    for i, j in combinations(everyone, 2):
        kappa = cohen_kappa(table_of(zip(lists[i], lists[j], strict=True)))
        assert close(cohen_kappa(value_table(found, i, j)), kappa)
        ours, theirs = ({at for at, value in enumerate(lists[k]) if value} for k in (i, j))
        area = (len(ours & theirs), len(ours), len(theirs))
        assert (sums.both[i, j], sums.marked[i], sums.marked[j]) == area
        iou, f1 = overlap_iou(*area), overlap_f1(*area)
        assert 0 <= iou <= f1 <= 1
        assert (iou, f1) == (overlap_iou(area[0], area[2], area[1]), overlap_f1(area[0], area[2], area[1]))
    random.shuffle(given_)
    shuffled = Alphabet()
    again = character_sums(coding(given_, LENGTH, shuffled), shuffled)
    assert close(alpha_of_columns(alpha_columns(again, everyone)), alpha_of_columns(alpha_columns(sums, everyone)))


soft = (
    st.lists(ranges, max_size=5)
    .map(merged)
    .flatmap(
        lambda sections: st.tuples(*(st.sampled_from([0.2, 0.5, 0.9]) for _ in sections)).map(
            lambda values: [(start, end, p) for (start, end), p in zip(sections, values, strict=True)]
        )
    )
)


@given(soft, soft)
def test_spearman_is_symmetric_and_bounded(one, other) -> None:
    value = spearman(one, other, LENGTH)
    assert value == pytest.approx(spearman(other, one, LENGTH))
    assert -1 - 1e-9 <= value <= 1 + 1e-9


# -- continua ----------------------------------------------------------------------------------------------------------

continua = st.lists(st.lists(ranges, max_size=4).map(merged), min_size=2, max_size=4)


@given(continua)
def test_disagreement_is_the_one_of_fractions(raters) -> None:
    label = continuum(raters, LENGTH)
    size, length = len(raters), LENGTH
    apart = sum(slow_distance(one, other) for one, other in combinations(raters, 2))
    lengths = [end - start for rater in raters for start, end in rater]
    gaps = [gap for rater in raters for gap in slow_gaps(rater)]
    ways = sum(
        Fraction((len(lengths) - 1) * (2 * x**3 - 3 * x**2 + x), 3) + x**2 * sum(g - x + 1 for g in gaps if g >= x)
        for x in lengths
    )
    room = size * length * (size * length - 1) - sum(x * (x - 1) for x in lengths)
    observed, expected = disagreements(label)
    assert observed == pytest.approx(float(Fraction(2 * apart, size * (size - 1) * length**2)), abs=1e-9)
    assert expected == pytest.approx(float(Fraction(2, length) * ways / room), abs=1e-9)
    for i, j in combinations(range(size), 2):
        two = disagreements(continuum([raters[i], raters[j]], LENGTH))
        assert disagreements(label, (i, j)) == pytest.approx(two)


def slow_distance(one: list[Section], other: list[Section]) -> int:
    """Compare every unit and gap of one rater with every one of the other."""
    total = 0
    for a in one:
        hits = [b for b in other if a[0] < b[1] and b[0] < a[1]]
        total += sum((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 for b in hits) if hits else (a[1] - a[0]) ** 2
    return total + sum((b[1] - b[0]) ** 2 for b in other if not any(a[0] < b[1] and b[0] < a[1] for a in one))


def slow_gaps(rater: list[Section]) -> list[int]:
    """Return the lengths of the stretches of characters outside all units."""
    inside = {at for start, end in rater for at in range(start, end)}
    gaps, run = [], 0
    for at in range(LENGTH + 1):
        if at < LENGTH and at not in inside:
            run += 1
        elif run:
            gaps.append(run)
            run = 0
    return gaps


@given(continua, st.randoms(use_true_random=False), st.integers(0, 500))
def test_alpha_u_ignores_rater_order_and_shifts_of_the_continuum(raters, random, by) -> None:
    figure = alpha_u([continuum(raters, LENGTH)])
    shuffled = random.sample(raters, len(raters))
    assert close(figure, alpha_u([continuum(shuffled, LENGTH)]))
    moved = [[(start + by, end + by) for start, end in rater] for rater in raters]
    assert close(figure, alpha_u([continuum(moved, LENGTH, start=by)]))
    assert isinstance(figure, Undefined) or figure <= 1 + 1e-12


@given(st.lists(ranges, min_size=2, max_size=5).map(merged), st.integers(2, 4))
def test_equal_units_agree_perfectly(units_, raters) -> None:
    assert alpha_u([continuum([units_] * raters, LENGTH)]) == pytest.approx(1.0)


@given(ranges, ranges, st.integers(2, 50))
def test_places_are_as_far_apart_at_any_scale(one, other, scale) -> None:
    small = positional((*one, "x"), (*other, "x"))
    large = positional((one[0] * scale, one[1] * scale, "x"), (other[0] * scale, other[1] * scale, "x"))
    assert small == pytest.approx(large)


# -- resampling --------------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.lists(st.tuples(layers, layers), min_size=2, max_size=6), st.integers(0, 99))
def test_an_interval_is_reproducible_by_seed_and_within_bounds(documents, seed) -> None:
    import numpy

    rows = [compared(left, right).sums[Mode.PARTIAL, False] for left, right in documents]
    table = numpy.array(rows, dtype=float)
    found = percentile_interval(table, f1_vector, seed=seed, resamples=100)
    assert found == percentile_interval(table, f1_vector, seed=seed, resamples=100)
    if found is not None:
        assert 0 <= found[0] <= found[1] <= 1 + 1e-9
    assert percentile_interval(table[:1], f1_vector, seed=seed) is None

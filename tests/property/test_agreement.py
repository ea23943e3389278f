"""What holds of agreement whatever was marked: symmetry, bounds, order, names; and the same figures the slow way."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

import numpy
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.core.annotation import Fragment
from app.review.agreement import vectors
from app.review.agreement.best_f1 import Pairing, best_f1
from app.review.agreement.findings import findings
from app.review.agreement.gamma import positional
from app.review.agreement.marks import MarkReader
from app.review.agreement.matchings import counterparts, meeting
from app.review.agreement.sections import Section, merged
from app.review.matches import overlaps
from tests.property.strategies import examples, fragments
from tests.unit.build import annotation
from tests.unit.review.measured import NAMES, Measured, document, of_labelled

LENGTH = 60
TEXT = "x" * LENGTH
LABELS = ("A", "B", "C")
MODES = ("exact", "overlap", "mpp", "exact_label", "overlap_label", "mpp_label")

ranges = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 20)).map(lambda p: (p[0], min(LENGTH, p[0] + p[1])))
labelled = st.tuples(ranges, st.sampled_from(LABELS)).map(lambda p: (*p[0], p[1]))
layers = st.lists(labelled, max_size=8, unique=True)
units = st.lists(st.lists(st.sampled_from([0, 1, 2, None]), min_size=2, max_size=4), min_size=1, max_size=12)
tables = st.lists(st.integers(0, 9), min_size=9, max_size=9).map(lambda cells: numpy.array(cells, float).reshape(3, 3))


def close(one: float | None, other: float | None) -> bool:
    """Return whether two values are the same, or neither is defined."""
    one, other = (None if value is None or value != value else value for value in (one, other))
    return one == other if one is None or other is None else one == pytest.approx(other, abs=1e-9)


def compared(*raters: Sequence[tuple[int, int, str]]) -> Measured:
    return of_labelled(*raters, length=LENGTH)


# -- values ------------------------------------------------------------------------------------------------------------


@given(tables, st.permutations(range(3)))
def test_measures_of_two_raters_are_symmetric_and_blind_to_names(table, order) -> None:
    renamed = table[order][:, order]
    for measure in (
        vectors.cohen_kappa,
        vectors.coincidence_alpha,
        lambda t: vectors.fleiss_kappa(vectors.pooled(t)),
        lambda t: vectors.bennett_s(vectors.pooled(t), 3),
        lambda t: vectors.gwet_ac1(vectors.pooled(t), 3),
    ):
        value = float(measure(table))
        assert close(value, float(measure(table.T)))
        assert close(value, float(measure(renamed)))
        assert numpy.isnan(value) or value <= 1


def coincidences(values: Sequence[Sequence[int | None]]) -> numpy.ndarray:
    found = numpy.zeros((3, 3))
    for unit in values:
        kept = [value for value in unit if value is not None]
        for one, other in combinations(kept, 2):
            found[one, other] += 1 / (len(kept) - 1)
    return found


@given(units, st.randoms(use_true_random=False))
def test_alpha_is_blind_to_the_order_of_raters_and_units(values, random) -> None:
    for ordered in (False, True):
        value = float(vectors.coincidence_alpha(coincidences(values), ordered=ordered))
        assert numpy.isnan(value) or value <= 1 + 1e-12
        shuffled = [random.sample(unit, len(unit)) for unit in values]
        random.shuffle(shuffled)
        assert close(value, float(vectors.coincidence_alpha(coincidences(shuffled), ordered=ordered)))


@given(units)
def test_alpha_is_the_one_of_fractions(values) -> None:
    kept = [[v for v in unit if v is not None] for unit in values]
    kept = [unit for unit in kept if len(unit) > 1]
    pool = [v for unit in kept for v in unit]
    apart = sum(Fraction(2 * sum(a != b for a, b in combinations(unit, 2)), len(unit) - 1) for unit in kept)
    expected = sum(2 for a, b in combinations(pool, 2) if a != b)
    assume(expected)
    exact = 1 - Fraction(apart, len(pool)) / Fraction(expected, len(pool) * (len(pool) - 1))
    assert vectors.coincidence_alpha(coincidences(values)) == pytest.approx(float(exact), abs=1e-9)


# -- spans -------------------------------------------------------------------------------------------------------------


@examples(25)
@given(layers, layers)
def test_exact_is_at_most_partial_is_at_most_overlap(left, right) -> None:
    assume(left or right)
    found = compared(left, right)
    for label in ("", "_label"):
        exact, partial, overlap = (found.scores(f"{mode}{label}") for mode in ("exact", "mpp", "overlap"))
        assert exact.f1 <= partial.f1 + 1e-6  # type: ignore[operator]
        assert partial.f1 <= overlap.f1 + 1e-9  # type: ignore[operator]
        assert all(0 <= value <= 1 + 1e-9 for scores in (exact, partial, overlap) for value in scores)  # type: ignore[operator]


pairings = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(0, 4),
        st.sampled_from([0.1, 0.2, 0.5, 0.9, 1.0]),
        st.sampled_from([0.1, 0.4, 1.0]),
    ),
    max_size=9,
    unique_by=lambda pair: pair[:2],
)


@given(pairings, st.integers(5, 8), st.integers(5, 8))
def test_no_matching_has_a_higher_f1(given_, lefts, rights) -> None:
    pairs = [Pairing(*pair) for pair in given_]

    def f1(chosen: Sequence[int]) -> float:
        p, r = sum(pairs[i].precise for i in chosen) / lefts, sum(pairs[i].recalled for i in chosen) / rights
        return 2 * p * r / (p + r) if p + r else 0.0

    best = 0.0
    for size in range(1, 6):
        for chosen in combinations(range(len(pairs)), size):
            if len({pairs[i].left for i in chosen}) == len({pairs[i].right for i in chosen}) == size:
                best = max(best, f1(chosen))
    found = best_f1(pairs, lefts, rights)
    assert len({pairs[i].left for i in found}) == len({pairs[i].right for i in found}) == len(found)
    assert f1(found) == pytest.approx(best)


@examples(10)
@given(layers, layers)
def test_precision_and_recall_change_places_with_the_raters(left, right) -> None:
    one, other = compared(left, right), compared(right, left)
    for mode in MODES:
        scores, back = one.scores(mode), other.scores(mode)
        assert all(map(close, scores, (back.recall, back.precision, back.f1)))


@examples(10)
@given(layers, layers, layers, st.randoms(use_true_random=False))
def test_the_order_of_marks_and_raters_changes_nothing(one, two, three, random) -> None:
    raters = [one, two, three]
    before = compared(*raters).values()
    raters = [random.sample(rater, len(rater)) for rater in raters]
    assert same_values(before, compared(*raters).values())
    random.shuffle(raters)
    assert same_values(before, compared(*raters).values())


def same_values(one: Mapping[str, float | None], other: Mapping[str, float | None]) -> bool:
    return one.keys() == other.keys() and all(close(value, other[name]) for name, value in one.items())


@examples(10)
@given(layers, layers, st.permutations(LABELS))
@example([(0, 1, "A"), (0, 1, "B")], [(0, 1, "C"), (0, 2, "A")], ["B", "A", "C"])
def test_the_names_of_labels_change_nothing(left, right, names) -> None:
    renamed = dict(zip(LABELS, names, strict=True))
    one = compared(left, right)
    other = compared(*([(start, end, renamed[label]) for start, end, label in layer] for layer in (left, right)))
    assert same_values(one.values("ab"), other.values("ab"))


@examples(10)
@given(layers, layers)
def test_a_mark_that_meets_nothing_never_helps(left, right) -> None:
    assume(left)
    before = of_labelled(left, right, length=200)
    after = of_labelled([*left, (150, 160, "A")], right, length=200)
    for mode in ("exact", "overlap"):
        one, other = before.scores(mode), after.scores(mode)
        assert other.precision <= one.precision + 1e-9  # type: ignore[operator]
        assert close(other.recall, one.recall)
    assert after.scores("mpp").f1 <= before.scores("mpp").f1 + 1e-6  # type: ignore[operator]


@examples(10)
@given(layers)
def test_equal_layers_are_perfect(layer) -> None:
    assume(layer)
    found = compared(layer, layer)
    assert all(found.scores(mode) == pytest.approx((1.0, 1.0, 1.0)) for mode in MODES)
    for name, value in found.values("ab").items():
        assert value is None or value == pytest.approx(1.0) or found.row(name, "ab").note.startswith("one mark"), name


@given(st.lists(fragments(TEXT), max_size=8, unique=True), st.lists(fragments(TEXT), max_size=8, unique=True))
@example([(Fragment(0, 0), Fragment(1, 1))], [(Fragment(0, 0),)])
def test_marks_meet_by_columns_as_they_do_one_by_one(left, right) -> None:
    layers = [
        [annotation(TEXT, *((part.start, part.end) for part in parts)) for parts in layer] for layer in (left, right)
    ]
    marks = MarkReader("error").read([document(layers, length=LENGTH)])
    found = meeting(marks)
    sides = [[mark for mark, who in zip(marks.annotations, marks.who, strict=True) if who == side] for side in (0, 1)]
    columns = (found.left.tolist(), (found.right - len(sides[0])).tolist(), found.shared.tolist())
    assert list(zip(*columns, strict=True)) == list(overlaps(*sides))


@given(st.lists(layers, min_size=2, max_size=4))
def test_findings_hold_at_most_one_mark_of_each(raters) -> None:
    given_ = [[annotation(TEXT, (start, end), label=label) for start, end, label in rater] for rater in raters]
    marks = MarkReader("error").read([document(given_, length=LENGTH)])
    left, right = counterparts(marks, meeting(marks))
    found = findings(marks, left, right, left * 0 + 1)
    members = list(zip(found.tolist(), marks.who.tolist(), strict=True))
    assert len(set(members)) == len(members)
    if len(raters) == 2:
        assert all(found[i] == found[j] for i, j in zip(left, right, strict=True))
        assert len(set(found.tolist())) == len(marks) - len(left)


# -- characters --------------------------------------------------------------------------------------------------------


@examples(12)
@given(st.lists(layers, min_size=2, max_size=4))
def test_sweeping_over_ranges_is_counting_characters(raters) -> None:
    found = compared(*raters)
    lists = [
        [frozenset(label for start, end, label in layer if start <= at < end) for at in range(LENGTH)]
        for layer in raters
    ]
    assert close(found.value("char_alpha"), slow_alpha(lists))
    assert close(found.value("char_alpha_any"), slow_alpha([[bool(value) for value in values] for values in lists]))
    for label in {label for rater in raters for _, _, label in rater}:
        binary = [[label in value for value in values] for values in lists]
        assert close(found.value("char_alpha", "", label), slow_alpha(binary))
    for i, j in combinations(range(len(raters)), 2):
        pair = NAMES[i] + NAMES[j]
        assert close(found.value("char_alpha", pair), slow_alpha([lists[i], lists[j]]))
        ours, theirs = ({at for at, value in enumerate(lists[k]) if value} for k in (i, j))
        union = len(ours | theirs)
        assert close(found.value("char_iou", pair), len(ours & theirs) / union if union else None)
        sizes = len(ours) + len(theirs)
        assert close(found.value("char_f1", pair), 2 * len(ours & theirs) / sizes if sizes else None)


def slow_alpha(lists: Sequence[Sequence[object]]) -> float | None:
    """Return alpha of raters' values, unit by unit."""
    pool = [value for values in lists for value in values]
    expected = sum(2 * pool.count(a) * pool.count(b) for a, b in combinations(set(pool), 2))
    apart = sum(
        2 * sum(a != b for a, b in combinations(unit, 2)) / (len(unit) - 1) for unit in zip(*lists, strict=True)
    )
    return 1 - (len(pool) - 1) * apart / expected if expected else None


# -- continua ----------------------------------------------------------------------------------------------------------

continua = st.lists(st.lists(ranges, max_size=4).map(merged), min_size=2, max_size=4)


def unitized(raters: Sequence[Sequence[Section]], *, moved: int = 0, length: int = LENGTH) -> Measured:
    return of_labelled(*([(s + moved, e + moved, "X") for s, e in rater] for rater in raters), length=length)


@examples(12)
@given(continua)
def test_alpha_u_is_the_one_of_fractions(raters) -> None:
    lengths = [end - start for rater in raters for start, end in rater]
    assume(len(lengths) > 1)
    found = unitized(raters)
    assert close(found.value("alpha_u"), slow_alpha_u(raters))
    for i, j in combinations(range(len(raters)), 2):
        if len(raters[i]) + len(raters[j]) > 1:
            assert close(found.value("alpha_u", NAMES[i] + NAMES[j]), slow_alpha_u([raters[i], raters[j]]))


def slow_alpha_u(raters: Sequence[list[Section]]) -> float | None:
    size, length = len(raters), LENGTH
    apart = sum(slow_distance(one, other) for one, other in combinations(raters, 2))
    lengths = [end - start for rater in raters for start, end in rater]
    gaps = [gap for rater in raters for gap in slow_gaps(rater)]
    ways = sum(
        Fraction((len(lengths) - 1) * (2 * x**3 - 3 * x**2 + x), 3) + x**2 * sum(g - x + 1 for g in gaps if g >= x)
        for x in lengths
    )
    room = size * length * (size * length - 1) - sum(x * (x - 1) for x in lengths)
    observed, expected = Fraction(2 * apart, size * (size - 1) * length**2), Fraction(2, length) * ways / room
    return float(1 - observed / expected) if expected else None


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


@examples(10)
@given(continua, st.integers(0, 500))
def test_alpha_u_ignores_rater_order(raters, by) -> None:
    value = unitized(raters).value("alpha_u")
    assert close(value, unitized(raters[::-1]).value("alpha_u"))
    assert value is None or value <= 1 + 1e-12


@examples(10)
@given(st.lists(ranges, min_size=2, max_size=5).map(merged), st.integers(2, 4))
def test_equal_units_agree_perfectly(units_, raters) -> None:
    value = unitized([units_] * raters).value("alpha_u")
    assert value is None or value == pytest.approx(1.0)


@given(ranges, ranges, st.integers(2, 50))
def test_places_are_as_far_apart_at_any_scale(one, other, scale) -> None:
    small = positional((*one, "x"), (*other, "x"))
    large = positional((one[0] * scale, one[1] * scale, "x"), (other[0] * scale, other[1] * scale, "x"))
    assert small == pytest.approx(large)


# -- resampling --------------------------------------------------------------------------------------------------------


@examples(10)
@given(st.lists(st.tuples(layers, layers), min_size=2, max_size=6))
def test_an_interval_holds_its_value_and_is_within_bounds(documents) -> None:
    readings = [
        document([[annotation(TEXT, mark[:2], label=mark[2]) for mark in layer] for layer in both], uid=f"d{number}")
        for number, both in enumerate(documents)
    ]
    found = Measured(readings, resamples=50)
    for name in found.values("ab"):
        row = found.row(name, "ab")
        if row.interval is not None:
            low, high = row.interval
            assert low <= row.value <= high  # type: ignore[operator]
            assert "f1" not in name or 0 <= low <= high <= 1 + 1e-6

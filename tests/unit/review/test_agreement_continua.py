"""Alpha for unitizing and gamma come to the published numbers."""

import random
from collections.abc import Iterator, Mapping

import numpy
import pytest

from app.review.agreement.figure import NO_ANNOTATIONS, NO_PAIRS
from app.review.agreement.gamma import (
    TOO_LARGE,
    Alignment,
    Unit,
    Weights,
    best_alignment,
    dissimilarity,
    gamma,
    positional,
)
from app.review.agreement.marks import MarkReader
from app.review.agreement.units import Units, joined
from tests.unit.build import annotation
from tests.unit.review.measured import Labelled, Measured, document, of_labelled

TOLERANCE = 5e-4


def near(value: float, *, within: float = TOLERANCE):
    return pytest.approx(value, abs=within)


def sections(words: str, label: str = "X", *, scale: int = 1, moved: int = 0) -> list[Labelled]:
    """Return units from words such as `2+8`, start and length."""
    pairs = [tuple(map(int, word.split("+"))) for word in words.split()]
    return [(start * scale + moved, (start + length) * scale + moved, label) for start, length in pairs]


def alpha(one: str, other: str, length: int, *, scale: int = 1, moved: int = 0) -> float | None:
    raters = [sections(words, scale=scale, moved=moved) for words in (one, other)]
    return of_labelled(*raters, length=length * scale).value("alpha_u", "ab")


def of_labels(labels: Mapping[str, tuple[str, str]], length: int, *, scale: int = 1, moved: int = 0) -> Measured:
    raters = [
        [unit for label, words in labels.items() for unit in sections(words[who], label, scale=scale, moved=moved)]
        for who in (0, 1)
    ]
    return of_labelled(*raters, length=length * scale)


def test_krippendorff_2004() -> None:
    c, k = ("225+70 370+30", "220+80 355+20 400+20"), ("180+60 300+50", "180+60 300+50")
    found = of_labels({"c": c, "k": k}, 300, moved=-150)
    assert (found.value("alpha_u", "ab", "c"), found.value("alpha_u", "ab", "k")) == (near(0.728599), 1.0)
    assert found.value("alpha_u", "ab") == near(0.858665, within=5e-7)
    assert found.value("alpha_u", "ab") == near(0.8591)  # the book's, from rounded figures


K1995 = {
    "A": ("2+8 14+6", "4+4 15+2", 0.5153, 0.553),
    "B": ("0+18", "0+2 2+1 3+1 4+1 5+1 6+3 9+1", -1.0811, -0.926),
    "C": ("2+6 10+2 14+4 20+2", "0+2 4+4 10+4 16+2 20+2", 0.6033, 0.679),
}


@pytest.mark.parametrize("name", K1995)
def test_krippendorff_1995(name: str) -> None:
    one, other, expected, stretched = K1995[name]
    assert alpha(one, other, 24) == near(expected)
    assert alpha(one, other, 24, scale=5_000) == near(stretched, within=2e-2)  # it isn't free of scale
    assert alpha(one, other, 24, scale=50) != near(expected, within=2e-2)


def test_krippendorff_1995_where_all_is_covered() -> None:
    found = alpha("0+2 2+8 10+4 14+6 20+4", "0+4 4+4 8+7 15+2 17+7", 24, scale=5_000)
    assert found == near(0.066, within=2e-2)


def test_one_long_unit_against_three_short_ones() -> None:
    assert alpha("1+8", "2+1 4+1 6+1", 10) == near(-0.700346)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        *(("5+6", "4+2", 26), ("5+6", "5+2", 16), ("5+6", "6+2", 10), ("5+6", "7+2", 8), ("5+6", "6+4", 2)),
        *(("5+6", "5+6", 0), ("225+70", "220+80", 50), ("370+30", "355+20", 850), ("400+20", "", 400)),
    ],
)
def test_distances_of_units(one: str, other: str, expected: int) -> None:
    for words in ((one, other), (other, one)):
        raters = [sections(each) for each in words]
        marks = [[annotation("x" * 500, unit[:2], label="X") for unit in rater] for rater in raters]
        units = Units()
        units.add(MarkReader("error").read([document(marks, length=500)]), numpy.array([0]))
        squares = sum((end - start) ** 2 for rater in raters for start, end, _ in rater)
        assert units.apart.column("apart").sum() + squares == expected


def test_too_little_to_compare() -> None:
    found = of_labelled([(3, 7, "X")], [], length=20).row("alpha_u", "ab")
    assert (found.value, found.note) == (0.0, "one mark in all; n too small")
    assert of_labelled([], [], length=20).value("alpha_u", "ab") is None
    everything = [(0, 1, "X"), (1, 2, "X")]
    assert of_labelled(everything, everything, length=2).row("alpha_u", "ab").note == "n/a (no variation)"


def test_empty_units_are_dropped_and_overlapping_units_merged() -> None:
    starts, ends = joined(numpy.array([5, 0, 8, 12]), numpy.array([9, 4, 12, 14]))
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == [(0, 4), (5, 12), (12, 14)]


def test_labels_are_averaged_before_dividing() -> None:
    labels = {"a": ("2+5", "3+5"), "b": ("10+4", "10+3")}
    assert of_labels(labels, 20).value("alpha_u", "ab") == near(0.926944, within=5e-7)
    assert of_labels(labels, 20, scale=2).value("alpha_u", "ab") == near(0.922932, within=5e-7)
    assert of_labels(labels, 30).value("alpha_u", "ab") == near(0.942850, within=5e-7)
    assert of_labels(labels, 30, moved=7).value("alpha_u", "ab") == near(0.939907, within=5e-7)


def parts(count: int, length: int) -> list[list[list[Labelled]]]:
    """Return short documents of two annotators, of whom one marked nothing in every second one."""
    draw = random.Random(5)
    found: list[list[list[Labelled]]] = []
    for number in range(count):
        start = draw.randint(0, length - 40)
        end = start + draw.randint(5, 40)
        found.append([[(start, end, "X")], [(start + number % 3, end, "X")] if number % 2 else []])
    return found


def test_many_short_documents_are_one_continuum() -> None:
    """The same marks in forty texts and in one that is made of these as lines: one figure, as it is defined."""
    short = parts(40, 120)
    marks = [[[annotation("x" * 120, unit[:2], label="X") for unit in rater] for rater in each] for each in short]
    apart = Measured([document(raters, length=120, uid=f"d{n}") for n, raters in enumerate(marks)], resamples=200)
    joint = [
        [(n * 121 + start, n * 121 + end, label) for n, each in enumerate(short) for start, end, label in each[who]]
        for who in (0, 1)
    ]
    whole = of_labelled(*joint, length=40 * 121)
    for pair in ("", "ab"):
        assert apart.value("alpha_u", pair) == near(whole.value("alpha_u", pair), within=1e-9)
    # By joining eight hundred resamples and measuring each, the interval is from .370 to .770.
    low, high = apart.row("alpha_u").interval or (0.0, 0.0)
    assert (low, high) == (near(0.37, within=0.05), near(0.77, within=0.05))


# -- gamma -------------------------------------------------------------------------------------------------------------


def spans(words: str) -> list[Unit]:
    """Return units from words such as `1-5a`."""
    return [(float(word[:-1].split("-")[0]), float(word[:-1].split("-")[1]), word[-1]) for word in words.split()]


def aligned(raters: list[list[Unit]], weights: Weights) -> Alignment:
    found = best_alignment(raters, weights)
    assert isinstance(found, Alignment)
    assert all(sorted(units) == list(range(len(rater))) for rater, units in zip(raters, _used(found), strict=True))
    return found


def _used(found: Alignment) -> list[list[int]]:
    return [[unit for unit in units if unit is not None] for units in zip(*found.groups, strict=True)]


LARGER = (
    " ".join(f"{1 + 10 * k}-{6 + 10 * k}{'abc'[k % 3]}" for k in range(16)),
    " ".join(f"{2 + 10 * k}-{8 + 10 * k}{'bca'[k % 3]}" for k in range(16)),
)
EVEN = Weights(1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("raters", "weights", "expected"),
    [
        (("1-5a 6-10b 11-15a", "2-6a 7-11b 12-16a"), EVEN, 0.0625),
        (("1-5a 6-10b 20-24a 30-34b", "2-6a 31-35b"), EVEN, 0.708333),
        (("1-5a 10-15b 20-25c", "1-5a 10-15b 20-25c"), EVEN, 0.0),
        (("1-5a 10-14b", "2-6a 11-15b", "1-4a 9-14c"), EVEN, 0.408756),
        (LARGER, EVEN, 1.07438),
        (("1-5a 6-10b 11-15c", "2-7a 8-12b 11-15a"), Weights(3.0, 2.0), 1.027778),
    ],
)
def test_the_least_disorder(raters: tuple[str, ...], weights: Weights, expected: float) -> None:
    assert aligned([spans(words) for words in raters], weights).disorder == near(expected, within=5e-6)


THREE = [
    spans("2-9a 11-17b 24-30e 32-36f 36-44f 44-60g"),
    spans("2-9a 11-17c 19-25e 32-44f"),
    spans("2-9a 11-17d 21-27e 32-36f 36-40f 40-44f"),
]


def test_three_annotators() -> None:
    assert aligned(THREE, Weights(3.0)).disorder == near(0.96062, within=1e-5)
    found = aligned(THREE, EVEN)
    assert found.disorder == near(0.65354, within=1e-5)
    assert len(found.groups) == 6


def test_gamma_of_three_annotators_stays_in_its_band() -> None:
    values = [gamma(THREE, seed=seed) for seed in range(5)]
    assert all(isinstance(value, float) and 0.4 < value < 0.5 for value in values)  # pygamma-agreement: .444 to .452
    assert max(values) - min(values) < 0.1  # type: ignore[operator]
    assert gamma(THREE, seed=3) == values[3]


def test_gamma_of_perfect_and_of_missing_work() -> None:
    perfect = spans("1-5a 10-15b 20-25c")
    assert gamma([perfect, perfect], seed=1) == 1.0
    assert gamma([perfect, []], seed=1) <= 0  # type: ignore[operator]
    assert gamma([perfect, [], []], seed=1) <= 0  # type: ignore[operator]
    assert gamma([[], []], seed=1) == NO_ANNOTATIONS
    assert gamma([], seed=1) == gamma([perfect], seed=1) == NO_PAIRS


@pytest.mark.parametrize(
    ("one", "other", "length", "expected"),
    [
        # pygamma-agreement 0.5.9 (alpha 3, beta 1): 0.9989 and 1.0, whichever of its samplers draws
        *(("100-120a", "100-121a", 1000, 0.999), ("100-120a", "100-120a", 1000, 1.0)),
        # at the very start, where it comes to 0 / 0, and over nearly all of the text
        *(("0-20a", "0-21a", 1000, 0.999), ("0-90a", "0-91a", 100, 0.999)),
    ],
)
def test_gamma_of_a_single_mark_by_each(one: str, other: str, length: int, expected: float) -> None:
    raters = [[(float(u.split("-")[0]), float(u.split("-")[1][:-1]), u[-1])] for u in (one, other)]
    assert gamma(raters, seed=1, length=length) == pytest.approx(expected, abs=2e-3)


PYGAMMA = {(90, 4000): 0.568, (30, 4000): 0.548, (5, 1000): 0.528, (2, 300): 0.638}
"""Gamma by pygamma-agreement 0.5.9 with alpha 3, beta 1 and its StatisticalContinuumSampler, by marks and length."""


@pytest.mark.parametrize(("count", "length"), PYGAMMA)
def test_gamma_is_that_of_another_program(count: int, length: int) -> None:
    draw = random.Random(3)
    starts = sorted(draw.sample(range(length - 60), count))
    truth = [(at, at + draw.randint(3, 40), draw.choice("abcdef")) for at in starts]
    raters = [list(seen(truth, draw)) for _ in range(2)]
    assert gamma(raters, seed=0, length=length) == pytest.approx(PYGAMMA[count, length], abs=0.025)


def seen(truth: list[tuple[int, int, str]], draw: random.Random) -> Iterator[Unit]:
    for start, end, label in truth:
        if draw.random() < 0.2:
            continue
        if draw.random() < 0.3:
            start = max(0, start + draw.randint(-8, 8))
            end = max(start + 1, end + draw.randint(-8, 8))
        yield float(start), float(end), draw.choice("abcdef") if draw.random() < 0.2 else label


def test_gamma_gives_up_on_marks_that_lie_too_close_together() -> None:
    crowd = [(0.0, 100.0 + at, "a") for at in range(60)]
    assert gamma([crowd, crowd, crowd, crowd], seed=1) == TOO_LARGE


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        *(("4-14x", "40-44x", 22.224), ("4-14x", "20-25x", 3.24), ("4-14x", "14-24x", 1.0)),
        *(("20-30x", "20-25x", 0.1111), ("20-25x", "14-24x", 0.2178)),
        *(("0-7x", "0-10x", 0.0311), ("0-21x", "0-30x", 0.0311)),
    ],
)
def test_how_far_two_places_are_apart(one: str, other: str, expected: float) -> None:
    (left,), (right,) = spans(one), spans(other)
    assert positional(left, right) == positional(right, left) == near(expected)
    assert dissimilarity(left, right, Weights(2.0, 5.0)) == pytest.approx(2 * positional(left, right))
    assert dissimilarity(left, (*right[:2], "y"), Weights(2.0, 5.0)) == pytest.approx(2 * positional(left, right) + 5)

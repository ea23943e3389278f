"""Alpha, kappa and their kin come to the published numbers."""

from collections.abc import Sequence

import pytest

from app.review.agreement.coded_values import (
    alpha,
    alpha_of,
    bennett_s,
    both_ways,
    cohen_kappa,
    coincidences,
    dice,
    disagreements,
    fleiss_kappa,
    fleiss_kappa_of,
    free_marginal_kappa,
    gwet_ac1,
    highest_kappa,
    interval,
    item_agreements,
    masi,
    mean_similarity,
    meeting,
    nominal,
    observed,
    ordinal,
    ratio,
    same,
    scott_pi,
    set_distance,
    table_of,
)
from app.review.agreement.figure import NO_PAIRS, NO_VARIATION

TOLERANCE = 5e-4


def square(*rows: Sequence[int]) -> dict[tuple[int, int], float]:
    """Return the table of two raters; the rows are the first one's values."""
    return {(i, j): float(count) for i, row in enumerate(rows) for j, count in enumerate(row)}


def words(text: str) -> list[str]:
    """Return units from one word each, a letter for each rater."""
    return text.split()


def near(value: float, *, within: float = TOLERANCE):
    return pytest.approx(value, abs=within)


def expected_by_chance(agreed: float, kappa: float) -> float:
    return (agreed - kappa) / (1 - kappa)


C60_2 = square((88, 14, 18), (10, 40, 10), (2, 6, 12))
C60_1 = square((25, 12, 3), (13, 2, 15), (12, 16, 2))
AP08_1 = square((20, 20), (10, 50))
AP08_2 = square((46, 0, 0), (6, 32, 6), (0, 0, 10))
GWET = square((80, 7), (8, 5))
NUMERIC = {(1, 1): 81001.0, (1, 0): 9000.0, (0, 1): 1000.0, (0, 0): 9000.0}


def test_cohen_1960() -> None:
    kappa = cohen_kappa(C60_2)
    assert kappa == near(0.491525)
    assert observed(C60_2) == near(0.70)
    assert expected_by_chance(0.70, kappa) == near(0.41)
    assert highest_kappa(C60_2) == near(0.831)
    assert alpha_of(both_ways(C60_2)) == near(0.488462)
    assert observed(C60_1) == near(0.29)
    assert expected_by_chance(0.29, cohen_kappa(C60_1)) == near(0.35)
    assert cohen_kappa(C60_1) == near(-0.0923)


def test_artstein_and_poesio_2008() -> None:
    assert (observed(AP08_1), bennett_s(AP08_1), scott_pi(AP08_1)) == (near(0.7), near(0.4), near(0.341))
    assert cohen_kappa(AP08_1) == near(0.347826)
    assert alpha_of(both_ways(AP08_1)) == near(0.343956)
    assert (observed(AP08_2), bennett_s(AP08_2), scott_pi(AP08_2)) == (near(0.88), near(0.82), near(0.7995))
    assert cohen_kappa(AP08_2) == near(0.801325)
    assert alpha_of(both_ways(AP08_2)) == near(0.800535)


def test_gwet_s_paradox() -> None:
    assert cohen_kappa(GWET) == near(0.314442)
    assert gwet_ac1(GWET) == near(0.808)
    assert alpha_of(both_ways(GWET)) == near(0.317714)


def test_a_hundred_thousand_units() -> None:
    assert observed(NUMERIC) == near(0.900)
    assert bennett_s(NUMERIC) == near(0.800)
    assert scott_pi(NUMERIC) == near(0.585)
    assert cohen_kappa(NUMERIC) == near(0.590)


@pytest.mark.parametrize(
    ("items", "agreed", "fleiss", "free"),
    [
        ("YYY YYN NNY NNN", 0.67, 0.33, 0.33),
        ("YYY YYN YYN YYY", 0.67, -0.20, 0.33),
    ],
)
def test_randolph_2005(items: str, agreed: float, fleiss: float, free: float) -> None:
    rated = [list(item) for item in items.split()]
    assert sum(item_agreements(rated)) / len(rated) == near(agreed, within=5e-3)
    assert fleiss_kappa(rated) == near(fleiss, within=5e-3)
    assert free_marginal_kappa(rated) == near(free, within=5e-3)


FLEISS = words(
    "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445 "
    "333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"
)


def test_fleiss_1971() -> None:
    agreements = item_agreements(FLEISS)
    assert len(FLEISS) == 30
    assert sum(agreements) / 30 == near(0.5556)
    assert agreements[:11] == [near(x) for x in (1, 0.4, 0.4, 1, 0.4, 0.467, 0.467, 0.267, 0.467, 1, 0.667)]
    kappa = fleiss_kappa(FLEISS)
    assert kappa == near(0.430245)
    assert expected_by_chance(sum(agreements) / 30, kappa) == near(0.2199)
    assert expected_by_chance(sum(agreements) / 30, kappa) == near(0.2201, within=1e-3)
    by_category = [fleiss_kappa_of(FLEISS, category) for category in "12345"]
    assert by_category == [near(x, within=5e-3) for x in (0.248, 0.248, 0.517, 0.470, 0.565)]
    assert alpha(FLEISS) == near(0.43341)


def units(words: str) -> list[list[int | None]]:
    """Return units from one word each; a point is a missing value."""
    return [[None if character == "." else int(character) for character in word] for word in words.split()]


EXAMPLE_3 = units("11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 ..3.")
DISTANCES = {"nominal": nominal, "ordinal": ordinal, "interval": interval, "ratio": ratio}


def test_krippendorff_2004_two_raters() -> None:
    assert alpha(words("10 11 01 00 00 01 00 01 00 00")) == near(0.095238)
    second = words("aa ab bb bb bb bb bc cc cc cc cc cc")
    assert alpha(second) == near(0.734104)
    assert disagreements(coincidences(second)) == (near(0.1667), near(0.6268))
    assert alpha_of(both_ways(table_of((unit[0], unit[1]) for unit in second))) == alpha(second)


@pytest.mark.parametrize(
    ("scale", "expected"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_krippendorff_2004_missing_values(scale: str, expected: float) -> None:
    assert alpha(EXAMPLE_3, DISTANCES[scale]) == near(expected)
    assert alpha(EXAMPLE_3[:-1], DISTANCES[scale]) == alpha(EXAMPLE_3, DISTANCES[scale])  # one value says nothing


def test_three_coders_of_whom_none_coded_everything() -> None:
    a, b, c = ".....34121133.3", "1.213343.......", "..21344.21133.4"
    sample = units(" ".join(map("".join, zip(a, b, c, strict=True))))
    assert alpha(sample) == near(0.691358)
    assert alpha(sample, interval) == near(0.810845)


HAYES = units(
    "112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1 111.1 212.2 1233. 1101. "
    "000.0 0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. 1122. 112.2 110.0 2121. 22.22 3222. 222.2 223.2 222.2 22.12 "
    "2222. 111.1"
)


@pytest.mark.parametrize(("scale", "expected"), [("ordinal", 0.759829), ("nominal", 0.476510), ("interval", 0.757378)])
def test_hayes_and_krippendorff_2007(scale: str, expected: float) -> None:
    assert len(HAYES) == 40
    assert alpha(HAYES, DISTANCES[scale]) == near(expected)


SETS = [
    (frozenset(one), frozenset(other))
    for one, other in (
        *(("", ""), ("A", ""), ("A", "A"), ("A", "B"), ("AB", "A")),
        *(("AB", "AC"), ("ABC", "ABC"), ("C", "AC"), ("C", "AC")),
    )
]


def test_sets_of_labels() -> None:
    def three(value: float):
        return near(value, within=1e-3)  # published with three digits, some of them cut off

    assert disagreements(coincidences(SETS), set_distance) == (three(0.333), three(0.409))
    assert alpha(SETS, set_distance) == three(0.186)
    assert disagreements(coincidences(SETS), masi) == (three(0.253), three(0.338))
    assert alpha(SETS, masi) == three(0.252)
    assert mean_similarity(SETS, same) == near(0.333)
    assert mean_similarity(SETS, meeting) == near(0.667)
    assert mean_similarity(SETS, dice) == near(0.500)


def test_without_variation_there_is_no_number() -> None:
    table = square((7, 0), (0, 0))
    for measure in (cohen_kappa, scott_pi, gwet_ac1, highest_kappa, bennett_s):
        assert measure(table) == NO_VARIATION
    assert alpha(["aa", "aa"]) == NO_VARIATION
    assert alpha(["aa", "aa"], ordinal_of_letters) == NO_VARIATION
    assert fleiss_kappa([list("aaa")]) == free_marginal_kappa([list("aaa")]) == NO_VARIATION
    assert str(NO_VARIATION) == "n/a (no variation)"


def ordinal_of_letters(one: str, other: str, counts: object) -> float:
    return ordinal(ord(one), ord(other), {ord(letter): 1.0 for letter in (one, other)})


def test_without_a_unit_that_two_judged_there_is_no_number() -> None:
    assert alpha([["a", None], [None, "b"]]) == NO_PAIRS
    for measure in (observed, cohen_kappa, scott_pi, gwet_ac1, highest_kappa, bennett_s):
        assert measure(table_of([("a", None)])) == NO_PAIRS
    assert fleiss_kappa([]) == free_marginal_kappa([]) == mean_similarity([], dice) == NO_PAIRS
    with pytest.raises(ValueError, match="two raters"):
        item_agreements([["a"]])

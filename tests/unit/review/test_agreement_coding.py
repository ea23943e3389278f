"""Alpha, kappa and their kin come to the published numbers, by the formulas and through the report."""

from collections.abc import Sequence
from itertools import combinations

import numpy
import pytest

from app.core.scheme_file import parse_scheme
from app.review.agreement import vectors
from app.review.agreement.report import agreement
from app.review.readings import Reading, Readings
from tests.unit.build import annotation

TOLERANCE = 5e-4


def words(text: str) -> list[str]:
    """Return units from one word each, a letter for each rater; a point is a missing value."""
    return text.split()


def near(value: float, *, within: float = TOLERANCE):
    return pytest.approx(value, abs=within)


def table(*rows: Sequence[int]) -> numpy.ndarray:
    """Return the table of two raters; the rows are the first one's values."""
    return numpy.array(rows, dtype=float)


def coincidences(units: Sequence[str]) -> numpy.ndarray:
    """Return the coincidences of units, each pair of values there once."""
    values = sorted({value for unit in units for value in unit} - {"."})
    found = numpy.zeros((len(values), len(values)))
    for unit in units:
        kept = [values.index(value) for value in unit if value != "."]
        for one, other in combinations(kept, 2):
            found[one, other] += 1 / (len(kept) - 1)
    return found


def alpha(units: Sequence[str], *, ordered: bool = False) -> float:
    return float(vectors.coincidence_alpha(coincidences(units), ordered=ordered))


def observed(tables: numpy.ndarray) -> float:
    return float(vectors.pooled(tables).agreed)


def kappa(tables: numpy.ndarray) -> float:
    return float(vectors.cohen_kappa(tables))


def pi(tables: numpy.ndarray) -> float:
    return float(vectors.fleiss_kappa(vectors.pooled(tables)))


def bennett(tables: numpy.ndarray) -> float:
    return float(vectors.bennett_s(vectors.pooled(tables), len(tables)))


def ac1(tables: numpy.ndarray) -> float:
    return float(vectors.gwet_ac1(vectors.pooled(tables), len(tables)))


def expected_by_chance(agreed: float, value: float) -> float:
    return (agreed - value) / (1 - value)


C60_2 = table((88, 14, 18), (10, 40, 10), (2, 6, 12))
C60_1 = table((25, 12, 3), (13, 2, 15), (12, 16, 2))
AP08_1 = table((20, 20), (10, 50))
AP08_2 = table((46, 0, 0), (6, 32, 6), (0, 0, 10))
GWET = table((80, 7), (8, 5))
NUMERIC = table((9000, 1000), (9000, 81001))


def test_cohen_1960() -> None:
    assert kappa(C60_2) == near(0.491525)
    assert observed(C60_2) == near(0.70)
    assert expected_by_chance(0.70, kappa(C60_2)) == near(0.41)
    assert vectors.coincidence_alpha(C60_2) == near(0.488462)
    assert observed(C60_1) == near(0.29)
    assert expected_by_chance(0.29, kappa(C60_1)) == near(0.35)
    assert kappa(C60_1) == near(-0.0923)


def test_artstein_and_poesio_2008() -> None:
    assert (observed(AP08_1), bennett(AP08_1), pi(AP08_1)) == (near(0.7), near(0.4), near(0.341))
    assert kappa(AP08_1) == near(0.347826)
    assert vectors.coincidence_alpha(AP08_1) == near(0.343956)
    assert (observed(AP08_2), bennett(AP08_2), pi(AP08_2)) == (near(0.88), near(0.82), near(0.7995))
    assert kappa(AP08_2) == near(0.801325)
    assert vectors.coincidence_alpha(AP08_2) == near(0.800535)


def test_gwet_s_paradox() -> None:
    assert (kappa(GWET), ac1(GWET)) == (near(0.314442), near(0.808))
    assert vectors.coincidence_alpha(GWET) == near(0.317714)


def test_a_hundred_thousand_units() -> None:
    assert (observed(NUMERIC), bennett(NUMERIC)) == (near(0.900), near(0.800))
    assert (pi(NUMERIC), kappa(NUMERIC)) == (near(0.585), near(0.590))


@pytest.mark.parametrize(
    ("items", "agreed", "fleiss", "free"),
    [
        ("YYY YYN NNY NNN", 0.67, 0.33, 0.33),
        ("YYY YYN YYN YYY", 0.67, -0.20, 0.33),
    ],
)
def test_randolph_2005(items: str, agreed: float, fleiss: float, free: float) -> None:
    found = coincidences(words(items))
    assert observed(found) == near(agreed, within=5e-3)
    assert pi(found) == near(fleiss, within=5e-3)
    assert bennett(found) == near(free, within=5e-3)


FLEISS = words(
    "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445 "
    "333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"
)


def test_fleiss_1971() -> None:
    assert len(FLEISS) == 30
    found = coincidences(FLEISS)
    assert observed(found) == near(0.5556)
    agreements = [observed(coincidences([unit])) for unit in FLEISS[:11]]
    assert agreements == [near(x) for x in (1, 0.4, 0.4, 1, 0.4, 0.467, 0.467, 0.267, 0.467, 1, 0.667)]
    assert pi(found) == near(0.430245)
    assert expected_by_chance(observed(found), pi(found)) == near(0.2199)
    assert expected_by_chance(observed(found), pi(found)) == near(0.2201, within=1e-3)
    by_category = [
        pi(coincidences([unit.translate({ord(c): "x" for c in others}) for unit in FLEISS]))
        for others in ("2345", "1345", "1245", "1235", "1234")
    ]
    assert by_category == [near(x, within=5e-3) for x in (0.248, 0.248, 0.517, 0.470, 0.565)]
    assert list(vectors.value_fleiss_kappas(found)) == [pytest.approx(value) for value in by_category]
    assert alpha(FLEISS) == near(0.43341)


EXAMPLE_3 = words("11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 ..3.")


def test_krippendorff_2004_two_raters() -> None:
    assert alpha(words("10 11 01 00 00 01 00 01 00 00")) == near(0.095238)
    assert alpha(words("aa ab bb bb bb bb bc cc cc cc cc cc")) == near(0.734104)


@pytest.mark.parametrize(("ordered", "expected"), [(False, 0.743421), (True, 0.815388)])
def test_krippendorff_2004_missing_values(ordered: bool, expected: float) -> None:
    assert alpha(EXAMPLE_3, ordered=ordered) == near(expected)
    assert alpha(EXAMPLE_3[:-1], ordered=ordered) == alpha(EXAMPLE_3, ordered=ordered)  # one value says nothing


def test_three_coders_of_whom_none_coded_everything() -> None:
    a, b, c = ".....34121133.3", "1.213343.......", "..21344.21133.4"
    assert alpha(list(map("".join, zip(a, b, c, strict=True)))) == near(0.691358)


HAYES = words(
    "112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1 111.1 212.2 1233. 1101. "
    "000.0 0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. 1122. 112.2 110.0 2121. 22.22 3222. 222.2 223.2 222.2 22.12 "
    "2222. 111.1"
)


@pytest.mark.parametrize(("ordered", "expected"), [(True, 0.759829), (False, 0.476510)])
def test_hayes_and_krippendorff_2007(ordered: bool, expected: float) -> None:
    assert len(HAYES) == 40
    assert alpha(HAYES, ordered=ordered) == near(expected)


def test_without_variation_there_is_no_number() -> None:
    uniform = table((7, 0), (0, 0))
    for measure in (kappa, pi):
        assert numpy.isnan(measure(uniform))
    assert bennett(uniform) == ac1(uniform) == 1.0  # by chance, the other value is as likely, or never used
    assert numpy.isnan(vectors.bennett_s(vectors.pooled(uniform), 1))
    assert numpy.isnan(vectors.gwet_ac1(vectors.pooled(uniform), 1))
    assert numpy.isnan(alpha(["aa", "aa"]))
    assert numpy.isnan(alpha(["aa", "aa"], ordered=True))
    assert numpy.isnan(vectors.value_alphas(uniform)).all()
    assert numpy.isnan(vectors.value_kappas(uniform)).all()


def test_without_a_unit_that_two_judged_there_is_no_number() -> None:
    for measure in (observed, kappa, pi, bennett, ac1):
        assert numpy.isnan(measure(table((0, 0), (0, 0))))
    assert numpy.isnan(alpha(["a.", ".b"]))


# -- through the report ------------------------------------------------------------------------------------------------

STEPS = "012345"
SCHEME = parse_scheme(
    'name = "steps"\nversion = 1\ntitle = "Steps"\ndefinition = "x"\nlanguage = "en"\n'
    + "".join(f'[[severity]]\nid = "s{step}"\nweight = {step}\ndefinition = "x"\n' for step in STEPS)
    + '[[layer]]\nid = "error"\ntitle = "Error"\nkey = "F4"\ndraw = "fill"\nseverity = true\n'
    + 'counts = ["label", "severity"]\n[[layer.label]]\nid = "X"\ndefinition = "x"\n'
)


def coded(units: Sequence[str]) -> list[Readings]:
    """Return units as documents with one mark by each rater, whose severity is the value."""
    found: list[Readings] = []
    for number, unit in enumerate(units):
        given = {name: value for name, value in zip("abcdef", unit, strict=False) if value != "."}
        by = {
            name: Reading((annotation("x" * 20, (3, 9), label="X", attributes={"severity": f"s{value}"}),))
            for name, value in given.items()
        }
        found.append(Readings(f"u{number}", 20, by, f"u{number}"))
    return found


def reported(units: Sequence[str], pair: tuple[str, str] | None = None) -> dict[str, float | None]:
    (layer,) = agreement(coded(units), SCHEME, layers=["error"], resamples=2)
    return {row.measure: row.value for row in layer.measures if row.pair == pair and row.label is None}


def test_alpha_of_all_weighs_each_unit_by_its_values() -> None:
    """Hayes and Krippendorff 2007: five coders, of whom nearly all left units out. All pairs together make .7665."""
    assert reported(HAYES)["ordinal_alpha_severity"] == near(0.759829, within=5e-7)
    two = [unit[:2] for unit in HAYES if "." not in unit[:2]]
    assert reported(two)["ordinal_alpha_severity"] == reported(two, ("a", "b"))["ordinal_alpha_severity"]


def test_the_kin_of_alpha_are_reported() -> None:
    of_all = reported(FLEISS)
    assert of_all["fleiss_kappa_severity"] == near(0.430245)
    # Six steps are offered, though only five were used: 1 / 6 and 5 by chance.
    found = vectors.pooled(coincidences(FLEISS))
    assert of_all["bennett_s_severity"] == pytest.approx(float(vectors.bennett_s(found, 6)))
    assert of_all["gwet_ac1_severity"] == pytest.approx(float(vectors.gwet_ac1(found, 6)))
    pairs = ["".join(pair) for unit in FLEISS for pair in [unit[:2]]]
    of_pair = reported(pairs, ("a", "b"))
    assert of_pair["scott_pi_severity"] == pytest.approx(pi(coincidences(pairs)))
    assert of_pair["kappa_severity"] is not None


def test_label_by_label_it_is_having_it_or_not() -> None:
    tables = table((20, 5, 0), (3, 30, 2), (1, 0, 9))
    for value in range(3):
        rest = [other for other in range(3) if other != value]
        two = table(
            (tables[value, value], tables[value, rest].sum()), (tables[rest, value].sum(), tables[rest][:, rest].sum())
        )
        assert vectors.value_kappas(tables)[value] == pytest.approx(kappa(two))
        assert vectors.value_alphas(tables)[value] == pytest.approx(float(vectors.coincidence_alpha(two)))

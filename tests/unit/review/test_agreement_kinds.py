"""Agreement on fields of every kind, and about documents, comes to numbers worked out by hand or published."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy
import pytest

from app.core.annotation import Annotation, Relation
from app.core.scheme_file import parse_scheme
from app.review.agreement import vectors
from app.review.agreement.report import Measure, agreement
from app.review.readings import Reading, Readings
from tests.unit.review.build import mark
from tests.unit.review.kinds import KINDS, about, claim, link


def measured(documents: Sequence[Sequence[Iterable[Annotation]]], layer: str = "claim") -> dict[Any, Measure]:
    """Measure documents, each given by what annotators a, b, c ... say."""
    readings = [
        Readings(
            f"d{at}", 400, {name: Reading(tuple(marks)) for name, marks in zip("abcd", by, strict=False)}, f"d{at}"
        )
        for at, by in enumerate(documents)
    ]
    (found,) = agreement(readings, KINDS, layers=[layer], resamples=2)
    return {(row.measure, "".join(row.pair or ()), row.label): row for row in found.measures}


def judged(field: str, *units: Sequence[object]) -> dict[Any, Measure]:
    """Measure claims, one after the other; each unit has what annotators say in a field, None for nothing."""
    raters = [
        [
            claim(f"{who}{at}", (5 * at, 5 * at + 3), **({} if said is None else {field: said}))
            for at, said in enumerate(by)
        ]
        for who, by in zip("abcd", zip(*units, strict=True), strict=False)
    ]
    return measured([raters])


# -- numbers -----------------------------------------------------------------------------------------------------------

# Krippendorff 2011, “Computing Krippendorff's alpha-reliability”, data of four observers and twelve units (part C).
KRIPPENDORFF = (
    # by observer A, B, C, D and unit; a point is a missing value
    ("1", "2", "3", "3", "2", "1", "4", "1", "2", ".", ".", "."),
    ("1", "2", "3", "3", "2", "2", "4", "1", "2", "5", ".", "3"),
    (".", "3", "3", "3", "2", "3", "4", "2", "2", "5", "1", "."),
    ("1", "2", "3", "3", "2", "4", "4", "1", "2", "5", "1", "."),
)


def published(field: str, values: dict[str, object]) -> dict[Any, Measure]:
    return judged(field, *([values.get(said) for said in unit] for unit in zip(*KRIPPENDORFF, strict=True)))


def test_interval_alpha_is_the_published_one() -> None:
    found = published("share", {str(number): number for number in range(1, 6)})
    assert found["interval_alpha_share", "", None].value == pytest.approx(0.849, abs=5e-4)
    assert found["interval_alpha_share", "", None].n == 11, "a unit with a single value isn't judged"


def test_interval_alpha_does_not_depend_on_zero_or_unit() -> None:
    days = published("day", {str(number): f"2026-01-{number:02}" for number in range(1, 6)})
    assert days["interval_alpha_day", "", None].value == pytest.approx(0.849, abs=5e-4)
    large = published("share", {str(number): 1e6 + 10 * number for number in range(1, 6)})
    assert large["interval_alpha_share", "", None].value == pytest.approx(0.849, abs=5e-4)


def test_ordinal_alpha_weighs_ranks_by_their_uses() -> None:
    """Units low-low, low-middle, high-high: n = 3, 1, 2. Distances: low-middle (3/2 + 1/2)^2 = 4, middle-high
    (1/2 + 2/2)^2 = 2.25, low-high (3/2 + 1 + 2/2)^2 = 12.25. Observed: 2 * 4 = 8; expected: 2 (3*4 + 2*2.25 + 6*12.25).
    """
    found = judged("trust", ["low", "low"], ["low", "middle"], ["high", "high"])
    assert found["ordinal_alpha_trust", "ab", None].value == pytest.approx(1 - 5 * 8 / (2 * (12 + 4.5 + 73.5)))


def test_mean_difference_is_in_the_unit_of_the_field() -> None:
    found = judged("share", [10, 20, 10], [50, 45, None], [5, 5, 8])
    assert found["mean_difference_share", "ab", None].value == pytest.approx((10 + 5 + 0) / 3)
    assert found["mean_difference_share", "ac", None].value == pytest.approx((0 + 3) / 2)
    assert found["mean_difference_share", "", None].value == pytest.approx((5 + 1.5 + (10 + 3) / 2) / 3)


def test_alpha_of_two_numbers_by_hand() -> None:
    """Units 1-1, 1-3, 5-5: n = 6, sums 16 and 62. Observed: 4; expected: 6 * 62 - 16^2 = 116."""
    found = judged("share", [1, 1], [1, 3], [5, 5])
    assert found["interval_alpha_share", "ab", None].value == pytest.approx(1 - 5 * 4 / 116)


def test_numbers_that_are_all_equal_have_no_alpha() -> None:
    row = judged("share", [7, 7], [7, 7])["interval_alpha_share", "ab", None]
    assert (row.value, row.note) == (None, "n/a (no variation)")


def test_what_is_not_a_number_is_not_judged() -> None:
    row = judged("share", [7, 7], ["many", 3], [2, 3])["mean_difference_share", "ab", None]
    assert (row.value, row.n) == (0.5, 2)


# -- several choices ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("xy", "xy", 0),
        ("", "", 0),
        ("x", "", 1),
        ("x", "y", 1),
        ("x", "xy", 1 - 1 / 2 * 2 / 3),
        ("xyz", "x", 1 - 1 / 3 * 2 / 3),
        ("xy", "yz", 1 - 1 / 3 * 1 / 3),
        ("abc", "bcd", 1 - 2 / 4 * 1 / 3),
    ],
)
def test_masi_is_jaccard_times_monotonicity(one: str, other: str, distance: float) -> None:
    assert vectors.masi_distance(set(one), set(other)) == pytest.approx(distance)
    assert vectors.masi_distance(set(other), set(one)) == pytest.approx(distance)


def test_masi_alpha_by_hand() -> None:
    """Units h-h, h-hm, w-w with h, m, w for the choices; n: h 3, hm 1, w 2. Distances: h-hm 2/3, others 1.
    Observed: 2 * 2/3; expected: 2 (3*1*2/3 + 3*2*1 + 1*2*1) = 20.
    """
    found = judged("topics", [["health"], ["health"]], [["health"], ["money", "health"]], [["war"], ["war"]])
    assert found["masi_alpha_topics", "ab", None].value == pytest.approx(1 - 5 * (4 / 3) / 20)
    assert found["masi_alpha_topics", "", None].value == pytest.approx(1 - 5 * (4 / 3) / 20)


def test_with_any_distance_alpha_is_the_published_one() -> None:
    """With 0 and 1 as distances it is nominal alpha: .743 of the data above."""
    ids = {str(number): str(number) for number in range(1, 6)}
    uses, apart = numpy.zeros(5), 0.0
    for unit in zip(*KRIPPENDORFF, strict=True):
        said = [int(ids[value]) - 1 for value in unit if value != "."]
        if len(said) > 1:
            numpy.add.at(uses, said, 1)
            apart += sum(a != b for at, a in enumerate(said) for b in said[:at]) / (len(said) - 1)
    assert vectors.metric_alpha(numpy.array(apart), uses, 1 - numpy.eye(5)) == pytest.approx(0.743, abs=5e-4)


def test_an_entity_is_compared_by_its_id() -> None:
    one, same, other = ({"id": id, "title": title} for id, title in (("1", "A"), ("1", "B"), ("2", "A")))
    found = judged("who", [one, same], [other, other], [one, other], [same, one])
    assert found["kappa_who", "ab", None].value == pytest.approx((3 / 4 - 1 / 2) / (1 - 1 / 2))


# -- about the document ------------------------------------------------------------------------------------------------


def test_documents_are_the_units_of_a_layer_about_them() -> None:
    """Four documents, three alike; kappa: observed 3/4, by chance 3/4 * 1/2 + 1/4 * 1/2 = 1/2."""
    said = [("SPUN", "SPUN"), ("SPUN", "SPUN"), ("SPUN", "SOUND"), ("SOUND", "SOUND")]
    found = measured([[[about("a", one)], [about("b", other)]] for one, other in said], "article")
    assert found["kappa_label", "ab", None].value == pytest.approx(0.5)
    assert (found["kappa_label", "ab", None].n, found["kappa_label", "ab", None].total) == (4, 4)
    assert found["nominal_alpha_label", "", None].value == pytest.approx(1 - 7 * 2 / (2 * 5 * 3))
    assert not {name for name, *_ in found if name.startswith(("exact", "overlap", "mpp", "char", "alpha_u", "token"))}


def test_who_said_nothing_of_a_document_is_not_compared_there() -> None:
    found = measured(
        [[[about("a", adequacy=50)], [about("b", adequacy=70)]], [[about("c", adequacy=1)], []]], "article"
    )
    assert found["mean_difference_adequacy", "ab", None].value == 20
    assert found["mean_difference_adequacy", "ab", None].n == 1


def test_evidence_does_not_keep_documents_apart() -> None:
    found = measured([[[about("a")], [about("b", "SOUND")], [about("c", "SOUND")]]], "article")
    assert found["nominal_alpha_label", "", None].n == 1


# -- trees -------------------------------------------------------------------------------------------------------------

TREE = parse_scheme(
    """
name = "tree"
version = 1
title = "A tree"

[[layer]]
id = "error"

[[layer.label]]
id = "FACT"

[[layer.label]]
id = "TIME"
parent = "FACT"

[[layer.label]]
id = "DAY"
parent = "TIME"

[[layer.label]]
id = "PLACE"
parent = "FACT"

[[layer.label]]
id = "STYLE"
"""
)


def of_tree(*said: tuple[str, str], level: int | None = None) -> dict[Any, Measure]:
    by = {
        who: Reading(tuple(mark(f"{who}{at}", (5 * at, 5 * at + 3), label=x) for at, x in enumerate(labels)))
        for who, labels in zip("ab", zip(*said, strict=True), strict=True)
    }
    (found,) = agreement([Readings("d", 400, by, "d")], TREE, layers=["error"], resamples=2, level=level)
    assert found.level == level
    return {(row.measure, "".join(row.pair or ()), row.label): row for row in found.measures}


SAID = (("DAY", "TIME"), ("PLACE", "DAY"), ("STYLE", "STYLE"), ("FACT", "STYLE"))


def test_labels_are_compared_at_the_leaf_and_at_the_top() -> None:
    """At the top F-F, F-F, S-S, F-S: observed 3/4, by chance 3/4 * 1/2 + 1/4 * 1/2."""
    found = of_tree(*SAID)
    assert found["kappa_label_top", "ab", None].value == pytest.approx(0.5)
    assert found["kappa_label", "ab", None].value == pytest.approx((1 / 4 - 2 / 16 - 1 / 16) / (1 - 3 / 16))
    assert found["exact_label_f1", "ab", None].value == 0.25


def test_every_measure_rolls_up_to_a_chosen_level() -> None:
    top, middle, leaf = (of_tree(*SAID, level=level) for level in (1, 2, 3))
    values = [found["exact_label_f1", "ab", None].value for found in (top, middle, leaf)]
    assert values == [0.75, 0.5, 0.25]
    assert middle["exact_label_f1", "ab", "TIME"].value == pytest.approx(2 / 3)
    assert ("exact_label_f1", "ab", "TIME") not in top


def test_a_layer_without_a_tree_has_no_top() -> None:
    assert not [name for name, *_ in judged("share", [1, 1]) if "label_top" in name]


# -- relations ---------------------------------------------------------------------------------------------------------


def connected(ana: list[Relation], ben: list[Relation], *, ours: int = 9, theirs: int = 9) -> dict[Any, Measure]:
    """Measure relations between claims that are numbered from 1."""
    sides = (("a", ours, ana), ("b", theirs, ben))
    by = {
        who: Reading(tuple(claim(f"{who}{at}", (9 * at, 9 * at + 3)) for at in range(1, count + 1)), tuple(ties))
        for who, count, ties in sides
    }
    (found,) = agreement([Readings("d", 400, by, "d")], KINDS, layers=["claim"], resamples=2)
    return {(row.measure, "".join(row.pair or ()), row.label): row for row in found.measures}


def scores(found: dict[Any, Measure], measure: str, label: str | None = None) -> list[float | None]:
    return [found[f"{measure}_{part}", "ab", label].value for part in ("precision", "recall", "f1")]


def test_relations_are_measured_by_type() -> None:
    """Of because ana has 2 and ben 1, one of them the same; like reads the same both ways."""
    ana = [link("a1", "a2"), link("a2", "a3"), link("a4", "a3", "like"), link("a5", "a6", "aside")]
    ben = [link("b1", "b2"), link("b3", "b4", "like"), link("b6", "b5", "aside")]
    found = connected(ana, ben)
    assert scores(found, "relation_label", "because") == [0.5, 1, pytest.approx(2 / 3)]
    assert scores(found, "relation_label", "like") == [1, 1, 1]
    assert scores(found, "relation_label", "aside") == [0, 0, 0]
    assert scores(found, "relation_label") == [0.5, pytest.approx(2 / 3), pytest.approx(4 / 7)]
    assert found["relation_label_f1", "ab", "because"].n == [2, 1]


def joined(*chains: Sequence[int]) -> list[list[tuple[int, int]]]:
    return [list(zip(chain, chain[1:], strict=False)) for chain in chains]


def in_chains(who: str, *chains: Sequence[int]) -> list[Relation]:
    return [link(f"{who}{one}", f"{who}{other}", "same") for chain in joined(*chains) for one, other in chain]


@pytest.mark.parametrize(
    ("response", "precision"),
    [(((1, 2, 3, 4, 5), (6, 7, 8, 9, 10, 11, 12)), 16 / 21), (((1, 2, 3, 4, 5, 8, 9, 10, 11, 12), (6, 7)), 7 / 12)],
)
def test_chains_are_scored_by_b_cubed_as_published(response, precision: float) -> None:
    """Bagga and Baldwin 1998: 76 % and 58 % precision at full recall, against chains of 5, 2 and 5 mentions."""
    truth = ((1, 2, 3, 4, 5), (6, 7), (8, 9, 10, 11, 12))
    found = connected(in_chains("a", *response), in_chains("b", *truth), ours=12, theirs=12)
    assert scores(found, "chain_b3", "same") == [
        pytest.approx(precision),
        1,
        pytest.approx(2 * precision / (1 + precision)),
    ]
    assert found["chain_b3_f1", "ab", "same"].n == [12, 12]
    assert found["relation_label_f1", "ab", None].value is None, "a chain's links are no relations of their own"


def test_a_chain_is_the_same_however_it_is_linked() -> None:
    star = [link("b1", "b2", "same"), link("b3", "b1", "same")]
    assert scores(connected(in_chains("a", (1, 2, 3)), star), "chain_b3", "same") == [1, 1, 1]


def test_a_mention_outside_the_others_chains_scores_nothing() -> None:
    """Of ana's 3, mentions 1 and 2 have 2/3 each; both of ben's have all of theirs."""
    found = connected(in_chains("a", (1, 2, 3)), in_chains("b", (1, 2)), theirs=2)
    assert scores(found, "chain_b3", "same") == [pytest.approx(4 / 9), 1, pytest.approx(8 / 13)]


def test_relations_across_layers_count_where_they_start() -> None:
    scheme = parse_scheme(
        'name = "two"\nversion = 1\ntitle = "Two"\n'
        '[[layer]]\nid = "claim"\n[[layer.label]]\nid = "FACT"\n[[layer]]\nid = "error"\n[[layer.label]]\nid = "TERM"\n'
    )
    by = {
        who: Reading((claim(f"{who}1"), mark(f"{who}2", (30, 40))), (link(f"{who}1", f"{who}2"),)) for who in ("a", "b")
    }
    claims, errors = agreement([Readings("d", 400, by, "d")], scheme, resamples=2)
    values = [{row.measure: row.value for row in each.measures if row.pair} for each in (claims, errors)]
    assert values[0]["relation_label_f1"] == 1
    assert values[1]["relation_label_f1"] is None

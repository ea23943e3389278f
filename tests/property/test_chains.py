"""Chains differ exactly if their sets of marks do, however they are linked; alpha follows from its definition."""

from collections import Counter
from itertools import combinations

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.review.agreement import vectors
from app.review.agreement.report import agreement
from app.review.fields import Difference
from tests.unit.review.kinds import KINDS, claim, grouped, link, read

MARKS = range(1, 7)


@st.composite
def sets(draw: st.DrawFn, who: str) -> tuple[list[int], list[set[int]], list[tuple[int, int]]]:
    """Draw which marks an annotator has, in which chains, and by which links."""
    has = draw(st.lists(st.sampled_from(MARKS), unique=True, max_size=6))
    home = {number: draw(st.integers(0, 2)) for number in has}
    chains = [{number for number in has if home[number] == at} for at in range(3)]
    links: list[tuple[int, int]] = []
    for chain in chains:
        row = draw(st.permutations(sorted(chain)))
        for at, number in enumerate(row[1:], 1):
            ends = (number, row[draw(st.integers(0, at - 1))])
            links.append(ends if draw(st.booleans()) else ends[::-1])
    return has, [chain for chain in chains if len(chain) > 1], links


def joined(chains: list[set[int]], shared: set[int]) -> set[frozenset[int]]:
    return {frozenset(pair) for chain in chains for pair in combinations(sorted(chain & shared), 2)}


@given(sets("a"), sets("b"))
def test_chains_differ_exactly_if_their_sets_of_marks_do(ana, ben) -> None:
    ties = {who: [link(f"{who}{s}", f"{who}{t}", "same") for s, t in said[2]] for who, said in (("a", ana), ("b", ben))}
    marks = {who: [claim(f"{who}{number}") for number in said[0]] for who, said in (("a", ana), ("b", ben))}
    found = grouped(ties, **marks)
    shared = set(ana[0]) & set(ben[0])
    is_torn = any(Difference.RELATION in group.differences for group in found)
    assert is_torn == (joined(ana[1], shared) != joined(ben[1], shared))
    for group in found:
        for chain in group.chains:
            assert all(group.key in keys for keys in chain.by.values())


@given(sets("a"), sets("b"))
@settings(max_examples=12)
def test_b_cubed_follows_from_its_definition(ana, ben) -> None:
    ties = {who: [link(f"{who}{s}", f"{who}{t}", "same") for s, t in said[2]] for who, said in (("a", ana), ("b", ben))}
    marks = {who: [claim(f"{who}{number}") for number in said[0]] for who, said in (("a", ana), ("b", ben))}
    (layer,) = agreement([read(ties, **marks)], KINDS, layers=["claim"], resamples=1)
    found = {row.measure: row.value for row in layer.measures if row.pair and row.label == "same"}
    homes = [{number: chain for chain in said[1] for number in chain} for said in (ana, ben)]
    if not any(homes):
        assert not found
        return
    for side, part in enumerate(("precision", "recall")):
        mine, theirs = homes[side], homes[1 - side]
        each = [len(mine[n] & theirs[n]) / len(mine[n]) if n in theirs else 0.0 for n in mine]
        assert found[f"chain_b3_{part}"] == pytest.approx(sum(each) / len(each) if each else 1.0)


units = st.lists(st.lists(st.integers(-50, 50), min_size=2, max_size=4), min_size=1, max_size=6)


@given(units)
def test_interval_alpha_follows_from_its_definition(drawn: list[list[int]]) -> None:
    values = [value for unit in drawn for value in unit]
    n = len(values)
    apart = sum((a - b) ** 2 / (len(unit) - 1) for unit in drawn for a, b in combinations(unit, 2))
    expected = sum((a - b) ** 2 for a, b in combinations(values, 2))
    sums = (apart, float(n), float(sum(values)), float(sum(value**2 for value in values)))
    found = vectors.interval_alpha(*map(numpy.array, sums))
    if expected:
        assert found == pytest.approx(1 - (n - 1) * apart / expected)
    else:
        assert numpy.isnan(found)


choices = st.frozensets(st.sampled_from("abc"), min_size=1)


@given(st.lists(st.lists(choices, min_size=2, max_size=4), min_size=1, max_size=6))
def test_masi_alpha_follows_from_its_definition(drawn: list[list[frozenset[str]]]) -> None:
    values = [value for unit in drawn for value in unit]
    n, known = len(values), sorted(set(values), key=sorted)
    distance = numpy.array([[vectors.masi_distance(a, b) for b in known] for a in known])
    assert (distance == distance.T).all()
    apart = sum(vectors.masi_distance(a, b) / (len(unit) - 1) for unit in drawn for a, b in combinations(unit, 2))
    expected = sum(vectors.masi_distance(a, b) for a, b in combinations(values, 2))
    counts = Counter(values)
    found = vectors.metric_alpha(numpy.array(apart), numpy.array([float(counts[v]) for v in known]), distance)
    if expected:
        assert found == pytest.approx(1 - (n - 1) * apart / expected)
    else:
        assert numpy.isnan(found)

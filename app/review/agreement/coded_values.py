"""Agreement on values assigned to the same units: alpha for any number of raters, and coefficients for two raters or
for complete tables.

A unit is the sequence of its values by rater, None where missing. A `Table` counts the pairs of values of two raters.
Values are hashable; ordinal, interval and ratio distances require numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from app.review.agreement.figure import NO_PAIRS, NO_VARIATION, Figure

Value = Any  # any hashable; see the distances for their requirements
Unit = Sequence[Value]
Table = Mapping[tuple[Value, Value], float]
Distance = Callable[[Value, Value, Mapping[Value, float]], float]
"""The distance of two values, squared for numeric scales. The third argument is how often each value was used."""


# -- distances ---------------------------------------------------------------------------------------------------------


def nominal(one: Hashable, other: Hashable, _counts: Mapping[Value, float]) -> float:
    """Return 0 for the same value, else 1."""
    return float(one != other)


def ordinal(one: float, other: float, counts: Mapping[Value, float]) -> float:
    """Return the squared number of uses between two ranks, counting half of their own."""
    low, high = min(one, other), max(one, other)
    between = sum(count for value, count in counts.items() if low <= value <= high)
    return (between - (counts[low] + counts[high]) / 2) ** 2


def interval(one: float, other: float, _counts: Mapping[Value, float]) -> float:
    """Return the squared difference."""
    return float((one - other) ** 2)


def ratio(one: float, other: float, _counts: Mapping[Value, float]) -> float:
    """Return the squared ratio of difference and sum; two zeros are the same."""
    return ((one - other) / (one + other)) ** 2 if one + other else 0.0


def set_distance(one: frozenset[Value], other: frozenset[Value], _counts: Mapping[Value, float]) -> float:
    """Return 0 for equal sets, 1/3 if one contains the other, 2/3 if they overlap, else 1 (Passonneau 2004)."""
    if one == other:
        return 0.0
    if one <= other or other <= one:
        return 1 / 3
    return 2 / 3 if one & other else 1.0


def masi(one: frozenset[Value], other: frozenset[Value], counts: Mapping[Value, float]) -> float:
    """Return the set distance multiplied by the Jaccard distance."""
    union = one | other
    return (1 - len(one & other) / len(union)) * set_distance(one, other, counts) if union else 0.0


# -- any number of raters ----------------------------------------------------------------------------------------------


def coincidences(units: Iterable[Unit]) -> dict[tuple[Value, Value], float]:
    """Return the coincidence matrix: pairs of values in a unit, in both orders; a unit of m values has a total weight
    of m.

    Units with fewer than two values can't show agreement and are left out.
    """
    found: defaultdict[tuple[Value, Value], float] = defaultdict(float)
    for unit in units:
        values = [value for value in unit if value is not None]
        for one, other in combinations(values, 2):
            found[one, other] += 1 / (len(values) - 1)
            found[other, one] += 1 / (len(values) - 1)
    return dict(found)


def both_ways(table: Table) -> dict[tuple[Value, Value], float]:
    """Return the coincidence matrix of units coded by two raters, from their table of pairs."""
    found: defaultdict[tuple[Value, Value], float] = defaultdict(float)
    for (one, other), count in table.items():
        found[one, other] += count
        found[other, one] += count
    return dict(found)


def disagreements(coincidence: Table, distance: Distance = nominal) -> tuple[float, float]:
    """Return the mean distance observed within units, and the one expected if values were paired at random."""
    counts: defaultdict[Value, float] = defaultdict(float)
    for (one, _), count in coincidence.items():
        counts[one] += count
    total = sum(counts.values())
    observed = sum(count * distance(*pair, counts) for pair, count in coincidence.items()) / total
    expected = sum(
        2 * counts[one] * counts[other] * distance(one, other, counts) for one, other in combinations(counts, 2)
    )
    return observed, expected / (total * (total - 1))


def alpha(units: Iterable[Unit], distance: Distance = nominal) -> Figure:
    """Return Krippendorff's alpha: 1 is perfect, 0 is chance level."""
    return alpha_of(coincidences(units), distance)


def alpha_of(coincidence: Table, distance: Distance = nominal) -> Figure:
    """Return Krippendorff's alpha from a coincidence matrix."""
    if not any(coincidence.values()):
        return NO_PAIRS
    observed, expected = disagreements(coincidence, distance)
    return 1 - observed / expected if expected else NO_VARIATION


# -- two raters --------------------------------------------------------------------------------------------------------


def table_of(pairs: Iterable[tuple[Value, Value]]) -> dict[tuple[Value, Value], float]:
    """Return the table of pairs of values; pairs with a missing value are left out."""
    return dict(Counter(pair for pair in pairs if None not in pair))


def observed(table: Table) -> Figure:
    """Return the observed agreement: the share of units on which two raters agree."""
    total = sum(table.values())
    return sum(count for (one, other), count in table.items() if one == other) / total if total else NO_PAIRS


def _marginals(table: Table) -> tuple[dict[Value, float], dict[Value, float]]:
    """Return each rater's shares of units by value, over the values used by either."""
    total = sum(table.values())
    rows: defaultdict[Value, float] = defaultdict(float)
    columns: defaultdict[Value, float] = defaultdict(float)
    for (one, other), count in table.items():
        if count:
            rows[one] += count
            columns[other] += count
    values = dict.fromkeys([*rows, *columns])
    return {v: rows[v] / total for v in values}, {v: columns[v] / total for v in values}


def _corrected(agreed: Figure, by_chance: float) -> Figure:
    if not isinstance(agreed, float):
        return agreed
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else NO_VARIATION


def cohen_kappa(table: Table) -> Figure:
    """Return Cohen's kappa (1960): chance agreement follows from each rater's own distribution."""
    agreed = observed(table)
    if not isinstance(agreed, float):
        return agreed
    rows, columns = _marginals(table)
    return _corrected(agreed, sum(rows[value] * columns[value] for value in rows))


def highest_kappa(table: Table) -> Figure:
    """Return the maximum Cohen's kappa possible with the two raters' distributions."""
    if not any(table.values()):
        return NO_PAIRS
    rows, columns = _marginals(table)
    by_chance = sum(rows[value] * columns[value] for value in rows)
    return _corrected(sum(min(rows[value], columns[value]) for value in rows), by_chance)


def _pooled(table: Table) -> dict[Value, float]:
    rows, columns = _marginals(table)
    return {value: (rows[value] + columns[value]) / 2 for value in rows}


def scott_pi(table: Table) -> Figure:
    """Return Scott's pi (1955): chance agreement follows from the pooled distribution of both raters."""
    agreed = observed(table)
    if not isinstance(agreed, float):
        return agreed
    return _corrected(agreed, sum(share**2 for share in _pooled(table).values()))


def bennett_s(table: Table, categories: int | None = None) -> Figure:
    """Return Bennett's S (1954): by chance all categories are equally likely; by default, the used ones are counted."""
    agreed = observed(table)
    if not isinstance(agreed, float):
        return agreed
    return _corrected(agreed, 1 / (categories or len(_pooled(table))))


def gwet_ac1(table: Table, categories: int | None = None) -> Figure:
    """Return Gwet's AC1 (2008), which a very frequent category doesn't lower."""
    agreed = observed(table)
    if not isinstance(agreed, float):
        return agreed
    shares = _pooled(table)
    count = categories or len(shares)
    if count < 2:
        return NO_VARIATION
    return _corrected(agreed, sum(share * (1 - share) for share in shares.values()) / (count - 1))


# -- complete tables: every item has equally many raters ---------------------------------------------------------------


def item_agreements(items: Iterable[Unit]) -> list[float]:
    """Return for each item the share of agreeing pairs of raters. Raises ValueError for fewer than two raters."""
    shares: list[float] = []
    for item in items:
        raters = len(item)
        if raters < 2:
            raise ValueError("an item needs two raters")
        agreed = sum(count * (count - 1) for count in Counter(item).values())
        shares.append(agreed / (raters * (raters - 1)))
    return shares


def _shares(items: Sequence[Unit]) -> dict[Value, float]:
    counts = Counter(value for item in items for value in item)
    total = sum(counts.values())
    return {value: count / total for value, count in counts.items()}


def fleiss_kappa(items: Sequence[Unit]) -> Figure:
    """Return Fleiss' kappa (1971): Scott's pi for several raters per item, the same number for all items."""
    if not items:
        return NO_PAIRS
    agreed = sum(item_agreements(items)) / len(items)
    return _corrected(agreed, sum(share**2 for share in _shares(items).values()))


def fleiss_kappa_of(items: Sequence[Unit], category: Value) -> Figure:
    """Return Fleiss' kappa of one category against all others."""
    return fleiss_kappa([[value == category for value in item] for item in items])


def free_marginal_kappa(items: Sequence[Unit], categories: int | None = None) -> Figure:
    """Return Randolph's kappa (2005): like Fleiss', but by chance all categories are equally likely."""
    if not items:
        return NO_PAIRS
    count = categories or len(_shares(items))
    agreed = sum(item_agreements(items)) / len(items)
    return _corrected(agreed, 1 / count)


# -- sets --------------------------------------------------------------------------------------------------------------


def mean_similarity(
    pairs: Sequence[tuple[frozenset[Value], frozenset[Value]]],
    similarity: Callable[[frozenset[Value], frozenset[Value]], float],
) -> Figure:
    """Return the mean similarity of pairs of sets."""
    return sum(similarity(*pair) for pair in pairs) / len(pairs) if pairs else NO_PAIRS


def same(one: frozenset[Value], other: frozenset[Value]) -> float:
    """Return 1 for equal sets, else 0."""
    return float(one == other)


def meeting(one: frozenset[Value], other: frozenset[Value]) -> float:
    """Return 1 if the sets share a member, else 0."""
    return float(bool(one & other))


def dice(one: frozenset[Value], other: frozenset[Value]) -> float:
    """Return the Dice coefficient; two empty sets have 0."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0

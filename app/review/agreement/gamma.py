"""Gamma (Mathet et al. 2015): the best joint alignment of all annotators' units, relative to that of random units.

Exact, and therefore only for documents of moderate size. What chance would do is sampled over the whole text, as in the
paper. The random part is seeded; another seed changes the second or third digit.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import combinations
from math import inf, sqrt
from typing import TYPE_CHECKING, NamedTuple

from app.review.agreement.figure import NO_ANNOTATIONS, NO_PAIRS, NO_VARIATION, Figure, Undefined
from app.review.matches import best_matching

if TYPE_CHECKING:
    from numpy.random import Generator

Unit = tuple[float, float, str]
"""Start, end and label. The width must be positive."""

SAMPLES = 30
_MOST_CANDIDATES = 100_000
_A_GROUP = 1e-6
_TRIES = 50
TOO_LARGE = Undefined("too many marks close together")


class Weights(NamedTuple):
    """The weights of position, label and a missing unit in a dissimilarity."""

    position: float = 3.0
    label: float = 1.0
    missing: float = 1.0


WEIGHTS = Weights()


class Alignment(NamedTuple):
    """The alignment with the least disorder: for each group, the index of each annotator's unit, None if missing.

    `disorder` is the total cost divided by the mean number of units per annotator.
    """

    disorder: float
    groups: tuple[tuple[int | None, ...], ...]


class Disorder(NamedTuple):
    """Observed and expected disorder of one document, each times the mean number of units; may be added up."""

    observed: float
    expected: float


def positional(one: Unit, other: Unit) -> float:
    """Return the squared distance of two units relative to their lengths."""
    apart = abs(one[0] - other[0]) + abs(one[1] - other[1])
    return (apart / (one[1] - one[0] + other[1] - other[0])) ** 2


def dissimilarity(one: Unit, other: Unit, weights: Weights = WEIGHTS) -> float:
    """Return the weighted sum of the positional and the label dissimilarity."""
    place = weights.position * weights.missing * positional(one, other)
    return place + weights.label * weights.missing * (one[2] != other[2])


def best_alignment(raters: Sequence[Sequence[Unit]], weights: Weights = WEIGHTS) -> Alignment | Undefined:
    """Return the alignment of all units with the least cost, each unit in exactly one group."""
    if len(raters) < 2:
        return NO_PAIRS
    count = sum(map(len, raters))
    if not count:
        return NO_ANNOTATIONS
    if len(raters) == 2:
        cost, groups = _two(raters[0], raters[1], weights)
    else:
        found = _many(raters, weights)
        if isinstance(found, Undefined):
            return found
        cost, groups = found
    return Alignment(cost / (count / len(raters)), tuple(groups))


_Group = tuple[int | None, ...]


def _two(left: Sequence[Unit], right: Sequence[Unit], weights: Weights) -> tuple[float, list[_Group]]:
    """Pair units where that is cheaper than leaving both unaligned."""
    gains = {
        (i, j): gain
        for i, j in _close(left, right, weights, limit=2 * weights.missing)
        if (gain := 2 * weights.missing - dissimilarity(left[i], right[j], weights)) > 0
    }
    pairs = best_matching(gains)
    groups: list[_Group] = list(pairs)
    with_left, with_right = {i for i, _ in pairs}, {j for _, j in pairs}
    groups += [(i, None) for i in range(len(left)) if i not in with_left]
    groups += [(None, j) for j in range(len(right)) if j not in with_right]
    cost = weights.missing * (len(left) + len(right)) - sum(gains[pair] for pair in pairs)
    return cost, groups


def _close(left: Sequence[Unit], right: Sequence[Unit], weights: Weights, *, limit: float) -> list[tuple[int, int]]:
    """Return the pairs whose positional cost alone is within the limit."""
    if not left or not right:
        return []
    order = sorted(range(len(right)), key=right.__getitem__)
    starts = [right[j][0] for j in order]
    longest = max(end - start for start, end, _ in right)
    reach = sqrt(limit / (weights.position * weights.missing)) if weights.position else inf
    found: list[tuple[int, int]] = []
    for i, (start, end, _) in enumerate(left):
        radius = reach * (end - start + longest)
        near = order[bisect_left(starts, start - radius) : bisect_right(starts, start + radius)]
        found.extend((i, j) for j in near)
    return found


def _many(raters: Sequence[Sequence[Unit]], weights: Weights) -> tuple[float, list[_Group]] | Undefined:
    """Select from all candidate groups so that each unit is in exactly one, by integer programming."""
    import numpy
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    candidates = _candidates(raters, weights)
    if candidates is None:
        return TOO_LARGE
    first = [sum(map(len, raters[:place])) for place in range(len(raters))]
    rows = [first[place] + unit for group, _ in candidates for place, unit in enumerate(group) if unit is not None]
    columns = [at for at, (group, _) in enumerate(candidates) for unit in group if unit is not None]
    shape = (sum(map(len, raters)), len(candidates))
    cover = csr_matrix((numpy.ones(len(rows)), (rows, columns)), shape=shape)
    # Among alignments of equal cost, prefer the one with the fewest groups.
    costs = numpy.array([cost + _A_GROUP for _, cost in candidates])
    solved = milp(costs, constraints=LinearConstraint(cover, 1, 1), integrality=1, bounds=Bounds(0, 1))
    if solved.x is None:
        return TOO_LARGE
    chosen = [candidates[at] for at in numpy.flatnonzero(solved.x > 0.5)]
    return sum(cost for _, cost in chosen), [group for group, _ in chosen]


def _candidates(raters: Sequence[Sequence[Unit]], weights: Weights) -> list[tuple[_Group, float]] | None:
    """Return every group that isn't more expensive than its units alone, with its cost; None if there are too many.

    A group's cost is the mean over all pairs of annotators; a pair with one or both units missing costs as much as a
    missing unit.
    """
    size = len(raters)
    pairs = size * (size - 1) / 2
    most = size * weights.missing * pairs
    between: dict[tuple[int, int], list[dict[int, float]]] = {}
    for a, b in combinations(range(size), 2):
        near: list[dict[int, float]] = [{} for _ in raters[a]]
        for i, j in _close(raters[a], raters[b], weights, limit=most):
            if (cost := dissimilarity(raters[a][i], raters[b][j], weights)) <= most:
                near[i][j] = cost
        between[a, b] = near
    grown: list[tuple[_Group, float]] = [((), 0.0)]
    for place in range(size):
        step: list[tuple[_Group, float]] = []
        for group, cost in grown:
            near = [between[other, place][unit] for other, unit in enumerate(group) if unit is not None]
            step.append(((*group, None), cost + weights.missing * place))
            alone = weights.missing * (place - len(near))
            for unit in near[0] if near else range(len(raters[place])):
                total = cost + alone + sum(costs.get(unit, inf) for costs in near)
                if total <= most:
                    step.append(((*group, unit), total))
            if len(step) > _MOST_CANDIDATES:
                return None
        grown = step
    return [
        (group, cost / pairs)
        for group, cost in grown
        if cost <= (size - group.count(None)) * weights.missing * pairs and group.count(None) < size
    ]


def gamma(
    raters: Sequence[Sequence[Unit]],
    *,
    seed: int | Sequence[int],
    length: float | None = None,
    weights: Weights = WEIGHTS,
    samples: int = SAMPLES,
) -> Figure:
    """Return gamma: 1 is perfect, 0 is the level of annotators who put their units just anywhere.

    For the parameters, see `disorder`.
    """
    found = disorder(raters, seed=seed, length=length, weights=weights, samples=samples)
    return found if isinstance(found, Undefined) else gamma_of(found.observed, found.expected)


def gamma_of(observed: float, expected: float) -> Figure:
    """Return gamma from sums of disorder."""
    return 1 - observed / expected if expected else NO_VARIATION


def disorder(
    raters: Sequence[Sequence[Unit]],
    *,
    seed: int | Sequence[int],
    length: float | None = None,
    weights: Weights = WEIGHTS,
    samples: int = SAMPLES,
) -> Disorder | Undefined:
    """Return the disorder of a document, and the mean disorder of `samples` random ones.

    `length` is that of the whole text, over which chance spreads the units; without it, the last unit ends the text.
    """
    from numpy.random import default_rng

    best = best_alignment(raters, weights)
    if isinstance(best, Undefined):
        return best
    random = default_rng(seed)
    ends = max(end for units in raters for _, end, _ in units)
    total, drawn = 0.0, 0
    for _ in range(samples):
        sample = best_alignment(_shuffled(raters, max(ends, length or 0), random), weights)
        if isinstance(sample, Alignment):
            total, drawn = total + sample.disorder, drawn + 1
        elif sample is TOO_LARGE:
            return sample
    units = sum(map(len, raters)) / len(raters)
    return Disorder(best.disorder * units, total / drawn * units) if drawn else NO_VARIATION


def _shuffled(raters: Sequence[Sequence[Unit]], length: float, random: "Generator") -> list[list[Unit]]:
    """Generate random annotators as Mathet et al. 2015, section 5.2: each is one of the real ones, its text cut at a
    random place and the two parts exchanged.

    So numbers, lengths, labels and gaps are the real ones, and only the places are random, over the whole text however
    few the units are. The places of two cuts are half a unit's mean length apart, lest the same annotator drawn twice
    agrees with itself.
    """
    units = [unit for rater in raters for unit in rater]
    apart = sum(end - start for start, end, _ in units) / len(units) / 2
    cuts: list[float] = []
    found: list[list[Unit]] = []
    for _ in raters:
        cut = _cut(cuts, length, apart, random)
        cuts.append(cut)
        source = raters[int(random.integers(len(raters)))]
        moved = [((start + cut) % length, end - start, label) for start, end, label in source]
        found.append(sorted((start, start + width, label) for start, width, label in moved))
    return found


def _cut(taken: Sequence[float], length: float, apart: float, random: "Generator") -> float:
    """Return a random place that is `apart` from those taken, on the text as a circle, if such a one is soon found."""
    place = 0.0
    for _ in range(_TRIES):
        place = float(random.uniform(0, length))
        away = (abs(place - other) for other in taken)
        if all(apart <= distance <= length - apart for distance in away):
            break
    return place

"""Alpha for unitizing (Krippendorff 2004): agreement on where the units of one label lie on a continuum.

The continuum is the whole text, counted in characters: the measure isn't the same at another scale. With more than two
raters it is the measure as published in 2004.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, combinations
from typing import NamedTuple

from app.review.agreement.figure import NO_ANNOTATIONS, NO_VARIATION, Figure

Section = tuple[int, int]
"""A unit or a gap: start and end, half-open."""


class Continuum(NamedTuple):
    """Sums over the units of one label, from which the disagreement of any of its raters follows.

    By rater: `units` how many, `own` sum of l(l-1)(2l-1)/3 and `taken` sum of l(l-1) over their lengths l. By two
    raters: `observed` squared distance of their units, `fitting` how many ways the units of the first fit into gaps of
    the second, weighted by l squared.
    """

    length: int
    units: tuple[int, ...]
    own: tuple[int, ...]
    taken: tuple[int, ...]
    observed: Mapping[tuple[int, int], int]
    fitting: Mapping[tuple[int, int], int]


def merged(sections: Iterable[Section]) -> list[Section]:
    """Return sorted units without overlap: those that overlap become one, those without length are dropped."""
    found: list[Section] = []
    for start, end in sorted(sections):
        if start == end:
            continue
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def distance(one: Sequence[Section], other: Sequence[Section]) -> int:
    """Return how far the units of two raters are apart, squared: ends against ends where units overlap, and the length
    where a unit meets none. Both must be sorted and free of overlap.
    """
    total = 0
    lonely = set(range(len(other)))
    place = 0
    for start, end in one:
        while place < len(other) and other[place][1] <= start:
            place += 1
        at = place
        while at < len(other) and other[at][0] < end:
            total += (start - other[at][0]) ** 2 + (end - other[at][1]) ** 2
            lonely.discard(at)
            at += 1
        if at == place:
            total += (end - start) ** 2
    return total + sum((other[at][1] - other[at][0]) ** 2 for at in lonely)


def _gaps(units: Sequence[Section], length: int) -> list[int]:
    """Return the lengths of what lies between the units, shortest first."""
    starts = [0, *(end for _, end in units)]
    ends = [*(start for start, _ in units), length]
    return sorted(end - start for start, end in zip(starts, ends, strict=True) if end > start)


def _fitting(lengths: Sequence[Sequence[int]], gaps: Sequence[int]) -> list[int]:
    """Return in how many ways each rater's units of these lengths fit into the gaps, each weighted by its length
    squared.
    """
    # room[k]: how much the gaps from the k-th on hold together
    room = [0, *accumulate(reversed(gaps))][::-1]
    count = len(gaps)
    totals: list[int] = []
    for mine in lengths:
        total = 0
        for length in mine:
            at = bisect_left(gaps, length)
            total += length * length * (room[at] - (count - at) * (length - 1))
        totals.append(total)
    return totals


def continuum(raters: Sequence[Iterable[Section]], length: int, *, start: int = 0) -> Continuum:
    """Measure the units of one label on a continuum that begins at `start` and has this length."""
    units = [merged((begin - start, end - start) for begin, end in sections) for sections in raters]
    lengths = [[end - begin for begin, end in sections] for sections in units]
    gaps = [_gaps(sections, length) for sections in units]
    return Continuum(
        length=length,
        units=tuple(map(len, units)),
        own=tuple(sum(x * (x - 1) * (2 * x - 1) // 3 for x in mine) for mine in lengths),
        taken=tuple(sum(x * (x - 1) for x in mine) for mine in lengths),
        observed={(i, j): distance(units[i], units[j]) for i, j in combinations(range(len(units)), 2)},
        fitting={(i, j): ways for j, theirs in enumerate(gaps) for i, ways in enumerate(_fitting(lengths, theirs))},
    )


def disagreements(label: Continuum, raters: Sequence[int] | None = None) -> tuple[float, float]:
    """Return the observed and the expected disagreement of these raters, in rising order, or of all."""
    chosen = range(len(label.units)) if raters is None else raters
    size, length = len(chosen), label.length
    if size < 2 or not length:
        return 0.0, 0.0
    apart = sum(label.observed[pair] for pair in combinations(chosen, 2))
    observed = 2 * apart / (size * (size - 1) * length**2)
    others = sum(label.units[i] for i in chosen) - 1
    ways = sum(others * label.own[i] for i in chosen) + sum(label.fitting[i, j] for i in chosen for j in chosen)
    room = size * length * (size * length - 1) - sum(label.taken[i] for i in chosen)
    return observed, 2 * ways / (length * room) if room else 0.0


def alpha_u(labels: Iterable[Continuum], raters: Sequence[int] | None = None) -> Figure:
    """Return alpha for unitizing over all labels, of one text or of several.

    Labels and texts are averaged before the division, texts by their length. If there is but one unit in all the data,
    the result is 0.
    """
    observed = expected = 0.0
    units = 0
    for label in labels:
        one, other = disagreements(label, raters)
        observed += label.length * one
        expected += label.length * other
        units += sum(label.units if raters is None else (label.units[i] for i in raters))
    if units == 1:
        return 0.0  # nothing to compare with: chance would do no worse
    return alpha_u_of(observed, expected, units=units)


def alpha_u_of(observed: float, expected: float, *, units: int) -> Figure:
    """Return alpha for unitizing from sums of disagreement of a number of units."""
    if not units:
        return NO_ANNOTATIONS
    return 1 - observed / expected if expected else NO_VARIATION

"""Alpha for unitizing (Krippendorff 2004): agreement on the position of the units of one label on a continuum.

The continuum is the whole text, measured in characters: the result depends on that scale. With more than two raters it
is the measure as published in 2004.
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

    By rater: `units` is their number, `own` the sum of l(l-1)(2l-1)/3 and `taken` the sum of l(l-1) over their lengths
    l. By two raters: `observed` is the squared distance of their units, `fitting` the number of ways in which units of
    the first fit into gaps of the second, weighted by l squared.
    """

    length: int
    units: tuple[int, ...]
    own: tuple[int, ...]
    taken: tuple[int, ...]
    observed: Mapping[tuple[int, int], int]
    fitting: Mapping[tuple[int, int], int]


def merged(sections: Iterable[Section]) -> list[Section]:
    """Return sorted units without overlap: overlapping ones are joined, zero-width ones are dropped."""
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
    """Return the squared distance of two raters' units: of their ends where units overlap, of the length where one is
    alone.

    Both must be sorted and without overlap.
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
    """Return the lengths of the gaps between the units, shortest first."""
    starts = [0, *(end for _, end in units)]
    ends = [*(start for start, _ in units), length]
    return sorted(end - start for start, end in zip(starts, ends, strict=True) if end > start)


def _fitting(lengths: Sequence[Sequence[int]], gaps: Sequence[int]) -> list[int]:
    """Return the number of ways in which each rater's units of these lengths fit into the gaps, weighted by squared
    length.
    """
    # room[k]: the total length of the gaps from the k-th on
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
    """Return the observed and the expected disagreement of these raters, in ascending order, or of all."""
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

    Disagreements are averaged over labels and texts before the division, texts weighted by length. If there is only one
    unit in all the data, the result is 0.
    """
    observed = expected = 0.0
    units = 0
    for label in labels:
        one, other = disagreements(label, raters)
        observed += label.length * one
        expected += label.length * other
        units += sum(label.units if raters is None else (label.units[i] for i in raters))
    if units == 1:
        return 0.0  # nothing to compare with: chance level
    return alpha_u_of(observed, expected, units=units)


def alpha_u_of(observed: float, expected: float, *, units: int) -> Figure:
    """Return alpha for unitizing from sums of disagreement of a number of units."""
    if not units:
        return NO_ANNOTATIONS
    return 1 - observed / expected if expected else NO_VARIATION

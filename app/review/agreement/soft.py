"""Measures of soft labels: ranges with a probability, such as the share of annotators (as in Mu-SHROOM)."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import sqrt

from app.review.agreement.sections import Section

SoftSection = tuple[int, int, float]
"""Start and end, half-open, and the probability; 0 outside of all ranges."""


def hard_sections(soft: Iterable[SoftSection], *, above: float = 0.5) -> list[Section]:
    """Return the ranges with a probability above `above`, adjacent ones joined."""
    found: list[Section] = []
    for start, end, probability in sorted(soft):
        if probability <= above or start == end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _aligned(one: Sequence[SoftSection], other: Sequence[SoftSection], length: int) -> list[tuple[int, float, float]]:
    """Return the pieces of the text with constant probabilities: length, and both probabilities."""
    cuts = sorted({0, length, *(place for start, end, _ in (*one, *other) for place in (start, end))})
    ours, theirs = _along(one, cuts), _along(other, cuts)
    return [(end - start, ours[start], theirs[start]) for start, end in zip(cuts, cuts[1:], strict=False)]


def _along(soft: Sequence[SoftSection], cuts: Sequence[int]) -> dict[int, float]:
    """Return the probability at each cut. Ranges must not overlap."""
    values = dict.fromkeys(cuts, 0.0)
    ranges = iter(sorted(section for section in soft if section[0] < section[1]))
    current = next(ranges, None)
    for cut in cuts:
        while current is not None and current[1] <= cut:
            current = next(ranges, None)
        if current is not None and current[0] <= cut:
            values[cut] = current[2]
    return values


def soft_f1(one: Sequence[SoftSection], other: Sequence[SoftSection], length: int) -> float:
    """Return F1 where each character is weighted by its probability; two texts without any agree."""
    pieces = _aligned(one, other, length)
    total = sum(size * (p + q) for size, p, q in pieces)
    return 2 * sum(size * min(p, q) for size, p, q in pieces) / total if total else 1.0


def spearman(one: Sequence[SoftSection], other: Sequence[SoftSection], length: int) -> float:
    """Return the rank correlation of the characters' probabilities: 1 if both are constant, 0 if only one is."""
    pieces = _aligned(one, other, length)
    sizes = [size for size, _, _ in pieces]
    ours = _centred_ranks(sizes, [p for _, p, _ in pieces])
    theirs = _centred_ranks(sizes, [q for _, _, q in pieces])
    spread = [sum(size * rank**2 for size, rank in zip(sizes, ranks, strict=True)) for ranks in (ours, theirs)]
    if 0 in spread:
        return float(spread[0] == spread[1])
    together = sum(size * p * q for size, p, q in zip(sizes, ours, theirs, strict=True))
    return together / sqrt(spread[0] * spread[1])


def _centred_ranks(sizes: Sequence[int], values: Sequence[float]) -> list[float]:
    """Return each piece's mean rank among all characters, minus the middle rank."""
    uses: dict[float, int] = {}
    for size, value in zip(sizes, values, strict=True):
        uses[value] = uses.get(value, 0) + size
    ordered = sorted(uses)
    below = [0, *accumulate(uses[value] for value in ordered)]
    ranks = {value: (below[at] + below[at + 1] - below[-1]) / 2 for at, value in enumerate(ordered)}
    return [ranks[value] for value in values]

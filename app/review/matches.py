"""Matches annotations of two lists: shared code points, and optimal one-to-one matching."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from app.core.annotation import Annotation

ANCHOR_REACH = 60
"""The maximum distance, in code points, of two anchors that mark the same omission: about half a sentence."""

_SMALL = 4  # up to this many rows, dynamic programming is faster than loading and calling a solver


def overlaps(left: Sequence[Annotation], right: Sequence[Annotation]) -> Iterator[tuple[int, int, int]]:
    """Yield `(index in left, index in right, shared code points)` of all overlapping pairs, sorted by the indices.

    Only fragments count, not the hull, and adjacent ranges share nothing. Two anchors (zero-width annotations) overlap
    if they are within `ANCHOR_REACH` of each other, and then share 1; an anchor never overlaps a range. A zero-width
    fragment beside wider ones is ignored.
    """
    shared: Counter[tuple[int, int]] = Counter()
    ranges = sorted(
        (part.start, part.end, side, index)
        for side, annotations in enumerate((left, right))
        for index, annotation in enumerate(annotations)
        for part in annotation.fragments
        if part.start < part.end
    )
    active: list[list[tuple[int, int]]] = [[], []]
    for start, end, side, index in ranges:
        across = active[1 - side]
        if across:
            across = active[1 - side] = [item for item in across if item[0] > start]
            for other_end, other in across:
                pair = (other, index) if side else (index, other)
                shared[pair] += min(end, other_end) - start
        active[side].append((end, index))
    for pair in _near_anchors(left, right):
        shared[pair] = 1
    yield from sorted((i, j, count) for (i, j), count in shared.items())


def _near_anchors(left: Sequence[Annotation], right: Sequence[Annotation]) -> Iterator[tuple[int, int]]:
    ours, theirs = _anchors(left), _anchors(right)
    if not ours or not theirs:
        return
    places = [place for place, _ in theirs]
    for place, index in ours:
        near = theirs[bisect_left(places, place - ANCHOR_REACH) : bisect_right(places, place + ANCHOR_REACH)]
        yield from ((index, other) for _, other in near)


def _anchors(annotations: Sequence[Annotation]) -> list[tuple[int, int]]:
    return sorted(
        (part.start, index)
        for index, annotation in enumerate(annotations)
        if annotation.fragments[0].start == annotation.fragments[0].end and annotation.is_anchor
        for part in annotation.fragments
    )


def best_matching(weights: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Return the one-to-one pairs `(left, right)` with the maximum total weight, sorted.

    `weights` contains only pairs that may be matched, each with a weight above 0. Indices need not be consecutive. The
    result is the exact optimum and independent of the mapping's order; among several optima the choice is
    deterministic. Connected components are solved separately, so the run time depends on the largest of them.
    """
    pairs = sorted(weights)
    if len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs):
        return pairs
    found: list[tuple[int, int]] = []
    for group in components(pairs):
        found.extend(group if len(group) == 1 else _solved(group, weights))
    return sorted(found)


def components(pairs: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Yield the pairs in components that share no index."""
    by_left: dict[int, list[int]] = {}
    by_right: dict[int, list[int]] = {}
    for i, j in pairs:
        by_left.setdefault(i, []).append(j)
        by_right.setdefault(j, []).append(i)
    seen: set[int] = set()
    for first in by_left:
        if first in seen:
            continue
        seen.add(first)
        waiting = [first]
        group: list[tuple[int, int]] = []
        while waiting:
            i = waiting.pop()
            for j in by_left[i]:
                group.append((i, j))
                for other in by_right.pop(j, ()):
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
        yield sorted(group)


def _solved(group: Sequence[tuple[int, int]], weights: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    rows = sorted({i for i, _ in group})
    columns = sorted({j for _, j in group})
    if len(rows) <= _SMALL:
        return _tried(group, weights)
    if len(columns) <= _SMALL:
        turned = sorted((j, i) for i, j in group)
        return [(i, j) for j, i in _tried(turned, {(j, i): weights[i, j] for j, i in turned})]
    return _assigned(rows, columns, group, weights)


def _tried(group: Sequence[tuple[int, int]], weights: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Solve a component with few left indices by dynamic programming over columns and sets of used rows."""
    rows = {i: 1 << place for place, i in enumerate(sorted({i for i, _ in group}))}
    by_column: dict[int, list[int]] = {}
    for i, j in group:
        by_column.setdefault(j, []).append(i)
    best: dict[int, tuple[float, tuple[tuple[int, int], ...]]] = {0: (0.0, ())}
    for j in sorted(by_column):
        grown = dict(best)
        for used, (total, chosen) in best.items():
            for i in by_column[j]:
                if not used & rows[i]:
                    reached, sum_ = used | rows[i], total + weights[i, j]
                    if reached not in grown or sum_ > grown[reached][0]:
                        grown[reached] = (sum_, (*chosen, (i, j)))
        best = grown
    return list(max(best.values(), key=_total)[1])


def _total(solution: tuple[float, object]) -> float:
    return solution[0]


def _assigned(
    rows: Sequence[int],
    columns: Sequence[int],
    group: Sequence[tuple[int, int]],
    weights: Mapping[tuple[int, int], float],
) -> list[tuple[int, int]]:
    import numpy  # these two take longer to load than most projects take to compare
    from scipy.optimize import linear_sum_assignment

    row_of = {i: place for place, i in enumerate(rows)}
    column_of = {j: place for place, j in enumerate(columns)}
    table = numpy.zeros((len(rows), len(columns)))
    for i, j in group:
        table[row_of[i], column_of[j]] = weights[i, j]
    chosen = zip(*linear_sum_assignment(table, maximize=True), strict=True)
    return [(rows[r], columns[c]) for r, c in chosen if table[r, c] > 0]

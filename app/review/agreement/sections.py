"""Half-open ranges of code points, as pairs of start and end."""

from collections.abc import Iterable, Sequence

Section = tuple[int, int]
"""Start and end, half-open."""


def merged(sections: Iterable[Section]) -> list[Section]:
    """Return sorted sections without overlap: overlapping ones are joined, zero-width ones are dropped."""
    found: list[Section] = []
    for start, end in sorted(sections):
        if start == end:
            continue
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def shared_length(one: Sequence[Section], other: Sequence[Section]) -> int:
    """Return the number of code points common to two sorted lists of non-overlapping sections."""
    total = i = j = 0
    while i < len(one) and j < len(other):
        total += max(0, min(one[i][1], other[j][1]) - max(one[i][0], other[j][0]))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return total

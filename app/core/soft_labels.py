"""Soft labels: how many annotators marked each character of a text, and what most of them marked.

They are the labels of SemEval-2025's task 3 on hallucinations (Vázquez et al. 2025): the share of the annotators who
marked a character, and as hard label whatever more than half of them marked. All ranges are half-open, in code points.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Range = tuple[int, int]


class SoftSegment(NamedTuple):
    """A range that the same number of annotators (`votes`, at least 1) marked throughout."""

    start: int
    end: int
    votes: int


def soft_segments(marked: Iterable[Iterable[Range]]) -> list[SoftSegment]:
    """Return the segments of a text that annotators marked, from the ranges of each, in order and without overlaps.

    Ranges of one annotator that overlap count once. Empty ranges mark nothing. Segments that touch differ in votes.
    """
    changes: Counter[int] = Counter()
    for ranges in marked:
        for start, end in joined(ranges):
            changes[start] += 1
            changes[end] -= 1
    found: list[SoftSegment] = []
    votes, since = 0, 0
    for at in sorted(offset for offset, change in changes.items() if change):
        if votes:
            found.append(SoftSegment(since, at, votes))
        votes, since = votes + changes[at], at
    return found


def majority(segments: Iterable[SoftSegment], of: int) -> list[Range]:
    """Return what strictly more than half of `of` annotators marked; ranges that touch are one."""
    return joined((each.start, each.end) for each in segments if 2 * each.votes > of)


def joined(ranges: Iterable[Range]) -> list[Range]:
    """Return ranges in order, with those that overlap or touch as one, and without empty ones."""
    found: list[Range] = []
    for start, end in sorted(each for each in ranges if each[0] < each[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def likely(segments: Sequence[tuple[int, int, float]]) -> list[Range]:
    """Return the ranges whose share, from 0 to 1, is strictly more than a half; ranges that touch are one."""
    return joined((start, end) for start, end, part in segments if part > 0.5)  # noqa: PLR2004

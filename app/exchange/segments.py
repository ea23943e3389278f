"""Segments of a text: campaigns evaluate translations segment by segment, people read them as one document.

A text is its segments, joined by line breaks. A segment may have line breaks of its own, so what is kept of a segment
says how many lines it has; the boundaries are found again by counting lines, also after words were changed in them.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, cast

SEGMENTS = "segments"
"""The key under which the segments of a document are kept."""
LINES = "lines"
"""The key of how many lines a segment has, if it isn't one."""


class Range(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int


def joined(texts: Sequence[str]) -> tuple[str, list[Range]]:
    """Return the text of segments, and where each of them is in it."""
    starts = accumulate((len(text) + 1 for text in texts), initial=0)
    return "\n".join(texts), [Range(start, start + len(text)) for start, text in zip(starts, texts, strict=False)]


def lines_of(text: str) -> int:
    """Return how many lines a segment has."""
    return text.count("\n") + 1


def line_ranges(text: str) -> list[Range]:
    """Return the ranges of the lines of a text, without their line breaks."""
    return joined(text.split("\n"))[1]


def grouped(lines: Sequence[Range], counts: Sequence[int]) -> list[Range] | None:
    """Return lines put together to segments of so many lines each, None if there aren't that many in all."""
    if sum(counts) != len(lines) or any(count < 1 for count in counts):
        return None
    ends = accumulate(counts, initial=0)
    return [Range(lines[first].start, lines[end - 1].end) for first, end in pairwise(ends)]


def kept_segments(own: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what is kept of each segment of a document, by what is kept of the document; empty if nothing is."""
    found = own.get(SEGMENTS)
    items = cast("list[object]", found) if isinstance(found, list) else []
    return [cast("Mapping[str, Any]", item) if isinstance(item, dict) else {} for item in items]


def kept_lines(segment: Mapping[str, Any]) -> int:
    """Return how many lines a kept segment had."""
    found = segment.get(LINES)
    return found if type(found) is int and found > 0 else 1

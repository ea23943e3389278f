"""Pieces of long texts: spaCy's memory grows with what it gets at once."""

from collections.abc import Iterator

AT_ONCE = 20_000
"""Code points per piece; a piece takes a pipeline under a second."""


def pieces_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of pieces that end at a line end, or between words in a very long line."""
    start = 0
    while start < len(text):
        end = min(len(text), start + AT_ONCE)
        if end < len(text):
            cut = text.rfind("\n", start, end) + 1 or text.rfind(" ", start, end) + 1
            end = cut if cut > start else end
        yield start, end
        start = end

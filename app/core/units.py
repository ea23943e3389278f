"""Words and sentences that a selection snaps to: those of a language model if they are known, else by simple rules.

The model's tokens are found in the background, for a part of the text. A lookup is a binary search.
"""

from array import array
from bisect import bisect_right
from typing import NamedTuple

from app.core import boundaries


class Segments(NamedTuple):
    """Tokens and sentences of `[low, high)` of a text, in order, disjoint and without outer white space. `low` and
    `high` are at ends of paragraphs, or of the text.
    """

    low: int
    high: int
    token_starts: "array[int]"
    token_ends: "array[int]"
    sentence_starts: "array[int]"
    sentence_ends: "array[int]"


class TextUnits:
    """Finds the units of one text. Without segments, and outside of them, the rules of `boundaries` apply."""

    def __init__(self, segments: Segments | None = None) -> None:
        self.segments = segments

    def word_at(self, text: str, offset: int) -> tuple[int, int]:
        """Return the range of the token that contains the offset or ends there, else of the single character there."""
        known = self._around(offset, offset)
        if known is None:
            return boundaries.word_at(text, offset)
        here, before = _holding(known, offset), _holding(known, offset - 1)
        if here is not None and _has_word(text, here):
            return here
        if before is not None and before[1] == offset and _has_word(text, before):
            return before
        return here or (offset, min(offset + 1, len(text)))

    def sentence_at(self, text: str, offset: int) -> tuple[int, int]:
        """Return the range of the sentence that contains the offset, as `boundaries.sentence_at` does."""
        low, high = boundaries.paragraph_at(text, offset)
        known = self._around(low, high)
        if known is None:
            return boundaries.sentence_at(text, offset)
        at = bisect_right(known.sentence_ends, offset)
        for number in (at, at - 1):
            if 0 <= number < len(known.sentence_starts):
                start, end = known.sentence_starts[number], known.sentence_ends[number]
                if low <= start and end <= high:
                    return (start, end)
        return (offset, offset)

    def snap(self, text: str, start: int, end: int, *, unit: str) -> tuple[int, int]:
        """Return the smallest range of whole units, `character`, `word` or `sentence`, that covers `[start, end)`."""
        known = self._around(start, end)
        if known is None:
            return boundaries.snap(text, start, end, unit=unit)
        if unit == "character":
            return (start, end)
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            return (start, end)
        if unit == "word":
            first, last = _holding(known, start), _holding(known, end - 1)
            return (first[0] if first else start, last[1] if last else end)
        return (min(start, self.sentence_at(text, start)[0]), max(end, self.sentence_at(text, end - 1)[1]))

    def unit_at(self, text: str, offset: int, *, unit: str) -> tuple[int, int]:
        """Return the range of the word or sentence at an offset; an empty one for `character` or if there is none."""
        if unit == "character":
            return (offset, offset)
        start, end = self.sentence_at(text, offset) if unit == "sentence" else self.word_at(text, offset)
        return (start, end) if text[start:end].strip() else (offset, offset)

    def reach(self, offset: int, length: int, *, near: int) -> bool:
        """Return whether the segments cover `near` characters on both sides of an offset in a text of this length."""
        known = self.segments
        if known is None:
            return False
        return known.low <= max(0, offset - near) and min(length, offset + near) <= known.high

    def _around(self, start: int, end: int) -> Segments | None:
        known = self.segments
        if known is None or known.low == known.high or not known.low <= start or not end <= known.high:
            return None
        return known


PLAIN = TextUnits()


def _holding(known: Segments, offset: int) -> tuple[int, int] | None:
    at = bisect_right(known.token_starts, offset) - 1
    if at < 0 or offset >= known.token_ends[at]:
        return None
    return (known.token_starts[at], known.token_ends[at])


def _has_word(text: str, span: tuple[int, int]) -> bool:
    return any(char.isalnum() or char == "_" for char in text[span[0] : span[1]])

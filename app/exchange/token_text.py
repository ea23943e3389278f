"""Texts that files give as tokens: joined to a text, cut again, and which tokens a range of a text touches."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

_WORD = re.compile(r"\S+")


class TokenText(NamedTuple):
    """A text joined from tokens, with a blank between two of them, and where each token is in it."""

    text: str
    ranges: list[tuple[int, int]]

    @classmethod
    def joined(cls, tokens: Sequence[str]) -> "TokenText":
        """Return the text of tokens."""
        ranges: list[tuple[int, int]] = []
        at = 0
        for token in tokens:
            ranges.append((at, at + len(token)))
            at += len(token) + 1
        return cls(" ".join(tokens), ranges)

    @property
    def lengths(self) -> list[int] | None:
        """How long the tokens are, to keep; None if the blanks of the text tell it."""
        plain = [found.span() for found in _WORD.finditer(self.text)]
        return None if plain == self.ranges else [end - start for start, end in self.ranges]


def cut_again(text: str, lengths: object) -> list[tuple[int, int]]:
    """Return the ranges of the tokens that a text was joined from, given their kept lengths.

    Without lengths, or if the text was edited so that they don't fit any more, tokens are what stands between blanks.
    """
    if isinstance(lengths, list):
        found: list[tuple[int, int]] = []
        at = 0
        for length in lengths:  # pyright: ignore[reportUnknownVariableType]  checked here
            if type(length) is not int:  # pyright: ignore[reportUnknownArgumentType]
                break
            found.append((at, at + length))
            at += length + 1
        if at == len(text) + 1 and all(text[end] == " " for _, end in found[:-1]):
            return found
    return [found.span() for found in _WORD.finditer(text)]


class TokenRanges:
    """The tokens of a text, as ranges in order that don't overlap."""

    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        self.ranges = ranges
        self._starts = [start for start, _ in ranges]
        self._ends = [end for _, end in ranges]

    def touched(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the numbers of the first token that a range touches and of the one behind the last; None if it touches
        none.
        """
        first, behind = bisect_right(self._ends, start), bisect_left(self._starts, end)
        return (first, behind) if first < behind else None

    def are_whole(self, start: int, end: int) -> bool:
        """Whether a range that touches tokens begins and ends where one does."""
        pair = self.touched(start, end)
        return pair is not None and (self._starts[pair[0]], self._ends[pair[1] - 1]) == (start, end)

"""A block's text as it is set: what would be invisible made visible, and corrections in the running text.

A correction is no part of the document. It stands behind a place of it and has none of its own: offsets go on to be
code points of the document, and whatever lies in a correction is at the place that it stands behind.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from app.core.offsets import OffsetMap
from app.ui.editor.visible_text import visible

# What makes Qt set a text in two directions: letters and digits written from right to left, and signs that command it.
TURNS = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ISOLATE, _POP = "\u2068", "\u2069"  # what is between them turns no other text round (UAX #9)
_ARROW, _LEFTWARD_ARROW = "→ ", "← "  # no sign that Qt turns round by itself


class Insertion(NamedTuple):
    """Words that stand behind a place of a block, in code points of the block; `leftward` where they are read from
    right to left there, so that an arrow before them points away from what they replace; `owner` is what they are of.
    """

    at: int
    words: str
    leftward: bool = False
    owner: str = ""


class SetText:
    """A text with what is set behind some of its places, and both systems of offsets."""

    def __init__(self, text: str, insertions: Sequence[Insertion] = (), *, leftward: bool = False) -> None:
        """Take a block's text and what is set in it, in order of its places; `leftward` if it runs from right to left,
        where arrows point left.
        """
        self._map = OffsetMap(text)
        self.insertions = tuple(insertions)
        self._offsets = [item.at for item in insertions]
        shown = visible(text)
        turned = any(TURNS.search(piece) for piece in (text, *(item.words for item in insertions)))
        words = [_set(item.words, turned=turned, leftward=item.leftward) for item in insertions]
        for number, at in enumerate(self._offsets):
            if text[at : at + 1].isalnum() and at not in self._offsets[number + 1 : number + 2]:
                words[number] += " "  # a letter that follows stands apart from them
        lengths = [OffsetMap(word).length_u16 for word in words]
        self._sums = [0, *accumulate(lengths)]
        starts = [self._map.to_u16(at) for at in self._offsets]
        # Where each of them begins and ends, in UTF-16 units of the text that is set.
        self.ranges_u16 = [(at + self._sums[n], at + self._sums[n + 1]) for n, at in enumerate(starts)]
        self._starts_u16 = [start for start, _ in self.ranges_u16]
        parts: list[str] = []
        before = 0
        for at, word in zip(self._offsets, words, strict=True):
            parts += (shown[before:at], word)
            before = at
        self.text = "".join([*parts, shown[before:]]) if insertions else shown

    def to_u16(self, offset: int, *, behind: bool = False) -> int:
        """Return where a place of the block is set; `behind` what is inserted there, or before it."""
        if not self._offsets:
            return self._map.to_u16(offset)
        passed = (bisect_right if behind else bisect_left)(self._offsets, offset)
        return self._map.to_u16(offset) + self._sums[passed]

    def from_u16(self, offset_u16: int) -> int:
        """Return the place of the block that is set there."""
        if not self._offsets:
            return self._map.from_u16(offset_u16)
        passed = bisect_right(self._starts_u16, offset_u16) - 1
        if passed < 0:
            return self._map.from_u16(offset_u16)
        if offset_u16 <= self.ranges_u16[passed][1]:
            return self._offsets[passed]
        return self._map.from_u16(offset_u16 - self._sums[passed + 1])

    def arrow_u16(self, number: int) -> int | None:
        """Return where the arrow of an insertion is set, None if it has none."""
        return self.ranges_u16[number][0] + 1 if self.insertions[number].words.startswith(_ARROW) else None

    def without_inserted(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the parts of a range of the block that what is inserted inside of it leaves."""
        places = [at for at in dict.fromkeys(self._offsets) if start < at < end]
        return list(pairwise([start, *places, end]))


def _set(words: str, *, turned: bool, leftward: bool) -> str:
    shown = visible(words.replace("\n", " "))
    arrow = ""
    if shown.startswith(_ARROW):
        arrow, shown = _LEFTWARD_ARROW if leftward else _ARROW, shown.removeprefix(_ARROW)
    # The arrow is no part of what is kept together: it stands beside the words that it comes from.
    return f" {arrow}{_ISOLATE}{shown}{_POP}" if turned else f" {arrow}{shown}"

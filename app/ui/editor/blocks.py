"""A text cut into blocks that are laid out one by one, and the heights of those blocks. No Qt.

A block is a paragraph without its line end; a paragraph that would take too long to lay out is cut further.
"""

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate, chain, repeat
from operator import add

from app.core.clusters import hangs_on

# Layout costs about 0.13 ms for 1,000 characters; blocks of this size stay far below a frame.
MOST_CHARACTERS = 4000
_OTHER_LINE_END = re.compile("[\r\u2029]")
_SUMMED = 512  # heights
_BACK = 500  # how far before the longest end a better one is looked for


class Blocks:
    """Start and length of each block, in code points. Together they cover the text but for line ends."""

    def __init__(self, text: str, *, cut: Callable[[int, int], int | None] | None = None) -> None:
        """Cut a text. `cut` says where a paragraph may best be cut between two places, None for no matter."""
        self._cut = cut
        self.starts = array("q")
        self.lengths = array("q")
        # Most paragraphs are as short as a block, and in most texts all line ends are "\n": both are found in C, for
        # a text of 10 MB is opened while somebody waits.
        lines = text.split("\n")
        lengths = array("q", map(len, lines))
        has_others = "\r" in text or "\u2029" in text
        tops = array("q", accumulate(map(add, lengths, repeat(1)), initial=0))
        tops.pop()
        if not has_others and max(lengths) <= MOST_CHARACTERS:
            self.starts, self.lengths = tops, lengths
            return
        last = len(lines) - 1
        for number, (top, length) in enumerate(zip(tops, lengths, strict=True)):
            if has_others:
                self._add_parts(text, top, top + length, is_last=number == last)
            else:
                self._add(text, top, top + length)

    @property
    def ends(self) -> "array[int]":
        """Ends of all blocks; `end` is that of one."""
        return array("q", map(add, self.starts, self.lengths))

    def end(self, number: int) -> int:
        """Return the end of a block."""
        return self.starts[number] + self.lengths[number]

    def _add_parts(self, text: str, start: int, end: int, *, is_last: bool) -> None:
        """Add what stands between two "\n", where the other line ends may stand too."""
        if not is_last and end > start and text[end - 1] == "\r":
            end -= 1
        for found in _OTHER_LINE_END.finditer(text, start, end):
            self._add(text, start, found.start())
            start = found.end()
        self._add(text, start, end)

    def _add(self, text: str, start: int, end: int) -> None:
        while end - start > MOST_CHARACTERS:
            most = start + MOST_CHARACTERS
            cut = self._cut(start, most) if self._cut is not None else None
            if cut is None or not _may_cut(text, cut):
                cut = _cut_before(text, most)
            self.starts.append(start)
            self.lengths.append(cut - start)
            start = cut
        self.starts.append(start)
        self.lengths.append(end - start)

    def __len__(self) -> int:
        return len(self.starts)

    def goes_on(self, number: int) -> bool:
        """Tell whether a block's paragraph goes on in the next block."""
        return number + 1 < len(self.starts) and self.starts[number + 1] == self.end(number)

    def at(self, offset: int) -> int:
        """Return the block that holds a place; one inside a line end belongs to the block before."""
        return max(0, bisect_right(self.starts, offset) - 1)


def _cut_before(text: str, most: int) -> int:
    """Return where to cut: behind a space, else between two clusters, else wherever."""
    places = range(most, most - _BACK, -1)
    spaces = (at for at in places if at < most and text[at - 1].isspace() and not text[at].isspace())
    return next((at for at in chain(spaces, places) if _may_cut(text, at)), most)


def _may_cut(text: str, at: int) -> bool:
    is_virama = unicodedata.combining(text[at - 1]) == 9  # the letter behind it may be drawn as one with that before it
    return not is_virama and not hangs_on(text, at)


class Heights:
    """Heights with sums of every few hundred of them, so that neither a change nor a look-up reads them all."""

    def __init__(self, heights: Iterable[float]) -> None:
        self._heights = array("d", heights)
        self._sums = [sum(self._heights[at : at + _SUMMED]) for at in range(0, len(self._heights), _SUMMED)]
        self._tops: list[float] | None = None  # the sums of all sums before, worked out when they are asked for

    def __getitem__(self, block: int) -> float:
        return self._heights[block]

    def set(self, block: int, height: float) -> float:
        """Change a height; return by how much it grew."""
        delta = height - self._heights[block]
        if delta:
            self._heights[block] = height
            group = block // _SUMMED
            self._sums[group] = sum(self._heights[group * _SUMMED : (group + 1) * _SUMMED])
            self._tops = None
        return delta

    def _groups(self) -> list[float]:
        if self._tops is None:
            self._tops = list(accumulate(self._sums, initial=0.0))
        return self._tops

    def above(self, block: int) -> float:
        """Return the sum of the heights before a block: its top."""
        group = min(block // _SUMMED, len(self._sums))
        return self._groups()[group] + sum(self._heights[group * _SUMMED : block])

    @property
    def total(self) -> float:
        """The height of everything."""
        return self._groups()[-1]

    def block_at(self, y: float) -> int:
        """Return the block that holds a height, the first or last one outside."""
        tops = self._groups()
        group = min(max(0, bisect_right(tops, y) - 1), len(self._sums) - 1)
        inside = accumulate(self._heights[group * _SUMMED : (group + 1) * _SUMMED], initial=tops[group])
        at = group * _SUMMED + bisect_right(list(inside), y) - 1
        return min(max(0, at), len(self._heights) - 1)

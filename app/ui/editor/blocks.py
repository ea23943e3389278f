"""A text cut into blocks that are laid out one by one, and the heights of those blocks. No Qt.

A block is a paragraph without its line end; a paragraph that would take too long to lay out is cut further.
"""

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Callable

from app.core.clusters import hangs_on

# Layout costs about 0.13 ms for 1,000 characters; blocks of this size stay far below a frame.
MOST_CHARACTERS = 4000
_LINE_END = re.compile("\r\n|[\n\r\u2029]")
_CUT = re.compile(r"\s(?=\S)")
_BACK = 500  # how far before the longest end a better one is looked for


class Blocks:
    """Start and end of each block, in code points. Together they cover the text but for line ends."""

    def __init__(self, text: str, *, cut: Callable[[int, int], int | None] | None = None) -> None:
        """Cut a text. `cut` says where a paragraph may best be cut between two places, None for no matter."""
        self._cut = cut
        self.starts = array("q")
        self.ends = array("q")
        at = 0
        for found in _LINE_END.finditer(text):
            self._add(text, at, found.start())
            at = found.end()
        self._add(text, at, len(text))

    def _add(self, text: str, start: int, end: int) -> None:
        while end - start > MOST_CHARACTERS:
            most = start + MOST_CHARACTERS
            cut = self._cut(start, most) if self._cut is not None else None
            if cut is None or not _may_cut(text, cut):
                cut = _cut_before(text, most)
            self.starts.append(start)
            self.ends.append(cut)
            start = cut
        self.starts.append(start)
        self.ends.append(end)

    def __len__(self) -> int:
        return len(self.starts)

    def goes_on(self, number: int) -> bool:
        """Tell whether a block's paragraph goes on in the next block."""
        return number + 1 < len(self.starts) and self.starts[number + 1] == self.ends[number]

    def at(self, offset: int) -> int:
        """Return the block that holds a place; one inside a line end belongs to the block before."""
        return max(0, bisect_right(self.starts, offset) - 1)


def _cut_before(text: str, most: int) -> int:
    """Return where to cut: behind a space, else between two clusters, else wherever."""
    spaces = [match.end() for match in _CUT.finditer(text, most - _BACK, most)]
    places = (*reversed(spaces), *range(most, most - _BACK, -1))
    return next((at for at in places if _may_cut(text, at)), most)


def _may_cut(text: str, at: int) -> bool:
    is_virama = unicodedata.combining(text[at - 1]) == 9  # the letter behind it may be drawn as one with that before it
    return not is_virama and not hangs_on(text, at)


class Heights:
    """Heights with running sums: a Fenwick tree, so that a change and a look-up take O(log blocks)."""

    def __init__(self, heights: list[float]) -> None:
        self._heights = array("d", heights)
        self._tree = array("d", [0.0, *heights])
        for at in range(1, len(self._tree)):
            parent = at + (at & -at)
            if parent < len(self._tree):
                self._tree[parent] += self._tree[at]

    def __getitem__(self, block: int) -> float:
        return self._heights[block]

    def set(self, block: int, height: float) -> float:
        """Change a height; return by how much it grew."""
        delta = height - self._heights[block]
        if delta:
            self._heights[block] = height
            at = block + 1
            while at < len(self._tree):
                self._tree[at] += delta
                at += at & -at
        return delta

    def above(self, block: int) -> float:
        """Return the sum of the heights before a block: its top."""
        total = 0.0
        at = block
        while at > 0:
            total += self._tree[at]
            at -= at & -at
        return total

    @property
    def total(self) -> float:
        """The height of everything."""
        return self.above(len(self._heights))

    def block_at(self, y: float) -> int:
        """Return the block that holds a height, the first or last one outside."""
        at = 0
        step = 1 << (len(self._heights).bit_length())
        while step:
            following = at + step
            if following < len(self._tree) and self._tree[following] <= y:
                at = following
                y -= self._tree[following]
            step >>= 1
        return min(at, len(self._heights) - 1)

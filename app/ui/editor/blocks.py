"""A text cut into blocks that are laid out one by one, and the heights of those blocks. No Qt.

A block is a paragraph without its line end; a paragraph that would take too long to lay out is cut further.
"""

import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, chain, repeat
from operator import add

from app.core.graphemes import extends_cluster

# Layout costs about 0.13 ms for 1,000 characters; blocks of this size stay far below a frame.
MOST_CHARACTERS = 4000
_OTHER_LINE_ENDS = "\r\u2029"
_SUMMED = 512  # heights
_AT_FIRST = 30_000  # characters: some pages
_TAKEN = 32_768  # characters of whole lines that are looked at in one go
_BACK = 500  # how far before the longest end a better one is looked for


class Blocks:
    """Start and length of each block, in code points. Together they cover the text but for line ends.

    A text is cut as far as it was shown: of 10 MB no more than a page is in the first frame. What asks
    for a place further on makes it be cut up to there.
    """

    def __init__(self, text: str, *, cut: Callable[[int, int], int | None] | None = None) -> None:
        """Begin to cut a text. `cut` says where a paragraph may best be cut between two places, None for no matter."""
        self._text = text
        self._cut = cut
        self.starts = array("q")
        self.lengths = array("q")
        self.is_whole = False  # whether all of the text is cut
        self.reached = -1  # where the last block ends
        self._next = 0  # where the first line begins that nothing was taken of
        self._blocks: Iterator[tuple[int, int]] = iter(())  # what is still to come of lines that were taken
        self.grow(_AT_FIRST)

    def grow(self, until: int) -> None:
        """Cut on up to a place, and a little further."""
        while self.reached <= until and not self.is_whole:
            block = next(self._blocks, None)
            if block is not None:
                self.starts.append(block[0])
                self.lengths.append(block[1] - block[0])
                self.reached = block[1]
            elif self._next <= len(self._text):
                self._take_lines()
            else:
                self.is_whole = True

    def _take_lines(self) -> None:
        """Take the lines that end in the next few thousand characters, or one that is longer."""
        text, start = self._text, self._next
        end = text.rfind("\n", start, start + _TAKEN)
        if end < 0:
            end = text.find("\n", start + _TAKEN)
        if end < 0:
            end = len(text)
        self._next = end + 1
        if end - start > _TAKEN:  # one long line
            self._blocks = self._parts(start, end)
            return
        part = text[start:end]
        # Most paragraphs are as short as a block, and in most texts all line ends are "\n": both are found in C.
        lengths = array("q", map(len, part.split("\n")))
        if max(lengths) > MOST_CHARACTERS or any(char in part for char in _OTHER_LINE_ENDS):
            self._blocks = self._parts(start, end)
            return
        self.starts.extend(accumulate(map(add, lengths[:-1], repeat(1)), initial=start))
        self.lengths.extend(lengths)
        self.reached = end

    def _parts(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the blocks of some whole lines, where other line ends may stand too."""
        text = self._text
        while start <= end:
            line_end = text.find("\n", start, end)
            stop = after = end if line_end < 0 else line_end
            if after < len(text) and stop > start and text[stop - 1] == "\r":
                stop -= 1
            for found in _other_line_ends(text, start, stop):
                yield from self._pieces(start, found)
                start = found + 1
            yield from self._pieces(start, stop)
            start = after + 1

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the blocks of a paragraph."""
        while end - start > MOST_CHARACTERS:
            most = start + MOST_CHARACTERS
            cut = self._cut(start, most) if self._cut is not None else None
            if cut is None or not _may_cut(self._text, cut):
                cut = _cut_before(self._text, most)
            yield start, cut
            start = cut
        yield start, end

    @property
    def ends(self) -> "array[int]":
        """Ends of all blocks that are cut; `end` is that of one."""
        return array("q", map(add, self.starts, self.lengths))

    def end(self, number: int) -> int:
        """Return the end of a block."""
        return self.starts[number] + self.lengths[number]

    def __len__(self) -> int:
        """Return how many blocks are cut."""
        return len(self.starts)

    def has(self, number: int) -> bool:
        """Tell whether the text has so many blocks, and one more; cut on if that isn't known."""
        while number >= len(self.starts) and not self.is_whole:
            self.grow(self.reached)
        return number < len(self.starts)

    def goes_on(self, number: int) -> bool:
        """Tell whether a block's paragraph goes on in the next block."""
        return self.has(number + 1) and self.starts[number + 1] == self.end(number)

    def at(self, offset: int) -> int:
        """Return the block that holds a place; one inside a line end belongs to the block before."""
        if offset >= self.reached:
            self.grow(offset)
        return max(0, bisect_right(self.starts, offset) - 1)


def _other_line_ends(text: str, start: int, stop: int) -> Iterator[int]:
    """Yield where line ends other than "\n" stand; looked for one by one, in C, and not in all of a long line."""
    ends = {char: text.find(char, start, stop) for char in _OTHER_LINE_ENDS}
    while found := [(at, char) for char, at in ends.items() if at >= 0]:
        at, char = min(found)
        yield at
        ends[char] = text.find(char, at + 1, stop)


def _cut_before(text: str, most: int) -> int:
    """Return where to cut: behind a space, else between two clusters, else wherever."""
    places = range(most, most - _BACK, -1)
    spaces = (at for at in places if at < most and text[at - 1].isspace() and not text[at].isspace())
    return next((at for at in chain(spaces, places) if _may_cut(text, at)), most)


def _may_cut(text: str, at: int) -> bool:
    is_virama = unicodedata.combining(text[at - 1]) == 9  # the letter behind it may be drawn as one with that before it
    return not is_virama and not extends_cluster(text, at)


class Heights:
    """Heights with sums of every few hundred of them, so that neither a change nor a look-up reads them all."""

    def __init__(self, heights: Iterable[float]) -> None:
        self._heights = array("d")
        self._sums: list[float] = []
        self._tops: list[float] | None = None  # the sums of all sums before, worked out when they are asked for
        self.extend(heights)

    def __getitem__(self, block: int) -> float:
        return self._heights[block]

    def __len__(self) -> int:
        return len(self._heights)

    def extend(self, heights: Iterable[float]) -> None:
        """Add heights at the end."""
        first = len(self._heights) // _SUMMED
        self._heights.extend(heights)
        del self._sums[first:]
        groups = range(first * _SUMMED, len(self._heights), _SUMMED)
        self._sums.extend(sum(self._heights[at : at + _SUMMED]) for at in groups)
        self._tops = None

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

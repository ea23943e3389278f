"""Where every character of a text is: blocks laid out when they are first seen. Positions are in content pixels."""

from collections import OrderedDict
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QTextLayout

from app.core.offsets import OffsetMap
from app.ui.editor.arcs import Arc, ArcSource, NoArcs
from app.ui.editor.block_layout import BlockLayout
from app.ui.editor.blocks import Blocks, Heights
from app.ui.editor.highlights import Highlight, HighlightSource, NoHighlights
from app.ui.editor.paragraph import break_lines, runs_leftward
from app.ui.editor.style import LANE_HEIGHT, LINE_MARGIN, Style, text_option
from app.ui.editor.visible_text import visible

_KEPT_BLOCKS = 600
_FIRST = 5_000  # characters that tell which way a text runs
_MEASURED = 300_000  # so many characters of long paragraphs are laid out at once to cut them at ends of lines: 40 ms


class Changed(NamedTuple):
    """A block that looks different: which of its lines do, by number, which arcs that end in it, as they were and are,
    and by how many pixels it grew.
    """

    block: int
    lines: list[int]
    arcs: list[Arc]
    grown: float


class TextLayout:
    """A whole text: heights of all blocks, estimated until seen, and the layouts of those seen lately."""

    def __init__(self, text: str, *, width: float, style: Style) -> None:
        self.text = text
        self.width = width
        self.style = style
        self.source: HighlightSource = NoHighlights()
        self.arcs: ArcSource = NoArcs()
        self.all_arcs = False  # whether lines have room for all arcs, or for those of one annotation at a time
        self.mirrored = runs_leftward(text[:_FIRST])
        self._to_measure = _MEASURED
        self.blocks = Blocks(text, cut=self._cut)
        self._cache: OrderedDict[int, BlockLayout] = OrderedDict()
        self._a_line, self._full, self._empty = self._measures()
        self._heights = Heights(())

    def _cut(self, start: int, end: int) -> int | None:
        """Return where a line ends near the end of a range, so that a cut there isn't seen; None if that would take
        too long in this text, or no line ends there.
        """
        if self._to_measure < end - start:
            return None
        self._to_measure -= end - start
        text = self.text[start:end]
        layout = QTextLayout(visible(text), self.style.font)
        layout.setTextOption(text_option(self.style, leftward=runs_leftward(text)))
        break_lines(layout, self.width)
        last = layout.lineAt(layout.lineCount() - 1).textStart()
        return start + OffsetMap(text).from_u16(last) if last > 0 else None

    def _measures(self) -> tuple[float, float, float]:
        """Return how many characters a line has, and how high a line is that has some, and one that is empty."""
        metrics = QFontMetricsF(self.style.font)
        badge = QFontMetricsF(self.style.badge_font).height() + 1 if self.style.badges else 0
        line = metrics.height() * self.style.spacing
        a_line = max(1.0, self.width / max(1.0, metrics.averageCharWidth() * 1.05))
        return a_line, line + self.style.lanes * LANE_HEIGHT + badge + LINE_MARGIN, line * 0.6

    @property
    def heights(self) -> Heights:
        """The heights of all blocks that are cut."""
        self.estimate()
        return self._heights

    def estimate(self) -> None:
        """Estimate the heights of blocks that were cut since."""
        known = len(self._heights)
        if known < len(self.blocks):
            gap = self.style.font.pixelSize() * 0.3
            # Lengths repeat: each is worked out once, and the rest is looked up in C.
            lengths = self.blocks.lengths[known:]
            by_length = {length: self._full * (1 + int(length / self._a_line)) + gap for length in set(lengths)}
            by_length[0] = self._empty
            self._heights.extend(map(by_length.__getitem__, lengths))

    @property
    def height(self) -> float:
        """The height of the whole text; what was not laid out yet is taken to be like the rest."""
        known = self.heights.total
        left = len(self.text) - self.blocks.reached
        return known if self.blocks.is_whole else known * (1 + left / max(1, self.blocks.reached))

    def block_at(self, y: float) -> int:
        """Return the block that holds a height, the first or last one outside."""
        while y >= self.heights.total and not self.blocks.is_whole:
            self.blocks.grow(2 * self.blocks.reached)
        return self.heights.block_at(max(0.0, y))

    def block(self, number: int) -> BlockLayout:
        """Return a block laid out, with its highlights."""
        found = self._cache.get(number)
        if found is None:
            start, end = self.blocks.starts[number], self.blocks.end(number)
            goes_on = number > 0 and self.blocks.goes_on(number - 1)
            highlights = self._highlights_of(number)
            found = BlockLayout(
                self.text[start:end],
                start,
                width=self.width,
                style=self.style,
                highlights=highlights,
                arcs=self._arcs_of(highlights),
                next_start=self.blocks.starts[number + 1] if self.blocks.has(number + 1) else None,
                leftward=self._runs_leftward(number) if goes_on else None,
                mirrored=self.mirrored,
                all_arcs=self.all_arcs,
            )
            self._cache[number] = found
            if len(self._cache) > _KEPT_BLOCKS:
                self._cache.popitem(last=False)
            self.heights.set(number, found.height)
        else:
            self._cache.move_to_end(number)
        return found

    def _highlights_of(self, number: int) -> list[Highlight]:
        """Return the highlights of a block, and those of its line end: one of nothing else would be in no block."""
        start, end = self.blocks.starts[number], self.blocks.end(number)
        until = self.blocks.starts[number + 1] if self.blocks.has(number + 1) else len(self.text)
        found = self.source.highlights_in(start, until)
        if until == end:
            return found
        return [one for one in found if any(start <= f.end and f.start < until for f in one.fragments)]

    def _arcs_of(self, highlights: list[Highlight]) -> list[Arc]:
        """Return the arcs that end at highlights, each once."""
        found = {arc.uid: arc for highlight in highlights for arc in self.arcs.arcs_of(highlight.owner)}
        return list(found.values())

    def _runs_leftward(self, number: int) -> bool:
        """Tell how the paragraph of a block runs that begins in an earlier one."""
        while number > 0 and self.blocks.goes_on(number - 1):
            number -= 1
        return runs_leftward(self.text[self.blocks.starts[number] : self.blocks.end(number)])

    def _place(self, number: int, block: BlockLayout) -> Changed:
        highlights = self._highlights_of(number)
        lines, arcs = block.place(highlights, self._arcs_of(highlights))
        return Changed(number, lines, arcs, self.heights.set(number, block.height))

    def refresh(self, ranges: list[tuple[int, int]]) -> list[Changed]:
        """Place the highlights in these ranges again; return which blocks look different now, in order."""
        numbers: set[int] = set()
        for start, end in ranges:
            first, last = self.blocks.at(start), self.blocks.at(end)
            numbers.update(number for number in range(first, last + 1) if number in self._cache)
            if len(numbers) > len(self._cache):
                break
        found = [self._place(number, self._cache[number]) for number in sorted(numbers)]
        return [one for one in found if one.lines or one.arcs or one.grown]

    def refresh_all(self) -> None:
        """Place the highlights of all blocks that are laid out again."""
        for number, block in self._cache.items():
            self._place(number, block)

    def top(self, number: int) -> float:
        """Return the y of a block."""
        return self.heights.above(number)

    def blocks_between(self, top: float, bottom: float) -> tuple[int, int]:
        """Return the first and the last block that lie between two heights, laid out."""
        first = last = self.block_at(top)
        y = self.top(first)
        while True:
            y += self.block(last).height
            if y >= bottom or not self.blocks.has(last + 1):
                return first, last
            last += 1

    def settle(self, top: float, bottom: float) -> int:
        """Lay out the blocks between two heights; return by how much that moved what is below them."""
        first, last = (self.block_at(y) for y in (top, bottom))
        before = self.top(last)
        for number in range(first, last):
            self.block(number)
        return int(self.top(last) - before)

    def place_at(self, x: float, y: float, *, to_end: bool = False) -> int:
        """Return the code point offset of the caret place nearest to a point; `to_end` as in a block's `offset_at`."""
        number = self.block_at(y)
        block = self.block(number)
        within = y - self.top(number)
        line = next((item for item in block.lines if within < item.top + item.height), block.lines[-1])
        return block.offset_at(x, line, to_end=to_end)

    def rects(self, start: int, end: int) -> list[QRectF]:
        """Return the rectangles of a range, in content pixels."""
        found: list[QRectF] = []
        for number in range(self.blocks.at(start), self.blocks.at(end) + 1):
            top = self.top(number)
            found.extend(rect.translated(0, top) for rect in self.block(number).rects(start, end))
        return found

    def caret_rect(self, offset: int) -> QRectF:
        """Return where the caret is drawn."""
        number = self.blocks.at(offset)
        block = self.block(number)
        offset = min(offset, block.end)
        line = block.lines[block.line_of(offset)]
        return QRectF(block.caret_x(offset) - 1, self.top(number) + line.top, 2, line.text_height)

    def room_over(self, offset: int) -> float:
        """Return how much of the line of a place is above its words, for arcs."""
        block = self.block(self.blocks.at(offset))
        line = block.lines[block.line_of(min(offset, block.end))]
        return line.top - line.above

    def highlights_at(self, x: float, y: float) -> list[Highlight]:
        """Return the highlights under a point: one whose badge or correction is there first, then the innermost, the
        newer of two.
        """
        number = self.block_at(y)
        block = self.block(number)
        within = QPointF(x, y - self.top(number))
        found = [badge.highlight for badge in block.badges if badge.rect.contains(within)]
        corrected = block.corrected_at(within)
        found += [highlight for highlight in block.highlights if highlight.uid == corrected and highlight not in found]
        for highlight in sorted(reversed(block.highlights), key=_length):
            rects = [rect for f in highlight.fragments for rect in block.rects(f.start, f.end)]
            if any(rect.adjusted(-2, 0, 2, 3).contains(within) for rect in rects) and highlight not in found:
                found.append(highlight)
        return found

    def line_step(self, offset: int, x: float, lines: int) -> int:
        """Return the place some visual lines further down (up if negative), nearest to an x."""
        number = self.blocks.at(offset)
        block = self.block(number)
        line = block.line_of(min(offset, block.end)) + lines
        while line < 0 and number > 0:
            number -= 1
            block = self.block(number)
            line += len(block.lines)
        while line >= len(block.lines) and self.blocks.has(number + 1):
            line -= len(block.lines)
            number += 1
            block = self.block(number)
        if not 0 <= line < len(block.lines):
            return 0 if line < 0 else len(self.text)
        found = block.offset_at(x, block.lines[line])
        if block.line_of(found) == line:
            return found
        # The line begins with the rest of a correction, which is at a place of the line before.
        places = [place for place in block.places(block.lines[line]) if block.line_of(place) == line]
        return places[0] if places else self.line_step(offset, x, lines + (1 if lines > 0 else -1))

    def line_range(self, offset: int) -> tuple[int, int]:
        """Return the visual line that holds a place."""
        block = self.block(self.blocks.at(offset))
        line = block.lines[block.line_of(min(offset, block.end))]
        places = block.places(line)
        return places[0], places[-1]


def _length(highlight: Highlight) -> int:
    return sum(fragment.end - fragment.start for fragment in highlight.fragments)

"""Where every character of a text is: blocks laid out when they are first seen. Positions are in content pixels."""

import re
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextLine, QTextOption

from app.core.clusters import hangs_on
from app.core.offsets import OffsetMap
from app.ui.editor.blocks import Blocks, Heights
from app.ui.editor.lanes import badge_rows, depth, lanes_of
from app.ui.editor.marks import Mark, MarkSource, NoMarks
from app.ui.editor.visible_text import visible
from app.ui.theme import ui_font

_KEPT_BLOCKS = 600
_MEASURED = 300_000  # so many characters of long paragraphs are laid out at once to cut them at ends of lines: 40 ms
_BADGE_GAP = 6.0
_MARGIN = 2.0
_HIGHER = 1.25  # by how much a line may exceed its height before it gets more
_UNDER_TEXT = 0.1  # how much of a line's height is below the first line under its words
# What makes Qt set a text in two directions: letters and digits written from right to left, and signs that command it.
_TURNS = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_LEAST = QTextLayout.GlyphRunRetrievalFlag.RetrieveGlyphIndexes  # what Qt must fetch to know where a run is
_ARABIC_MARKS = "".join(map(chr, range(0x64B, 0x660))) + "\u0670"
_LAM, _ALEFS = "\u0644", "\u0622\u0623\u0625\u0627"


LANE_HEIGHT = 7.0


class Style(NamedTuple):
    """The fonts and distances of a canvas; `lanes` is the number of annotators' lanes that every line has room for."""

    font: QFont
    badge_font: QFont
    spacing: float
    badges: bool = True
    lanes: int = 0


def badge_font(size: float) -> QFont:
    """Return the small font of badges, in proportion to the text."""
    return ui_font(max(9.0, size * 0.55), QFont.Weight.DemiBold)


class Badge(NamedTuple):
    """A label under a line: where it stands in the block, and of which mark."""

    mark: Mark
    rect: QRectF


class Line(NamedTuple):
    """One line of a block; `top` and `height` are in the block's pixels, `[start, end)` in code points of the text."""

    text_line: QTextLine
    top: float
    text_height: float
    height: float
    start: int
    end: int


class BlockLayout:
    """One block, laid out: its lines, the marks on it and the badges under it."""

    def __init__(
        self, text: str, start: int, *, width: float, style: Style, is_cut: bool = False, leftward: bool | None = None
    ) -> None:
        """Lay out; `is_cut` says that the paragraph goes on in the next block, which then has the place between, and
        `leftward` that it runs from right to left, where its beginning isn't in this block.
        """
        self.start = start
        self.end = start + len(text)
        self.map = OffsetMap(text)
        self.layout = QTextLayout(visible(text), style.font)
        self.leftward = runs_leftward(text) if leftward is None else leftward
        self.layout.setTextOption(_option(style, leftward=self.leftward))
        self.layout.setCacheEnabled(True)
        self._style = style
        self._text = text
        self._is_cut = is_cut
        self._mixed = not text.isascii() and _TURNS.search(text) is not None
        _break_lines(self.layout, width)
        self.lines: list[Line] = []
        self.marks: list[Mark] = []
        self.lanes: dict[str, int] = {}
        self.badges: list[Badge] = []
        self.height = 0.0
        self.place([])

    def place(self, marks: list[Mark]) -> None:
        """Give marks, oldest first, their lanes, badges their rows, and lines the room that those need."""
        self.marks = marks
        self.lanes = lanes_of(marks)
        self.badges = []
        self.lines = []
        metrics = QFontMetricsF(self._style.badge_font)
        row_height = metrics.height() + 1
        top = 0.0
        for at in range(self.layout.lineCount()):
            text_line = self.layout.lineAt(at)
            start = self.start + self.map.from_u16(text_line.textStart())
            end = self.start + self.map.from_u16(text_line.textStart() + text_line.textLength())
            text_height, down = self._height_of(text_line)
            text_line.setPosition(QPointF(0, top + down))
            here = [
                m
                for m in marks
                if m.badge and self._begins_in(m, start, end, last=end == self.end and not self._is_cut)
            ]
            # Badges stand below the deepest of the lines that are drawn under the words, and below annotators' lanes.
            under = depth([m for m in marks if self._reaches(m, start, end)], self.lanes, text_height * _UNDER_TEXT)
            under += self._style.lanes * LANE_HEIGHT
            rows = self._place_badges(here, text_line, top + text_height + under, metrics, row_height)
            # Room for one row is always there: the first mark of a line must not push the text down.
            room = max(rows, 1 if self._style.badges else 0) * row_height
            height = text_height + under + room + _MARGIN
            if start == end and self.start == self.end:
                height = text_height = text_height * 0.6  # an empty line between paragraphs
            self.lines.append(Line(text_line, top, text_height, height, start, end))
            top += height
        # Paragraphs stand apart a little; where the file sets an empty line between them, that is enough.
        self.height = top + (self._style.font.pixelSize() * 0.3 if self.start < self.end and not self._is_cut else 0)

    def _height_of(self, line: QTextLine) -> tuple[float, float]:
        """Return the height of a line of text, and how far down the letters begin.

        Letters of another font may be a little higher than the text's own: then the air between lines makes up for
        it, and the base lines stay even.
        """
        own = QFontMetricsF(self._style.font)
        height = own.height() * self._style.spacing
        if line.height() > height * _HIGHER:
            return line.height(), 0.0
        return height, (height - own.height()) / 2 + own.ascent() - line.ascent()

    @staticmethod
    def _reaches(mark: Mark, start: int, end: int) -> bool:
        return any(f.start < end and f.end > start for f in mark.fragments)

    @staticmethod
    def _begins_in(mark: Mark, start: int, end: int, *, last: bool) -> bool:
        at = mark.fragments[0].start
        return start <= at < end or (last and at == end)

    def _place_badges(
        self, marks: list[Mark], line: QTextLine, top: float, metrics: QFontMetricsF, row_height: float
    ) -> int:
        if not marks:
            return 0
        spans: list[tuple[float, float]] = []
        for mark in marks:
            text = f"{mark.badge} {mark.note}" if mark.note else mark.badge
            width = metrics.horizontalAdvance(text) + 1
            left = self._x(line, mark.fragments[0].start) - (width if self.leftward else 0)
            spans.append((max(0.0, min(left, line.width() - width)), width))
        rows = badge_rows(spans, gap=_BADGE_GAP)
        for mark, (left, width), row in zip(marks, spans, rows, strict=True):
            self.badges.append(Badge(mark, QRectF(left, top + row * row_height, width, row_height)))
        return max(rows) + 1

    def _x(self, line: QTextLine, offset: int) -> float:
        return line.cursorToX(self.map.to_u16(offset - self.start))[0]  # pyright: ignore[reportIndexIssue]

    def rects(self, start: int, end: int) -> list[QRectF]:
        """Return the rectangles of `[start, end)`, one or more a line, in the block's pixels; a caret-thin one for a
        zero-width range.
        """
        found: list[QRectF] = []
        for line in self.lines:
            low, high = max(start, line.start), min(end, line.end)
            if low < high:
                found.extend(QRectF(x, line.top, width, line.text_height) for x, width in self._spans(line, low, high))
            elif start == end and line.start <= start and (start < line.end or start == self._last_place(line)):
                found.append(QRectF(self._x(line.text_line, start) - 1, line.top, 2, line.text_height))
        return found

    def _last_place(self, line: Line) -> int | None:
        return line.end if line is self.lines[-1] and not self._is_cut else None

    def _spans(self, line: Line, low: int, high: int) -> list[tuple[float, float]]:
        if not self._mixed:
            left, right = self._x(line.text_line, low), self._x(line.text_line, high)
            return [(min(left, right), abs(right - left))]
        # Where directions mix, a range is several runs on the screen. Qt knows them, but only between whole glyphs.
        start, end = self._whole_glyphs(low - self.start, high - self.start)
        at, end_u16 = self.map.to_u16(start), self.map.to_u16(end)
        cells = [run.boundingRect() for run in line.text_line.glyphRuns(at, end_u16 - at, _LEAST)]
        return [(a, b - a) for a, b in _joined(sorted((cell.left(), cell.right()) for cell in cells))]

    def _whole_glyphs(self, start: int, end: int) -> tuple[int, int]:
        while start > 0 and self._is_inside_glyph(start):
            start -= 1
        while end < len(self._text) and self._is_inside_glyph(end):
            end += 1
        return start, end

    def _is_inside_glyph(self, at: int) -> bool:
        if hangs_on(self._text, at):
            return True
        # Lam and alef are always drawn as one; marks may stand between them.
        letters = self._text[max(0, at - 8) : at].rstrip(_ARABIC_MARKS) if self._text[at] in _ALEFS else ""
        return letters.endswith(_LAM)

    def line_of(self, offset: int) -> int:
        """Return the number of the line that shows a code point; a place between two lines is on the later one."""
        for number, line in enumerate(self.lines):
            if offset < line.end:
                return number
        return len(self.lines) - 1

    def places(self, line: Line) -> list[int]:
        """Return where the caret may stand on a line, in code points; the end of a wrapped line is on the next one."""
        found = [line.start]
        at, end = self.map.to_u16(line.start - self.start), self.map.to_u16(line.end - self.start)
        while at < end:
            at = max(at + 1, self.layout.nextCursorPosition(at))
            offset = self.map.from_u16(min(at, end))
            is_true = offset >= len(self._text) or not hangs_on(self._text, offset)
            if is_true and self.start + offset > found[-1]:
                found.append(self.start + offset)
        return found if line is self.lines[-1] or len(found) == 1 else found[:-1]

    def offset_at(self, x: float, line: Line) -> int:
        """Return the code point offset of the caret place nearest to an x on a line."""
        # Not by Qt's own xToCursor(), which is a character off beside stacked accents and where directions mix.
        places = self.places(line)
        best, least = places[0], float("inf")
        for low, high in zip(places, [*places[1:], line.end], strict=True):
            for left, width in self._spans(line, low, high) if low < high else ():
                outside = max(left - x, 0.0, x - left - width)
                for offset, edge in self._edges(line, low, high, left, left + width):
                    distance = outside * 1000 + abs(edge - x)
                    if distance < least and (offset < line.end or offset == places[-1]):
                        best, least = offset, distance
        return best

    def _edges(self, line: Line, low: int, high: int, left: float, right: float) -> tuple[tuple[int, float], ...]:
        """Return at which edge of its cell a cluster begins and at which it ends."""
        at_low, at_high = self._x(line.text_line, low), self._x(line.text_line, high)
        # Between two directions a place has two edges, and Qt names the one on the other cluster's side.
        low_fits, high_fits = (left - 0.5 <= x <= right + 0.5 for x in (at_low, at_high))
        if not low_fits and not high_fits:
            leftward = unicodedata.bidirectional(self._text[low - self.start]) in ("R", "AL")
            return ((low, right), (high, left)) if leftward else ((low, left), (high, right))
        if not low_fits:
            at_low = right if at_high < (left + right) / 2 else left
        if not high_fits:
            at_high = right if at_low < (left + right) / 2 else left
        return (low, at_low), (high, at_high)

    def caret_x(self, offset: int) -> float:
        """Return where the caret stands."""
        return self._x(self.lines[self.line_of(offset)].text_line, offset)


def _option(style: Style, *, leftward: bool) -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    direction = Qt.LayoutDirection.RightToLeft if leftward else Qt.LayoutDirection.LeftToRight
    option.setTextDirection(direction)
    option.setAlignment(Qt.AlignmentFlag.AlignRight if leftward else Qt.AlignmentFlag.AlignLeft)
    option.setTabStopDistance(QFontMetricsF(style.font).horizontalAdvance("    "))
    return option


def _break_lines(layout: QTextLayout, width: float) -> None:
    layout.beginLayout()
    while True:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        line.setPosition(QPointF(0, 0))
    layout.endLayout()


def runs_leftward(text: str) -> bool:
    """Tell whether a paragraph runs from right to left: its first letter says so (UAX #9, P2 and P3)."""
    if text.isascii() or not _TURNS.search(text):
        return False
    inside = 0
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("LRI", "RLI", "FSI"):
            inside += 1
        elif kind == "PDI":
            inside = max(0, inside - 1)
        elif not inside and kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def _length(mark: Mark) -> int:
    return sum(fragment.end - fragment.start for fragment in mark.fragments)


def _joined(cells: list[tuple[float, float]]) -> list[tuple[float, float]]:
    runs: list[tuple[float, float]] = []
    for left, right in cells:
        if runs and left <= runs[-1][1] + 0.5:
            runs[-1] = (runs[-1][0], max(right, runs[-1][1]))
        else:
            runs.append((left, right))
    return runs


class TextLayout:
    """A whole text: heights of all blocks, estimated until seen, and the layouts of those seen lately."""

    def __init__(self, text: str, *, width: float, style: Style) -> None:
        self.text = text
        self.width = width
        self.style = style
        self.source: MarkSource = NoMarks()
        self._to_measure = _MEASURED
        self.blocks = Blocks(text, cut=self._cut)
        self._cache: OrderedDict[int, BlockLayout] = OrderedDict()
        self.heights = Heights(self._estimates())

    def _cut(self, start: int, end: int) -> int | None:
        """Return where a line ends near the end of a range, so that a cut there isn't seen; None if that would take
        too long in this text, or no line ends there.
        """
        if self._to_measure < end - start:
            return None
        self._to_measure -= end - start
        text = self.text[start:end]
        layout = QTextLayout(visible(text), self.style.font)
        layout.setTextOption(_option(self.style, leftward=runs_leftward(text)))
        _break_lines(layout, self.width)
        last = layout.lineAt(layout.lineCount() - 1).textStart()
        return start + OffsetMap(text).from_u16(last) if last > 0 else None

    def _estimates(self) -> Iterator[float]:
        metrics = QFontMetricsF(self.style.font)
        badge = QFontMetricsF(self.style.badge_font).height() + 1 if self.style.badges else 0
        line = metrics.height() * self.style.spacing
        a_line = max(1.0, self.width / max(1.0, metrics.averageCharWidth() * 1.05))
        full, empty = line + self.style.lanes * LANE_HEIGHT + badge + _MARGIN, line * 0.6
        gap = self.style.font.pixelSize() * 0.3
        # Lengths repeat: each is worked out once, and the rest is looked up in C.
        lengths = self.blocks.lengths
        by_length = {length: full * (1 + int(length / a_line)) + gap for length in set(lengths)}
        by_length[0] = empty
        return map(by_length.__getitem__, lengths)

    def block(self, number: int) -> BlockLayout:
        """Return a block laid out, with its marks."""
        found = self._cache.get(number)
        if found is None:
            start, end = self.blocks.starts[number], self.blocks.end(number)
            is_cut = self.blocks.goes_on(number)
            goes_on = number > 0 and self.blocks.goes_on(number - 1)
            found = BlockLayout(
                self.text[start:end],
                start,
                width=self.width,
                style=self.style,
                is_cut=is_cut,
                leftward=self._runs_leftward(number) if goes_on else None,
            )
            self._cache[number] = found
            if len(self._cache) > _KEPT_BLOCKS:
                self._cache.popitem(last=False)
            self._place(number, found)
        else:
            self._cache.move_to_end(number)
        return found

    def _runs_leftward(self, number: int) -> bool:
        """Tell how the paragraph of a block runs that begins in an earlier one."""
        while number > 0 and self.blocks.goes_on(number - 1):
            number -= 1
        return runs_leftward(self.text[self.blocks.starts[number] : self.blocks.end(number)])

    def _place(self, number: int, block: BlockLayout) -> float:
        block.place(self.source.marks_in(block.start, block.end))
        return self.heights.set(number, block.height)

    def refresh(self, ranges: list[tuple[int, int]]) -> float:
        """Place the marks of the blocks in these ranges anew; return by how many pixels blocks grew and shrank."""
        changed = 0.0
        numbers: set[int] = set()
        for start, end in ranges:
            first, last = self.blocks.at(start), self.blocks.at(end)
            numbers.update(number for number in range(first, last + 1) if number in self._cache)
            if len(numbers) > len(self._cache):
                break
        for number in sorted(numbers):
            changed += abs(self._place(number, self._cache[number]))
        return changed

    def refresh_all(self) -> None:
        """Place the marks of all blocks that are laid out anew."""
        for number, block in self._cache.items():
            self._place(number, block)

    def top(self, number: int) -> float:
        """Return the y of a block."""
        return self.heights.above(number)

    def blocks_between(self, top: float, bottom: float) -> tuple[int, int]:
        """Return the first and the last block that lie between two heights, laid out."""
        first = last = self.heights.block_at(max(0.0, top))
        y = self.top(first)
        while True:
            y += self.block(last).height
            if y >= bottom or last + 1 >= len(self.blocks):
                return first, last
            last += 1

    def settle(self, top: float, bottom: float) -> int:
        """Lay out the blocks between two heights; return by how much that moved what is below them."""
        first, last = (self.heights.block_at(max(0.0, y)) for y in (top, bottom))
        before = self.top(last)
        for number in range(first, last):
            self.block(number)
        return int(self.top(last) - before)

    def place_at(self, x: float, y: float) -> int:
        """Return the code point offset of the caret place nearest to a point."""
        number = self.heights.block_at(max(0.0, y))
        block = self.block(number)
        within = y - self.top(number)
        line = next((item for item in block.lines if within < item.top + item.height), block.lines[-1])
        return block.offset_at(x, line)

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

    def marks_at(self, x: float, y: float) -> list[Mark]:
        """Return the marks under a point: one whose badge is there first, then the innermost, the newer of two."""
        number = self.heights.block_at(max(0.0, y))
        block = self.block(number)
        within = QPointF(x, y - self.top(number))
        found = [badge.mark for badge in block.badges if badge.rect.contains(within)]
        for mark in sorted(reversed(block.marks), key=_length):
            rects = [rect for f in mark.fragments for rect in block.rects(f.start, f.end)]
            if any(rect.adjusted(-2, 0, 2, 3).contains(within) for rect in rects) and mark not in found:
                found.append(mark)
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
        while line >= len(block.lines) and number + 1 < len(self.blocks):
            line -= len(block.lines)
            number += 1
            block = self.block(number)
        if line < 0:
            return 0
        return block.offset_at(x, block.lines[line]) if line < len(block.lines) else len(self.text)

    def line_range(self, offset: int) -> tuple[int, int]:
        """Return the visual line that holds a place."""
        block = self.block(self.blocks.at(offset))
        line = block.lines[block.line_of(min(offset, block.end))]
        return (line.start, block.places(line)[-1])

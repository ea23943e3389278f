"""Where every character of one block of a text is, with the marks on it and their badges. Positions are in pixels
of the block.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextLine

from app.core.clusters import hangs_on
from app.core.offsets import OffsetMap
from app.ui.editor.lanes import badge_rows, depth, lanes_of
from app.ui.editor.marks import Mark
from app.ui.editor.style import LANE_HEIGHT, LINE_MARGIN, Style, text_option
from app.ui.editor.visible_text import visible
from app.ui.theme import ui_font

_KEPT_RECTS = 64
_BADGE_GAP = 6.0
_HIGHER = 1.25  # by how much a line may exceed its height before it gets more
_UNDER_TEXT = 0.1  # how much of a line's height is below the first line under its words
# What makes Qt set a text in two directions: letters and digits written from right to left, and signs that command it.
_TURNS = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_LEAST = QTextLayout.GlyphRunRetrievalFlag.RetrieveGlyphIndexes  # what Qt must fetch to know where a run is
_ARABIC_MARKS = "".join(map(chr, range(0x64B, 0x660))) + "\u0670"
_LAM, _ALEFS = "\u0644", "\u0622\u0623\u0625\u0627"


@lru_cache(maxsize=4096)
def _badge_width(text: str, size: int) -> float:
    # A page has hundreds of badges, and few different ones.
    return QFontMetricsF(ui_font(size, QFont.Weight.DemiBold)).horizontalAdvance(text)


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
        self,
        text: str,
        start: int,
        *,
        width: float,
        style: Style,
        marks: Sequence[Mark] = (),
        is_cut: bool = False,
        leftward: bool | None = None,
    ) -> None:
        """Lay out; `is_cut` says that the paragraph goes on in the next block, which then has the place between, and
        `leftward` that it runs from right to left, where its beginning isn't in this block.
        """
        self.start = start
        self.end = start + len(text)
        self.map = OffsetMap(text)
        self.layout = QTextLayout(visible(text), style.font)
        self.leftward = runs_leftward(text) if leftward is None else leftward
        self.layout.setTextOption(text_option(style, leftward=self.leftward))
        self.layout.setCacheEnabled(True)
        self._style = style
        self._text = text
        self._is_cut = is_cut
        self._mixed = not text.isascii() and _TURNS.search(text) is not None
        break_lines(self.layout, width)
        self.lines: list[Line] = []
        self.marks: Sequence[Mark] = ()
        self.lanes: dict[str, int] = {}
        self.badges: list[Badge] = []
        self.height = 0.0
        self._known_rects: dict[tuple[int, int], list[QRectF]] = {}
        self.place(marks)

    def place(self, marks: Sequence[Mark]) -> None:
        """Give marks, oldest first, their lanes, badges their rows, and lines the room that those need."""
        self.marks = marks
        self.lanes = lanes_of(marks)
        self.badges = []
        self.lines = []
        self._known_rects.clear()
        row_height = QFontMetricsF(self._style.badge_font).height() + 1
        top = 0.0
        lines = [self.layout.lineAt(at) for at in range(self.layout.lineCount())]
        starts = [self.start + self.map.from_u16(line.textStart()) for line in lines]
        begun, met = self._spread(starts)
        for at, text_line in enumerate(lines):
            start, end = starts[at], starts[at + 1] if at + 1 < len(starts) else self.end
            text_height, down = self._height_of(text_line)
            text_line.setPosition(QPointF(0, top + down))
            # Badges stand below the deepest of the lines that are drawn under the words, and below annotators' lanes.
            under = depth(met.get(at, ()), self.lanes, text_height * _UNDER_TEXT)
            under += self._style.lanes * LANE_HEIGHT
            rows = self._place_badges(begun.get(at, ()), text_line, top + text_height + under, row_height)
            # Room for one row is always there: the first mark of a line must not push the text down.
            room = max(rows, 1 if self._style.badges else 0) * row_height
            height = text_height + under + room + LINE_MARGIN
            if start == end and self.start == self.end:
                height = text_height = text_height * 0.6  # an empty line between paragraphs
            self.lines.append(Line(text_line, top, text_height, height, start, end))
            top += height
        # Paragraphs stand apart a little; where the file sets an empty line between them, that is enough.
        self.height = top + (self._style.font.pixelSize() * 0.3 if self.start < self.end and not self._is_cut else 0)

    def _spread(self, starts: list[int]) -> tuple[dict[int, list[Mark]], dict[int, list[Mark]]]:
        """Return which marks with a badge begin on which line, and which marks have characters on which; `starts` are
        those of the lines.
        """
        begun: dict[int, list[Mark]] = {}
        met: dict[int, list[Mark]] = {}
        for mark in self.marks:
            at = mark.fragments[0].start
            # The place between two blocks of one paragraph is the later one's.
            if mark.badge and (self.start <= at < self.end or (at == self.end and not self._is_cut)):
                begun.setdefault(bisect_right(starts, at) - 1, []).append(mark)
            lines: set[int] = set()
            for fragment in mark.fragments:
                low, high = max(fragment.start, self.start), min(fragment.end, self.end)
                if low < high:
                    lines.update(range(bisect_right(starts, low) - 1, bisect_left(starts, high)))
            for line in lines:
                met.setdefault(line, []).append(mark)
        return begun, met

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

    def _place_badges(self, marks: Sequence[Mark], line: QTextLine, top: float, row_height: float) -> int:
        if not marks:
            return 0
        spans: list[tuple[float, float]] = []
        for mark in marks:
            text = f"{mark.badge} {mark.note}" if mark.note else mark.badge
            width = _badge_width(text, self._style.badge_font.pixelSize()) + 1
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
        # Each layer of the painting asks for the same ranges, and so does the next frame.
        found = self._known_rects.get((start, end))
        if found is None:
            if len(self._known_rects) > _KEPT_RECTS + 2 * len(self.marks):
                self._known_rects.clear()  # selections come and go
            found = self._known_rects[start, end] = self._rects(start, end)
        return found

    def _rects(self, start: int, end: int) -> list[QRectF]:
        found: list[QRectF] = []
        for line in self.lines:
            if line.start > end:
                break
            if line.end < start:
                continue
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


def break_lines(layout: QTextLayout, width: float) -> None:
    """Break a text into lines of a width, in pixels."""
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


def _joined(cells: list[tuple[float, float]]) -> list[tuple[float, float]]:
    runs: list[tuple[float, float]] = []
    for left, right in cells:
        if runs and left <= runs[-1][1] + 0.5:
            runs[-1] = (runs[-1][0], max(right, runs[-1][1]))
        else:
            runs.append((left, right))
    return runs

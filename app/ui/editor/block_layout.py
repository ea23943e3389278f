"""Where every character of one block of a text is, with the highlights on it and their badges. Positions are in pixels
of the block.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QTextCharFormat, QTextLayout, QTextLine

from app.core.correction import correction_place
from app.core.graphemes import extends_cluster
from app.ui.editor.arcs import Arc, ArcLine, ArcPiece, MetEnd, ShownArcs, arc_line
from app.ui.editor.glyphs import GlyphLine
from app.ui.editor.highlights import Highlight
from app.ui.editor.lanes import badge_rows, depth, lanes_of
from app.ui.editor.set_text import TURNS, Insertion, SetText
from app.ui.editor.style import LANE_HEIGHT, LINE_MARGIN, Style, inserted_format, text_option
from app.ui.theme import ui_font

_KEPT_RECTS = 64
_BADGE_GAP = 6.0
_HIGHER = 1.25  # by how much a line may exceed its height before it gets more
_HEAD_ROOM = 5.0  # pixels between a line and the lowest arc over it, for the heads of arrows
_UNDER_TEXT = 0.1  # how much of a line's height is below the first line under its words


@lru_cache(maxsize=4096)
def _badge_width(text: str, size: int) -> float:
    # A page has hundreds of badges, and few different ones.
    return QFontMetricsF(ui_font(size, QFont.Weight.DemiBold)).horizontalAdvance(text)


class Badge(NamedTuple):
    """A label under a line: where it stands in the block, and of which highlight."""

    highlight: Highlight
    rect: QRectF


class PlacedPiece(NamedTuple):
    """A piece of arcs over a line: at which height its lane is, and where the words are that it stands on. `badge` is
    where its label stands.
    """

    piece: ArcPiece
    y: float
    foot: float
    badge: QRectF


class TextLine(NamedTuple):
    """One line of a block; `top` and `height` are in the block's pixels, `[start, end)` in code points of the text."""

    text_line: QTextLine
    top: float
    text_height: float
    height: float
    start: int
    end: int


class BlockLayout:
    """One block, laid out: its lines, the highlights on it and the badges under it."""

    def __init__(
        self,
        text: str,
        start: int,
        *,
        width: float,
        style: Style,
        highlights: Sequence[Highlight] = (),
        arcs: Sequence[Arc] = (),
        next_start: int | None = None,
        leftward: bool | None = None,
        mirrored: bool = False,
        all_arcs: bool = False,
    ) -> None:
        """Lay out. `next_start` is where the next block begins, None for the last; where that is the end of this one,
        the paragraph goes on there, and the place between is the next block's. `leftward` says that the paragraph runs
        from right to left, where its beginning isn't in this block; `mirrored` that the whole text does, so that its
        arcs use the margin on the right.
        """
        self.start = start
        self.end = start + len(text)
        self.leftward = runs_leftward(text) if leftward is None else leftward
        self._width = width
        self._style = style
        self._mirrored = mirrored
        self._text = text
        self._is_cut = next_start == self.end
        self._until = self.end if next_start is None else next_start
        self._insertions: tuple[Insertion, ...] = ()
        self._set()
        self.lines: list[TextLine] = []
        self.highlights: Sequence[Highlight] = ()
        self.lanes: dict[str, int] = {}
        self.badges: list[Badge] = []
        self._arc_lines: list[tuple[float, ArcLine]] = []  # each with the height of the words below
        self._pieces: tuple[object, list[PlacedPiece]] = (None, [])
        self.height = 0.0
        self._known_rects: dict[tuple[int, int], list[QRectF]] = {}
        self.place(highlights, arcs, all_arcs=all_arcs)

    def _set(self) -> None:
        """Set the text, with corrections behind some of its places."""
        self._set_with(self._insertions)
        if self._insertions and (self._mixed or self.leftward):
            turned = self._turned()
            if turned != self._insertions:
                self._set_with(turned)

    def _set_with(self, insertions: Sequence[Insertion]) -> None:
        self.set_text = SetText(self._text, insertions)
        text = self.set_text.text
        self._mixed = not text.isascii() and TURNS.search(text) is not None
        self.layout = QTextLayout(text, self._style.font)
        self.layout.setTextOption(text_option(self._style, leftward=self.leftward))
        self.layout.setCacheEnabled(True)
        if insertions:
            form = inserted_format(self._style)
            self.layout.setFormats([_format(start, end, form) for start, end in self.set_text.ranges_u16])
        break_lines(self.layout, self._width)

    def _turned(self) -> tuple[Insertion, ...]:
        """Return the insertions with the direction in which Qt set the arrow of each."""
        found: list[Insertion] = []
        for number, insertion in enumerate(self._insertions):
            at = self.set_text.arrow_u16(number)
            runs = self.layout.lineForTextPosition(at).glyphRuns(at, 1) if at is not None else []
            found.append(insertion._replace(leftward=bool(runs) and runs[0].isRightToLeft()))
        return tuple(found)

    def insertions_in(self, color: QColor) -> list[QTextLayout.FormatRange]:
        """Return what gives the corrections in the running text their colour."""
        form = QTextCharFormat()
        form.setForeground(color)
        # Of two ranges that touch, Qt would draw the second one without its colour.
        return [_format(start, end, form) for start, end in _touching_joined(self.set_text.ranges_u16)]

    def corrected_at(self, point: QPointF) -> str:
        """Return the uid of the highlight whose correction is set at a point of the block, "" if there is none."""
        for (start, end), insertion in zip(self.set_text.ranges_u16, self.set_text.insertions, strict=True):
            for line in self.lines:
                first = line.text_line.textStart()
                low, high = max(start, first), min(end, first + line.text_line.textLength())
                if low < high and line.top <= point.y() < line.top + line.text_height:
                    left, right = sorted(_cursor_x(line.text_line, at) for at in (low, high))
                    if left <= point.x() <= right:
                        return insertion.owner
        return ""

    def _insertions_of(self, highlights: Sequence[Highlight]) -> tuple[Insertion, ...]:
        """Return the corrections that stand in this block: behind the fragments that they replace."""
        found: list[Insertion] = []
        for highlight in highlights:
            if not highlight.beside:
                continue
            home = highlight.fragments[correction_place(highlight.fragments)]
            start, end = home.start, home.end
            # Words that are marked with the line end behind them are corrected before it.
            if self.start < end <= self._until if start < end else self._holds(end):
                found.append(Insertion(min(end, self.end) - self.start, highlight.beside, owner=highlight.uid))
        return tuple(sorted(found, key=_place))

    def _holds(self, at: int) -> bool:
        """Whether a place belongs to this block; that between two blocks of one paragraph is the later one's."""
        return self.start <= at < self.end or (at == self.end and not self._is_cut)

    def place(self, highlights: Sequence[Highlight], arcs: Sequence[Arc] = (), *, all_arcs: bool = False) -> None:
        """Give highlights, oldest first, their lanes, badges their rows, and lines the room that those need, and that
        arcs need over them: those of one annotation, or with `all_arcs` all at once.
        """
        self.highlights = highlights
        insertions = self._insertions_of(highlights)
        if insertions != self._insertions:
            self._insertions = insertions
            self._set()
        self.lanes = lanes_of(highlights)
        self.badges = []
        self._arc_lines, self._pieces = [], (None, [])
        self.lines = []
        self._known_rects.clear()
        row_height = QFontMetricsF(self._style.badge_font).height() + 1
        top = 0.0
        lines = [self.layout.lineAt(at) for at in range(self.layout.lineCount())]
        starts = [self.start + self.set_text.from_u16(line.textStart()) for line in lines]
        begun, met = self._spread([line.textStart() for line in lines])
        ended = self._met_ends(arcs, lines) if arcs else {}
        for at, text_line in enumerate(lines):
            start, end = starts[at], starts[at + 1] if at + 1 < len(starts) else self.end
            text_height, down = self._height_of(text_line)
            if at in ended:
                over = arc_line(ended[at], width=self._width, leftward=self._mirrored, all_at_once=all_arcs)
                top += over.lanes * row_height + _HEAD_ROOM
                self._arc_lines.append((top, over))
            text_line.setPosition(QPointF(0, top + down))
            # Badges stand below the deepest of the lines that are drawn under the words, and below annotators' lanes.
            under = depth(met.get(at, ()), self.lanes, text_height * _UNDER_TEXT)
            under += self._style.lanes * LANE_HEIGHT
            is_empty = self.start == self.end and not insertions
            if is_empty:
                text_height *= 0.6  # an empty line between paragraphs
            rows = self._place_badges(begun.get(at, ()), text_line, top + text_height + under, row_height)
            # Room for one row is always there: the first highlight of a line must not push the text down.
            room = max(rows, 1 if self._style.badges else 0) * row_height
            height = text_height + under + room + LINE_MARGIN
            if is_empty and not rows:
                height = text_height
            self.lines.append(TextLine(text_line, top, text_height, height, start, end))
            top += height
        # Paragraphs stand apart a little; where the file sets an empty line between them, that is enough.
        self.height = top + (self._style.font.pixelSize() * 0.3 if self.start < self.end and not self._is_cut else 0)

    def _met_ends(self, arcs: Sequence[Arc], lines: Sequence[QTextLine]) -> dict[int, list[MetEnd]]:
        """Return the ends of arcs that are in this block, by line."""
        starts_u16 = [line.textStart() for line in lines]
        found: dict[int, list[MetEnd]] = {}
        for arc in arcs:
            badge = _badge_width(arc.badge, self._style.badge_font.pixelSize()) + 1
            for is_source, end in ((True, arc.source), (False, arc.target)):
                # One may begin between the characters of a line end, which are in no block.
                if self._holds(end.start) or self.end < end.start < self._until:
                    start = min(end.start, self.end)
                    first_u16 = self.set_text.to_u16(start - self.start, behind=start < end.end)
                    at = bisect_right(starts_u16, first_u16) - 1
                    left, right = self._reach(lines[at], first_u16, start, end.end)
                    found.setdefault(at, []).append(MetEnd(arc, is_source, left, right, badge))
        return found

    def _reach(self, line: QTextLine, first_u16: int, start: int, end: int) -> tuple[float, float]:
        """Return from where to where a mark reaches on the line that it begins on."""
        x = _cursor_x(line, first_u16)
        last = self.set_text.from_u16(line.textStart() + line.textLength())
        high = min(end - self.start, last)
        if start - self.start >= high:
            return x - 1, x + 1
        if not self._mixed:
            other = self._x(line, self.start + high)
            return min(x, other), max(x, other)
        spans = GlyphLine(self._text, self.set_text, line).spans(start - self.start, high)
        near = [(max(left - x, x - left - width, 0.0), left, left + width) for left, width in spans]
        _, left, right = min(near, default=(0.0, x - 1, x + 1))
        return left, right

    def pieces(self, shown: ShownArcs) -> list[PlacedPiece]:
        """Return what is drawn over the lines of the arcs that are shown."""
        if self._arc_lines and self._pieces[0] != shown.key:  # the next frame asks for the same again
            self._pieces = (shown.key, self._pieces_of(shown))
        return self._pieces[1]

    def _pieces_of(self, shown: ShownArcs) -> list[PlacedPiece]:
        found: list[PlacedPiece] = []
        size = self._style.badge_font.pixelSize()
        row_height = QFontMetricsF(self._style.badge_font).height() + 1
        for foot, line in self._arc_lines:
            for piece in line.pieces(shown.has):
                y = foot - _HEAD_ROOM - (piece.lane + 0.5) * row_height
                width = _badge_width(piece.arcs[0].badge, size) + 1
                badge = QRectF(piece.badge_left, y - row_height / 2, width, row_height)
                found.append(PlacedPiece(piece, y, foot, badge))
        return found

    def _spread(self, starts_u16: list[int]) -> tuple[dict[int, list[Highlight]], dict[int, list[Highlight]]]:
        """Return which highlights with a badge begin on which line, and which have characters on which; given is where
        the lines begin.
        """
        begun: dict[int, list[Highlight]] = {}
        met: dict[int, list[Highlight]] = {}
        for highlight in self.highlights:
            if highlight.badge and self._holds(highlight.fragments[0].start):
                begun.setdefault(bisect_right(starts_u16, self._begin_u16(highlight)) - 1, []).append(highlight)
            lines: set[int] = set()
            for fragment in highlight.fragments:
                low, high = max(fragment.start, self.start), min(fragment.end, self.end)
                if low < high:
                    first = bisect_right(starts_u16, self.set_text.to_u16(low - self.start, behind=True)) - 1
                    lines.update(range(first, bisect_left(starts_u16, self.set_text.to_u16(high - self.start))))
            for line in lines:
                met.setdefault(line, []).append(highlight)
        return begun, met

    def _begin_u16(self, highlight: Highlight) -> int:
        """Return where a highlight begins, as it is set: an omission before its correction, words behind another's."""
        first = highlight.fragments[0]
        return self.set_text.to_u16(first.start - self.start, behind=first.start < first.end)

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

    def _place_badges(self, highlights: Sequence[Highlight], line: QTextLine, top: float, row_height: float) -> int:
        if not highlights:
            return 0
        spans: list[tuple[float, float]] = []
        for highlight in highlights:
            text = f"{highlight.badge} {highlight.note}" if highlight.note else highlight.badge
            width = _badge_width(text, self._style.badge_font.pixelSize()) + 1
            left = _cursor_x(line, self._begin_u16(highlight)) - (width if self.leftward else 0)
            spans.append((max(0.0, min(left, line.width() - width)), width))
        rows = badge_rows(spans, gap=_BADGE_GAP)
        for highlight, (left, width), row in zip(highlights, spans, rows, strict=True):
            self.badges.append(Badge(highlight, QRectF(left, top + row * row_height, width, row_height)))
        return max(rows) + 1

    def _x(self, line: QTextLine, offset: int, *, behind: bool = False) -> float:
        """Return where a place is, before the correction that stands there or `behind` it."""
        return _cursor_x(line, self.set_text.to_u16(offset - self.start, behind=behind))

    def rects(self, start: int, end: int) -> list[QRectF]:
        """Return the rectangles of `[start, end)`, one or more a line, in the block's pixels; a caret-thin one for a
        zero-width range.
        """
        # Each layer of the painting asks for the same ranges, and so does the next frame.
        found = self._known_rects.get((start, end))
        if found is None:
            if len(self._known_rects) > _KEPT_RECTS + 2 * len(self.highlights):
                self._known_rects.clear()  # selections come and go
            found = self._known_rects[start, end] = self._rects(start, end)
        return found

    def _rects(self, start: int, end: int) -> list[QRectF]:
        if start == end:
            if not self._holds(start):
                return []
            line = self.lines[self.line_of(start)]
            return [QRectF(self._x(line.text_line, start) - 1, line.top, 2, line.text_height)]
        found: list[QRectF] = []
        for line in self.lines:
            if line.start > end:
                break
            low, high = max(start, line.start), min(end, line.end)
            if low < high:
                found.extend(QRectF(x, line.top, width, line.text_height) for x, width in self._spans(line, low, high))
        return found

    def seen_rects(self, start: int, end: int) -> list[QRectF]:
        """Return the rectangles of a range as it is marked: what has no width, such as a joiner, is a thin line."""
        found = self.rects(start, end)
        if start < end and self.start <= start <= self.end and not any(rect.width() >= 1 for rect in found):
            return self.rects(start, start)
        return found

    def struck_rects(self, start: int, end: int) -> list[QRectF]:
        """Return the rectangles of a range without the corrections that are set inside of it: those stand."""
        low, high = max(start, self.start) - self.start, min(end, self.end) - self.start
        if low >= high:
            return []
        parts = self.set_text.without_inserted(low, high)
        return [rect for a, b in parts for rect in self.seen_rects(self.start + a, self.start + b)]

    def _spans(self, line: TextLine, low: int, high: int) -> list[tuple[float, float]]:
        if not self._mixed:
            left, right = self._x(line.text_line, low, behind=True), self._x(line.text_line, high)
            return [(min(left, right), abs(right - left))]
        return GlyphLine(self._text, self.set_text, line.text_line).spans(low - self.start, high - self.start)

    def line_of(self, offset: int) -> int:
        """Return the number of the line that shows a code point; a place between two lines is on the later one, and
        one with a correction where that begins.
        """
        for number, line in enumerate(self.lines):
            if self._is_before_end(line, offset):
                return number
        return len(self.lines) - 1

    def _is_before_end(self, line: TextLine, offset: int) -> bool:
        at = self.set_text.to_u16(offset - self.start)
        return at < line.text_line.textStart() + line.text_line.textLength()

    def places(self, line: TextLine) -> list[int]:
        """Return where the caret may stand on a line, in code points; the end of a wrapped line is on the next one,
        and a line that is filled by a correction has none.
        """
        at = line.text_line.textStart()
        end = at + line.text_line.textLength()
        found = [line.start] if at <= self.set_text.to_u16(line.start - self.start) else []
        while at < end:
            at = max(at + 1, self.layout.nextCursorPosition(at))
            offset = self.set_text.from_u16(min(at, end))
            is_true = offset >= len(self._text) or not extends_cluster(self._text, offset)
            if is_true and self.start + offset > (found[-1] if found else line.start):
                found.append(self.start + offset)
        while len(found) > 1 and line is not self.lines[-1] and not self._is_before_end(line, found[-1]):
            found.pop()
        return found

    def offset_at(self, x: float, line: TextLine, *, to_end: bool = False) -> int:
        """Return the code point offset of the caret place nearest to an x on a line; `to_end` counts the end of a line
        that is wrapped behind a letter, so that a drag can take that letter.
        """
        # Not by Qt's own xToCursor(), which is a character off beside stacked accents and where directions mix.
        places = sorted({line.start, *self.places(line)})
        if to_end and places[-1] < line.end and not self._text[line.end - self.start - 1].isspace():
            places = [*places, line.end]
        best, least = places[0], float("inf")
        for low, high in zip(places, [*places[1:], line.end], strict=True):
            for left, width in self._spans(line, low, high) if low < high else ():
                outside = max(left - x, 0.0, x - left - width)
                for offset, edge in self._edges(line, low, high, left, left + width):
                    distance = outside * 1000 + abs(edge - x)
                    if distance < least and (offset < line.end or offset == places[-1]):
                        best, least = offset, distance
        return best

    def _edges(self, line: TextLine, low: int, high: int, left: float, right: float) -> tuple[tuple[int, float], ...]:
        """Return at which edge of its cell a cluster begins and at which it ends."""
        at_low, at_high = self._x(line.text_line, low, behind=True), self._x(line.text_line, high)
        # Between two directions a place has two edges, and Qt names the one on the other cluster's side.
        low_fits, high_fits = (left - 0.5 <= x <= right + 0.5 for x in (at_low, at_high))
        if abs(at_low - at_high) < 1 <= right - left or (not low_fits and not high_fits):
            run = GlyphLine(self._text, self.set_text, line.text_line)
            leftward = run.leftward(low - self.start, high - self.start)
            return ((low, right), (high, left)) if leftward else ((low, left), (high, right))
        if not low_fits:
            at_low = right if at_high < (left + right) / 2 else left
        if not high_fits:
            at_high = right if at_low < (left + right) / 2 else left
        return (low, at_low), (high, at_high)

    def caret_x(self, offset: int) -> float:
        """Return where the caret stands."""
        return self._x(self.lines[self.line_of(offset)].text_line, offset)


def _cursor_x(line: QTextLine, at_u16: int) -> float:
    return line.cursorToX(at_u16)[0]  # pyright: ignore[reportIndexIssue]


def _touching_joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _place(insertion: Insertion) -> int:
    return insertion.at


def _format(start_u16: int, end_u16: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = start_u16, end_u16 - start_u16, form  # pyright: ignore[reportAttributeAccessIssue]
    return found


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
    if text.isascii() or not TURNS.search(text):
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

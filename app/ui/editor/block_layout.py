"""Where every character of one block of a text is, with the highlights on it and their badges. Positions are in pixels
of the block.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QTextCharFormat, QTextLayout, QTextLine

from app.core.correction import correction_place
from app.core.graphemes import extends_cluster
from app.core.scheme import Drawing
from app.ui.editor.arcs import Arc, ShownArcs
from app.ui.editor.block_arcs import BlockArcs, PlacedPiece, SetLines
from app.ui.editor.block_lines import Badge, Differing, DrawnLine, Met, Row, Seen, TextLine
from app.ui.editor.glyphs import GlyphLine, cursor_x
from app.ui.editor.highlights import Highlight
from app.ui.editor.lanes import badge_rows, depth, is_under, lanes_of
from app.ui.editor.paragraph import break_lines, runs_leftward
from app.ui.editor.set_text import TURNS, Insertion, SetText
from app.ui.editor.style import (
    LANE_HEIGHT,
    LINE_MARGIN,
    Style,
    badge_height,
    badge_width,
    inserted_format,
    text_option,
)

_KEPT_RECTS = 64
_BADGE_GAP = 6.0
_EDGE = 1.0  # pixels at the top of a line where nothing begins but brackets, and at its bottom where nothing is
_EMPTY = 0.6  # how high an empty line is, of one with letters
_HIGHER = 1.25  # by how much a line may exceed its height before it gets more
_UNDER_TEXT = 0.1  # how much of a line's height is below the first line under its words


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
        arcs use the margin on the right. Lines have room for the arcs of one annotation, or with `all_arcs` for all.
        """
        self.start = start
        self.end = start + len(text)
        self.leftward = runs_leftward(text) if leftward is None else leftward
        self._width = width
        self._style = style
        self._text = text
        self._is_cut = next_start == self.end
        self._until = self.end if next_start is None else next_start
        self._insertions: tuple[Insertion, ...] = ()
        self.lines: list[TextLine] = []
        self.highlights: Sequence[Highlight] = ()
        self.lanes: dict[str, int] = {}
        self.badges: list[Badge] = []
        self.height = 0.0
        self._drawn: list[DrawnLine] = []  # none while they are to be worked out anew
        self._known_rects: dict[tuple[int, int], list[QRectF]] = {}
        self._known_met: dict[str, Met] = {}
        self._arcs = BlockArcs(style, width=width, mirrored=mirrored, all_at_once=all_arcs)
        self._set()
        self.place(highlights, arcs)

    def _set(self) -> None:
        """Set the text, with corrections behind some of its places."""
        self._set_with(self._insertions)
        if self._insertions and (self._mixed or self.leftward):
            turned = self._turned()
            if turned != self._insertions:
                self._set_with(turned)
        self._rows = [self._row(self.layout.lineAt(at)) for at in range(self.layout.lineCount())]
        self._starts_u16 = [row.text_line.textStart() for row in self._rows]
        self._known_rects.clear()
        self._known_met.clear()
        self._drawn = []

    def _row(self, line: QTextLine) -> Row:
        height, down = self._height_of(line)
        if self.start == self.end and not self._insertions:
            height *= _EMPTY  # an empty line between paragraphs
        return Row(line, self.start + self.set_text.from_u16(line.textStart()), height, down)

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
                    left, right = sorted(cursor_x(line.text_line, at) for at in (low, high))
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

    def place(self, highlights: Sequence[Highlight], arcs: Sequence[Arc] = ()) -> Differing:
        """Give highlights, oldest first, their lanes, badges their rows, and lines the room that those need, and that
        arcs need over them. Return what looks different now.
        """
        self.highlights = highlights
        insertions = self._insertions_of(highlights)
        if insertions != self._insertions:
            self._insertions = insertions
            self._set()
        self.lanes = lanes_of(highlights)
        begun, seen = self._spread()
        before, self._drawn, self.lines = self._drawn, [], []
        ended, changed_arcs = self._arcs.take(arcs, self._set_lines(), anew=not before)
        changed: list[int] = []
        top = 0.0
        for at, row in enumerate(self._rows):
            shown = [(one, self.lanes[one.uid]) for one in seen.get(at, ())]
            drawn, ends = before[at] if before else None, ended.get(at, [])
            if drawn is None or drawn.line.above != top or drawn.shown != shown or drawn.ends != ends:
                over = drawn.over if drawn is not None and drawn.ends == ends else self._arcs.over(ends)
                badges, line = self._draw(at, row, (top, top + self._arcs.room(over)), shown, begun.get(at, ()))
                drawn = DrawnLine(line, shown, badges, ends, over)
                row.text_line.setPosition(QPointF(0, line.top + row.down))
                changed.append(at)
            self._drawn.append(drawn)
            self.lines.append(drawn.line)
            top = drawn.line.bottom
        if changed:
            self._arcs.forget_pieces()
        if any(drawn.line.top != old.line.top for drawn, old in zip(self._drawn, before, strict=False)):
            self._known_rects.clear()
        self.badges = [badge for drawn in self._drawn for badge in drawn.badges]
        # Paragraphs stand apart a little; where the file sets an empty line between them, that is enough.
        self.height = top + (self._style.font.pixelSize() * 0.3 if self.start < self.end and not self._is_cut else 0)
        return Differing(changed, changed_arcs)

    def _set_lines(self) -> SetLines:
        # A mark may begin between the characters of a line end, which are in no block.
        last = max(self._until - 1, self.end - 1 if self._is_cut else self.end)
        lines = [row.text_line for row in self._rows]
        return SetLines(self._text, self.start, last, self.set_text, self._mixed, lines, self._starts_u16)

    def pieces(self, shown: ShownArcs) -> list[PlacedPiece]:
        """Return what is drawn over the lines of the arcs that are shown."""
        return self._arcs.pieces(shown, ((drawn.line.top, drawn.over) for drawn in self._drawn))

    def _draw(
        self,
        at: int,
        row: Row,
        heights: tuple[float, float],
        shown: list[tuple[Highlight, int]],
        begun: Sequence[Met],
    ) -> tuple[list[Badge], TextLine]:
        """Return the badges of a line, and the line with the height that those and the lines under its words need.
        Given is where the room over it begins, and where its words do.
        """
        above, top = heights
        lanes = [lane for one, lane in shown if at in self._known_met[one.uid].lines and is_under(one)]
        # Badges stand below the deepest of the lines that are drawn under the words, and below annotators' lanes.
        under = depth(max(lanes, default=0), row.text_height * _UNDER_TEXT) + self._style.lanes * LANE_HEIGHT
        row_height = badge_height(self._style)
        badges, rows = self._placed_badges(begun, row.text_line, top + row.text_height + under, row_height)
        # Room for one row is always there: the first highlight of a line must not push the text down.
        room = max(rows, 1 if self._style.badges else 0) * row_height
        height = row.text_height + under + room + LINE_MARGIN
        if self.start == self.end and not self._insertions and not rows:
            height = row.text_height
        end = self._rows[at + 1].start if at + 1 < len(self._rows) else self.end
        return badges, TextLine(row.text_line, above, top, row.text_height, height, row.start, end)

    def _spread(self) -> tuple[dict[int, list[Met]], dict[int, list[Highlight]]]:
        """Return which highlights with a badge begin on which line, and which are drawn on which."""
        begun: dict[int, list[Met]] = {}
        seen: dict[int, list[Highlight]] = {}
        known, self._known_met = self._known_met, {}
        for highlight in self.highlights:
            met = known.get(highlight.uid)
            if met is None or met.highlight is not highlight:
                met = self._met(highlight)
            self._known_met[highlight.uid] = met
            if met.begins >= 0:
                begun.setdefault(met.begins, []).append(met)
            for line in met.seen:
                seen.setdefault(line, []).append(highlight)
        return begun, seen

    def _met(self, highlight: Highlight) -> Met:
        starts = self._starts_u16
        begins, x = -1, 0.0
        if highlight.badge and self._holds(highlight.fragments[0].start):
            place = self._begin_u16(highlight)
            begins = bisect_right(starts, place) - 1
            x = cursor_x(self._rows[begins].text_line, place)
        lines: set[int] = set()
        seen: set[int] = {begins} - {-1}
        for fragment in highlight.fragments:
            low, high = max(fragment.start, self.start), min(fragment.end, self.end)
            if low < high:
                first = bisect_right(starts, self.set_text.to_u16(low - self.start, behind=True)) - 1
                lines.update(range(first, bisect_left(starts, self.set_text.to_u16(high - self.start))))
            if low <= high:  # what has no width is drawn where it begins
                seen.add(bisect_right(starts, self.set_text.to_u16(low - self.start)) - 1)
        return Met(highlight, sorted(lines), sorted(lines | seen), begins, x)

    def seen_between(self, top: float, bottom: float) -> Seen:
        """Return what is drawn between two heights, and of the other lines hardly anything."""
        full, edge = set[int](), set[int]()
        for at, line in enumerate(self.lines):
            if line.top < bottom and line.top + line.height > top + _EDGE:
                (edge if line.top > bottom - _EDGE else full).add(at)
        if len(full) == len(self.lines):
            return Seen(self.highlights, self.badges)
        met = self._known_met
        highlights = [
            one
            for one in self.highlights
            if not full.isdisjoint(met[one.uid].seen)
            or (one.style == Drawing.BRACKET and not edge.isdisjoint(met[one.uid].seen))
        ]
        return Seen(highlights, [badge for at in sorted(full) for badge in self._drawn[at].badges])

    def lines_of(self, owner: str) -> list[int]:
        """Return the lines, by number, on which highlights of an owner are drawn."""
        found = (self._known_met[one.uid].seen for one in self.highlights if one.owner == owner)
        return sorted({at for seen in found for at in seen})

    def lines_between(self, start: int, end: int) -> range:
        """Return the lines, by number, that show a range of the text or its ends."""
        low, high = (self.line_of(max(self.start, min(self.end, place))) for place in (start, end))
        return range(low, high + 1)

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

    def _placed_badges(
        self, begun: Sequence[Met], line: QTextLine, top: float, row_height: float
    ) -> tuple[list[Badge], int]:
        """Return the badges of the highlights that begin on a line, below a height, and how many rows they take."""
        if not begun:
            return [], 0
        spans: list[tuple[float, float]] = []
        for highlight, _, _, _, x in begun:
            text = f"{highlight.badge} {highlight.note}" if highlight.note else highlight.badge
            width = badge_width(text, self._style.badge_font.pixelSize()) + 1
            left = x - (width if self.leftward else 0)
            spans.append((max(0.0, min(left, line.width() - width)), width))
        rows = badge_rows(spans, gap=_BADGE_GAP)
        badges = [
            Badge(where.highlight, QRectF(left, top + row * row_height, width, row_height))
            for where, (left, width), row in zip(begun, spans, rows, strict=True)
        ]
        return badges, max(rows) + 1

    def _x(self, line: QTextLine, offset: int, *, behind: bool = False) -> float:
        """Return where a place is, before the correction that stands there or `behind` it."""
        return cursor_x(line, self.set_text.to_u16(offset - self.start, behind=behind))

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

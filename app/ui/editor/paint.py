"""Painting a text with its highlights: pure functions over one frozen context, one after the other in z-order."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QStaticText, QTransform

from app.core.scheme import Drawing
from app.core.wording import undirected
from app.ui.editor.block_layout import BlockLayout
from app.ui.editor.block_lines import Badge
from app.ui.editor.highlights import EVIDENCE, LANE, SUGGESTION, Highlight
from app.ui.editor.lanes import drop
from app.ui.editor.layout import TextLayout
from app.ui.editor.style import LANE_HEIGHT
from app.ui.editor.view_state import ViewState
from app.ui.theme import Tones, fill_color, readable

_BAR_AT, _BAR_WIDTH = -13.0, 2.0  # in the margin, away from every letter and every highlight
_WORDS_TINT = 0.2
_TINT = 0.09  # of the sentence beside the one that is read
_ARC = 3.5  # pixels from one crossing of a wave to the next
_ARCS = 16  # of a tile, which is whole pixels wide on a screen of 125, 150, 175 or 200 %
_ANY_WIDTH = 100_000.0
_DOT = 2.0  # the width of a suggestion's dots


class Guides(NamedTuple):
    """What helps to read two texts side by side, and is no highlight: a tinted sentence with a bar beside it in the
    margin (empty for none), and words with a stronger tint.
    """

    sentence: tuple[int, int] = (0, 0)
    words: tuple[tuple[int, int], ...] = ()


class PaintContext(NamedTuple):
    """All that painting looks at. What lies between `top` and `bottom`, in content pixels, is painted; `first` and
    `last` are the blocks there, inclusive; `focused` shows the caret.
    """

    layout: TextLayout
    top: float
    bottom: float
    view: ViewState
    tones: Tones
    background: str
    first: int
    last: int
    focused: bool
    guides: Guides = Guides()


class _Part(NamedTuple):
    """A block, and what of it is painted: what is drawn on those of its lines that lie between two heights."""

    block: BlockLayout
    highlights: Sequence[Highlight]
    badges: Sequence[Badge]
    top: float
    bottom: float


def paint(painter: QPainter, context: PaintContext, *, margin: bool = False) -> None:
    """Paint the visible blocks; the painter's origin is the top left of the text. In the `margin` alone is nothing but
    guides, and what letters reach into it.
    """
    origin, layout = painter.transform(), context.layout
    placed: list[tuple[_Part, QTransform]] = []
    for number in range(context.first, context.last + 1):
        block, at = layout.block(number), layout.top(number)
        top, bottom = context.top - at, context.bottom - at
        part = _Part(block, *block.seen_between(top, bottom), top, bottom)
        placed.append((part, QTransform(origin).translate(0, at)))
    # One layer over all blocks before the next: what hangs out of a block must not cover the letters of another.
    for layers, smooth in ((_IN_MARGIN, False),) if margin else ((_UNDER_LINES, False), (_OVER_TEXT, True)):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        for layer in layers:
            for part, here in placed:
                # Each draws a block in the block's own pixels: nothing is moved highlight by highlight.
                painter.setTransform(here)
                layer(painter, context, part)
    painter.setTransform(origin)


def _text_box(rect: QRectF, inset: float = 0.0) -> QRectF:
    """Return the part of a line's rectangle that the letters fill."""
    slack = rect.height() * 0.06
    return rect.adjusted(0, slack + inset, 0, -slack - inset)


@lru_cache(maxsize=1024)
def line_color(color: str, background: str) -> QColor:
    """Return a highlight's colour as a line that can be seen on the background (3 : 1)."""
    return readable(color, background, 3.0)


@lru_cache(maxsize=1024)
def badge_color(color: str, background: str) -> QColor:
    """Return a highlight's colour as small text that can be read on the background (4.5 : 1)."""
    return readable(color, background, 4.5)


@lru_cache(maxsize=1024)
def _pen(color: str, background: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    return QPen(line_color(color, background), width, style)


@lru_cache(maxsize=1024)
def _tint(color: str, alpha: float) -> QColor:
    tinted = QColor(color)
    tinted.setAlphaF(alpha)
    return tinted


def _guides(painter: QPainter, context: PaintContext, part: _Part) -> None:
    guides = context.guides
    bar, ground = QColor(context.tones.accent), _tint(context.tones.warn, _WORDS_TINT)
    block = part.block
    rects = block.seen_rects(*guides.sentence) if guides.sentence[0] < guides.sentence[1] else []
    for at, rect in enumerate(rects):
        # Down to the next line, so that the lines of a sentence are one ground.
        low = rects[at + 1].top() if at + 1 < len(rects) else rect.bottom()
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), low - rect.top()), _tint(bar.name(), _TINT))
    for start, end in guides.words:
        if start < block.end and end > block.start:
            for rect in block.seen_rects(start, end):
                painter.fillRect(_text_box(rect), ground)
    if rects:
        high, low = rects[0].top(), rects[-1].bottom()
        painter.fillRect(QRectF(_BAR_AT, high + 2, _BAR_WIDTH, low - high - 4), bar)


def fill_strength(tones: Tones) -> float:
    """Return the opacity of fills."""
    return 0.19 if tones.name == "light" else 0.30


def _fills(painter: QPainter, context: PaintContext, part: _Part) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    strength = fill_strength(context.tones)
    block = part.block
    for highlight in part.highlights:
        if highlight.style not in (Drawing.FILL, EVIDENCE):
            continue
        inset = 1.5 * min(block.lanes[highlight.uid], 3)
        share = strength if highlight.style == Drawing.FILL else strength * 0.7
        painter.setBrush(fill_color(highlight.color, context.background, share))
        for fragment in highlight.fragments:
            for rect in block.seen_rects(fragment.start, fragment.end):
                painter.drawRoundedRect(_text_box(rect, inset), 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _selection(painter: QPainter, context: PaintContext, part: _Part) -> None:
    start, end = context.view.selection
    if start < end:
        for rect in part.block.seen_rects(start, end):
            painter.fillRect(_text_box(rect), QColor(context.tones.selection))


def _texts(painter: QPainter, context: PaintContext, part: _Part) -> None:
    painter.setPen(QColor(context.tones.text))
    block = part.block
    if block.set_text.insertions:
        # All of it: where Qt draws ranges in a colour of their own, letters beside them depend on whether it does.
        block.layout.draw(painter, QPointF(0, 0), block.insertions_in(QColor(context.tones.good)))
        return
    # Letters of the lines above and below may reach into these.
    most = max((line.text_height for line in block.lines), default=0.0)
    clip = QRectF(0, part.top - most, _ANY_WIDTH, part.bottom - part.top + 2 * most)
    block.layout.draw(painter, QPointF(0, 0), [], clip)


def _strikes(painter: QPainter, context: PaintContext, part: _Part) -> None:
    """Strike out words whose correction is shown; thin, for they are still to be read."""
    block = part.block
    for highlight in part.highlights:
        if not highlight.struck:
            continue
        painter.setPen(_pen(highlight.color, context.background, 1.2))
        for fragment in highlight.fragments:
            if fragment.start < fragment.end:
                for rect in block.struck_rects(fragment.start, fragment.end):
                    y = _strike_height(block, rect)
                    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))


def _strike_height(block: BlockLayout, rect: QRectF) -> float:
    """Return where a line through the small letters of a line of text goes."""
    line = min(block.lines, key=lambda line: abs(line.top - rect.top()))
    base = line.text_line.y() + line.text_line.ascent()
    return base - QFontMetricsF(block.layout.font()).strikeOutPos()


def _lines(painter: QPainter, context: PaintContext, part: _Part) -> None:
    block = part.block
    for highlight in part.highlights:
        (_lane_of if highlight.style == LANE else _line_of)(painter, context, block, highlight)


def _lane_of(painter: QPainter, context: PaintContext, block: BlockLayout, highlight: Highlight) -> None:
    """Draw an annotator's bar; that of an omission is as thin as the place."""
    if highlight.lane < 0:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(line_color(highlight.color, context.background))
    for fragment in highlight.fragments:
        for rect in block.seen_rects(fragment.start, fragment.end):
            y = rect.bottom() - rect.height() * 0.08 + highlight.lane * LANE_HEIGHT
            wide = rect.adjusted(-1.5, 0, 1.5, 0) if fragment.start == fragment.end else rect
            painter.drawRoundedRect(QRectF(wide.left(), y, wide.width(), LANE_HEIGHT - 2.5), 2, 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _line_of(painter: QPainter, context: PaintContext, block: BlockLayout, highlight: Highlight) -> None:
    ground = context.background
    lane = block.lanes[highlight.uid]
    final = len(highlight.fragments) - 1
    for at, fragment in enumerate(highlight.fragments):
        rects = block.seen_rects(fragment.start, fragment.end)
        if fragment.start == fragment.end:
            for rect in rects:
                _anchor(painter, rect, _pen(highlight.color, ground, 1.6))
            continue
        if highlight.style == Drawing.BRACKET:
            first = at == 0 and fragment.start >= block.start
            last = at == final and fragment.end <= block.end
            _brackets(painter, rects, highlight.color, ground, lane, ends=(first, last), leftward=block.leftward)
        else:
            for rect in rects:
                _under(painter, rect, highlight, ground, lane)
        if at < final and rects:
            painter.setPen(_pen(highlight.color, ground, 1, Qt.PenStyle.DotLine))
            y = rects[-1].bottom() - rects[-1].height() * 0.1
            painter.drawLine(QPointF(rects[-1].right(), y), QPointF(rects[-1].right() + 10, y))


def _under(painter: QPainter, rect: QRectF, highlight: Highlight, ground: str, lane: int) -> None:
    """Draw the line under the words of a highlight whose style has one."""
    bottom = rect.bottom() - rect.height() * 0.1 + drop(lane)
    if highlight.style == Drawing.WAVE:
        _wave(painter, rect, bottom, highlight, ground)
        return
    if highlight.style == Drawing.DASH:
        painter.setPen(_pen(highlight.color, ground, 0.8 + 0.5 * highlight.weight, Qt.PenStyle.DashLine))
    elif highlight.style == EVIDENCE:
        painter.setPen(_pen(highlight.color, ground, 2))
    elif highlight.style == SUGGESTION:
        painter.setPen(_dotted_pen(highlight.color, ground))
        rect = rect.adjusted(_DOT / 2, 0, -_DOT / 2, 0)
    else:
        return
    painter.drawLine(QPointF(rect.left(), bottom), QPointF(rect.right(), bottom))


def _wave(painter: QPainter, rect: QRectF, y: float, highlight: Highlight, ground: str) -> None:
    # Under small text it swings less: its crests mustn't reach into the letters.
    swing = round(min(1.0, rect.height() / 24), 1)
    color = line_color(highlight.color, ground).name()
    tile = _wave_tile(color, highlight.weight, swing, painter.device().devicePixelRatio())
    high = tile.deviceIndependentSize().height()
    painter.drawTiledPixmap(QRectF(rect.left(), y - high / 2, rect.width(), high), tile)


@lru_cache(maxsize=256)
def _wave_tile(color: str, weight: int, swing: float, ratio: float) -> QPixmap:
    """Return a piece of a wave, to be set side by side: stroking a path takes many times as long as copying pixels."""
    height = (1.2 + 0.35 * weight) * swing
    pen = QPen(QColor(color), (0.7 + 0.5 * weight) * (0.5 + swing / 2))
    high = 2 * ceil(height + pen.widthF())
    tile = QPixmap(round(_ARCS * _ARC * ratio), round(high * ratio))
    tile.setDevicePixelRatio(tile.width() / (_ARCS * _ARC))
    tile.fill(Qt.GlobalColor.transparent)
    path = QPainterPath(QPointF(-2 * _ARC, 0))
    for number in range(_ARCS + 4):  # two more on each side, so that the ends meet without a seam
        x = (number - 2) * _ARC
        path.quadTo(QPointF(x + _ARC / 2, (-2 if number % 2 == 0 else 2) * height), QPointF(x + _ARC, 0))
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.translate(0, high / 2)
    painter.drawPath(path)
    painter.end()
    return tile


def _brackets(
    painter: QPainter,
    rects: list[QRectF],
    color: str,
    ground: str,
    lane: int,
    *,
    ends: tuple[bool, bool],
    leftward: bool,
) -> None:
    """Draw brackets around a fragment; `ends` says whether the highlight begins with its first and ends with its last
    rectangle.
    """
    for number, rect in enumerate(rects):
        first, last = ends[0] and number == 0, ends[1] and number == len(rects) - 1
        left, right = (last, first) if leftward else (first, last)
        # The line stays over the letters, also of small text and where brackets lie in brackets: else it strikes out.
        height, wide = rect.height(), round(min(2.2, rect.height() * 0.09), 2)
        top = rect.top() + max(wide / 2, min(1.5, height * 0.04)) + min(lane * max(1.5, height * 0.05), height * 0.12)
        painter.setPen(_faint_pen(color, ground))
        painter.drawLine(QPointF(rect.left(), top), QPointF(rect.right(), top))
        if left or right:
            painter.setPen(_pen(color, ground, wide))
            bottom, arm = rect.bottom() - height * 0.04, min(4.0, height * 0.2)
            if left:
                _arm(painter, rect.left() - 2, arm, top, bottom)
            if right:
                _arm(painter, rect.right() + 2, -arm, top, bottom)


def _arm(painter: QPainter, at: float, arm: float, top: float, bottom: float) -> None:
    corners = [QPointF(at + arm, top), QPointF(at, top), QPointF(at, bottom), QPointF(at + arm, bottom)]
    painter.drawPolyline(corners)


@lru_cache(maxsize=64)
def _dotted_pen(color: str, ground: str) -> QPen:
    # Round dots with gaps of their own width, so that at no size they look like dashes.
    pen = QPen(line_color(color, ground), _DOT, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.RoundCap)
    pen.setDashPattern([0.01, 2.0])
    return pen


@lru_cache(maxsize=1024)
def _faint_pen(color: str, ground: str) -> QPen:
    faint = QColor(line_color(color, ground))
    faint.setAlphaF(0.45)
    return QPen(faint, 1)


def _anchor(painter: QPainter, rect: QRectF, pen: QPen) -> None:
    """An omission: a caret sign under the place where something is missing."""
    x, bottom = rect.center().x(), rect.bottom() - rect.height() * 0.02
    painter.setPen(pen)
    painter.drawLine(QPointF(x, rect.top() + rect.height() * 0.2), QPointF(x, bottom - 4))
    painter.drawPolyline([QPointF(x - 4, bottom), QPointF(x, bottom - 5), QPointF(x + 4, bottom)])


def _chosen(painter: QPainter, context: PaintContext, part: _Part) -> None:
    chosen, hovered = context.view.chosen, context.view.hovered
    block = part.block
    for highlight in block.highlights:  # also of a line that hardly shows
        if highlight.owner not in (chosen, hovered):
            continue
        is_chosen = highlight.owner == chosen
        wide = 1.6 if is_chosen else 1.0
        painter.setPen(_pen(highlight.color, context.background, wide))
        painter.setBrush(_tint(highlight.color, 0.14 if is_chosen else 0.06))
        for fragment in highlight.fragments:
            for rect in block.seen_rects(fragment.start, fragment.end):
                box = _text_box(rect).adjusted(-1.5, -1, 1.5, 1)
                # It stays within its line, as everything does: lines are painted one by one.
                box.setTop(max(box.top(), rect.top() + wide / 2))
                painter.drawRoundedRect(box, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _badges(painter: QPainter, context: PaintContext, part: _Part) -> None:
    if not part.badges:
        return
    font = context.layout.style.badge_font
    size = font.pixelSize()
    painter.setFont(font)
    ascent = painter.fontMetrics().ascent()
    for badge in part.badges:
        painter.setPen(badge_color(badge.highlight.color, context.background))
        painter.drawStaticText(badge.rect.topLeft(), badge_label(badge.highlight.badge, size))
        if badge.highlight.note:
            painter.setPen(QColor(context.tones.good))
            after = painter.fontMetrics().horizontalAdvance(badge.highlight.badge + " ")
            painter.drawText(badge.rect.topLeft() + QPointF(after, ascent), badge.highlight.note)


@lru_cache(maxsize=1024)
def badge_label(text: str, _size: int) -> QStaticText:
    """Return a badge's text, laid out once for each size: a page has hundreds, and few different ones."""
    label = QStaticText(undirected(text))
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _caret(painter: QPainter, context: PaintContext, part: _Part) -> None:
    layout, caret = context.layout, context.view.caret
    number = layout.blocks.at(caret)
    if layout.blocks.starts[number] != part.block.start:
        return
    rect = layout.caret_rect(caret).translated(0, -layout.top(number))
    painter.fillRect(_text_box(rect), QColor(context.tones.accent if context.focused else context.tones.line))


_UNDER_LINES = (_guides, _fills, _selection, _texts, _strikes)
_IN_MARGIN = (_guides, _texts)
_OVER_TEXT = (_lines, _chosen, _badges, _caret)

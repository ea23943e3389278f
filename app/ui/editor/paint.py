"""Painting a text with its marks: pure functions over one frozen context, one after the other in z-order."""

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from app.core.scheme import Drawing
from app.ui.editor.lanes import drop
from app.ui.editor.layout import LANE_HEIGHT, BlockLayout, TextLayout
from app.ui.editor.marks import EVIDENCE, LANE, Mark
from app.ui.editor.view_state import ViewState
from app.ui.theme import Tones, readable

_BAR_AT, _BAR_WIDTH = -13.0, 2.0  # in the margin, away from every letter and every mark
_WORDS_TINT = 0.2


class Guides(NamedTuple):
    """What helps to read two texts side by side, and is no mark: a sentence with a bar beside it in the margin (empty
    for none), and words with a tinted ground.
    """

    sentence: tuple[int, int] = (0, 0)
    words: tuple[tuple[int, int], ...] = ()


class PaintContext(NamedTuple):
    """All that painting looks at. `first` and `last` are the visible blocks, inclusive; `focused` shows the caret."""

    layout: TextLayout
    view: ViewState
    tones: Tones
    background: str
    first: int
    last: int
    focused: bool
    guides: Guides = Guides()


class _Placed(NamedTuple):
    block: BlockLayout
    top: float


def paint(painter: QPainter, context: PaintContext) -> None:
    """Paint the visible blocks; the painter's origin is the top left of the text."""
    placed = [
        _Placed(context.layout.block(number), context.layout.top(number))
        for number in range(context.first, context.last + 1)
    ]
    for layer in (_guides, _fills, _selection, _texts, _strikes, _lines, _chosen, _badges, _caret):
        layer(painter, context, placed)


def _rects(item: _Placed, start: int, end: int) -> list[QRectF]:
    return [rect.translated(0, item.top) for rect in item.block.rects(start, end)]


def _text_box(item: _Placed, rect: QRectF, inset: float = 0.0) -> QRectF:
    """Return the part of a line's rectangle that the letters fill."""
    slack = rect.height() * 0.06
    return rect.adjusted(0, slack + inset, 0, -slack - inset)


def line_color(color: str, background: str) -> QColor:
    """Return a mark's colour as a line that can be seen on the background (3 : 1)."""
    return readable(color, background, 3.0)


def badge_color(color: str, background: str) -> QColor:
    """Return a mark's colour as small text that can be read on the background (4.5 : 1)."""
    return readable(color, background, 4.5)


def _tint(color: str, alpha: float) -> QColor:
    tinted = QColor(color)
    tinted.setAlphaF(alpha)
    return tinted


def _guides(painter: QPainter, context: PaintContext, placed: list[_Placed]) -> None:
    guides = context.guides
    bar, ground = QColor(context.tones.faint), _tint(context.tones.warn, _WORDS_TINT)
    for item in placed:
        for start, end in guides.words:
            for rect in _rects(item, start, end) if start < item.block.end and end > item.block.start else ():
                painter.fillRect(_text_box(item, rect), ground)
        rects = _rects(item, *guides.sentence) if guides.sentence[0] < guides.sentence[1] else []
        if rects:
            high, low = rects[0].top(), rects[-1].bottom()
            painter.fillRect(QRectF(_BAR_AT, high + 2, _BAR_WIDTH, low - high - 4), bar)


def _fills(painter: QPainter, context: PaintContext, placed: list[_Placed]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    strength = 0.19 if context.tones.name == "light" else 0.30
    for item in placed:
        for mark in item.block.marks:
            if mark.style not in (Drawing.FILL, EVIDENCE):
                continue
            lane = item.block.lanes[mark.uid]
            painter.setBrush(_tint(mark.color, strength if mark.style == Drawing.FILL else strength * 0.7))
            for fragment in mark.fragments:
                for rect in _rects(item, fragment.start, fragment.end):
                    box = _text_box(item, rect, 1.5 * min(lane, 3))
                    painter.drawRoundedRect(box, 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _selection(painter: QPainter, context: PaintContext, placed: list[_Placed]) -> None:
    start, end = context.view.selection
    if start == end:
        return
    for item in placed:
        for rect in _rects(item, start, end):
            painter.fillRect(_text_box(item, rect), QColor(context.tones.selection))


def _texts(painter: QPainter, context: PaintContext, placed: list[_Placed]) -> None:
    painter.setPen(QColor(context.tones.text))
    for item in placed:
        item.block.layout.draw(painter, QPointF(0, item.top))


def _strikes(painter: QPainter, context: PaintContext, placed: list[_Placed]) -> None:
    """Strike out words whose correction is shown; thin, for they are still to be read."""
    for item in placed:
        for mark in item.block.marks:
            if not mark.struck:
                continue
            painter.setPen(QPen(line_color(mark.color, context.background), 1.2))
            for fragment in mark.fragments:
                if fragment.start < fragment.end:
                    for rect in _rects(item, fragment.start, fragment.end):
                        y = _strike_height(item, rect)
                        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))


def _strike_height(item: _Placed, rect: QRectF) -> float:
    """Return where a line through the small letters of a line of text goes."""
    line = min(item.block.lines, key=lambda line: abs(line.top - (rect.top() - item.top)))
    base = item.top + line.text_line.y() + line.text_line.ascent()
    return base - QFontMetricsF(item.block.layout.font()).strikeOutPos()


def _lines(painter: QPainter, context: PaintContext, placed: list[_Placed]) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for item in placed:
        for mark in item.block.marks:
            (_lane_of if mark.style == LANE else _line_of)(painter, context, item, mark)


def _lane_of(painter: QPainter, context: PaintContext, item: _Placed, mark: Mark) -> None:
    """Draw an annotator's bar; that of an omission is as thin as the place."""
    if mark.lane < 0:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(line_color(mark.color, context.background))
    for fragment in mark.fragments:
        for rect in _rects(item, fragment.start, fragment.end):
            y = rect.bottom() - rect.height() * 0.08 + mark.lane * LANE_HEIGHT
            wide = rect.adjusted(-1.5, 0, 1.5, 0) if fragment.start == fragment.end else rect
            painter.drawRoundedRect(QRectF(wide.left(), y, wide.width(), LANE_HEIGHT - 2.5), 2, 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _line_of(painter: QPainter, context: PaintContext, item: _Placed, mark: Mark) -> None:
    color = line_color(mark.color, context.background)
    lane = item.block.lanes[mark.uid]
    for at, fragment in enumerate(mark.fragments):
        rects = _rects(item, fragment.start, fragment.end)
        if fragment.start == fragment.end:
            for rect in rects:
                _anchor(painter, rect, color)
            continue
        for number, rect in enumerate(rects):
            bottom = rect.bottom() - rect.height() * 0.1 + drop(lane)
            first = number == 0 and at == 0 and fragment.start >= item.block.start
            last = number == len(rects) - 1 and at == len(mark.fragments) - 1 and fragment.end <= item.block.end
            if mark.style == Drawing.WAVE:
                _wave(painter, rect, bottom, color, mark.weight)
            elif mark.style == Drawing.DASH:
                painter.setPen(QPen(color, 0.8 + 0.5 * mark.weight, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(rect.left(), bottom), QPointF(rect.right(), bottom))
            elif mark.style == EVIDENCE:
                painter.setPen(QPen(color, 2))
                painter.drawLine(QPointF(rect.left(), bottom), QPointF(rect.right(), bottom))
            elif mark.style == Drawing.BRACKET:
                left, right = (last, first) if item.block.leftward else (first, last)
                _bracket(painter, rect, color, lane, opens=left, closes=right)
        if at + 1 < len(mark.fragments) and rects:
            _link_fragments(painter, rects[-1], color)


def _wave(painter: QPainter, rect: QRectF, y: float, color: QColor, weight: int) -> None:
    # Under small text it swings less: its crests mustn't reach into the letters.
    swing = round(min(1.0, rect.height() / 24), 1)
    painter.setPen(QPen(color, (0.7 + 0.5 * weight) * (0.5 + swing / 2)))
    painter.translate(rect.left(), y)
    painter.drawPath(_wave_path(round(rect.width() * 2), weight, swing))
    painter.translate(-rect.left(), -y)


@lru_cache(maxsize=2048)
def _wave_path(half_pixels: int, weight: int, swing: float) -> QPainterPath:
    """Return a wave from the origin to the right, as long as so many half pixels; building one takes a while."""
    path = QPainterPath(QPointF(0, 0))
    x, up, right = 0.0, True, half_pixels / 2
    height = (1.2 + 0.35 * weight) * swing
    while x < right:
        step = min(3.5, right - x)
        path.quadTo(QPointF(x + step / 2, -height * 2 if up else height * 2), QPointF(x + step, 0))
        x += step
        up = not up
    return path


def _bracket(painter: QPainter, rect: QRectF, color: QColor, lane: int, *, opens: bool, closes: bool) -> None:
    # The line stays over the letters, also of small text and where brackets lie in brackets: else it strikes out.
    height = rect.height()
    top = rect.top() + min(1.5, height * 0.04) + min(lane * max(1.5, height * 0.05), height * 0.12)
    bottom = rect.bottom() - height * 0.04
    arm = min(4.0, height * 0.2)
    faint = QColor(color)
    faint.setAlphaF(0.45)
    painter.setPen(QPen(faint, 1))
    painter.drawLine(QPointF(rect.left(), top), QPointF(rect.right(), top))
    painter.setPen(QPen(color, min(2.2, height * 0.09)))
    for at, toward in ((rect.left() - 2, 1), (rect.right() + 2, -1)):
        if opens if toward > 0 else closes:
            ends = (QPointF(at + toward * arm, top), QPointF(at, top), QPointF(at, bottom))
            painter.drawPolyline([*ends, QPointF(at + toward * arm, bottom)])


def _anchor(painter: QPainter, rect: QRectF, color: QColor) -> None:
    """An omission: a caret sign under the place where something is missing."""
    x, bottom = rect.center().x(), rect.bottom() - rect.height() * 0.02
    painter.setPen(QPen(color, 1.6))
    painter.drawLine(QPointF(x, rect.top() + rect.height() * 0.2), QPointF(x, bottom - 4))
    painter.drawPolyline([QPointF(x - 4, bottom), QPointF(x, bottom - 5), QPointF(x + 4, bottom)])


def _link_fragments(painter: QPainter, rect: QRectF, color: QColor) -> None:
    painter.setPen(QPen(color, 1, Qt.PenStyle.DotLine))
    y = rect.bottom() - rect.height() * 0.1
    painter.drawLine(QPointF(rect.right(), y), QPointF(rect.right() + 10, y))


def _chosen(painter: QPainter, context: PaintContext, placed: list[_Placed]) -> None:
    for item in placed:
        for mark in item.block.marks:
            is_chosen = mark.owner == context.view.chosen
            if not is_chosen and mark.owner != context.view.hovered:
                continue
            color = line_color(mark.color, context.background)
            painter.setPen(QPen(color, 1.6 if is_chosen else 1.0))
            painter.setBrush(_tint(mark.color, 0.14 if is_chosen else 0.06))
            for fragment in mark.fragments:
                for rect in _rects(item, fragment.start, fragment.end):
                    painter.drawRoundedRect(_text_box(item, rect).adjusted(-1.5, -1, 1.5, 1), 3, 3)
            painter.setBrush(Qt.BrushStyle.NoBrush)


def _badges(painter: QPainter, context: PaintContext, placed: list[_Placed]) -> None:
    font = QFont(context.layout.style.badge_font)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    for item in placed:
        for badge in item.block.badges:
            rect = badge.rect.translated(0, item.top)
            base = QPointF(rect.left(), rect.top() + metrics.ascent())
            painter.setPen(badge_color(badge.mark.color, context.background))
            painter.drawText(base, badge.mark.badge)
            if badge.mark.note:
                painter.setPen(QColor(context.tones.good))
                after = metrics.horizontalAdvance(badge.mark.badge + " ")
                painter.drawText(base + QPointF(after, 0), badge.mark.note)


def _caret(painter: QPainter, context: PaintContext, placed: list[_Placed]) -> None:
    caret = context.view.caret
    number = context.layout.blocks.at(caret)
    if context.first <= number <= context.last:
        rect = context.layout.caret_rect(caret)
        color = QColor(context.tones.accent if context.focused else context.tones.line)
        painter.fillRect(_text_box(placed[number - context.first], rect), color)

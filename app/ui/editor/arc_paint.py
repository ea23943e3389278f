"""Painting relations as arcs over a text: pure functions over one frozen context."""

from collections.abc import Sequence
from functools import lru_cache
from math import hypot
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF

from app.ui.editor.arcs import Arc, ShownArcs
from app.ui.editor.block_arcs import PlacedPiece
from app.ui.editor.gutter_lanes import GutterLanes
from app.ui.editor.layout import TextLayout
from app.ui.editor.paint import badge_color, badge_label, line_color
from app.ui.theme import CROWD_COLOR

GUTTER = (5.0, 9.0, 17.0, 21.0, 7.0, 19.0, 15.0, 24.0)  # lanes in the margin, in pixels from the text
_CROWD_WIDTH = 3.0  # of the last of them, where arcs run over each other
_CORNER = 5.0
_HEAD = (3.6, 6.5)  # half the width and the length of an arrow head
_DOT = 2.2
_THIN, _THICK = 1.2, 1.9
_BEYOND = 40.0  # pixels over the edge of the view, where an arc goes on that ends out of sight
HANDLE = 4.0  # the radius of the handle at the chosen mark


class LiveArc(NamedTuple):
    """A relation that is being made: from a range to another one, or to a point of the content while it is dragged."""

    source: tuple[int, int]
    color: str
    head: bool = True
    target: tuple[int, int] | None = None
    point: QPointF | None = None


class ArcContext(NamedTuple):
    """All that painting looks at. `first` and `last` are the blocks in view, which lies between `top` and `bottom`, in
    content pixels; only what is between `high` and `low` has to be painted. `gutter` has the lanes in the margin, and
    arcs that run `past` the blocks in view are seen there only.
    """

    layout: TextLayout
    background: str
    shown: ShownArcs
    gutter: GutterLanes
    past: Sequence[Arc]
    first: int
    last: int
    top: float
    bottom: float
    high: float
    low: float

    def meets(self, high: float, low: float) -> bool:
        """Whether something between two heights has to be painted."""
        return high <= self.low and low >= self.high


class _Placed(NamedTuple):
    """A piece in content pixels."""

    piece: PlacedPiece
    top: float

    @property
    def y(self) -> float:
        return self.top + self.piece.y

    @property
    def foot(self) -> float:
        return self.top + self.piece.foot


def paint_arcs(painter: QPainter, context: ArcContext) -> None:
    """Paint the arcs in view; the painter's origin is the top left of the text."""
    placed = _in_view(context)
    if not placed and not context.past:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    found = _by_arc(placed)
    _take_lanes(context, [arc for arc, _ in found])
    # Those of the chosen mark come last, over the others.
    for stands_out in (False, True):
        _past(painter, context, thick=stands_out)
        for arc, ends in found:
            if (arc.uid in context.shown.uids) is stands_out:
                _arc(painter, context, arc, ends, thick=stands_out)
    painter.setFont(context.layout.style.badge_font)
    for item in placed:
        _badge(painter, context, item)


def _in_view(context: ArcContext) -> list[_Placed]:
    found: list[_Placed] = []
    for number in range(context.first, context.last + 1):
        pieces = context.layout.block(number).pieces(context.shown)
        top = context.layout.top(number)
        found += [_Placed(item, top) for item in pieces]
    return found


def _take_lanes(context: ArcContext, arcs: Sequence[Arc]) -> None:
    """Give the arcs that run along the margin their lanes there: first those of the chosen mark, and those that only
    pass by last.
    """
    for arc in sorted((*arcs, *context.past), key=lambda arc: arc.uid not in context.shown.uids):
        context.gutter.lane(arc)


def _past(painter: QPainter, context: ArcContext, *, thick: bool) -> None:
    """Draw the arcs that only pass by; those of one look in one lane are one line."""
    own = [arc for arc in context.past if (arc.uid in context.shown.uids) is thick]
    ends = QPointF(0, context.top - _BEYOND), QPointF(0, context.bottom + _BEYOND)
    for (lane, color), arc in {(context.gutter.lane(arc), arc.color): arc for arc in own}.items():
        away = QPointF(_gutter_x(context, arc), 0)
        is_crowd = context.gutter.is_crowd(lane) and not thick
        painter.setPen(_crowd_pen(context.background) if is_crowd else _arc_pen(color, context.background, thick=thick))
        painter.drawLine(ends[0] + away, ends[1] + away)


def _by_arc(placed: Sequence[_Placed]) -> Sequence[tuple[Arc, list[_Placed]]]:
    found: dict[str, tuple[Arc, list[_Placed]]] = {}
    for item in placed:
        for arc in item.piece.piece.arcs:
            found.setdefault(arc.uid, (arc, []))[1].append(item)
    return list(found.values())


def _arc(painter: QPainter, context: ArcContext, arc: Arc, ends: Sequence[_Placed], *, thick: bool) -> None:
    first = ends[0]
    piece = first.piece.piece
    high, low = min(item.y for item in ends), max(item.foot for item in ends)
    if piece.other is None and len(ends) == 1:
        high, low = context.top, context.bottom
    if not context.meets(high - 2, low + 2):
        return
    color = line_color(arc.color, context.background)
    painter.setPen(_arc_pen(arc.color, context.background, thick=thick))
    if piece.other is not None:
        points = [
            QPointF(piece.x, first.foot),
            QPointF(piece.x, first.y),
            QPointF(piece.other, first.y),
            QPointF(piece.other, first.foot),
        ]
        painter.drawPath(rounded(points))
        _tip(painter, color, QPointF(piece.x, first.foot), is_head=False, headed=arc.head)
        _tip(painter, color, QPointF(piece.other, first.foot), is_head=arc.head, headed=arc.head)
        return
    x = _gutter_x(context, arc)
    legs = [_leg(next((item for item in ends if item.piece.piece.owner == owner), None), x) for owner in arc.owners]
    if context.gutter.is_crowd(context.gutter.lane(arc)) and not thick:
        for leg in filter(None, legs):
            painter.drawPath(rounded(leg))
        painter.setPen(_crowd_pen(context.background))
        painter.drawLine(*_trunk(context, arc, legs, x))
        painter.setPen(_arc_pen(arc.color, context.background, thick=False))
    elif all(legs):
        painter.drawPath(rounded([*legs[0][::-1], *legs[1]]))
    else:
        painter.drawPath(rounded([*(legs[0] or legs[1])[::-1], _trunk(context, arc, legs, x)[1]]))
    for leg, is_head in ((legs[0], False), (legs[1], arc.head)):
        if leg:
            _tip(painter, color, leg[-1], is_head=is_head, headed=arc.head)


def _trunk(context: ArcContext, arc: Arc, legs: Sequence[list[QPointF]], x: float) -> tuple[QPointF, QPointF]:
    """Return from where to where an arc runs along the margin; to beyond the view, if an end is out of sight."""
    there = [leg[0] for leg in legs if leg]
    if len(there) == len(legs):
        return there[0], there[1]
    here, other = (arc.source, arc.target) if legs[0] else (arc.target, arc.source)
    return there[0], QPointF(x, context.bottom + _BEYOND if other.start > here.start else context.top - _BEYOND)


def _arc_pen(color: str, background: str, *, thick: bool) -> QPen:
    return _pen(line_color(color, background).name(), _THICK if thick else _THIN)


def _crowd_pen(background: str) -> QPen:
    return _pen(line_color(CROWD_COLOR, background).name(), _CROWD_WIDTH)


@lru_cache(maxsize=256)
def _pen(color: str, width: float) -> QPen:
    return QPen(QColor(color), width, c=Qt.PenCapStyle.FlatCap)


def _leg(item: _Placed | None, x: float) -> list[QPointF]:
    """Return the way from the margin to a mark."""
    if item is None:
        return []
    at = item.piece.piece.x
    return [QPointF(x, item.y), QPointF(at, item.y), QPointF(at, item.foot)]


def _gutter_x(context: ArcContext, arc: Arc) -> float:
    away = GUTTER[context.gutter.lane(arc)]
    return context.layout.width + away if context.layout.mirrored else -away


def _tip(painter: QPainter, color: QColor, at: QPointF, *, is_head: bool, headed: bool) -> None:
    """Draw the end of an arc: an arrow head; nothing where the other end has one; else a dot."""
    if headed and not is_head:
        return
    pen = painter.pen()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if is_head:
        wide, high = _HEAD
        tip = at + QPointF(0, 0.5)
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-wide, -high), tip + QPointF(wide, -high)]))
    else:
        painter.drawEllipse(at - QPointF(0, 1), _DOT, _DOT)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)


def _badge(painter: QPainter, context: ArcContext, item: _Placed) -> None:
    arc = item.piece.piece.arcs[0]
    rect = item.piece.badge.translated(0, item.top)
    label = item.piece.piece.label
    if label and context.meets(rect.top(), rect.bottom()):
        painter.fillRect(rect.adjusted(-2, 2, 2, -2), QColor(context.background))
        painter.setPen(badge_color(arc.color, context.background))
        painter.drawStaticText(rect.topLeft(), badge_label(label, context.layout.style.badge_font.pixelSize()))


def rounded(points: Sequence[QPointF]) -> QPainterPath:
    """Return a line through points whose corners are round."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _toward(corner, before), _toward(corner, after)
        path.lineTo(into)
        path.quadTo(corner, out)
    path.lineTo(points[-1])
    return path


def _toward(corner: QPointF, other: QPointF) -> QPointF:
    """Return where a round corner begins, on the way to another point."""
    way = other - corner
    length = hypot(way.x(), way.y())
    return corner if length == 0 else corner + way * (min(_CORNER, length / 2) / length)


# -- one that is being made --------------------------------------------------------------------------------------------


def handle_of(layout: TextLayout, start: int, end: int) -> QPointF | None:
    """Return the middle of the handle of a mark, in content pixels: at the upper corner where one reads on."""
    rects = layout.rects(start, end)
    if not rects:
        return None
    leftward = layout.block(layout.blocks.at(start)).leftward
    # Within its line, as everything is: lines are painted one by one.
    return QPointF(rects[0].left() - 1 if leftward else rects[0].right() + 1, rects[0].top() + HANDLE + 1)


def paint_handle(painter: QPainter, at: QPointF, color: str, background: str) -> None:
    """Paint the handle from which a relation is drawn by the mouse."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line_color(color, background), 1.6))
    painter.setBrush(QColor(background))
    painter.drawEllipse(at, HANDLE, HANDLE)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_live(painter: QPainter, layout: TextLayout, live: LiveArc, background: str) -> None:
    """Paint a relation that is being made: a dashed bow, over everything, from its source to where it leads now."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = line_color(live.color, background)
    for rect in layout.rects(*live.source):
        outline = QPainterPath()
        outline.addRoundedRect(rect.adjusted(-2, 0, 2, 0), 4, 4)
        painter.fillPath(_dashed(outline, 1.6), color)
    bow = _bow(layout, live)
    if bow is not None:
        painter.fillPath(_dashed(bow, 2.0), color)
        _tip(painter, color, bow.currentPosition(), is_head=live.head, headed=live.head)


def _dashed(path: QPainterPath, width: float) -> QPainterPath:
    """Return a path in dashes. Those of a pen begin elsewhere where only a part of them is painted again."""
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.FlatCap)
    stroker.setDashPattern([4.0, 2.0])
    return stroker.createStroke(path)


def live_area(layout: TextLayout, live: LiveArc) -> QRectF:
    """Return where a relation that is being made is drawn, in content pixels."""
    area = QRectF()
    for rect in layout.rects(*live.source):
        area = area.united(rect)
    bow = _bow(layout, live)
    if bow is not None:
        area = area.united(bow.controlPointRect())
    beyond = max(_HEAD) + 2
    return area.adjusted(-beyond, -beyond, beyond, beyond)


def _bow(layout: TextLayout, live: LiveArc) -> QPainterPath | None:
    """Return the way from the source to where the relation leads now, None if that is nowhere yet."""
    start = _top_of(layout, live.source)
    end = live.point if live.point is not None else _top_of(layout, live.target) if live.target is not None else None
    if end is None:
        return None
    rise = min(60.0, 18 + hypot(end.x() - start.x(), end.y() - start.y()) / 6)
    high = min(start.y(), end.y()) - rise
    path = QPainterPath(start)
    path.cubicTo(QPointF(start.x(), high), QPointF(end.x(), high), end)
    return path


def _top_of(layout: TextLayout, span: tuple[int, int]) -> QPointF:
    rects = layout.rects(*span)
    rect = rects[0] if rects else QRectF()
    return QPointF(rect.center().x(), rect.top())

"""A drawing as values: boxes and text with their positions. Screen and SVG file are painted from the same."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.core.wording import undirected
from app.ui.theme import DARK, LIGHT, Hue, Tones, contrast, ui_font

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter
SERIES = (
    *(Hue.BLUE, Hue.ORANGE, Hue.GREEN, Hue.PURPLE),
    *(Hue.SKY, Hue.VERMILLION, Hue.YELLOW, Hue.GREY),
)
"""The Okabe-Ito palette, the most distinct colours first."""


class Box(NamedTuple):
    """A filled rectangle; `row` is the figure row it represents, or -1. `line` is the colour of its edge."""

    rect: QRectF
    fill: str
    row: int = -1
    line: str = ""
    radius: float = 2.0


class Words(NamedTuple):
    """Text in a rectangle, elided to one line; `wrap` allows several lines instead."""

    rect: QRectF
    text: str
    color: str
    size: int = 12
    align: Qt.AlignmentFlag = LEFT
    bold: bool = False
    wrap: bool = False


class Line(NamedTuple):
    """A line through points."""

    points: Sequence[QPointF]
    color: str
    width: float = 2.0


class Picture(NamedTuple):
    """Everything to paint, lines first, then boxes. `cells` are the clickable rectangles of the figure's rows."""

    size: QSizeF
    boxes: Sequence[Box] = ()
    words: Sequence[Words] = ()
    cells: Sequence[tuple[QRectF, int]] = ()
    lines: Sequence[Line] = ()

    def row_at(self, place: QPointF) -> int:
        """Return the row drawn at a position, or -1."""
        return next((row for rect, row in self.cells if rect.contains(place)), -1)

    def rect_of(self, row: int) -> QRectF | None:
        """Return the rectangle of a row, or None if it isn't drawn."""
        return next((rect for rect, other in self.cells if other == row), None)

    def beside(self, row: int, key: Qt.Key) -> int:
        """Return the nearest row in the direction of an arrow key, or the same row if there is none."""
        here = self.rect_of(row)
        if here is None:
            return self.cells[0][1] if self.cells else -1
        best, found = 1e9, row
        for rect, other in self.cells:
            along, aside = _way(here.center(), rect.center(), key)
            if other != row and along > 0.5 and along + 4 * aside < best:
                best, found = along + 4 * aside, other
        return found


def _way(one: QPointF, other: QPointF, key: Qt.Key) -> tuple[float, float]:
    """Return the distances to another point along the direction of an arrow key, and across it."""
    dx, dy = other.x() - one.x(), other.y() - one.y()
    if key == Qt.Key.Key_Left:
        return -dx, abs(dy)
    if key == Qt.Key.Key_Right:
        return dx, abs(dy)
    return (-dy, abs(dx)) if key == Qt.Key.Key_Up else (dy, abs(dx))


def paint(picture: Picture, painter: QPainter, *, ring: str = "", row: int = -1) -> None:
    """Paint at the painter's origin; with a ring round a row if its colour is given."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for line in picture.lines:
        painter.setPen(QPen(QColor(line.color), line.width))
        painter.drawPolyline(list(line.points))
    for box in picture.boxes:
        painter.setPen(QPen(QColor(box.line), 1) if box.line else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(box.fill) if box.fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.rect, box.radius, box.radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for words in picture.words:
        font = font_of(words.size, bold=words.bold)
        painter.setFont(font)
        painter.setPen(QColor(words.color))
        if words.wrap:
            painter.drawText(words.rect, int(words.align | Qt.TextFlag.TextWordWrap), undirected(words.text))
        else:
            shown = QFontMetricsF(font).elidedText(
                undirected(words.text), Qt.TextElideMode.ElideRight, words.rect.width() + 0.5
            )
            painter.drawText(words.rect, int(words.align | Qt.TextFlag.TextSingleLine), shown)
    here = picture.rect_of(row) if ring else None
    if here is not None:
        painter.setPen(QPen(QColor(ring), 2))
        painter.drawRoundedRect(here.adjusted(1, 1, -1, -1), 3, 3)


def font_of(size: int, *, bold: bool = False) -> QFont:
    """Return the font of a drawing in a size in pixels."""
    return ui_font(size, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)


def width_of(text: str, size: int = 12, *, bold: bool = False) -> float:
    """Return the width of a text in pixels."""
    return QFontMetricsF(font_of(size, bold=bold)).horizontalAdvance(text)


def mixed(color: str, ground: str, share: float) -> str:
    """Return a colour blended with a ground: `share` is 0 for the ground, 1 for the colour."""
    one, other = QColor(color), QColor(ground)
    parts = [(one.redF(), other.redF()), (one.greenF(), other.greenF()), (one.blueF(), other.blueF())]
    return QColor.fromRgbF(*(a * share + b * (1 - share) for a, b in parts)).name()


def ink_on(fill: str, tones: Tones) -> str:
    """Return the text colour with the best contrast on a fill."""
    ground = QColor(fill)
    dark, light = (DARK.window, LIGHT.surface) if tones.name == "light" else (tones.window, tones.text)
    return dark if contrast(QColor(dark), ground) >= contrast(QColor(light), ground) else light

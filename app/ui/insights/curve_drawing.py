"""Draws curves: values from 0 to 1 over numbers, a line with dots for each key."""

from PySide6.QtCore import QPointF, QRectF, QSizeF

from app.review.figures.figure import Figure
from app.review.figures.table import cell_text
from app.ui.insights.picture import CENTER, LEFT, RIGHT, SERIES, Box, Line, Picture, Words, width_of
from app.ui.theme import Tones

_LEFT, _HIGH, _DOT, _BELOW = 46.0, 220.0, 5.0, 40.0
_MOST_WIDE = 900.0


def draw_curves(figure: Figure, width: float, tones: Tones) -> Picture:
    """Return the drawing of a figure whose `across` are numbers, for a width in pixels."""
    downs = figure.keys(figure.axes.down)
    hues = {key: SERIES[number % len(SERIES)] for number, key in enumerate(downs)}
    boxes: list[Box] = []
    words: list[Words] = []
    top = 6.0
    for key in downs:
        boxes.append(Box(QRectF(_LEFT, top + 5, 12, 12), hues[key]))
        words.append(Words(QRectF(_LEFT + 18, top, width - _LEFT - 18, 22), figure.words(key), tones.soft, 12))
        top += 22
    room = QRectF(_LEFT, top + 16, max(200.0, min(width, _MOST_WIDE) - _LEFT - 50), _HIGH)
    lines = [_grid(room, step / 4, words, tones) for step in range(5)]
    cells: list[tuple[QRectF, int]] = []
    at, key_at = figure.at(figure.axes.across), figure.at(figure.axes.down)
    most = max((float(row.cells[at] or 0) for row in figure.rows), default=0.0) or 1.0
    for key in downs:
        points: list[QPointF] = []
        for number, row in enumerate(figure.rows):
            if str(row.cells[key_at]) != key:
                continue
            value = max(0.0, min(1.0, figure.value(number) or 0.0))
            share = float(row.cells[at] or 0) / most
            place = QPointF(room.left() + room.width() * share, room.bottom() - value * _HIGH)
            points.append(place)
            dot = QRectF(place.x() - _DOT, place.y() - _DOT, 2 * _DOT, 2 * _DOT)
            boxes.append(Box(dot, hues[key], number, radius=_DOT))
            cells.append((dot.adjusted(-4, -4, 4, 4), number))
            text = cell_text(figure, number, figure.at(figure.axes.value))
            words.append(Words(QRectF(place.x() - 30, place.y() - 24, 60, 18), text, tones.text, 12, CENTER))
            below = QRectF(place.x() - 40, room.bottom() + 4, 80, 16)
            words.append(Words(below, f"{row.cells[at]:,}", tones.soft, 11, CENTER))
        lines.append(Line(points, hues[key]))
    title = figure.columns[at].title
    words.append(Words(QRectF(room.left(), room.bottom() + 20, width_of(title) + 8, 18), title, tones.soft, 12, LEFT))
    return Picture(QSizeF(room.right() + 50, room.bottom() + _BELOW), boxes, words, cells, lines)


def _grid(room: QRectF, share: float, words: list[Words], tones: Tones) -> Line:
    """Return a line of the grid, and write what it stands for."""
    y = room.bottom() - share * room.height()
    words.append(Words(QRectF(0, y - 9, _LEFT - 8, 18), f"{share:.2f}", tones.soft, 11, RIGHT))
    return Line([QPointF(room.left(), y), QPointF(room.right(), y)], tones.line, 1.0)

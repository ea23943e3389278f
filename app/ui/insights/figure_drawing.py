"""Draws figures: a matrix of numbers, a bar in each cell, stacked bars."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, QSizeF

from app.core.scheme import short_title
from app.review.figures.figure import Figure, Shape
from app.review.figures.table import cell_text
from app.ui.insights.curve_drawing import draw_curves
from app.ui.insights.picture import (
    CENTER,
    LEFT,
    RIGHT,
    SERIES,
    Box,
    Picture,
    Words,
    ink_on,
    mixed,
    width_of,
)
from app.ui.theme import Hue, Tones

MOST_LINES = 200
_ROW, _GAP = 30.0, 2.0
_HUES = {
    **{"done": Hue.GREEN, "done_empty": Hue.SKY, "skipped": Hue.ORANGE, "open": Hue.PURPLE, "untouched": ""},
    **{"kept": Hue.GREEN, "changed": Hue.ORANGE, "rejected": Hue.VERMILLION, "missed": ""},
    **{"neutral": Hue.SKY, "minor": Hue.YELLOW, "major": Hue.ORANGE, "critical": Hue.VERMILLION, "(none)": ""},
}


def hues_of(figure: Figure, column: str, known: Mapping[str, str] = _HUES) -> dict[str, str]:
    """Return a colour for each value of a column; "" means outlined only. Each annotator has one in all figures."""
    people = {name: SERIES[number % len(SERIES)] for number, name in enumerate(figure.people)}
    left = iter(SERIES * (1 + len(figure.rows)))
    return {key: known[key] if key in known else people.get(key) or next(left) for key in figure.keys(column)}


def draw(figure: Figure, width: float, tones: Tones) -> Picture:
    """Return the drawing of a figure for a width in pixels; it may need more width, and takes the height it needs."""
    drawings: dict[Shape, Callable[[Figure, float, Tones], Picture]] = {
        Shape.MATRIX: _matrix,
        Shape.BARS: _bars,
        Shape.STACKED: _stacked,
        Shape.CURVE: draw_curves,
    }
    return drawings[figure.shape](figure, width, tones)


def short_of(figure: Figure, key: str) -> str:
    """Return the short title of a key on an axis."""
    words = figure.words(key)
    return (
        short_title(words) if key != words and not key.startswith("(") and figure.axes.down != "document_id" else words
    )


def _row_title(figure: Figure, key: str) -> str:
    return figure.words(key) if figure.axes.down == "document_id" else short_of(figure, key)


def _matrix(figure: Figure, width: float, tones: Tones) -> Picture:
    downs, acrosses = figure.keys(figure.axes.down), figure.keys(figure.axes.across)
    if figure.axes.down == "annotator":  # the same annotators on both axes, in the same order
        acrosses = downs
    heads = {key: short_of(figure, key) for key in (*downs, *acrosses)}
    left = max(90.0, min(170.0, max(width_of(heads[key]) for key in downs) + 16))
    cell = max(58.0, min(112.0, (width - left) / max(1, len(acrosses))))
    top = 50.0 if any(width_of(heads[key], 11) > cell - 8 for key in acrosses) else 30.0
    small = [figure.at(key) for key in ("marks", "other_marks")] if figure.axes.down == "annotator" else []
    high = 46.0 if small else 34.0
    boxes: list[Box] = []
    words: list[Words] = []
    cells: list[tuple[QRectF, int]] = []
    for x, key in enumerate(acrosses):
        rect = QRectF(left + x * cell + 3, 0, cell - 6, top - 6)
        words.append(Words(rect, heads[key], tones.soft, 11, CENTER, wrap=True))
    places = figure.cells()
    shade, value = figure.at(figure.axes.shade), figure.at(figure.axes.value)
    for y, down in enumerate(downs):
        middle = QRectF(0, top + y * high, left - 10, high)
        words.append(Words(middle, heads[down], tones.text, 12, RIGHT))
        for x, across in enumerate(acrosses):
            rect = QRectF(left + x * cell + 1, top + y * high + 1, cell - 2, high - 2)
            row = places.get((down, across))
            if row is None:
                if figure.axes.down == "annotator":
                    words.append(Words(rect, "–", tones.faint, 12, CENTER))
                continue
            number = figure.rows[row].cells[shade]
            share = max(0.0, min(1.0, float(number))) if isinstance(number, float) else 0.0
            hue = Hue.GREEN if down == across else (Hue.ORANGE if figure.id == "confusion" else Hue.BLUE)
            fill = mixed(hue, tones.paper, 0.08 + 0.82 * share) if number else tones.side_paper
            boxes.append(Box(rect, fill, row))
            text = cell_text(figure, row, value) or "n/a"
            faint = text == "0"
            ink = tones.faint if faint else ink_on(fill, tones)
            line = rect.adjusted(0, 0, 0, -16) if small else rect
            words.append(Words(line, "·" if faint else text, ink, 13, CENTER, bold=not faint))
            if small:
                n = " + ".join(cell_text(figure, row, at) for at in small)
                words.append(Words(rect.adjusted(2, 18, -2, 0), f"n = {n}", ink, 10, CENTER))
            cells.append((rect, row))
    return Picture(QSizeF(left + cell * len(acrosses), top + high * len(downs) + 4), boxes, words, cells)


def _bars(figure: Figure, width: float, tones: Tones) -> Picture:
    downs, acrosses = figure.keys(figure.axes.down)[:MOST_LINES], figure.keys(figure.axes.across)
    titles = {key: _row_title(figure, key) for key in downs}
    left = max(90.0, min(240.0, max((width_of(title) for title in titles.values()), default=0) + 16))
    cell = max(110.0, min(260.0, (width - left) / max(1, len(acrosses))))
    top, high = 28.0, 26.0
    boxes: list[Box] = []
    words: list[Words] = []
    cells: list[tuple[QRectF, int]] = []
    hues = hues_of(figure, figure.axes.across, {"gold": Hue.GREY})
    for x, key in enumerate(acrosses):
        words.append(
            Words(QRectF(left + x * cell, 0, cell - 12, top - 6), figure.words(key), tones.soft, 11, LEFT, True)
        )
        boxes.append(Box(QRectF(left + x * cell, top - 4, cell - 12, 1), tones.line, radius=0))
    places = figure.cells()
    value = figure.at(figure.axes.value)
    greatest = max((figure.value(row) or 0 for row in range(len(figure.rows))), default=0) or 1
    for y, down in enumerate(downs):
        words.append(Words(QRectF(0, top + y * high, left - 10, high), titles[down], tones.text, 12, RIGHT))
        for x, across in enumerate(acrosses):
            row = places.get((down, across))
            if row is None:
                continue
            rect = QRectF(left + x * cell, top + y * high, cell - 12, high)
            text = cell_text(figure, row, value) or "n/a"
            room = rect.width() - width_of("0,000.0") - 8
            long = max(1.5, room * (figure.value(row) or 0) / greatest)
            boxes.append(Box(QRectF(rect.left(), rect.top() + 6, long, high - 12), hues[across], row))
            words.append(Words(rect.adjusted(long + 6, 0, 0, 0), text, tones.text, 12))
            cells.append((rect.adjusted(-2, 1, 2, -1), row))
    high_all = top + high * len(downs) + 4
    more = len(figure.keys(figure.axes.down)) - len(downs)
    if more > 0:
        words.append(Words(QRectF(left, high_all, 400, 24), f"and {more:,} more, in the table", tones.faint, 12))
        high_all += 28
    return Picture(QSizeF(left + cell * len(acrosses), high_all), boxes, words, cells)


def _stacked(figure: Figure, width: float, tones: Tones) -> Picture:
    downs = figure.keys(figure.axes.down)
    hues = hues_of(figure, figure.axes.across)
    order = [key for key in figure.titles if key in hues] + [key for key in hues if key not in figure.titles]
    titles = {key: short_of(figure, key) for key in downs}
    left = max(90.0, min(200.0, max((width_of(title) for title in titles.values()), default=0) + 16))
    boxes, words, top = _swatches(figure, order, hues, left, width, tones)
    cells: list[tuple[QRectF, int]] = []
    places = figure.cells()
    totals = {
        key: sum(figure.value(places[key, part]) or 0 for part in order if (key, part) in places) for key in downs
    }
    room = max(200.0, width - left - 60)
    for y, down in enumerate(downs):
        line = QRectF(0, top + y * (_ROW + 6), left - 10, _ROW)
        words.append(Words(line, titles[down], tones.text, 12, RIGHT))
        x = left
        scale = room / ((totals[down] if figure.axes.shade else max(totals.values())) or 1)
        for part in order:
            row = places.get((down, part))
            if row is None:
                continue
            long = max(3.0, (figure.value(row) or 0) * scale - _GAP)
            rect = QRectF(x, line.top(), long, _ROW)
            boxes.append(Box(rect, hues[part], row, "" if hues[part] else tones.faint))
            words.extend(_inside(figure, row, rect, ink_on(hues[part] or tones.paper, tones)))
            cells.append((rect, row))
            x += long + _GAP
        words.append(Words(QRectF(x + 6, line.top(), 60, _ROW), f"{totals[down]:,.0f}", tones.soft, 12))
    return Picture(QSizeF(left + room + 60, top + (_ROW + 6) * len(downs) + 4), boxes, words, cells)


def _swatches(
    figure: Figure, order: list[str], hues: Mapping[str, str], left: float, width: float, tones: Tones
) -> tuple[list[Box], list[Words], float]:
    """Return swatches and words for each part, on as many lines as they need, and the bottom edge."""
    boxes: list[Box] = []
    words: list[Words] = []
    x, y = left, 2.0
    for key in order:
        title = figure.words(key)
        need = width_of(title) + 34
        if x + need > width and x > left:
            x, y = left, y + 22
        boxes.append(Box(QRectF(x, y + 5, 12, 12), hues[key], -1, "" if hues[key] else tones.faint))
        words.append(Words(QRectF(x + 18, y, need - 18, 22), title, tones.soft, 12))
        x += need
    return boxes, words, y + 32


def legend(figure: Figure, order: list[str], hues: Mapping[str, str], width: float, tones: Tones) -> Picture:
    """Return a drawing of the colour legend only."""
    boxes, words, top = _swatches(figure, order, hues, 40, width, tones)
    return Picture(QSizeF(width, top), boxes, words)


def _inside(figure: Figure, row: int, rect: QRectF, ink: str) -> list[Words]:
    """Return the text inside a part: number and share, the number alone, or nothing, by the space available."""
    count = cell_text(figure, row, figure.at(figure.axes.value))
    ids = [column.id for column in figure.columns]
    share = cell_text(figure, row, ids.index("share")) if "share" in ids else ""
    for text in (f"{count} · {share}" if share else count, count):
        if width_of(text, bold=True) + 8 <= rect.width():
            return [Words(rect, text, ink, 12, CENTER, bold=True)]
    return []

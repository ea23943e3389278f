"""Charts with a numeric axis, drawn by pyqtgraph: finished documents by day, and time per document.

Imported only when the Insights workspace has something to show: importing pyqtgraph takes most of a second.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import pyqtgraph
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from app.core.wording import undirected
from app.review.figures.figure import Figure, Shape, span_of_time
from app.ui.guard import guarded
from app.ui.insights.figure_drawing import hues_of, legend
from app.ui.insights.figure_file import svg_of
from app.ui.insights.picture import Picture, font_of, ink_on, paint
from app.ui.insights.plots import described
from app.ui.theme import LIGHT, Tones
from app.ui.widgets.labels import literal

pyqtgraph.setConfigOptions(antialias=True, exitCleanup=False)

_LEGEND = 34
_TALLEST = 460
_MOST_NUMBERS = 60  # days; with more, the columns are too narrow for numbers
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class _Spot(NamedTuple):
    """Where a row is drawn, in axis units."""

    rect: QRectF
    row: int


class _WordAxis(pyqtgraph.AxisItem):
    """An axis whose tick labels come from `word_of`, if set."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.word_of: Callable[[float], str] | None = None
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.word_of is None:
            return [f"{value:g}" if value == round(value) else "" for value in values]
        return [undirected(self.word_of(value)) for value in values]


@guarded
class ChartPlot(QWidget):
    """A chart with axes. It has the same interface as `PaintedPlot`; arrow keys go to the next or previous row."""

    row_chosen = Signal(object)  # int
    entered = Signal(object)  # int

    def __init__(self, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("insights-chart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 240)
        self.tones = tones
        self.figure: Figure | None = None
        self.row = -1
        self._legend: Picture | None = None
        self._spots: list[_Spot] = []
        self.view = pyqtgraph.GraphicsView(self)
        self.view.setObjectName("insights-chart-view")
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._layout = pyqtgraph.GraphicsLayout()
        self._layout.setContentsMargins(0, 4, 8, 0)
        self.view.setCentralItem(self._layout)
        self._box = pyqtgraph.ViewBox(enableMenu=False)
        self._across, self._up = _WordAxis("bottom"), _WordAxis("left")
        self._layout.addItem(self._up, 0, 0)
        self._layout.addItem(self._box, 0, 1)
        self._layout.addItem(self._across, 1, 1)
        for axis in (self._across, self._up):
            axis.linkToView(self._box)
            axis.setStyle(tickFont=font_of(11), tickLength=-4)
        self._ring = pyqtgraph.QtWidgets.QGraphicsRectItem()
        self.view.viewport().installEventFilter(self)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.view)

    # -- view ----------------------------------------------------------------------------------------------------------

    def show_figure(self, figure: Figure, row: int) -> None:
        """Show a figure, with one row selected."""
        self.figure, self.row = figure, row
        self.setAccessibleName(f"{figure.title}. {figure.lead}")
        self._build()

    def apply_look(self, tones: Tones) -> None:
        """Apply other colours."""
        self.tones = tones
        self._build()

    def choose(self, row: int) -> None:
        """Draw the ring round a row, and announce it to screen readers."""
        self.row = row
        if self.figure is not None and 0 <= row < len(self.figure.rows):
            self.setAccessibleDescription(described(self.figure, row))
        spot = next((spot for spot in self._spots if spot.row == row), None)
        self._ring.setVisible(spot is not None)
        if spot is not None:
            self._ring.setRect(spot.rect)

    def _build(self) -> None:
        if self.figure is None or not self.figure.rows:
            return
        tones = self.tones
        self.view.setBackground(QColor(tones.paper))
        for axis in (self._across, self._up):
            axis.setPen(pyqtgraph.mkPen(tones.line))
            axis.setTextPen(pyqtgraph.mkPen(tones.soft))
        self._box.clear()
        self._spots = []
        self._ring = pyqtgraph.QtWidgets.QGraphicsRectItem()
        self._ring.setPen(pyqtgraph.mkPen(tones.text, width=2))
        self._ring.setZValue(50)
        if self.figure.shape is Shape.DAYS:
            self._build_days(self.figure)
        else:
            self._build_strip(self.figure)
        self._column.setContentsMargins(0, _LEGEND if self._legend is not None else 6, 0, 0)
        self._box.addItem(self._ring, ignoreBounds=True)
        self.choose(self.row)
        self.update()

    def _build_days(self, figure: Figure) -> None:
        day_at, who_at = figure.at(figure.axes.down), figure.at(figure.axes.across)
        hues = hues_of(figure, figure.axes.across, {})
        self.setMaximumHeight(_TALLEST)
        self._legend = legend(figure, list(hues), hues, self.width() or 600, self.tones)
        dated = [number for number, row in enumerate(figure.rows) if row.cells[day_at]]
        heights: dict[int, float] = {}
        days = {number: date.fromisoformat(str(figure.rows[number].cells[day_at])).toordinal() for number in dated}
        # Days are counted from the first one: SVG output has six digits per number, and ordinal dates need more.
        begin = min(days.values(), default=1)
        numbered = len({figure.rows[number].cells[day_at] for number in dated}) <= _MOST_NUMBERS
        for number in dated:
            cells = figure.rows[number].cells
            day = days[number] - begin
            high, low = figure.value(number) or 0, heights.get(day, 0)
            heights[day] = low + high
            spot = _Spot(QRectF(day - 0.4, low, 0.8, high), number)
            self._spots.append(spot)
            self._bar(spot, hues[str(cells[who_at])])
            if numbered:
                ink = ink_on(hues[str(cells[who_at])], self.tones)
                self._number(f"{high:g}", ink, QPointF(day, low + high / 2))
        self._across.word_of = _days_from(begin)
        self._up.word_of = None
        self._across.setLabel(None)
        if heights:
            first, last = min(heights), max(heights)
            wide = max(last - first + 1.4, 8)
            self._box.setLimits(yMin=0, yMax=None, xMin=first - wide, xMax=last + wide)
            self._box.setRange(
                xRange=(first - 0.7, first - 0.7 + wide), yRange=(0, max(heights.values()) * 1.08), padding=0
            )
        self._box.setMouseEnabled(x=True, y=False)
        _space(self._across, _day_step(len(range(min(heights), max(heights) + 1)) if heights else 1))
        _space(self._up, _step(max(heights.values(), default=1)))
        self._up.setWidth(36)

    def _bar(self, spot: _Spot, color: str) -> None:
        item = pyqtgraph.QtWidgets.QGraphicsRectItem(spot.rect)
        item.setPen(pyqtgraph.mkPen(self.tones.paper, width=1))
        item.setBrush(pyqtgraph.mkBrush(color))
        self._box.addItem(item)

    def _number(self, text: str, color: str, place: QPointF) -> None:
        item = pyqtgraph.TextItem(text, color=color, anchor=(0.5, 0.5))
        item.setFont(font_of(11, bold=True))
        item.setPos(place)
        item.setZValue(20)
        self._box.addItem(item, ignoreBounds=True)

    def _build_strip(self, figure: Figure) -> None:
        self._legend = None
        self.setMaximumHeight(110 + 110 * len(figure.keys(figure.axes.down)))
        who_at, value = figure.at(figure.axes.down), figure.at(figure.axes.value)
        people = figure.keys(figure.axes.down)
        line = {name: len(people) - 1 - number for number, name in enumerate(people)}
        hues = hues_of(figure, figure.axes.down, {})
        most = max(float(row.cells[value] or 0) for row in figure.rows) / 60
        seen: dict[str, int] = {}
        for number, row in enumerate(figure.rows):
            name = str(row.cells[who_at])
            nth = seen[name] = seen.get(name, 0) + 1
            # Dots of similar times would overlap: spread them vertically.
            y = line[name] + ((nth * 5) % 9 - 4) * 0.05
            x = float(row.cells[value] or 0) / 60
            self._spots.append(_Spot(QRectF(x - most * 0.006, y - 0.06, most * 0.012, 0.12), number))
        dots = pyqtgraph.ScatterPlotItem(
            x=[spot.rect.center().x() for spot in self._spots],
            y=[spot.rect.center().y() for spot in self._spots],
            size=9,
            useCache=False,  # an SVG file should contain circles, not bitmaps of them
            pen=pyqtgraph.mkPen(self.tones.paper),
            brush=[pyqtgraph.mkBrush(hues[str(row.cells[who_at])]) for row in figure.rows],
        )
        self._box.addItem(dots)
        for y in line.values():
            rule = pyqtgraph.InfiniteLine(y, angle=0, pen=pyqtgraph.mkPen(self.tones.soft_line))
            rule.setZValue(-10)
            self._box.addItem(rule, ignoreBounds=True)
        for name, seconds in figure.middles.items():
            self._median(seconds / 60, line[name], span_of_time(seconds))
        self._across.word_of = None
        self._across.setLabel("minutes", color=self.tones.soft)
        self._up.word_of = _names({y: name for name, y in line.items()})
        _space(self._up, 1)
        self._up.setWidth(90)
        _space(self._across, _step(most))
        self._box.setLimits(xMin=0, xMax=most * 1.1, yMin=-1, yMax=len(people))
        self._box.setRange(xRange=(0, most * 1.06), yRange=(-0.6, len(people) - 0.2), padding=0)
        self._box.setMouseEnabled(x=True, y=False)

    def _median(self, x: float, y: float, words: str) -> None:
        line = pyqtgraph.PlotDataItem([x, x], [y - 0.34, y + 0.34], pen=pyqtgraph.mkPen(self.tones.warn, width=2))
        self._box.addItem(line)
        item = pyqtgraph.TextItem(f"median {words}", color=self.tones.warn, anchor=(0, 1))
        item.setFont(font_of(11))
        item.setPos(x, y + 0.3)
        self._box.addItem(item, ignoreBounds=True)

    # -- file ----------------------------------------------------------------------------------------------------------

    def svg(self) -> bytes:
        """Return the visible chart as SVG, in the light colours."""
        if self.figure is None:
            return b""
        before, self.tones = self.tones, LIGHT
        self._ring.hide()
        row, self.row = self.row, -1
        self._build()
        top = _LEGEND if self._legend is not None else 0
        size = self.view.size()
        try:
            return svg_of(self.figure, size.height() + top, self._draw, width=size.width())
        finally:
            self.tones, self.row = before, row
            self._build()

    def _draw(self, painter: QPainter, rect: QRectF) -> None:
        top = 0
        if self._legend is not None:
            paint(self._legend, painter)
            top = _LEGEND
        self.view.render(painter, rect.adjusted(0, top, 0, 0), self.view.viewport().rect())

    # -- pointer and keys ----------------------------------------------------------------------------------------------

    def row_at(self, place: QPointF) -> int:
        """Return the row drawn at a position in the view (pixels), or -1."""
        best, found = 9.0, -1
        for spot in self._spots:
            here = self._box.mapViewToScene(spot.rect.center())
            corner = self._box.mapViewToScene(spot.rect.topLeft())
            half_width, half_height = abs(here.x() - corner.x()), abs(here.y() - corner.y())
            aside = max(abs(place.x() - here.x()) - half_width, abs(place.y() - here.y()) - half_height)
            if aside < best:
                best, found = aside, spot.row
                if aside <= 0:
                    break
        is_column = self.figure is not None and self.figure.shape is Shape.DAYS
        return found if best <= (0 if is_column else 8) else -1

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            row = self.row_at(event.position())
            if row >= 0 and event.type() == QEvent.Type.MouseButtonPress:
                self.setFocus()
                self.row_chosen.emit(row)
            elif row >= 0 and event.type() == QEvent.Type.MouseButtonDblClick:
                self.entered.emit(row)
        elif isinstance(event, QHelpEvent) and self.figure is not None:
            row = self.row_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), literal(described(self.figure, row)) if row >= 0 else "", self)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and self.figure is not None and self.figure.rows:
            self.row_chosen.emit(max(0, min(len(self.figure.rows) - 1, self.row + step)))
        elif self.row >= 0 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.row)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._legend is not None:
            paint(self._legend, painter)
        if self.hasFocus():
            painter.setPen(QColor(self.tones.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()


def _days_from(begin: int) -> Callable[[float], str]:
    def day_at(value: float) -> str:
        day = begin + round(value)
        return f"{date.fromordinal(day):%d %b}" if value == round(value) and 1 <= day < 3_000_000 else ""

    return day_at


def _names(by_line: dict[int, str]) -> Callable[[float], str]:
    def name_at(value: float) -> str:
        return by_line.get(round(value), "") if value == round(value) else ""

    return name_at


def _space(axis: pyqtgraph.AxisItem, step: int) -> None:
    axis.setTickSpacing(major=step, minor=step)  # no ticks between those with words


def _day_step(days: int) -> int:
    """Return the distance of ticks over a number of days."""
    return next((step for step in (1, 2, 7, 14, 28, 91) if days / step <= 12), 182)


def _step(most: float) -> int:
    """Return the distance of ticks up to a maximum: about five ticks, at whole numbers."""
    return next((step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if most / step <= 8), 1000)

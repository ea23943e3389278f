"""Shows a figure's drawing on the screen, with mouse and arrow keys."""

from functools import partial

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.core.wording import undirected
from app.review.figures.figure import Figure
from app.review.figures.table import cell_text
from app.ui.guard import guarded
from app.ui.insights.figure_drawing import draw
from app.ui.insights.figure_file import SVG_WIDTH, svg_of
from app.ui.insights.picture import Picture, paint
from app.ui.theme import LIGHT, Tones
from app.ui.widgets.labels import literal

_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def described(figure: Figure, row: int) -> str:
    """Describe a row in words, for its tooltip and for screen readers."""
    parts: list[str] = []
    for number, column in enumerate(figure.columns):
        text = cell_text(figure, row, number)
        if column.shown and text:
            parts.append(f"{column.title}: {text}")
    return undirected("\n".join(parts))


@guarded
class PaintedPlot(QWidget):
    """A figure painted by `figure_drawing.draw`."""

    row_chosen = Signal(object)  # int
    entered = Signal(object)  # int; by Enter or a double click

    def __init__(self, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("insights-plot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.tones = tones
        self.figure: Figure | None = None
        self.picture: Picture | None = None
        self.row = -1
        self._room = 600

    def show_figure(self, figure: Figure, row: int) -> None:
        """Show a figure, with one row selected."""
        self.figure, self.row = figure, row
        self.setAccessibleName(undirected(f"{figure.title}. {figure.lead}"))
        self._lay_out()
        self.choose(row)

    def apply_look(self, tones: Tones) -> None:
        """Apply other colours."""
        self.tones = tones
        self._lay_out()

    def choose(self, row: int) -> None:
        """Draw the ring round a row, and announce it to screen readers."""
        self.row = row
        if self.figure is not None and 0 <= row < len(self.figure.rows):
            self.setAccessibleDescription(described(self.figure, row))
        self.update()

    def fit(self, width: int) -> None:
        """Lay out for a width in pixels; a wider drawing is scrolled."""
        if width != self._room:
            self._room = width
            self._lay_out()

    def _lay_out(self) -> None:
        if self.figure is not None and self.figure.rows:
            self.picture = draw(self.figure, self._room, self.tones)
            size = self.picture.size.toSize()
            self.setFixedHeight(size.height() + 1)
            self.setMinimumWidth(size.width() if size.width() > self._room else 0)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, 300)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.picture is None:
            return
        painter = QPainter(self)
        paint(self.picture, painter, ring=self.tones.accent if self.hasFocus() else self.tones.text, row=self.row)
        painter.end()

    def svg(self) -> bytes:
        """Return the drawing as SVG, in the light colours."""
        if self.figure is None or not self.figure.rows:
            return b""
        picture = draw(self.figure, SVG_WIDTH, LIGHT)
        return svg_of(self.figure, picture.size.height(), partial(_paint_on, picture), width=picture.size.width())

    def row_at(self, place: QPoint) -> int:
        """Return the row drawn at a position, or -1."""
        return self.picture.row_at(place.toPointF()) if self.picture is not None else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if row >= 0:
            self.row_chosen.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if row >= 0:
            self.entered.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.picture is not None and key in _ARROWS:
            row = self.picture.beside(self.row, key)
            if row >= 0:
                self.row_chosen.emit(row)
        elif self.row >= 0 and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.row)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.figure is not None:
            row = self.row_at(event.pos())
            if row >= 0:
                QToolTip.showText(event.globalPos(), literal(described(self.figure, row)), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)


def _paint_on(picture: Picture, painter: QPainter, _rect: QRectF) -> None:
    paint(picture, painter)

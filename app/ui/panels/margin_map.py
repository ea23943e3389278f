"""A narrow map of the whole text beside it: where marks are, and what part is in view."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.ui.theme import Tones, readable


class MarginMap(QWidget):
    """Ticks at the marks' places; a click goes there."""

    place_wanted = Signal(object)  # share of the text, 0..1

    def __init__(self, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("margin-map")
        self.setAccessibleName("Map of marks")
        self.setToolTip("Where the marks are. Click to go there.")
        self.setFixedWidth(16)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._tones = tones
        self._ticks: Sequence[tuple[float, str]] = ()
        self._view = (0.0, 1.0)

    def sizeHint(self) -> QSize:
        return QSize(16, 100)

    def set_tones(self, tones: Tones) -> None:
        """Use other colours."""
        self._tones = tones
        self.update()

    def show_ticks(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Show marks at shares of the text, 0..1, each with its colour."""
        if ticks != self._ticks:
            self._ticks = ticks
            self.update()

    def show_view(self, start: float, end: float) -> None:
        """Show which share of the text is in view."""
        if (start, end) != self._view:
            self._view = (start, end)
            self.update()

    def _bar(self) -> QRectF:
        return QRectF(3, 14, 10, max(10, self.height() - 28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = self._bar()
        painter.fillRect(self.rect(), QColor(self._tones.paper))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tones.hover))
        painter.drawRoundedRect(bar, 5, 5)
        drawn: set[tuple[int, str]] = set()
        for share, color in self._ticks:
            y = int(bar.top() + share * (bar.height() - 3))
            if (y, color) not in drawn:
                drawn.add((y, color))
                painter.fillRect(QRectF(bar.left() + 1, y, bar.width() - 2, 3), readable(color, self._tones.hover, 2.5))
        top, bottom = (bar.top() + share * bar.height() for share in self._view)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._tones.faint), 1))
        painter.drawRoundedRect(QRectF(bar.left() + 0.5, top + 0.5, bar.width() - 1, max(8.0, bottom - top - 1)), 4, 4)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        bar = self._bar()
        self.place_wanted.emit(max(0.0, min(1.0, (event.position().y() - bar.top()) / bar.height())))

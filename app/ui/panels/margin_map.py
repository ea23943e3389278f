"""A narrow map of the whole text beside it: where annotations and suggestions are, and what part is in view."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.guard import guarded
from app.ui.theme import SUGGESTION_COLOR, Tones, readable

_DOTS = 4  # pixels from dot to dot


@guarded
class MarginMap(QWidget):
    """Ticks at the annotations' places, dotted ones at those of suggestions; a click goes there."""

    place_wanted = Signal(object)  # share of the text, 0..1

    def __init__(self, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("margin-map")
        self.setAccessibleName("Map of marks")
        self.setToolTip("Positions of marks; suggestions are dotted. Click to go there.")
        self.setFixedWidth(16)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._tones = tones
        self._ticks: AbstractSet[tuple[float, str]] = frozenset()
        self._picture = QPixmap()  # the ticks, drawn once: there may be thousands, and the view moves with each scroll
        self._suggested: AbstractSet[float] = frozenset()
        self._dotted = QPixmap()  # over the ticks: when a suggestion is answered, thousands of those stay
        self._view = (0.0, 1.0)

    def sizeHint(self) -> QSize:
        return QSize(16, 100)

    def set_tones(self, tones: Tones) -> None:
        """Use other colours."""
        self._tones = tones
        self._picture = self._dotted = QPixmap()
        self.update()

    def show_ticks(self, places: Iterable[tuple[float, str]]) -> None:
        """Show annotations at shares of the text, 0..1, each with its colour."""
        ticks = frozenset(places)
        added = ticks - self._ticks
        if len(ticks) == len(self._ticks) and not added:
            return
        if ticks >= self._ticks and not self._picture.isNull():
            self._draw_ticks(self._picture, added)  # an annotation came; thousands stay
        else:
            self._picture = QPixmap()
        self._ticks = ticks
        self.update()

    def show_suggested(self, places: AbstractSet[float]) -> None:
        """Show suggestions at shares of the text, 0..1."""
        if places == self._suggested:
            return
        before, after = self._rows(self._suggested), self._rows(places)
        if not self._dotted.isNull():
            # Only what differs is drawn again, with those whose dots were touched.
            gone = before - after
            near = {y + by for y in gone for by in (-1, 0, 1)}
            self._draw_dots(self._dotted, clear=gone, draw=(after - before) | (after & near))
        self._suggested = places
        self.update()

    def show_view(self, start: float, end: float) -> None:
        """Show which share of the text is in view."""
        if (start, end) != self._view:
            self._view = (start, end)
            self.update()

    def _bar(self) -> QRectF:
        return QRectF(3, 14, 10, max(10, self.height() - 28))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = self._dotted = QPixmap()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture.isNull() or self._picture.devicePixelRatio() != self.devicePixelRatio():
            self._picture = self._drawn()
            self._dotted = QPixmap()
        if self._suggested and self._dotted.isNull():
            self._dotted = self._drawn_dotted()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._picture)
        if self._suggested:
            painter.drawPixmap(0, 0, self._dotted)
        bar = self._bar()
        top, bottom = (bar.top() + share * bar.height() for share in self._view)
        painter.setPen(QPen(QColor(self._tones.faint), 1))
        painter.drawRoundedRect(QRectF(bar.left() + 0.5, top + 0.5, bar.width() - 1, max(8.0, bottom - top - 1)), 4, 4)
        painter.end()

    def _drawn(self) -> QPixmap:
        picture = QPixmap(self.size() * self.devicePixelRatio())
        picture.setDevicePixelRatio(self.devicePixelRatio())
        picture.fill(QColor(self._tones.paper))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = self._bar()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tones.hover))
        painter.drawRoundedRect(bar, 5, 5)
        painter.end()
        self._draw_ticks(picture, self._ticks)
        return picture

    def _draw_ticks(self, picture: QPixmap, ticks: AbstractSet[tuple[float, str]]) -> None:
        bar = self._bar()
        colors = {color: readable(color, self._tones.hover, 2.5) for _, color in ticks}
        painter = QPainter(picture)
        for y, color in sorted({(int(bar.top() + share * (bar.height() - 3)), color) for share, color in ticks}):
            painter.fillRect(QRectF(bar.left() + 1, y, bar.width() - 2, 3), colors[color])
        painter.end()

    def _drawn_dotted(self) -> QPixmap:
        """Return the ticks of suggestions: dotted as their lines in the text, and wider than the bar, so that they are
        seen where an annotation's tick lies under them.
        """
        picture = QPixmap(self.size() * self.devicePixelRatio())
        picture.setDevicePixelRatio(self.devicePixelRatio())
        picture.fill(Qt.GlobalColor.transparent)
        self._draw_dots(picture, clear=set(), draw=self._rows(self._suggested))
        return picture

    def _rows(self, shares: AbstractSet[float]) -> set[int]:
        """Return at which pixels, from the top, there are dots."""
        bar = self._bar()
        return {int(bar.top() + share * (bar.height() - 3)) for share in shares}

    def _draw_dots(self, picture: QPixmap, *, clear: AbstractSet[int], draw: AbstractSet[int]) -> None:
        color = QColor(readable(SUGGESTION_COLOR, self._tones.hover, 2.5))
        painter = QPainter(picture)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        for y in clear:
            painter.fillRect(0, y, self.width(), 2, Qt.GlobalColor.transparent)
        for y in draw:
            for x in range(1, self.width(), _DOTS):
                painter.fillRect(x, y, 2, 2, color)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        bar = self._bar()
        self.place_wanted.emit(max(0.0, min(1.0, (event.position().y() - bar.top()) / bar.height())))

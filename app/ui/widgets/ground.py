"""The ground that panels stand on."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOption, QWidget

from app.ui.guard import guarded


@guarded
class Ground(QWidget):
    """A panel whose background in the style sheet covers it from edge to edge.

    Qt is told so: what changes on it is then painted without all the layers of the window that lie below.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        painter.end()


def ground_of(widget: QWidget) -> QColor:
    """Return the colour of the panel that a widget stands on: the nearest one around it."""
    around = widget.parentWidget()
    while around is not None and not isinstance(around, Ground):
        around = around.parentWidget()
    panel = around or widget
    return panel.palette().color(panel.backgroundRole())

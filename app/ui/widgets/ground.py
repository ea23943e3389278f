"""The ground that panels stand on."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QStyle, QStyleOption, QWidget

from app.ui.guard import guarded

_OPAQUE = 255


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
    """Return the colour of the panel that a widget stands on: the nearest one around it that has a background."""
    around = widget
    while (above := around.parentWidget()) is not None and not around.isWindow():
        around = above
        color = around.palette().color(around.backgroundRole())
        if _has_background(around) and color.alpha() == _OPAQUE:
            return color
    return around.palette().color(QPalette.ColorRole.Window)


def _has_background(widget: QWidget) -> bool:
    return isinstance(widget, Ground) or widget.testAttribute(Qt.WidgetAttribute.WA_StyledBackground)

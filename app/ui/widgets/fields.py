"""Fields that the wheel passes over: it scrolls what they lie in, and never turns their value.

Qt's own change by the wheel wherever the pointer happens to be, focused or not, so whoever scrolls a form changes what
comes under the pointer. The window uses these and no others: house rule `the_wheel_turns_no_field`.
"""

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QComboBox, QDoubleSpinBox, QFileDialog, QSpinBox, QTabBar, QWidget

from app.core.wording import undirected
from app.ui.guard import guarded


def _pass_on(event: QWheelEvent, field: QWidget) -> None:
    """Scroll what a field lies in; where nothing scrolls the event stays unanswered, and Qt asks what is around."""
    around = field.parentWidget()
    while around is not None and not isinstance(around, QAbstractScrollArea):
        around = around.parentWidget()
    event.ignore()
    if around is not None:
        QCoreApplication.sendEvent(around.viewport(), event)


@guarded
class ComboBox(QComboBox):
    """A combo box that leaves the wheel to what it lies in, and escapes direction controls in its items."""

    def addItem(  # pyright: ignore[reportIncompatibleMethodOverride]  no item of ours has an icon
        self, text: str, /, userData: object = None
    ) -> None:
        super().addItem(undirected(text), userData)

    def wheelEvent(self, event: QWheelEvent) -> None:
        _pass_on(event, self)


@guarded
class SpinBox(QSpinBox):
    """A field for a whole number that leaves the wheel to what it lies in."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        _pass_on(event, self)


@guarded
class DoubleSpinBox(QDoubleSpinBox):
    """A field for a number that leaves the wheel to what it lies in."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        _pass_on(event, self)


@guarded
class TabBar(QTabBar):
    """Tabs that leave the wheel to what they lie in."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        _pass_on(event, self)


@guarded
class FileDialog(QFileDialog):
    """Qt's file dialog, where the wheel turns neither the kind of file nor the folder."""

    def __init__(self, parent: QWidget, title: str, folder: str, kinds: str) -> None:
        super().__init__(parent, title, folder, kinds)
        for field in self.findChildren(QComboBox):  # none where the system has a dialog of its own
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

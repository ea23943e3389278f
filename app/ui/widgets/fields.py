"""Fields that the wheel passes over: it scrolls what they lie in, and never turns their value; and that leave undo to
the project where nothing was typed.

Qt's own change by the wheel wherever the pointer happens to be, focused or not, so whoever scrolls a form changes what
comes under the pointer. The window uses these and no others: house rule `fields_are_our_own`.
"""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QSpinBox,
    QTabBar,
    QToolButton,
    QWidget,
)

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

    def add_heading(self, text: str) -> None:
        """Add a line over a group of items, which can't be chosen."""
        self.addItem(text)
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        model.item(self.count() - 1).setFlags(Qt.ItemFlag.NoItemFlags)

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
class Slider(QSlider):
    """A slider that leaves the wheel to what it lies in."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        _pass_on(event, self)


@guarded
class TabBar(QTabBar):
    """Tabs that leave the wheel to what they lie in."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        _pass_on(event, self)


def _is_idle_undo(event: QEvent, *, can_undo: bool, can_redo: bool) -> bool:
    """Whether a field claims the key of undo or redo though it has nothing to undo or redo."""
    if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    undoes = event.matches(QKeySequence.StandardKey.Undo)
    return (undoes and not can_undo) or (event.matches(QKeySequence.StandardKey.Redo) and not can_redo)


@guarded
class LineEdit(QLineEdit):
    """A line of text. Undo is its own only while it has something to undo."""

    def setClearButtonEnabled(self, enable: bool) -> None:
        super().setClearButtonEnabled(enable)
        for made in self.findChildren(QToolButton):
            made.setObjectName("qt_line_clear")  # Qt's own, and no control beside the line
            made.setAccessibleName("Clear")

    def event(self, event: QEvent) -> bool:
        if _is_idle_undo(event, can_undo=self.isUndoAvailable(), can_redo=self.isRedoAvailable()):
            event.ignore()
            return False
        return super().event(event)


@guarded
class TextEdit(QPlainTextEdit):
    """Lines of plain text. Undo is its own only while it has something to undo."""

    def event(self, event: QEvent) -> bool:
        document = self.document()
        if _is_idle_undo(event, can_undo=document.isUndoAvailable(), can_redo=document.isRedoAvailable()):
            event.ignore()
            return False
        return super().event(event)


@guarded
class ReadOnlyText(TextEdit):
    """Lines to read and copy. What others named in them reads as it is stored: direction controls are escaped."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)

    def setPlainText(self, text: str) -> None:
        """Show lines in place of those before."""
        super().setPlainText(undirected(text))


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

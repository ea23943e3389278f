"""Rows that one comes to and enters, by keyboard and mouse, in any view."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView

from app.ui.guard import guarded


@guarded
class RowEntry(QObject):
    """Says which row of a view was entered, by Enter or a double click; and, if the view tells, which it came to."""

    came_to = Signal(object)  # int
    entered_row = Signal(object)  # int

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        view.installEventFilter(self)
        view.doubleClicked.connect(self._on_double_clicked)

    def came(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Hear from the view that its current place has changed."""
        if current.isValid() and current.row() != previous.row():
            self.came_to.emit(current.row())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if is_enter and is_plain and self._view.currentIndex().isValid():
                self.entered_row.emit(self._view.currentIndex().row())
                return True
        return super().eventFilter(watched, event)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.entered_row.emit(index.row())

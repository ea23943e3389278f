"""A list beside a text, whose keys may mean something in the whole workspace."""

from weakref import ref

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.ui.guard import guarded
from app.ui.widgets.keys import KeyHandler, offer
from app.ui.widgets.row_list import RowList


@guarded
class KeyedList(RowList):
    """A list that offers every key to a handler first."""

    entered_row = Signal(object)  # int

    def __init__(self, name: str, title: str, *, row_height: int, parent: QWidget | None = None) -> None:
        """Make a list as `RowList` does."""
        super().__init__(name, title, row_height=row_height, parent=parent)
        self._key_handler: ref[KeyHandler] | None = None

    def set_key_handler(self, handler: KeyHandler) -> None:
        """Offer keys to a handler from now on."""
        self._key_handler = ref(handler)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        handler = self._key_handler() if self._key_handler is not None else None
        if handler is not None and offer(event, handler, self):
            event.accept()
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().currentChanged(current, previous)
        if current.isValid():
            self.entered_row.emit(current.row())

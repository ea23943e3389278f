"""A menu whose entries have keys of their own, which work while it is open."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.guard import guarded
from app.ui.widgets.keys import KeyPress
from app.ui.widgets.labels import unmarked


@guarded
class KeyMenu(QMenu):
    """Deletes itself when it is closed."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._keys: dict[str, QAction] = {}

    def add(self, title: str, key: str, value: object) -> QAction:
        """Add an entry with its key, "" for none, and what it stands for as its data."""
        entry = self.addAction(f"{unmarked(title)}\t{key.lower()}" if key else unmarked(title))
        entry.setData(value)
        if key:
            self._keys[key.upper()] = entry
        return entry

    def keyPressEvent(self, event: QKeyEvent) -> None:
        presses = [KeyPress.of(event), *KeyPress.by_place(event)]
        entry = next((self._keys[press.key] for press in presses if press.key in self._keys), None)
        if entry is None:
            super().keyPressEvent(event)
            return
        self.close()
        entry.trigger()

"""What a scheme has, as a tree: layers with their labels and fields, the scale of severity, relations and lists."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from app.services.schemes.scheme_text import Place, at
from app.ui.dialogs.scheme_fields import title_of_table
from app.ui.guard import guarded

_ALT, _CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
_ROWS = "application/x-qabstractitemmodeldatalist"
_EDGE = 0.3
_MOST_OPEN = 200
_KEYS = {
    (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier): "delete",
    (Qt.Key.Key_Insert, Qt.KeyboardModifier.NoModifier): "add",
    (Qt.Key.Key_Up, _ALT): "up",
    (Qt.Key.Key_Down, _ALT): "down",
    (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier): "form",
    (Qt.Key.Key_Enter, Qt.KeyboardModifier.NoModifier): "form",
}


@guarded
class SchemeTree(QTreeWidget):
    """Shows the tables of a scheme's text. The labels of a layer stand in their own tree. A table is dragged to another
    place with the mouse; what that means is for who listens.
    """

    picked = Signal()
    focused = Signal()  # the keyboard or the mouse came to it
    asked = Signal(object)  # what a key asks for: delete, add, up, down, form
    dropped = Signal(object, object)  # the place where the current table is dropped, and whether above, below or on it

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("scheme-tree")
        self.setAccessibleName("The scheme. Insert adds, Delete removes, Alt with an arrow moves, Enter edits")
        self.setHeaderHidden(True)
        self.setToolTip("Insert adds, Delete removes, Alt with an arrow or the mouse moves, Enter edits")
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self._places: list[Place] = []
        self._items: dict[Place, QTreeWidgetItem] = {}
        self.currentItemChanged.connect(self._on_current)

    def show_tables(self, data: Mapping[str, Any], current: Place) -> None:
        """Show the tables; the one at a place becomes the current one."""
        known = set(self._items)
        closed = {place for place, item in self._items.items() if not item.isExpanded() and item.childCount()}
        self.blockSignals(True)
        self.clear()
        self._places, self._items = [], {}
        top = self._add(None, (), data)
        for row, layer in enumerate(data.get("layer", ())):
            self._add_layer(top, ("layer", row), layer)
        for name in ("severity", "relation", "list"):
            for row, table in enumerate(data.get(name, ())):
                item = self._add(top, (name, row), table)
                self._add_fields(item, (name, row), table)
                for number, entry in enumerate(table.get("entry", ())):
                    self._add(item, (name, row, "entry", number), entry)
        for place, item in self._items.items():
            item.setExpanded(place not in closed and (place in known or item.childCount() <= _MOST_OPEN))
        self.setCurrentItem(self._items.get(current, top))
        self.blockSignals(False)

    def _add_layer(self, top: QTreeWidgetItem, place: Place, layer: Mapping[str, Any]) -> None:
        item = self._add(top, place, layer)
        labels = layer.get("label", ())
        known = {label.get("id") for label in labels}
        under: dict[str, list[int]] = {}
        for row, label in enumerate(labels):
            parent = label.get("parent", "")
            under.setdefault(parent if parent in known and parent != label.get("id") else "", []).append(row)
        rows: set[int] = set()

        def add(above: QTreeWidgetItem, parent: str) -> None:
            for row in under.get(parent, ()):
                if row not in rows:
                    rows.add(row)
                    made = self._add(above, (*place, "label", row), labels[row])
                    add(made, labels[row].get("id") or "\0")

        add(item, "")
        for row, label in enumerate(labels):  # those that are under themselves, until that is put right
            if row not in rows:
                self._add(item, (*place, "label", row), label)
        self._add_fields(item, place, layer)

    def _add_fields(self, item: QTreeWidgetItem, place: Place, table: Mapping[str, Any]) -> None:
        for row, field in enumerate(table.get("attribute", ())):
            made = self._add(item, (*place, "attribute", row), field)
            for number, value in enumerate(field.get("value", ())):
                self._add(made, (*place, "attribute", row, "value", number), value)

    def _add(self, above: QTreeWidgetItem | None, place: Place, table: Mapping[str, Any]) -> QTreeWidgetItem:
        item = QTreeWidgetItem([title_of_table(place, table)])
        item.setData(0, Qt.ItemDataRole.UserRole, len(self._places))
        self._places.append(place)
        self._items[place] = item
        if above is None:
            self.addTopLevelItem(item)
        else:
            above.addChild(item)
        return item

    @property
    def place(self) -> Place:
        """The place of the current table."""
        item = self.currentItem()
        return self._places[item.data(0, Qt.ItemDataRole.UserRole)] if item is not None else ()

    def go_to(self, place: Place) -> None:
        """Make the table at a place the current one."""
        item = self._items.get(place)
        if item is not None:
            self.setCurrentItem(item)

    def rename(self, data: Mapping[str, Any]) -> None:
        """Show the present names of all tables."""
        for place, item in self._items.items():
            title = title_of_table(place, at(data, place))
            if item.text(0) != title:
                item.setText(0, title)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        super().dragEnterEvent(event)
        event.setAccepted(event.mimeData().hasFormat(_ROWS) and bool(self.place))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # draws where it would be dropped
        event.setAccepted(event.mimeData().hasFormat(_ROWS) and self.itemAt(event.position().toPoint()) is not None)

    def dropEvent(self, event: QDropEvent) -> None:
        point = event.position().toPoint()
        item = self.itemAt(point)
        event.setDropAction(Qt.DropAction.IgnoreAction)  # the text changes, and the rows follow it
        event.accept()
        self.setState(QAbstractItemView.State.NoState)
        self.viewport().update()
        if item is not None:
            self.dropped.emit(self._places[item.data(0, Qt.ItemDataRole.UserRole)], self._where(item, point))

    def _where(self, item: QTreeWidgetItem, point: QPoint) -> str:
        rect = self.visualItemRect(item)
        part = (point.y() - rect.top()) / max(1, rect.height())
        return "above" if part < _EDGE else "below" if part > 1 - _EDGE else "on"

    def _on_current(self, _item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        self.picked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        asked = _KEYS.get((Qt.Key(event.key()), modifiers))
        if asked is None:
            super().keyPressEvent(event)
            return
        event.accept()
        self.asked.emit(asked)

"""A list of annotators with tick boxes, to which names can be added, and from which they can be removed."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.core.names import annotator_key, clean_name
from app.core.wording import undirected
from app.ui.guard import guarded
from app.ui.widgets.fields import LineEdit
from app.ui.widgets.labels import button

_BETWEEN_NAMES = re.compile("[,;\n\t،、，；]")
_MOST_HIGH = 120


@guarded
class AnnotatorChecklist(QWidget):
    """The names, each with whether it is ticked. Object names begin with `name`."""

    changed = Signal()
    removed = Signal(object)  # name; the list still has it: the receiver calls `take_out`

    def __init__(self, name: str, people: Sequence[tuple[str, bool]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}-checklist")
        self.list = QListWidget()
        self.list.setObjectName(f"{name}-people")
        self.list.setAccessibleName("Annotators")
        self.list.setMaximumHeight(_MOST_HIGH)
        for person, ticked in people:
            self._put(person, ticked=ticked)
        self.name = LineEdit()
        self.name.setObjectName(f"{name}-name")
        self.name.setAccessibleName("Names of more annotators")
        self.name.setPlaceholderText("Add annotators by name, with commas between them")
        add = button("Add", name=f"{name}-add", tip="Add these names to the list (Enter)")
        self._remove = button("Remove", name=f"{name}-remove", tip="Remove the selected annotator from the list (Del)")
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(add)
        row.addWidget(self._remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        column.addLayout(row)
        self._remove.setEnabled(False)
        self.name.returnPressed.connect(self.add_typed)
        add.clicked.connect(self._on_add)
        self._remove.clicked.connect(self._on_remove)
        self.list.itemChanged.connect(self._on_item_changed)
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.list.installEventFilter(self)

    def ticked(self) -> list[str]:
        """Return the ticked names."""
        return [item.text() for item in self._items() if item.checkState() is Qt.CheckState.Checked]

    def add_typed(self) -> None:
        """Add the typed names, ticked; a name that is there already, in whatever spelling, is ticked."""
        there = {annotator_key(item.text()): item for item in self._items()}
        for name in filter(None, map(clean_name, _BETWEEN_NAMES.split(self.name.text()))):
            known = there.get(annotator_key(name))
            if known is not None:
                known.setCheckState(Qt.CheckState.Checked)
            else:
                there[annotator_key(name)] = self._put(name, ticked=True)
        self.name.clear()
        self.changed.emit()

    def take_out(self, name: str) -> None:
        """Remove a name from the list."""
        for item in self._items():
            if item.text() == name:
                self.list.takeItem(self.list.row(item))
        self.changed.emit()

    def untick(self, name: str) -> None:
        """Leave a name in the list, not ticked."""
        for item in self._items():
            if item.text() == name:
                item.setCheckState(Qt.CheckState.Unchecked)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_press = watched is self.list and event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._on_remove(False)
            return True
        return super().eventFilter(watched, event)

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _put(self, name: str, *, ticked: bool) -> QListWidgetItem:
        item = QListWidgetItem(undirected(name))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.list.addItem(item)
        return item

    def _on_add(self, _checked: bool) -> None:
        self.add_typed()

    def _on_remove(self, _checked: bool) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.removed.emit(item.text())

    def _on_item_changed(self, _item: QListWidgetItem) -> None:
        self.changed.emit()

    def _on_current_changed(self, current: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        self._remove.setEnabled(current is not None)

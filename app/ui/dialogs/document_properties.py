"""The dialog of a document's properties: its name, its metadata as rows, and facts about it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.core.document_description import key_problem, name_problem
from app.core.meta_values import shown_value, typed_value
from app.core.wording import sentence
from app.ui.dialogs.form import FormDialog
from app.ui.guard import guarded
from app.ui.theme import px
from app.ui.widgets.fields import LineEdit
from app.ui.widgets.labels import button, literal, plain

_ROWS_SHOWN = 5
_VALUE = Qt.ItemDataRole.UserRole


class PropertySheet(NamedTuple):
    """What the dialog says of a document: `rows` are pairs of a caption and a text."""

    name: str
    meta: dict[str, Any]
    rows: Sequence[tuple[str, str]]
    is_writable: bool = True


class NewDescription(NamedTuple):
    """The answer: name and metadata."""

    name: str
    meta: dict[str, Any]


@guarded
class DocumentPropertiesDialog(FormDialog):
    """Shows a document's properties; name, title and metadata can be edited."""

    answered = Signal(object)  # NewDescription

    def __init__(self, facts: PropertySheet, parent: QWidget | None = None, *, renames: bool = False) -> None:
        """With `renames` the keyboard is in the name, else in the title."""
        super().__init__("properties-dialog", "Document properties", accept="Save", scrolls=True, parent=parent)
        self.resize(680, 640)
        self._renames = renames
        self._meta = facts.meta
        self._name = _line("properties-name", facts.name)
        self._title = _line("properties-title", shown_value(facts.meta.get("title", "")))
        self.field("Name", self._name)
        self.field("Title", self._title, "Shown in place of the name. It is the key “title” of the metadata.")
        self._add_table()
        rows = QFormLayout()
        rows.setHorizontalSpacing(16)
        for number, (caption, text) in enumerate(facts.rows):
            shown = plain(text, wrap=True, name=f"properties-fact-{number}")
            shown.setAccessibleName(f"{caption}: {text}")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            rows.addRow(plain(caption, tone="faint"), shown)
        self.body.addLayout(rows)
        self.body.addStretch(1)
        for field in (self._name, self._title):
            field.setReadOnly(not facts.is_writable)
        for widget in (self._table, self._add, self._take, self.accept_button):
            widget.setEnabled(facts.is_writable)

    def _add_table(self) -> None:
        self._table = QTableWidget(0, 2)
        self._table.setObjectName("properties-meta")
        self._table.setAccessibleName("Metadata: key and value")
        self._table.setHorizontalHeaderLabels(("Key", "Value"))
        self._table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._table.setColumnWidth(0, px(160))
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(px(24))
        self._table.setMinimumHeight(px(24 * (_ROWS_SHOWN + 1)))
        self._table.setTabKeyNavigation(False)
        for key, value in sorted(self._meta.items()):
            if key != "title":
                self._add_row(key, value)
        self._add = button("Add", name="properties-add", tip="Add a row")
        self._take = button("Remove", name="properties-take", tip="Remove the selected row")
        self._add.clicked.connect(self._on_add)
        self._take.clicked.connect(self._on_take)
        line = QHBoxLayout()
        line.addWidget(self._add)
        line.addWidget(self._take)
        line.addStretch(1)
        self.field("Metadata", self._table)
        self.body.addLayout(line)
        self.body.addSpacing(6)

    def _add_row(self, key: str, value: object) -> int:
        row = self._table.rowCount()
        self._table.insertRow(row)
        for column, text in enumerate((key, shown_value(value))):
            item = QTableWidgetItem(text)
            item.setData(_VALUE, key if column == 0 else None)
            item.setToolTip(literal(text[:500]))
            self._table.setItem(row, column, item)
        return row

    def _on_add(self, _checked: bool) -> None:
        row = self._add_row("", "")
        self._table.setCurrentCell(row, 0)
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        item = self._table.item(row, 0)
        if item is not None:
            self._table.editItem(item)

    def _on_take(self, _checked: bool) -> None:
        row = self._table.currentRow()
        if row >= 0:
            self._table.removeRow(row)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        field = self._name if self._renames else self._title
        field.setFocus(Qt.FocusReason.TabFocusReason)
        field.selectAll()

    def submit(self) -> bool:
        """Emit name and metadata, if a document can have them."""
        name = self._name.text()
        wrong = name_problem(name)
        meta: dict[str, Any] = {}
        for row in range(self._table.rowCount()):
            key, value = (self._text(row, column) for column in range(2))
            if not key.strip() and not value.strip():
                continue
            wrong = wrong or key_problem(key)
            if key in meta or key == "title":
                wrong = wrong or f"the key “{key}” is there twice"
            item = self._table.item(row, 0)
            was = self._meta.get(item.data(_VALUE) if item is not None else "", "")
            meta[key] = typed_value(value, was)
        title = self._title.text()
        if title.strip():
            meta["title"] = typed_value(title, self._meta.get("title", ""))
        if wrong:
            self.complain(sentence(wrong))
            return False
        self.answered.emit(NewDescription(name, meta))
        return True

    def _text(self, row: int, column: int) -> str:
        item = self._table.item(row, column)
        return item.text() if item is not None else ""


def _line(name: str, text: str) -> LineEdit:
    made = LineEdit()
    made.setObjectName(name)
    made.setText(text)
    return made

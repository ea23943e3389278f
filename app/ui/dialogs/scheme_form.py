"""The fields of one table of a scheme, each with what is wrong with it below."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from app.core.scheme import FieldKind
from app.ui.dialogs.scheme_entries import ColorEntry, NamesEntry, TableEntry, names_in, number_in
from app.ui.dialogs.scheme_fields import EntryKind, SchemeField, TableRow
from app.ui.theme import px
from app.ui.widgets.fields import ComboBox, LineEdit, TextEdit
from app.ui.widgets.labels import plain

_LINES_HEIGHT, _TEXT_HEIGHT = 90, 56
_OWN_ENTRIES = (ColorEntry, NamesEntry, TableEntry)
_NUMBERS = (FieldKind.NUMBER, FieldKind.SCALE)


class FieldChoices(NamedTuple):
    """What can be entered in a field: options as titles and values, names, or the rows of a table; and what is said in
    it while it is empty.
    """

    options: Sequence[tuple[str, str]] = ()
    names: Sequence[str] = ()
    rows: Sequence[TableRow] = ()
    note: str = ""


class SchemeEntry(QObject):
    """A field: the widget that it is entered with, and the line below that says what is wrong."""

    changed = Signal(object, object)  # key, value; None leaves it out

    def __init__(self, field: SchemeField, choices: FieldChoices, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self._kind: object = None
        name = f"scheme-{field.key}"
        self.problem = plain("", tone="warn", wrap=True, name=f"{name}-problem")
        self.problem.hide()
        self.widget = self._made(field, choices)
        self.widget.setObjectName(f"{name}-entry" if isinstance(self.widget, _OWN_ENTRIES) else name)
        self.widget.setAccessibleName(field.title)

    def _made(self, field: SchemeField, choices: FieldChoices) -> QWidget:
        if field.entry is EntryKind.FLAG:
            box = QCheckBox(field.title)
            box.toggled.connect(self._on_changed)
            return box
        if field.entry is EntryKind.CHOICE:
            combo = ComboBox()
            for title, value in choices.options:
                combo.addItem(title, value)
            combo.currentIndexChanged.connect(self._on_changed)
            return combo
        if field.entry in (EntryKind.LINES, EntryKind.TEXT):
            lines = TextEdit()
            lines.setTabChangesFocus(True)
            lines.setFixedHeight(px(_LINES_HEIGHT if field.entry is EntryKind.LINES else _TEXT_HEIGHT))
            lines.setPlaceholderText(choices.note)
            lines.textChanged.connect(self._on_changed)
            return lines
        if field.entry is EntryKind.COLOR:
            color = ColorEntry()
            color.changed.connect(self._on_changed)
            return color
        if field.entry is EntryKind.NAMES:
            names = NamesEntry(field.key, field.title, choices.note, choices.names)
            names.changed.connect(self._on_changed)
            return names
        if field.entry is EntryKind.TABLE:
            table = TableEntry(field.key, choices.rows)
            table.changed.connect(self._on_changed)
            return table
        line = LineEdit()
        line.setPlaceholderText(choices.note)
        line.textEdited.connect(self._on_changed)
        return line

    def show_value(self, table: Mapping[str, Any]) -> None:
        """Show what the table has."""
        value, widget = table.get(self.field.key), self.widget
        self._kind = table.get("kind", FieldKind.CHOICE)
        widget.blockSignals(True)
        if isinstance(widget, QCheckBox):
            widget.setChecked(self.field.otherwise if value is None else bool(value))
        elif isinstance(widget, ComboBox):
            widget.setCurrentIndex(max(0, widget.findData("" if value is None else value)))
        elif isinstance(widget, TextEdit):
            lines = "\n".join(value or ()) if self.field.entry is EntryKind.LINES else str(value or "")
            widget.setPlainText(lines)
        elif isinstance(widget, ColorEntry):
            widget.show_color(str(value or ""))
        elif isinstance(widget, NamesEntry):
            widget.show_names(value if isinstance(value, list) else [])
        elif isinstance(widget, TableEntry):
            widget.show_table(value if isinstance(value, dict) else {})
        elif isinstance(widget, QLineEdit):
            widget.setText(_shown(value))
        widget.blockSignals(False)

    def show_problem(self, text: str) -> None:
        """Show what is wrong with it, or with "" that nothing is."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _on_changed(self, *_changed: object) -> None:
        self.changed.emit(self.field.key, self.value())

    def value(self) -> object:
        """Return what is entered, as the file has it; None if it is left out."""
        field, widget = self.field, self.widget
        if isinstance(widget, QCheckBox):
            return None if widget.isChecked() is field.otherwise else widget.isChecked()
        if isinstance(widget, ComboBox):
            return str(widget.currentData()) or None
        if isinstance(widget, _OWN_ENTRIES):
            return widget.given() or None
        if isinstance(widget, TextEdit) and field.entry is EntryKind.TEXT:
            return widget.toPlainText() if widget.toPlainText().strip() else None
        if isinstance(widget, TextEdit):
            lines = [line.strip() for line in widget.toPlainText().split("\n")]
            return [line for line in lines if line] or None
        text = widget.text() if isinstance(widget, QLineEdit) else ""
        if field.entry is EntryKind.NUMBER:
            return number_in(text)
        if field.key == "default":
            return _default(text, self._kind)
        if field.key in ("id", "name"):
            return text.strip()
        return text if text.strip() else None


class SchemeForm(QWidget):
    """Shows the fields of a table."""

    changed = Signal(object, object)  # key, value

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("scheme-form")
        self._entries: dict[str, SchemeEntry] = {}
        self._problem = plain("", tone="warn", wrap=True, name="scheme-table-problem")
        self._problem.hide()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(self._problem)
        self._rows = QWidget()
        self._box.addWidget(self._rows)
        self._box.addStretch(1)

    def show_fields(
        self,
        fields: Sequence[SchemeField],
        table: Mapping[str, Any],
        choices: Mapping[str, FieldChoices],
        *,
        is_fixed: bool,
    ) -> None:
        """Show a table. With `is_fixed` its id can't be changed."""
        self._rows.hide()
        self._rows.setParent(None)  # so that nobody finds its fields until it is deleted
        self._rows.deleteLater()
        self._rows = QWidget()
        form = QFormLayout(self._rows)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._entries = {}
        for field in fields:
            made = SchemeEntry(field, choices.get(field.key, FieldChoices()), self._rows)
            made.show_value(table)
            made.changed.connect(self.changed)
            caption = plain() if field.entry is EntryKind.FLAG else plain(field.title, role="field")
            caption.setBuddy(made.widget)
            form.addRow(caption, made.widget)
            form.addRow(plain(), made.problem)
            form.setRowVisible(made.problem, False)
            if field.key == "id" and is_fixed:
                made.widget.setEnabled(False)
                made.widget.setToolTip("Stored with marks, so it stays as it is")
            self._entries[field.key] = made
        self._form = form
        self._box.insertWidget(1, self._rows)

    def show_problem(self, key: str, text: str) -> None:
        """Show what is wrong beside its field, or above all for "" and for what isn't a field."""
        for name, entry in self._entries.items():
            entry.show_problem(text if name == key else "")
            self._form.setRowVisible(entry.problem, name == key and bool(text))
        above = text if key not in self._entries else ""
        self._problem.setText(above)
        self._problem.setVisible(bool(above))

    def field(self, key: str) -> QWidget | None:
        """Return the widget of a field."""
        entry = self._entries.get(key)
        return entry.widget if entry is not None else None


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _default(text: str, kind: object) -> object:
    if not text.strip():
        return None
    if kind == FieldKind.FLAG:
        return {"yes": True, "true": True, "no": False, "false": False}.get(text.strip().lower(), text.strip())
    if kind == FieldKind.MANY:
        return names_in(text)
    return number_in(text) if kind in _NUMBERS else text.strip()

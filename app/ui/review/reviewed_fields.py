"""The scheme's own fields in the form in which a reviewer edits an annotation."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core import field_values
from app.core.scheme import Attribute
from app.ui.widgets.labels import plain
from app.ui.widgets.value_fields import Entry, FindEntries, FlagField, ValueField, no_entries, value_field


class ReviewedFields(QWidget):
    """One field for each attribute of a label. `search` searches lists of entities."""

    refused = Signal(object)  # why what was typed can't be the value of its field, in words

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("review-edit-fields")
        self.search: FindEntries = no_entries
        self._attributes: Sequence[Attribute] = ()
        self._fields: dict[str, ValueField] = {}
        self._watcher: QObject | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)

    def watch(self, watcher: QObject) -> None:
        """Let a watcher see the keys in the fields."""
        self._watcher = watcher

    def show_fields(self, attributes: Sequence[Attribute], values: Mapping[str, object]) -> None:
        """Show these fields with their values."""
        if tuple(attributes) != tuple(self._attributes) or not self._fields:
            self._make(attributes)
        for attribute in attributes:
            self._fields[attribute.id].show_value(values.get(attribute.id))

    def _make(self, attributes: Sequence[Attribute]) -> None:
        while (item := self._box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._attributes, self._fields = tuple(attributes), {}
        for attribute in attributes:
            made = value_field(attribute, self._found)
            row = made.row()
            self._fields[attribute.id] = made
            if not isinstance(made, FlagField):
                self._box.addWidget(plain(attribute.title, role="field"))
            self._box.addWidget(row)
            for part in {made, row, *row.findChildren(QWidget)}:
                if self._watcher is not None:
                    part.installEventFilter(self._watcher)

    def _found(self, entries: str, text: str) -> Sequence[Entry]:
        return self.search(entries, text)

    def are_valid(self) -> bool:
        """Whether all that was typed is a value of its field; if not, `refused` says what is wrong."""
        for field in self._fields.values():
            try:
                field.value()
            except ValueError as error:
                self.refused.emit(str(error))
                field.setFocus()
                return False
        return True

    def given(self) -> dict[str, object]:
        """Return the values as they are in the fields, but for what is no value of its field."""
        found: dict[str, object] = {}
        for id, field in self._fields.items():
            try:
                found[id] = field.value()
            except ValueError:
                continue
        return found

    def taken_over(self, attributes: Mapping[str, object]) -> dict[str, object]:
        """Return attributes with what the fields say; empty ones are left out, and those without a field stay."""
        changed = {id: value for id, value in self.given().items() if not _says_the_same(attributes.get(id), value)}
        merged = {**attributes, **changed}
        return {id: value for id, value in merged.items() if value is not None}


def _says_the_same(one: object, other: object) -> bool:
    return one == other or (field_values.is_empty(one) and field_values.is_empty(other))

"""The fields of one relation: its type, the attributes of that type, and a comment."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.core.annotation import Relation
from app.core.scheme import Attribute, Entry, FieldKind, RelationType
from app.ui.guard import guarded
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import button, literal, plain
from app.ui.widgets.value_fields import (
    ChoiceField,
    FindEntries,
    FlagField,
    LineField,
    ValueField,
    no_entries,
    value_field,
)


@guarded
class RelationForm(QWidget):
    """Shows one relation and hands on what the person changed; it changes nothing itself.

    `name` comes before the names of its fields: a mark may have a field of the same id. `search` searches lists of
    entities.
    """

    changed = Signal(object)  # (relation uid, field, value); the field is label, comment or an attribute's id
    refused = Signal(object)  # why what was typed is no value, in words
    jump_wanted = Signal()
    reverse_wanted = Signal()
    delete_wanted = Signal()
    left = Signal()

    def __init__(
        self, find: FindEntries = no_entries, *, name: str = "relation", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}-form")
        self._name = name = f"{name}-"
        self.search = find
        self._relation: Relation | None = None
        self._kind: RelationType | None = None
        self._fields: dict[str, ValueField] = {}
        self._filled: dict[str, str] = {}
        self._type = ChoiceField(f"{name}type", "Type of relation")
        self._type.changed.connect(self._on_type)
        self._type.installEventFilter(self)
        self._comment = LineField(Attribute(id=f"{name}comment", title="Comment on the relation", kind=FieldKind.TEXT))
        self._comment.setPlaceholderText("Comment on the relation…")
        self._comment.changed.connect(self._on_typed)
        self._comment.installEventFilter(self)
        self._attributes = QVBoxLayout()
        self._attributes.setSpacing(4)
        self._reverse = button("reverse", name=f"{name}reverse", role="link", tip="Swap source and target")
        jump = button("go to the other end", name=f"{name}jump", role="link", tip="Select the other mark (Alt+O)")
        delete = button("delete", name=f"{name}delete", role="link", tip="Delete this relation")
        jump.clicked.connect(self._on_jump)
        self._reverse.clicked.connect(self._on_reverse)
        delete.clicked.connect(self._on_delete)
        row = Flow(gap=12)
        for made in (jump, self._reverse, delete):
            row.add(made)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self._type)
        box.addLayout(self._attributes)
        box.addWidget(self._comment)
        box.addLayout(row)

    def _found(self, entries: str, text: str) -> Sequence[Entry]:
        return self.search(entries, text)

    @property
    def relation(self) -> Relation | None:
        """The relation that is shown."""
        return self._relation

    def fill(self, relation: Relation, kind: RelationType | None, types: Sequence[RelationType]) -> None:
        """Show a relation of a type, None if the scheme doesn't have it, and the types that it could be of."""
        before, self._relation = self._relation, relation
        same = before is not None and before.uid == relation.uid
        self._type.clear()
        for item in types:
            self._type.addItem(item.title, item.id)
            self._type.setItemData(self._type.count() - 1, literal(item.definition), Qt.ItemDataRole.ToolTipRole)
        if self._type.findData(relation.label) < 0:
            title = kind.title if kind is not None else f"{relation.label}   (not in the scheme)"
            self._type.insertItem(0, title, relation.label)
        self._type.setCurrentIndex(self._type.findData(relation.label))
        self._type.setToolTip(literal(kind.definition if kind is not None else ""))
        if kind != self._kind:
            self._kind = kind
            self._make_fields(kind.attributes if kind is not None else ())
        self._reverse.setVisible(kind is None or not kind.chain)
        for attribute in kind.attributes if kind is not None else ():
            self._fill_attribute(attribute, relation.attributes.get(attribute.id), typing=same)
        self._fill_line("comment", self._comment, relation.comment, typing=same)

    def _make_fields(self, attributes: Sequence[Attribute]) -> None:
        while (item := self._attributes.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._fields = {}
        for attribute in attributes:
            made = value_field(msgspec.structs.replace(attribute, id=f"{self._name}{attribute.id}"), self._found)
            made.changed.connect(self._on_typed if isinstance(made, LineField) else self._on_chosen)
            row = made.row()
            for part in {made, row, *row.findChildren(QWidget)}:
                part.installEventFilter(self)
            if not isinstance(made, FlagField):
                caption = plain(attribute.title, role="field")
                caption.setBuddy(made)
                self._attributes.addWidget(caption)
            self._attributes.addWidget(row)
            self._fields[attribute.id] = made

    def _fill_attribute(self, attribute: Attribute, value: object, *, typing: bool) -> None:
        widget = self._fields[attribute.id]
        if not isinstance(widget, LineField):
            widget.show_value(value)
        elif not (typing and widget.hasFocus()):
            widget.show_value(value)
            self._filled[attribute.id] = widget.text()

    def _fill_line(self, field: str, line: QLineEdit, text: str, *, typing: bool) -> None:
        if not (typing and line.hasFocus()):
            line.setText(text)
            self._filled[field] = line.text()

    def focus_first(self) -> None:
        """Put the keyboard on the type."""
        self._type.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def commit(self) -> None:
        """Hand over what is typed but not yet said."""
        for field, widget in {**self._fields, "comment": self._comment}.items():
            if isinstance(widget, LineField):
                self._commit(field, widget)

    def _commit(self, field: str, line: LineField) -> None:
        text = line.text()
        if self._relation is None or text == self._filled.get(field, ""):
            return
        try:
            value = line.value() if line is not self._comment else text
        except ValueError as error:
            self._filled[field] = text  # said once; the field keeps what was typed until it is left for good
            self.refused.emit(str(error))
            return
        self._filled[field] = text  # now, so that nothing says it twice meanwhile
        self._say(field, value)

    def _say(self, field: str, value: object) -> None:
        if self._relation is not None:
            self.changed.emit((self._relation.uid, field, value))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self._restore(watched)
                self.left.emit()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(watched, LineField):
                self.commit()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _restore(self, watched: QObject) -> None:
        """Put back what the field held: Escape takes no change along."""
        if isinstance(watched, LineField):
            watched.setText(self._filled.get(watched.field.removeprefix(self._name), ""))

    def _on_type(self, choice: ChoiceField) -> None:
        self._say("label", choice.currentData())

    def _on_chosen(self, field: ValueField) -> None:
        self._say(field.field.removeprefix(self._name), field.value())

    def _on_typed(self, line: LineField) -> None:
        self._commit(line.field.removeprefix(self._name), line)

    def _on_jump(self, _checked: bool) -> None:
        self.jump_wanted.emit()

    def _on_reverse(self, _checked: bool) -> None:
        self.reverse_wanted.emit()

    def _on_delete(self, _checked: bool) -> None:
        self.delete_wanted.emit()

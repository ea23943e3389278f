"""Forms of the dialog that changes labels: how to split a label, and which attribute to add."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.scheme import SEVERITY, Attribute, FieldKind, Scheme, Value
from app.core.scheme_change import AddAttribute, Given, SplitLabel, SplitPart
from app.ui.guard import guarded
from app.ui.widgets.fields import ComboBox, LineEdit, TextEdit
from app.ui.widgets.labels import button, plain

_WORDS, _PATTERN = "quote=", "quote~"
_FLAGS = {"true": True, "false": False}
_LINES_HEIGHT = 72


class _Form(QWidget):
    """Captioned fields below each other."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)

    def _field(self, title: str, widget: QWidget, name: str) -> None:
        caption = plain(title, role="field")
        caption.setBuddy(widget)
        widget.setObjectName(name)
        widget.setAccessibleName(title)
        self._box.addWidget(caption)
        self._box.addWidget(widget)

    def _line(self, title: str, name: str, hint: str = "") -> QLineEdit:
        line = LineEdit()
        line.setPlaceholderText(hint)
        line.textChanged.connect(self._emit_changed)
        self._field(title, line, name)
        return line

    def _emit_changed(self, *_changed: object) -> None:
        self.changed.emit()


@guarded
class _Parts(QListWidget):
    """The labels so far; Del removes the current one."""

    removed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentRow() >= 0:
            self.takeItem(self.currentRow())
            self.removed.emit()
            return
        super().keyPressEvent(event)


class SplitForm(_Form):
    """Into which labels a label is split, by what, and what the remaining annotations become."""

    def __init__(self) -> None:
        super().__init__("labels-split")
        self._name = self._line("New label", "labels-part", "The id, such as DURATION")
        self._by = ComboBox()
        self._by.currentIndexChanged.connect(self._on_by)
        self._field("Receives marks", self._by, "labels-by")
        self._value = ComboBox()
        self._words, self._pattern = TextEdit(), LineEdit()
        self._stack = QStackedWidget()
        for widget, name, title in (
            (self._value, "labels-value", "Value"),
            (self._words, "labels-words", "Words, one per line"),
            (self._pattern, "labels-pattern", "Regular expression"),
        ):
            widget.setObjectName(name)
            widget.setAccessibleName(title)
            page = QWidget()
            box = QVBoxLayout(page)
            box.setContentsMargins(0, 0, 0, 0)
            box.addWidget(widget, 0 if widget is not self._words else 1)
            if widget is not self._words:
                box.addStretch(1)
            self._stack.addWidget(page)
        self._words.setTabChangesFocus(True)
        self._words.setPlaceholderText("One per line; case is ignored")
        self._pattern.setPlaceholderText("Such as days|hours")
        self._stack.setFixedHeight(_LINES_HEIGHT)
        self._value.currentIndexChanged.connect(self._emit_changed)
        self._words.textChanged.connect(self._emit_changed)
        self._pattern.textChanged.connect(self._emit_changed)
        self._box.addWidget(self._stack)
        self._parts = _Parts()
        self._parts.setFixedHeight(_LINES_HEIGHT)
        self._parts.removed.connect(self._emit_changed)
        self._more = button("Add another label", name="labels-another", tip="Keep this one and enter the next")
        self._more.clicked.connect(self._on_more)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._more)
        self._box.addLayout(row)
        self._field("Labels so far. Del removes one", self._parts, "labels-parts")
        self._rest = self._line("All other marks become", "labels-rest")
        self._box.addStretch(1)
        self._kept: list[SplitPart] = []

    def show_label(self, scheme: Scheme, layer: str, label: str) -> None:
        """Offer the properties by which annotations of a label can be split."""
        found = scheme.layer(layer)
        self._scheme, self._place = scheme, (layer, label)
        self._by.blockSignals(True)
        self._by.clear()
        if found is not None and found.has_severity:
            self._by.addItem("with this severity", SEVERITY)
        for field in found.attributes_of(label) if found is not None else ():
            if field.kind is not FieldKind.TEXT:
                self._by.addItem(f"with this “{field.title}”", field.id)
        self._by.addItem("on one of these words", _WORDS)
        self._by.addItem("on words that match", _PATTERN)
        self._by.blockSignals(False)
        self._parts.clear()
        self._kept.clear()
        self._rest.setText(label)
        self._on_by(0)

    def _on_by(self, _row: int) -> None:
        by = self._by.currentData()
        self._stack.setCurrentIndex({_WORDS: 1, _PATTERN: 2}.get(by, 0))
        self._value.blockSignals(True)
        self._value.clear()
        layer = self._scheme.layer(self._place[0])
        field = layer.attribute(by) if layer is not None else None
        if by == SEVERITY:
            for step in self._scheme.severities:
                self._value.addItem(step.title, step.id)
        elif field is not None and field.kind is FieldKind.FLAG:
            for word, value in _FLAGS.items():
                self._value.addItem(word, value)
        elif field is not None:
            for item in field.values:
                self._value.addItem(item.title, item.id)
        self._value.blockSignals(False)
        self._emit_changed()

    def _part(self) -> SplitPart | None:
        """Return the part being filled in, or None while it is incomplete."""
        label, by = self._name.text().strip(), self._by.currentData()
        if not label:
            return None
        if by == _PATTERN:
            return SplitPart(label, pattern=self._pattern.text()) if self._pattern.text() else None
        if by == _WORDS:
            words = tuple(line.strip() for line in self._words.toPlainText().split("\n") if line.strip())
            return SplitPart(label, quotes=words) if words else None
        value = self._value.currentData()
        return SplitPart(label, field=by, values=(value,)) if value is not None else None

    def _on_more(self, _checked: bool) -> None:
        part = self._part()
        if part is None:
            self._name.setFocus()
            return
        self._parts.addItem(f"{part.label}: {part.title}")
        self._parts.item(self._parts.count() - 1).setData(Qt.ItemDataRole.UserRole, len(self._kept))
        self._kept.append(part)
        self._name.clear()
        self._words.clear()
        self._pattern.clear()
        self._name.setFocus()

    def change(self) -> SplitLabel | None:
        """Return the split, or None while it is incomplete."""
        rows = [self._parts.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self._parts.count())]
        parts = [self._kept[at] for at in rows]
        now, rest = self._part(), self._rest.text().strip()
        if self._name.text().strip() and now is None:
            return None
        parts += [now] if now is not None else []
        return SplitLabel(*self._place, rest, tuple(parts)) if parts and rest else None


class AttributeForm(_Form):
    """A new attribute for a label's layer: the values it allows, and the value for existing annotations."""

    def __init__(self) -> None:
        super().__init__("labels-attribute")
        self._id = self._line("New attribute", "labels-field", "The id, such as certainty")
        self._values = self._line("Values", "labels-values", "Such as low, high; leave empty for free text")
        self._required = QCheckBox("Required for finished marks")
        self._alone = QCheckBox("Only for this label")
        for box, name in ((self._required, "labels-required"), (self._alone, "labels-alone")):
            box.setObjectName(name)
            box.setAccessibleName(box.text())
            box.toggled.connect(self._emit_changed)
            self._box.addWidget(box)
        self._fill = self._line("Value for existing marks", "labels-fill", "Leave empty for none")
        self._box.addStretch(1)

    def show_label(self, _scheme: Scheme, layer: str, label: str) -> None:
        """Apply the form to a label."""
        self._place = (layer, label)

    def change(self) -> AddAttribute | None:
        """Return the new attribute, or None while it is incomplete."""
        id = self._id.text().strip()
        values = [item.strip() for item in self._values.text().split(",") if item.strip()]
        fill: Given | None = self._fill.text().strip() or None
        if not id:
            return None
        attribute = Attribute(
            id=id,
            title="",
            kind=FieldKind.CHOICE if values else FieldKind.TEXT,
            values=tuple(Value(id=item, title="") for item in values),
            labels=(self._place[1],) if self._alone.isChecked() else (),
            required=self._required.isChecked(),
        )
        return AddAttribute(self._place[0], attribute, fill)

"""The dialog that changes several selected marks at once."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.annotation import Annotation
from app.core.scheme import SEVERITY, Scheme
from app.core.several_edits import COMMENT, CORRECTION, AllChange
from app.core.wording import counted
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox

_KEEP = "Leave as it is"


class ChangeMarksDialog(FormDialog):
    """Asks for a label, and for the value of one field, of marks."""

    answered = Signal(object)  # AllChange

    def __init__(self, marks: Sequence[Annotation], scheme: Scheme, parent: QWidget | None = None) -> None:
        title = f"Change {counted(len(marks), 'mark')}"
        super().__init__("change-marks-dialog", title, accept="Change", parent=parent)
        self.setMinimumWidth(440)
        self._choices: dict[str, list[tuple[str, str]]] = {}
        layers = [layer for layer in scheme.layers if any(mark.layer == layer.id for mark in marks)]
        self._label = ComboBox()
        self._label.setObjectName("change-marks-label")
        self._label.addItem(_KEEP, None)
        for layer in layers:
            for label in layer.givable:
                path = layer.path(label.id)
                title = path if len(layers) == 1 else f"{layer.title}: {path}"
                self._label.addItem(title, (layer.id, label.id))
        self._field = ComboBox()
        self._field.setObjectName("change-marks-field")
        self._field.addItem(_KEEP, "")
        self._offer(COMMENT, "Comment", [])
        if any(layer.has_correction for layer in layers):
            self._offer(CORRECTION, "Correction", [])
        if any(layer.has_severity for layer in layers):
            self._offer(SEVERITY, "Severity", [(step.title, step.id) for step in scheme.severities])
        for layer in layers:
            for attribute in layer.attributes:
                self._offer(attribute.id, attribute.title, [(v.title or v.id, v.id) for v in attribute.values])
        self._value = ComboBox()
        self._value.setObjectName("change-marks-value")
        self._value.setEditable(True)
        self.field("Label", self._label, "Each mark keeps its layer." if len(layers) > 1 else "")
        self.field("Field", self._field)
        self.field("Value", self._value, "An empty value removes it.")
        line = self._value.lineEdit()
        if line is not None:
            line.returnPressed.connect(self.accept_button.click)  # a combo box's line edit consumes Enter
        self._field.currentIndexChanged.connect(self._on_field)
        self._on_field(0)

    def _offer(self, field: str, title: str, choices: list[tuple[str, str]]) -> None:
        if field not in self._choices:
            self._choices[field] = choices
            self._field.addItem(title, field)

    def _on_field(self, _index: int) -> None:
        field = str(self._field.currentData())
        self._value.clear()
        for title, value in self._choices.get(field, ()):
            self._value.addItem(title, value)
        self._value.setCurrentIndex(-1)
        self._value.setEditText("")
        self._value.setEnabled(bool(field))

    def submit(self) -> bool:
        """Emit what is to be changed."""
        place = self._label.currentData()
        field = str(self._field.currentData())
        if place is None and not field:
            self.complain("Choose a label or a field.")
            return False
        layer, label = place if place is not None else ("", "")
        text = self._value.currentText()
        known = {title: value for title, value in self._choices.get(field, ())}
        self.answered.emit(AllChange(layer, label, field, known.get(text, text)))
        return True

"""Changing a label across the project, with what would change of whom."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.core.errors import StetError
from app.core.scheme_change import LabelChange
from app.session.migrating import Migration, plan
from app.session.session import Session
from app.ui.dialogs.form import FormDialog
from app.ui.labels import plain

_RENAME, _MERGE, _DELETE = "rename", "merge", "delete"
_ACTIONS = ((_RENAME, "give it another name"), (_MERGE, "make it another label"), (_DELETE, "delete it and its marks"))


class ChangeLabelsDialog(FormDialog):
    """One change at a time, of everyone's marks; says what it would reach before it is done."""

    answered = Signal(object)  # LabelChange

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("labels-dialog", "Change labels", accept="Change", parent=parent)
        self.resize(620, 480)
        self._session = session
        self._label = _choice("labels-label")
        for layer in session.scheme.layers:
            for label in layer.labels:
                self._label.addItem(f"{layer.title}: {label.title}  ({label.id})", (layer.id, label.id))
        self._action = _choice("labels-action")
        for value, title in _ACTIONS:
            self._action.addItem(title, value)
        self._name = QLineEdit()
        self._name.setObjectName("labels-name")
        self._name.setPlaceholderText("The new id, such as WORDING")
        self._target = _choice("labels-target")
        self._preview = QPlainTextEdit()
        self._preview.setObjectName("labels-preview")
        self._preview.setReadOnly(True)
        self._preview.setTabChangesFocus(True)
        self.field("Label", self._label)
        self.field("What to do", self._action)
        self._name_caption, self._target_caption = plain("New id", role="field"), plain("Into", role="field")
        for caption, widget in ((self._name_caption, self._name), (self._target_caption, self._target)):
            widget.setAccessibleName(caption.text())
            self.body.addWidget(caption)
            self.body.addWidget(widget)
        self.field("What would change, of everyone", self._preview)
        self._label.currentIndexChanged.connect(self._on_label)
        self._action.currentIndexChanged.connect(self._show)
        self._target.currentIndexChanged.connect(self._show)
        self._name.textChanged.connect(self._show)
        self._on_label(0)

    def _on_label(self, _row: int) -> None:
        layer, label = self._label.currentData()
        found = self._session.scheme.layer(layer)
        self._target.blockSignals(True)
        self._target.clear()
        for other in found.labels if found is not None else ():
            if other.id != label:
                self._target.addItem(f"{other.title}  ({other.id})", other.id)
        self._target.blockSignals(False)
        self._show()

    def _change(self) -> LabelChange | None:
        """Return what is chosen, None as long as something lacks."""
        layer, label = self._label.currentData()
        action = self._action.currentData()
        if action == _DELETE:
            return LabelChange(layer, label, None)
        new = self._name.text().strip() if action == _RENAME else self._target.currentData()
        return LabelChange(layer, label, new) if new else None

    def _show(self, *_changed: object) -> None:
        action = self._action.currentData()
        for widget in (self._name, self._name_caption):
            widget.setVisible(action == _RENAME)
        for widget in (self._target, self._target_caption):
            widget.setVisible(action == _MERGE)
        self.complain("")
        wanted = self._plan()
        self.accept_button.setEnabled(wanted is not None and self._session.is_writable)
        self._preview.setPlainText("\n".join(_lines(wanted)) if wanted is not None else "")

    def _plan(self) -> Migration | None:
        change = self._change()
        if change is None:
            return None
        layer = self._session.scheme.layer(change.layer)
        if self._action.currentData() == _RENAME and layer is not None and layer.label(change.new or ""):
            self.complain(f"There is a label {change.new} already: choose “make it another label”.")
            return None
        try:
            return plan(self._session, [change])
        except StetError as error:
            self.complain(f"{error.what[:1].upper()}{error.what[1:]}.")
            return None

    def submit(self) -> bool:
        """Hand the change on."""
        change = self._change()
        if change is None or self._plan() is None:
            return False
        self.answered.emit(change)
        return True


def _lines(wanted: Migration) -> list[str]:
    lines = [
        f"{item.annotator}: {item.annotations:,} {'mark' if item.annotations == 1 else 'marks'} in {item.documents:,} "
        f"{'document' if item.documents == 1 else 'documents'}"
        for item in wanted.touched
    ]
    return [*(lines or ["No mark has this label."]), "", f"The scheme becomes {wanted.scheme.tag}. One step of undo."]


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    return box

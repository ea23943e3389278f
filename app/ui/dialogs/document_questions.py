"""Short questions about documents: whether to remove them, which status they get, and what a view is called."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.core.annotation import Status
from app.core.document_description import check_description
from app.core.errors import EditRejected
from app.core.meta_values import typed_value
from app.core.saved_view import LONGEST_NAME, checked_name
from app.core.wording import advice
from app.services.documents.desk import WorkOn
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import plain

_STATUSES = (
    (Status.OPEN, "Open"),
    (Status.DONE, "Done"),
    (Status.SKIPPED, "Skipped"),
)


class RemoveDocumentsDialog(FormDialog):
    """Asks whether to remove documents, and says what work there is on them."""

    answered = Signal()

    def __init__(self, what: str, work: WorkOn, parent: QWidget | None = None) -> None:
        super().__init__("remove-documents-dialog", f"Remove {what}?", accept="Remove", parent=parent)
        self.setMinimumWidth(440)
        lines = [*work.sentences(), "Undo brings everything back, also after a restart."]
        self.body.addWidget(plain("\n".join(lines), wrap=True, name="remove-documents-work"))
        self.accept_button.setFocus()

    def submit(self) -> bool:
        """Say that they are to be removed."""
        self.answered.emit()
        return True


class StatusDialog(FormDialog):
    """Asks for the status that documents get."""

    answered = Signal(object)  # Status

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__("status-dialog", f"Set status of {what}", accept="Set", parent=parent)
        self._status = ComboBox()
        self._status.setObjectName("status-status")
        for status, title in _STATUSES:
            self._status.addItem(title, status)
        self._status.setCurrentIndex(1)
        note = "Yours, not other annotators’. Documents with unmet rules aren’t set to done."
        self.field("Status", self._status, note)
        self.setMinimumWidth(380)

    def submit(self) -> bool:
        """Emit the status."""
        self.answered.emit(Status(self._status.currentData()))
        return True


class NewMetadata(NamedTuple):
    """A value that documents get under a key, as it was typed; or None, and the key is taken away."""

    key: str
    value: str | None

    def applied(self, meta: dict[str, Any]) -> dict[str, Any]:
        """Return the metadata that a document with others gets."""
        if self.value is None:
            return {key: value for key, value in meta.items() if key != self.key}
        return {**meta, self.key: typed_value(self.value, meta.get(self.key, ""))}


class MetadataDialog(FormDialog):
    """Asks for a key and a value that documents get."""

    answered = Signal(object)  # NewMetadata

    def __init__(self, what: str, known: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("metadata-dialog", f"Set metadata of {what}", accept="Set", parent=parent)
        self.setMinimumWidth(420)
        self._key = ComboBox()
        self._key.setObjectName("metadata-key")
        self._key.setEditable(True)
        self._key.addItems(list(known))
        self._key.setCurrentText("")
        self._value = LineEdit()
        self._value.setObjectName("metadata-value")
        self._drops = QCheckBox("Take the key away instead")
        self._drops.setObjectName("metadata-drop")
        self._drops.setAccessibleName("Take the key away instead")
        self.field("Key", self._key, "What else the documents’ metadata say stays as it is.")
        self.field("Value", self._value)
        self.body.addWidget(self._drops)
        self._drops.toggled.connect(self._value.setDisabled)

    def submit(self) -> bool:
        """Emit key and value, if metadata can have the key."""
        key = self._key.currentText().strip()
        try:
            check_description("x", {key: ""})
        except EditRejected as error:
            self.complain(advice(error))
            return False
        self.answered.emit(NewMetadata(key, None if self._drops.isChecked() else self._value.text()))
        return True


class ViewNameDialog(FormDialog):
    """Asks for the name of a view."""

    answered = Signal(object)  # the name

    def __init__(self, shown: str, present: str, known: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("view-name-dialog", "Save this view", accept="Save", parent=parent)
        self.setMinimumWidth(420)
        self.body.addWidget(plain(shown or "All documents, in order of import", tone="faint", wrap=True))
        self._name = LineEdit()
        self._name.setObjectName("view-name")
        self._name.setMaxLength(LONGEST_NAME)
        self._name.setText(present)
        others = f"A view of the same name is replaced. There are: {', '.join(known)}" if known else ""
        self.field("Name", self._name, others)

    def submit(self) -> bool:
        """Emit the name, if a view can have it."""
        try:
            name = checked_name(self._name.text())
        except EditRejected as error:
            self.complain(advice(error))
            return False
        self.answered.emit(name)
        return True

"""Short questions about documents: whether to remove them, which status they get, and what a view is called."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.annotation import Status
from app.core.errors import EditRejected
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

"""The dialog for what an annotator says of a document: a flag that asks the lead, and a note."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from app.core.errors import EditRejected
from app.core.remark import LONGEST_REMARK, Remark, checked_remark
from app.core.wording import advice
from app.ui.dialogs.form import FormDialog
from app.ui.guard import guarded
from app.ui.widgets.fields import LineEdit, TextEdit


@guarded
class RemarkDialog(FormDialog):
    """Asks for flag, reason and note of one or of several documents."""

    answered = Signal(object)  # Remark

    def __init__(self, what: str, remark: Remark, parent: QWidget | None = None, *, notes: bool) -> None:
        """`what` names the documents; with `notes` the keyboard is in the note, else in the reason of the flag, which
        is then set.
        """
        super().__init__("remark-dialog", f"{'Note on' if notes else 'Flag'} {what}", accept="Save", parent=parent)
        self._notes = notes
        self.setMinimumWidth(440)
        self.flag = QCheckBox("Ask the lead about it")
        self.flag.setObjectName("remark-flag")
        self.flag.setAccessibleName("Ask the lead about it")
        self.flag.setChecked(remark.is_flagged or not notes)
        self.reason = LineEdit()
        self.reason.setObjectName("remark-reason")
        self.reason.setMaxLength(LONGEST_REMARK)
        self.reason.setText(remark.flag or "")
        self.reason.setPlaceholderText("What should be answered")
        self.note = TextEdit()
        self.note.setObjectName("remark-note")
        self.note.setTabChangesFocus(True)
        self.note.setPlainText(remark.note)
        self.note.setMinimumHeight(90)
        self.body.addWidget(self.flag)
        self.field("Why (optional)", self.reason)
        self.field("Note", self.note, "Flag and note are yours. They go to the lead with your work.")
        self.flag.toggled.connect(self._on_flag)
        self._on_flag(self.flag.isChecked())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        (self.note if self._notes else self.reason).setFocus(Qt.FocusReason.TabFocusReason)

    def _on_flag(self, checked: bool) -> None:
        self.reason.setEnabled(checked)

    def submit(self) -> bool:
        """Emit what was written, if it can be stored."""
        flag = self.reason.text() if self.flag.isChecked() else None
        try:
            remark = checked_remark(Remark(flag, self.note.toPlainText()))
        except EditRejected as error:
            self.complain(advice(error))
            return False
        self.answered.emit(remark)
        return True

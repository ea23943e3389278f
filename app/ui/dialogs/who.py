"""The dialog that asks for the annotator's name."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.names import name_problem
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox


class WhoDialog(FormDialog):
    """Asks for the name under which annotations are stored; offers the project's known annotators."""

    answered = Signal(object)  # the name

    def __init__(self, present: str, known: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("who-dialog", "Annotator name", accept="Continue", parent=parent)
        self._name = ComboBox()
        self._name.setObjectName("who-name")
        self._name.setEditable(True)
        for name in known:
            self._name.addItem(name)
        self._name.setEditText(present)
        line = self._name.lineEdit()
        if line is not None:
            line.setPlaceholderText("Your name")
            line.selectAll()
            line.returnPressed.connect(self.accept_button.click)  # a combo box's line edit consumes Enter
        note = "Your marks are stored under this name. Each annotator has a separate set of marks in every document."
        self.field("Your name", self._name, note)
        self.setMinimumWidth(420)

    def submit(self) -> bool:
        """Emit the name if it is valid."""
        name = self._name.currentText().strip()
        wrong = name_problem(name)
        if wrong is not None:
            self.complain(f"{wrong[0].upper()}{wrong[1:]}.")
            return False
        self.answered.emit(name)
        return True

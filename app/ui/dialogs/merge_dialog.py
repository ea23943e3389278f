"""A bundle was dropped on an open project: merge its work, or open it?"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.dialogs.form import FormDialog
from app.ui.widgets.labels import button, plain


class MergeOrOpenDialog(FormDialog):
    """Asks what to do with the dropped files."""

    accepted_files = Signal(object)  # list of Path
    opened = Signal(object)  # Path

    def __init__(self, project: str, files: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__("take-or-open-dialog", "Merge returned work?", accept="Merge", parent=parent)
        self._files = list(files)
        what = f"“{files[0].name}”" if len(files) == 1 else f"these {len(files)} files"
        self.body.addWidget(plain(f"Merge the work in {what} into “{project}”, or open it instead?", wrap=True))
        if len(files) == 1:
            self._open = button("Open it", name="take-or-open-open", tip="Close this project and open that one")
            self.body.addWidget(self._open)
            self._open.clicked.connect(self._on_open)
        self.setMinimumWidth(460)
        self.accept_button.setFocus()

    def submit(self) -> bool:
        """Emit the files to merge."""
        self.accepted_files.emit(self._files)
        return True

    def _on_open(self, _checked: bool) -> None:
        self.accept()
        self.opened.emit(self._files[0])

"""Tells that the project's file can't be written any more, and offers to save a copy elsewhere."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.core.wording import sentence, window_hint
from app.ui.dialogs.texts import ReportDialog
from app.ui.widgets.labels import button


class TroubleDialog(ReportDialog):
    """What is wrong, where, and what to do."""

    copy_wanted = Signal()

    def __init__(self, title: str, error: StetError, parent: QWidget | None = None) -> None:
        details = [text for text in (str(error.path or ""), sentence(window_hint(error))) if text]
        super().__init__(title, sentence(error.what), details, parent)
        save = button("Save a copy elsewhere…", name="report-save-copy")
        save.clicked.connect(self._on_save)
        self.body.addWidget(save, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_save(self, _checked: bool) -> None:
        self.accept()
        self.copy_wanted.emit()

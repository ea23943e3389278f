"""Tells what is wrong with a project's file, and offers what helps: a copy elsewhere, or one of its backups."""

from pathlib import Path

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
        super().__init__(title, sentence(error.what), _details(error), parent)
        save = button("Save a copy elsewhere…", name="report-save-copy")
        save.clicked.connect(self._on_save)
        self.body.addWidget(save, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_save(self, _checked: bool) -> None:
        self.accept()
        self.copy_wanted.emit()


class DamageDialog(ReportDialog):
    """What is wrong with a project that is damaged or gone; its backups are one press away."""

    restore_wanted = Signal(object)  # path of the project

    def __init__(self, title: str, error: StetError, project: Path, parent: QWidget | None = None) -> None:
        super().__init__(title, sentence(error.what), _details(error), parent)
        self._project = project
        restore = button("Restore a backup…", name="report-restore", tip="Lists the backups and what is in each")
        restore.clicked.connect(self._on_restore)
        self.body.addWidget(restore, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_restore(self, _checked: bool) -> None:
        self.accept()
        self.restore_wanted.emit(self._project)


def _details(error: StetError) -> list[str]:
    return [text for text in (str(error.path or ""), sentence(window_hint(error))) if text]

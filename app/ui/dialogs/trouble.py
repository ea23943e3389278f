"""Tells what is wrong with a project's file, and offers what helps: a copy elsewhere, or one of its backups."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.core.wording import sentence, window_hint
from app.ui.dialogs.texts import ReportDialog
from app.ui.widgets.fields import TextEdit
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


class KeptDialog(TroubleDialog):
    """That some actions couldn't be written; they can be saved elsewhere, or given up."""

    discard_wanted = Signal()

    def __init__(self, title: str, error: StetError, parent: QWidget | None = None) -> None:
        super().__init__(title, error, parent)
        tip = "The project stays open as it is in its file"
        discard = button("Discard what isn’t saved", name="report-discard", tip=tip)
        discard.clicked.connect(self._on_discard)
        self.body.addWidget(discard, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_discard(self, _checked: bool) -> None:
        self.accept()
        self.discard_wanted.emit()


_REPAIR = (
    "A repair saves all that can be read, row by row, into a new project beside it, and lists what was lost. "
    "The damaged file stays as it is."
)


class DamageDialog(ReportDialog):
    """What is wrong with a project that is damaged or gone; its backups and a repair are one press away."""

    restore_wanted = Signal(object)  # path of the project
    repair_wanted = Signal(object)  # path of the project

    def __init__(
        self,
        title: str,
        error: StetError,
        project: Path,
        parent: QWidget | None = None,
        *,
        has_copies: bool = True,
        is_there: bool = True,
        is_asked: bool = True,
    ) -> None:
        """`is_asked`: whether it answers what a person has just asked for, and not what was found meanwhile."""
        details = [*_details(error), *([_REPAIR] if is_there else [])]
        super().__init__(title, sentence(error.what), details, parent)
        self._project = project
        if has_copies:
            restore = button("Restore a backup…", name="report-restore", tip="Lists the backups and what is in each")
            restore.clicked.connect(self._on_restore)
            self.body.addWidget(restore, 0, Qt.AlignmentFlag.AlignLeft)
        if is_there:
            repair = button("Repair into a new project", name="report-repair", tip=_REPAIR)
            repair.clicked.connect(self._on_repair)
            self.body.addWidget(repair, 0, Qt.AlignmentFlag.AlignLeft)
        reading = self.findChild(TextEdit, "report-details")
        if not is_asked and reading is not None:
            self.come_unasked(reading)

    def _on_restore(self, _checked: bool) -> None:
        self.accept()
        self.restore_wanted.emit(self._project)

    def _on_repair(self, _checked: bool) -> None:
        self.accept()
        self.repair_wanted.emit(self._project)


def _details(error: StetError) -> list[str]:
    return [text for text in (str(error.path or ""), sentence(window_hint(error))) if text]

"""Dialogs that only show text: reports of jobs."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ReadOnlyText
from app.ui.widgets.labels import button, plain


class ReportDialog(FormDialog):
    """Shows what was done, with details to read and copy; with `folder`, a button opens that in the file manager."""

    def __init__(
        self,
        title: str,
        lead: str,
        details: Sequence[str] = (),
        parent: QWidget | None = None,
        *,
        folder: Path | None = None,
    ) -> None:
        super().__init__("report-dialog", title, accept="Close", parent=parent)
        self.setMinimumWidth(520)
        self._folder = folder
        self.body.addWidget(plain(lead, wrap=True, name="report-lead"))
        if details:
            shown = ReadOnlyText()
            shown.setObjectName("report-details")
            shown.setAccessibleName("Details")
            shown.setPlainText("\n".join(details))
            shown.setMinimumHeight(180)
            self.body.addWidget(shown, 1)
        if folder is not None:
            go = button("Open folder", name="report-folder", tip=f"Shows {folder}")
            go.clicked.connect(self._on_folder)
            self.body.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_folder(self, _checked: bool) -> None:
        if self._folder is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))):
            self.complain(f"No file manager was found. The folder is {self._folder}")

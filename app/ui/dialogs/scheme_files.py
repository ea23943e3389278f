"""Files beside the scheme: another scheme to read, also one of another program, and a guideline to write."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.services.schemes.foreign_files import KINDS
from app.ui.widgets.fields import FileDialog
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import button

_GUIDELINES = "Markdown (*.md);;HTML (*.html)"


class SchemeFiles(QWidget):
    """Two buttons that ask for a file."""

    read_wanted = Signal(object)  # path of a scheme
    guideline_wanted = Signal(object)  # path to write to

    def __init__(self, project: Path) -> None:
        super().__init__()
        self._project = project
        read = button("Read from a file…", name="scheme-read", tip="TOML, Label Studio, brat, or a CSV of labels")
        write = button("Write a guideline…", name="scheme-guideline", tip="Markdown or HTML, with examples from gold")
        row = Flow(self, gap=6)
        row.add(read)
        row.add(write)
        read.clicked.connect(self._on_read)
        write.clicked.connect(self._on_write)

    def _on_read(self, _checked: bool) -> None:
        dialog = FileDialog(self, "Read a scheme", str(self._project.parent), KINDS)
        dialog.setObjectName("scheme-read-dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_write(self, _checked: bool) -> None:
        proposal = self._project.with_name(f"{self._project.stem}-guideline.md")
        dialog = FileDialog(self, "Write a guideline", str(proposal), _GUIDELINES)
        dialog.setObjectName("scheme-guideline-dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("md")
        dialog.selectFile(proposal.name)
        dialog.fileSelected.connect(self._on_place)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_chosen(self, name: str) -> None:
        self.read_wanted.emit(Path(name))

    def _on_place(self, name: str) -> None:
        self.guideline_wanted.emit(Path(name))

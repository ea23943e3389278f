"""The dialog for a new project: file and scheme."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.wording import undirected
from app.services.schemes.foreign_files import KINDS
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.path_field import PathField
from app.ui.widgets.fields import ComboBox, FileDialog
from app.ui.widgets.labels import button, plain


class NewProject(NamedTuple):
    """The answer: the file to create, and the scheme's TOML file."""

    path: Path
    scheme: Path


class NewProjectDialog(FormDialog):
    """Asks for a file name and a scheme."""

    answered = Signal(object)  # NewProject

    def __init__(self, folder: Path, schemes: Sequence[tuple[str, str, Path]], parent: QWidget | None = None) -> None:
        super().__init__("new-project-dialog", "New project", accept="Create", parent=parent)
        self.setMinimumWidth(560)
        self._path = PathField("new-project", "Project file", kinds="Stet projects (*.stet)", suffix="stet")
        self._path.line.setText(str(free_name(folder, "project")))
        self.field("Project file", self._path, "Documents, marks and history are all stored in this one file.")
        self._scheme = ComboBox()
        self._scheme.setObjectName("new-project-scheme")
        self._notes: list[str] = []
        for title, note, path in schemes:
            self._scheme.addItem(title, path)
            self._notes.append(note)
        self._scheme.addItem("From a file…", None)
        self._notes.append("TOML, a label configuration of Label Studio, annotation.conf of brat, or a CSV of labels.")
        self._note = plain("", tone="faint", wrap=True)
        self._browse = button("Choose the file…", name="new-project-scheme-file")
        self._browse.clicked.connect(self._on_browse)
        self.field("Scheme: what to mark, and the rules", self._scheme)
        self.body.addWidget(self._note)
        self.body.addWidget(self._browse)
        self._scheme.currentIndexChanged.connect(self._on_scheme)
        self._on_scheme(0)
        self._path.line.selectAll()
        self._path.line.setFocus()

    def _on_scheme(self, index: int) -> None:
        self._note.setText(self._notes[index] if 0 <= index < len(self._notes) else "")
        self._browse.setVisible(index == self._scheme.count() - 1)

    def _on_browse(self, _checked: bool) -> None:
        dialog = FileDialog(self, "Read a scheme", str(Path(self._path.line.text()).parent), KINDS)
        dialog.setObjectName("new-project-scheme-dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_file(self, name: str) -> None:
        last = self._scheme.count() - 1
        self._scheme.setItemText(last, undirected(f"From a file: {Path(name).name}"))
        self._scheme.setItemData(last, Path(name))
        self._scheme.setCurrentIndex(last)

    def submit(self) -> bool:
        """Check the name, then emit the answer."""
        text = self._path.line.text().strip()
        if not text:
            self.complain("Enter a file name.")
            return False
        path = Path(text).expanduser()
        if path.suffix != ".stet":
            path = path.with_name(path.name + ".stet")
        if not path.parent.is_dir():
            self.complain("That folder doesn’t exist. Choose another location.")
            return False
        if os.path.exists(path):
            self.complain("A file with that name already exists. Choose another name, or open it.")
            return False
        if self._scheme.currentData() is None:
            self.complain("Choose the file with the scheme.")
            return False
        self.answered.emit(NewProject(path, self._scheme.currentData()))
        return True


def free_name(folder: Path, stem: str) -> Path:
    """Return an unused project file name in a folder."""
    path = folder / f"{stem}.stet"
    number = 2
    while os.path.exists(path):
        path = folder / f"{stem}-{number}.stet"
        number += 1
    return path

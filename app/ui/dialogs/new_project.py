"""The dialog for a new project: file and scheme."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.path_field import PathField
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import plain


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
        self._note = plain("", tone="faint", wrap=True)
        self.field("Scheme: what to mark, and the rules", self._scheme)
        self.body.addWidget(self._note)
        self._scheme.currentIndexChanged.connect(self._on_scheme)
        self._on_scheme(0)
        self._path.line.selectAll()
        self._path.line.setFocus()

    def _on_scheme(self, index: int) -> None:
        self._note.setText(self._notes[index] if 0 <= index < len(self._notes) else "")

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

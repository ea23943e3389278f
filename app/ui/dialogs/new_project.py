"""Making a project: where, and with which scheme."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from app.ui.dialogs.form import FormDialog
from app.ui.labels import button, plain


class NewProject(NamedTuple):
    """The answer: the file to make, and the scheme's TOML file."""

    path: Path
    scheme: Path


class NewProjectDialog(FormDialog):
    """Asks for a file name and a scheme."""

    answered = Signal(object)  # NewProject

    def __init__(self, folder: Path, schemes: Sequence[tuple[str, str, Path]], parent: QWidget | None = None) -> None:
        super().__init__("new-project-dialog", "New project", accept="Make it", parent=parent)
        self.setMinimumWidth(560)
        self._folder = folder
        self._path = QLineEdit(str(free_name(folder, "project")))
        self._path.setObjectName("new-project-path")
        browse = button("Choose…", name="new-project-browse")
        browse.clicked.connect(self._on_browse)
        row_widget = QWidget()
        row = QHBoxLayout(row_widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._path, 1)
        row.addWidget(browse)
        row_widget.setAccessibleName("Project file")
        self._path.setAccessibleName("Project file")
        self.field("Project file", row_widget, "Documents, marks and history are all in this one file.")
        self._scheme = QComboBox()
        self._scheme.setObjectName("new-project-scheme")
        self._notes: list[str] = []
        for title, note, path in schemes:
            self._scheme.addItem(title, path)
            self._notes.append(note)
        self._note = plain("", tone="faint", wrap=True)
        self.field("Scheme: what is marked, and by which rules", self._scheme)
        self.body.addWidget(self._note)
        self._scheme.currentIndexChanged.connect(self._on_scheme)
        self._on_scheme(0)
        self._path.selectAll()
        self._path.setFocus()

    def _on_scheme(self, index: int) -> None:
        self._note.setText(self._notes[index] if 0 <= index < len(self._notes) else "")

    def _on_browse(self, _checked: bool) -> None:
        dialog = QFileDialog(self, "New project", str(self._folder), "Stet projects (*.stet)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("stet")
        dialog.fileSelected.connect(self._path.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def submit(self) -> bool:
        """Check the name, then hand it over."""
        text = self._path.text().strip()
        path = Path(text).expanduser()
        if path.suffix != ".stet":
            path = path.with_name(path.name + ".stet")
        if not text or not path.parent.is_dir():
            self.complain("That folder doesn’t exist. Choose another place.")
            return False
        if path.exists():
            self.complain("There is a file of that name already. Choose another name, or open it.")
            return False
        self.answered.emit(NewProject(path, self._scheme.currentData()))
        return True


def free_name(folder: Path, stem: str) -> Path:
    """Return a project file name in a folder that isn't taken."""
    path = folder / f"{stem}.stet"
    number = 2
    while path.exists():
        path = folder / f"{stem}-{number}.stet"
        number += 1
    return path

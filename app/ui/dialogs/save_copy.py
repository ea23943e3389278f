"""Asks where to save a copy of the project."""

import os
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.ui.dialogs.file_target import FileTargetDialog


class SaveCopyDialog(FileTargetDialog):
    """Asks for a file that doesn't exist yet, and whether to go on working in it."""

    answered = Signal(object)  # (path, whether to open it)

    def __init__(self, project: Path, folder: Path, parent: QWidget | None = None, *, goes_on: bool) -> None:
        """Propose a name in `folder`; `goes_on` is the first answer to whether to go on in the copy."""
        super().__init__(
            "save-copy-dialog",
            "Save a copy elsewhere",
            accept="Save copy",
            field="copy",
            kinds="Stet projects (*.stet)",
            suffix=".stet",
            parent=parent,
        )
        self.setMinimumWidth(560)
        self.add_path()
        self._opens = QCheckBox("Close this project and go on in the copy")
        self._opens.setObjectName("save-copy-opens")
        self._opens.setChecked(goes_on)
        self.body.addWidget(self._opens)
        self.propose(_free(folder, project.stem))

    def submit(self) -> bool:
        """Refuse a file that exists: a copy never replaces one."""
        path = Path(self._path.line.text().strip()).expanduser()
        if path.name and path.suffix != ".stet":
            self.complain("The name must end in .stet.")
            return False
        if os.path.isfile(path):
            self.complain("A file with that name already exists. Choose another name.")
            return False
        return super().submit()

    def hand_over(self, path: Path) -> None:
        """Emit the answer."""
        self.answered.emit((path, self._opens.isChecked()))


def _free(folder: Path, stem: str) -> Path:
    number = 1
    while (path := folder / (f"{stem} copy.stet" if number == 1 else f"{stem} copy {number}.stet")).exists():
        number += 1
    return path

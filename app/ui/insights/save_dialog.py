"""The dialog that asks where to save a figure's image or data."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.dialogs.file_target import FileTargetDialog


class SaveRequest(NamedTuple):
    """The answer: `kind` is svg or csv."""

    path: Path
    kind: str


class SaveFigureDialog(FileTargetDialog):
    """Asks for a file."""

    answered = Signal(object)  # SaveRequest

    def __init__(self, project: Path, figure: str, kind: str, parent: QWidget | None = None) -> None:
        title = "Save image" if kind == "svg" else "Save data"
        super().__init__(
            "save-figure-dialog",
            title,
            accept="Save",
            field="save-figure",
            kinds=f"{kind.upper()} (*.{kind})",
            suffix=kind,
            parent=parent,
        )
        self.setMinimumWidth(520)
        self._kind = kind
        self._project = project
        self.add_path()
        self.propose(project.with_name(f"{project.stem}.{figure}.{kind}"))
        self.accept_button.setFocus()

    def refused(self) -> tuple[Path, ...]:
        """Return the project file, which must not be overwritten."""
        return (self._project,)

    def hand_over(self, path: Path) -> None:
        """Emit the answer."""
        self.answered.emit(SaveRequest(path, self._kind))

"""Where a picture or a table goes."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.path_field import PathField


class SaveRequest(NamedTuple):
    """The answer: `kind` is svg or csv."""

    path: Path
    kind: str


class SaveFigureDialog(FormDialog):
    """Asks for a file."""

    answered = Signal(object)  # SaveRequest

    def __init__(self, project: Path, figure: str, kind: str, parent: QWidget | None = None) -> None:
        title = "Save the picture" if kind == "svg" else "Save the data"
        super().__init__("save-figure-dialog", title, accept="Save", parent=parent)
        self.setMinimumWidth(520)
        self._kind = kind
        self._path = PathField("save-figure", "File", kinds=f"{kind.upper()} (*.{kind})", suffix=kind)
        self._path.line.setText(str(project.with_name(f"{project.stem}.{figure}.{kind}")))
        self.field("File", self._path, "A file of this name is replaced.")
        self.accept_button.setFocus()

    def submit(self) -> bool:
        """Check the place, then hand it over."""
        path = Path(self._path.line.text().strip()).expanduser()
        if not path.name or not path.parent.is_dir():
            self.complain("That folder doesn’t exist. Choose another place.")
            return False
        self.answered.emit(SaveRequest(path, self._kind))
        return True

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
        self._project = project
        self._path = PathField("save-figure", "File", kinds=f"{kind.upper()} (*.{kind})", suffix=kind)
        self._path.line.setText(str(project.with_name(f"{project.stem}.{figure}.{kind}")))
        self.field("File", self._path)
        self._may_replace: Path | None = None
        self._path.line.textChanged.connect(self._on_path_changed)
        self.accept_button.setFocus()

    def _on_path_changed(self, _text: str) -> None:
        # What was said of another file isn't true of this one.
        self._may_replace = None
        self.complain("")
        self.accept_button.setText("Save")

    def submit(self) -> bool:
        """Check the place, then hand it over."""
        path = Path(self._path.line.text().strip()).expanduser()
        if not path.name or not path.parent.is_dir():
            self.complain("That folder doesn’t exist. Choose another place.")
            return False
        if path.is_dir():
            self.complain("That is a folder. Add the name of a file.")
            return False
        if path.resolve() == self._project.resolve():
            self.complain("That is the project file itself. Choose another name.")
            return False
        if path.exists() and path != self._may_replace:
            self._may_replace = path
            self.accept_button.setText("Replace")
            self.complain("There is a file of that name. Press Replace to write over it, or choose another name.")
            return False
        self.answered.emit(SaveRequest(path, self._kind))
        return True

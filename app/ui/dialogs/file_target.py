"""The base of dialogs that ask for a file or folder to write, with the checks they share."""

import os
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.path_field import PathField


class FileTargetDialog(FormDialog):
    """Asks for a path; an existing file is only replaced if the button is pressed a second time.

    Subclasses add the field at its place in the form, and override `hand_over`.
    """

    def __init__(
        self,
        name: str,
        title: str,
        *,
        accept: str,
        field: str,
        kinds: str,
        suffix: str,
        scrolls: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, title, accept=accept, scrolls=scrolls, parent=parent)
        self._verb = accept
        self._may_replace: Path | None = None
        self._is_folder = False
        self._path = PathField(field, "File", kinds=kinds, suffix=suffix)
        self._path.line.textChanged.connect(self._on_path_changed)

    def add_path(self) -> None:
        """Add the field to the form."""
        self.field("File", self._path)

    def expect(self, *, kinds: str, suffix: str, is_folder: bool) -> None:
        """Expect another kind of file from now on, or a folder."""
        self._is_folder = is_folder
        self._path.expect(kinds=kinds, suffix=suffix, is_folder=is_folder)

    def propose(self, path: Path) -> None:
        """Fill in a path."""
        self._path.line.setText(str(path))

    def hand_over(self, path: Path) -> None:
        """Emit the answer; for subclasses."""

    def path_changed(self) -> None:
        """Follow another path; for subclasses."""

    def refused(self) -> tuple[Path, ...]:
        """Return the files that must not be overwritten: those of the project."""
        return ()

    def submit(self) -> bool:
        """Check the path, then hand it over."""
        path = Path(self._path.line.text().strip()).expanduser()
        complaint = self._complaint_about(path)
        if complaint:
            self.complain(complaint)
            return False
        if not self._is_folder and os.path.exists(path) and path != self._may_replace:
            self._may_replace = path
            self.accept_button.setText("Replace")
            self.complain("A file with that name already exists. Press Replace to overwrite, or choose another name.")
            return False
        self.hand_over(path)
        return True

    def _complaint_about(self, path: Path) -> str:
        if not path.name:
            return "Enter a folder name." if self._is_folder else "Enter a file name."
        if self._is_folder and os.path.isfile(path):
            return "That is a file, but the format is a folder of files. Choose another name."
        if self._is_folder and path.is_dir() and _is_full(path):
            return "That folder isn’t empty. Choose a new or an empty one."
        if path.is_dir() and not self._is_folder:
            return "That is a folder. Add a file name."
        if not path.parent.is_dir():
            return "That folder doesn’t exist. Choose another location."
        if any(path.resolve() == other.resolve() for other in self.refused()):
            return "That is the project file itself. Choose another name."
        if not _can_be_written(path):
            return "That location isn’t writable. Choose another, or change its permissions."
        return ""

    def _on_path_changed(self, _text: str) -> None:
        # A message about another file doesn't apply to this one.
        self._may_replace = None
        self.complain("")
        self.accept_button.setText(self._verb)
        self.path_changed()


def _is_full(path: Path) -> bool:
    """Return whether the folder has contents, or can't be read."""
    try:
        return any(path.iterdir())
    except OSError:
        return True


def _can_be_written(path: Path) -> bool:
    return os.access(path.parent, os.W_OK) and (not os.path.exists(path) or os.access(path, os.W_OK))

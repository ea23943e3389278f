"""A file or folder to write: a line to type in, and a button for the system's dialog."""

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from app.ui.widgets.fields import FileDialog, LineEdit
from app.ui.widgets.labels import button


class PathField(QWidget):
    """Asks for the path of a file or folder to create, or of one that is there."""

    def __init__(self, name: str, title: str, *, kinds: str, suffix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._kinds = kinds
        self._suffix = suffix
        self._is_folder = False
        self._is_there = False
        self.line = LineEdit()
        self.line.setObjectName(f"{name}-path")
        self.line.setAccessibleName(title)
        browse = button("Choose…", name=f"{name}-browse", tip="Choose a location in the system dialog")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(browse)
        self.setAccessibleName(title)
        browse.clicked.connect(self._on_browse)

    def expect(self, *, kinds: str, suffix: str, is_folder: bool, is_there: bool = False) -> None:
        """Expect another kind of file from now on, or a folder, perhaps one that is there."""
        self._kinds = kinds
        self._suffix = suffix
        self._is_folder = is_folder
        self._is_there = is_there

    def _on_browse(self, _checked: bool) -> None:
        dialog = FileDialog(self, self._title, self.line.text(), self._kinds)
        if not self._is_there:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        if self._is_folder:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setDefaultSuffix(self._suffix)
        dialog.fileSelected.connect(self.line.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

"""A file to write: a line to type in, and a button that opens the system's dialog."""

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from app.ui.widgets.labels import button


class PathField(QWidget):
    """Asks for the name of a file that will be made."""

    def __init__(self, name: str, title: str, *, kinds: str, suffix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._kinds = kinds
        self._suffix = suffix
        self.line = QLineEdit()
        self.line.setObjectName(f"{name}-path")
        self.line.setAccessibleName(title)
        browse = button("Choose…", name=f"{name}-browse", tip="Choose a location in the system dialog")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(browse)
        self.setAccessibleName(title)
        browse.clicked.connect(self._on_browse)

    def _on_browse(self, _checked: bool) -> None:
        dialog = QFileDialog(self, self._title, self.line.text(), self._kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self._suffix)
        dialog.fileSelected.connect(self.line.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

"""The dialog that asks in which encoding a text file is, with some of its lines as they would be read."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.exchange.text_encodings import READ_FIRST, likely_encodings, readable, telling_lines
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ReadOnlyText
from app.ui.widgets.labels import plain

_SAMPLE = 4_000  # bytes
_LINES = 12


class EncodingDialog(FormDialog):
    """Lists the encodings in which a file can be read, the likeliest first, each with what some lines would be."""

    answered = Signal(object)  # the file, and the name of its encoding

    def __init__(self, path: Path, tried: str = "", parent: QWidget | None = None) -> None:
        """Show what can be read of a file, which isn't in the encoding `tried`, by default UTF-8. Raises OSError."""
        super().__init__("encoding-dialog", "Choose an encoding", accept="Import", parent=parent)
        self.resize(640, 600)
        self._path = path
        with path.open("rb") as file:
            start = file.read(READ_FIRST)
        self._sample = telling_lines(start, _SAMPLE)
        what = f"“{path.name}” can’t be read as {tried}." if tried else f"“{path.name}” isn’t UTF-8."
        what += " Choose the encoding in which these lines read right."
        self.body.addWidget(plain(what, wrap=True, name="encoding-what"))
        self._list = QListWidget()
        self._list.setObjectName("encoding-list")
        self._list.setAccessibleName("Encodings")
        for encoding in likely_encodings(start):
            if encoding.name != tried:
                item = QListWidgetItem(encoding.title)
                item.setData(Qt.ItemDataRole.UserRole, encoding.name)
                self._list.addItem(item)
        self._lines = ReadOnlyText()
        self._lines.setObjectName("encoding-lines")
        self._lines.setAccessibleName("Lines of the file")
        self.body.addWidget(self._list, 1)
        self.body.addWidget(self._lines, 1)
        note = "Other files of this import are read in it too, where it fits. If none is right, save the file as UTF-8."
        self.body.addWidget(plain(note, tone="faint", wrap=True, name="encoding-note"))
        self._list.currentItemChanged.connect(self._on_chosen)
        self._list.setCurrentRow(0)
        self._list.setFocus()

    def _read(self, name: str) -> str:
        """Return the first lines in an encoding."""
        return "\n".join((readable(self._sample, name) or "").splitlines()[:_LINES])

    def _on_chosen(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        self._lines.setPlainText("" if item is None else self._read(item.data(Qt.ItemDataRole.UserRole)))

    def submit(self) -> bool:
        """Emit the file and its encoding."""
        item = self._list.currentItem()
        if item is not None:
            self.answered.emit((self._path, item.data(Qt.ItemDataRole.UserRole)))
        return item is not None

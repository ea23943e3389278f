"""The dialog that asks in which encoding a text file is, with some of its lines as they would be read."""

import re
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import TextEdit
from app.ui.widgets.labels import plain

_SEARCHED = 1_000_000  # bytes
_SAMPLE = 4_000
_LINES = 12
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_ENCODINGS = (
    ("windows-1252", "Western European (Windows)"),
    ("windows-1250", "Central European (Windows)"),
    ("windows-1251", "Cyrillic (Windows)"),
    ("koi8-r", "Cyrillic (KOI8)"),
    ("windows-1253", "Greek (Windows)"),
    ("windows-1254", "Turkish (Windows)"),
    ("windows-1255", "Hebrew (Windows)"),
    ("windows-1256", "Arabic (Windows)"),
    ("windows-1257", "Baltic (Windows)"),
    ("windows-1258", "Vietnamese (Windows)"),
    ("cp874", "Thai (Windows)"),
    ("iso8859-2", "Central European (ISO 8859-2)"),
    ("iso8859-7", "Greek (ISO 8859-7)"),
    ("iso8859-15", "Western European (ISO 8859-15)"),
    ("shift_jis", "Japanese (Shift JIS)"),
    ("euc_jp", "Japanese (EUC)"),
    ("gb18030", "Chinese, simplified (GB 18030)"),
    ("big5", "Chinese, traditional (Big5)"),
    ("cp949", "Korean (Windows)"),
    ("mac_roman", "Western European (old Macintosh)"),
    ("cp850", "Western European (DOS)"),
    ("cp866", "Cyrillic (DOS)"),
)


def _telling(data: bytes) -> bytes:
    """Return some lines from the first on that isn't ASCII: all encodings agree on those before."""
    found = _NOT_ASCII.search(data)
    start = data.rfind(b"\n", 0, found.start()) + 1 if found else 0
    return data[start : start + _SAMPLE]


class EncodingDialog(FormDialog):
    """Lists the encodings in which a file can be read, each with what some lines would be."""

    answered = Signal(object)  # the name of the encoding

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        """Show what can be read of a file. Raises OSError."""
        super().__init__("encoding-dialog", "Choose an encoding", accept="Import", parent=parent)
        self.resize(640, 520)
        with path.open("rb") as file:
            self._sample = _telling(file.read(_SEARCHED))
        what = f"“{path.name}” isn’t UTF-8. Choose the encoding in which these lines read right."
        self.body.addWidget(plain(what, wrap=True, name="encoding-what"))
        self._list = QListWidget()
        self._list.setObjectName("encoding-list")
        self._list.setAccessibleName("Encodings")
        for name, title in _ENCODINGS:
            if self._read(name):
                item = QListWidgetItem(title)
                item.setData(Qt.ItemDataRole.UserRole, name)
                self._list.addItem(item)
        self._lines = TextEdit()
        self._lines.setObjectName("encoding-lines")
        self._lines.setAccessibleName("Lines of the file")
        self._lines.setReadOnly(True)
        self.body.addWidget(self._list, 1)
        self.body.addWidget(self._lines, 1)
        note = "It is used for all files of this import that aren’t UTF-8. If none is right, save the file as UTF-8."
        self.body.addWidget(plain(note, tone="faint", wrap=True, name="encoding-note"))
        self._list.currentItemChanged.connect(self._on_chosen)
        self._list.setCurrentRow(0)
        self._list.setFocus()

    def _read(self, name: str) -> str:
        """Return the first lines in an encoding, "" if they can't be."""
        # The sample may end inside of a character, of three bytes at most before its last.
        for end in range(len(self._sample), max(0, len(self._sample) - 4), -1):
            try:
                text = self._sample[:end].decode(name)
            except UnicodeDecodeError:
                continue
            return "\n".join(text.splitlines()[:_LINES])
        return ""

    def _on_chosen(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        self._lines.setPlainText("" if item is None else self._read(item.data(Qt.ItemDataRole.UserRole)))

    def submit(self) -> bool:
        """Emit the encoding."""
        item = self._list.currentItem()
        if item is not None:
            self.answered.emit(item.data(Qt.ItemDataRole.UserRole))
        return item is not None

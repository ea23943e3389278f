"""Which column of a table, or which key of JSON objects, becomes which part of a document."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.core.wording import shorten
from app.ui.theme import px
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import plain, unmarked

_TITLES = {
    "text": "Text",
    "title": "Title",
    "name": "Name",
    "id": "Id",
    "language": "Language",
    "reference": "Reference",
    "annotator": "Annotator",
    "label": "Label",
}
_NOT_GUESSED = ("reference", "annotator", "label")
_IN_A_ROW = 4
_LONGEST = 40  # characters shown of a name


class ImportColumns(QWidget):
    """A list of the columns for each part of a document; what nobody chooses is found out, where it can be."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import-columns")
        self._boxes: dict[str, ComboBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(4))

    def show_columns(self, parts: Sequence[str], names: Sequence[str]) -> None:
        """Add a list of these columns for each part; lists that are there stay as they are."""
        if names and not self._boxes:
            for number, part in enumerate(part for part in parts if part in _TITLES):
                self._add(part, names, number)
        self.setVisible(bool(self._boxes))

    def chosen(self) -> dict[str, str]:
        """Return the chosen columns by part."""
        return {part: box.currentData() for part, box in self._boxes.items() if box.currentData() is not None}

    def _add(self, part: str, names: Sequence[str], number: int) -> None:
        box = ComboBox()
        box.setObjectName(f"import-column-{part}")
        box.setAccessibleName(f"Column of the {_TITLES[part].lower()}")
        box.setMinimumContentsLength(10)
        box.addItem("none" if part in _NOT_GUESSED else "automatic", None)
        for name in names:
            box.addItem(shorten(name, _LONGEST), name)
        caption = plain(unmarked(_TITLES[part]), role="field")
        caption.setBuddy(box)
        row, column = divmod(number, _IN_A_ROW)
        self._grid.addWidget(caption, 2 * row, column)
        self._grid.addWidget(box, 2 * row + 1, column)
        self._grid.setColumnStretch(column, 1)
        box.activated.connect(self._on_activated)
        self._boxes[part] = box

    def _on_activated(self, _index: int) -> None:
        self.changed.emit()

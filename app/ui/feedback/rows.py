"""The two lists of feedback, documents and annotations: title, tag and subtitle."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.ui.guard import guarded
from app.ui.panels.delegates import RowBox, RowDelegate, row_size
from app.ui.theme import ui_font
from app.ui.widgets.labels import literal

Index = QModelIndex | QPersistentModelIndex
ROW = int(Qt.ItemDataRole.UserRole) + 1


class ListRow(NamedTuple):
    """The contents of a row; `tone` names the tag's colour in Tones."""

    title: str
    subtitle: str
    tag: str = ""
    tone: str = "faint"


@guarded
class RowsModel(QAbstractListModel):
    """Rows that are only replaced all at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[ListRow] = ()

    def show(self, rows: Sequence[ListRow]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in (row.title, row.tag, row.subtitle) if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal(f"{row.title}\n{row.subtitle}")
        return None


@guarded
class TwoLines(RowDelegate):
    """Paints a row of two lines."""

    HEIGHT = 46

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return row_size(self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW)
        if not isinstance(row, ListRow):
            return
        painter.save()
        self.ground(painter, option, self.tones.chosen)
        box = RowBox(painter, option)
        rect = box.rect.adjusted(10, 6, -8, -5)
        width = self._tag(box, rect, row) if row.tag else 0
        painter.setFont(ui_font(13))
        painter.setPen(QColor(self.tones.text))
        box.line(QRect(rect.left(), rect.top(), rect.width() - width - 6, 19), row.title)
        painter.setFont(ui_font(11))
        painter.setPen(QColor(self.tones.faint))
        box.line(QRect(rect.left(), rect.top() + 19, rect.width(), 16), row.subtitle)
        painter.restore()

    def _tag(self, box: RowBox, rect: QRect, row: ListRow) -> int:
        ground = QColor(getattr(self.tones, row.tone))
        ground.setAlphaF(0.22)
        return box.tag(rect, row.tag, ground, QColor(self.tones.text))

"""How rows of the list of suggestions are painted: two lines each, since a suggestion is nothing without its reason."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.ui.guard import guarded
from app.ui.models.annotations import AnnotationRole
from app.ui.models.suggestions import SuggestionRole
from app.ui.panels.delegates import RowBox, RowDelegate, row_size
from app.ui.theme import readable, ui_font

Index = QModelIndex | QPersistentModelIndex
_INDENT, _HEADING_INDENT = 28, 19


@guarded
class SuggestionDelegate(RowDelegate):
    """A kind with its swatch, over who suggests it and how often that was right; or a suggestion over its reason."""

    HEIGHT = 46

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return row_size(self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        self.ground(painter, option, self.tones.chosen_annotation)
        box = RowBox(painter, option)
        rect = box.rect.adjusted(9, 6, -9, -5)
        is_heading = bool(index.data(SuggestionRole.HEADING))
        left = rect.left() + (_HEADING_INDENT if is_heading else _INDENT)
        if is_heading:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(readable(str(index.data(AnnotationRole.COLOR)), self.tones.panel, 3.0))
            painter.drawRoundedRect(box.place(QRectF(rect.left(), rect.top() + 5, 9, 9)), 2, 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        side = str(index.data(AnnotationRole.SIDE))
        painter.setFont(ui_font(11))
        width = QFontMetrics(painter.font()).horizontalAdvance(side) + 6 if side else 0
        painter.setPen(QColor(self.tones.faint))
        box.line(QRect(rect.right() - width, rect.top(), width, 18), side, end=True)
        painter.setFont(ui_font(13, QFont.Weight.DemiBold if is_heading else QFont.Weight.Normal))
        painter.setPen(QColor(self.tones.text))
        box.line(QRect(left, rect.top(), rect.right() - width - left, 18), str(index.data()))
        painter.setFont(ui_font(11))
        painter.setPen(QColor(self.tones.faint))
        box.line(QRect(left, rect.top() + 19, rect.right() - left, 16), str(index.data(SuggestionRole.BELOW)))
        painter.restore()

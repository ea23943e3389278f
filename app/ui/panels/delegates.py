"""How rows of the two lists are painted."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.core.annotation import Status
from app.core.record import DocumentRow
from app.ui.models import annotations, documents
from app.ui.theme import Tones, readable, ui_font

Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """A row with a rounded ground when it is chosen or under the pointer."""

    def __init__(self, tones: Tones, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tones = tones

    def ground(self, painter: QPainter, option: QStyleOptionViewItem, chosen: str) -> None:
        """Paint what lies under a row: the given colour if it is chosen, and a ring if the keyboard is there."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        color = None
        if state & QStyle.StateFlag.State_Selected:
            color = chosen
        elif state & QStyle.StateFlag.State_MouseOver:
            color = self.tones.hover
        painter.setPen(Qt.PenStyle.NoPen)
        if color:
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(2, 1, -2, -1), 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.tones.accent), 1))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(2.5, 1.5, -2.5, -1.5), 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)


class DocumentDelegate(RowDelegate):
    """Status dot, title, number of marks; below it what is open or the reference."""

    HEIGHT = 46

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(documents.Role.ROW)
        if not isinstance(row, DocumentRow):
            return
        painter.save()
        self.ground(painter, option, self.tones.chosen)
        rect = option.rect.adjusted(10, 6, -10, -5)
        dot = QRectF(rect.left() + 1, rect.top() + 5, 9, 9)
        if index.data(documents.Role.ONLY_REFERENCE) and row.status is Status.OPEN and not row.marks:
            self._sheet(painter, dot)
        else:
            self._dot(painter, dot, row)
        painter.setFont(ui_font(12))
        count = str(row.marks)
        width = QFontMetrics(ui_font(12)).horizontalAdvance(count) + 4
        painter.setPen(QColor(self.tones.faint))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, count)
        title = QRect(rect.left() + 19, rect.top(), rect.width() - 19 - width, 19)
        painter.setFont(ui_font(13))
        painter.setPen(QColor(self.tones.text))
        _elided(painter, title, str(index.data()))
        below = QRect(title.left(), rect.top() + 19, rect.width() - 19, 16)
        painter.setFont(ui_font(11))
        painter.setPen(QColor(self.tones.faint))
        _elided(painter, below, str(index.data(documents.Role.SUBTITLE)))
        painter.restore()

    def _sheet(self, painter: QPainter, rect: QRectF) -> None:
        """A reference isn't work to be done: a sheet instead of a ring."""
        painter.setPen(QPen(QColor(self.tones.line), 1.4))
        painter.drawRect(rect.adjusted(1, 0, -1, 0))
        painter.drawLine(QPointF(rect.left() + 3, rect.top() + 3), QPointF(rect.right() - 3, rect.top() + 3))
        painter.drawLine(QPointF(rect.left() + 3, rect.top() + 6), QPointF(rect.right() - 3, rect.top() + 6))

    def _dot(self, painter: QPainter, rect: QRectF, row: DocumentRow) -> None:
        good, accent = QColor(self.tones.good), QColor(self.tones.accent)
        if row.status.is_finished:
            painter.setPen(QPen(good, 2))
            painter.setBrush(good)
            painter.drawEllipse(rect)
            painter.setPen(QPen(QColor(self.tones.surface), 1.4))
            center = rect.center()
            x, y = center.x(), center.y()
            painter.drawLine(int(x - 2), int(y), int(x - 0.5), int(y + 2))
            painter.drawLine(int(x - 0.5), int(y + 2), int(x + 3), int(y - 2))
        elif row.status is Status.SKIPPED:
            painter.setPen(QPen(QColor(self.tones.faint), 2))
            painter.drawLine(rect.bottomLeft(), rect.topRight())
        elif row.marks:
            painter.setPen(QPen(accent, 2))
            painter.drawEllipse(rect)
            painter.setBrush(accent)
            painter.drawPie(rect, 90 * 16, 180 * 16)
        else:
            painter.setPen(QPen(QColor(self.tones.faint), 2))
            painter.drawEllipse(rect)
        painter.setBrush(Qt.BrushStyle.NoBrush)


class AnnotationDelegate(RowDelegate):
    """Swatch, quote, and label with severity or what the mark still needs."""

    HEIGHT = 28

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        self.ground(painter, option, self.tones.chosen_mark)
        rect = option.rect.adjusted(9, 0, -9, 0)
        color = readable(str(index.data(annotations.Role.COLOR)), self.tones.panel, 3.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(rect.left(), rect.center().y() - 4, 9, 9), 2, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        side = str(index.data(annotations.Role.SIDE))
        painter.setFont(ui_font(11))
        width = min(rect.width() // 2, QFontMetrics(ui_font(11)).horizontalAdvance(side) + 6)
        painter.setPen(QColor(self.tones.warn if index.data(annotations.Role.OPEN) else self.tones.faint))
        _elided(painter, QRect(rect.right() - width, rect.top(), width, rect.height()), side, right=True)
        painter.setFont(ui_font(13))
        painter.setPen(QColor(self.tones.text))
        _elided(
            painter, QRect(rect.left() + 19, rect.top(), rect.width() - 25 - width, rect.height()), str(index.data())
        )
        painter.restore()


def _elided(painter: QPainter, rect: QRect, text: str, *, right: bool = False) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)

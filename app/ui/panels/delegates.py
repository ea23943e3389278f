"""How rows of the two lists are painted."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.core.annotation import Status
from app.core.record import DocumentRow
from app.core.wording import undirected
from app.ui.guard import guarded
from app.ui.models import annotations, documents
from app.ui.theme import Tones, px, readable, scale, ui_font

Index = QModelIndex | QPersistentModelIndex
_FLAG, _NOTE = "⚑", "✎"
_LEAST_NAME = 40  # pixels in which some of a name can be read


class RowBox:
    """A row to paint into, in lengths of the usual window: it makes up for the scale, and for who reads from the right.

    `rect` begins at the row's own corner. Whoever makes one must have saved the painter, and restores it.
    """

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        factor = scale()
        painter.translate(option.rect.topLeft())
        painter.scale(factor, factor)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # a quote runs as its own script does
        self._painter = painter
        self.rect = QRect(0, 0, round(option.rect.width() / factor), round(option.rect.height() / factor))
        self._leftward = option.direction == Qt.LayoutDirection.RightToLeft

    def place(self, rect: QRectF) -> QRectF:
        """Return where something is painted that has this place where one reads from the left."""
        return (
            QRectF(self.rect.width() - rect.right(), rect.top(), rect.width(), rect.height())
            if self._leftward
            else rect
        )

    def line(self, rect: QRect, text: str, *, end: bool = False, top: bool = False) -> None:
        """Write a line, cut off with dots where it is too long; with `end` at the side where one stops reading."""
        shown = self._painter.fontMetrics().elidedText(undirected(text), Qt.TextElideMode.ElideRight, rect.width())
        side = Qt.AlignmentFlag.AlignRight if end != self._leftward else Qt.AlignmentFlag.AlignLeft
        high = Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag.AlignVCenter
        flags = side | Qt.AlignmentFlag.AlignAbsolute | high | Qt.TextFlag.TextSingleLine
        self._painter.drawText(self.place(QRectF(rect)), int(flags), shown)

    def tag(self, rect: QRect, text: str, ground: QColor, ink: QColor) -> int:
        """Write a small word on a coloured ground at the end of a row's first line; return its width."""
        text = undirected(text)
        self._painter.setFont(ui_font(10))
        width = QFontMetrics(self._painter.font()).horizontalAdvance(text) + 12
        box = self.place(QRectF(rect.right() - width, rect.top() + 2, width, 16))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(ground)
        self._painter.drawRoundedRect(box, 4, 4)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(ink)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return width


def row_size(height: int) -> QSize:
    """Return the size of a row that is so high in the usual window."""
    return QSize(120, px(height))


class RowDelegate(QStyledItemDelegate):
    """A row with a rounded ground when it is chosen or under the pointer."""

    def __init__(self, tones: Tones, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tones = tones

    def ground(
        self, painter: QPainter, option: QStyleOptionViewItem, chosen: str, *, is_chosen: bool | None = None
    ) -> None:
        """Paint what lies under a row: the given colour if it is chosen, and a ring if the keyboard is there. Chosen is
        the row that the list has selected, unless `is_chosen` says otherwise.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        color = None
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected if is_chosen is None else is_chosen:
            color = chosen
        elif selected or state & QStyle.StateFlag.State_MouseOver:
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


@guarded
class DocumentDelegate(RowDelegate):
    """Status dot, title, number of annotations; below it what is open or the reference."""

    HEIGHT = 46

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return row_size(self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(documents.DocumentRole.ROW)
        if not isinstance(row, DocumentRow):
            return
        painter.save()
        self.ground(painter, option, self.tones.chosen, is_chosen=bool(index.data(documents.DocumentRole.IS_OPEN)))
        box = RowBox(painter, option)
        rect = box.rect.adjusted(10, 6, -10, -5)
        dot = box.place(QRectF(rect.left() + 1, rect.top() + 5, 9, 9))
        if index.data(documents.DocumentRole.ONLY_REFERENCE) and row.status is Status.OPEN and not row.annotations:
            self._sheet(painter, dot)
        else:
            self._dot(painter, dot, row)
        painter.setFont(ui_font(12))
        count = f"{row.annotations:,}"
        width = QFontMetrics(ui_font(12)).horizontalAdvance(count) + 4
        painter.setPen(QColor(self.tones.faint))
        box.line(rect, count, end=True, top=True)
        if row.note:
            width += self._sign(painter, box, rect, width, _NOTE, self.tones.faint)
        if row.flags:
            width += self._sign(painter, box, rect, width, _FLAG, self.tones.warn)
        title = QRect(rect.left() + 19, rect.top(), rect.width() - 19 - width, 19)
        painter.setFont(ui_font(13))
        painter.setPen(QColor(self.tones.text))
        shown = str(index.data())
        box.line(title, shown)
        self._file_name(painter, box, title, shown, str(index.data(documents.DocumentRole.FILE_NAME)))
        below = QRect(title.left(), rect.top() + 19, rect.width() - 19, 16)
        painter.setFont(ui_font(11))
        painter.setPen(QColor(self.tones.faint))
        box.line(below, str(index.data(documents.DocumentRole.SUBTITLE)))
        painter.restore()

    def _sign(self, painter: QPainter, box: RowBox, rect: QRect, taken: int, sign: str, color: str) -> int:
        """Write a sign before what is at the end of the row's first line; return its width."""
        painter.setFont(ui_font(12))
        painter.setPen(QColor(color))
        width = QFontMetrics(painter.font()).horizontalAdvance(sign) + 6
        box.line(QRect(rect.left(), rect.top(), rect.width() - taken, rect.height()), sign, end=True, top=True)
        return width

    def _file_name(self, painter: QPainter, box: RowBox, line: QRect, title: str, name: str) -> None:
        """Write a document's name after its title, where there is room for some of it."""
        before = QFontMetrics(painter.font()).horizontalAdvance(title) + 8
        if not name or line.width() - before < _LEAST_NAME:
            return
        painter.setFont(ui_font(11))
        painter.setPen(QColor(self.tones.faint))
        box.line(QRect(line.left() + before, line.top(), line.width() - before, line.height()), name)

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
        elif row.annotations:
            painter.setPen(QPen(accent, 2))
            painter.drawEllipse(rect)
            painter.setBrush(accent)
            painter.drawPie(rect, 90 * 16, 180 * 16)
        else:
            painter.setPen(QPen(QColor(self.tones.faint), 2))
            painter.drawEllipse(rect)
        painter.setBrush(Qt.BrushStyle.NoBrush)


@guarded
class AnnotationDelegate(RowDelegate):
    """Swatch, quote, and label with severity or what the annotation still needs."""

    HEIGHT = 28

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return row_size(self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        self.ground(painter, option, self.tones.chosen_annotation)
        box = RowBox(painter, option)
        rect = box.rect.adjusted(9, 0, -9, 0)
        color = readable(str(index.data(annotations.AnnotationRole.COLOR)), self.tones.panel, 3.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(box.place(QRectF(rect.left(), rect.center().y() - 4, 9, 9)), 2, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        side = str(index.data(annotations.AnnotationRole.SIDE))
        painter.setFont(ui_font(11))
        width = min(rect.width() // 2, QFontMetrics(ui_font(11)).horizontalAdvance(side) + 6)
        painter.setPen(QColor(self.tones.warn if index.data(annotations.AnnotationRole.OPEN) else self.tones.faint))
        box.line(QRect(rect.right() - width, rect.top(), width, rect.height()), side, end=True)
        painter.setFont(ui_font(13))
        painter.setPen(QColor(self.tones.text))
        box.line(QRect(rect.left() + 19, rect.top(), rect.width() - 25 - width, rect.height()), str(index.data()))
        painter.restore()

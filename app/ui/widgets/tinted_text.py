"""A field of text with coloured ranges, of which there may be very many."""

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QPaintEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.ui.guard import guarded
from app.ui.widgets.fields import TextEdit


@guarded
class TintedText(TextEdit):
    """Text to read. Only the ranges that are in sight are given to Qt, which takes seconds for tens of thousands."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setReadOnly(True)
        self._ranges: Sequence[tuple[int, int]] = ()
        self._color = QColor()
        self._shown = (0, 0)  # which of the ranges Qt has

    def show_ranges(self, ranges: Sequence[tuple[int, int]], color: QColor) -> None:
        """Colour ranges: in order, in UTF-16 units, and none overlapping another."""
        self._ranges, self._color, self._shown = ranges, color, (-1, -1)
        self._tint()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._tint()
        super().paintEvent(event)

    def _tint(self) -> None:
        """Give Qt the ranges in sight, if they are others than before."""
        area = self.viewport().rect()
        start = self.cursorForPosition(QPoint(0, 0)).position()
        end = self.cursorForPosition(area.bottomRight()).position()
        first = bisect_left(self._ranges, start, key=lambda each: each[1])
        last = bisect_left(self._ranges, end + 1, key=lambda each: each[0])
        if (first, last) == self._shown:
            return
        self._shown = (first, last)
        shape = QTextCharFormat()
        shape.setBackground(self._color)
        made: list[QTextEdit.ExtraSelection] = []
        for at, until in self._ranges[first:last]:
            cursor = QTextCursor(self.document())
            cursor.setPosition(at)
            cursor.setPosition(until, QTextCursor.MoveMode.KeepAnchor)
            selection = QTextEdit.ExtraSelection()
            selection.cursor, selection.format = cursor, shape  # pyright: ignore[reportAttributeAccessIssue]  Qt's own
            made.append(selection)
        self.setExtraSelections(made)

"""Widgets in a row that goes on in the next line where there is no room."""

from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QSpacerItem, QWidget, QWidgetItem

from app.ui.guard import guarded
from app.ui.theme import px


class _Placed(NamedTuple):
    item: QLayoutItem
    stretch: int
    width: int
    least: int
    height: int


@guarded
class Flow(QLayout):
    """Lays widgets out from left to right, or from the right where one reads so, in as many lines as it takes.

    Lines get the same number of widgets if they have the room. What a line has left goes to its widgets by their
    stretch factors.
    """

    def __init__(self, parent: QWidget | None = None, *, gap: int = 4) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self._gap = gap
        self._items: list[tuple[QLayoutItem, int, int]] = []  # with stretch and least width
        self._widgets: list[QWidget] = []  # PySide keeps no reference to the widget of an item
        self._known: list[_Placed] | None = None  # what is shown, measured; Qt asks for it again and again

    def add(self, widget: QWidget, stretch: int = 0, *, least: int = 0) -> None:
        """Add a widget behind the others; with `least`, that many pixels of the usual window are enough for it."""
        self.addChildWidget(widget)
        self._widgets.append(widget)
        self._items.append((QWidgetItem(widget), stretch, least))
        self.invalidate()

    def add_space(self) -> None:
        """Add a gap that takes what the line has left."""
        self._items.append((QSpacerItem(0, 0), 1, 0))
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append((item, 0, 0))

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._items[index][0] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._items.pop(index)[0] if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), moves=False)

    def sizeHint(self) -> QSize:
        """Return the size of a single line."""
        shown = self._shown()
        wide = self._wide(shown) if shown else 0
        high = max((placed.height for placed in shown), default=0)
        return self._with_margins(QSize(wide, high))

    def minimumSize(self) -> QSize:
        """Return the size of the widest widget alone."""
        shown = self._shown()
        wide = max((placed.least for placed in shown), default=0)
        return self._with_margins(QSize(wide, max((placed.height for placed in shown), default=0)))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, moves=True)

    def _shown(self) -> list[_Placed]:
        if self._known is None:
            self._known = [
                _measured(item, stretch, least)
                for item, stretch, least in self._items
                if not item.isEmpty() or item.spacerItem() is not None
            ]
        return self._known

    def invalidate(self) -> None:
        self._known = None
        super().invalidate()

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return size.grownBy(QMargins(margins.left(), margins.top(), margins.right(), margins.bottom()))

    def _place(self, rect: QRect, *, moves: bool) -> int:
        """Return the height that the lines take in a rectangle; with `moves`, put the widgets there."""
        margins = self.contentsMargins()
        inside = rect.marginsRemoved(margins)
        y = inside.y()
        for line in self._lines(inside.width()):
            high = max(placed.height for placed in line)
            if moves:
                self._put(line, QPoint(inside.x(), y), inside.width(), high)
            y += high + self._gap
        return max(0, y - self._gap - inside.y()) + margins.top() + margins.bottom()

    def _lines(self, room: int) -> list[list[_Placed]]:
        shown = self._shown()
        lines: list[list[_Placed]] = []
        left = -1
        for placed in shown:
            if left < placed.width + self._gap:
                lines.append([])
                left = room + self._gap
            lines[-1].append(placed)
            left -= placed.width + self._gap
        each = ceil(len(shown) / max(1, len(lines)))
        even = [shown[at : at + each] for at in range(0, len(shown), each)] if each else []
        return even if all(self._wide(line) <= room for line in even) else lines

    def _wide(self, line: list[_Placed]) -> int:
        return sum(placed.width for placed in line) + self._gap * (len(line) - 1)

    def _put(self, line: list[_Placed], at: QPoint, room: int, high: int) -> None:
        spare = max(0, room - self._wide(line))
        shares = sum(placed.stretch for placed in line)
        parent = self.parentWidget()
        mirrored = parent is not None and parent.isRightToLeft()
        x = 0
        for placed in line:
            wide = min(room, placed.width + (spare * placed.stretch // shares if shares else 0))
            left = at.x() + (room - x - wide if mirrored else x)
            tall = placed.height
            widget = placed.item.widget()
            if widget is not None and widget.sizePolicy().verticalPolicy() is QSizePolicy.Policy.Expanding:
                tall = high
            placed.item.setGeometry(QRect(left, at.y() + (high - tall) // 2, wide, tall))
            x += wide + self._gap


def _measured(item: QLayoutItem, stretch: int, least: int) -> _Placed:
    hint, minimum = item.sizeHint(), item.minimumSize().width()
    return _Placed(item, stretch, max(minimum, px(least) or hint.width()), minimum, hint.height())

"""The columns of a workspace, of which the middle one is for reading.

What stands in them is made by a function that gets the widget to make it in. A part that is placed in a window only
once it is whole gets its style again, and everything in it too, each time that it is placed in something larger.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.ui.guard import guarded
from app.ui.widgets.labels import button
from app.ui.widgets.window_state import WindowState

_BROAD = 480  # pixels across a splitter before it is shown
Fill = Callable[[QSplitter], Sequence[QWidget]]  # makes widgets in a splitter, and returns them in order


@guarded
class Columns(QWidget):
    """A list | what is read | a form. The columns have the widths that the person gives them while there is room.

    Where the middle would get less than it needs, the list gives way to a strip with a button, and the form gets
    narrower. The list comes back while it has the keyboard.
    """

    list_wanted = Signal()  # the list was asked for, and is to get the keyboard

    def __init__(
        self, name: str, fill: Fill, widths: Sequence[int], parent: QWidget, *, lists: str, key: str = ""
    ) -> None:
        """Arrange three columns; `lists` says what the first one lists, `key` is the key that goes there."""
        super().__init__(parent)
        self._widths = list(widths)  # as the person has them, with all three columns
        self._needs = self._wishes = 0
        self._peeks = False
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setObjectName(name)
        self._list, self._middle, self._form = columns = fill(self.split)
        for column in columns:
            self.split.addWidget(column)
        self.split.setStretchFactor(1, 1)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        share_out(self.split, self._widths)
        self._strip = QWidget(self)
        self._strip.setObjectName("desk-strip")
        self._strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        tip = f"Show {lists}" + (f" ({key})" if key else "")
        self._show = button("≡", name=f"{name}-show", role="link", tip=tip, accessible=f"Show {lists}")
        inside = QVBoxLayout(self._strip)
        inside.setContentsMargins(3, 10, 3, 0)
        inside.addWidget(self._show)
        inside.addStretch(1)
        self._strip.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._strip)
        row.addWidget(self.split, 1)
        self._show.clicked.connect(self._on_show)
        self.split.splitterMoved.connect(self._on_moved)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room for the list."""
        return not self._strip.isHidden()

    def set_needs(self, width: int, wished: int = 0) -> None:
        """Set the width that the middle needs, and one with which it is better, if giving up the list achieves it."""
        self._needs, self._wishes = width, max(width, wished)
        self._arrange()

    def show_list(self) -> None:
        """Show the list, where it has given way, until the keyboard goes elsewhere."""
        if self._list.isHidden():
            self._peeks = True
            self._list.show()
            self._set_widths()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def restore(self, state: WindowState) -> None:
        """Restore the widths of the columns."""
        self._widths = state.widths(self.split.objectName(), self._widths)
        self._arrange()

    def keep(self, state: WindowState) -> None:
        """Save the widths of the columns, as they are with room for all."""
        state.keep_widths(self.split.objectName(), self._widths)

    def _arrange(self) -> None:
        bare = self.width() - self._widths[2]
        whole = bare - self._list_width()
        narrow = whole < self._wishes and (whole < self._needs or bare - self._strip_width() >= self._wishes)
        if narrow != self.is_narrow:
            self._strip.setVisible(narrow)
            self._peeks = narrow and self._has_focus(QApplication.focusWidget())
            self._list.setVisible(not narrow or self._peeks)
        self._set_widths()

    def _set_widths(self) -> None:
        list_width = 0 if self._list.isHidden() else self._list_width()
        room = self.width() - (self._strip_width() if self.is_narrow else 0) - list_width
        form = self._widths[2]
        if self.is_narrow:
            liked = max(form, self._form.sizeHint().width())
            form = max(self._form.minimumSizeHint().width(), min(liked, room - self._needs))
        self.split.setSizes([list_width, room - form, form])

    def _strip_width(self) -> int:
        return self._strip.sizeHint().width()

    def _list_width(self) -> int:
        return max(self._list.minimumSizeHint().width(), self._list.minimumWidth(), self._widths[0])

    def _on_moved(self, _place: int, _handle: int) -> None:
        widths = self.split.sizes()
        if not self.is_narrow:
            self._widths = widths
        else:
            self._widths[2] = widths[2]

    def _on_show(self, _checked: bool) -> None:
        self.list_wanted.emit()

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._peeks and now is not None and now.window() is self.window() and not self._has_focus(now):
            self._peeks = False
            self._list.hide()
            self._set_widths()

    def _has_focus(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self._list or self._list.isAncestorOf(widget))


@guarded
class Sides(QSplitter):
    """Two panes beside each other; one above the other where there is no room for both."""

    turned = Signal()

    def __init__(self, name: str, fill: Fill, widths: Sequence[int], heights: Sequence[int], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName(name)
        self._needs = 0
        self._sizes = {Qt.Orientation.Horizontal: list(widths), Qt.Orientation.Vertical: list(heights)}
        for pane in fill(self):
            self.addWidget(pane)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        share_out(self, widths)
        self.splitterMoved.connect(self._on_moved)

    @property
    def is_stacked(self) -> bool:
        """Whether one pane is above the other."""
        return self.orientation() is Qt.Orientation.Vertical

    def set_needs(self, width: int) -> None:
        """Set the width below which the panes don't go beside each other."""
        self._needs = width
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def restore(self, state: WindowState) -> None:
        """Restore the widths of the panes."""
        widths = state.widths(self.objectName(), self._sizes[Qt.Orientation.Horizontal])
        self._sizes[Qt.Orientation.Horizontal] = widths
        if not self.is_stacked:
            self.setSizes(widths)

    def keep(self, state: WindowState) -> None:
        """Save the widths of the panes, as they are beside each other."""
        if not self.is_stacked:
            self._sizes[Qt.Orientation.Horizontal] = self.sizes()
        state.keep_widths(self.objectName(), self._sizes[Qt.Orientation.Horizontal])

    def _turn(self) -> None:
        wanted = Qt.Orientation.Vertical if self.width() < self._needs else Qt.Orientation.Horizontal
        if wanted is not self.orientation():
            self._sizes[self.orientation()] = self.sizes()
            self.setOrientation(wanted)
            self.setSizes(self._sizes[wanted])
            self.turned.emit()

    def _on_moved(self, _place: int, _handle: int) -> None:
        self._sizes[self.orientation()] = self.sizes()


def share_out(split: QSplitter, sizes: Sequence[int]) -> None:
    """Give the parts of a splitter that isn't shown yet their sizes, in pixels, which they grow and shrink from.

    A widget that has a parent is tiny until then, and parts that are as small as they can be are all alike.
    """
    is_wide = split.orientation() is Qt.Orientation.Horizontal
    split.resize(sum(sizes) if is_wide else _BROAD, _BROAD if is_wide else sum(sizes))
    split.setSizes(list(sizes))

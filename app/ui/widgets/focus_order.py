"""The order in which Tab goes through a panel whose parts come and go: that in which they are laid out."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QStackedWidget, QWidget


def thread(area: QWidget) -> None:
    """Have Tab go through the parts of an area as they are laid out, after what stands before the area. Qt puts what is
    made later behind all else of the window.
    """
    before = area.previousInFocusChain()
    while before is not None and (not before.focusPolicy() & Qt.FocusPolicy.TabFocus or area.isAncestorOf(before)):
        before = before.previousInFocusChain()
    for part in tab_stops(area):
        if before is not None and before.nextInFocusChain() is not part:
            QWidget.setTabOrder(before, part)
        before = part


def tab_stops(area: QWidget) -> Iterator[QWidget]:
    """Yield the parts of an area that Tab stops at, as they are laid out; what isn't shown is left out."""
    inner = area.widget() if isinstance(area, QScrollArea) else None
    if isinstance(area, QStackedWidget):
        inner = area.currentWidget()
    if inner is not None:
        yield from _with_parts(inner)
    elif (layout := area.layout()) is not None:
        yield from _of_layout(layout)


def _of_layout(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        widget, nested = (item.widget(), item.layout()) if item is not None else (None, None)
        if widget is not None:
            yield from _with_parts(widget)
        elif nested is not None:
            yield from _of_layout(nested)


def _with_parts(widget: QWidget) -> Iterator[QWidget]:
    if widget.isHidden():
        return
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    yield from tab_stops(widget)

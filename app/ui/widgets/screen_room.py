"""The room that a screen leaves for a window, its frame included."""

from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtWidgets import QWidget

# Before a window is shown nobody knows its frame. This is more than most systems draw.
_USUAL_FRAME = QMargins(6, 38, 6, 6)


def room_for(window: QWidget) -> QRect:
    """Return where the content of a window may lie, so that the window with its frame lies inside what the screen has
    free of bars and docks.
    """
    handle = window.windowHandle()
    frame = handle.frameMargins() if handle is not None and window.isVisible() else QMargins()
    room = free_part(window).marginsRemoved(_USUAL_FRAME if frame.isNull() else frame)
    owner = _owner(window)
    # Whoever makes a window larger than the screen gets to see its dialogs as well as the rest of it.
    return room if owner is None else QRect(room.topLeft(), room.size().expandedTo(owner.size()))


def free_part(window: QWidget) -> QRect:
    """Return the part of a window's screen that is free of bars and docks."""
    return window.screen().availableGeometry()


def fit(window: QWidget, wanted: QSize | None = None) -> None:
    """Give a window a size, its own by default, as far as the screen has room for it; where it stands already, move it
    back onto the screen. A dialog that was put somewhere inside its window stays there: it is seen as far as that is.
    """
    room = room_for(window)
    if window.minimumWidth() > room.width() or window.minimumHeight() > room.height():
        window.setMinimumSize(window.minimumSize().boundedTo(room.size()))
    size = (wanted or window.size()).boundedTo(room.size())
    if size != window.size():
        window.resize(size)
    owner = _owner(window)
    if window.isVisible() and not (owner is not None and owner.geometry().contains(window.geometry())):
        place = window.geometry()
        place.moveRight(min(place.right(), room.right()))
        place.moveBottom(min(place.bottom(), room.bottom()))
        place.moveLeft(max(place.left(), room.left()))
        place.moveTop(max(place.top(), room.top()))
        if place.topLeft() != window.geometry().topLeft():
            window.setGeometry(place)


def _owner(window: QWidget) -> QWidget | None:
    """Return the window that a dialog belongs to."""
    parent = window.parentWidget()
    return parent.window() if parent is not None else None

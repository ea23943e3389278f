"""What a person does in the scheme window."""

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QTreeWidget, QWidget

from tests.driver import Driver


def child(stet: Driver, kind: type, name: str) -> QWidget:
    found = stet.dialog("scheme-dialog").findChild(kind, name)
    assert found is not None, name
    return found


def tree(stet: Driver) -> QTreeWidget:
    return child(stet, QTreeWidget, "scheme-tree")


def go_to(stet: Driver, start: str) -> None:
    """Type in the tree, from its top, how the first row begins that is meant."""
    view = tree(stet)
    view.setFocus()
    stet.press("Home")
    view.keyboardSearch("")  # what was typed before is over
    pause = QApplication.keyboardInputInterval()
    QApplication.setKeyboardInputInterval(60_000)  # however slow the machine is
    try:
        stet.type(start)
    finally:
        QApplication.setKeyboardInputInterval(pause)
    assert view.currentItem().text(0).startswith(start), f"{view.currentItem().text(0)} is no {start}"


def press_button(stet: Driver, name: str) -> None:
    QTest.mouseClick(child(stet, QAbstractButton, name), Qt.MouseButton.LeftButton)
    stet.settle()


def open_window(stet: Driver) -> None:
    stet.palette("Scheme…")
    stet.dialog("scheme-dialog")


def applied(stet: Driver) -> None:
    stet.wait(lambda: stet.find_dialog("scheme-dialog") is None)
    stet.wait(lambda: stet.message().startswith("The scheme is now"))


def row_of(stet: Driver, start: str) -> QRect:
    items = tree(stet).findItems(start, Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive)
    tree(stet).scrollToItem(items[0])
    return tree(stet).visualItemRect(items[0])


def drag(stet: Driver, start: str, target: str, part: float) -> None:
    """Press the mouse on a row and let it go on another one: at a part of its height from the top."""
    view = tree(stet).viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=row_of(stet, start).center())
    data = tree(stet).model().mimeData(tree(stet).selectedIndexes())
    rect = row_of(stet, target)
    place = QPoint(rect.center().x(), rect.top() + round(part * rect.height()))
    move, left, none = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind in (QDragEnterEvent, QDragMoveEvent):
        event = kind(place, move, data, left, none)
        QApplication.sendEvent(view, event)
        assert event.isAccepted()
    QApplication.sendEvent(view, QDropEvent(QPointF(place), move, data, left, none))
    stet.settle()


def labels_of(stet: Driver, layer: str) -> list[str]:
    found = stet.dialog("scheme-dialog").draft.scheme().layer(layer)
    return [f"{label.parent}/{label.id}" if label.parent else label.id for label in found.labels]

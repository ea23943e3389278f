"""Finding, pressing and reading widgets by what a person sees of them."""

from collections.abc import Iterator
from typing import Any, TypeVar

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QEvent, QModelIndex, Qt
from PySide6.QtGui import QInputMethodEvent, QTextDocument
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from tests.conftest import scheme_source

Found = TypeVar("Found", bound=QWidget)


def child(owner: QWidget, kind: type[Found], name: str) -> Found:
    """Return the widget of that name."""
    found = owner.findChild(kind, name)
    assert found is not None, name
    return found


def text_of(owner: QWidget, name: str) -> str:
    """Return what a label says."""
    return child(owner, QLabel, name).text()


def press(owner: QWidget, name: str) -> None:
    """Click a button."""
    made = child(owner, QAbstractButton, name)
    assert made.isEnabled(), name
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)


def write(field: QWidget, text: str) -> None:
    """Type over what stands in a field, in any script."""
    field.setFocus()
    if isinstance(field, QLineEdit | QPlainTextEdit):
        field.selectAll()
        QTest.keyClick(field, Qt.Key.Key_Delete)
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(field, event)


def pick(combo: QComboBox, value: object) -> None:
    """Choose an entry as a person does: by keys, so that the box says it was chosen."""
    wanted = combo.findData(value)
    assert wanted >= 0, value
    combo.setFocus()
    for _ in range(combo.count()):
        if combo.currentIndex() == wanted:
            return
        QTest.keyClick(combo, Qt.Key.Key_Down if combo.currentIndex() < wanted else Qt.Key.Key_Up)


def on_screen(qtbot: QtBot, widget: Found, width: int = 600, height: int = 400) -> Found:
    """Show a widget, with the keyboard in its window."""
    qtbot.addWidget(widget)
    widget.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the test may still want to look
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    return widget


def shipped(name: str) -> Scheme:
    """Return a scheme that ships."""
    return parse_scheme(scheme_source(name))


def settle() -> None:
    """Let deferred deletions happen."""
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


# -- what is read ------------------------------------------------------------------------------------------------------


def as_tooltip(text: str) -> str:
    """Return what a tooltip of this text shows: Qt guesses whether it is markup."""
    if not GuiQt.mightBeRichText(text):
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


def as_mnemonic(text: str) -> str:
    """Return what a button of this text shows: one & is taken as the sign of a key."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def all_words(owner: QWidget) -> list[str]:
    """Return every text that a widget and all in it show, as it is shown."""
    return [words for widget in (owner, *owner.findChildren(QWidget)) for words in _words(widget) if words]


def _words(widget: QWidget) -> Iterator[str]:
    yield widget.windowTitle()
    yield as_tooltip(widget.toolTip())
    if isinstance(widget, QLabel):
        is_plain = widget.textFormat() is Qt.TextFormat.PlainText
        shown = widget.text() if is_plain else as_tooltip(widget.text())
        yield as_mnemonic(shown) if widget.buddy() is not None else shown
    elif isinstance(widget, QAbstractButton):
        # The buttons of the label bar paint their text themselves, as it is.
        yield widget.text() if type(widget).__name__ == "KeyButton" else as_mnemonic(widget.text())
    elif isinstance(widget, QLineEdit):
        yield widget.text()
        yield widget.placeholderText()
    elif isinstance(widget, QPlainTextEdit):
        yield widget.toPlainText()
    elif isinstance(widget, QComboBox | QAbstractItemView):
        yield from _items(widget.model())


def _items(model: QAbstractItemModel | None, parent: Any = None) -> Iterator[str]:
    parent = parent or QModelIndex()
    columns = 1 if model is None or isinstance(model, QAbstractListModel) else model.columnCount(parent)
    for row in range(model.rowCount(parent) if model is not None else 0):
        for column in range(columns):
            index = model.index(row, column, parent)
            yield str(index.data() or "")
            yield as_tooltip(str(index.data(Qt.ItemDataRole.ToolTipRole) or ""))
            yield from _items(model, index) if column == 0 else ()

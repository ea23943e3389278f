"""The words in which tests speak to the window: what a person does and sees."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent, QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMenu, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import build, start
from app.core.annotation import Annotation
from app.session.session import Session
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.window.main_window import MainWindow

_PATIENCE_S = 60
_LONGEST_PAUSE_MS = 10


def _holds(condition: Callable[[], object]) -> bool:
    try:
        return bool(condition())
    except AssertionError:
        return False


class Driver:
    """A running Stet. Everything goes through keys, fields and buttons; looking is through public state.

    `words` is the setting of that name. A window that cuts words by the rules of a language starts a process with spaCy
    for it, whose start costs more than the window's: only tests that are about it, and long sittings, have it so.
    """

    words = "plain"

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.window: MainWindow | None = None

    # -- starting and stopping -----------------------------------------------------------------------------------------

    def start(self, project: Path | None = None, *, annotator: str | None = None, sample: bool = False) -> None:
        """Start the program as its command line does, up to the event loop."""
        _, window = build()
        self.window = window
        window.settings.use_for_now({"words": self.words})
        window.resize(1440, 900)
        window.show()
        self.qtbot.waitExposed(window)
        window.activateWindow()
        start(window, project, annotator, sample=sample)
        self.wait(lambda: window.is_ready)
        if project is not None and annotator:
            self.wait(lambda: window.desk.workspace is not None)
        self.settle()

    def quit(self) -> None:
        """Close the window as a person does."""
        if self.window is not None:
            window = self.window
            window.close()
            # Its last backup is made before; if that fails, it stays.
            self.wait(lambda: not window.isVisible() or not window.desk.ending.is_running)
            window.deleteLater()
            self.window = None
            self.settle()

    def settle(self) -> None:
        """Let everything happen that is due, deferred deletions too."""
        for _ in range(3):
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # -- doing ---------------------------------------------------------------------------------------------------------

    def target(self) -> QWidget:
        """Return what has the keyboard."""
        if self.window is not None and QApplication.activeModalWidget() is None and not _is_beside(self.window):
            # A desktop gives the focus back when a dialog closes; the offscreen platform doesn't.
            self.window.activateWindow()
            QCoreApplication.processEvents()
        widget = QApplication.focusWidget() or QApplication.activeModalWidget() or self.window
        assert widget is not None
        return widget

    def press(self, *keys: str) -> None:
        """Press keys, such as `Ctrl+Shift+F` or `R`, wherever the keyboard is."""
        for key in keys:
            combination = QKeySequence(key)[0]
            QTest.keyClick(self.target(), combination.key(), combination.keyboardModifiers())
            QCoreApplication.processEvents()
            if self.window is not None and QApplication.keyboardModifiers() != Qt.KeyboardModifier.NoModifier:
                # Who had the keyboard was gone before the key was let go: Ctrl would be held down for what follows.
                QTest.keyRelease(self.window, Qt.Key.Key_Control)

    def type(self, text: str) -> None:
        """Type text into a field, any script."""
        for char in text:
            if char.isascii():
                QTest.keyClick(self.target(), char)
            else:
                event = QInputMethodEvent()
                event.setCommitString(char)
                QApplication.sendEvent(self.target(), event)
        QCoreApplication.processEvents()

    def find(self, text: str) -> None:
        """Select text with the find line of the side that has the keyboard."""
        self.press("Ctrl+F")
        line = self.target()
        assert isinstance(line, QLineEdit)
        line.clear()
        self.type(text)
        self.press("Return")
        view = self.workspace.controller.selector.active()
        start, end = view.view.selection
        assert " ".join(view.text[start:end].split()).casefold() == text.casefold(), f"{text!r} wasn't found"

    def find_evidence(self, text: str) -> None:
        """Look something up in the reference and link it to the chosen mark."""
        self.press("Ctrl+Shift+F")
        line = self.target()
        assert isinstance(line, QLineEdit)
        line.clear()
        self.type(text)
        self.press("Return", "K")

    def mark(self, quote: str, layer_key: str, label_key: str) -> Annotation:
        """Select a phrase and label it by keys."""
        self.press("Ctrl+Home") if self.target() is self.workspace.text.canvas else None
        self.find(quote)
        self.press(layer_key, label_key)
        chosen = self.chosen
        assert chosen is not None, self.message()
        return chosen

    def correct(self, text: str) -> None:
        """Write the correction of the chosen mark."""
        self.press("Return")
        self.type(text)
        self.press("Return")

    def palette(self, words: str) -> None:
        """Run what the palette finds first for some words."""
        self.press("Ctrl+K")
        self.dialog("palette")
        self.type(words)
        self.press("Return")
        self.settle()

    def menu(self, action: str) -> None:
        """Choose an action in the menu of the right button, opened by the menu key on the text."""
        canvas = self.target()
        place = canvas.rect().center()
        reason = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(canvas, QContextMenuEvent(reason, place, canvas.mapToGlobal(place)))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        entries = [*menu.actions(), *(entry for sub in menu.findChildren(QMenu) for entry in sub.actions())]
        found = next(entry for entry in entries if entry.objectName() == action)
        menu.close()
        found.trigger()
        self.settle()

    def run(self, action: str, route: str) -> None:
        """Do an action of the catalogue by `key`, by `palette` or by `menu`."""
        assert self.window is not None
        live = self.window.registry.action(action)
        if route == "key":
            self.press(live.keys[0])
        elif route == "palette":
            self.palette(live.spec.title)
        else:
            self.menu(action)

    def put_caret(self, words: str, *, behind: bool = False) -> None:
        """Put the caret in front of some words of the text, or behind them."""
        self.focus_text()
        self.press("Ctrl+Home")
        self.find(words)
        self.press("Right" if behind else "Left")

    def focus_text(self) -> None:
        """Put the keyboard on the text under work, by keys."""
        for _ in range(8):
            if self.target() is self.workspace.text.canvas:
                return
            self.press("F6")

    def drop(self, *files: Path) -> None:
        """Drop files on the window."""
        assert self.window is not None
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, left, none)
        QApplication.sendEvent(self.window, enter)
        if enter.isAccepted():
            drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, none)
            QApplication.sendEvent(self.window, drop)
        self.settle()

    def fill(self, name: str, text: str) -> None:
        """Write into a line of the window in front, over what stands there."""
        line = self.field(name)
        line.setFocus()
        line.clear()
        self.type(text)

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until something is true, a minute at most; what it asserts may not hold yet.

        Most things take some milliseconds, so it is looked for often at first: pytest-qt's own way is to look a hundred
        times a second, and a suite waits for thousands of things.
        """
        end = time.monotonic() + _PATIENCE_S
        pause = 1.0
        while not _holds(condition):
            if time.monotonic() > end:
                assert condition(), f"it never came true in {_PATIENCE_S} s"
                return
            self.qtbot.wait(round(pause))
            pause = min(_LONGEST_PAUSE_MS, pause * 1.5)

    def dialog(self, name: str) -> QDialog:
        """Return an open dialog."""
        self.wait(lambda: self.find_dialog(name) is not None)
        found = self.find_dialog(name)
        assert found is not None
        return found

    def find_dialog(self, name: str) -> QDialog | None:
        """Return a visible dialog by name, or None."""
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.objectName() == name and widget.isVisible():
                return widget
        return None

    # -- seeing --------------------------------------------------------------------------------------------------------

    @property
    def workspace(self) -> AnnotateWorkspace:
        """The open workspace."""
        assert self.window is not None
        assert self.window.desk.workspace is not None
        return self.window.desk.workspace

    @property
    def session(self) -> Session:
        """The open session."""
        assert self.window is not None
        assert self.window.desk.projects.session is not None
        return self.window.desk.projects.session

    @property
    def chosen(self) -> Annotation | None:
        """The chosen mark."""
        return self.workspace.controller.chosen

    def annotations(self) -> list[Annotation]:
        """Return the marks of the open document in reading order."""
        state = self.session.state
        return state.in_order() if state else []

    def message(self) -> str:
        """Return what the status bar tells."""
        assert self.window is not None
        return self.window.status.message.text()

    def shown(self, name: str) -> str:
        """Return the text of a label by its object name."""
        assert self.window is not None
        label = self.window.findChild(QLabel, name)
        assert label is not None, name
        return label.text()

    @property
    def document(self) -> str:
        """The name of the open document."""
        state = self.session.state
        return state.document.name if state else ""

    @property
    def caret(self) -> int:
        """Where the caret stands in the text under work."""
        return self.workspace.text.canvas.view.caret

    @property
    def selected(self) -> str:
        """The selected words of the text under work."""
        canvas = self.workspace.text.canvas
        start, end = canvas.view.selection
        return canvas.text[start:end]

    def marks(self) -> list[tuple[str, str]]:
        """Return quote and label of the marks of the open document in reading order."""
        return [(annotation.quote, annotation.label) for annotation in self.annotations()]

    def documents(self) -> list[str]:
        """Return the rows of the list of documents."""
        model = self.workspace.documents.list.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    def field(self, name: str) -> QLineEdit:
        """Return a line to type in, in the window in front."""
        front = QApplication.activeModalWidget() or QApplication.activeWindow() or self.window
        assert front is not None
        found = front.findChild(QLineEdit, name)
        assert found is not None, name
        return found

    def report(self) -> str:
        """Read the dialog that tells how something went, and close it."""
        dialog = self.dialog("report-dialog")
        lead = dialog.findChild(QLabel, "report-lead")
        details = dialog.findChild(QPlainTextEdit, "report-details")
        assert lead is not None
        words = lead.text() + ("\n" + details.toPlainText() if details is not None else "")
        dialog.accept()
        self.wait(lambda: self.find_dialog("report-dialog") is None)
        return words

    def click(self, name: str) -> None:
        """Press a button by its object name, in whichever window is in front."""
        front = QApplication.activeModalWidget() or QApplication.activeWindow() or self.window
        assert front is not None
        found = front.findChild(QWidget, name)
        assert found is not None, name
        QTest.mouseClick(found, Qt.MouseButton.LeftButton)
        self.settle()


def _is_beside(window: QWidget) -> bool:
    """Whether a window has the keyboard, or one that stands beside it."""
    active = QApplication.activeWindow()
    return active is window or (active is not None and active.isVisible() and active.parentWidget() is window)

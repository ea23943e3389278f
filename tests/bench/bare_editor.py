"""The least that a key can cost: a letter in a QPlainTextEdit, and a bare commit that is on the disk on return."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.clock import Took, timed
from tests.bench.real_window import home

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPlainTextEdit

NAME = "a letter in a QPlainTextEdit, and a bare commit"
GOAL = 4.0
"""What the program may take more: it also updates lists, counts, rules and the panel of the mark."""
_INSERT = "INSERT INTO mark (start, quote, label) VALUES (?, ?, ?)"


def key_painted(widget: object, key: object) -> Callable[[], None]:
    """Return what presses a key and lets everything happen that follows."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    def press() -> None:
        QTest.keyClick(widget, key)  # pyright: ignore[reportCallIssue, reportArgumentType]
        QApplication.processEvents()

    return press


def measure(text: str, *, presses: int, pause_ms: int) -> list[Took]:
    """Return how long each of so many letters takes, typed from word to word."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    with home() as folder, _editor(text) as editor, closing(_table(folder / "bare.db")) as table:

        def keep() -> None:
            table.execute("BEGIN IMMEDIATE")
            table.execute(_INSERT, [editor.textCursor().position(), "quote", "label"])
            table.execute("COMMIT")

        editor.textChanged.connect(keep)
        times: list[Took] = []
        for _ in range(presses):
            QTest.keyClick(editor, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
            QTest.qWait(pause_ms)
            times.append(timed(key_painted(editor, Qt.Key.Key_R)))
    return times


@contextmanager
def _editor(text: str) -> "Iterator[QPlainTextEdit]":
    from PySide6.QtWidgets import QApplication, QPlainTextEdit

    from app.bootstrap import build

    build()
    editor = QPlainTextEdit()
    editor.resize(900, 800)
    editor.setPlainText(text)
    editor.show()
    editor.setFocus()
    QApplication.processEvents()
    try:
        yield editor
    finally:
        editor.close()
        editor.deleteLater()
        QApplication.processEvents()


def _table(path: Path) -> sqlite3.Connection:
    """Return a database as safe as a project is: every commit is on the disk before it returns."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE mark (id INTEGER PRIMARY KEY, start INTEGER, quote TEXT, label TEXT)")
    return connection

"""From the press of a label's key to the painted mark, its commit included, beside a letter in a bare Qt editor."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.clock import Took, at, middle, row, timed
from tests.bench.real_window import article, home, make_project, record, repeated, window_on
from tests.bench.rows import Row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPlainTextEdit

_ROUNDS = 5  # the median of their p99s counts: the machine itself stalls now and then
_PRESSES = 60
_PAUSE_MS = 40
_GOAL = 4.0
_SHARES = ((0.99, "p99"), (0.5, "p50"))
_BARE = "a letter in a QPlainTextEdit, and a bare commit"


def run() -> Sequence[Row]:
    """Measure on a text as long as a news article, and on 1 MB with 10,000 annotations."""
    rows: list[Row] = []
    for name, text, marks in (
        (f"key to painted mark, {len(article()) // 1000} kB article", article(), 20),
        ("key to painted mark, 1 MB with 10,000 marks", repeated(1_000_000), 10_000),
    ):
        ours, bare = [], []
        for _ in range(_ROUNDS):  # taking turns, so that both meet the same machine
            ours.append(_measure(text, marks))
            bare.append(_measure_bare(text))
        for share, word in _SHARES:
            mine, other = (middle([at(times, share) for times in rounds]) for rounds in (ours, bare))
            rows.append(row(f"{name}, {word}", mine, other, _BARE, _GOAL))
    return rows


def _measure(text: str, marks: int) -> list[Took]:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    with home() as folder:
        path = folder / "bench.stet"
        make_project(path, [record("d", text, marks)])
        with window_on(path) as window:
            workspace = window.desk.workspace
            assert workspace is not None
            canvas = workspace.text.canvas
            canvas.setFocus()
            QTest.keyClick(canvas, Qt.Key.Key_F4)
            QApplication.processEvents()
            times: list[Took] = []
            missed = 0
            for number in range(_PRESSES):
                QTest.keyClick(canvas, Qt.Key.Key_Escape)
                QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
                QTest.qWait(_PAUSE_MS)  # nobody types faster; what may follow a key a moment later has its time
                marks_before = workspace.annotations_model.rowCount()
                key = (Qt.Key.Key_R, Qt.Key.Key_T, Qt.Key.Key_N)[number % 3]
                times.append(timed(_key_painted(canvas, key)))
                missed += workspace.annotations_model.rowCount() == marks_before
            if missed > _PRESSES // 2:
                raise RuntimeError("most keys made no mark")
    return times


def _key_painted(widget: object, key: object) -> Callable[[], None]:
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    def press() -> None:
        QTest.keyClick(widget, key)  # pyright: ignore[reportCallIssue, reportArgumentType]
        QApplication.processEvents()

    return press


def _measure_bare(text: str) -> list[Took]:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    with home() as folder, _bare_editor(text) as editor, closing(_table(folder / "bare.db")) as table:

        def keep() -> None:
            table.execute("BEGIN IMMEDIATE")
            table.execute(
                "INSERT INTO mark (start, quote, label) VALUES (?, ?, ?)", [editor.textCursor().position(), "x", "y"]
            )
            table.execute("COMMIT")

        editor.textChanged.connect(keep)
        times: list[Took] = []
        for _ in range(_PRESSES):
            QTest.keyClick(editor, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
            QTest.qWait(_PAUSE_MS)
            times.append(timed(_key_painted(editor, Qt.Key.Key_R)))
    return times


@contextmanager
def _bare_editor(text: str) -> "Iterator[QPlainTextEdit]":
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

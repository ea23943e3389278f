"""Review of one text that three people marked densely, and of a thousand texts: opening, the next group, a decision.

While it opens, the window goes on: the longest time is told for which it heard no key. Baselines are the same rows read
by bare sqlite3, and bare widgets of Qt that show as much: the next row of a list, its place in a text, and a table.
"""

import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from app.core.annotation import Annotation, Fragment, Status
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from tests.bench import clock
from tests.bench.clock import Took
from tests.bench.real_window import home, make_project, repeated, window_on
from tests.bench.rows import Row

if TYPE_CHECKING:
    from app.ui.review.workspace import ReviewWorkspace
    from app.ui.window.main_window import MainWindow

PEOPLE = ("ana", "ben", "cara")
_LABELS = ("TORTURED_TERM", "OMISSION", "TIME", "PREDICATE")
_MARKS = 33_177  # of each of the three: 99,531 in all
_TEXTS = 1_000
_FEW = 33
_STEP = 16  # characters from mark to mark
_KEYS = 20
_BARE = "the next row, place and table in bare widgets"
_ROWS = "reading its rows by sqlite3"


class _Measured(NamedTuple):
    """What was measured in one project: until the first group is painted, until all are read, the longest time without
    an answer meanwhile, its rows read bare, the key N, the first key 1 in the text, which keeps everyone's sets as they
    are, and the key 1.
    """

    first: Took
    opened: Took
    gap: Took
    bare: Took
    next: Took
    kept: Took
    decision: Took


def run(*, marks: int = _MARKS, texts: int = _TEXTS) -> Sequence[Row]:
    """Measure both projects, beside a text with few marks and the baselines."""
    bare = clock.middle(_bare(repeated(50_000)))
    few = _measured([reviewed("d", _FEW, random.Random(1))])
    rows: list[Row] = []
    chance = random.Random(2)
    for what, records in (
        (f"one text with {marks * len(PEOPLE):,} marks", [reviewed("d", marks, random.Random(1))]),
        (f"{texts:,} texts", [reviewed(f"d{number}", _FEW, chance) for number in range(texts)]),
    ):
        found = _measured(records)
        rows += [
            clock.row(f"Review, {what}: first group painted", found.first, found.bare, _ROWS, 1.0),
            clock.row(f"Review, {what}: all read", found.opened, found.bare, _ROWS, 10.0),
            clock.row(f"Review, {what}: longest time without an answer", found.gap, bare, _BARE, 4.0),
            clock.row(f"Review, {what}: key N", found.next, bare, _BARE, 4.0),
            clock.row(f"Review, {what}: first decision in a text", found.kept, found.bare, _ROWS, 1.0),
            clock.row(f"Review, {what}: key 1, a decision", found.decision, bare, _BARE, 8.0),
        ]
        few_marks = f"a text with {_FEW * len(PEOPLE)} marks"
        rows += [
            clock.row(f"Review, {what}: key N", found.next, few.next, few_marks, 1.5),
            clock.row(f"Review, {what}: key 1, a decision", found.decision, few.decision, few_marks, 2.0),
        ]
    return rows


def reviewed(uid: str, marks: int, chance: random.Random) -> DocumentRecord:
    """Return a text that three people have finished, with so many marks of each, which differ here and there."""
    text = repeated(marks * _STEP + 100)
    sets = [
        SetRecord(name, "person", Status.DONE, "news-errors@1", 0.0, _marks(text, marks, f"{uid}-{name}", chance), ())
        for name in PEOPLE
    ]
    document = Document(uid=uid, name=f"{uid}.txt", text=text, sha256=sha256(text))
    return DocumentRecord(document, (), tuple(sets))


def _marks(text: str, count: int, prefix: str, chance: random.Random) -> tuple[Annotation, ...]:
    found: list[Annotation] = []
    for number in range(count):
        start = number * _STEP + chance.choice((0, 0, 0, 2))
        end = start + chance.choice((6, 6, 8))
        found.append(
            Annotation(
                uid=f"{prefix}-{number:06d}",
                layer="error",
                label=chance.choice(_LABELS if number % 3 == 0 else _LABELS[:2]),
                fragments=(Fragment(start, end),),
                quote=text[start:end],
                attributes={"severity": chance.choice(("minor", "major"))},
                correction=chance.choice((None, "put right")),
            )
        )
    return tuple(found)


def _measured(records: Sequence[DocumentRecord]) -> _Measured:
    """Measure a project."""
    with home() as folder:
        path = folder / "review.stet"
        make_project(path, records)
        bare = clock.timed(lambda: _rows(path))
        with window_on(path) as window:
            spaces = window.desk.spaces
            assert spaces is not None
            spaces.session.copies.require_first()  # the backup that is made while a person starts reading
            _settle()
            first, opened, gap = _open(window)
            keys = [clock.timed(lambda: _press(window, "review.next")) for _ in range(_KEYS)]
            _read_snapshots(window)
            kept = clock.timed(lambda: _press(window, "review.take.1"))
            decisions = [clock.timed(lambda: _press(window, "review.take.1")) for _ in range(_KEYS)]
    return _Measured(first, opened, gap, bare, clock.middle(keys), kept, clock.middle(decisions))


def _bare(text: str) -> list[Took]:
    """Return how long bare widgets take to show another row of a list, its place in a text, and what is said of it."""
    from PySide6.QtWidgets import (
        QApplication,
        QHBoxLayout,
        QListWidget,
        QPlainTextEdit,
        QTableWidget,
        QTableWidgetItem,
        QWidget,
    )

    from app.bootstrap import build

    build()
    window = QWidget()
    row = QHBoxLayout(window)
    rows, editor, table = QListWidget(), QPlainTextEdit(text), QTableWidget(7, len(PEOPLE))
    for widget in (rows, editor, table):
        row.addWidget(widget)
    rows.addItems([text[at * 100 :][:40] for at in range(_KEYS + 1)])
    window.resize(1440, 900)
    window.show()
    QApplication.processEvents()

    def step(number: int) -> None:
        rows.setCurrentRow(number)
        cursor = editor.textCursor()
        cursor.setPosition(number * 500)
        editor.setTextCursor(cursor)
        editor.centerCursor()
        for at in range(table.rowCount()):
            for column in range(table.columnCount()):
                cell = QTableWidgetItem(text[number * 100 + at * 10 :][:20])
                table.setItem(at, column, cell)
        QApplication.processEvents()

    times = [clock.timed(lambda number=number: step(number)) for number in range(1, _KEYS + 1)]
    window.close()
    window.deleteLater()
    QApplication.processEvents()
    return times


def _rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return len(connection.execute("SELECT * FROM annotation ORDER BY document, start").fetchall())


def _settle() -> None:
    """Let happen what a window does in its first moments: it imports what may be wanted."""
    from PySide6.QtWidgets import QApplication

    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.01)


def _open(window: "MainWindow") -> tuple[Took, Took, Took]:
    """Return how long it takes to the first group and to the last, and the longest turn of the event loop after the
    first.
    """
    from PySide6.QtWidgets import QApplication

    spaces = window.desk.spaces
    assert spaces is not None
    began = (time.perf_counter(), time.process_time())
    spaces.show("review")
    review: ReviewWorkspace = spaces.made["review"]  # pyright: ignore[reportAssignmentType]  it was just made
    while review.entry is None:
        QApplication.processEvents()
    QApplication.processEvents()
    first = _since(began)
    turns = [Took(0.0, 0.0)]
    while review.book.is_reading:
        turns.append(clock.timed(QApplication.processEvents))
    # By its own time: on a busy machine the wall says when others let it go on.
    return first, _since(began), Took(max(t.wall for t in turns), max(t.cpu for t in turns))


def _read_snapshots(window: "MainWindow") -> None:
    """Wait for what is read in the background while a person looks at a text."""
    from PySide6.QtWidgets import QApplication

    assert window.desk.spaces is not None
    review: ReviewWorkspace = window.desk.spaces.made["review"]  # pyright: ignore[reportAssignmentType]
    while review.decider.snapshots.is_busy:
        QApplication.processEvents()


def _since(began: tuple[float, float]) -> Took:
    return Took((time.perf_counter() - began[0]) * 1000, (time.process_time() - began[1]) * 1000)


def _press(window: "MainWindow", action: str) -> None:
    from PySide6.QtWidgets import QApplication

    window.registry.run(action)
    QApplication.processEvents()

"""Review of one text that three people marked densely: coming to the next group, beside a text with few marks."""

import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.annotation import Annotation, Fragment, Status
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from tests.bench import clock
from tests.bench.clock import Took
from tests.bench.real_window import home, make_project, repeated, window_on
from tests.bench.rows import Row

if TYPE_CHECKING:
    from app.ui.review.workspace import ReviewWorkspace

PEOPLE = ("ana", "ben", "cara")
_LABELS = ("TORTURED_TERM", "OMISSION", "TIME", "PREDICATE")
_MARKS = 33_177  # of each of the three: 99,531 in all
_FEW = 33
_STEP = 16  # characters from mark to mark
_KEYS = 20


def run(*, marks: int = _MARKS) -> Sequence[Row]:
    """Measure the key N in both texts, and how long the large one takes to open, beside reading its rows bare."""
    few, _, _ = _measured(_FEW)
    many, opened, bare = _measured(marks)
    name = f"Review, one text with {marks * len(PEOPLE):,} marks"
    return [
        clock.row(f"{name}: key N", many, few, f"a text with {_FEW * len(PEOPLE)} marks", 1.5),
        clock.row(f"{name}: opened", opened, bare, "reading its rows by sqlite3", 6.0),
    ]


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


def _measured(marks: int) -> tuple[Took, Took, Took]:
    """Return how long N takes, how long opening took until the first group, and reading the rows bare."""
    with home() as folder:
        path = folder / "review.stet"
        make_project(path, [reviewed("d", marks, random.Random(1))])
        bare = clock.timed(lambda: _rows(path))
        with window_on(path) as window:
            spaces = window.desk.spaces
            assert spaces is not None
            opened = clock.timed(lambda: _open(spaces))
            keys: list[Took] = []
            for _ in range(_KEYS):
                keys.append(clock.timed(lambda: _next(window)))
    return clock.middle(keys), opened, bare


def _rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return len(connection.execute("SELECT * FROM annotation ORDER BY document, start").fetchall())


def _open(spaces: object) -> None:
    from PySide6.QtWidgets import QApplication

    from app.ui.window.workspaces import Workspaces

    assert isinstance(spaces, Workspaces)
    spaces.show("review")
    review: ReviewWorkspace = spaces.made["review"]  # pyright: ignore[reportAssignmentType]  it was just made
    while review.entry is None:
        QApplication.processEvents()
        time.sleep(0.001)
    QApplication.processEvents()


def _next(window: object) -> None:
    from PySide6.QtWidgets import QApplication

    from app.ui.window.main_window import MainWindow

    assert isinstance(window, MainWindow)
    window.registry.run("review.next")
    QApplication.processEvents()

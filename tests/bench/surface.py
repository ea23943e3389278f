"""The reading surface: opening, turning pages, marking and memory, beside Qt's own text widgets in the same run.

Times are on the wall, as a person feels them; each row notes the CPU time of this process as well, which is the one to
compare where other programs are at work on the machine. Figures are medians of five runs where no other number is said.
"""

import gc
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.annotation import Annotation
from tests.bench import bare_editor, clock, keys
from tests.bench.document_list import measure_list
from tests.bench.real_window import evenly_marked, home, make_project, record, repeated, window_on
from tests.bench.rows import Row
from tests.bench.sitting import sit

if TYPE_CHECKING:
    from app.ui.annotate.workspace import AnnotateWorkspace

_PAGE_GOAL = 12.0  # the marks of a page, their badges and corrections are laid out and painted too
_OPENED_BARE = "a bare query of text and marks, and QPlainTextEdit"
_RELATED_GOAL, _KEY_GOAL = 2.5, 1.3  # arcs are laid out and painted too; a key must not notice them
_MARKED, _KEY_PAUSE_MS = 20, 40
_RUNS = 5
_PAGES = 60
_BIG, _MEGABYTE = 10_000_000, 1_000_000
# Length, marks, and by how much the surface must be faster than QTextEdit.
SIZES = ((3_000, 30, 2.0), (100_000, 1_000, 0.2), (_MEGABYTE, 10_000, 0.05), (_BIG, 10_000, 0.01))


def run(*, full: bool = False) -> Sequence[Row]:
    """Measure everything; with `full` the biggest baselines five times too, and a list of a million documents."""
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    assert app is not None
    found = [row for length, marks, goal in SIZES for row in open_rows(length, marks, goal, full=full)]
    found += odd_rows(_BIG, _MEGABYTE)
    found += in_window_rows()
    found += relation_rows()
    found += memory_rows(_BIG, 10_000)
    found += keys.run() if full else []
    found += measure_list(1_000_000 if full else 200_000)
    return found


def run_full() -> Sequence[Row]:
    """Measure everything at its full size."""
    return run(full=True)


def run_sample() -> Sequence[Row]:
    """Measure a small share in a few seconds, for CI."""
    with home() as folder:
        make_project(folder / "a.stet", [record("dense", repeated(30_000), 3_000)])
        with window_on(folder / "a.stet") as window:
            workspace = window.desk.workspace
            assert workspace is not None
            found = page_rows(workspace, "dense", "30 kB with 3,000 marks", runs=2)
            found.append(sit(workspace, actions=60))
    # Of few documents only the pages say something: opening and searching beat their baselines where there are many.
    # With fewer than these a bare list is at its end before all pages are turned, and turns nothing in no time.
    pages = [row for row in measure_list(5_000, runs=2) if row.name.startswith("turn")]
    return [*found, *open_rows(100_000, 1_000, 0.2), *odd_rows(300_000, 30_000), *pages]


def _sized(length: int, marks: int | None = None) -> str:
    size = f"{length // _MEGABYTE} MB" if length >= _MEGABYTE else f"{length // 1000} kB"
    return size if marks is None else f"{size}/{marks:,}"


# -- opening -----------------------------------------------------------------------------------------------------------


def open_rows(length: int, marks: int, goal: float, *, full: bool = False) -> list[Row]:
    """Measure a text and its marks, both in memory, up to the first painted frame."""
    from PySide6.QtWidgets import QTextEdit

    from tests.bench.surface_baselines import editor, fill

    text = repeated(length)
    annotations = evenly_marked(text, marks)
    ours = clock.middle([_opened(text, annotations) for _ in range(_RUNS)])
    runs = _RUNS if full or length < _BIG else 1
    theirs: list[clock.Took] = []
    for _ in range(runs):
        widget = editor(QTextEdit)
        theirs.append(clock.timed(lambda widget=widget: fill(widget, text, annotations)))
        widget.close()
        widget.deleteLater()
    said = "" if runs == _RUNS else f"baseline run {runs} time"
    name = f"open {_sized(length, marks)} to the first frame"
    return [clock.row(name, ours, clock.middle(theirs), "QTextEdit with ExtraSelections", goal, said=said)]


def _opened(text: str, annotations: Sequence[Annotation]) -> clock.Took:
    from PySide6.QtWidgets import QApplication

    from app.core.document import Document
    from app.core.scheme_file import parse_scheme
    from app.core.state import DocumentState
    from app.ui.editor.highlights import AnnotationHighlights
    from tests.bench.real_window import scheme_text
    from tests.bench.surface_canvas import bare_canvas

    scheme = parse_scheme(scheme_text())
    document = Document(uid="d", name="d", text=text, sha256="")
    canvas = bare_canvas()

    def work() -> None:
        state = DocumentState.of(document, annotator="bench", annotations=annotations)
        canvas.show_text(text, AnnotationHighlights(state, scheme, corrections=True))
        canvas.viewport().repaint()
        QApplication.processEvents()

    gc.collect()
    took = clock.timed(work)
    canvas.close()
    canvas.deleteLater()
    return took


def odd_rows(line: int, lines: int) -> list[Row]:
    """Measure one line of so many characters, and so many empty lines."""
    from PySide6.QtWidgets import QPlainTextEdit

    from tests.bench.surface_baselines import editor, fill, lay_out

    one = repeated(line).replace("\n", " ")
    ours = clock.middle([_opened(one, evenly_marked(one, 1_000)) for _ in range(_RUNS)])
    bare = clock.timed(lambda: lay_out(one))
    empty = "\n" * lines
    ours_empty = clock.middle([_opened(empty, ()) for _ in range(_RUNS)])
    widget = editor(QPlainTextEdit)
    theirs = clock.timed(lambda: fill(widget, empty, ()))
    widget.close()
    widget.deleteLater()
    said = "baseline run 1 time"
    return [
        clock.row(f"open one line of {_sized(line)}", ours, bare, "a bare QTextLayout", 0.2, said=said),
        clock.row(f"open {lines:,} empty lines", ours_empty, theirs, "QPlainTextEdit", 0.5, said=said),
    ]


# -- in the window -----------------------------------------------------------------------------------------------------


def in_window_rows() -> list[Row]:
    """Measure in the real window, over a real file: opening, turning pages, and a sitting."""
    documents = [
        ("small", repeated(3_000), 30),
        ("big", repeated(_BIG), 10_000),
        ("middle", repeated(_MEGABYTE), 10_000),
        ("dense", repeated(_MEGABYTE), 100_000),
        ("crowded", repeated(3_000), 500),
    ]
    found: list[Row] = []
    with home() as folder:
        make_project(folder / "a.stet", (record(*item) for item in documents))
        with window_on(folder / "a.stet") as window:
            workspace = window.desk.workspace
            assert workspace is not None
            for uid, name, goal in (
                ("small", "3 kB/30", 10.0),
                ("big", "10 MB/10,000", 1.0),
                ("dense", "1 MB/100,000", 10.0),
            ):
                took = clock.middle([_open_in(workspace, uid) for _ in range(_RUNS)])
                bare = clock.middle([_opened_bare(folder / "a.stet", uid) for _ in range(_RUNS)])
                title = f"open {name} in the window, its file read"
                found.append(clock.row(title, took, bare, _OPENED_BARE, goal))
            found += page_rows(workspace, "dense", "1 MB/100,000")
            found += page_rows(workspace, "big", "10 MB/10,000")
            found += page_rows(workspace, "crowded", "500 marks in 3 kB")
            _open_in(workspace, "middle")
            found.append(sit(workspace, actions=2_000))
    return found


def _open_in(workspace: "AnnotateWorkspace", uid: str) -> clock.Took:
    """Open a document from another one, its text read from the file, until it is painted."""
    from PySide6.QtWidgets import QApplication

    session = workspace.side._session
    workspace.open_document("small" if uid != "small" else "crowded")
    _settle()
    session.executor.forget()

    def work() -> None:
        workspace.open_document(uid)
        workspace.text.canvas.viewport().repaint()
        QApplication.processEvents()

    took = clock.timed(work)
    _settle()
    return took


def _opened_bare(path: Path, uid: str) -> clock.Took:
    """Read a document and its marks as tuples, and show the text in an editor."""
    from PySide6.QtWidgets import QPlainTextEdit

    from tests.bench.surface_baselines import editor, fill

    widget = editor(QPlainTextEdit)
    with closing(sqlite3.connect(path)) as db:

        def work() -> None:
            key, text = db.execute("SELECT id, text FROM document WHERE uid = ?", [uid]).fetchone()
            db.execute("SELECT * FROM annotation WHERE document = ?", [key]).fetchall()
            fill(widget, text, ())

        took = clock.timed(work)
    widget.close()
    widget.deleteLater()
    return took


def _settle() -> None:
    """Let what comes after opening have its time, as it has while somebody reads."""
    from PySide6.QtTest import QTest

    QTest.qWait(120)


def page_rows(workspace: "AnnotateWorkspace", uid: str, name: str, *, runs: int = _RUNS) -> list[Row]:
    """Measure pages, turned one after the other."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    workspace.open_document(uid)
    while workspace.facts.open_rules is None:
        QTest.qWait(20)
    canvas = workspace.text.canvas
    bar = canvas.verticalScrollBar()

    def turn() -> None:
        before = bar.value()
        bar.setValue(before + bar.pageStep())
        if bar.value() == before:
            bar.setValue(0)
            canvas.viewport().update()
        QApplication.processEvents()

    rounds = [[clock.timed(turn) for _ in range(_PAGES)] for _ in range(runs)]
    p99, p50 = (clock.middle([clock.at(times, share) for times in rounds]) for share in (0.99, 0.5))
    theirs = clock.middle([clock.at(times, 0.99) for times in _pages_of_editor(canvas.text, runs)])
    said = f"p50 {p50.wall:.1f} ms, CPU {p50.cpu:.1f}"
    return [clock.row(f"turn a page, {name}, p99", p99, theirs, "QPlainTextEdit without marks", _PAGE_GOAL, said=said)]


def _pages_of_editor(text: str, runs: int) -> list[list[clock.Took]]:
    from PySide6.QtWidgets import QPlainTextEdit

    from tests.bench.surface_baselines import editor, turn_page

    widget = editor(QPlainTextEdit)
    widget.setPlainText(text)
    rounds = [[clock.timed(lambda: turn_page(widget)) for _ in range(_PAGES)] for _ in range(runs)]
    widget.close()
    widget.deleteLater()
    return rounds


# -- relations ---------------------------------------------------------------------------------------------------------


def relation_rows(*, length: int = _MEGABYTE, marks: int = 10_000, relations: int = 5_000) -> list[Row]:
    """Measure pages of a text with many relations, all of them drawn, beside the same pages without any; a mark made
    there by its key; and Tab to the next mark, with those of the mark drawn, beside the same without any.
    """
    text = repeated(length)
    found: list[Row] = []
    name = f"{_sized(length, marks)} and {relations:,} relations"
    with home() as folder:
        documents = [record("bare", text, marks), record("related", text, marks, relations=relations)]
        make_project(folder / "a.stet", documents)
        with window_on(folder / "a.stet") as window:
            workspace = window.desk.workspace
            assert workspace is not None
            pages: dict[str, list[clock.Took]] = {"related": [], "bare": []}
            presses: dict[str, list[clock.Took]] = {"related": [], "bare": []}
            steps: dict[str, list[clock.Took]] = {"related": [], "bare": []}
            for _ in range(_RUNS):  # taking turns, so that both meet the same machine
                for uid in pages:
                    workspace.open_document(uid)
                    _counted(workspace)
                    workspace.relations.toggle_all()
                    pages[uid].append(clock.at(_turned(workspace), 0.99))
                    workspace.relations.toggle_all()
                    presses[uid].append(clock.at(_pressed(workspace), 0.5))
                    steps[uid].append(clock.at(_stepped(workspace), 0.5))
            for what, times in (
                ("turn a page, all drawn, p99", pages),
                ("key to painted mark, p50", presses),
                ("Tab to painted mark, p50", steps),
            ):
                ours, bare = clock.middle(times["related"]), clock.middle(times["bare"])
                goal = _KEY_GOAL if times is presses else _RELATED_GOAL
                found.append(clock.row(f"{what}, {name}", ours, bare, "the same text without relations", goal))
    return found


def _counted(workspace: "AnnotateWorkspace") -> None:
    from PySide6.QtTest import QTest

    while workspace.facts.open_rules is None:
        QTest.qWait(20)


def _turned(workspace: "AnnotateWorkspace") -> list[clock.Took]:
    """Turn pages, one after the other; return how long each took."""
    from PySide6.QtWidgets import QApplication

    canvas = workspace.text.canvas
    bar = canvas.verticalScrollBar()

    def turn() -> None:
        bar.setValue(bar.value() + bar.pageStep())
        QApplication.processEvents()

    return [clock.timed(turn) for _ in range(_PAGES)]


def _pressed(workspace: "AnnotateWorkspace") -> list[clock.Took]:
    """Mark words by a key where the text stands; return how long each took, the paint included."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    canvas = workspace.text.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_F4)
    times: list[clock.Took] = []
    for _ in range(_MARKED):
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
        QTest.qWait(_KEY_PAUSE_MS)
        times.append(clock.timed(bare_editor.key_painted(canvas, Qt.Key.Key_R)))
    return times


def _stepped(workspace: "AnnotateWorkspace") -> list[clock.Took]:
    """Step from mark to mark, whose relations are drawn; return how long each took, the paint included."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    canvas = workspace.text.canvas
    canvas.setFocus()
    times: list[clock.Took] = []
    for _ in range(_MARKED):
        QTest.qWait(_KEY_PAUSE_MS)
        times.append(clock.timed(bare_editor.key_painted(canvas, Qt.Key.Key_Tab)))
    return times


# -- memory ------------------------------------------------------------------------------------------------------------


def memory_rows(length: int, marks: int) -> list[Row]:
    """Measure by how much a process of its own grows, for the surface and for QTextEdit."""
    ours, theirs = (_grown(kind, length, marks) for kind in ("surface", "editor"))
    name = f"memory for {_sized(length, marks)}"
    return [Row(name, ours, theirs, "QTextEdit with ExtraSelections", 0.5, "MB", "one run each")]


def _grown(kind: str, length: int, marks: int) -> float:
    command = [sys.executable, "-m", "tests.bench.surface_memory", kind, str(length), str(marks)]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, env=dict(os.environ), capture_output=True, check=True)
    return json.loads(done.stdout)["grown"]

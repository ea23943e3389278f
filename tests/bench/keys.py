"""From the press of a label's key to the painted mark, its commit included, beside a letter in a bare Qt editor."""

from collections.abc import Sequence

from tests.bench import bare_editor
from tests.bench.clock import Took, at, middle, row, timed
from tests.bench.real_window import article, home, make_project, record, repeated, window_on
from tests.bench.rows import Row

_ROUNDS = 5  # the median of their p99s counts: the machine itself stalls now and then
_PRESSES = 60
_PAUSE_MS = 40
_SHARES = ((0.99, "p99"), (0.5, "p50"))


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
            bare.append(bare_editor.measure(text, presses=_PRESSES, pause_ms=_PAUSE_MS))
        for share, word in _SHARES:
            mine, other = (middle([at(times, share) for times in rounds]) for rounds in (ours, bare))
            rows.append(row(f"{name}, {word}", mine, other, bare_editor.NAME, bare_editor.GOAL))
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
                times.append(timed(bare_editor.key_painted(canvas, key)))
                missed += workspace.annotations_model.rowCount() == marks_before
            if missed > _PRESSES // 2:
                raise RuntimeError("most keys made no mark")
    return times

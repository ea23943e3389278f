"""From the press of a label's key to the painted mark, its commit included."""

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.rows import Row, median, percentile

_FRAME_MS = 16.0
_ROUNDS = 5  # the median of their p99s counts: the machine itself stalls now and then
_PRESSES = 60
_PAUSE_MS = 40


def run() -> Sequence[Row]:
    """Measure on a text as long as a news article, and on 1 MB with 10,000 annotations."""
    article = _article()
    rows: list[Row] = []
    for name, text, marks in (
        (f"key to painted mark, {len(article) // 1000} kB article", article, 20),
        ("key to painted mark, 1 MB with 10,000 marks", (article + "\n\n") * (1_000_000 // len(article)), 10_000),
    ):
        rounds = [_measure(text, marks) for _ in range(_ROUNDS)]
        for share, word in ((0.99, "p99"), (0.5, "p50")):
            figure = median([percentile(times, share) for times in rounds])
            rows.append(Row(f"{name}, {word}", figure, _FRAME_MS, "one 60 Hz frame", 1.0))
    return rows


def _article() -> str:
    shared = Path(__file__).resolve().parents[3] / "shared" / "seeds" / "004_7ed32b5b1d35110f.txt"
    if shared.exists():
        return shared.read_bytes().decode()
    return (Path(__file__).resolve().parents[2] / "resources" / "sample" / "spun.txt").read_bytes().decode()


def _measure(text: str, marks: int) -> list[float]:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from app import paths
    from app.bootstrap import build, collect_again
    from app.core.annotation import Annotation, Fragment
    from app.core.document import Document, sha256
    from app.core.record import DocumentRecord, SetRecord, Status
    from app.session.session import Session
    from app.storage.records import insert_records

    with tempfile.TemporaryDirectory() as home:
        os.environ["STET_HOME"] = home
        path = Path(home) / "bench.stet"
        scheme = (paths.resources() / "schemes" / "news-errors.toml").read_text(encoding="utf-8")
        session = Session.create(path, scheme=scheme)
        step = max(12, len(text) // marks)
        annotations = tuple(
            Annotation(
                uid=f"{number:08d}",
                layer="entity",
                label="ORG",
                fragments=(Fragment(at, at + 7),),
                quote=text[at : at + 7],
            )
            for number, at in enumerate(range(0, len(text) - 10, step))
        )
        document = Document(uid="d", name="bench.txt", text=text, sha256=sha256(text))
        work = SetRecord("bench", "person", Status.OPEN, "news-errors@1", 0.0, annotations, ())
        with session.project.atomic():
            insert_records(session.project, [DocumentRecord(document, (), (work,))], batch=1, tick=lambda _count: None)
        session.close()

        app, window = build()
        collect_again()
        window.resize(1440, 900)
        window.show()
        window.desk.look.change({"annotator": "bench"})
        window.desk.open_project(path)
        workspace = window.desk.workspace
        assert workspace is not None
        canvas = workspace.text.canvas
        canvas.setFocus()
        QApplication.processEvents()
        times: list[float] = []
        missed = 0
        for number in range(_PRESSES):
            QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
            QTest.qWait(_PAUSE_MS)  # nobody types faster; what may follow a key a moment later has its time
            marks_before = workspace.annotations_model.rowCount()
            key = (Qt.Key.Key_R, Qt.Key.Key_T, Qt.Key.Key_N)[number % 3]
            began = time.perf_counter()
            QTest.keyClick(canvas, key)
            QApplication.processEvents()
            times.append((time.perf_counter() - began) * 1000)
            missed += workspace.annotations_model.rowCount() == marks_before
        if missed > _PRESSES // 2:
            raise RuntimeError("most keys made no mark")
        window.close()
        window.deleteLater()
        app.processEvents()
    return times

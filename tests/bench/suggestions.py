"""From Space on a suggestion to its painted mark and the next suggestion at hand, the commit included; and what reading
very many suggestions takes from the window, before the first picture and in each turn after it.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.rows import Row, median, percentile

if TYPE_CHECKING:
    from app.services.suggestions.open_suggestions import OpenSuggestions

_FRAME_MS = 16.0
_ROUNDS = 3
_PRESSES = 60
_PAUSE_MS = 40
_MARKS = 10_000
_WORDS = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor " * 10


def run() -> Sequence[Row]:
    """Measure on 1 MB with 10,000 marks and as many suggestions."""
    rounds = [_measure() for _ in range(_ROUNDS)]
    what = "Space to the next suggestion, 1 MB with 10,000 suggestions"
    pressed, read = [times for times, _ in rounds], [times for _, times in rounds]
    frame = (_FRAME_MS, "one 60 Hz frame", 1.0)
    rows = [
        Row(f"{what}, {word}", median([percentile(t, share) for t in pressed]), *frame)
        for share, word in ((0.99, "p99"), (0.5, "p50"))
    ]
    rows.append(Row("10,000 suggestions, read before the text is painted", median([t[0] for t in read]), *frame))
    rows.append(Row("10,000 suggestions, longest turn of reading on", median([max(t[1:]) for t in read]), *frame))
    return rows


def _measure() -> tuple[list[float], list[float]]:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from app.bootstrap import build, collect_again

    with tempfile.TemporaryDirectory() as home:
        os.environ["STET_HOME"] = home
        path = _project(Path(home) / "bench.stet")
        app, window = build()
        collect_again()
        window.resize(1440, 900)
        window.show()
        window.desk.look.change({"annotator": "bench"})
        window.desk.open_project(path)
        workspace = window.desk.workspace
        assert workspace is not None
        read = _reading(workspace.drawn.suggestions)
        canvas = workspace.text.canvas
        canvas.setFocus()
        window.registry.run("suggestion.next")
        QApplication.processEvents()
        times: list[float] = []
        for _ in range(_PRESSES):
            QTest.qWait(_PAUSE_MS)
            began = time.perf_counter()
            QTest.keyClick(canvas, Qt.Key.Key_Space)
            QApplication.processEvents()
            times.append((time.perf_counter() - began) * 1000)
        if workspace.drawn.suggestions.count != _MARKS - _PRESSES:
            raise RuntimeError("not every key accepted one")
        window.close()
        window.deleteLater()
        app.processEvents()
    return times, read


def _reading(here: "OpenSuggestions") -> list[float]:
    """Read all suggestions of the open document anew; return the milliseconds of each turn."""
    times: list[float] = []
    turn = here.begin
    while not times or here.is_reading:
        began = time.perf_counter()
        turn()
        times.append((time.perf_counter() - began) * 1000)
        turn = here.read_on
    return times


def _project(path: Path) -> Path:
    from app import paths
    from app.core.annotation import Annotation, Fragment
    from app.core.document import Document, sha256
    from app.core.record import DocumentRecord, SetRecord, Status
    from app.core.suggestion import Suggested, Suggestion
    from app.session.session import Session
    from app.storage.records import insert_records

    text = "\n".join([_WORDS] * (1_000_000 // len(_WORDS)))
    step = len(text) // _MARKS
    places = [((Fragment(at * step, at * step + 7),), text[at * step : at * step + 7]) for at in range(_MARKS)]
    marks = tuple(
        Annotation(uid=f"a{n:07d}", layer="entity", label="ORG", fragments=where, quote=quote)
        for n, (where, quote) in enumerate(places)
    )
    suggested = tuple(
        Suggested(Suggestion(uid=f"s{n:07d}", maker="m", layer="error", label="TIME", fragments=where, quote=quote))
        for n, (where, quote) in enumerate(places)
    )
    work = SetRecord("bench", "person", Status.OPEN, "news-errors@1", 0.0, marks, ())
    document = Document(uid="d", name="bench.txt", text=text, sha256=sha256(text))
    scheme = (paths.resources() / "schemes" / "news-errors.toml").read_text(encoding="utf-8")
    session = Session.create(path, scheme=scheme)
    with session.project.atomic():
        record = DocumentRecord(document, (), (work,), suggestions=suggested)
        insert_records(session.project, [record], batch=1, tick=lambda _count: None)
    session.close()
    return path

"""From Space on a suggestion to its painted mark and the next suggestion at hand, the commit included; and what reading
very many suggestions takes from the window, before the first picture and in each turn after it.
"""

import os
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from app.storage.access import uri
from tests.bench import bare_editor
from tests.bench.clock import Took, at, middle, row, timed
from tests.bench.rows import Row

if TYPE_CHECKING:
    from app.services.suggestions.open_suggestions import OpenSuggestions

_FIRST = 500  # suggestions that are read before the first picture
_DECODING = 10.0  # what making suggestions and their index of tuples may take more
_ROUNDS = 3
_PRESSES = 60
_PAUSE_MS = 40
_MARKS = 10_000
_WORDS = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor " * 10


def run() -> Sequence[Row]:
    """Measure on 1 MB with 10,000 marks and as many suggestions."""
    ours, bare = [], []
    for _ in range(_ROUNDS):  # taking turns, so that both meet the same machine
        ours.append(_measure())
        bare.append(bare_editor.measure(_text(), presses=_PRESSES, pause_ms=_PAUSE_MS))
    what = "Space to the next suggestion, 1 MB with 10,000 suggestions"
    rows: list[Row] = []
    for share, word in ((0.99, "p99"), (0.5, "p50")):
        mine = middle([at(found.pressed, share) for found in ours])
        other = middle([at(times, share) for times in bare])
        rows.append(row(f"{what}, {word}", mine, other, bare_editor.NAME, bare_editor.GOAL))
    first = middle([found.turns[0] for found in ours])
    longest = middle([max(found.turns[1:]) for found in ours])
    page = middle([found.page for found in ours])
    name = "as many rows by a bare query, as tuples"
    rows.append(row("10,000 suggestions, read before the text is painted", first, page, name, _DECODING))
    rows.append(row("10,000 suggestions, longest turn of reading on", longest, page, name, _DECODING))
    return rows


class _Found(NamedTuple):
    pressed: list[Took]
    turns: list[Took]
    page: Took


def _measure() -> _Found:
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
        turns = _reading(workspace.drawn.suggestions)
        page = _page(path)
        canvas = workspace.text.canvas
        canvas.setFocus()
        window.registry.run("suggestion.next")
        QApplication.processEvents()
        pressed: list[Took] = []
        for _ in range(_PRESSES):
            QTest.qWait(_PAUSE_MS)
            pressed.append(timed(bare_editor.key_painted(canvas, Qt.Key.Key_Space)))
        if workspace.drawn.suggestions.count != _MARKS - _PRESSES:
            raise RuntimeError("not every key accepted one")
        window.close()
        window.deleteLater()
        app.processEvents()
    return _Found(pressed, turns, page)


def _reading(here: "OpenSuggestions") -> list[Took]:
    """Read all suggestions of the open document anew; return how long each turn takes."""
    times: list[Took] = []
    turn = here.begin
    while not times or here.is_reading:
        times.append(timed(turn))
        turn = here.read_on
    return times


def _page(path: Path) -> Took:
    """Return how long the bare query of the first suggestions takes."""
    sql = "SELECT * FROM suggestion ORDER BY start, uid LIMIT ?"
    with closing(sqlite3.connect(uri(path, "mode=ro"), uri=True)) as connection:
        return middle([timed(lambda: connection.execute(sql, [_FIRST]).fetchall()) for _ in range(5)])


def _text() -> str:
    return "\n".join([_WORDS] * (1_000_000 // len(_WORDS)))


def _project(path: Path) -> Path:
    from app import paths
    from app.core.annotation import Annotation, Fragment
    from app.core.document import Document, sha256
    from app.core.record import DocumentRecord, SetRecord, Status
    from app.core.suggestion import Suggested, Suggestion
    from app.session.session import Session
    from app.storage.records import insert_records

    text = _text()
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

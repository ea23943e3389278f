"""The list of documents of a very large project: first rows, turning pages, first hits of a search."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from app.core.document import sha256
from app.core.document_conditions import in_words, parse_conditions, parse_sorting
from app.ui.models.document_view import DocumentView
from tests.as_stet import connect_as_stet
from tests.bench import clock
from tests.bench.real_window import ANNOTATOR, home, make_project, record, window_on
from tests.bench.rows import Row

_RUNS = 5
_PAGES = 60
_TEXT = "The senator said on Monday that the budget of the city was voted down by 412 members of the council. "
_COLUMNS = "id, uid, name, sha256, length, words, meta, batch, text"


def measure_list(documents: int, *, runs: int = _RUNS) -> Sequence[Row]:
    """Measure a project with so many documents."""
    from PySide6.QtWidgets import QApplication

    with home() as folder:
        path = folder / "many.stet"
        _make(path, documents)
        with window_on(path) as window:
            opened = clock.middle([_time_opening(window, path) for _ in range(runs)])
            workspace = window.desk.workspace
            assert workspace is not None
            bar = workspace.documents.list.verticalScrollBar()

            def turn() -> None:
                bar.setValue(bar.value() + bar.pageStep())
                QApplication.processEvents()

            pages = clock.middle([clock.at([clock.timed(turn) for _ in range(_PAGES)], 0.5) for _ in range(runs)])
            model = workspace.documents_model

            def find(word: str) -> None:
                model.reload(word)
                QApplication.processEvents()

            rare, common = (
                clock.middle([clock.timed(lambda word=word: find(word)) for _ in range(runs)])
                for word in (f"unique{documents // 2}", "senator")
            )
            model.reload("")
            views = [clock.middle([clock.timed(lambda v=view: _show(model, v)) for _ in range(runs)]) for view in VIEWS]
        bare = _bare(path, documents, runs)
    name = f"{documents:,} documents"
    view = "a QListView over the names, read by a bare query"
    like = "LIKE, 100 hits in a QListView"
    return [
        clock.row(f"open {name} to the first rows", opened, bare.opened, view, 1.0),
        clock.row(f"turn a page of {name}, p50", pages, bare.pages, view, 4.0),
        clock.row(f"first hits of a word that one of {name} has", rare, bare.rare, like, 0.5),
        clock.row(f"first hits of a word that all of {name} have", common, bare.common, like, 30.0),
        *(
            clock.row(f"first rows of {name}: {in_words(*shown[:2])}", ours, bare.opened, view, 1.0)
            for shown, ours in zip(VIEWS, views, strict=True)
        ),
    ]


_SLICES = {
    "": (
        *("-words", "title", "-name", "status", "-status", "flag", "note", "annotator", "-assigned", "scheme"),
        *("-marks", "-rules", "rules", "-conflicts", "meta.rank", "-label.PERSON", "label.PERSON", "-label.LAW"),
        *("-layer.entity", "-entity.label"),
    ),
    "meta.src=web": ("name",),
    "status=done": ("length", "-label.PERSON"),
    "flag=yes": ("import", "-words", "title"),
    "words>30": ("import", "title"),
    "label=LAW": ("import", "-label.LAW", "name"),
    "label=PERSON": ("import", "-words", "-label.PERSON"),
    "label=PERSON status=done": ("title",),
    "label!=PERSON": ("-words",),
    "entity.label=LAW": ("-name",),
    "error.severity>=major": ("import", "words", "-error.severity"),
    "layer=entity rules>0": ("-rules",),
    "assigned=ben": ("words",),
    "annotator=ana": ("-marks",),
    "note=yes": ("import",),
    "scheme=n@2": ("import",),
    "marks>=3": ("import",),
    "conflicts>0": ("-conflicts",),
    "name=*999*": ("-words",),
    "meta.rank<1000": ("meta.rank", "name"),
    "added>=2020-01-01": ("-words",),
}
"""Orders of the list, by conditions."""
VIEWS = tuple(
    DocumentView(parse_conditions(where.split()), parse_sorting(sort))
    for where, sorts in _SLICES.items()
    for sort in sorts
)
_ON_SCREEN = 30


def _show(model: Any, view: DocumentView) -> None:
    """Show a view, and wait for a screen of rows or for all there are."""
    from PySide6.QtWidgets import QApplication

    model.show_view(view)
    while model.is_searching and model.rowCount() < _ON_SCREEN:
        QApplication.processEvents()
    QApplication.processEvents()


class _Bare(NamedTuple):
    opened: clock.Took
    pages: clock.Took
    rare: clock.Took
    common: clock.Took


def _bare(path: Path, documents: int, runs: int) -> _Bare:
    """Measure what Qt and SQLite do by themselves with the same documents."""
    from PySide6.QtCore import QStringListModel
    from PySide6.QtWidgets import QApplication, QListView

    view, model = QListView(), QStringListModel()
    view.setUniformItemSizes(True)
    view.resize(280, 800)
    view.show()
    with closing(sqlite3.connect(path)) as db:

        def fill() -> None:
            model.setStringList([name for (name,) in db.execute("SELECT name FROM document ORDER BY id")])
            view.setModel(model)
            view.viewport().repaint()
            QApplication.processEvents()

        def turn() -> None:
            bar = view.verticalScrollBar()
            bar.setValue(bar.value() + bar.pageStep())
            QApplication.processEvents()

        def like(word: str) -> None:
            found = db.execute("SELECT name FROM document WHERE text LIKE ? LIMIT 100", [f"%{word}%"])
            model.setStringList([name for (name,) in found])
            QApplication.processEvents()

        opened = clock.middle([clock.timed(fill) for _ in range(runs)])
        pages = clock.middle([clock.at([clock.timed(turn) for _ in range(_PAGES)], 0.5) for _ in range(runs)])
        rare, common = (
            clock.middle([clock.timed(lambda word=word: like(word)) for _ in range(runs)])
            for word in (f"unique{documents // 2}", "senator")
        )
    view.close()
    view.deleteLater()
    QApplication.processEvents()
    return _Bare(opened, pages, rare, common)


def _time_opening(window: Any, path: Path) -> clock.Took:
    window.desk.projects.close()  # one that is open already isn't opened again
    return clock.timed(lambda: _opened(window, path))


def _opened(window: Any, path: Path) -> None:
    from PySide6.QtWidgets import QApplication

    window.desk.open_project(path)
    window.desk.workspace.documents.list.viewport().repaint()
    QApplication.processEvents()


def _make(path: Path, documents: int) -> None:
    """Make a project file; all documents but the first by bare `executemany`."""
    make_project(path, [record("0", _TEXT, 1)])
    with closing(connect_as_stet(path)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.executemany(f"INSERT INTO document ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", _rows(documents))
        db.executemany("INSERT INTO document_meta (key, value, document) VALUES (?,?,?)", _meta_rows(documents))
        db.execute("INSERT INTO document_title (document, title) SELECT id, name FROM document WHERE id > 1")
        for name in ("ana", "ben"):
            person = [name, name, name]
            db.execute("INSERT OR IGNORE INTO annotator (uid, name, kind, key) VALUES (?, ?, 'person', ?)", person)
        columns = "id, document, annotator, status, seconds, scheme, flag, note"
        slots = "?, ?, (SELECT id FROM annotator WHERE key = ?), ?, 0.0, ?, ?, ?"
        sets = _set_rows(documents)
        db.executemany(f"INSERT INTO annotation_set ({columns}) VALUES ({slots})", sets)
        db.executemany(f"INSERT INTO annotation VALUES ({', '.join('?' * 16)})", _mark_rows(documents))
        db.execute(
            "INSERT INTO assignment SELECT w.id, d.id FROM document d JOIN annotator w "
            "ON w.key = CASE d.id % 2 WHEN 0 THEN 'ana' ELSE 'ben' END WHERE d.id % 3 = 0"
        )
        db.execute(
            "INSERT OR IGNORE INTO edit_log (sequence, uid, time, kind, title, edit, inverse) "
            "VALUES (1, 'l', '2026-01-01T00:00:00Z', 'do', 'Import', '{}', '{}')"
        )
        counts = "SELECT id, 1, id / 2 % 40 / 37, annotator, document FROM annotation_set"
        db.execute(f"INSERT OR REPLACE INTO set_count (set_id, scheme, unmet, annotator, document) {counts}")
        db.execute("INSERT INTO document_count SELECT id, id / 100 % 4 FROM document WHERE id % 100 = 0")
        db.execute("INSERT INTO document_fts (rowid, name, text) SELECT id, name, text FROM document WHERE id > 1")
        db.commit()


def _rows(documents: int) -> Iterator[tuple[Any, ...]]:
    digest = sha256(_TEXT)
    for number in range(2, documents + 1):
        text = f"{_TEXT}unique{number}"
        meta = f'{{"rank":{number * 7919 % documents},"src":"{_source(number)}"}}'
        words = 10 + number * 31 % 25
        yield (number, f"{number:08d}", f"news-{number:07d}.txt", digest, len(text), words, meta, 1, text)


def _source(number: int) -> str:
    return "web" if number % 9 == 0 else "print"


def _meta_rows(documents: int) -> Iterator[tuple[str, object, int]]:
    for number in range(2, documents + 1):
        yield "rank", number * 7919 % documents, number
        yield "src", _source(number), number


def _set_rows(documents: int) -> Iterator[tuple[Any, ...]]:
    """Half of the documents were begun by the person at the window or, one in ten of them, by ana; a quarter is done,
    and one in a thousand is flagged.
    """
    for number in range(2, documents + 1, 2):
        who = "ana" if number % 20 == 10 else ANNOTATOR
        status, tag = "done" if number % 4 == 0 else "open", "n@2" if number % 50_000 == 0 else "n@1"
        yield (
            number,
            number,
            who,
            status,
            tag,
            "why?" if number % 1000 == 0 else None,
            "so" if number % 5000 == 0 else "",
        )


def _mark_rows(documents: int) -> Iterator[tuple[Any, ...]]:
    """Each document that was begun has one or two marks, and one in ten thousand a rare one."""
    for number in range(2, documents + 1, 2):
        for at in range(1 + number // 2 % 2):
            rest = (4, None, "The ", "{}", None, "", "human", "", "", "{}")
            yield (number, at, f"{number}-{at}", number, "entity", "ORG" if at == 0 and number % 4 else "PERSON", *rest)
        if number % 3000 == 0:
            said = '{"severity":"major"}'
            rest = (3, None, "The", said, None, "", "human", "", "", "{}")
            yield number, 0, f"{number}-e", number, "error", "TORTURED_TERM", *rest
        if number % 10_000 == 0:
            yield (
                number,
                9,
                f"{number}-r",
                number,
                "entity",
                "LAW",
                12,
                None,
                "The",
                "{}",
                None,
                "",
                "human",
                "",
                "",
                "{}",
            )

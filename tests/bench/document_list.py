"""The list of documents of a very large project: first rows, turning pages, first hits of a search."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from app.core.document import sha256
from app.core.document_conditions import Condition, Sorting
from app.ui.models.document_view import DocumentView
from tests.bench import clock
from tests.bench.real_window import home, make_project, record, window_on
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
            clock.row(f"first rows of {name}: {title}", ours, bare.opened, view, 1.0)
            for title, ours in zip(_TITLES, views, strict=True)
        ),
    ]


# Filters and orders of the list.
VIEWS = (
    DocumentView((), Sorting("words", falls=True)),
    DocumentView((Condition("meta.src", "web"),), Sorting("name")),
    DocumentView((Condition("status", "done"),), Sorting("length")),
    DocumentView((Condition("flag", "yes"),)),
    DocumentView((Condition("words", "30", ">"),)),
    DocumentView((), Sorting("meta.rank")),
)
_TITLES = ("by words", "metadata, by name", "done, by length", "flagged", "more than 30 words", "by metadata")


def _show(model: Any, view: DocumentView) -> None:
    from PySide6.QtWidgets import QApplication

    model.show_view(view)
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
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.executemany(f"INSERT INTO document ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", _rows(documents))
        db.executemany("INSERT INTO document_meta (key, value, document) VALUES (?,?,?)", _meta_rows(documents))
        db.execute("INSERT OR IGNORE INTO annotator (id, uid, name, kind, key) VALUES (1, 'a', 'ana', 'person', 'ana')")
        columns = "document, annotator, status, seconds, scheme, flag"
        db.executemany(f"INSERT INTO annotation_set ({columns}) VALUES (?,1,?,0.0,'n@1',?)", _set_rows(documents))
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


def _set_rows(documents: int) -> Iterator[tuple[int, str, str | None]]:
    """Half of the documents were begun by the first annotator, a quarter is done, and one in a thousand is flagged."""
    for number in range(2, documents + 1, 2):
        yield number, "done" if number % 4 == 0 else "open", "why?" if number % 1000 == 0 else None

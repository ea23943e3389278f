"""Bringing many documents in and out, beside what SQLite alone takes for the same rows."""

import gc
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from app import paths
from app.core.annotation import Annotation, Fragment, Status
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.exchange.formats.stet_jsonl.writer import line_of
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from app.storage.access import uri
from tests.bench.rows import Row, median

DOCUMENTS, FULL = 5_000, 100_000
MARKS = 10  # a document
_RUNS, _FULL_RUNS = 3, 1
_GOAL = 2.0
_WORDS = "The senator said on Monday that the budget of the city was voted down by 412 members of the council. "
_TABLES = ("document", "annotator", "annotation_set", "annotation")
_WORD_INDEX = "INSERT INTO document_fts (rowid, name, text) VALUES (?, ?, ?)"


def run_import(documents: int = DOCUMENTS, *, runs: int = _RUNS) -> Sequence[Row]:
    """Measure the import of our JSONL against the same rows by bare `executemany`."""
    with tempfile.TemporaryDirectory() as home:
        file = _file(Path(home) / "in.jsonl", documents)
        ours, bare = [], []
        for number in range(runs):
            project = Path(home) / f"{number}.stet"
            ours.append(_timed(lambda project=project: _imported(project, file)))
            bare.append(_timed_rows(project, Path(home) / f"{number}.db"))
            project.unlink()
        return [
            Row(f"import {_sized(documents)}", median(ours), median(bare), "the same rows by executemany", _GOAL),
        ]


def run_export(documents: int = DOCUMENTS, *, runs: int = _RUNS) -> Sequence[Row]:
    """Measure the export as our JSONL against the bare query, its rows thrown away."""
    with tempfile.TemporaryDirectory() as home:
        project = Path(home) / "a.stet"
        _imported(project, _file(Path(home) / "in.jsonl", documents))
        ours, bare = [], []
        for _ in range(runs):
            ours.append(_timed(lambda: _exported(project, Path(home) / "out.jsonl")))
            bare.append(_timed(lambda: _read(project)))
        return [Row(f"export {_sized(documents)}", median(ours), median(bare), "the bare query", _GOAL)]


def run_full_import() -> Sequence[Row]:
    """Measure the import of 100,000 documents with 1,000,000 annotations."""
    return run_import(FULL, runs=_FULL_RUNS)


def run_full_export() -> Sequence[Row]:
    """Measure the export of 100,000 documents with 1,000,000 annotations."""
    return run_export(FULL, runs=_FULL_RUNS)


def _sized(documents: int) -> str:
    return f"{documents:,} documents with {documents * MARKS:,} annotations"


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _records(documents: int) -> Iterator[DocumentRecord]:
    step = 60
    for number in range(documents):
        text = f"Number {number}. {_WORDS * 7}"
        marks = tuple(
            Annotation(
                uid=f"{number:07d}-{at:04d}",
                layer="entity",
                label="ORG",
                fragments=(Fragment(at * step, at * step + 7),),
                quote=text[at * step : at * step + 7],
            )
            for at in range(MARKS)
        )
        document = Document(uid=f"{number:07d}", name=f"{number}.txt", text=text, sha256=sha256(text))
        yield DocumentRecord(document, (), (SetRecord("ana", "person", Status.OPEN, "ner@1", 0.0, marks, ()),))


def _file(path: Path, documents: int) -> Path:
    with path.open("wb") as out:
        out.writelines(map(line_of, _records(documents)))
    return path


def _imported(project: Path, file: Path) -> None:
    scheme = (paths.resources() / "schemes" / "ner.toml").read_text(encoding="utf-8")
    session = Session.create(project, scheme=scheme)
    try:
        import_files(session, [file])
    finally:
        session.close()


def _exported(project: Path, out: Path) -> None:
    session = Session.open(project, write=False)
    try:
        export_project(session, out)
    finally:
        session.close()


def _read(project: Path) -> None:
    with closing(sqlite3.connect(uri(project, "mode=ro"), uri=True)) as connection:
        for sql in ("SELECT * FROM document ORDER BY id", "SELECT * FROM annotation ORDER BY document, start, uid"):
            for _ in connection.execute(sql):
                pass


def _timed_rows(project: Path, place: Path) -> float:
    """Return how long the rows of a project take to be written by themselves, into tables and indexes of its make.

    The index of words is one of them, since searching is what it is for.
    """
    with closing(sqlite3.connect(uri(project, "mode=ro"), uri=True)) as source:
        tables = [(name, _sql_of(source, name), _indexes_of(source, name)) for name in _TABLES]
        rows = {name: source.execute(f"SELECT * FROM {name}").fetchall() for name in _TABLES}
        words = source.execute("SELECT id, name, text FROM document").fetchall()
        word_index = _sql_of(source, "document_fts")
    with closing(sqlite3.connect(place, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("PRAGMA synchronous=FULL")
        target.execute(word_index)
        for _, table, indexes in tables:
            for sql in (table, *indexes):
                target.execute(sql)

        def write() -> None:
            target.execute("BEGIN")
            for name, found in rows.items():
                target.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(found[0]))})", found)
            target.executemany(_WORD_INDEX, words)
            target.execute("COMMIT")
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        took = _timed(write)
    os.unlink(place)
    return took


def _sql_of(connection: sqlite3.Connection, table: str) -> str:
    return connection.execute("SELECT sql FROM sqlite_schema WHERE type='table' AND name=?", [table]).fetchone()[0]


def _indexes_of(connection: sqlite3.Connection, table: str) -> list[str]:
    sql = "SELECT sql FROM sqlite_schema WHERE type='index' AND tbl_name=? AND sql IS NOT NULL"
    return [row[0] for row in connection.execute(sql, [table])]

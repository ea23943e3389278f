"""Sums over rows: whatever Stet writes keeps them, and whatever else changes a row of what can leave breaks one."""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import msgspec
import pytest

from app.core.annotation import Annotation, Fragment
from app.core.document import Document, sha256
from app.core.errors import ProjectError
from app.core.record import DocumentRecord, SetRecord, Status
from app.core.remark import Remark
from app.session.session import Session
from app.storage import seals
from app.storage.connection import Cursor
from app.storage.migrations import schema_of
from app.storage.records import _MANY_ROWS, insert_records
from app.storage.salvaged_cells import saved_tables
from app.storage.seals import PARTS, broken_seals, fill_seals
from app.storage.soundness import faults_of
from app.storage.version import SCHEMA_VERSION
from tests.conftest import scheme_source
from tests.unit.storage.versions import unpack

# What is no one's work and isn't handed on, by table: each column that no sum counts.
NOT_SUMMED = {
    "document": {"length", "words", "text"},  # counted again by `stet check`; the text has a hash of its own
    "annotation_set": {"seconds", "position"},
    "handed": {"sequence", "document", "annotator", "file", "digest", "head", "seconds", "time"},
    "reveal": {"sequence", "time", "reviewer", "document"},
    "shown": {"document", "suggestion", "annotator", "time"},
}


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with rows in nearly all tables."""
    return unpack(SCHEMA_VERSION, tmp_path_factory.mktemp("rich") / "rich.stet")


def broken(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [str(seal) for seal in broken_seals(connection)]


def test_every_column_is_summed_or_known_not_to_be() -> None:
    left_out = {
        table.name: {column.name for column in table.columns}
        - {name for part in PARTS if part.table == table.name for name in part.names}
        for table in saved_tables(SCHEMA_VERSION).values()
    }
    assert {name: columns for name, columns in left_out.items() if columns} == NOT_SUMMED


@pytest.mark.parametrize("table", [part.table for part in PARTS])
def test_any_change_of_a_row_shows(rich: Path, table: str) -> None:
    part = next(part for part in PARTS if part.table == table)
    with closing(sqlite3.connect(rich, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        kinds = {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")}
        key = ", ".join(f'"{name}"' for name in part.key.split())
        row = f"({key}) = (SELECT {key} FROM {table} LIMIT 1)"
        is_empty = connection.execute(f"SELECT 1 FROM {table}").fetchone() is None
        assert not is_empty or table in ("assignment", "saved_view", "relation", "frozen", "release", "judgement")
        if is_empty:
            return
        statements = [f"DELETE FROM {table} WHERE {row}"]
        for name in part.names:
            other = {"INTEGER": "77777", "REAL": "0.077", "BLOB": "x'07'"}.get(kinds[name], "'x'")
            statements.append(f'UPDATE {table} SET "{name}" = {other} WHERE {row}')
        for statement in statements:
            connection.execute("BEGIN")
            try:
                connection.execute("PRAGMA ignore_check_constraints=ON")
                connection.execute(statement)
                assert list(broken_seals(connection)) != [], statement
            finally:
                connection.execute("ROLLBACK")
    assert broken(rich) == []


def test_what_statements_of_every_kind_write_is_summed(tmp_path: Path, rich: Path) -> None:
    """Those that replace, ignore, fail or are rolled back too, of rows short and long."""
    path = Path(shutil.copy(rich, tmp_path / "p.stet"))
    session = Session.open(path, annotator="ana")
    project = session.project
    with project.atomic():
        run = project.connection.execute
        for value in ("one", "two"):
            run("INSERT OR REPLACE INTO about (key, value) VALUES ('option:x', ?)", [value])
            run("INSERT OR IGNORE INTO about (key, value) VALUES ('option:y', ?)", [value])
            run("INSERT INTO saved_view (name, conditions, sorting) VALUES (?, '[]', 'x\x1ey\x1dz')", [value])
        run("UPDATE document SET meta = '{\"a\":1}'")
        run("UPDATE annotation SET start = start + 1, comment = ?", ["long " * 100_000])
        with suppress(ProjectError), project.atomic():
            run("INSERT INTO saved_view (name, conditions, sorting) VALUES ('three', '[]', '')")
            run("INSERT INTO about (key, value) VALUES ('option:x', 'three'), ('option:z', 'three')")
    with suppress(ZeroDivisionError), project.atomic():
        run("DELETE FROM annotation")
        raise ZeroDivisionError
    assert {"three"}.isdisjoint(row[0] for row in run("SELECT name FROM saved_view"))
    assert run("SELECT count(*) FROM annotation").fetchone()[0] > 0
    session.close()
    assert broken(path) == []


def many(uid: str, *, taken: str = "") -> DocumentRecord:
    """A document with so many marks that they are summed apart, and every kind of cell."""
    words = ("plain", "100 % of %s", "a\x00b", "“é”\U0001f600", "")
    text = "x" * 5000
    marks = [
        Annotation(
            uid=f"{uid}-{n}",
            layer="entity",
            label=f"{n % 3}%d",
            fragments=(Fragment(n, n + 1), Fragment(n + 3, n + 4))[: 1 + n % 2],
            quote=words[n % 5],
            correction=None if n % 4 else words[n % 5],
            comment=words[n % 2],
            attributes={"a": words[n % 5]} if n % 7 == 0 else {},
        )
        for n in range(_MANY_ROWS + 300)
    ]
    marks[-1] = msgspec.structs.replace(marks[-1], uid=taken or marks[-1].uid)
    document = Document(uid=uid, name="50 %", text=text, sha256=sha256(text), meta={"k": "%"})
    remark = Remark("why %", "") if uid == "a" else Remark(None, "%s")
    return DocumentRecord(
        document, (), (SetRecord("Ana %", "person", Status.DONE, "s@1", 0.5, tuple(marks), (), remark),)
    )


def test_what_many_rows_at_once_add_is_summed(tmp_path: Path) -> None:
    """Also of rows that are given back as one has the id of another, and of single ones afterwards."""
    path = tmp_path / "p.stet"
    session = Session.create(path, scheme=scheme_source("ner"))
    project, refused = session.project, list[DocumentRecord]()
    with project.atomic():
        insert_records(project, [many("a")], batch=1, tick=lambda _n: None)
        again = [many("b"), many("c", taken="a-7"), many("d")]
        insert_records(project, again, batch=2, tick=lambda _n: None, refuse=lambda record, _e: refused.append(record))
    run = project.connection.execute
    with suppress(ZeroDivisionError), project.atomic():
        insert_records(project, [many("e")], batch=3, tick=lambda _n: 1 // 0, group=1)
    assert [record.document.uid for record in refused] == ["c"]
    assert run("SELECT count(*) FROM annotation").fetchone()[0] == 3 * (_MANY_ROWS + 300)
    with project.atomic():
        run("UPDATE annotation SET comment = 'x' WHERE uid = 'a-9'")
        insert_records(project, [many("f")._replace(sets=())], batch=4, tick=lambda _n: None)
        run(
            "INSERT INTO annotation SELECT document, start, 'new', set_id, layer, label, \"end\", fragments, quote, "
            "attributes, correction, comment, origin, created, updated, extra FROM annotation WHERE uid = 'b-3'"
        )
    session.close()
    assert broken(path) == []


@pytest.mark.parametrize("fails", ["INSERT INTO annotation ", "INSERT INTO seal", "CREATE TEMP TRIGGER"])
def test_rows_are_summed_after_a_write_that_failed(tmp_path: Path, monkeypatch, fails: str) -> None:
    path = tmp_path / "p.stet"
    session = Session.create(path, scheme=scheme_source("ner"))
    project, run = session.project, Cursor._run

    def failing(cursor: Cursor, sql: str, parameters: object) -> None:
        if sql.startswith(fails):
            raise sqlite3.OperationalError("disk I/O error")
        run(cursor, sql, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(Cursor, "_run", failing)
        patch.setattr(Cursor, "_run_many", failing)
        with pytest.raises(ProjectError), project.atomic():
            insert_records(project, [many("a")], batch=1, tick=lambda _n: None)
    with project.atomic():
        insert_records(project, [many("b"), many("c")._replace(sets=())], batch=1, tick=lambda _n: None, group=1)
    session.close()
    assert broken(path) == []


def test_an_old_project_gets_its_sums_when_it_is_updated(tmp_path: Path) -> None:
    path = unpack(13, tmp_path / "old.stet")
    assert broken(path) == []  # it has none
    Session.open(path).close()
    assert faults_of(path) == []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE annotator SET name = 'anna' WHERE name = 'ana'")
    what = "damage or another program has changed the list of annotators: the checksum doesn't match"
    assert faults_of(path) == [what]


def test_sums_are_the_same_however_many_rows_are_read_at_once(monkeypatch: pytest.MonkeyPatch, rich: Path) -> None:
    with closing(sqlite3.connect(rich)) as connection:
        before = connection.execute("SELECT * FROM seal WHERE sum <> 0 ORDER BY 1, 2").fetchall()
        for most in (1, 3):
            monkeypatch.setattr("app.storage.seals._ROWS_AT_ONCE", most)
            monkeypatch.setattr("app.storage.seals._LONG_ROWS_AT_ONCE", most)
            fill_seals(connection)
            assert connection.execute("SELECT * FROM seal ORDER BY 1, 2").fetchall() == before
    assert schema_of(SCHEMA_VERSION).execute("SELECT count(*) FROM seal").fetchone()[0] > 0


def test_rows_too_long_for_one_value_are_summed_one_by_one(monkeypatch: pytest.MonkeyPatch, rich: Path) -> None:
    monkeypatch.setattr(seals, "_LONGEST_PAGE", 1000)
    assert broken(rich) == []
    with closing(sqlite3.connect(rich)) as connection:
        limit = connection.getlimit(sqlite3.SQLITE_LIMIT_LENGTH)
        assert list(broken_seals(connection)) == []
        assert connection.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == limit

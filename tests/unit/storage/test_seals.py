"""Sums over rows: whatever Stet writes keeps them, and whatever else changes a row of what can leave breaks one."""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from app.core.errors import ProjectError
from app.session.session import Session
from app.storage.migrations import schema_of
from app.storage.salvaged_cells import saved_tables
from app.storage.seals import PARTS, broken_seals, fill_seals
from app.storage.soundness import faults_of
from app.storage.version import SCHEMA_VERSION
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

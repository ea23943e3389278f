"""SQLite files of strangers: their tables are read, and nothing in them is run."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import FormatError
from app.storage.foreign_file import open_tables


def made(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b)", *statements):
            connection.execute(statement)
        connection.commit()
    return path


def test_rows_of_tables_are_read_in_order(tmp_path: Path) -> None:
    path = made(
        tmp_path / "a.db", "INSERT INTO t VALUES (2, 'y', x'00ff'), (1, 'x', 1.5), (3, CAST(x'61ff' AS TEXT), NULL)"
    )
    with open_tables(path) as tables:
        assert tables.columns("t") == ["id", "a", "b"]
        assert tables.columns("u") == ()
        rows = list(tables.rows("t", ["a", "b"]))
    assert rows == [("x", 1.5), ("y", b"\x00\xff"), ("a\udcff", None)]
    assert [each.name for each in tmp_path.iterdir()] == ["a.db"]


@pytest.mark.parametrize(
    ("statements", "table", "columns"),
    [
        (("CREATE VIEW v AS SELECT a FROM t",), "v", ["a"]),
        (("CREATE VIRTUAL TABLE v USING fts5(a)",), "v", ["a"]),
        (("ALTER TABLE t ADD COLUMN g AS (upper(a))",), "t", ["g"]),
        ((), "t", ["missing"]),
        ((), "t", []),
        ((), "sqlite_master", ["sql"]),
        ((), 't" UNION SELECT 1 --', ["a"]),
    ],
)
def test_what_is_no_plain_table_is_refused(tmp_path: Path, statements, table, columns) -> None:
    path = made(tmp_path / "a.db", *statements, "INSERT INTO t (a) VALUES ('x')")
    with open_tables(path) as tables, pytest.raises(FormatError):
        list(tables.rows(table, columns))


def test_code_in_a_schema_is_not_run(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db", "CREATE INDEX i ON t (upper(a))", "INSERT INTO t (a) VALUES ('x')")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET sql='CREATE TABLE t (id, a AS (load_extension(b)), b)' WHERE name='t'"
        )
        connection.commit()
    with pytest.raises(FormatError), open_tables(path) as tables:
        list(tables.rows("t", ["a"]))


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0", b"x" * 5000])
def test_what_is_damaged_is_refused_in_words(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(damage)
    if not damage:
        with open_tables(path) as tables:
            assert tables.columns("t") == ()
        return
    with pytest.raises(FormatError, match="isn't a whole SQLite file"), open_tables(path):
        pass


def test_pages_that_are_damaged_are_told_when_they_are_read(tmp_path: Path) -> None:
    rows = ", ".join(f"('{'x' * 900}')" for _ in range(50))
    path = made(tmp_path / "a.db", f"INSERT INTO t (a) VALUES {rows}")
    data = path.read_bytes()
    path.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))
    with open_tables(path) as tables, pytest.raises(FormatError, match="isn't a whole SQLite file"):
        list(tables.rows("t", ["a"]))


def test_a_file_that_is_open_elsewhere_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db")
    Path(f"{path}-wal").write_bytes(b"x")
    with pytest.raises(FormatError, match="another program has it open"), open_tables(path):
        pass

"""Rows that go in hundreds at a time are those that go in one by one."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.storage.bulk_insert import ROWS_A_STATEMENT, insert_rows
from app.storage.connection import Connection, connect

COLUMNS = ("id", "kind", '"end"', "note")
MANY = 2 * ROWS_A_STATEMENT + 3


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    opened = connect(tmp_path / "rows.db", "mode=rwc")
    opened.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT, "end" INTEGER, note TEXT) STRICT')
    yield opened
    opened.close()


def rows_of(connection: Connection) -> list[tuple[Any, ...]]:
    return connection.execute("SELECT * FROM t ORDER BY id").fetchall()


@pytest.mark.parametrize("count", [0, 1, ROWS_A_STATEMENT - 1, ROWS_A_STATEMENT, MANY])
@pytest.mark.parametrize(
    ("kinds", "notes"),
    [(["a"], [None]), (["a", "b"], [None]), (["a"], ["", "x\x1f“"]), (["a", "b"], [None, "y", "", "z"])],
)
def test_all_rows_go_in(connection: Connection, count: int, kinds: list[str], notes: list[str | None]) -> None:
    rows = [(n, kinds[n % len(kinds)], 7 * n, notes[n % len(notes)]) for n in range(count)]
    insert_rows(connection, "t", COLUMNS, rows, alike=(1, 3))
    assert rows_of(connection) == rows


def test_one_other_cell_among_many_alike_is_kept(connection: Connection) -> None:
    rows = [(n, "a", 0, None if n != 17 else "") for n in range(ROWS_A_STATEMENT)]
    insert_rows(connection, "t", COLUMNS, rows, alike=(1, 3))
    assert rows_of(connection) == rows


def test_many_rows_take_few_statements(connection: Connection) -> None:
    ran: list[str] = []
    connection.set_trace_callback(ran.append)
    insert_rows(connection, "t", COLUMNS, [(n, "a", n, None) for n in range(10 * ROWS_A_STATEMENT)], alike=(1, 3))
    assert sum(sql.startswith("INSERT") for sql in ran) == 10


@pytest.mark.parametrize("at", [0, ROWS_A_STATEMENT + 5, MANY - 1])
def test_a_row_that_is_there_is_refused(connection: Connection, at: int) -> None:
    rows = [(n, "a", n, None) for n in range(MANY)]
    connection.execute("INSERT INTO t (id) VALUES (?)", [at])
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        insert_rows(connection, "t", COLUMNS, rows)


def test_a_row_has_a_cell_for_each_column(connection: Connection) -> None:
    with pytest.raises(ValueError, match="shorter"):
        insert_rows(connection, "t", COLUMNS, [(0, "a", 1, None), (1, "a", 1)] * ROWS_A_STATEMENT)

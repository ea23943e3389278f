"""Project files as a stranger with ill intent, or a bad disk, could make them: in each cell, and in the schema."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from app.storage.seals import fill_seals
from tests.as_stet import connect_as_stet

Spoil = Callable[[Path], None]

_ENDLESS = "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c)"
_HUGE = "hex(zeroblob(400000000))"
_FILL = f"INSERT INTO about VALUES (random(), {_HUGE})"
_DEEP = '{"a":' * 3000 + "1" + "}" * 3000
_TEXTS: tuple[object, ...] = (
    sqlite3.Binary(b"\xff\xfe\x00"),
    "CAST(x'61fffe62' AS TEXT)",
    "CAST(x'61eda08062' AS TEXT)",  # a lone surrogate
    None,
    7,
    "",
    "a\0b",
    "<img src=file:///etc/passwd><b>x\n\u202e",
    "{not json",
    "[]",
    "[[5,2],[1]]",
    "[[0,2],[99999999,999999999999]]",
    _DEEP,
    '{"a":NaN}',
    '{"severity":' + "9" * 5000 + "}",
    '{"type":"evil"}',
    "n" * 10_000_000,
    "9999999-99-99T99:99:99Z",
)
_NUMBERS: tuple[object, ...] = (
    -5,
    2**63 - 1,
    -(2**62),
    10**12,
    "abc",
    None,
    9e999,
    -9e999,
    sqlite3.Binary(b"\xff"),
    0.5,
)
# Schemas that nobody but a stranger makes, by name.
_STATEMENTS = {
    "trigger that deletes": "CREATE TRIGGER t AFTER INSERT ON edit_log BEGIN DELETE FROM annotation; END",
    "trigger without end": f"CREATE TRIGGER t AFTER INSERT ON edit_log BEGIN SELECT {_ENDLESS}; END",
    "trigger that fills": f"CREATE TRIGGER t AFTER INSERT ON edit_log BEGIN {_FILL}; END",
    "trigger that loads": "CREATE TRIGGER t AFTER INSERT ON annotator BEGIN SELECT load_extension('x.so'); END",
    "trigger that writes": "CREATE TRIGGER t AFTER INSERT ON annotator BEGIN SELECT writefile('PWNED', 'x'); END",
    "view": "CREATE VIEW v AS SELECT * FROM document",
    "index of an expression": "CREATE INDEX evil ON document(length(hex(zeroblob(100000)) || text))",
    "another table": "CREATE TABLE zzz (a)",
    "virtual table": "CREATE VIRTUAL TABLE vt USING fts5(x)",
    "renamed column": "ALTER TABLE annotation RENAME COLUMN quote TO quote2",
    "dropped column": "ALTER TABLE annotation DROP COLUMN comment",
    "added column": "ALTER TABLE document ADD COLUMN z INT",
    "generated column": f"ALTER TABLE document ADD COLUMN z TEXT GENERATED ALWAYS AS ({_HUGE}) VIRTUAL",
    "endless default": f"ALTER TABLE about ADD COLUMN z TEXT CHECK (length({_HUGE}) > 0)",
    "no words": "INSERT INTO document_fts(document_fts) VALUES ('delete-all')",
    "spoilt words": "UPDATE document_fts_data SET block = randomblob(100)",
    "another rank": "INSERT INTO document_fts(document_fts, rank) VALUES ('rank', 'bm25(10.0)')",
    "no scheme": "DELETE FROM scheme",
    "no counters": "DELETE FROM sqlite_sequence",
    "last number": "UPDATE sqlite_sequence SET seq = 9223372036854775807",
    "counter of text": "UPDATE sqlite_sequence SET seq = 'x'",
    "log that undoes itself": "UPDATE edit_log SET undoes = sequence, undone_by = sequence",
    "references in a circle": "INSERT OR IGNORE INTO reference SELECT a.id, b.id, 0 FROM document a, document b",
    "reference to nothing": "INSERT INTO reference VALUES (1, 999, 5)",
    "set of no document": "UPDATE annotation_set SET document = 999 WHERE id = 1",
    "marks of no set": "UPDATE annotation SET set_id = 9999",
    "marks far behind": 'UPDATE annotation SET start = start + 1000000, "end" = "end" + 1000000',
    "relation of nothing": "UPDATE relation SET source = 'x', target = 'x'",
    "chain of relations": "UPDATE relation SET target = source",
    "evidence of itself": "UPDATE evidence SET document = 'nope', start = -1",
    "another text": "UPDATE document SET text = 'other words' WHERE id = 1",
    "text of 400 MB": "UPDATE document SET text = hex(zeroblob(200000000)) WHERE id = 1",
    "document hidden": "UPDATE document SET removed = 1",
    "bundle of its own": "INSERT INTO about VALUES ('bundle-of', 'x'), ('bundle-for', '<b>gold')",
    "same person twice": "INSERT INTO annotator SELECT id+9, uid || 'x', upper(name), kind, key || 'x' FROM annotator",
    "pages of 64 KiB": "PRAGMA page_size=65536; VACUUM",
    "pages of 512 bytes": "PRAGMA page_size=512; VACUUM",
    "moving pages": "PRAGMA auto_vacuum=FULL; VACUUM",
    "later version": "PRAGMA user_version=999999",
    "old version": "PRAGMA user_version=3",
    "version below zero": "PRAGMA user_version=-1",
}
_VIEWED = ("document", "annotation", "scheme", "about", "edit_log", "annotator")
_GENERATED_TABLES = re.compile(r"sqlite_|document_fts|_sqlite_migrations")


class Hostile(NamedTuple):
    """A hostile project: what is wrong with it, and what makes it so from a good one."""

    name: str
    spoil: Spoil


def hostile_projects(good: Path, seed: int = 0) -> Iterator[Hostile]:
    """Yield hostile changes: one for each column of each table, with a value that `seed` chooses, and all others."""
    with closing(sqlite3.connect(good)) as connection:
        tables = [str(row[0]) for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        columns = {table: connection.execute(f'PRAGMA table_info("{table}")').fetchall() for table in tables}
    number = seed
    for table in tables:
        if _GENERATED_TABLES.match(table):
            continue
        for _, column, kind, *_ in columns[table]:
            values = _NUMBERS if kind in ("INTEGER", "REAL") else _TEXTS
            yield _cell(table, column, values[number % len(values)])
            number += 1
        yield Hostile(f"no table {table}", _Run(f'DROP TABLE "{table}"'))
        yield Hostile(f"no rows of {table}", _Run(f'DELETE FROM "{table}"'))
    for name, statement in _STATEMENTS.items():
        yield Hostile(name, _Run(statement))
    for table in _VIEWED:
        names = ", ".join(f'"{column}"' for _, column, *_ in columns[table])
        moved = f'PRAGMA legacy_alter_table=ON; ALTER TABLE "{table}" RENAME TO moved;'
        for what, endless in (("endless", f"SELECT {names} FROM moved WHERE {_ENDLESS} > 0"), ("huge", _huge(names))):
            yield Hostile(f"{what} view of {table}", _Run(f'{moved} CREATE VIEW "{table}" AS {endless}'))


def _huge(names: str) -> str:
    last = names.rsplit(", ", 1)[-1]
    return f"SELECT {names.removesuffix(last)} {_HUGE} AS {last} FROM moved"


def _cell(table: str, column: str, value: object) -> Hostile:
    return Hostile(f"{table}.{column} = {value!r:.40}", _Cell(table, column, value))


class _Run(NamedTuple):
    """Runs statements on a closed project, with nothing checked."""

    statements: str

    def __call__(self, path: Path) -> None:
        # Triggers that keep sums would refuse a change of the schema; what follows it is refused before sums matter.
        changes_schema = "ALTER TABLE" in self.statements
        connect = sqlite3.connect if changes_schema else connect_as_stet
        with closing(connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys=OFF")
            connection.execute("PRAGMA ignore_check_constraints=ON")
            connection.executescript(self.statements)
            connection.execute("PRAGMA journal_mode=DELETE")


class _Cell(NamedTuple):
    """Puts a value into every row of a column, whatever the schema says; the schema is the same afterwards."""

    table: str
    column: str
    value: object

    def __call__(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            (sql,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", [self.table]).fetchone()
        _reword(path, self.table, _loose(sql))
        try:
            with closing(sqlite3.connect(path)) as connection, connection:
                is_expression = isinstance(self.value, str) and self.value.startswith("CAST(")
                given = self.value if is_expression else "?"
                update = f'UPDATE OR IGNORE "{self.table}" SET "{self.column}" = {given}'
                # A row's number takes numbers only, however loosely its column is declared.
                with suppress(sqlite3.IntegrityError):
                    connection.execute(update, [] if is_expression else [self.value])
                if self.table != "seal":
                    fill_seals(connection)  # whoever means to deceive can sum as well
        finally:
            _reword(path, self.table, sql)


def _loose(sql: str) -> str:
    """Return a table's SQL without what keeps values out."""
    sql = re.sub(r"\bCHECK \((?:[^()]|\([^()]*\))*\)", "", sql)
    sql = re.sub(r",?\s*\bSTRICT\b", "", sql).replace("NOT NULL", "")
    return re.sub(r"\b(INTEGER|TEXT|REAL)\b(?! PRIMARY)", "", sql)


def _reword(path: Path, table: str, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", [sql, table])
        version = connection.execute("PRAGMA schema_version").fetchone()[0]
        connection.execute(f"PRAGMA schema_version={version + 1}")
        connection.execute("PRAGMA journal_mode=DELETE")

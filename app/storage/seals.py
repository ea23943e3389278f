"""Sums by which a change of rows below Stet shows, whatever the cells say.

For each document and kind of row, and for each table of the project as a whole, the file has the sum of the CRC-32 of
its rows. Temporary triggers of the writing connection, which are no part of the file, keep the sums whatever statement
writes: adding a row adds its number, deleting it takes that away again. So a cell that was changed, a row that is gone,
and one that is there from an earlier time all show, and writing costs the same however many rows a document has. A
person who means to deceive can compute sums too: they are against damage and other programs.
"""

import sqlite3
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import NamedTuple

from app.core.errors import DamagedRow
from app.storage.connection import Connection
from app.storage.connection_limits import raise_if_stopped
from app.storage.errors import StorageFault
from app.storage.row_sums import CELL_END, MASK, NOTHING, RowSums

# `scope` is the document of the rows that are summed, of relations their set, and 0 for tables of the project as a
# whole; `part` is the table.
CREATE_SEAL = """
CREATE TABLE seal (
    scope INTEGER NOT NULL,
    part TEXT NOT NULL,
    sum INTEGER NOT NULL,
    PRIMARY KEY (scope, part)
) WITHOUT ROWID, STRICT
""".strip()
_SCOPE_END, _ROW_END = "\x1d", "\x1e"
IN_BULK = ("document", "annotation_set", "annotation")
"""Tables into which very many rows are written at once."""
_ON_TOP = f"ON CONFLICT (scope, part) DO UPDATE SET sum = (sum + excluded.sum) & {MASK}"
_ROWS_AT_ONCE = 2000
_LONG_ROWS_AT_ONCE = 50
_LONGEST_PAGE = 16_000_000  # bytes; longer rows, which only a few texts and hostile files have, come one by one


class _Part(NamedTuple):
    """A table whose rows are summed: by which column, the key in its order, and the columns; `?` marks those that may
    be NULL. `words` says what the rows are.
    """

    table: str
    scope: str
    key: str
    columns: str
    words: str
    has_long_rows: bool = False

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return [name.rstrip("?") for name in self.columns.split()]

    def row(self, prefix: str = "") -> str:
        """Return the SQL of a row as one text."""
        cells = (_cell(name, prefix) for name in self.columns.split())
        return f"||'{CELL_END}'||".join(cells)


def _cell(name: str, prefix: str) -> str:
    cell = f'{prefix}"{name.rstrip("?")}"'
    if name.startswith("score"):
        cell = f"CAST({cell} * 1000000 AS INTEGER)"  # how SQLite writes fractions depends on its version
    return f"coalesce({cell}, '{NOTHING}')" if name.endswith("?") else cell


# `annotation_set` without the place and the time of reading, which change as one reads, and no sizes, titles or counts,
# which are made of what is summed (`derived_rows`).
PARTS = (
    _Part("document", "id", "id", "id uid name sha256 meta batch? removed?", "the name, metadata or place in the list"),
    _Part("reference", "document", "document reference", "document reference ordinal", "the references"),
    _Part("annotation_set", "document", "id", "id document annotator status scheme flag? note", "the statuses"),
    _Part(
        "annotation",
        "document",
        "document start uid",
        "document start uid set_id layer label end fragments? quote attributes correction? comment origin created "
        "updated extra",
        "the annotations",
    ),
    _Part(
        "evidence",
        "owner",
        "owner annotation ordinal",
        "owner annotation ordinal uid document start end fragments? quote stance alternative",
        "the evidence",
    ),
    _Part("relation", "set_id", "set_id uid", "set_id uid source target label attributes comment", "the relations"),
    _Part(
        "decision",
        "document",
        "sequence",
        "sequence uid act document reviewer time layer group_key outcome kinds labels sources gold? fields votes "
        "tally? reason? note unclear rule",
        "the decisions",
    ),
    _Part("release", "document", "document", "document reviewer time", "the release"),
    _Part("frozen", "document", "document annotator", "document annotator time scheme content", "the snapshots", True),
    _Part(
        "suggestion",
        "document",
        "document start uid",
        "document start uid end fragments? quote layer label attributes correction? evidence maker version reason "
        "score? created batch? removed?",
        "the suggestions",
    ),
    _Part(
        "judgement",
        "document",
        "document suggestion annotator",
        "document suggestion annotator outcome time annotation?",
        "the answers to suggestions",
    ),
    _Part(
        "text_version",
        "document",
        "sequence",
        "sequence document sha256 time reason splices log? text?",
        "the earlier texts",
        True,
    ),
    _Part("scheme", "0", "id", "id name version toml created", "the scheme", True),
    _Part("annotator", "0", "id", "id uid name kind key", "the list of annotators"),
    _Part("about", "0", "key", "key value", "the options of the project"),
    _Part("assignment", "0", "annotator document", "annotator document", "the assignments"),
    _Part("saved_view", "0", "name", "name conditions sorting", "the saved views"),
    _Part(
        "pattern",
        "0",
        "uid",
        "uid words match layer label correction? created severity? note tokens",
        "the patterns",
    ),
    _Part(
        "edit_log",
        "0",
        "sequence",
        "sequence uid time annotator? document? kind title edit inverse undoes? undone_by? packed?",
        "the log of actions",
        True,
    ),
)


_GOLDS = {
    "annotation": "document = ? AND set_id = ?",
    "evidence": "owner = ? AND annotation IN (SELECT uid FROM annotation WHERE set_id = ?)",
}
"""Which rows of a document are those of a set: gold's."""


class BrokenSeal(NamedTuple):
    """Rows that aren't as Stet wrote them: their document (uid and name), "" if they are of the project as a whole, and
    what is wrong, in words.
    """

    document: str
    name: str
    what: str

    def __str__(self) -> str:
        return f"“{self.name}”: {self.what}" if self.name else self.what


def keep_seals(connection: sqlite3.Connection) -> None:
    """Have the sums of a project kept by whatever this connection writes from now on. Raises sqlite3.Error."""
    connection.create_function("row_crc", 1, zlib.crc32, deterministic=True)
    connection.execute("PRAGMA recursive_triggers=ON")  # else what REPLACE deletes would still be summed
    connection.executescript(_triggers())


@cache
def _triggers() -> str:
    """Return the SQL of the triggers that keep the sums: run as one script, they take half as long at each opening."""
    found: list[str] = []
    for part in PARTS:
        take = (
            f"UPDATE seal SET sum = (sum - row_crc(CAST({part.row('OLD.')} AS BLOB))) & {MASK} "
            f"WHERE scope = {_scope(part, 'OLD.')} AND part = '{part.table}';"
        )
        columns = ", ".join(f'"{name}"' for name in part.names)
        found.append(_trigger(part, "added", "INSERT", _adding(part)))
        found.append(_trigger(part, "deleted", "DELETE", take))
        found.append(_trigger(part, "changed", f"UPDATE OF {columns}", take + _adding(part)))
    return "".join(f"{trigger};\n" for trigger in found)


def _adding(part: _Part) -> str:
    return (
        f"INSERT INTO seal (scope, part, sum) VALUES ({_scope(part, 'NEW.')}, '{part.table}', "
        f"row_crc(CAST({part.row('NEW.')} AS BLOB))) {_ON_TOP};"
    )


def _trigger(part: _Part, kind: str, event: str, what: str) -> str:
    name = f"seal_{part.table}_{kind}"
    return f"CREATE TEMP TRIGGER IF NOT EXISTS {name} AFTER {event} ON main.{part.table} BEGIN {what} END"


@contextmanager
def summed_apart(connection: Connection) -> Generator[None]:
    """Inside the block, have those who insert rows into `IN_BULK` add up their sums (`Connection.row_sums`), in a
    fraction of the time that triggers take for it. Whoever knows nothing of it must not write there meanwhile.

    Within a transaction only. If the block raises, none of its rows may stay. Raises sqlite3.Error.
    """
    parts = [part for part in PARTS if part.table in IN_BULK and _has_trigger(connection, part)]
    for part in parts:
        connection.execute(f"DROP TRIGGER temp.seal_{part.table}_added")
    connection.row_sums = {part.table: RowSums(part.names.index(part.scope)) for part in parts}
    try:
        yield
        for table, rows in connection.row_sums.items():
            add = f"INSERT INTO seal (scope, part, sum) VALUES (?, '{table}', ?) {_ON_TOP}"
            connection.executemany(add, rows.sums)
    finally:
        connection.row_sums = {}
        # Where this fails as well, rolling back brings the triggers back: they were dropped in the same transaction.
        for part in parts:
            connection.execute(_trigger(part, "added", "INSERT", _adding(part)))


def _has_trigger(connection: sqlite3.Connection, part: _Part) -> bool:
    ask = "SELECT 1 FROM temp.sqlite_schema WHERE name = ?"
    return connection.execute(ask, [f"seal_{part.table}_added"]).fetchone() is not None


def _scope(part: _Part, prefix: str) -> str:
    return part.scope if part.scope == "0" else prefix + part.scope


def has_seals(connection: sqlite3.Connection) -> bool:
    """Whether a project has sums: those of versions before 14 have none. Raises sqlite3.Error."""
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'seal'").fetchone() is not None


def fill_seals(connection: sqlite3.Connection) -> None:
    """Sum the rows as they are now. Raises sqlite3.Error."""
    connection.execute("DELETE FROM seal")
    for part in PARTS:
        rows = ((scope, part.table, total) for scope, total in _sums(connection, part).items())
        connection.executemany("INSERT INTO seal (scope, part, sum) VALUES (?,?,?)", rows)


def broken_seals(connection: sqlite3.Connection) -> Iterator[BrokenSeal]:
    """Yield what isn't as Stet wrote it, of one snapshot of a project. Raises sqlite3.Error and Cancelled."""
    begins = not connection.in_transaction
    if begins:
        connection.execute("BEGIN")
    try:
        if has_seals(connection):
            for part in PARTS:
                yield from _broken(connection, part)
    except sqlite3.Error as error:
        raise_if_stopped(error)
        raise
    finally:
        if begins and connection.in_transaction:
            connection.execute("COMMIT")


def sums_without_gold(connection: sqlite3.Connection, document: int) -> tuple[int, ...]:
    """Return sums that stay the same as long as everyone's annotations, evidence and relations of a document (row
    number) do, except gold's: whatever else is written, and however many there are. Raises sqlite3.Error.
    """
    ask = (
        "SELECT s.id FROM annotation_set s JOIN annotator w ON w.id = s.annotator WHERE s.document=? AND w.kind='gold'"
    )
    gold = [int(key) for (key,) in connection.execute(ask, [document])]
    parts = {part.table: part for part in PARTS}
    found: list[int] = []
    for table, owner in _GOLDS.items():
        ask = "SELECT sum FROM seal WHERE scope = ? AND part = ?"
        total, *_ = connection.execute(ask, [document, table]).fetchone() or (0,)
        for key in gold:
            rows = _rows(connection, parts[table], owner, [document, key])
            total -= sum(zlib.crc32(row) for _, row in rows)
        found.append(total & MASK)
    ask = (
        "SELECT scope, sum FROM seal WHERE part = 'relation' AND sum <> 0 "
        "AND scope IN (SELECT id FROM annotation_set WHERE document = ?) ORDER BY scope"
    )
    relations = connection.execute(ask, [document]).fetchall()
    return (*found, *(number for scope, total in relations if scope not in gold for number in (scope, total)))


def _broken(connection: sqlite3.Connection, part: _Part) -> Iterator[BrokenSeal]:
    what = f"damage or another program has changed {part.words}: the checksum doesn't match"
    rows = connection.execute("SELECT scope, sum FROM seal WHERE part = ?", [part.table])
    known = {_number(scope): total for scope, total in rows}
    try:
        found = _sums(connection, part)
    except (sqlite3.Error, DamagedRow) as error:
        if isinstance(error, sqlite3.Error) and hasattr(error, "sqlite_errorcode"):
            raise
        yield BrokenSeal("", "", what)  # text that isn't UTF-8, in a key
        return
    for scope in sorted(known.keys() | found.keys()):
        if known.get(scope, 0) != found.get(scope, 0):
            yield BrokenSeal(*_document(connection, part, scope), what)


def _document(connection: sqlite3.Connection, part: _Part, scope: int) -> tuple[str, str]:
    if part.scope == "0":
        return "", ""
    key = "(SELECT document FROM annotation_set WHERE id = ?)" if part.scope == "set_id" else "?"
    row = connection.execute(f"SELECT CAST(uid AS BLOB), CAST(name AS BLOB) FROM document WHERE id = {key}", [scope])
    uid, name = row.fetchone() or (b"", b"?")
    return bytes(uid).decode(errors="backslashreplace"), bytes(name).decode(errors="backslashreplace")


def _sums(connection: sqlite3.Connection, part: _Part) -> dict[int, int]:
    sums: dict[int, int] = {}
    for condition, limits in _pages(connection, part):
        for scope, row in _rows(connection, part, condition, limits):
            sums[scope] = (sums.get(scope, 0) + zlib.crc32(row)) & MASK
    return {scope: total for scope, total in sums.items() if total}


def _pages(connection: sqlite3.Connection, part: _Part) -> Iterator[tuple[str, list[object]]]:
    """Yield conditions that each select some rows of a table, in the order of its key."""
    names = [f'"{name}"' for name in part.key.split()]
    key, slots = ", ".join(names), ", ".join("?" * len(names))
    most = _LONG_ROWS_AT_ONCE if part.has_long_rows else _ROWS_AT_ONCE
    after: list[object] = []
    while True:
        above = f"({key}) > ({slots})" if after else "1"
        ask = f"SELECT {key} FROM {part.table} WHERE {above} ORDER BY {key} LIMIT 1 OFFSET {most - 1}"
        last = connection.execute(ask, after).fetchone()
        if last is None:
            yield above, after
            return
        yield f"{above} AND ({key}) <= ({slots})", [*after, *last]
        after = list(last)


def _rows(
    connection: sqlite3.Connection, part: _Part, condition: str, limits: list[object]
) -> Iterator[tuple[int, bytes]]:
    """Yield scope and content of rows. They come as one value: between two rows another thread would be let in."""
    one = f"{part.scope}||'{_SCOPE_END}'||{part.row()}"
    ask = f"SELECT count(*), CAST(group_concat({one}, '{_ROW_END}') AS BLOB) FROM {part.table} WHERE {condition}"
    try:
        with _no_value_longer(connection, _LONGEST_PAGE):
            count, joined = connection.execute(ask, limits).fetchone()
    except (sqlite3.DataError, StorageFault) as error:
        if isinstance(error, StorageFault) and error.code != sqlite3.SQLITE_TOOBIG:
            raise
        count, joined = -1, b""
    rows = joined.split(_ROW_END.encode()) if joined else []
    if count == len(rows):
        for row in rows:
            scope, _, content = row.partition(_SCOPE_END.encode())
            yield _number(scope), content
        return
    # Too long for one value, or the sign between rows is in one of them.
    ask = f"SELECT {part.scope}, CAST({part.row()} AS BLOB) FROM {part.table} WHERE {condition}"
    yield from ((_number(scope), content or b"") for scope, content in connection.execute(ask, limits))


@contextmanager
def _no_value_longer(connection: sqlite3.Connection, most: int) -> Iterator[None]:
    """Have SQLite make no value of more than so many bytes, and raise that it is too big."""
    with getattr(connection, "turn", nullcontext()):
        before = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most)
        try:
            yield
        finally:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)


def _number(scope: object) -> int:
    """Return a scope as a number, which it is unless a cell is damaged."""
    try:
        return int(scope) if isinstance(scope, int | bytes) else -1
    except ValueError:
        return -1

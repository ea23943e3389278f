"""The cells of a row out of a damaged file: which table they are of, what of them holds, what is put for the rest."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.storage import row_cells
from app.storage.btree_pages import Cell, PageRow
from app.storage.connection import printable
from app.storage.row_cells import Cells

# What can be made again of the other tables (`derived_rows`), or is SQLite's own.
_NOT_KEPT = ("sqlite_", "document_fts", "_sqlite_migrations")
_DERIVED = frozenset(("document_meta", "document_title", "document_count", "set_count", "seal", "sitting"))
# A cell that is damaged takes only itself along: nobody's mark is lost for a comment, nor a text for its name.
_TEXTS = frozenset(
    (
        ("document", "name"),
        ("document", "text"),
        ("annotation", "quote"),
        ("annotation", "comment"),
        ("annotation", "correction"),
        ("annotation_set", "note"),
        ("evidence", "quote"),
        ("relation", "comment"),
        ("edit_log", "title"),
        ("decision", "note"),
        ("suggestion", "quote"),
        ("suggestion", "reason"),
    )
)
_PUT_FOR: Mapping[tuple[str, str], Cell] = {
    ("document", "meta"): "{}",
    ("document", "length"): 0,  # counted again
    ("document", "words"): 0,
    ("document", "batch"): None,
    ("document", "removed"): None,
    ("document", "sha256"): "",  # made again
    ("annotator", "kind"): "person",
    ("annotation_set", "status"): "open",
    ("annotation_set", "seconds"): 0.0,
    ("annotation_set", "position"): 0,
    ("annotation_set", "flag"): None,
    ("annotation_set", "scheme"): "",
    ("annotation", "attributes"): "{}",
    ("annotation", "extra"): "{}",
    ("annotation", "origin"): "",
    ("annotation", "created"): "",
    ("annotation", "updated"): "",
    ("relation", "attributes"): "{}",
    ("suggestion", "attributes"): "{}",
    ("suggestion", "evidence"): "[]",
    ("suggestion", "score"): None,
    ("suggestion", "created"): "",
    ("edit_log", "time"): "",
}

KEYS: Mapping[str, str] = {
    "annotation": "uid",
    "annotation_set": "id",
    "annotator": "name",
    "decision": "uid",
    "document": "uid",
    "edit_log": "sequence",
    "evidence": "uid",
    "frozen": "(SELECT uid FROM document WHERE id = document)",
    "judgement": "suggestion",
    "pattern": "uid",
    "relation": "uid",
    "saved_view": "name",
    "scheme": "id",
    "shown": "suggestion",
    "suggestion": "uid",
    "text_version": "sha256",
}
"""What the error about a damaged row names it by, in SQL."""


class StoredColumn(NamedTuple):
    """A column as the schema declares it; `points` if it names a row of another table."""

    name: str
    kind: str
    is_needed: bool
    is_key: bool
    points: bool


class SavedTable(NamedTuple):
    """A table whose rows are kept. `columns` are in the order in which they are stored."""

    name: str
    columns: tuple[StoredColumn, ...]
    is_clustered: bool

    @property
    def alias(self) -> str | None:
        """The column that is the row number, and so isn't stored; None in a clustered table."""
        keys = [column for column in self.columns if column.is_key]
        return keys[0].name if not self.is_clustered and len(keys) == 1 and keys[0].kind == "INTEGER" else None


class SavedRow(NamedTuple):
    """What is kept of a row: its cells by column, and what was put for damaged ones, in words."""

    cells: dict[str, Cell]
    mended: tuple[str, ...]


class LostRow(Exception):
    """A row that can't be kept; the text says why."""


@cache
def saved_tables(version: int) -> Mapping[str, SavedTable]:
    """Return the tables of a schema version whose rows are kept, by name."""
    # Not at the top: sqlite-utils, which it needs, loads numpy, and the window imports this module at its start.
    from app.storage.migrations import schema_of

    connection = schema_of(version)
    try:
        found = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
        return {
            name: _table(connection, name, is_clustered="WITHOUT ROWID" in sql)
            for name, sql in found
            if not name.startswith(_NOT_KEPT) and name not in _DERIVED
        }
    finally:
        connection.close()


def _table(connection: sqlite3.Connection, name: str, *, is_clustered: bool) -> SavedTable:
    links = {row[3] for row in connection.execute(f"PRAGMA foreign_key_list({name})")}
    declared = connection.execute(f"PRAGMA table_info({name})").fetchall()
    columns = [
        (pk, StoredColumn(column, kind, bool(needed) or bool(pk), bool(pk), column in links))
        for _, column, kind, needed, _, pk in declared
    ]
    if is_clustered:
        # The key comes first: https://www.sqlite.org/fileformat2.html#representation_of_sql_tables
        keys = sorted(item for item in columns if item[0])
        columns = [*keys, *(item for item in columns if not item[0])]
    return SavedTable(name, tuple(column for _, column in columns), is_clustered)


def saved_row(table: SavedTable, row: PageRow) -> SavedRow:
    """Return what is kept of a row. Raises LostRow."""
    if len(row.values) > len(table.columns):
        raise LostRow("it has more cells than the table has columns")
    cells: dict[str, Cell] = {}
    mended: list[str] = []
    for column, value in zip(table.columns, row.values, strict=False):
        given = row.number if column.name == table.alias and value is None else value
        wrong = _wrong(table.name, column, given)
        if wrong:
            given = _put_for(table.name, column, given, wrong)
            mended.append(f"“{column.name}” {wrong}")
        cells[column.name] = given
    missing = [column.name for column in table.columns[len(row.values) :] if column.is_key]
    if missing:
        raise LostRow(f"it has no “{missing[0]}”")
    return SavedRow(cells, tuple(mended))


def fits(table: SavedTable, row: PageRow) -> bool:
    """Whether a row that nothing names the table of can be one of it: in number and kinds of its cells."""
    if len(row.values) > len(table.columns) or (row.number is None) != table.is_clustered:
        return False
    needed = [column for column in table.columns[len(row.values) :] if column.is_needed]
    pairs = zip(table.columns, row.values, strict=False)
    return len(needed) <= 2 and all(
        (column.name == table.alias and value is None) or not _wrong_kind(column, value) for column, value in pairs
    )


def named(table: str, cells: Mapping[str, Cell]) -> str:
    """Return what a row is called in a report: its name, quote or id."""
    best = next((cells[key] for key in ("name", "quote", "title", "uid", "id") if cells.get(key) not in (None, "")), "")
    return f"{table.replace('_', ' ')} “{printable(best)}”" if best != "" else table.replace("_", " ")


def _put_for(table: str, column: StoredColumn, value: Cell, wrong: str) -> Cell:
    place = (table, column.name)
    if place in _TEXTS and isinstance(value, bytes):
        # One character for each byte that isn't text: what follows keeps its place as well as can be.
        return value.decode(errors="replace").replace("\x00", "\ufffd")
    if place in _PUT_FOR:
        return _PUT_FOR[place]
    if not column.is_needed and not column.is_key:
        return None
    raise LostRow(f"“{column.name}” {wrong}")


def _wrong(table: str, column: StoredColumn, value: Cell) -> str:
    """Return what is wrong with a cell, "" if nothing is."""
    wrong = _wrong_kind(column, value)
    if wrong or value is None or column.points:
        return wrong
    rule = _rules(table).get(column.name)
    if rule is None:
        return ""
    kind, json = rule
    try:
        msgspec.convert(value, kind)
        if json is not None and isinstance(value, str):
            msgspec.json.decode(value, type=json)
    except DECODE_FAULTS:
        return "isn't as Stet writes it"
    return ""


_KINDS: Mapping[str, tuple[type, ...]] = {"INTEGER": (int,), "REAL": (int, float), "TEXT": (str,), "BLOB": (bytes,)}


def _wrong_kind(column: StoredColumn, value: Cell) -> str:
    if value is None:
        return "is missing" if column.is_needed else ""
    kinds = _KINDS.get(column.kind)
    if kinds is not None and not isinstance(value, kinds):
        return "isn't valid UTF-8" if isinstance(value, bytes) and column.kind == "TEXT" else "has the wrong type"
    return ""


@cache
def _rules(table: str) -> Mapping[str, tuple[Any, Any]]:
    """Return the types of a table's cells and of the JSON in them, as `row_cells` has them."""
    rules: dict[str, tuple[Any, Any]] = {}
    for cells in _every_cells():
        if cells.table != table:
            continue
        for field in msgspec.structs.fields(cells):
            rules.setdefault(field.name, (field.type, cells.json.get(field.name)))
    return rules


def _every_cells() -> Sequence[type[Cells]]:
    found = [kind for kind in vars(row_cells).values() if isinstance(kind, type) and issubclass(kind, Cells)]
    return [kind for kind in found if kind is not Cells]

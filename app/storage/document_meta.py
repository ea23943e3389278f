"""The single values in documents' metadata as rows, by which lists of documents are filtered and sorted.

They repeat what the column `meta` says, so they are written whenever it is.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from app.core.document_names import canonical
from app.core.meta_values import single_value
from app.core.record import META_EXTRA

LONGEST_VALUE = 1_000
"""Longer texts have no row: they are read, not filtered by."""
_ROWS_A_PASS = 5_000
_INSERT = "INSERT OR IGNORE INTO document_meta (key, value, document) VALUES (?,?,?)"


def stored_value(value: object) -> str | int | float | None:
    """Return a value as its row has it, None if it gets no row."""
    found = single_value(value)
    return None if isinstance(found, str) and len(found) > LONGEST_VALUE else found


def meta_rows(document: int, meta: Mapping[str, Any]) -> Iterator[tuple[str, str | int | float, int]]:
    """Yield the rows of a document's metadata: key, value, row number."""
    for key, value in meta.items():
        stored = stored_value(value)
        if stored is not None and key != META_EXTRA:
            yield canonical(key), stored, document


def add_meta(connection: sqlite3.Connection, documents: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Write the rows of documents that have none, given by row number and metadata."""
    connection.executemany(_INSERT, (row for key, meta in documents for row in meta_rows(key, meta)))


def replace_meta(connection: sqlite3.Connection, document: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Write the rows of a document (row number) whose metadata has changed."""
    connection.executemany(
        "DELETE FROM document_meta WHERE key=? AND value=? AND document=?", list(meta_rows(document, old))
    )
    connection.executemany(_INSERT, list(meta_rows(document, new)))


def fill_meta(connection: sqlite3.Connection) -> None:
    """Write the rows of all documents, inside of a transaction. Metadata that can't be decoded have none."""
    last = 0
    while True:
        sql = "SELECT id, meta FROM document WHERE id > ? AND meta <> '{}' ORDER BY id LIMIT ?"
        rows = connection.execute(sql, [last, _ROWS_A_PASS]).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        add_meta(connection, [(key, meta) for key, text in rows if (meta := _decoded(text)) is not None])


def _decoded(text: object) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(text, type=dict[str, Any]) if isinstance(text, str) else None
    except (msgspec.MsgspecError, RecursionError):
        return None

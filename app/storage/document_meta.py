"""The single values in documents' metadata, and their titles, as rows by which lists of documents are filtered and
sorted.

They repeat what the columns `name` and `meta` say, so they are written whenever those are. A long text has a row with
its beginning and its hash: so it is equal to no other, and sorted by how it begins.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.document import sha256, title_of
from app.core.document_names import canonical, title_key
from app.core.meta_values import single_value
from app.core.record import META_EXTRA

LONGEST_VALUE = 1_000
"""The length from which on a text's row has only its beginning, with its hash."""
_BEGINNING = 900
_ROWS_A_PASS = 5_000
_INSERT = "INSERT OR IGNORE INTO document_meta (key, value, document) VALUES (?,?,?)"
_TITLE = "INSERT OR REPLACE INTO document_title (document, title) VALUES (?,?)"


def stored_text(text: str) -> str:
    """Return a text as its row has it."""
    return text if len(text) <= LONGEST_VALUE else f"{text[:_BEGINNING]}… {sha256(text)}"


def stored_value(value: object) -> str | int | float | None:
    """Return a value as its row has it, None if it gets no row."""
    found = single_value(value)
    return stored_text(found) if isinstance(found, str) else found


def meta_rows(document: int, meta: Mapping[str, Any]) -> Iterator[tuple[str, str | int | float, int]]:
    """Yield the rows of a document's metadata: key, value, row number."""
    for key, value in meta.items():
        stored = stored_value(value)
        if stored is not None and key != META_EXTRA:
            yield canonical(key), stored, document


def add_meta(connection: sqlite3.Connection, documents: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Write the rows of metadata of documents that have none, given by row number and metadata."""
    connection.executemany(_INSERT, (row for key, meta in documents for row in meta_rows(key, meta)))


def add_titles(connection: sqlite3.Connection, documents: Iterable[tuple[int, str, Mapping[str, Any]]]) -> None:
    """Write what documents are sorted by for their titles, given by row number, name and metadata."""
    connection.executemany(_TITLE, ((key, title_key(title_of(name, meta))) for key, name, meta in documents))


def replace_meta(connection: sqlite3.Connection, document: int, name: str, meta: Mapping[str, Any]) -> None:
    """Write the rows of a document (row number) that has another name or other metadata."""
    connection.execute("DELETE FROM document_meta WHERE document=?", [document])
    add_meta(connection, [(document, meta)])
    add_titles(connection, [(document, name, meta)])


def fill_titles(connection: sqlite3.Connection) -> None:
    """Write the titles of all documents, inside of a transaction. Where metadata can't be decoded, the name is one."""
    last = 0
    while True:
        sql = "SELECT id, name, meta FROM document WHERE id > ? ORDER BY id LIMIT ?"
        rows = connection.execute(sql, [last, _ROWS_A_PASS]).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        add_titles(connection, [(key, str(name), _decoded(meta) or {}) for key, name, meta in rows])


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
    except DECODE_FAULTS:
        return None

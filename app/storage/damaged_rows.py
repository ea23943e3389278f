"""The rows of a project that can't be decoded, table by table: what can be read of a damaged file, and what not."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from app.core.document import sha256
from app.core.errors import ChangedText, DamagedRow, ProjectError
from app.storage.access import reading_mode
from app.storage.annotations import to_annotator
from app.storage.connection import Connection, connect, connect_to_copy, printable
from app.storage.decisions import EVERY_DECISION, SNAPSHOTS, to_decision, to_snapshot
from app.storage.edit_log import LOG_COLUMNS, LOG_SEQUENCE, to_log_row, to_sequence
from app.storage.errors import StorageFault
from app.storage.own_schema import require_own_schema
from app.storage.patterns import PATTERNS, to_pattern
from app.storage.record_stream import to_record_set
from app.storage.row_cells import require_json
from app.storage.rows import (
    ANNOTATION_COLUMNS,
    DOCUMENT_COLUMNS,
    EVIDENCE_COLUMNS,
    RELATION_COLUMNS,
    to_annotation,
    to_document,
    to_evidence,
    to_relation,
)
from app.storage.salvaged_cells import SavedTable, saved_tables
from app.storage.saved_views import VIEWS, to_view
from app.storage.schema_update import migrate
from app.storage.schemes import SCHEMES, to_scheme
from app.storage.suggestions import (
    CURRENT_JUDGEMENTS,
    SHOWN,
    SUGGESTION_COLUMNS,
    has_shown,
    to_judgement,
    to_shown,
    to_suggestion,
)
from app.storage.text_versions import WHOLE_TEXT_VERSIONS, has_text_versions, to_text_version
from app.storage.version import READABLE_VERSION

Row = Sequence[Any]
_JSON = frozenset(("meta", "attributes", "fragments", "extra", "edit", "inverse"))


def _whole_document(row: Row) -> None:
    document, _ = to_document(row)
    if sha256(document.text) != document.sha256:
        raise ChangedText(document.uid, document.name)


def _logged(row: Row) -> None:
    action = to_log_row(row)
    for name, edit in (("edit", action.edit), ("inverse", action.inverse)):
        require_json("edit_log", str(action.sequence), name, edit)


def _annotation(row: Row) -> None:
    to_annotation(row, ())


# What the stream of documents doesn't decode.
_BESIDE: tuple[tuple[str, str, Callable[[Row], object]], ...] = (
    ("scheme", f"{SCHEMES} ORDER BY s.id", to_scheme),
    ("annotator", "SELECT id, name, kind FROM annotator", to_annotator),
    ("frozen", SNAPSHOTS, to_snapshot),
    ("saved_view", VIEWS, to_view),
    ("sqlite_sequence", LOG_SEQUENCE, to_sequence),
    ("edit_log", f"SELECT {LOG_COLUMNS}", _logged),
)
_TEXT_VERSIONS = ("text_version", WHOLE_TEXT_VERSIONS, to_text_version)
_PATTERNS = (("pattern", PATTERNS, to_pattern),)
_SHOWN = (("shown", SHOWN, to_shown),)
# Outer joins: the counterpart of a row may be damaged, too.
_STREAMED: tuple[tuple[str, str, Callable[[Row], object]], ...] = (
    ("document", f"SELECT {DOCUMENT_COLUMNS} FROM document NOT INDEXED", _whole_document),
    (
        "annotation_set",
        "SELECT s.document, s.id, w.name, w.kind, s.status, s.scheme, s.seconds, s.flag, s.note "
        "FROM annotation_set s LEFT JOIN annotator w ON w.id = s.annotator",
        to_record_set,
    ),
    ("annotation", f"SELECT {ANNOTATION_COLUMNS} FROM annotation", _annotation),
    ("evidence", f"SELECT {EVIDENCE_COLUMNS} FROM evidence", to_evidence),
    ("relation", f"SELECT {RELATION_COLUMNS} FROM relation", to_relation),
    ("decision", EVERY_DECISION, to_decision),
    ("suggestion", f"SELECT {SUGGESTION_COLUMNS} FROM suggestion s", to_suggestion),
    ("judgement", CURRENT_JUDGEMENTS, to_judgement),
)


def damaged_rows(connection: Connection, *, everywhere: bool = False) -> Iterator[DamagedRow]:
    """Yield the rows that can't be decoded, in the tables that no stream of documents reads; or `everywhere`, and then
    documents with a changed text too.

    A table that can't be read to its end is one of them. Raises StorageFault for any fault but damage.
    """
    versions = (_TEXT_VERSIONS,) if has_text_versions(connection) else ()
    showing = has_shown(connection)
    streamed = (*_STREAMED, *(_SHOWN if showing else ())) if everywhere else ()
    for table, sql, decode in (*_BESIDE, *versions, *(_PATTERNS if showing else ()), *streamed):
        try:
            for row in connection.cells(sql):
                try:
                    decode(row)
                except DamagedRow as damage:
                    yield damage
        except StorageFault as fault:
            if not fault.is_damage:
                raise
            yield DamagedRow(table, "behind the last that can be read", "the file is damaged there")


def older_rows(connection: Connection) -> Iterator[DamagedRow]:
    """Yield the rows of an older project with text that isn't UTF-8, or JSON that isn't any: what a flipped byte makes.

    What else its cells must be, only its own version knew.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for table in saved_tables(version).values():
        names = [column.name for column in table.columns]
        quoted = ", ".join(f'"{name}"' for name in names)
        for row in connection.cells(f'SELECT {quoted} FROM "{table.name}" NOT INDEXED'):
            yield from _undecodable(table, dict(zip(names, row, strict=True)))


def _undecodable(table: SavedTable, cells: dict[str, Any]) -> Iterator[DamagedRow]:
    key = printable(cells.get("uid", cells.get("id", cells.get("sequence", "?"))))
    document, name = (key, printable(cells["name"])) if table.name == "document" else ("", "")
    for column in table.columns:
        cell = cells[column.name]
        if isinstance(cell, bytes) and column.kind == "TEXT":
            reason = f"“{column.name}” isn't valid UTF-8"
            yield DamagedRow(table.name, key, reason, document=document, name=name)
        elif isinstance(cell, str) and column.name in _JSON:
            try:
                require_json(table.name, key, column.name, cell)
            except DamagedRow as damage:
                damage.document, damage.name = document, name
                yield damage


def rows_of_any_version(connection: Connection) -> Iterator[DamagedRow]:
    """Yield the rows that can't be decoded of a project of any version: as they are, and once they are brought up to
    date, in a private copy.

    Raises ProjectDamaged if they can't be brought up to date, StorageFault for any fault but damage, and Cancelled.
    """
    if connection.execute("PRAGMA user_version").fetchone()[0] >= READABLE_VERSION:
        yield from damaged_rows(connection, everywhere=True)
        return
    is_whole = True
    for damage in older_rows(connection):
        is_whole = False
        yield damage
    if is_whole:
        with closing(connect_to_copy(connection)) as copy:
            migrate(copy, READABLE_VERSION)
            yield from damaged_rows(copy, everywhere=True)


def rows_of_file(path: Path) -> Iterator[DamagedRow]:
    """Yield the rows that can't be decoded of a project that can't be opened, since its file or scheme is damaged.

    A file that can't be read as far as its schema, or whose schema isn't ours, has none that could be told.
    """
    try:
        with closing(connect(path, reading_mode(path))) as connection:
            require_own_schema(connection, path)
            yield from rows_of_any_version(connection)
    except (sqlite3.Error, ProjectError):
        return  # what is wrong with the file itself has been told by then

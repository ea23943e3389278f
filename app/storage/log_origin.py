"""Whether the write-ahead log beside a project belongs to it.

SQLite can't tell: it applies a log that is intact in itself to any file that it is beside, and the next writer
checkpoints it into that file. So after an unclean end, rows that never change are compared without and with the log.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from app.core.errors import ProjectDamaged, ProjectError
from app.storage import preflight
from app.storage.access import connect, left_unclean, log_of
from app.storage.own_schema import ForeignSchema
from app.storage.packed_action import NotPacked, unpacked

_WITHOUT_LOG = "mode=ro&immutable=1"
# Tables whose rows are never deleted: their key, and the columns that identify a row and never change.
_APPEND_ONLY = (
    ("scheme", "id", "name, version, created"),
    ("document", "id", "uid"),
    ("annotator", "id", "uid"),
    ("edit_log", "sequence", "uid"),
)


def require_own_log(path: Path) -> None:
    """Raise ProjectError if the log beside a project belongs to another file. Nothing is changed.

    A file that can't be read without its log, because it is new or was only partly checkpointed, is accepted.
    """
    try:
        with closing(connect(path, _WITHOUT_LOG)) as alone:
            rows = identifying_rows(alone)
    except sqlite3.Error:
        return
    try:
        with closing(connect(path)) as together:
            is_own = holds_rows(together, rows) and not _is_newest_action_elsewhere(together)
    except sqlite3.Error:
        is_own = False
    except ForeignSchema as error:
        error.hint += f"; to open the project as it is without the log beside it, move {log_of(path).name} elsewhere"
        raise
    if not is_own:
        raise _refused(path, "the log beside it, with the latest changes, belongs to another file or an older copy")


def _is_newest_action_elsewhere(connection: sqlite3.Connection) -> bool:
    """Return whether the newest action is on another document than its row says.

    A log row of work on a document names it twice: by row number and, in the action, by uid. Raises sqlite3.Error.
    """
    columns = {row[1] for row in connection.execute("PRAGMA table_info(edit_log)")}
    packed = "l.packed" if "packed" in columns else "NULL"
    row = connection.execute(
        f"SELECT l.edit, {packed}, d.uid FROM edit_log l JOIN document d ON d.id = l.document "
        "WHERE l.sequence = (SELECT max(sequence) FROM edit_log)"
    ).fetchone()
    if row is None:
        return False
    try:
        edit = row[0] if row[1] is None else unpacked(row[1])[0]
    except NotPacked:
        return False  # damage of the row itself, which is told as such
    return edit.startswith('{"type":"work",') and row[2] not in edit


def identifying_rows(connection: sqlite3.Connection) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Return the first and the newest row of each append-only table, with the table and the columns.

    Raises sqlite3.Error.
    """
    found: list[tuple[str, str, tuple[Any, ...]]] = []
    for table, key, columns in _APPEND_ONLY:
        for end in ("min", "max"):
            sql = f"SELECT {key}, {columns} FROM {table} WHERE {key} = (SELECT {end}({key}) FROM {table})"
            found += [(table, f"{key}, {columns}", row) for row in connection.execute(sql)]
    return found


def holds_rows(connection: sqlite3.Connection, rows: list[tuple[str, str, tuple[Any, ...]]]) -> bool:
    """Return whether all the rows exist unchanged. Raises sqlite3.Error."""
    return all(
        connection.execute(f"SELECT {columns} FROM {table} WHERE {columns.partition(',')[0]} = ?", row[:1]).fetchone()
        == row
        for table, columns, row in rows
    )


def require_whole(path: Path, header: bytes, *, is_unclean: bool) -> None:
    """Raise ProjectError if a project, with the log beside it, is damaged, or the log isn't its own.

    As `preflight.require_whole`; must not be called while this process has the file open.
    """
    if not left_unclean(path):
        preflight.require_whole(path, header, is_unclean=is_unclean)
        return
    require_own_log(path)
    try:
        preflight.require_whole(path, header)
    except ProjectDamaged:
        require_fitting_log(path)
        raise


def require_fitting_log(path: Path) -> None:
    """Raise ProjectError if a damaged project is intact without the log beside it."""
    if not preflight.run_check(path, check="quick_check", mode=_WITHOUT_LOG):
        raise _refused(path, "the log beside it, with the latest changes, is damaged or belongs to another file")


def _refused(path: Path, what: str) -> ProjectError:
    hint = f"move {log_of(path).name} elsewhere to open the project without it; nothing was changed"
    return ProjectError(what, hint=hint, path=path)

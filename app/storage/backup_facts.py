"""What a project file or a copy of one holds: counts, and the newest action of its log."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from app.core.errors import ProjectDamaged
from app.storage import preflight
from app.storage.access import connect
from app.storage.errors import storage_fault

ALONE = "mode=ro&immutable=1"
"""How a copy that nobody writes to is opened: it creates no files beside it."""
_COUNTS = (
    "SELECT (SELECT count(*) FROM document WHERE removed IS NULL), "
    "(SELECT count(*) FROM annotation a JOIN document d ON d.id = a.document WHERE d.removed IS NULL)"
)
_LAST = "SELECT uid, time, title FROM edit_log ORDER BY sequence DESC LIMIT 1"


class FileFacts(NamedTuple):
    """What is in a file: documents that aren't removed, everyone's marks in them, and the newest action, "" for none.

    `head` is the uid of that action, `time` when it was done (as stored), `title` its name for people.
    """

    documents: int
    marks: int
    head: str
    time: str
    title: str


def facts_of(path: Path, mode: str | None = None) -> FileFacts:
    """Return what is in a project file; `mode` is the query of an SQLite URI, see `access.connect`.

    It reads little of the file, and proves nothing about the rest. Raises ProjectError, ProjectDamaged if it can't be
    read for damage.
    """
    preflight.require_project(path)
    try:
        with closing(connect(path, mode)) as connection:
            documents, marks = connection.execute(_COUNTS).fetchone()
            head, time, title = connection.execute(_LAST).fetchone() or ("", "", "")
    except sqlite3.Error as error:
        raise _told(error, path) from error
    if not (isinstance(head, str) and isinstance(time, str) and isinstance(title, str)):
        raise ProjectDamaged("its log can't be read", path=path)
    return FileFacts(documents, marks, head, time, title)


def actions_after(project: Path, head: str) -> int | None:
    """Return how many actions a project's log has after the one with a uid; None if it doesn't have that one.

    Raises ProjectError.
    """
    try:
        with closing(connect(project)) as connection:
            known = connection.execute("SELECT sequence FROM edit_log WHERE uid = ?", [head]).fetchone()
            if known is None and head:
                return None
            since = known[0] if known is not None else 0
            return connection.execute("SELECT count(*) FROM edit_log WHERE sequence > ?", [since]).fetchone()[0]
    except sqlite3.Error as error:
        raise _told(error, project) from error


def _told(error: sqlite3.Error, path: Path) -> Exception:
    fault = storage_fault(error, path)
    return fault if fault is not None else ProjectDamaged("it can't be read", path=path, details=[str(error)])

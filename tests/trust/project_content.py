"""What a project says, as a value that two runs of the same work share, or that a sitting must find again."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from app.jobs.tasks.check_project import check_project
from app.session.session import Session
from app.storage.packed_action import unpacked

_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*(Z|[+-]\d\d:\d\d)")
# That a document was looked at, where one stands in it and for how long is noted without an action of its own.
_NOTED = ("shown", "reveal", "set_count")
_NOTED_COLUMNS = {"annotation_set": ("seconds", "position")}
_SAYS_SOMETHING = {"annotation_set": "WHERE status <> 'open' OR flag IS NOT NULL OR note <> ''"}
_SEEN = "WHERE removed IS NULL"
_SEEN_DOCUMENTS = f"(SELECT id FROM document {_SEEN})"
_WORK = {
    "document": _SEEN,
    "annotation": f"WHERE document IN {_SEEN_DOCUMENTS}",
    "evidence": f"WHERE owner IN {_SEEN_DOCUMENTS}",
    "relation": f"WHERE set_id IN (SELECT id FROM annotation_set WHERE document IN {_SEEN_DOCUMENTS})",
    "suggestion": _SEEN,
}
_MADE_AGAIN = ("_sqlite_migrations", "sqlite_stat1", "seal", "sitting")

Content = dict[str, list[str]]


def opened_content(path: Path, *, is_damaged: bool = False) -> Content:
    """Open a project as a person does who goes on with it, check it from end to end, and return what it says.

    Fails if the check finds a problem, unless the project may be damaged.
    """
    session = Session.open(path, annotator="ana")
    try:
        problems = [str(finding) for finding in check_project(session) if finding.is_problem]
    finally:
        session.close()
    assert is_damaged or not problems, problems
    return content(path)


def content(path: Path) -> Content:
    """Return what a project says that nobody has open, without ids, which two runs of the same work don't share."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        return content_of(connection, exactly=False)


def content_of(connection: sqlite3.Connection, *, exactly: bool) -> Content:
    """Return the rows of each table as text, in an order of their own, without times; `exactly` keeps the ids.

    Tables that are made of others, or note what no action did, are left out.
    """
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    wanted = [name for name in sorted(names) if name not in (*_MADE_AGAIN, *_NOTED) and "_fts" not in name]
    return {name: _rows(connection, name, _SAYS_SOMETHING.get(name, ""), exactly=exactly) for name in wanted}


def work_of(connection: sqlite3.Connection) -> Content:
    """Return what undo brings back as it was: what is seen of documents and of the work on them."""
    return {name: _rows(connection, name, where, exactly=True) for name, where in _WORK.items()}


def difference(one: Content, other: Content) -> str:
    """Return in which tables two projects differ, and the first rows that do."""
    found: list[str] = []
    for name in sorted(one.keys() | other.keys()):
        rows, others = one.get(name, []), other.get(name, [])
        if rows != others:
            only, missing = [r for r in rows if r not in others], [r for r in others if r not in rows]
            found.append(f"{name}: {len(rows)} rows and {len(others)}; {only[:2]} instead of {missing[:2]}")
    return "\n".join(found)


def _rows(connection: sqlite3.Connection, name: str, where: str, *, exactly: bool) -> list[str]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
    kept = ", ".join(f'"{column}"' for column in columns if column not in _NOTED_COLUMNS.get(name, ()))
    rows = (
        _TIME.sub("TIME", repr([*map(_told, row)])) for row in connection.execute(f"SELECT {kept} FROM {name} {where}")
    )
    return sorted(rows if exactly else (_UID.sub("UID", row) for row in rows))


def _told(cell: object) -> object:
    """Return what a cell says: of the log, what is packed in it."""
    return unpacked(cell) if isinstance(cell, bytes) else cell

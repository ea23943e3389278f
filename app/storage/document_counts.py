"""What was counted of documents: unmet rules of annotators' sets, and conflicts, for lists of documents.

A count is dropped by whatever changes what it counts, so those that are there are true. In a project that can't be
written, counts are kept for as long as it is open, in tables that SQLite finds before those of the file.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress

from app.storage.connection import Connection
from app.storage.project import Project

_BESIDE = (
    "CREATE TEMP TABLE set_count (set_id INTEGER PRIMARY KEY, scheme INTEGER NOT NULL, unmet INTEGER NOT NULL, "
    "annotator INTEGER NOT NULL, document INTEGER NOT NULL)",
    "CREATE INDEX temp.idx_set_count_unmet ON set_count(annotator, unmet, document)",
    "CREATE TEMP TABLE document_count (document INTEGER PRIMARY KEY, conflicts INTEGER NOT NULL)",
)


class DocumentCounts:
    """The counts of a project. Methods that write must be called inside `project.atomic()`, if it can be written."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._db: Connection = project.connection
        if not project.is_writable:
            self._keep_beside()

    def _keep_beside(self) -> None:
        for connection in {id(c): c for c in (self._db, self._project.reader)}.values():
            connection.execute("PRAGMA query_only=OFF")  # of a private copy of an older file
            with suppress(sqlite3.OperationalError):  # they are there already
                for statement in _BESIDE:
                    connection.execute(statement)

    def uncounted_sets(self, person: int | None, scheme: int) -> list[tuple[int, str, str]]:
        """Return the sets with annotations whose rules haven't been counted under a scheme (row number): key, document
        (uid), annotator (name); those of one annotator (row number), or of all.
        """
        own = "" if person is None else f"AND s.annotator = {person:d} "
        sql = (
            "SELECT s.id, d.uid, w.name FROM annotation_set s JOIN annotator w ON w.id = s.annotator "
            "JOIN document d ON d.id = s.document AND +d.removed IS NULL "
            "LEFT JOIN set_count c ON c.set_id = s.id AND c.scheme = ? "
            f"WHERE c.set_id IS NULL {own}AND EXISTS (SELECT 1 FROM annotation a WHERE a.set_id = s.id) "
            "ORDER BY s.document"
        )
        return self._db.execute(sql, [scheme]).fetchall()

    def keep_unmet(self, rows: Iterable[tuple[int, int]], scheme: int) -> None:
        """Keep the numbers of unmet rules of sets, given by key, under a scheme (row number)."""
        sql = (
            "INSERT OR REPLACE INTO set_count (set_id, scheme, unmet, annotator, document) "
            "SELECT id, ?, ?, annotator, document FROM annotation_set WHERE id = ?"
        )
        self._db.executemany(sql, ((scheme, unmet, key) for key, unmet in rows))

    def kept_unmet(self, scheme: int) -> list[tuple[str, str, str, int, bool]]:
        """Return the numbers of unmet rules that are kept under a scheme (row number): document (uid and name),
        annotator (name), number, and whether the row has the set's own annotator and document.
        """
        sql = (
            "SELECT d.uid, d.name, w.name, c.unmet, c.annotator = s.annotator AND c.document = s.document "
            "FROM main.set_count c JOIN annotation_set s ON s.id = c.set_id JOIN annotator w ON w.id = s.annotator "
            "JOIN document d ON d.id = s.document AND +d.removed IS NULL WHERE c.scheme = ? ORDER BY s.document"
        )
        return [(*row, bool(own)) for *row, own in self._db.execute(sql, [scheme])]

    def kept_conflicts(self) -> list[tuple[str, str, int]]:
        """Return the numbers of conflicts that are kept: document (uid and name), number."""
        sql = "SELECT d.uid, d.name, c.conflicts FROM main.document_count c JOIN document d ON d.id = c.document"
        return self._db.execute(f"{sql} AND +d.removed IS NULL ORDER BY d.id").fetchall()

    def drop_outdated(self, scheme: int) -> None:
        """Drop the counts under other schemes than this one (row number)."""
        if self._db.execute("SELECT 1 FROM set_count WHERE scheme <> ? LIMIT 1", [scheme]).fetchone():
            self._db.execute("DELETE FROM set_count WHERE scheme <> ?", [scheme])

    def uncounted_documents(self) -> list[tuple[int, str]]:
        """Return the documents that may have conflicts and whose conflicts haven't been counted: key, uid."""
        sql = (
            "SELECT d.id, d.uid FROM annotation_set s JOIN annotator w ON w.id = s.annotator AND w.kind <> 'gold' "
            "JOIN document d ON d.id = s.document AND +d.removed IS NULL "
            "LEFT JOIN document_count c ON c.document = s.document "
            "WHERE s.status IN ('done', 'done_empty') AND c.document IS NULL "
            "GROUP BY d.id HAVING count(*) > 1 ORDER BY d.id"
        )
        return self._db.execute(sql).fetchall()

    def keep_conflicts(self, rows: Sequence[tuple[int, int]]) -> None:
        """Keep the numbers of conflicts of documents, given by row number."""
        self._db.executemany("INSERT OR REPLACE INTO document_count (document, conflicts) VALUES (?,?)", rows)

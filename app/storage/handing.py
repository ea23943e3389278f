"""Who shall work on what, and what both sides had in common when work last went out or came back."""

import sqlite3
from collections.abc import Iterable

from app.core.clock import now
from app.storage.project import Project


class Handing:
    """Assignments and exchanges of a project. Writing methods must be called inside `project.atomic()`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> sqlite3.Connection:
        return self._project.connection

    def about(self, key: str) -> str | None:
        """Return what the project says of itself under a key: `uid`, and in a bundle `bundle-of` and `bundle-for`."""
        row = self._db.execute("SELECT value FROM about WHERE key = ?", [key]).fetchone()
        return row[0] if row else None

    def set_about(self, key: str, value: str) -> None:
        """Have the project say something of itself."""
        self._db.execute("INSERT OR REPLACE INTO about (key, value) VALUES (?,?)", [key, value])

    def assignments(self) -> dict[str, tuple[str, ...]]:
        """Return the documents (uids, in order of import) that each annotator is to work on, by name."""
        sql = (
            "SELECT w.name, d.uid FROM assignment a JOIN annotator w ON w.id = a.annotator "
            "JOIN document d ON d.id = a.document WHERE d.removed IS NULL ORDER BY w.name, d.id"
        )
        found: dict[str, list[str]] = {}
        for name, document in self._db.execute(sql):
            found.setdefault(name, []).append(document)
        return {name: tuple(documents) for name, documents in found.items()}

    def assigned_to(self, annotator: int) -> set[int]:
        """Return the row numbers of the documents that an annotator is to work on."""
        sql = "SELECT document FROM assignment WHERE annotator = ?"
        return {row[0] for row in self._project.reader.execute(sql, [annotator])}

    def assign(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Have annotators work on documents, given as row numbers of document and annotator."""
        self._db.executemany("INSERT OR IGNORE INTO assignment (document, annotator) VALUES (?,?)", pairs)

    def unassign(self, pairs: Iterable[tuple[int, int]]) -> None:
        """End assignments."""
        self._db.executemany("DELETE FROM assignment WHERE document = ? AND annotator = ?", pairs)

    def digest(self, document: int, annotator: int) -> str | None:
        """Return the digest of a set when it last went out or came back; None if it never did."""
        sql = "SELECT digest FROM handed WHERE document = ? AND annotator = ?"
        row = self._db.execute(sql, [document, annotator]).fetchone()
        return row[0] if row else None

    def remember(self, rows: Iterable[tuple[int, int, str]]) -> None:
        """Keep digests, given as row numbers of document and annotator, and digest."""
        time = now()
        self._db.executemany(
            "INSERT OR REPLACE INTO handed (document, annotator, digest, time) VALUES (?,?,?,?)",
            [(*row, time) for row in rows],
        )

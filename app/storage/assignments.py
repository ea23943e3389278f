"""Who shall work on what, and what both sides had in common when work last went out or came back."""

import sqlite3
from collections.abc import Iterable

from app.core.clock import now
from app.core.three_way_merge import Handed
from app.storage.project import Project

BUNDLE_OF = "bundle-of"
"""In a bundle: the uid of the project that it was made from."""
BUNDLE_FOR = "bundle-for"
"""In a bundle: the name of the annotator who is to work in it."""
BUNDLE_MADE = "bundle-made"
"""In a bundle: when it was made."""


class Assignments:
    """Assignments and exchanges of a project. Writing methods must be called inside `project.atomic()`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> sqlite3.Connection:
        return self._project.connection

    def about(self, key: str) -> str | None:
        """Return what the project says of itself under a key: `uid`, and in a bundle BUNDLE_OF and the others."""
        row = self._db.execute("SELECT value FROM about WHERE key = ?", [key]).fetchone()
        return row[0] if row else None

    def set_about(self, key: str, value: str) -> None:
        """Have the project say something of itself."""
        self._db.execute("INSERT OR REPLACE INTO about (key, value) VALUES (?,?)", [key, value])

    def assignments(self) -> dict[str, tuple[str, ...]]:
        """Return the documents (uids, in order of import) that each annotator is to work on, by name."""
        sql = (
            "SELECT w.name, d.uid FROM assignment a JOIN annotator w ON w.id = a.annotator "
            "JOIN document d ON d.id = a.document WHERE +d.removed IS NULL ORDER BY w.name, d.id"
        )
        found: dict[str, list[str]] = {}
        for name, document in self._db.execute(sql):
            found.setdefault(name, []).append(document)
        return {name: tuple(documents) for name, documents in found.items()}

    def assigned_to(self, annotator: int) -> set[int]:
        """Return the row numbers of the documents that an annotator is to work on."""
        sql = "SELECT document FROM assignment WHERE annotator = ?"
        return {row[0] for row in self._project.reader.execute(sql, [annotator])}

    def status_counts(self, annotator: int) -> dict[str, int]:
        """Return how many of the documents that an annotator is to work on are in each status, unbegun ones as open."""
        sql = (
            "SELECT coalesce(s.status, 'open'), count(*) FROM assignment a JOIN document d ON d.id = a.document "
            "LEFT JOIN annotation_set s ON s.document = a.document AND s.annotator = a.annotator "
            "WHERE a.annotator = ? AND +d.removed IS NULL GROUP BY 1"
        )
        return dict(self._project.reader.execute(sql, [annotator]).fetchall())

    def assign(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Have annotators work on documents, given as row numbers of document and annotator."""
        self._db.executemany("INSERT OR IGNORE INTO assignment (document, annotator) VALUES (?,?)", pairs)

    def unassign(self, pairs: Iterable[tuple[int, int]]) -> None:
        """End assignments."""
        self._db.executemany("DELETE FROM assignment WHERE document = ? AND annotator = ?", pairs)

    def handed(self, document: int, annotator: int) -> list[Handed]:
        """Return what an annotator's set was like each time it went out or came back, oldest first."""
        sql = "SELECT file, digest, head, seconds FROM handed WHERE document = ? AND annotator = ? ORDER BY sequence"
        return [Handed(*row) for row in self._db.execute(sql, [document, annotator])]

    def went_out(self, document: int, file: str) -> bool:
        """Whether a document was handed out in a bundle (uid), rather than put into it there."""
        sql = "SELECT 1 FROM handed WHERE document = ? AND file = ? AND head = '' LIMIT 1"
        return self._db.execute(sql, [document, file]).fetchone() is not None

    def remember(self, document: int, annotator: int, handed: Handed) -> None:
        """Keep that a set went out or came back."""
        sql = "INSERT INTO handed (document, annotator, file, digest, head, seconds, time) VALUES (?,?,?,?,?,?,?)"
        self._db.execute(sql, [document, annotator, *handed, now()])

    def forget(self, document: int, annotator: int, handed: Handed) -> None:
        """Take back what was kept of a set's going out or coming back, if it was kept."""
        sql = (
            "DELETE FROM handed WHERE sequence = (SELECT max(sequence) FROM handed "
            "WHERE document = ? AND annotator = ? AND file = ? AND digest = ? AND head = ?)"
        )
        self._db.execute(sql, [document, annotator, handed.file, handed.digest, handed.head])

"""Assignments, and the exchanges of sets with bundles and other files, as needed for three-way merges."""

import sqlite3
from collections.abc import Iterable

from app.core.clock import now
from app.core.three_way_merge import SetExchange
from app.storage.project import Project

BUNDLE_OF = "bundle-of"
"""In a bundle: the uid of the project that it was made from."""
BUNDLE_FOR = "bundle-for"
"""In a bundle: the name of the annotator whom it is for."""
BUNDLE_MADE = "bundle-made"
"""In a bundle: the time at which it was made."""


class Assignments:
    """Assignments and exchanges of a project. Methods that write must be called inside `project.atomic()`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> sqlite3.Connection:
        return self._project.connection

    def about(self, key: str) -> str | None:
        """Return a property of the project: `uid`, or in a bundle BUNDLE_OF and the others; None if it isn't set."""
        row = self._db.execute("SELECT value FROM about WHERE key = ?", [key]).fetchone()
        return row[0] if row else None

    def set_property(self, key: str, value: str) -> None:
        """Set a property of the project."""
        self._db.execute("INSERT OR REPLACE INTO about (key, value) VALUES (?,?)", [key, value])

    def assignments(self) -> dict[str, tuple[str, ...]]:
        """Return the documents (uids, in order of import) that are assigned to each annotator, by name."""
        sql = (
            "SELECT w.name, d.uid FROM assignment a JOIN annotator w ON w.id = a.annotator "
            "JOIN document d ON d.id = a.document WHERE +d.removed IS NULL ORDER BY w.name, d.id"
        )
        found: dict[str, list[str]] = {}
        for name, document in self._db.execute(sql):
            found.setdefault(name, []).append(document)
        return {name: tuple(documents) for name, documents in found.items()}

    def begun(self) -> dict[str, frozenset[str]]:
        """Return the assigned documents (uids) that each annotator has marks in, or has set a status of, by name."""
        sql = (
            "SELECT w.name, d.uid FROM assignment a JOIN annotator w ON w.id = a.annotator "
            "JOIN document d ON d.id = a.document "
            "JOIN annotation_set s ON s.document = a.document AND s.annotator = a.annotator "
            "WHERE s.status <> 'open' OR EXISTS "
            "(SELECT 1 FROM annotation m WHERE m.document = a.document AND m.set_id = s.id)"
        )
        found: dict[str, set[str]] = {}
        for name, document in self._db.execute(sql):
            found.setdefault(name, set()).add(document)
        return {name: frozenset(documents) for name, documents in found.items()}

    def assigned_to(self, annotator: int) -> set[int]:
        """Return the row numbers of the documents that are assigned to an annotator."""
        sql = "SELECT document FROM assignment WHERE annotator = ?"
        return {row[0] for row in self._project.reader.execute(sql, [annotator])}

    def status_counts(self, annotator: int) -> dict[str, int]:
        """Return the number of an annotator's assigned documents in each status, those not begun as open."""
        sql = (
            "SELECT coalesce(s.status, 'open'), count(*) FROM assignment a JOIN document d ON d.id = a.document "
            "LEFT JOIN annotation_set s ON s.document = a.document AND s.annotator = a.annotator "
            "WHERE a.annotator = ? AND +d.removed IS NULL GROUP BY 1"
        )
        return dict(self._project.reader.execute(sql, [annotator]).fetchall())

    def assign(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Add assignments, given as row numbers of document and annotator; existing ones are kept."""
        self._db.executemany("INSERT OR IGNORE INTO assignment (document, annotator) VALUES (?,?)", pairs)

    def unassign(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Remove assignments, given as row numbers of document and annotator."""
        self._db.executemany("DELETE FROM assignment WHERE document = ? AND annotator = ?", pairs)

    def exchanges(self, document: int, annotator: int) -> list[SetExchange]:
        """Return the exchanges of an annotator's set, exported or merged, oldest first."""
        sql = "SELECT file, digest, head, seconds FROM handed WHERE document = ? AND annotator = ? ORDER BY sequence"
        return [SetExchange(*row) for row in self._db.execute(sql, [document, annotator])]

    def went_out(self, document: int, file: str) -> bool:
        """Whether a document was exported in a bundle (uid), rather than imported into the bundle."""
        sql = "SELECT 1 FROM handed WHERE document = ? AND file = ? AND head = '' LIMIT 1"
        return self._db.execute(sql, [document, file]).fetchone() is not None

    def remember(self, document: int, annotator: int, handed: SetExchange) -> None:
        """Record that a set was exported or merged."""
        sql = "INSERT INTO handed (document, annotator, file, digest, head, seconds, time) VALUES (?,?,?,?,?,?,?)"
        self._db.execute(sql, [document, annotator, *handed, now()])

    def forget_file(self, document: int, annotator: int, file: str) -> None:
        """Remove the records of all exchanges of a set with a file (uid)."""
        sql = "DELETE FROM handed WHERE document = ? AND annotator = ? AND file = ?"
        self._db.execute(sql, [document, annotator, file])

    def forget(self, document: int, annotator: int, handed: SetExchange) -> None:
        """Remove the record of one exchange, if there is one."""
        sql = (
            "DELETE FROM handed WHERE sequence = (SELECT max(sequence) FROM handed "
            "WHERE document = ? AND annotator = ? AND file = ? AND digest = ? AND head = ?)"
        )
        self._db.execute(sql, [document, annotator, handed.file, handed.digest, handed.head])

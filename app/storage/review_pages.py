"""What Review needs of a project, read in pages: each takes a millisecond or two, however long a document is.

As everything that is read whole, each row is decoded by `row_cells` before it is believed.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec

from app.core.annotation import Annotation, Evidence, Relation, Status
from app.core.decision import GOLD, Decision
from app.core.errors import DamagedRow, ProjectError
from app.storage.connection import Connection
from app.storage.decisions import ACTIVE_DECISIONS, to_decision
from app.storage.project import Project
from app.storage.record_stream import to_record_set
from app.storage.row_cells import RecordSetCells
from app.storage.rows import (
    ANNOTATION_COLUMNS,
    EVIDENCE_COLUMNS,
    RELATION_COLUMNS,
    to_annotation,
    to_evidence,
    to_relation,
    untied,
)

PAGE = 100  # rows of one document
_DOCUMENTS = 2_000  # row numbers looked at in one step

_REVIEWED = (
    "SELECT d.id, d.uid FROM document d WHERE d.id > ? AND d.id <= ? AND d.removed IS NULL AND ("
    "EXISTS (SELECT 1 FROM annotation_set s JOIN annotator w ON w.id = s.annotator WHERE s.document = d.id "
    "AND w.kind <> 'gold' AND s.status IN ('done', 'done_empty')) "
    "OR EXISTS (SELECT 1 FROM decision x WHERE x.document = d.id)) ORDER BY d.id"
)
_SETS = (
    "SELECT s.document, s.id, w.name, w.kind, s.status, s.scheme, s.seconds, s.flag, s.note FROM annotation_set s "
    "LEFT JOIN annotator w ON w.id = s.annotator WHERE s.document = ? ORDER BY w.name"
)


class ReviewedDocument(NamedTuple):
    """A document that someone has finished, or that has decisions, by row number and uid."""

    key: int
    uid: str


class SetSummary(NamedTuple):
    """An annotation set without its annotations."""

    key: int
    annotator: str
    kind: str
    status: Status
    annotations: int

    @property
    def is_read(self) -> bool:
        """Whether the set is a finished one, of a person or a program."""
        return self.kind != GOLD and self.status.is_finished


class ReviewPages:
    """The documents under review of a project, from the snapshot that its reader has open."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> Connection:
        return self._project.reader

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Tell what goes wrong in words. Raises DamagedRow and ProjectError."""
        try:
            yield
        except DamagedRow as error:
            self._project.place_damage(error)
            raise
        except sqlite3.Error as error:
            what = f"can't be read: {error}"
            raise ProjectError(what, hint="run: stet check", path=self._project.path) from error

    def documents(self) -> Iterator[list[ReviewedDocument]]:
        """Yield the documents under review in order of import, a list at a time, which may be empty."""
        last = self._db.execute("SELECT coalesce(max(id), 0) FROM document").fetchone()[0]
        for first in range(0, last, _DOCUMENTS):
            rows = self._db.execute(_REVIEWED, [first, first + _DOCUMENTS])
            yield [ReviewedDocument(*row) for row in rows]

    def sets(self, document: int) -> list[SetSummary]:
        """Return the sets of a document (row number), by annotator's name. Raises DamagedRow."""
        found = [to_record_set(row) for row in self._db.cells(_SETS, [document])]
        return [SetSummary(s.id, s.annotator, s.kind, s.status, self._count(s)) for s in found]

    def _count(self, cells: RecordSetCells) -> int:
        return self._db.execute("SELECT count(*) FROM annotation WHERE set_id = ?", [cells.id]).fetchone()[0]

    def decisions(self, document: int) -> Iterator[list[Decision]]:
        """Yield the current decisions on a document (row number), oldest first, in pages. Raises DamagedRow."""
        sql = f"{ACTIVE_DECISIONS} AND x.document = ? ORDER BY x.sequence"
        for rows in _pages(self._db, sql, [document]):
            yield [to_decision(row) for row in rows]

    def relations(self, key: int) -> Iterator[list[Relation]]:
        """Yield the relations of a set (row number) in pages. Raises DamagedRow."""
        sql = f"SELECT {RELATION_COLUMNS} FROM relation WHERE set_id = ? ORDER BY uid"
        known: set[str] | None = None
        for rows in _pages(self._db, sql, [key]):
            relations = [to_relation(row) for row in rows]
            if known is None:
                known = {uid for (uid,) in self._db.execute("SELECT uid FROM annotation WHERE set_id = ?", [key])}
            for damage in (untied(relation, known) for relation in relations):
                if damage is not None:
                    raise damage
            yield relations

    def annotations(self, document: int) -> Iterator[list[tuple[int, Annotation]]]:
        """Yield the annotations of a document (row number) with their sets', in text order, in pages.

        Raises DamagedRow.
        """
        has_evidence = self._db.execute("SELECT 1 FROM evidence WHERE owner = ? LIMIT 1", [document]).fetchone()
        sql = f"SELECT {ANNOTATION_COLUMNS} FROM annotation WHERE document = ? ORDER BY start, uid"
        for rows in _pages(self._db, sql, [document]):
            proofs = self._evidence(document, [row[2] for row in rows]) if has_evidence else {}
            yield [(row[3], to_annotation(row, tuple(proofs.get(row[2], ())))) for row in rows]

    def _evidence(self, document: int, annotations: list[str]) -> dict[str, list[Evidence]]:
        sql = (
            f"SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE owner = ? "
            "AND annotation IN (SELECT value FROM json_each(?)) ORDER BY annotation, ordinal"
        )
        found: dict[str, list[Evidence]] = {}
        for row in self._db.cells(sql, [document, msgspec.json.encode(annotations).decode()]):
            found.setdefault(row[1], []).append(to_evidence(row))
        return found


def _pages(connection: Connection, sql: str, parameters: list[Any]) -> Iterator[list[tuple[Any, ...]]]:
    cursor = connection.cells(sql, parameters)
    while rows := cursor.fetchmany(PAGE):
        yield rows

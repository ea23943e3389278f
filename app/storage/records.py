"""Streaming whole documents in and out: memory stays flat however many there are."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from app.core.annotation import Annotation, Evidence, Relation, Status
from app.core.document import Document
from app.core.record import DocumentRecord, SetRecord
from app.core.scoring import count_words
from app.storage.annotations import Annotations
from app.storage.documents import Documents
from app.storage.project import Project
from app.storage.rows import (
    ANNOTATION_COLUMNS,
    EVIDENCE_COLUMNS,
    annotation_row,
    evidence_rows,
    from_json,
    to_annotation,
    to_evidence,
    to_relation,
)


class _Grouped:
    """A cursor sorted by its first column, read group by group in step with another one."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows = rows
        self._next: tuple[Any, ...] | None = next(rows, None)

    def take(self, key: int) -> list[tuple[Any, ...]]:
        """Return the rows of a key; keys must be asked in rising order."""
        group: list[tuple[Any, ...]] = []
        while self._next is not None and self._next[0] <= key:
            if self._next[0] == key:
                group.append(self._next)
            self._next = next(self._rows, None)
        return group


def stream(project: Project, *, with_text: bool = True) -> Iterator[DocumentRecord]:
    """Yield all documents in order of import with everyone's work, from one consistent moment of the project."""
    connection = project.reader.conn
    # A read transaction keeps the five cursors on one state, whatever is written meanwhile.
    own = not connection.in_transaction
    if own:
        connection.execute("BEGIN")
    try:
        yield from _stream(connection, with_text=with_text)
    finally:
        if own and connection.in_transaction:
            connection.execute("COMMIT")


def _stream(connection: sqlite3.Connection, *, with_text: bool) -> Iterator[DocumentRecord]:
    def grouped(sql: str) -> _Grouped:
        return _Grouped(iter(connection.cursor().execute(sql)))

    references = grouped(
        "SELECT r.document, d.uid FROM reference r JOIN document d ON d.id = r.reference AND d.removed IS NULL "
        "ORDER BY r.document, r.ordinal"
    )
    sets = grouped(
        "SELECT s.document, s.id, w.name, w.kind, s.status, s.scheme, s.seconds FROM annotation_set s "
        "JOIN annotator w ON w.id = s.annotator ORDER BY s.document, w.name"
    )
    annotations = grouped(f"SELECT {ANNOTATION_COLUMNS} FROM annotation ORDER BY document, start, uid")
    evidence = grouped(f"SELECT {EVIDENCE_COLUMNS} FROM evidence ORDER BY owner, annotation, ordinal")
    relations = grouped(
        "SELECT s.document, r.uid, r.source, r.target, r.label, r.set_id FROM relation r "
        "JOIN annotation_set s ON s.id = r.set_id ORDER BY s.document, r.set_id, r.uid"
    )
    text = "text" if with_text else "''"
    sql = f"SELECT id, uid, name, {text}, sha256, meta FROM document WHERE removed IS NULL ORDER BY id"
    for key, uid, name, content, sha, meta in connection.cursor().execute(sql):
        document = Document(uid=uid, name=name, text=content, sha256=sha, meta=from_json(meta))
        work = _Work(annotations.take(key), evidence.take(key), relations.take(key))
        yield DocumentRecord(
            document=document,
            references=tuple(row[1] for row in references.take(key)),
            sets=tuple(work.set_record(row) for row in sets.take(key)),
        )


class _Work:
    """The annotation, evidence and relation rows of one document, sorted into sets."""

    def __init__(
        self, annotations: list[tuple[Any, ...]], evidence: list[tuple[Any, ...]], relations: list[tuple[Any, ...]]
    ) -> None:
        proofs: dict[str, list[Evidence]] = {}
        for row in evidence:
            proofs.setdefault(row[1], []).append(to_evidence(row))
        self._annotations: dict[int, list[Annotation]] = {}
        for row in annotations:
            self._annotations.setdefault(row[3], []).append(to_annotation(row, tuple(proofs.get(row[2], ()))))
        self._relations: dict[int, list[Relation]] = {}
        for row in relations:
            self._relations.setdefault(row[5], []).append(to_relation(row[1:5]))

    def set_record(self, row: tuple[Any, ...]) -> SetRecord:
        _, key, name, kind, status, scheme, seconds = row
        annotations = self._annotations.get(key, [])
        annotations.sort(key=_order)
        return SetRecord(
            annotator=name,
            kind=kind,
            status=Status(status),
            scheme=scheme,
            seconds=seconds,
            annotations=tuple(annotations),
            relations=tuple(self._relations.get(key, ())),
        )


def _order(annotation: Annotation) -> tuple[int, int, str]:
    fragments = annotation.fragments
    return (fragments[0].start, fragments[-1].end, annotation.uid)


class Brought(NamedTuple):
    """What a bulk import did."""

    documents: int
    annotations: int
    first_key: int


def bring(
    project: Project, records: Iterable[DocumentRecord], *, batch: int, tick: Callable[[int], None], group: int = 500
) -> Brought:
    """Write new documents with their sets; must be called inside `project.atomic()`.

    Every record must be of a document that isn't in the project. `tick(count)` is called now and then and may raise to
    cancel. References are linked at the end, since a reference may come after the document that names it.
    """
    documents = Documents(project)
    annotations = Annotations(project)
    first = documents.next_key()
    writer = _BulkWriter(project, documents, annotations, first, batch)
    waiting: list[DocumentRecord] = []
    for record in records:
        waiting.append(record)
        if len(waiting) >= group:
            writer.write(waiting)
            tick(writer.documents)
            waiting = []
    writer.write(waiting)
    writer.link()
    documents.index(first=first)
    return Brought(writer.documents, writer.annotations, first)


class _BulkWriter:
    def __init__(
        self, project: Project, documents: Documents, annotations: Annotations, first: int, batch: int
    ) -> None:
        self._db = project.db.conn
        self._documents = documents
        self._annotations = annotations
        self._key = first
        self._batch = batch
        self._links: list[tuple[int, tuple[str, ...]]] = []
        self._annotators: dict[str, int] = {}
        self.documents = 0
        self.annotations = 0

    def write(self, records: Sequence[DocumentRecord]) -> None:
        pairs = ((record.document, count_words(record.document.text)) for record in records)
        self._documents.insert(pairs, batch=self._batch, first=self._key)
        rows: list[tuple[Any, ...]] = []
        proofs: list[tuple[Any, ...]] = []
        for key, record in enumerate(records, self._key):
            if record.references:
                self._links.append((key, record.references))
            for item in record.sets:
                set_key = self._set(key, item)
                rows.extend(annotation_row(key, set_key, a) for a in item.annotations)
                proofs.extend(row for a in item.annotations if a.evidence for row in evidence_rows(key, a))
        # In the order of the clustered key the rows go in at the end of the tree, which is twice as fast.
        rows.sort(key=_row_order)
        self._annotations.insert_rows(rows)
        self._annotations.insert_evidence(proofs)
        self._key += len(records)
        self.documents += len(records)
        self.annotations += len(rows)

    def _set(self, key: int, item: SetRecord) -> int:
        annotator = self._annotators.get(item.annotator)
        if annotator is None:
            annotator = self._annotations.ensure_annotator(item.annotator, kind=item.kind)
            self._annotators[item.annotator] = annotator
        set_key = self._annotations.ensure_set(
            key, annotator, scheme=item.scheme, status=item.status, seconds=item.seconds
        )
        if item.relations:
            self._annotations.insert_relations(set_key, item.relations)
        return set_key

    def link(self) -> None:
        for key, references in self._links:
            for ordinal, uid in enumerate(references):
                self._db.execute(
                    "INSERT OR IGNORE INTO reference SELECT ?, id, ? FROM document WHERE uid=?", [key, ordinal, uid]
                )


def _row_order(row: tuple[Any, ...]) -> tuple[int, int, str]:
    return (row[0], row[1], row[2])

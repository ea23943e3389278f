"""Streaming whole documents in and out, with memory that doesn't depend on their number."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from app.core.annotation import Annotation, Evidence, Relation, Status
from app.core.decision import GOLD
from app.core.document import Document
from app.core.errors import ProjectError
from app.core.record import DocumentRecord, SetRecord, SetSnapshot
from app.core.word_count import count_words
from app.storage.annotations import Annotations
from app.storage.connection import Connection
from app.storage.decisions import ACTIVE_DECISIONS, Decisions, to_decision
from app.storage.documents import Documents
from app.storage.errors import DamagedRow
from app.storage.project import Project
from app.storage.rows import (
    ANNOTATION_COLUMNS,
    EVIDENCE_COLUMNS,
    annotation_row,
    evidence_rows,
    meta_from_json,
    to_annotation,
    to_evidence,
    to_relation,
)
from app.storage.suggestions import (
    CURRENT_JUDGEMENTS,
    VISIBLE_SUGGESTIONS,
    JudgedRow,
    Suggestions,
    suggested,
)


class _Grouped:
    """A cursor sorted by its first column and read group by group, for a merge join with another cursor."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)

    def take(self, key: int) -> list[tuple[Any, ...]]:
        """Return the rows of a key; keys must be passed in ascending order."""
        while self._next is not None and self._next[0] < key:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != key:
            return []
        group = list(self._next[1])
        self._next = next(self._groups, None)
        return group


def stream(project: Project, *, with_text: bool = True, with_decisions: bool = True) -> Iterator[DocumentRecord]:
    """Yield all documents in order of import with everyone's work, from one snapshot of the project; without decisions
    they have no suggestions either.

    Raises ProjectError if the file turns out to be damaged.
    """
    try:
        with project.snapshot():
            yield from _stream(project.reader, with_text=with_text, with_decisions=with_decisions)
    except DamagedRow as error:
        error.path = project.path
        raise
    except sqlite3.Error as error:
        raise ProjectError(f"can't be read: {error}", hint="run: stet check", path=project.path) from error
    except (ValueError, LookupError, TypeError) as error:
        what = f"contains an invalid row ({error})"
        raise ProjectError(what, hint="restore a backup", path=project.path) from error


def record(project: Project, uid: str) -> DocumentRecord | None:
    """Return one document with everyone's work, as the writing connection sees it; None if there is none."""
    connection = project.connection
    row = connection.execute("SELECT id FROM document WHERE uid=? AND removed IS NULL", [uid]).fetchone()
    return next(_stream(connection, with_text=True, only=row[0]), None) if row else None


def _stream(
    connection: Connection, *, with_text: bool, with_decisions: bool = True, only: int | None = None
) -> Iterator[DocumentRecord]:
    def grouped(sql: str, document: str, order: str) -> _Grouped:
        joint = "AND" if " WHERE " in sql else "WHERE"
        chosen = f" {joint} {document} = {only:d}" if only is not None else ""
        return _Grouped(connection.execute(f"{sql}{chosen} ORDER BY {order}").small_rows())

    references = grouped(
        "SELECT r.document, d.uid FROM reference r JOIN document d ON d.id = r.reference AND +d.removed IS NULL",
        "r.document",
        "r.document, r.ordinal",
    )
    sets = grouped(
        "SELECT s.document, s.id, w.name, w.kind, s.status, s.scheme, s.seconds FROM annotation_set s "
        "JOIN annotator w ON w.id = s.annotator",
        "s.document",
        "s.document, w.name",
    )
    annotations = grouped(f"SELECT {ANNOTATION_COLUMNS} FROM annotation", "document", "document, start, uid")
    evidence = grouped(f"SELECT {EVIDENCE_COLUMNS} FROM evidence", "owner", "owner, annotation, ordinal")
    relations = grouped(
        "SELECT s.document, r.uid, r.source, r.target, r.label, r.set_id FROM relation r "
        "JOIN annotation_set s ON s.id = r.set_id",
        "s.document",
        "s.document, r.set_id, r.uid",
    )
    decisions = candidates = judgements = _Grouped(iter(()))
    if with_decisions:
        decisions = grouped(ACTIVE_DECISIONS, "x.document", "x.document, x.sequence")
        candidates = grouped(VISIBLE_SUGGESTIONS, "s.document", "s.document, s.start, s.uid")
        judgements = grouped(CURRENT_JUDGEMENTS, "j.document", "j.document, j.suggestion, w.name")
    text = "text" if with_text else "''"
    sql = f"SELECT id, uid, name, {text}, sha256, meta FROM document WHERE removed IS NULL"
    sql += f" AND id = {only:d}" if only is not None else " ORDER BY id"
    for key, uid, name, content, sha, meta in connection.cursor().execute(sql):
        known, extra = meta_from_json(meta)
        document = Document(uid=uid, name=name, text=content, sha256=sha, meta=known)
        work = _Work(annotations.take(key), evidence.take(key), relations.take(key))
        yield DocumentRecord(
            document=document,
            references=tuple(row[1] for row in references.take(key)),
            sets=tuple(work.set_record(row) for row in sets.take(key)),
            extra=extra,
            decisions=tuple(to_decision(row) for row in decisions.take(key)),
            suggestions=suggested(candidates.take(key), judgements.take(key)),
        )


# Sort keys of an annotation's row: start, end and uid; document, start and uid.
_READING_ORDER = itemgetter(1, 6, 2)
_TREE_ORDER = itemgetter(0, 1, 2)


class _Work:
    """The annotation, evidence and relation rows of one document, grouped by set."""

    def __init__(
        self, annotations: list[tuple[Any, ...]], evidence: list[tuple[Any, ...]], relations: list[tuple[Any, ...]]
    ) -> None:
        proofs: dict[str, list[Evidence]] = {}
        for row in evidence:
            proofs.setdefault(row[1], []).append(to_evidence(row))
        self._annotations: dict[int, list[Annotation]] = {}
        annotations.sort(key=_READING_ORDER)
        for row in annotations:
            self._annotations.setdefault(row[3], []).append(to_annotation(row, tuple(proofs.get(row[2], ()))))
        self._relations: dict[int, list[Relation]] = {}
        for row in relations:
            self._relations.setdefault(row[5], []).append(to_relation(row[1:5]))

    def set_record(self, row: tuple[Any, ...]) -> SetRecord:
        _, key, name, kind, status, scheme, seconds = row
        return SetRecord(
            annotator=name,
            kind=kind,
            status=Status(status),
            scheme=scheme,
            seconds=seconds,
            annotations=tuple(self._annotations.get(key, ())),
            relations=tuple(self._relations.get(key, ())),
        )


_CHARACTERS_A_GROUP = 16_000_000


class InsertedRecords(NamedTuple):
    """What a bulk import did. `missing` pairs documents with references (uids) of theirs that the project lacks."""

    documents: int
    annotations: int
    decisions: int
    first_key: int
    missing: tuple[tuple[str, str], ...] = ()
    suggestions: int = 0


def insert_records(
    project: Project, records: Iterable[DocumentRecord], *, batch: int, tick: Callable[[int], None], group: int = 500
) -> InsertedRecords:
    """Write new documents with their sets and decisions; must be called inside `project.atomic()`.

    No record may be of a document that is in the project. `tick(count)` is called after each `group` of documents and
    may raise to cancel. References are linked at the end, since a reference may come after the document that names it.
    Raises ProjectError if the uid of an annotation or of a decision is already in the project.
    """
    documents = Documents(project)
    annotations = Annotations(project)
    first = documents.next_key()
    writer = _BulkWriter(project, documents, annotations, first, batch)
    waiting: list[DocumentRecord] = []
    characters = 0
    for record in records:
        waiting.append(record)
        characters += len(record.document.text)
        if len(waiting) >= group or characters >= _CHARACTERS_A_GROUP:
            writer.write(waiting)
            tick(writer.documents)
            waiting = []
            characters = 0
    writer.write(waiting)
    missing = writer.link()
    documents.index(first=first)
    return InsertedRecords(
        writer.documents, writer.annotations, writer.decisions, first, tuple(missing), writer.suggestions
    )


class _BulkWriter:
    def __init__(
        self, project: Project, documents: Documents, annotations: Annotations, first: int, batch: int
    ) -> None:
        self._db = project.connection
        self._documents = documents
        self._annotations = annotations
        self._decisions = Decisions(project)
        self._suggestions = Suggestions(project)
        self._key = first
        self._batch = batch
        self._unlinked: list[tuple[int, int, str]] = []
        self._annotators: dict[str, int] = {}
        self.documents = 0
        self.annotations = 0
        self.decisions = self.suggestions = 0

    def write(self, records: Sequence[DocumentRecord]) -> None:
        new = ((record.document, record.extra, count_words(record.document.text)) for record in records)
        self._documents.insert(new, batch=self._batch, first=self._key)
        rows: list[tuple[Any, ...]] = []
        proofs: list[tuple[Any, ...]] = []
        sets: list[tuple[int, int, int, str, float, str]] = []
        relations: list[tuple[int, tuple[Relation, ...]]] = []
        links: list[tuple[int, int, str]] = []
        set_key = self._annotations.next_set_key()
        for key, record in enumerate(records, self._key):
            links.extend((key, n, uid) for n, uid in enumerate(dict.fromkeys(record.references)))
            for item in record.sets:
                person = self._annotator(item.annotator, item.kind)
                sets.append((set_key, key, person, item.status.value, item.seconds, item.scheme))
                if item.relations:
                    relations.append((set_key, item.relations))
                rows.extend(annotation_row(key, set_key, a) for a in item.annotations)
                proofs.extend(row for a in item.annotations if a.evidence for row in evidence_rows(key, a))
                set_key += 1
        self._annotations.insert_sets(sets)
        for owner, ties in relations:
            self._annotations.insert_relations(owner, ties)
        # In the order of the clustered key, rows are appended at the end of the tree, which is twice as fast.
        rows.sort(key=_TREE_ORDER)
        try:
            self._annotations.insert_rows(rows)
        except sqlite3.IntegrityError as error:
            raise self._taken(rows) from error
        self._annotations.insert_evidence(proofs)
        for key, record in enumerate(records, self._key):
            if record.decisions:
                self._decide(key, record)
            if record.suggestions:
                self._suggest(key, record)
        self._unlinked += self._link(links)
        self._key += len(records)
        self.documents += len(records)
        self.annotations += len(rows)

    def _annotator(self, name: str, kind: str) -> int:
        annotator = self._annotators.get(name)
        if annotator is None:
            annotator = self._annotators[name] = self._annotations.ensure_annotator(name, kind=kind)
        return annotator

    def _decide(self, key: int, record: DocumentRecord) -> None:
        taken = self._decisions.known_uids(decision.uid for decision in record.decisions)
        if taken:
            what = f"the id {min(taken)} already belongs to another decision"
            raise ProjectError(what, hint="give each a unique id")
        # Take the snapshots that agreement is measured on, as the first decision made here would.
        finished = [item for item in record.sets if item.status.is_finished and item.kind != GOLD]
        self._decisions.add_snapshots(
            key,
            {
                self._annotator(item.annotator, item.kind): (item.scheme, SetSnapshot(item.annotations, item.relations))
                for item in finished
            },
        )
        for decision in record.decisions:
            self._decisions.decide(decision, document=key, reviewer=self._annotator(decision.reviewer, "person"))
        self.decisions += len(record.decisions)

    def _suggest(self, key: int, record: DocumentRecord) -> None:
        try:
            self._suggestions.insert(key, [item.suggestion for item in record.suggestions])
        except sqlite3.IntegrityError as error:
            uids = [item.suggestion.uid for item in record.suggestions]
            taken = next((uid for uid in uids if self._suggestions.home_of(uid) not in (None, key)), "of a suggestion")
            what = f"the id {taken} already belongs to another suggestion"
            raise ProjectError(what, hint="give each a unique id") from error
        self._suggestions.judge(
            JudgedRow(key, self._annotator(judgement.annotator, "person"), judgement)
            for item in record.suggestions
            for judgement in item.judgements
        )
        self.suggestions += len(record.suggestions)

    def _taken(self, rows: Sequence[tuple[Any, ...]]) -> ProjectError:
        seen: set[str] = set()
        twice = next((row[2] for row in rows if row[2] in seen or seen.add(row[2])), None)
        uid = twice or next((row[2] for row in rows if self._is_older(row[2])), "of an annotation")
        return ProjectError(f"the id {uid} already belongs to another annotation", hint="give each a unique id")

    def _is_older(self, uid: str) -> bool:
        """Whether an annotation existed before this group, whose rows up to the failing one are written by now."""
        row = self._db.execute("SELECT document FROM annotation WHERE uid=?", [uid]).fetchone()
        return row is not None and row[0] < self._key

    def link(self) -> list[tuple[str, str]]:
        """Write the remaining links; return the document and reference (uids) of those whose reference is missing."""
        name = "SELECT uid FROM document WHERE id=?"
        left = self._link(self._unlinked)
        return [(self._db.execute(name, [key]).fetchone()[0], reference) for key, _, reference in left]

    def _link(self, links: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        """Write links, given as row number, ordinal and reference's uid; return those whose reference is missing."""
        before = self._db.total_changes
        self._db.executemany("INSERT OR IGNORE INTO reference SELECT ?, id, ? FROM document WHERE uid=?", links)
        if self._db.total_changes - before == len(links):
            return []
        known = "SELECT 1 FROM document WHERE uid=?"
        return [link for link in links if self._db.execute(known, [link[2]]).fetchone() is None]

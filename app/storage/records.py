"""Writing whole documents in bulk, with memory that doesn't depend on their number."""

import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import islice
from typing import Any, NamedTuple

from app.core.annotation import Annotation, Relation
from app.core.decision import GOLD
from app.core.errors import FormatError, ProjectError
from app.core.record import DocumentRecord, SetRecord, SetSnapshot
from app.core.word_count import count_words
from app.core.wording import shorten
from app.storage.annotations import Annotations
from app.storage.connection import Connection
from app.storage.decisions import Decisions
from app.storage.documents import Documents
from app.storage.project import Project
from app.storage.rows import (
    annotation_row,
    evidence_rows,
)
from app.storage.seals import summed_apart
from app.storage.suggestions import (
    JudgedRow,
    Suggestions,
)
from app.storage.text_versions import TextVersions

_CHARACTERS_A_GROUP = 16_000_000
_CACHE_KIB = 32 * 1024
_MANY_ROWS = 2_000  # for fewer, taking the triggers away and putting them back takes longer than they do
_ROWS_AT_ONCE = 20_000  # of annotations, about a kilobyte each


class InsertedRecords(NamedTuple):
    """What a bulk import did. `missing` pairs documents with references (uids) of theirs that the project lacks."""

    documents: int
    annotations: int
    decisions: int
    first_key: int
    missing: tuple[tuple[str, str], ...] = ()
    suggestions: int = 0


def _raise(_record: DocumentRecord, error: FormatError) -> None:
    raise error


def insert_records(
    project: Project,
    records: Iterable[DocumentRecord | None],
    *,
    batch: int,
    tick: Callable[[int], None],
    refuse: Callable[[DocumentRecord, FormatError], None] = _raise,
    group: int = 500,
) -> InsertedRecords:
    """Write new documents with their sets and decisions; must be called inside `project.atomic()`.

    No record may be of a document that is in the project. `tick(count)` is called after each `group` of documents and
    may raise to cancel; None among the records has those before it written at once. References are linked at the end,
    since a reference may come after the document that names it.
    A record in which the uid of an annotation, a decision or a suggestion is already another's goes to `refuse`, which
    raises the error, or has the others written without it.
    """
    documents = Documents(project)
    annotations = Annotations(project)
    first = documents.next_key()
    writer = _BulkWriter(project, documents, annotations, first, batch, refuse)
    with _larger_cache(project.connection):
        waiting: list[DocumentRecord] = []
        characters = 0
        for record in records:
            if record is not None:
                waiting.append(record)
                characters += len(record.document.text)
            if record is None or len(waiting) >= group or characters >= _CHARACTERS_A_GROUP:
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


@contextmanager
def _larger_cache(connection: Connection) -> Generator[None]:
    """Inside the block, keep more pages: those of the index of ids, which come in any order."""
    (usual,) = connection.execute("PRAGMA cache_size").fetchone()
    connection.execute(f"PRAGMA cache_size={-_CACHE_KIB}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA cache_size={usual}")


_OWNERS = {
    "annotation": "SELECT d.name FROM annotation a JOIN document d ON d.id = a.document WHERE a.uid = ?",
    "decision": "SELECT d.name FROM decision x JOIN document d ON d.id = x.document WHERE x.uid = ? LIMIT 1",
    "suggestion": "SELECT d.name FROM suggestion s JOIN document d ON d.id = s.document WHERE s.uid = ?",
}


def ids_of(record: DocumentRecord) -> Iterator[tuple[str, str]]:
    """Yield what must be unique in a project: kind (annotation, decision or suggestion) and uid."""
    yield from (("annotation", annotation.uid) for item in record.sets for annotation in item.annotations)
    yield from (("decision", decision.uid) for decision in record.decisions)
    yield from (("suggestion", item.suggestion.uid) for item in record.suggestions)


def taken_id(kind: str, uid: str, owner: str) -> FormatError:
    """Return the error for an id that something in a document (`owner`, its name) has already."""
    what = f"the id {uid} already belongs to another {kind}, in “{shorten(owner, 80)}”"
    return FormatError(what, hint="give each a unique id")


def _in_tree_order(sets: Sequence[tuple[int, SetRecord]]) -> list[tuple[int, Annotation]]:
    """Return the annotations of a document's sets, each with its set's row number, in the order of the clustered key:
    so rows are appended at the end of the tree, which is twice as fast.
    """
    found = [(number, mark) for number, item in sets for mark in item.annotations]
    found.sort(key=lambda each: (each[1].start, each[1].uid))
    return found


class _Taken(Exception):
    """A record has the id of another one."""


class _BulkWriter:
    def __init__(
        self,
        project: Project,
        documents: Documents,
        annotations: Annotations,
        first: int,
        batch: int,
        refuse: Callable[[DocumentRecord, FormatError], None],
    ) -> None:
        self._refuse = refuse
        self._db = project.connection
        self._documents = documents
        self._annotations = annotations
        self._decisions = Decisions(project)
        self._suggestions = Suggestions(project)
        self._versions = TextVersions(project)
        self._key = first
        self._batch = batch
        self._unlinked: list[tuple[int, int, str]] = []
        self._annotators: dict[str, int] = {}
        self.documents = 0
        self.annotations = 0
        self.decisions = self.suggestions = 0

    def write(self, records: Sequence[DocumentRecord]) -> None:
        """Write documents, but for those that have ids of others."""
        # Looking all ids up first would take as long as writing them; hardly ever is one taken.
        before = (dict(self._annotators), self.annotations, self.decisions, self.suggestions)
        self._db.execute("SAVEPOINT documents")
        try:
            self._write(records)
        except (_Taken, sqlite3.IntegrityError) as error:
            self._db.execute("ROLLBACK TO documents")
            self._annotators, self.annotations, self.decisions, self.suggestions = before
            free = self._free(records)
            if len(free) == len(records):
                raise ProjectError(f"couldn't be written: {error}", hint="run: stet check") from error
            self._write(free)
        self._db.execute("RELEASE documents")

    def _free(self, records: Sequence[DocumentRecord]) -> list[DocumentRecord]:
        """Return the records whose ids are theirs alone; the others are refused."""
        free: list[DocumentRecord] = []
        here: dict[tuple[str, str], str] = {}
        for record in records:
            ids = list(ids_of(record))
            taken = next((item for item in ids if item in here or self._owner(*item) is not None), None)
            if taken is None:
                here |= dict.fromkeys(ids, record.document.name)
                free.append(record)
                continue
            kind, uid = taken
            self._refuse(record, taken_id(kind, uid, here.get(taken) or self._owner(*taken) or ""))
        return free

    def _owner(self, kind: str, uid: str) -> str | None:
        """Return the name of the document that has this id already, None if there is none."""
        row = self._db.execute(_OWNERS[kind], [uid]).fetchone()
        return row[0] if row and (kind != "decision" or self._decisions.find(uid) is not None) else None

    def _write(self, records: Sequence[DocumentRecord]) -> None:
        marks = sum(len(item.annotations) for record in records for item in record.sets)
        with summed_apart(self._db) if marks + len(records) > _MANY_ROWS else nullcontext():
            self._write_rows(records)

    def _write_rows(self, records: Sequence[DocumentRecord]) -> None:
        new = ((record.document, record.extra, count_words(record.document.text)) for record in records)
        self._documents.insert(new, batch=self._batch, first=self._key)
        work: list[tuple[int, list[tuple[int, SetRecord]]]] = []
        sets: list[tuple[Any, ...]] = []
        relations: list[tuple[int, tuple[Relation, ...]]] = []
        links: list[tuple[int, int, str]] = []
        set_key = self._annotations.next_set_key()
        for key, record in enumerate(records, self._key):
            links.extend((key, n, uid) for n, uid in enumerate(dict.fromkeys(record.references)))
            work.append((key, list(enumerate(record.sets, set_key))))
            for item in record.sets:
                person = self._annotator(item.annotator, item.kind)
                made = (item.status.value, item.seconds, item.scheme, item.remark.flag, item.remark.note)
                sets.append((set_key, key, person, *made))
                if item.relations:
                    relations.append((set_key, item.relations))
                set_key += 1
        self._annotations.insert_sets(sets)
        for owner, ties in relations:
            self._annotations.insert_relations(owner, ties)
        self._write_annotations(work)
        for key, record in enumerate(records, self._key):
            if record.decisions:
                self._decide(key, record)
            if record.suggestions:
                self._suggest(key, record)
            if record.versions:
                self._versions.add(key, record.versions, log=None)
        self._unlinked += self._link(links)
        self._key += len(records)
        self.documents += len(records)

    def _write_annotations(self, work: Sequence[tuple[int, list[tuple[int, SetRecord]]]]) -> None:
        """Write the annotations of documents, given by row number with their sets by theirs, and their evidence.

        One document may have millions: no more rows than `_ROWS_AT_ONCE` are in memory.
        """
        marks = ((document, number, mark) for document, sets in work for number, mark in _in_tree_order(sets))
        while some := list(islice(marks, _ROWS_AT_ONCE)):
            self._annotations.insert_rows([annotation_row(*each) for each in some])
            proofs = [row for key, _, mark in some if mark.evidence for row in evidence_rows(key, mark)]
            self._annotations.insert_evidence(proofs)
            self.annotations += len(some)

    def _annotator(self, name: str, kind: str) -> int:
        annotator = self._annotators.get(name)
        if annotator is None:
            annotator = self._annotators[name] = self._annotations.ensure_annotator(name, kind=kind)
        return annotator

    def _decide(self, key: int, record: DocumentRecord) -> None:
        if self._decisions.known_uids(decision.uid for decision in record.decisions):
            raise _Taken
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
        self._suggestions.insert(key, [item.suggestion for item in record.suggestions])
        self._suggestions.judge(
            JudgedRow(key, self._annotator(judgement.annotator, "person"), judgement)
            for item in record.suggestions
            for judgement in item.judgements
        )
        seen = [(self._annotator(shown.annotator, "person"), shown) for i in record.suggestions for shown in i.shown]
        self._suggestions.show_to(key, seen)
        self.suggestions += len(record.suggestions)

    def link(self) -> list[tuple[str, str]]:
        """Write the remaining links; return the document and reference (uids) of those whose reference is missing."""
        name = "SELECT uid FROM document WHERE id=?"
        left = self._link(self._unlinked)
        return [(self._db.execute(name, [key]).fetchone()[0], reference) for key, _, reference in left]

    def _link(self, links: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        """Write links, given as row number, ordinal and reference's uid; return those whose reference is missing."""
        sql = "INSERT OR IGNORE INTO reference SELECT ?, id, ? FROM document WHERE uid=?"
        if self._db.executemany(sql, links).rowcount == len(links):  # which leaves out what triggers change
            return []
        known = "SELECT 1 FROM document WHERE uid=?"
        return [link for link in links if self._db.execute(known, [link[2]]).fetchone() is None]

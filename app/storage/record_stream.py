"""Reading whole documents with everyone's work, with memory that doesn't depend on their number.

What leaves the project goes through here, so nothing is believed: every row is decoded by `row_cells`, every text is
hashed, and a row that belongs to nothing is found instead of being left out by a join.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from app.core.annotation import Annotation, Evidence, Relation
from app.core.document import Document, sha256
from app.core.errors import ChangedText, DamagedRow, ProjectError
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import Remark
from app.storage.connection import Connection, printable
from app.storage.decisions import ACTIVE_DECISIONS, to_decision
from app.storage.packed_annotations import Unpackable, packed_annotations, unpacked
from app.storage.project import Project
from app.storage.row_cells import RecordSetCells, ReferenceCells, reads_row
from app.storage.rows import (
    ANNOTATION_COLUMNS,
    EVIDENCE_COLUMNS,
    to_annotation,
    to_document,
    to_evidence,
    to_relation,
    untied,
)
from app.storage.suggestions import CURRENT_JUDGEMENTS, SHOWN, VISIBLE_SUGGESTIONS, has_shown, suggested
from app.storage.text_versions import TEXT_VERSIONS, has_text_versions, to_text_version

OnDamage = Callable[[DamagedRow], None]
"""Told of each row that can't be decoded or has no place, which is then left out; or raises, to end the reading."""


def _refuse(damage: DamagedRow) -> None:
    raise damage


class _Grouped:
    """The rows of a table sorted by their document and read group by group, for a merge join with the documents.

    Every document must be asked for, in ascending order: what is left over has no place.
    """

    def __init__(self, table: str, rows: Iterator[tuple[Any, ...]], on_damage: OnDamage) -> None:
        self._table = table
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)
        self._on_damage = on_damage

    def take(self, key: int) -> list[tuple[Any, ...]]:
        """Return the rows of a document (row number)."""
        if self._next is None:
            return []
        while self._next is not None and not self._is_from(key):
            self._misplaced(self._next[0])
        if self._next is None or self._next[0] != key:
            return []
        group = list(self._next[1])
        self._next = next(self._groups, None)
        return group

    def finish(self) -> None:
        """Report what belongs to none of the documents."""
        while self._next is not None:
            self._misplaced(self._next[0])

    def _is_from(self, key: int) -> bool:
        found = self._next[0] if self._next is not None else None
        return isinstance(found, int) and found >= key

    def _misplaced(self, document: object) -> None:
        # Rows of a document that was asked for before come too late: pages of the file have changed places.
        reason = "there is no such document, or the file is damaged"
        self._on_damage(DamagedRow(self._table, f"of document number {printable(document)}", reason))
        self._next = next(self._groups, None)


def stream(
    project: Project, *, with_text: bool = True, with_decisions: bool = True, on_damage: OnDamage | None = None
) -> Iterator[DocumentRecord]:
    """Yield all documents in order of import with everyone's work, from one snapshot of the project; without decisions
    they have no suggestions either.

    Every row is checked, and every text is hashed unless it is left out. Raises DamagedRow for the first that is wrong,
    or tells `on_damage` of it and goes on without it, but with a changed text; raises ProjectError if the file turns
    out to be damaged.
    """
    try:
        with project.snapshot():
            if on_damage is None:
                yield from _refusing(project.reader, _refuse, with_text=with_text, with_decisions=with_decisions)
            else:
                records = _stream(project.reader, on_damage, with_text=with_text, with_decisions=with_decisions)
                yield from (record for _, record in records)
    except DamagedRow as error:
        project.place_damage(error)
        raise
    except sqlite3.Error as error:
        raise ProjectError(f"can't be read: {error}", hint="run: stet check", path=project.path) from error


def record(project: Project, uid: str) -> DocumentRecord | None:
    """Return one document with everyone's work, as the writing connection sees it; None if there is none.

    Raises DamagedRow, but not for a changed text.
    """
    connection = project.connection
    row = connection.execute("SELECT id FROM document WHERE uid=? AND removed IS NULL", [uid]).fetchone()
    if row is None:
        return None
    return next(_refusing(connection, _refuse_rows, with_text=True, with_decisions=True, only=row[0]), None)


def _refuse_rows(damage: DamagedRow) -> None:
    if not isinstance(damage, ChangedText):
        raise damage


def _refusing(
    connection: Connection, refuse: OnDamage, *, with_text: bool, with_decisions: bool, only: int | None = None
) -> Iterator[DocumentRecord]:
    """Yield what `_stream` yields, from packed annotations; where those can't be believed, from their rows.

    `refuse` must raise what it is told of any row.
    """
    last = 0
    try:
        for key, record in _stream(
            connection, refuse, with_text=with_text, with_decisions=with_decisions, only=only, is_packed=True
        ):
            last = key
            yield record
    except Unpackable:
        pass
    else:
        return
    # The rows themselves say what is wrong with one of them, if it is.
    for key, record in _stream(connection, refuse, with_text=with_text, with_decisions=with_decisions, only=only):
        if key > last:
            yield record


# The tables of a document's work: the query, the column with the document's row number, and the order of the rows. All
# are joined from the left: a row without its counterpart must be found, not left out.
_WORK = {
    "reference": (
        "SELECT r.document, d.uid, d.removed FROM reference r LEFT JOIN document d ON d.id = r.reference",
        "r.document",
        "r.ordinal",
    ),
    "annotation_set": (
        "SELECT s.document, s.id, w.name, w.kind, s.status, s.scheme, s.seconds, s.flag, s.note "
        "FROM annotation_set s "
        "LEFT JOIN annotator w ON w.id = s.annotator",
        "s.document",
        "w.name",
    ),
    "annotation": (f"SELECT {ANNOTATION_COLUMNS} FROM annotation", "document", "start, uid"),
    "evidence": (f"SELECT {EVIDENCE_COLUMNS} FROM evidence", "owner", "annotation, ordinal"),
    "relation": (
        "SELECT s.document, r.uid, r.source, r.target, r.label, r.attributes, r.comment, r.set_id FROM relation r "
        "LEFT JOIN annotation_set s ON s.id = r.set_id",
        "s.document",
        "r.set_id, r.uid",
    ),
}
_REVIEW = {
    "decision": (ACTIVE_DECISIONS, "x.document", "x.sequence"),
    "suggestion": (VISIBLE_SUGGESTIONS, "s.document", "s.start, s.uid"),
    "judgement": (CURRENT_JUDGEMENTS, "j.document", "j.suggestion, w.name"),
    "shown": (SHOWN, "v.document", "v.suggestion, w.name"),
    "text_version": (TEXT_VERSIONS, "v.document", "v.sequence"),
}


class _DocumentRows(NamedTuple):
    """The rows of one document."""

    references: list[tuple[Any, ...]]
    sets: list[tuple[Any, ...]]
    annotations: list[tuple[Any, ...]]
    evidence: list[tuple[Any, ...]]
    relations: list[tuple[Any, ...]]
    decisions: Sequence[tuple[Any, ...]] = ()
    suggestions: Sequence[tuple[Any, ...]] = ()
    judgements: Sequence[tuple[Any, ...]] = ()
    shown: Sequence[tuple[Any, ...]] = ()
    versions: Sequence[tuple[Any, ...]] = ()


class _Tables:
    """The tables of the work on documents, read side by side."""

    def __init__(
        self,
        connection: Connection,
        on_damage: OnDamage,
        *,
        with_decisions: bool,
        only: int | None = None,
        is_packed: bool = False,
    ) -> None:
        self._groups: list[_Grouped] = []
        for table, (sql, document, order) in (_WORK | _REVIEW if with_decisions else _WORK).items():
            if is_packed and table == "annotation":
                self._groups.append(_Grouped(table, packed_annotations(connection, only=only), on_damage))
                continue
            if table == "shown" and not has_shown(connection):
                self._groups.append(_Grouped(table, iter(()), on_damage))
                continue
            if table == "text_version" and not has_text_versions(connection):
                continue
            joint = "AND" if " WHERE " in sql else "WHERE"
            chosen = f" {joint} {document} = {only:d}" if only is not None else ""
            rows = connection.cells(f"{sql}{chosen} ORDER BY {document}, {order}").small_rows()
            self._groups.append(_Grouped(table, rows, on_damage))

    def take(self, key: int) -> _DocumentRows:
        """Return the rows of a document; every document must be asked for, in ascending order."""
        return _DocumentRows(*[group.take(key) for group in self._groups])

    def finish(self) -> None:
        """Report what belongs to no document."""
        for group in self._groups:
            group.finish()


def _stream(
    connection: Connection,
    on_damage: OnDamage,
    *,
    with_text: bool,
    with_decisions: bool,
    only: int | None = None,
    is_packed: bool = False,
) -> Iterator[tuple[int, DocumentRecord]]:
    """Yield documents with their row numbers. Raises Unpackable only if annotations are to be read packed."""
    tables = _Tables(connection, on_damage, with_decisions=with_decisions, only=only, is_packed=is_packed)
    annotations = _unpacked if is_packed else _annotations
    text = "text" if with_text else "''"
    # The table itself is read, hidden documents too: an index may have lost some, and their rows must be passed over.
    sql = f"SELECT id, uid, name, {text}, sha256, meta, removed FROM document NOT INDEXED"
    sql += f" WHERE id = {only:d}" if only is not None else " ORDER BY id"
    for *row, removed in connection.cells(sql):
        rows = tables.take(row[0])
        if removed is not None:
            continue
        try:
            document, extra = to_document(row)
        except DamagedRow as damage:
            on_damage(damage)
            continue
        if with_text and sha256(document.text) != document.sha256:
            on_damage(ChangedText(document.uid, document.name))
        tell = partial(_tell_of, on_damage, document)
        record = DocumentRecord(
            document=document,
            references=tuple(_references(rows.references, tell)) if rows.references else (),
            sets=_sets(rows, annotations, tell),
            extra=extra,
            decisions=tuple(_decoded(to_decision, rows.decisions, tell)) if rows.decisions else (),
            suggestions=(
                suggested(rows.suggestions, rows.judgements, rows.shown, tell)
                if rows.suggestions or rows.judgements or rows.shown
                else ()
            ),
            versions=tuple(_decoded(to_text_version, rows.versions, tell)) if rows.versions else (),
        )
        yield row[0], record
    tables.finish()


def _tell_of(on_damage: OnDamage, document: Document, damage: DamagedRow) -> None:
    damage.document, damage.name = document.uid, document.name
    on_damage(damage)


@reads_row(ReferenceCells)
def to_reference(cells: ReferenceCells) -> tuple[str, bool]:
    """Return a reference (uid) and whether it is hidden. Raises DamagedRow."""
    return cells.uid, cells.removed is not None


def _references(rows: list[tuple[Any, ...]], on_damage: OnDamage) -> list[str]:
    return [uid for uid, is_hidden in _decoded(to_reference, rows, on_damage) if not is_hidden]


_R = TypeVar("_R")


def _decoded(
    decode: Callable[[tuple[Any, ...]], _R], rows: Iterable[tuple[Any, ...]], on_damage: OnDamage
) -> Iterator[_R]:
    for row in rows:
        try:
            value = decode(row)
        except DamagedRow as damage:
            on_damage(damage)
        else:
            yield value


_AnnotationDecoder = Callable[[_DocumentRows, OnDamage], dict[int, list[Annotation]]]
_READING_ORDER = itemgetter(1, 6, 2)  # start, end and uid of an annotation's row


def _sets(rows: _DocumentRows, decode: _AnnotationDecoder, on_damage: OnDamage) -> tuple[SetRecord, ...]:
    """Return the sets of a document; every row of its work must be of one of them."""
    annotations = decode(rows, on_damage)
    relations = _relations(rows, on_damage) if rows.relations else {}
    found: list[SetRecord] = []
    for cells in _decoded(to_record_set, rows.sets, on_damage):
        marks = annotations.pop(cells.id, [])
        ties = relations.get(cells.id, [])
        if ties:
            ties = _tied(ties, {mark.uid for mark in marks}, on_damage)
        found.append(
            SetRecord(
                annotator=cells.annotator,
                kind=cells.kind,
                status=cells.status,
                scheme=cells.scheme,
                seconds=cells.seconds,
                annotations=tuple(marks),
                relations=tuple(ties),
                remark=Remark(cells.flag, cells.note),
            )
        )
    for marks in annotations.values():
        on_damage(DamagedRow("annotation", marks[0].uid, "its annotation set isn't in the project, or can't be read"))
    return tuple(found)


def _annotations(rows: _DocumentRows, on_damage: OnDamage) -> dict[int, list[Annotation]]:
    """Return the annotations of a document with their evidence, in reading order, by set."""
    proofs = _evidence(rows, on_damage)
    # Cells that can't be compared aren't numbers and text; decoding them says which.
    with suppress(TypeError):
        rows.annotations.sort(key=_READING_ORDER)
    found: dict[int, list[Annotation]] = {}
    for row in rows.annotations:
        try:
            found.setdefault(row[3], []).append(to_annotation(row, tuple(proofs.pop(row[2], ()))))
        except DamagedRow as damage:
            on_damage(damage)
    _tell_of_lost(proofs, on_damage)
    return found


def _unpacked(rows: _DocumentRows, on_damage: OnDamage) -> dict[int, list[Annotation]]:
    """Return the same of packed annotations. Raises Unpackable."""
    proofs = _evidence(rows, on_damage) if rows.evidence else {}
    found = unpacked(rows.annotations[0][1], proofs) if rows.annotations else {}
    _tell_of_lost(proofs, on_damage)
    return found


def _evidence(rows: _DocumentRows, on_damage: OnDamage) -> dict[str, list[Evidence]]:
    """Return the evidence of a document by the uid of its annotation."""
    found: dict[str, list[Evidence]] = {}
    for row in rows.evidence:
        for piece in _decoded(to_evidence, (row,), on_damage):
            found.setdefault(row[1], []).append(piece)
    return found


def _tell_of_lost(evidence: dict[str, list[Evidence]], on_damage: OnDamage) -> None:
    for annotation in evidence:
        reason = "there is no such annotation in its document"
        on_damage(DamagedRow("evidence", f"of annotation {printable(annotation)}", reason))


def _relations(rows: _DocumentRows, on_damage: OnDamage) -> dict[int, list[Relation]]:
    found: dict[int, list[Relation]] = {}
    for row in rows.relations:
        for relation in _decoded(to_relation, (row[1:7],), on_damage):
            found.setdefault(row[7], []).append(relation)
    return found


@reads_row(RecordSetCells)
def to_record_set(cells: RecordSetCells) -> RecordSetCells:
    """Return the cells of a set's row. Raises DamagedRow."""
    return cells


def _tied(relations: list[Relation], annotations: set[str], on_damage: OnDamage) -> list[Relation]:
    """Return the relations whose ends are among the annotations (uids)."""
    held: list[Relation] = []
    for relation in relations:
        damage = untied(relation, annotations)
        if damage is None:
            held.append(relation)
        else:
            on_damage(damage)
    return held

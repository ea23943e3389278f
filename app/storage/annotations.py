"""Annotators, annotation sets, and the annotations, evidence and relations in them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from app.core.annotation import Annotation, Evidence, Relation, Status
from app.core.edits import Change
from app.core.errors import ProjectError
from app.core.ids import new_uid
from app.core.names import annotator_key, clean_name, name_problem
from app.core.remark import NO_REMARK, Remark
from app.storage.bulk_insert import insert_rows
from app.storage.connection import Connection
from app.storage.packed_annotations import Unpackable, packed_annotations, unpacked
from app.storage.project import Project
from app.storage.row_cells import AnnotatorCells, RecordSetCells, SetCells, reads_row
from app.storage.rows import (
    ANNOTATION_COLUMNS,
    ANNOTATION_SLOTS,
    EVIDENCE_COLUMNS,
    EVIDENCE_SLOTS,
    RELATION_COLUMNS,
    annotation_row,
    evidence_rows,
    relation_cells,
    to_annotation,
    to_evidence,
    to_relation,
    untied,
)

_INSERT_ANNOTATION = f"INSERT INTO annotation ({ANNOTATION_COLUMNS}) VALUES ({ANNOTATION_SLOTS})"
_COLUMNS = tuple(ANNOTATION_COLUMNS.split(", "))
_FEW_VALUES = ("layer", "label", "fragments", "attributes", "correction", "comment", "origin", "updated", "extra")
_OFTEN_ALIKE = tuple(number for number, name in enumerate(_COLUMNS) if name in _FEW_VALUES)
_HEADS = (
    "SELECT s.document, s.id, w.name, w.kind, s.status, s.scheme, s.seconds, s.flag, s.note FROM annotation_set s "
    "LEFT JOIN annotator w ON w.id = s.annotator WHERE s.document=? ORDER BY w.name"
)
_INSERT_EVIDENCE = f"INSERT INTO evidence ({EVIDENCE_COLUMNS}) VALUES ({EVIDENCE_SLOTS})"


class SetRow(NamedTuple):
    """An annotation set as stored."""

    key: int
    status: Status
    scheme: str
    seconds: float
    position: int
    remark: Remark = NO_REMARK


class SetHead(NamedTuple):
    """What an annotator's set says besides its annotations, and how many it has."""

    annotator: str
    kind: str
    status: Status
    remark: Remark
    annotations: int


@reads_row(RecordSetCells)
def _to_head(cells: RecordSetCells) -> SetHead:
    """Return a head without its count, of a row of _HEADS."""
    return SetHead(cells.annotator, cells.kind, cells.status, Remark(cells.flag, cells.note), 0)


@reads_row(SetCells)
def to_set(cells: SetCells) -> SetRow:
    """Return the set of a row `id, status, scheme, seconds, position, flag, note`. Raises DamagedRow."""
    remark = Remark(cells.flag, cells.note)
    return SetRow(cells.id, cells.status, cells.scheme, cells.seconds, cells.position, remark)


@reads_row(AnnotatorCells)
def to_annotator(cells: AnnotatorCells) -> tuple[int, str, str]:
    """Return key, name and kind of an annotator's row. Raises DamagedRow."""
    return cells.id, cells.name, cells.kind


class Annotations:
    """Everyone's work in a project. Methods that write must be called inside `project.atomic()`.

    Keys are row numbers of documents, annotators and sets.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> Connection:
        return self._project.connection

    def annotators(self) -> list[tuple[int, str, str]]:
        """Return key, name and kind (“person”, “model” or “gold”) of all annotators, by name."""
        return [to_annotator(row) for row in self._db.cells("SELECT id, name, kind FROM annotator ORDER BY name")]

    def find_annotator(self, name: str) -> int | None:
        """Return an annotator's key, None if there is none. “Ana”, “ana ” and other Unicode forms are one person."""
        row = self._db.execute("SELECT id FROM annotator WHERE key=?", [annotator_key(name)]).fetchone()
        return row[0] if row else None

    def ensure_annotator(self, name: str, *, kind: str = "person") -> int:
        """Return an annotator's key, adding them if needed. Raises ProjectError for a blank name."""
        found = self.find_annotator(name)
        if found is not None:
            return found
        wrong = name_problem(name)
        if wrong is not None:
            raise ProjectError(f"“{name[:40]}” isn't a valid annotator name: {wrong}", hint="use another name")
        sql = "INSERT INTO annotator (uid, name, kind, key) VALUES (?,?,?,?)"
        return self._db.execute(sql, [new_uid(), clean_name(name), kind, annotator_key(name)]).lastrowid or 0

    def set_of(self, document: int, annotator: int) -> SetRow | None:
        """Return an annotator's set on a document, None if they never worked on it."""
        sql = (
            "SELECT id, status, scheme, seconds, position, flag, note FROM annotation_set "
            "WHERE document=? AND annotator=?"
        )
        row = self._db.cells(sql, [document, annotator]).fetchone()
        return to_set(row) if row else None

    def heads(self, document: int) -> list[SetHead]:
        """Return what everyone's sets on a document say besides their annotations, by name: nothing is read that grows
        with these. Raises DamagedRow.
        """
        count = "(SELECT count(*) FROM annotation a WHERE a.set_id = s.id)"
        sql = f"SELECT s.id, {count} FROM annotation_set s WHERE s.document=?"
        counts = dict(self._db.execute(sql, [document]))
        return [_to_head(row)._replace(annotations=counts.get(row[1], 0)) for row in self._db.cells(_HEADS, [document])]

    def ensure_set(
        self, document: int, annotator: int, *, scheme: str, status: Status = Status.OPEN, seconds: float = 0.0
    ) -> int:
        """Return the key of an annotator's set on a document, adding the set if needed."""
        found = self.set_of(document, annotator)
        if found is not None:
            return found.key
        sql = "INSERT INTO annotation_set (document, annotator, status, seconds, scheme) VALUES (?,?,?,?,?)"
        return self._db.execute(sql, [document, annotator, status.value, seconds, scheme]).lastrowid or 0

    def next_set_key(self) -> int:
        """Return the key that the next set will get."""
        return self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM annotation_set").fetchone()[0]

    def insert_sets(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add sets in bulk, as rows of key, document, annotator, status, seconds, scheme, flag and note."""
        sql = (
            "INSERT INTO annotation_set (id, document, annotator, status, seconds, scheme, flag, note) "
            "VALUES (?,?,?,?,?,?,?,?)"
        )
        self._db.executemany(sql, rows)
        if "annotation_set" in self._db.row_sums:
            self._db.row_sums["annotation_set"].add(row[:4] + row[5:] for row in rows)

    def load(self, document: int, set_key: int) -> tuple[list[Annotation], list[Relation]]:
        """Return the annotations and relations of a set. Raises DamagedRow."""
        evidence: dict[str, list[Evidence]] = {}
        sql = f"SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE owner=? ORDER BY annotation, ordinal"
        for row in self._db.cells(sql, [document]):
            evidence.setdefault(row[1], []).append(to_evidence(row))
        sql = f"SELECT {ANNOTATION_COLUMNS} FROM annotation WHERE document=? AND set_id=? ORDER BY start, uid"
        rows = self._db.cells(sql, [document, set_key])
        annotations = [to_annotation(row, tuple(evidence.get(row[2], ()))) for row in rows]
        return annotations, self._relations(set_key, annotations)

    def _relations(self, set_key: int, annotations: Iterable[Annotation]) -> list[Relation]:
        sql = f"SELECT {RELATION_COLUMNS} FROM relation WHERE set_id=? ORDER BY uid"
        relations = [to_relation(row) for row in self._db.cells(sql, [set_key])]
        known = {annotation.uid for annotation in annotations} if relations else set[str]()
        for damage in (untied(relation, known) for relation in relations):
            if damage is not None:
                raise damage
        return relations

    def load_sets(self, document: int, set_keys: Collection[int]) -> dict[int, tuple[list[Annotation], list[Relation]]]:
        """Return what `load` does of several sets of a document, by their keys, several times faster if there is much.

        Raises DamagedRow.
        """
        evidence: dict[str, list[Evidence]] = {}
        sql = f"SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE owner=? ORDER BY annotation, ordinal"
        for row in self._db.cells(sql, [document]):
            evidence.setdefault(row[1], []).append(to_evidence(row))
        found: dict[int, list[Annotation]] = {}
        try:
            for _, packed in packed_annotations(self._db, only=document):
                found = unpacked(packed, evidence)
        except Unpackable:
            return {key: self.load(document, key) for key in set_keys}  # which says what is wrong
        return {key: (found.get(key, []), self._relations(key, found.get(key, []))) for key in set_keys}

    def insert(self, document: int, set_key: int, annotations: Iterable[Annotation]) -> None:
        """Add annotations with their evidence."""
        annotations = list(annotations)
        self._db.executemany(_INSERT_ANNOTATION, [annotation_row(document, set_key, a) for a in annotations])
        self.insert_evidence(row for a in annotations for row in evidence_rows(document, a))

    def insert_rows(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add annotation rows in bulk, in the order of ANNOTATION_COLUMNS."""
        insert_rows(self._db, "annotation", _COLUMNS, rows, alike=_OFTEN_ALIKE)

    def insert_evidence(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add evidence rows in bulk, in the order of EVIDENCE_COLUMNS."""
        self._db.executemany(_INSERT_EVIDENCE, rows)

    def insert_relations(self, set_key: int, relations: Iterable[Relation]) -> None:
        """Add relations."""
        sql = f"INSERT INTO relation (set_id, {RELATION_COLUMNS}) VALUES (?,?,?,?,?,?,?)"
        self._db.executemany(sql, [(set_key, *relation_cells(relation)) for relation in relations])

    def delete(self, document: int, annotations: Iterable[Annotation]) -> None:
        """Delete annotations with their evidence."""
        keys = [(document, a.start, a.uid) for a in annotations]
        self._db.executemany("DELETE FROM annotation WHERE document=? AND start=? AND uid=?", keys)
        self._db.executemany("DELETE FROM evidence WHERE owner=? AND annotation=?", [(d, uid) for d, _, uid in keys])

    def write(self, change: Change, *, document: int, set_key: int) -> None:
        """Write a change to the rows; its cost doesn't depend on the size of the document."""
        gone = [*change.removed, *(old for old, _ in change.replaced)]
        come = [*change.added, *(new for _, new in change.replaced)]
        if gone:
            self.delete(document, gone)
        if come:
            self.insert(document, set_key, come)
        gone_relations = [*change.relations_removed, *(old for old, _ in change.relations_replaced)]
        if gone_relations:
            keys = [(set_key, relation.uid) for relation in gone_relations]
            self._db.executemany("DELETE FROM relation WHERE set_id=? AND uid=?", keys)
        new_relations = [*change.relations_added, *(new for _, new in change.relations_replaced)]
        if new_relations:
            self.insert_relations(set_key, new_relations)
        if change.status:
            self._db.execute("UPDATE annotation_set SET status=? WHERE id=?", [change.status[1].value, set_key])
        if change.remark:
            flag, note = change.remark[1].flag, change.remark[1].note
            self._db.execute("UPDATE annotation_set SET flag=?, note=? WHERE id=?", [flag, note, set_key])
        self._db.execute("DELETE FROM set_count WHERE set_id=?", [set_key])
        self._db.execute("DELETE FROM document_count WHERE document=?", [document])

    def remember(self, set_key: int, *, position: int, seconds: float) -> None:
        """Store the annotator's position in the document (code points), and add time spent (seconds)."""
        sql = "UPDATE annotation_set SET position=?, seconds=seconds+? WHERE id=?"
        self._db.execute(sql, [position, seconds, set_key])

    def add_seconds(self, set_key: int, seconds: float) -> None:
        """Add seconds, which may be negative, to the time spent; the sum is never below 0."""
        self._db.execute("UPDATE annotation_set SET seconds=max(0, seconds+?) WHERE id=?", [seconds, set_key])

    def known_uids(self, uids: Iterable[str]) -> set[str]:
        """Return those of the uids that are annotations of this project."""
        found = (self._db.execute("SELECT uid FROM annotation WHERE uid=?", [uid]).fetchone() for uid in uids)
        return {row[0] for row in found if row}

    def status_counts(self, annotator: int) -> dict[str, int]:
        """Return the number of documents that an annotator has in each status."""
        sql = (
            "SELECT s.status, count(*) FROM annotation_set s JOIN document d ON d.id = s.document "
            "WHERE s.annotator=? AND +d.removed IS NULL GROUP BY s.status"
        )
        return dict(self._project.reader.execute(sql, [annotator]).fetchall())

    def has_gold(self) -> bool:
        """Return whether gold has an annotation, or a status other than open, in any document that isn't hidden."""
        # CROSS JOIN keeps their order: without gold, nothing is to be looked at, however many sets there are.
        sql = (
            "SELECT 1 FROM annotator w CROSS JOIN annotation_set s ON s.annotator = w.id "
            "JOIN document d ON d.id = s.document AND +d.removed IS NULL WHERE w.kind = 'gold' AND "
            "(s.status <> 'open' OR EXISTS (SELECT 1 FROM annotation a WHERE a.set_id = s.id)) LIMIT 1"
        )
        return self._project.reader.execute(sql).fetchone() is not None

    def workers(self) -> list[str]:
        """Return who has done something, gold aside, by name: someone who merely opened documents hasn't."""
        sql = (
            "SELECT DISTINCT w.name FROM annotator w JOIN annotation_set s ON s.annotator = w.id "
            "JOIN document d ON d.id = s.document AND +d.removed IS NULL WHERE w.kind <> 'gold' AND "
            "(s.status <> 'open' OR EXISTS (SELECT 1 FROM annotation a WHERE a.set_id = s.id)) ORDER BY w.name"
        )
        return [name for (name,) in self._db.execute(sql)]

    def annotator_counts(self) -> list[tuple[str, str, str, int, int]]:
        """Return uid, name, kind, number of documents and of annotations of everyone, by name."""
        sql = (
            "SELECT w.uid, w.name, w.kind, count(d.id), "
            "coalesce(sum(CASE WHEN d.id THEN (SELECT count(*) FROM annotation a WHERE a.set_id = s.id) END), 0) "
            "FROM annotator w LEFT JOIN annotation_set s ON s.annotator = w.id "
            "LEFT JOIN document d ON d.id = s.document AND +d.removed IS NULL GROUP BY w.id ORDER BY w.name"
        )
        return self._db.execute(sql).fetchall()

    def label_counts(self) -> list[tuple[str, str, str, int]]:
        """Return rows of layer, label, annotator and number of annotations, over all documents."""
        # By set first, in the order of an index: joining each annotation takes five times as long.
        sql = (
            "SELECT a.layer, a.label, w.name, sum(a.count) FROM (SELECT set_id, layer, label, count(*) AS count "
            "FROM annotation GROUP BY set_id, layer, label) a JOIN annotation_set s ON s.id = a.set_id "
            "JOIN annotator w ON w.id = s.annotator JOIN document d ON d.id = s.document WHERE +d.removed IS NULL "
            "GROUP BY a.layer, a.label, w.name ORDER BY a.layer, a.label, w.name"
        )
        return self._db.execute(sql).fetchall()

    def labels(self) -> list[tuple[str, str]]:
        """Return the layers and labels that annotations have, over all documents. What it costs grows with the labels,
        not with the annotations.
        """
        found: list[tuple[str, str]] = []
        used = (
            "SELECT 1 FROM annotation a JOIN document d ON d.id = a.document WHERE a.layer = ? AND a.label = ? "
            "AND +d.removed IS NULL LIMIT 1"
        )
        first = "SELECT layer, label FROM annotation ORDER BY layer, label LIMIT 1"
        of_layer = "SELECT layer, label FROM annotation WHERE layer = ? AND label > ? ORDER BY label LIMIT 1"
        of_next = "SELECT layer, label FROM annotation WHERE layer > ? ORDER BY layer, label LIMIT 1"
        row = self._db.execute(first).fetchone()
        while row is not None:
            if self._db.execute(used, row).fetchone() is not None:
                found.append(row)
            row = self._db.execute(of_layer, row).fetchone() or self._db.execute(of_next, row[:1]).fetchone()
        return found

    def documents_with(self, labels: Iterable[tuple[str, str]]) -> list[str]:
        """Return the documents (uids) with annotations of any of the labels, given as pairs of layer and label."""
        sql = (
            "SELECT d.uid FROM document d WHERE +d.removed IS NULL AND EXISTS (SELECT 1 FROM annotation a "
            "WHERE a.document = d.id AND a.layer = ? AND a.label = ?) ORDER BY d.id"
        )
        return list(dict.fromkeys(row[0] for place in labels for row in self._db.execute(sql, place)))

    def documents_with_relations(self, types: Iterable[str]) -> list[str]:
        """Return the documents (uids) with relations of any of the types."""
        sql = (
            "SELECT d.uid FROM document d WHERE +d.removed IS NULL AND EXISTS (SELECT 1 FROM annotation_set s "
            "JOIN relation r ON r.set_id = s.id WHERE s.document = d.id AND r.label = ?) ORDER BY d.id"
        )
        return list(dict.fromkeys(row[0] for label in types for row in self._db.execute(sql, [label])))

    def relation_counts(self) -> list[tuple[str, int]]:
        """Return rows of relation type and number of relations, over all documents and annotators."""
        sql = (
            "SELECT r.label, count(*) FROM relation r JOIN annotation_set s ON s.id = r.set_id "
            "JOIN document d ON d.id = s.document WHERE +d.removed IS NULL GROUP BY r.label ORDER BY r.label"
        )
        return self._db.execute(sql).fetchall()

    def sets_of(self, document: int) -> list[tuple[SetRow, str, str]]:
        """Return the sets of a document, each with its annotator's name and kind, by name."""
        sql = (
            "SELECT s.id, s.status, s.scheme, s.seconds, s.position, s.flag, s.note, w.name, w.kind "
            "FROM annotation_set s JOIN annotator w ON w.id = s.annotator WHERE s.document=? ORDER BY w.name"
        )
        return [(to_set(row[:7]), row[7], row[8]) for row in self._db.cells(sql, [document])]

    def documents_of(self, annotator: int) -> list[str]:
        """Return the documents (uids) that an annotator has a set on, in order of import."""
        sql = (
            "SELECT d.uid FROM annotation_set s JOIN document d ON d.id = s.document AND d.removed IS NULL "
            "WHERE s.annotator = ? ORDER BY d.id"
        )
        return [row[0] for row in self._db.execute(sql, [annotator])]

    def citing(self, document: str) -> list[int]:
        """Return the documents (row numbers), hidden ones too, of annotations with evidence in a document (uid)."""
        sql = "SELECT DISTINCT owner FROM evidence WHERE document=? ORDER BY owner"
        return [row[0] for row in self._db.execute(sql, [document])]

    def citing_documents(self, document: str) -> list[str]:
        """Return the documents (uids) with annotations that have evidence in a document (uid), in order of import."""
        sql = (
            "SELECT d.uid FROM document d WHERE d.removed IS NULL AND d.id IN "
            "(SELECT e.owner FROM evidence e WHERE e.document=?) ORDER BY d.id"
        )
        return [row[0] for row in self._db.execute(sql, [document])]

    def corrected_by(self, annotator: int) -> Iterator[tuple[str, Annotation]]:
        """Yield an annotator's annotations that have a correction, each after its document (uid), in order of import.

        Their evidence isn't loaded.
        """
        columns = ", ".join(f"a.{name.strip()}" for name in ANNOTATION_COLUMNS.split(","))
        sql = (
            f"SELECT {columns}, d.uid FROM annotation a JOIN annotation_set s ON s.id = a.set_id "
            "JOIN document d ON d.id = a.document AND +d.removed IS NULL "
            "WHERE s.annotator=? AND a.correction <> '' ORDER BY a.document, a.start"
        )
        for row in self._db.cells(sql, [annotator]):
            yield row[-1], to_annotation(row[:-1], ())

"""Reviewers' decisions, reveals of names, releases of gold, and snapshots of the sets from when review began."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from app.core.annotation import normal_fragments
from app.core.clock import now
from app.core.decision import Decision
from app.core.errors import DamagedRow
from app.core.record import SetSnapshot
from app.storage.connection import Connection, printable
from app.storage.project import Project
from app.storage.row_cells import DecidedLabelsCells, DecisionCells, SnapshotCells, reads_row
from app.storage.rows import require_placed, to_json

_COLUMNS = (
    "x.uid, d.uid, w.name, x.time, x.layer, x.group_key, x.outcome, x.kinds, x.labels, x.sources, x.gold, x.fields, "
    "x.votes, x.tally, x.reason, x.note, x.unclear, x.rule"
)
_STANDING = (
    "FROM decision x JOIN document d ON d.id = x.document LEFT JOIN annotator w ON w.id = x.reviewer "
    "WHERE x.act = 'decide' AND x.sequence = (SELECT max(n.sequence) FROM decision n WHERE n.uid = x.uid)"
)
ACTIVE_DECISIONS = f"SELECT d.id, {_COLUMNS} {_STANDING}"
"""The decisions that weren't withdrawn, each after its document's row number; to be filtered and ordered by callers."""

EVERY_DECISION = (
    f"SELECT x.document, {_COLUMNS}, d.name FROM decision x LEFT JOIN document d ON d.id = x.document "
    "LEFT JOIN annotator w ON w.id = x.reviewer ORDER BY x.sequence"
)
"""All decisions and withdrawals, like ACTIVE_DECISIONS, each before its document's name."""

_words = msgspec.json.Decoder(tuple[str, ...])
_fields = msgspec.json.Decoder(dict[str, str])
_votes = msgspec.json.Decoder(dict[str, str | None])
_tally = msgspec.json.Decoder(dict[str, dict[str, int]])


SNAPSHOTS = (
    "SELECT d.uid, w.name, f.content FROM frozen f JOIN document d ON d.id = f.document "
    "JOIN annotator w ON w.id = f.annotator"
)
_snapshots = msgspec.json.Decoder(SetSnapshot)


@reads_row(SnapshotCells)
def to_snapshot(cells: SnapshotCells) -> tuple[str, str, SetSnapshot]:
    """Return document (uid), annotator (name) and content of a snapshot. Raises DamagedRow."""
    content = _snapshots.decode(cells.content)
    for annotation in content.annotations:
        require_placed(annotation.evidence)
        if normal_fragments(annotation.fragments, length=annotation.end) != annotation.fragments:
            raise ValueError("the fragments of an annotation aren't in order")
    return cells.document, cells.annotator, content


class ReleaseRow(NamedTuple):
    """The release of a document's gold to its annotators."""

    document: str
    reviewer: str
    time: str


@reads_row(DecidedLabelsCells)
def _decided_labels(cells: DecidedLabelsCells) -> tuple[str, tuple[str, ...]]:
    """Return layer and labels of a group. Raises DamagedRow."""
    return cells.layer, _words.decode(cells.labels)


@reads_row(DecisionCells)
def to_decision(cells: DecisionCells) -> Decision:
    """Return the decision of a row of ACTIVE_DECISIONS. Raises DamagedRow."""
    return Decision(
        uid=cells.uid,
        document=cells.document,
        layer=cells.layer,
        key=cells.group_key,
        outcome=cells.outcome,
        reviewer=cells.reviewer,
        time=cells.time,
        kinds=_words.decode(cells.kinds),
        labels=_words.decode(cells.labels),
        sources=_words.decode(cells.sources),
        gold=cells.gold,
        fields=_fields.decode(cells.fields),
        votes=_votes.decode(cells.votes),
        tally=_tally.decode(cells.tally) if cells.tally is not None else None,
        reason=cells.reason,
        note=cells.note,
        unclear=bool(cells.unclear),
        rule=cells.rule,
    )


class Damage(NamedTuple):
    """What is wrong with a row of the decisions; `document` (uid) and its `name` are empty if it has none."""

    document: str
    name: str
    what: str


def damaged_decisions(project: Project) -> Iterator[Damage]:
    """Yield the decisions, withdrawn ones too, that can't be decoded, and current ones whose gold doesn't exist."""
    for *row, name in project.reader.cells(EVERY_DECISION):
        uid, document, reviewer = row[1:4]
        place = (printable(document or ""), printable(name or ""))
        if document is None or reviewer is None:
            what = "document" if document is None else "reviewer"
            yield Damage(*place, f"decision {printable(uid)}: its {what} isn't in the project")
            continue
        try:
            to_decision(row)
        except DamagedRow as error:
            yield Damage(*place, f"decision {error.row} is invalid ({error.reason})")
    orphaned = (
        f"SELECT uid, document_uid, name, gold FROM (SELECT x.*, d.uid AS document_uid, d.name {_STANDING}) y "
        "WHERE gold IS NOT NULL AND NOT EXISTS (SELECT 1 FROM annotation a JOIN annotation_set s ON s.id = a.set_id "
        "JOIN annotator g ON g.id = s.annotator WHERE a.uid = y.gold AND s.document = y.document AND g.kind = 'gold')"
    )
    for row in project.reader.cells(orphaned):
        uid, document, name, gold = map(printable, row)
        yield Damage(document, name, f"decision {uid} is on {gold}, which isn't in the document's gold")


class Decisions:
    """The reviewers' work in a project. Methods that write must be called inside `project.atomic()`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> Connection:
        return self._project.connection

    def of_document(self, document: str) -> list[Decision]:
        """Return the current decisions on a document (uid), oldest first."""
        sql = f"{ACTIVE_DECISIONS} AND d.uid = ? ORDER BY x.sequence"
        return [to_decision(row) for row in self._db.cells(sql, [document])]

    def all(self) -> list[Decision]:
        """Return all current decisions on documents that aren't hidden, oldest first."""
        sql = f"{ACTIVE_DECISIONS} AND +d.removed IS NULL ORDER BY x.sequence"
        return [to_decision(row) for row in self._project.reader.cells(sql)]

    def find(self, uid: str) -> Decision | None:
        """Return the current decision with a uid, None if there is none or it was withdrawn."""
        row = self._db.cells(f"{ACTIVE_DECISIONS} AND x.uid = ?", [uid]).fetchone()
        return to_decision(row) if row else None

    def last(self, uid: str) -> Decision | None:
        """Return a decision as it was last, also if it was withdrawn since; None if there never was one."""
        sql = (
            f"SELECT d.id, {_COLUMNS} FROM decision x JOIN document d ON d.id = x.document "
            "LEFT JOIN annotator w ON w.id = x.reviewer WHERE x.uid = ? ORDER BY x.sequence DESC LIMIT 1"
        )
        row = self._db.cells(sql, [uid]).fetchone()
        return to_decision(row) if row else None

    def changed_since(self, sequence: int) -> list[str]:
        """Return the decisions (uids) that were made, changed or withdrawn after a sequence, in that order."""
        sql = "SELECT uid FROM decision WHERE sequence > ? GROUP BY uid ORDER BY max(sequence)"
        return [row[0] for row in self._db.execute(sql, [sequence])]

    def newest_sequence(self) -> int:
        """Return the sequence of the newest row, 0 if there is none."""
        return self._db.execute("SELECT coalesce(max(sequence), 0) FROM decision").fetchone()[0]

    def known_uids(self, uids: Iterable[str]) -> set[str]:
        """Return those of the uids that are current decisions, on any document."""
        return {uid for uid in uids if self.find(uid) is not None}

    def knows(self, uid: str) -> bool:
        """Whether a decision was ever made here, withdrawn or not."""
        return self._db.execute("SELECT 1 FROM decision WHERE uid = ? LIMIT 1", [uid]).fetchone() is not None

    def decide(self, decision: Decision, *, document: int, reviewer: int) -> None:
        """Add a decision, a new version of one, or one that was withdrawn again; keys are row numbers."""
        self._append("decide", decision, document, reviewer, decision.time)

    def withdraw(self, decision: Decision, *, document: int, reviewer: int) -> None:
        """Add a row that withdraws a decision; keys are row numbers."""
        self._append("withdraw", decision, document, reviewer, now())

    def _append(self, act: str, d: Decision, document: int, reviewer: int, time: str) -> None:
        values = (
            *(d.uid, act, document, reviewer, time, d.layer, d.key, d.outcome.value, to_json(d.kinds)),
            *(to_json(d.labels), to_json(d.sources), d.gold, to_json(d.fields), to_json(d.votes)),
            to_json(d.tally) if d.tally is not None else None,
            *(d.reason.value if d.reason else None, d.note, int(d.unclear), d.rule),
        )
        self._db.execute(
            "INSERT INTO decision (uid, act, document, reviewer, time, layer, group_key, outcome, kinds, labels, "
            f"sources, gold, fields, votes, tally, reason, note, unclear, rule) VALUES ({','.join('?' * 19)})",
            values,
        )
        self._db.execute("DELETE FROM document_count WHERE document=?", [document])

    # -- snapshots -----------------------------------------------------------------------------------------------------

    def add_snapshots(self, document: int, sets: Mapping[int, tuple[str, SetSnapshot | str]]) -> None:
        """Store snapshots of a document's sets, by annotator's row number and with the scheme's tag; existing ones are
        kept. One that is text is one as JSON.
        """
        rows = [
            (document, who, now(), scheme, content if isinstance(content, str) else to_json(content))
            for who, (scheme, content) in sets.items()
        ]
        self._db.executemany(
            "INSERT OR IGNORE INTO frozen (document, annotator, time, scheme, content) VALUES (?,?,?,?,?)", rows
        )

    def snapshot_annotators(self, document: int) -> set[int]:
        """Return the row numbers of the annotators of whose sets a document has snapshots."""
        sql = "SELECT annotator FROM frozen WHERE document = ?"
        return {row[0] for row in self._db.execute(sql, [document])}

    def snapshots(self) -> dict[tuple[str, str], SetSnapshot]:
        """Return all snapshots, by document's uid and annotator's name."""
        rows = map(to_snapshot, self._project.reader.cells(SNAPSHOTS))
        return {(document, name): content for document, name, content in rows}

    def frozen_documents(self) -> set[str]:
        """Return the documents (uids) of whose sets there are snapshots."""
        sql = "SELECT d.uid FROM document d WHERE d.removed IS NULL AND d.id IN (SELECT document FROM frozen)"
        return {row[0] for row in self._project.reader.execute(sql)}

    def snapshots_by_annotator(self, document: str) -> dict[str, SetSnapshot]:
        """Return the snapshots of one document (uid), by annotator's name."""
        rows = map(to_snapshot, self._db.cells(f"{SNAPSHOTS} WHERE d.uid = ?", [document]))
        return {name: content for _, name, content in rows}

    def snapshots_naming(self, document: str) -> list[str]:
        """Return the documents (uids) with snapshots that may have evidence in a document (uid)."""
        sql = (
            "SELECT d.uid FROM document d WHERE d.id IN (SELECT f.document FROM frozen f WHERE instr(f.content, ?)) "
            "ORDER BY d.id"
        )
        return [row[0] for row in self._db.execute(sql, [document])]

    def replace_snapshot(self, document: int, annotator: int, content: SetSnapshot) -> None:
        """Replace a snapshot, given by row numbers, with its migration to another scheme."""
        sql = "UPDATE frozen SET content = ? WHERE document = ? AND annotator = ?"
        self._db.execute(sql, [to_json(content), document, annotator])

    def labels(self) -> list[tuple[str, str]]:
        """Return the layers and labels of the groups that decisions are about. Raises DamagedRow."""
        sql = f"SELECT min(x.uid), x.layer, x.labels {_STANDING} AND +d.removed IS NULL GROUP BY x.layer, x.labels"
        groups = [_decided_labels(row) for row in self._db.cells(sql)]
        return [(layer, label) for layer, labels in groups for label in labels]

    def documents_naming(self, label: str) -> list[str]:
        """Return the documents (uids) with a snapshot or a decision that may contain a label; there may be too many."""
        name = msgspec.json.encode(label).decode()
        sql = (
            "SELECT d.uid FROM document d WHERE d.removed IS NULL AND ("
            "EXISTS (SELECT 1 FROM frozen f WHERE f.document = d.id AND instr(f.content, ?)) OR "
            "EXISTS (SELECT 1 FROM decision x WHERE x.document = d.id AND instr(x.labels, ?))) ORDER BY d.id"
        )
        return [row[0] for row in self._db.execute(sql, [f'"label":{name}', name])]

    # -- release and reveal --------------------------------------------------------------------------------------------

    def releases(self) -> dict[str, ReleaseRow]:
        """Return the releases, by document's uid."""
        sql = (
            "SELECT d.uid, w.name, r.time FROM release r JOIN document d ON d.id = r.document "
            "JOIN annotator w ON w.id = r.reviewer WHERE +d.removed IS NULL ORDER BY d.id"
        )
        return {row[0]: ReleaseRow(*row) for row in self._db.execute(sql)}

    def release(self, document: int, *, reviewer: int, time: str) -> bool:
        """Release a document; return False if it was released already."""
        sql = "INSERT OR IGNORE INTO release (document, reviewer, time) VALUES (?,?,?)"
        return self._db.execute(sql, [document, reviewer, time]).rowcount > 0

    def end_release(self, document: int) -> bool:
        """End a release; return False if there was none."""
        return self._db.execute("DELETE FROM release WHERE document = ?", [document]).rowcount > 0

    def log_reveal(self, document: int, *, reviewer: int) -> None:
        """Record that a reviewer revealed the annotators' names in a document."""
        self._db.execute("INSERT INTO reveal (time, reviewer, document) VALUES (?,?,?)", [now(), reviewer, document])

    def reveals(self) -> list[tuple[str, str, str]]:
        """Return the time, reviewer and document's uid of every reveal, oldest first."""
        sql = (
            "SELECT r.time, w.name, d.uid FROM reveal r JOIN annotator w ON w.id = r.reviewer "
            "JOIN document d ON d.id = r.document ORDER BY r.sequence"
        )
        return self._db.execute(sql).fetchall()

    def annotators_of(self, documents: Iterable[int]) -> dict[int, list[int]]:
        """Return the row numbers of the annotators, without gold, who have a set on each document."""
        found: dict[int, list[int]] = {}
        sql = (
            "SELECT s.annotator FROM annotation_set s JOIN annotator w ON w.id = s.annotator "
            "WHERE s.document = ? AND w.kind <> 'gold' ORDER BY w.name"
        )
        for document in documents:
            found[document] = [row[0] for row in self._db.execute(sql, [document])]
        return found

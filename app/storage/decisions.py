"""What reviewers decided, when names were revealed, what was released, and the sets as they were before all that."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from app.core.clock import now
from app.core.decision import Decision, Outcome, Reason
from app.core.record import SetSnapshot
from app.storage.errors import DamagedRow, reads_row
from app.storage.project import Project
from app.storage.rows import to_json

_COLUMNS = (
    "x.uid, d.uid, w.name, x.time, x.layer, x.group_key, x.outcome, x.kinds, x.labels, x.sources, x.gold, x.fields, "
    "x.votes, x.reason, x.note, x.unclear, x.rule"
)
_STANDING = (
    "FROM decision x JOIN document d ON d.id = x.document JOIN annotator w ON w.id = x.reviewer "
    "WHERE x.act = 'decide' AND x.sequence = (SELECT max(n.sequence) FROM decision n WHERE n.uid = x.uid)"
)
STANDING_DECISIONS = f"SELECT d.id, {_COLUMNS} {_STANDING}"
"""The decisions that weren't withdrawn, each with its document's row number before it; to be filtered and ordered."""

_words = msgspec.json.Decoder(tuple[str, ...])
_fields = msgspec.json.Decoder(dict[str, str])
_votes = msgspec.json.Decoder(dict[str, str | None])


_FROZEN = (
    "SELECT d.uid, w.name, f.content FROM frozen f JOIN document d ON d.id = f.document "
    "JOIN annotator w ON w.id = f.annotator"
)
_content = msgspec.json.Decoder(SetSnapshot)


@reads_row
def _frozen(content: bytes | str) -> SetSnapshot:
    return _content.decode(content)


class ReleaseRow(NamedTuple):
    """That a document's gold may be seen by its annotators."""

    document: str
    reviewer: str
    time: str


@reads_row
def to_decision(row: Sequence[Any]) -> Decision:
    """Return the decision of a row of STANDING_DECISIONS."""
    _, uid, document, reviewer, time, layer, key, outcome, kinds, labels, sources, gold, fields, votes, *rest = row
    reason, note, unclear, rule = rest
    return Decision(
        uid=uid,
        document=document,
        layer=layer,
        key=key,
        outcome=Outcome(outcome),
        reviewer=reviewer,
        time=time,
        kinds=_words.decode(kinds),
        labels=_words.decode(labels),
        sources=_words.decode(sources),
        gold=gold,
        fields=_fields.decode(fields),
        votes=_votes.decode(votes),
        reason=Reason(reason) if reason else None,
        note=note,
        unclear=bool(unclear),
        rule=rule,
    )


class Damage(NamedTuple):
    """What is wrong with a row of the decisions; `document` (uid) and its `name` are empty if it has none."""

    document: str
    name: str
    what: str


def damaged_decisions(project: Project) -> Iterator[Damage]:
    """Yield the decisions, withdrawn ones too, that can't be read, and those that stand on gold that isn't there."""
    everything = (
        f"SELECT x.document, {_COLUMNS}, d.name FROM decision x LEFT JOIN document d ON d.id = x.document "
        "LEFT JOIN annotator w ON w.id = x.reviewer ORDER BY x.sequence"
    )
    for *row, name in project.reader.execute(everything):
        uid, document, reviewer = row[1:4]
        if document is None or reviewer is None:
            what = "document" if document is None else "reviewer"
            yield Damage(document or "", name or "", f"decision {uid}: its {what} isn't in the project")
            continue
        try:
            to_decision(row)
        except DamagedRow as error:
            yield Damage(document, name, f"decision {uid} is invalid ({error.reason})")
    astray = (
        f"SELECT uid, document_uid, name, gold FROM (SELECT x.*, d.uid AS document_uid, d.name {_STANDING}) y "
        "WHERE gold IS NOT NULL AND NOT EXISTS (SELECT 1 FROM annotation a JOIN annotation_set s ON s.id = a.set_id "
        "JOIN annotator g ON g.id = s.annotator WHERE a.uid = y.gold AND s.document = y.document AND g.kind = 'gold')"
    )
    for uid, document, name, gold in project.reader.execute(astray):
        yield Damage(document, name, f"decision {uid} is on {gold}, which isn't in the document's gold")


class Decisions:
    """The reviewers' side of a project. Writing methods must be called inside `project.atomic()`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> sqlite3.Connection:
        return self._project.connection

    def of_document(self, document: str) -> list[Decision]:
        """Return the standing decisions on a document (uid), oldest first."""
        sql = f"{STANDING_DECISIONS} AND d.uid = ? ORDER BY x.sequence"
        return [to_decision(row) for row in self._db.execute(sql, [document])]

    def all(self) -> list[Decision]:
        """Return all standing decisions on documents that are there, oldest first."""
        sql = f"{STANDING_DECISIONS} AND +d.removed IS NULL ORDER BY x.sequence"
        return [to_decision(row) for row in self._project.reader.execute(sql)]

    def find(self, uid: str) -> Decision | None:
        """Return a standing decision, or None."""
        row = self._db.execute(f"{STANDING_DECISIONS} AND x.uid = ?", [uid]).fetchone()
        return to_decision(row) if row else None

    def known_uids(self, uids: Iterable[str]) -> set[str]:
        """Return those of the uids that are standing decisions, on whatever document."""
        return {uid for uid in uids if self.find(uid) is not None}

    def knows(self, uid: str) -> bool:
        """Whether a decision was ever made here, withdrawn or not."""
        return self._db.execute("SELECT 1 FROM decision WHERE uid = ? LIMIT 1", [uid]).fetchone() is not None

    def decide(self, decision: Decision, *, document: int, reviewer: int) -> None:
        """Add a decision, or one that was withdrawn, again."""
        self._append("decide", decision, document, reviewer, decision.time)

    def withdraw(self, decision: Decision, *, document: int, reviewer: int) -> None:
        """Say that a decision no longer stands."""
        self._append("withdraw", decision, document, reviewer, now())

    def _append(self, act: str, d: Decision, document: int, reviewer: int, time: str) -> None:
        values = (
            *(d.uid, act, document, reviewer, time, d.layer, d.key, d.outcome.value, to_json(d.kinds)),
            *(to_json(d.labels), to_json(d.sources), d.gold, to_json(d.fields), to_json(d.votes)),
            *(d.reason.value if d.reason else None, d.note, int(d.unclear), d.rule),
        )
        self._db.execute(
            "INSERT INTO decision (uid, act, document, reviewer, time, layer, group_key, outcome, kinds, labels, "
            f"sources, gold, fields, votes, reason, note, unclear, rule) VALUES ({','.join('?' * 18)})",
            values,
        )

    # -- frozen --------------------------------------------------------------------------------------------------------

    def freeze(self, document: int, sets: Mapping[int, tuple[str, SetSnapshot]]) -> None:
        """Keep the sets of a document, by annotator's row number with their scheme's tag, unless they are kept yet."""
        rows = [(document, who, now(), scheme, to_json(content)) for who, (scheme, content) in sets.items()]
        self._db.executemany(
            "INSERT OR IGNORE INTO frozen (document, annotator, time, scheme, content) VALUES (?,?,?,?,?)", rows
        )

    def frozen_annotators(self, document: int) -> set[int]:
        """Return the row numbers of those whose sets of a document are kept."""
        sql = "SELECT annotator FROM frozen WHERE document = ?"
        return {row[0] for row in self._db.execute(sql, [document])}

    def frozen(self) -> dict[tuple[str, str], SetSnapshot]:
        """Return the kept sets by document's uid and annotator's name."""
        rows = self._project.reader.execute(_FROZEN)
        return {(document, name): _frozen(content) for document, name, content in rows}

    def frozen_of(self, document: str) -> dict[str, SetSnapshot]:
        """Return the kept sets of one document (uid) by annotator's name."""
        rows = self._project.reader.execute(f"{_FROZEN} WHERE d.uid = ?", [document])
        return {name: _frozen(content) for _, name, content in rows}

    def refreeze(self, document: int, annotator: int, content: SetSnapshot) -> None:
        """Put another text in the place of a kept set, by row numbers: the same marks by another scheme."""
        sql = "UPDATE frozen SET content = ? WHERE document = ? AND annotator = ?"
        self._db.execute(sql, [to_json(content), document, annotator])

    def documents_naming(self, label: str) -> list[str]:
        """Return the documents (uids) with a kept set or a standing decision that may name a label."""
        name = msgspec.json.encode(label).decode()
        sql = (
            "SELECT d.uid FROM document d WHERE d.removed IS NULL AND ("
            "EXISTS (SELECT 1 FROM frozen f WHERE f.document = d.id AND instr(f.content, ?)) OR "
            "EXISTS (SELECT 1 FROM decision x WHERE x.document = d.id AND instr(x.labels, ?))) ORDER BY d.id"
        )
        return [row[0] for row in self._db.execute(sql, [f'"label":{name}', name])]

    # -- release and reveal --------------------------------------------------------------------------------------------

    def releases(self) -> dict[str, ReleaseRow]:
        """Return what is released, by document's uid."""
        sql = (
            "SELECT d.uid, w.name, r.time FROM release r JOIN document d ON d.id = r.document "
            "JOIN annotator w ON w.id = r.reviewer WHERE +d.removed IS NULL ORDER BY d.id"
        )
        return {row[0]: ReleaseRow(*row) for row in self._db.execute(sql)}

    def release(self, document: int, *, reviewer: int, time: str) -> bool:
        """Release a document; return False if it was released."""
        sql = "INSERT OR IGNORE INTO release (document, reviewer, time) VALUES (?,?,?)"
        return self._db.execute(sql, [document, reviewer, time]).rowcount > 0

    def take_back(self, document: int) -> bool:
        """End a release; return False if there was none."""
        return self._db.execute("DELETE FROM release WHERE document = ?", [document]).rowcount > 0

    def log_reveal(self, document: int, *, reviewer: int) -> None:
        """Keep that a reviewer looked behind the letters of a document."""
        self._db.execute("INSERT INTO reveal (time, reviewer, document) VALUES (?,?,?)", [now(), reviewer, document])

    def reveals(self) -> list[tuple[str, str, str]]:
        """Return time, reviewer and document's uid of every reveal, oldest first."""
        sql = (
            "SELECT r.time, w.name, d.uid FROM reveal r JOIN annotator w ON w.id = r.reviewer "
            "JOIN document d ON d.id = r.document ORDER BY r.sequence"
        )
        return self._db.execute(sql).fetchall()

    def annotators_of(self, documents: Iterable[int]) -> dict[int, list[int]]:
        """Return the row numbers of those with a set on each document, gold left out."""
        found: dict[int, list[int]] = {}
        sql = (
            "SELECT s.annotator FROM annotation_set s JOIN annotator w ON w.id = s.annotator "
            "WHERE s.document = ? AND w.kind <> 'gold' ORDER BY w.name"
        )
        for document in documents:
            found[document] = [row[0] for row in self._db.execute(sql, [document])]
        return found

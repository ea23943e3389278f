"""Conditions on documents, and what they are sorted by, as SQL about the document with the row number `d.value`."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple
from unicodedata import normalize

from app.core.annotation import Status
from app.core.document_conditions import (
    COMPARED,
    FINISHED,
    LABEL_COUNT,
    LAYER_COUNT,
    META,
    NUMBERS,
    YES,
    Condition,
    number_of,
)
from app.core.document_names import canonical
from app.core.names import annotator_key
from app.storage.connection import Connection
from app.storage.document_meta import stored_text
from app.storage.document_queries import DocumentQueries

WORK = "(s.status <> 'open' OR EXISTS (SELECT 1 FROM annotation a WHERE a.set_id = s.id))"
"""That a set `s` is work: somebody marked something, or set a status."""
STATUSES = tuple(status.value for status in Status)


class Clause(NamedTuple):
    """A condition, or a value, as SQL with its arguments."""

    sql: str
    arguments: tuple[Any, ...] = ()


class DocumentClauses:
    """The conditions of a project's lists. `person` is the annotator (row number) whose own status, labels, rules and
    notes count; None for anyone's.
    """

    def __init__(
        self, documents: DocumentQueries, person: int | None, labels_under: Callable[[str], list[str]]
    ) -> None:
        """`labels_under` gives the labels that one stands for."""
        self._documents = documents
        self._read: Connection = documents.reading
        self._person = person
        self._labels_under = labels_under

    @property
    def own(self) -> str:
        """The end of a condition on sets `s`: that they are the person's."""
        return "" if self._person is None else f" AND s.annotator = {self._person:d}"

    def of(self, conditions: Iterable[Condition]) -> list[Clause]:
        """Return the conditions as SQL: alternatives of one key in one clause. Those on fields aren't among them."""
        same: dict[str, list[str]] = {}
        found: list[Clause] = []
        for condition in conditions:
            if condition.comparison == "=" and condition.key not in NUMBERS:
                same.setdefault(condition.key, []).append(condition.value)
            elif condition.comparison == "!=":
                clause = self._clause(condition.key, [condition.value])
                found.append(Clause(f"NOT ({clause.sql})", clause.arguments))
            else:
                found.append(self.compared(condition))
        found.extend(self._clause(key, values) for key, values in same.items())
        return found

    def _clause(self, key: str, values: Sequence[str]) -> Clause:
        if key.startswith(META):
            return self._meta(key.removeprefix(META), values)
        if key in NUMBERS:
            return self.compared(Condition(key, values[0]))
        makers: dict[str, Callable[[Sequence[str]], Clause]] = {
            "status": self.status,
            "name": self._name,
            "title": self._title,
            "label": self._labelled,
            "layer": lambda wanted: self._marked("layer", wanted),
            "annotator": self._annotator,
            "assigned": self._assigned,
            "scheme": self._scheme,
            "flag": lambda wanted: _yes_no(self._flagged, wanted),
            "note": lambda wanted: _yes_no(self._noted, wanted),
            "added": lambda wanted: self._in_batches([Condition("added", one) for one in wanted], any),
        }
        return makers[key](values)

    _flagged = "SELECT 1 FROM annotation_set s WHERE s.document = d.value AND s.flag IS NOT NULL"

    @property
    def _noted(self) -> str:
        return f"SELECT 1 FROM annotation_set s WHERE s.document = d.value AND s.note <> ''{self.own}"

    def status(self, values: Sequence[str]) -> Clause:
        """Return that a document has one of the statuses."""
        wanted = statuses(values)
        # A document that no one has opened is open.
        here = f"SELECT 1 FROM annotation_set s WHERE s.document = d.value{self.own}"
        sql = f"EXISTS ({here} AND s.status IN ({slots(wanted)}))"
        return Clause(f"{sql} OR NOT EXISTS ({here})" if "open" in wanted else sql, tuple(wanted))

    def _name(self, values: Sequence[str]) -> Clause:
        uids = self.uids_named(values)
        if uids:
            return Clause(f"d.value IN (SELECT id FROM document WHERE uid IN ({slots(uids)}))", tuple(uids))
        patterns = patterns_of(values)
        sql = " OR ".join(["n.name GLOB ?"] * len(patterns))
        return Clause(f"EXISTS (SELECT 1 FROM document n WHERE n.id = d.value AND ({sql}))", tuple(patterns))

    def uids_named(self, values: Sequence[str]) -> list[str]:
        """Return the documents (uids) that are called so, not by a pattern."""
        return [uid for value in values for uid in self._documents.find(value)]

    def _title(self, values: Sequence[str]) -> Clause:
        patterns = patterns_of(values)
        sql = " OR ".join(["m.value GLOB ?"] * len(patterns))
        here = f"SELECT 1 FROM document_meta m WHERE m.document = d.value AND m.key = 'title' AND ({sql})"
        return Clause(f"EXISTS ({here})", tuple(patterns))

    def _labelled(self, values: Sequence[str]) -> Clause:
        return self._marked("label", self.labels(values))

    def labels(self, values: Iterable[str]) -> list[str]:
        """Return labels with all that are under them."""
        return list(dict.fromkeys(label for value in values for label in self._labels_under(value)))

    def _marked(self, column: str, values: Sequence[str]) -> Clause:
        sql = f"SELECT 1 FROM annotation a CROSS JOIN annotation_set s ON s.id = a.set_id{self.own} "
        sql += f"WHERE a.document = d.value AND +a.{column} IN ({slots(values)})"
        return Clause(f"EXISTS ({sql})", tuple(values))

    def _annotator(self, values: Sequence[str]) -> Clause:
        who = f"s.annotator IN (SELECT id FROM annotator WHERE key IN ({slots(values)}))"
        sql = f"EXISTS (SELECT 1 FROM annotation_set s WHERE s.document = d.value AND {who} AND {WORK})"
        return Clause(sql, tuple(map(annotator_key, values)))

    def _assigned(self, values: Sequence[str]) -> Clause:
        who = f"g.annotator IN (SELECT id FROM annotator WHERE key IN ({slots(values)}))"
        sql = f"EXISTS (SELECT 1 FROM assignment g WHERE g.document = d.value AND {who})"
        return Clause(sql, tuple(map(annotator_key, values)))

    def _scheme(self, values: Sequence[str]) -> Clause:
        here = f"SELECT 1 FROM annotation_set s WHERE s.document = d.value{self.own}"
        return Clause(f"EXISTS ({here} AND s.scheme IN ({slots(values)}))", tuple(values))

    def _meta(self, key: str, values: Sequence[str]) -> Clause:
        stored = [form for value in values for form in forms_of(value)]
        here = "SELECT 1 FROM document_meta m WHERE m.document = d.value AND m.key = ?"
        return Clause(f"EXISTS ({here} AND m.value IN ({slots(stored)}))", (canonical(key), *stored))

    def compared(self, condition: Condition) -> Clause:
        """Return a condition with a comparison other than equality, or on a number."""
        key, comparison = condition.key, condition.comparison
        if key.startswith(META):
            kind, value = compared_meta(condition)
            sql = f"SELECT 1 FROM document_meta m WHERE m.document = d.value AND m.key = ? AND m.value {comparison} ?"
            return Clause(f"EXISTS ({sql} AND {kind})", (canonical(key.removeprefix(META)), value))
        if key == "added":
            return self._in_batches([condition], all)
        value = self.value(key)
        return Clause(f"coalesce({value.sql}, 0) {comparison} ?", (*value.arguments, int(condition.value)))

    def _in_batches(self, conditions: Sequence[Condition], which: Callable[[Iterable[bool]], bool]) -> Clause:
        batches = self.batches_added(conditions, which)
        here = "SELECT 1 FROM document n WHERE n.id = d.value AND n.batch IN (SELECT value FROM json_each(?))"
        return Clause(f"EXISTS ({here})", (json.dumps(batches),))

    def batches_added(self, conditions: Sequence[Condition], which: Callable[[Iterable[bool]], bool]) -> list[int]:
        """Return the imports (batches) of the days (UTC) that meet all or any of the conditions."""
        return [
            batch
            for batch, day in self._days_added.items()
            if which(COMPARED[condition.comparison](day, condition.value) for condition in conditions)
        ]

    @cached_property
    def _days_added(self) -> Mapping[int, str]:
        """The days by batch; an import whose row of the log isn't there has none."""
        found: dict[int, str] = {}
        last = -1
        sql = (
            "SELECT d.batch, substr(e.time, 1, 10) FROM (SELECT min(batch) AS batch FROM document WHERE batch > ?) d "
            "LEFT JOIN edit_log e ON e.sequence = d.batch"
        )
        while (row := self._read.execute(sql, [last]).fetchone()) is not None and row[0] is not None:
            last = row[0]
            if row[1] is not None:
                found[last] = row[1]
        return found

    # -- values --------------------------------------------------------------------------------------------------------

    def value(self, key: str) -> Clause:
        """Return what documents are sorted by as a value; NULL or 0 where there is none. Not for `import`, `finished`
        and fields, which SQL can't tell.
        """
        if key.startswith(META):
            name = canonical(key.removeprefix(META))
            return Clause("(SELECT m.value FROM document_meta m WHERE m.document = d.value AND m.key = ?)", (name,))
        if key.startswith(LABEL_COUNT):
            return self._count("label", self.labels([key.removeprefix(LABEL_COUNT)]))
        if key.startswith(LAYER_COUNT):
            return self._count("layer", [key.removeprefix(LAYER_COUNT)])
        sets = f"FROM annotation_set s WHERE s.document = d.value{self.own}"
        place = " ".join(f"WHEN '{status}' THEN {at}" for at, status in enumerate(STATUSES))
        who = "s.annotator = w.id AND w.kind <> 'gold'"
        values = {
            "words": "SELECT n.words FROM document n WHERE n.id = d.value",
            "length": "SELECT n.length FROM document n WHERE n.id = d.value",
            "name": "SELECT n.name FROM document n WHERE n.id = d.value",
            "title": "SELECT t.title FROM document_title t WHERE t.document = d.value",
            "status": f"SELECT min(CASE s.status {place} END) {sets}",
            "flag": f"SELECT CASE WHEN EXISTS ({self._flagged}) THEN 0 ELSE 1 END",
            "note": f"SELECT CASE WHEN EXISTS ({self._noted}) THEN 0 ELSE 1 END",
            "annotator": f"SELECT min(w.key) FROM annotation_set s JOIN annotator w ON {who} "
            f"WHERE s.document = d.value AND {WORK}",
            "assigned": "SELECT min(w.key) FROM assignment g JOIN annotator w ON w.id = g.annotator "
            "WHERE g.document = d.value",
            "scheme": f"SELECT min(s.scheme) {sets}",
            "marks": f"SELECT count(*) FROM annotation a CROSS JOIN annotation_set s ON s.id = a.set_id{self.own} "
            "WHERE a.document = d.value",
            "conflicts": "SELECT c.conflicts FROM document_count c WHERE c.document = d.value",
            "rules": "SELECT max(c.unmet) FROM annotation_set s JOIN set_count c ON c.set_id = s.id "
            f"WHERE s.document = d.value{self.own}",
        }
        return Clause(f"({values[key]})")

    def _count(self, column: str, wanted: Sequence[str]) -> Clause:
        sql = f"SELECT count(*) FROM annotation a CROSS JOIN annotation_set s ON s.id = a.set_id{self.own} "
        sql += f"WHERE a.document = d.value AND +a.{column} IN ({slots(wanted)})"
        return Clause(f"({sql})", tuple(wanted))


def slots(values: Sequence[object]) -> str:
    """Return as many slots for arguments as there are values."""
    return ",".join("?" * len(values))


def _yes_no(sql: str, values: Sequence[str]) -> Clause:
    wanted = set(values)
    if len(wanted) == 2:
        return Clause("1")
    return Clause(f"EXISTS ({sql})" if YES in wanted else f"NOT EXISTS ({sql})")


def statuses(values: Iterable[str]) -> list[str]:
    """Return the statuses that are meant, “finished” being both kinds of done."""
    done = (Status.DONE.value, Status.DONE_EMPTY.value)
    return list(dict.fromkeys(one for value in values for one in (done if value == FINISHED else (value,))))


def forms_of(value: str) -> list[Any]:
    """Return the values that rows of metadata may have for one that was typed: as text, and as a number."""
    number, text = number_of(value), stored_text(canonical(value))
    return [text] if number is None else [text, number]


def compared_meta(condition: Condition) -> tuple[str, Any]:
    """Return which rows of metadata `m` a comparison is with, as SQL, and the value: numbers or texts."""
    number = number_of(condition.value)
    if number is not None:
        return "typeof(m.value) <> 'text'", number
    return "typeof(m.value) = 'text'", stored_text(canonical(condition.value))


def patterns_of(values: Iterable[str]) -> list[str]:
    """Return patterns for names for SQLite's GLOB, in both canonical forms, since names may be in either."""
    return [pattern for value in values for pattern in _patterns(value)]


def _patterns(value: str) -> list[str]:
    pattern = value.replace("[!", "[^")
    literal = value.replace("[", "[[]")
    return list(dict.fromkeys(normalize(form, text) for text in (literal, pattern) for form in ("NFC", "NFD")))

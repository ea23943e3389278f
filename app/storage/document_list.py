"""Lists of documents that meet conditions, in an order, read batch by batch.

Nothing here reads all rows at once. An order is walked through an index, from the last row of one batch to the next,
and each batch is narrowed to what meets the conditions; where a condition has an index, only what that names is walked.
"""

import json
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from app.core.annotation import Status
from app.core.document_conditions import FINISHED, IMPORTED, META, YES, Condition, Sorting, number_of
from app.core.document_names import canonical
from app.core.names import annotator_key
from app.storage.connection import Connection
from app.storage.document_queries import DocumentQueries

_FIRST, _MORE = 500, 20_000  # documents that are walked through for the first batch, and for each of the others
_FEW = 50_000  # documents that are read at once and sorted, where an index names so many at most
_EVERY = "SELECT id FROM document WHERE removed IS NULL AND id > :after ORDER BY id LIMIT :most"
_EVERY_BACK = "SELECT id FROM document WHERE removed IS NULL AND id < :after ORDER BY id DESC LIMIT :most"
_WORK = "(s.status <> 'open' OR EXISTS (SELECT 1 FROM annotation a WHERE a.set_id = s.id))"
_COLUMNS = {"words": "words", "length": "length", "name": "name"}
_LAST = 2**62
_STATUSES = tuple(status.value for status in Status)
Batches = Generator["array[int]"]


class Clause(NamedTuple):
    """A condition on the document with row number `d.value`, as SQL with its arguments."""

    sql: str
    arguments: tuple[Any, ...] = ()


class DocumentList:
    """The documents of a project by conditions and in an order.

    `person` is the annotator (row number) whose status, labels, rules and notes count; None for anyone's. Counts of
    rules and conflicts must have been made before (`services/documents/counts`).
    """

    def __init__(self, documents: DocumentQueries, person: int | None) -> None:
        self._documents = documents
        self._read: Connection = documents.reading
        self._person = person

    def keys(self, conditions: Sequence[Condition], sorting: Sorting = IMPORTED) -> Iterator[int]:
        """Yield the row numbers of the documents that meet the conditions, in an order."""
        with closing(self.batches(conditions, sorting)) as batches:
            yield from chain.from_iterable(batches)

    def batches(self, conditions: Sequence[Condition], sorting: Sorting = IMPORTED) -> Batches:
        """Yield the same in batches, which may be empty, of some milliseconds each."""
        clauses = self.clauses(conditions)
        for walk, more in self._walks(conditions, sorting):
            for batch in walk:
                kept = self.kept(batch, [*clauses, *more])
                yield array("q", kept)

    def kept(self, keys: Sequence[int], clauses: Sequence[Clause]) -> list[int]:
        """Return those of the documents that meet all clauses, in the order given."""
        hidden = self._hidden
        if not clauses:
            return [key for key in keys if key not in hidden]
        where = " AND ".join(f"({clause.sql})" for clause in clauses)
        arguments = [argument for clause in clauses for argument in clause.arguments]
        sql = f"SELECT d.value FROM json_each(?) d WHERE {where}"
        found = {row[0] for row in self._read.execute(sql, [json.dumps(list(keys)), *arguments])}
        return [key for key in keys if key in found and key not in hidden]

    @cached_property
    def _hidden(self) -> set[int]:
        # All at once, through their index: asked for by row number, SQLite would look at every document.
        sql = "SELECT id FROM document WHERE removed IS NOT NULL"
        return set(chain.from_iterable(self._read.execute(sql)))

    # -- conditions ----------------------------------------------------------------------------------------------------

    def clauses(self, conditions: Iterable[Condition]) -> list[Clause]:
        """Return the conditions as SQL: alternatives of one key in one clause."""
        same: dict[str, list[str]] = {}
        found: list[Clause] = []
        for condition in conditions:
            if condition.comparison == "=" and condition.key not in ("words", "length", "rules", "conflicts"):
                same.setdefault(condition.key, []).append(condition.value)
            elif condition.comparison == "!=":
                clause = self._clause(condition.key, [condition.value])
                found.append(Clause(f"NOT ({clause.sql})", clause.arguments))
            else:
                found.append(self._compared(condition))
        found.extend(self._clause(key, values) for key, values in same.items())
        return found

    def _clause(self, key: str, values: Sequence[str]) -> Clause:
        if key.startswith(META):
            return self._meta(key.removeprefix(META), values)
        if key in ("words", "length", "rules", "conflicts"):
            return self._compared(Condition(key, values[0]))
        makers: dict[str, Callable[[Sequence[str]], Clause]] = {
            "status": self._status,
            "name": self._name,
            "title": self._title,
            "label": lambda wanted: self._labelled("label", wanted),
            "layer": lambda wanted: self._labelled("layer", wanted),
            "annotator": self._annotator,
            "assigned": self._assigned,
            "scheme": self._scheme,
            "flag": lambda wanted: _yes_no(
                "SELECT 1 FROM annotation_set s WHERE s.document = d.value AND s.flag IS NOT NULL", wanted
            ),
            "note": lambda wanted: _yes_no(
                f"SELECT 1 FROM annotation_set s WHERE s.document = d.value AND s.note <> ''{self._own()}", wanted
            ),
        }
        return makers[key](values)

    def _own(self) -> str:
        return "" if self._person is None else f" AND s.annotator = {self._person:d}"

    def _status(self, values: Sequence[str]) -> Clause:
        wanted = _statuses(values)
        # A document that no one has opened is open.
        here = f"SELECT 1 FROM annotation_set s WHERE s.document = d.value{self._own()}"
        sql = f"EXISTS ({here} AND s.status IN ({_slots(wanted)}))"
        return Clause(f"{sql} OR NOT EXISTS ({here})" if "open" in wanted else sql, tuple(wanted))

    def _name(self, values: Sequence[str]) -> Clause:
        uids = [uid for value in values for uid in self._documents.find(value)]
        if uids:
            return Clause(f"d.value IN (SELECT id FROM document WHERE uid IN ({_slots(uids)}))", tuple(uids))
        patterns = [pattern for value in values for pattern in _patterns(value)]
        sql = " OR ".join(["n.name GLOB ?"] * len(patterns))
        return Clause(f"EXISTS (SELECT 1 FROM document n WHERE n.id = d.value AND ({sql}))", tuple(patterns))

    def _title(self, values: Sequence[str]) -> Clause:
        patterns = [pattern for value in values for pattern in _patterns(value)]
        sql = " OR ".join(["m.value GLOB ?"] * len(patterns))
        here = f"SELECT 1 FROM document_meta m WHERE m.key = 'title' AND m.document = d.value AND ({sql})"
        return Clause(f"EXISTS ({here})", tuple(patterns))

    def _labelled(self, column: str, values: Sequence[str]) -> Clause:
        sql = f"SELECT 1 FROM annotation a JOIN annotation_set s ON s.id = a.set_id{self._own()} "
        sql += f"WHERE a.document = d.value AND a.{column} IN ({_slots(values)})"
        return Clause(f"EXISTS ({sql})", tuple(values))

    def _annotator(self, values: Sequence[str]) -> Clause:
        who = f"s.annotator IN (SELECT id FROM annotator WHERE key IN ({_slots(values)}))"
        sql = f"EXISTS (SELECT 1 FROM annotation_set s WHERE s.document = d.value AND {who} AND {_WORK})"
        return Clause(sql, tuple(map(annotator_key, values)))

    def _assigned(self, values: Sequence[str]) -> Clause:
        who = f"g.annotator IN (SELECT id FROM annotator WHERE key IN ({_slots(values)}))"
        sql = f"EXISTS (SELECT 1 FROM assignment g WHERE g.document = d.value AND {who})"
        return Clause(sql, tuple(map(annotator_key, values)))

    def _scheme(self, values: Sequence[str]) -> Clause:
        here = f"SELECT 1 FROM annotation_set s WHERE s.document = d.value{self._own()}"
        return Clause(f"EXISTS ({here} AND s.scheme IN ({_slots(values)}))", tuple(values))

    def _meta(self, key: str, values: Sequence[str]) -> Clause:
        stored = [form for value in values for form in _forms(value)]
        here = "SELECT 1 FROM document_meta m WHERE m.key = ? AND m.document = d.value"
        return Clause(f"EXISTS ({here} AND m.value IN ({_slots(stored)}))", (canonical(key), *stored))

    def _compared(self, condition: Condition) -> Clause:
        key, comparison = condition.key, condition.comparison
        if key.startswith(META):
            sql = f"SELECT 1 FROM document_meta m WHERE m.key = ? AND m.document = d.value AND m.value {comparison} ?"
            number = number_of(condition.value)
            kind = " AND typeof(m.value) <> 'text'" if number is not None else " AND typeof(m.value) = 'text'"
            value = canonical(condition.value) if number is None else number
            return Clause(f"EXISTS ({sql}{kind})", (canonical(key.removeprefix(META)), value))
        number = int(condition.value)
        return Clause(f"coalesce(({self._number(key)}), 0) {comparison} ?", (number,))

    def _number(self, key: str) -> str:
        if key == "conflicts":
            return "SELECT c.conflicts FROM document_count c WHERE c.document = d.value"
        if key == "rules":
            sql = "SELECT max(c.unmet) FROM annotation_set s JOIN set_count c ON c.set_id = s.id "
            return f"{sql}WHERE s.document = d.value{self._own()}"
        return f"SELECT n.{key} FROM document n WHERE n.id = d.value"

    # -- orders --------------------------------------------------------------------------------------------------------

    def _walks(
        self, conditions: Sequence[Condition], sorting: Sorting
    ) -> Iterator[tuple[Iterator[Sequence[int]], list[Clause]]]:
        """Yield the parts of an order one after the other: how to walk each, and what else its documents must meet."""
        key, falls = sorting
        if key == "import":
            yield self._by_import(conditions, falls=falls), []
        elif key in _COLUMNS:
            yield self._by_column(_COLUMNS[key], falls=falls), []
        elif key.startswith(META):
            name = canonical(key.removeprefix(META))
            yield self._by_meta(name, falls=falls), []
            here = "SELECT 1 FROM document_meta m WHERE m.key = ? AND m.document = d.value"
            yield self._by_import(conditions), [Clause(f"NOT EXISTS ({here})", (name,))]
        elif key == "status":
            for status in reversed(_STATUSES) if falls else _STATUSES:
                narrowed = [*conditions, Condition("status", status)]
                yield self._by_import(narrowed), [self._own_status(status)]
        elif key == "flag":
            for value in ("no", YES) if falls else (YES, "no"):
                yield self._by_import([*conditions, Condition("flag", value)]), self.clauses([Condition("flag", value)])
        else:
            counted = self._by_count(key, falls=falls)
            none = (self._by_import(conditions), [self._compared(Condition(key, "0"))])
            yield from ([(counted, []), none] if falls else [none, (counted, [])])

    def _own_status(self, status: str) -> Clause:
        """Return that a document has a status: the annotator's own, or the first of anyone's in the order."""
        if self._person is not None:
            return self._status([status])
        earlier = _STATUSES[: _STATUSES.index(status)]
        here = self._status([status])
        before = [self._status([other]) for other in earlier]
        sql = " AND ".join([f"({here.sql})", *(f"NOT ({one.sql})" for one in before)])
        return Clause(sql, (*here.arguments, *(argument for one in before for argument in one.arguments)))

    def _by_import(self, conditions: Sequence[Condition], *, falls: bool = False) -> Iterator[Sequence[int]]:
        """Walk in order of import: through the index of a condition that has one, or through all."""
        few = self._few(conditions)
        if few is not None:
            yield from _in_parts(few[::-1] if falls else few)
            return
        sql, arguments = self._driver(conditions) if not falls else (_EVERY_BACK, {})
        after, most = (_LAST if falls else 0), _FIRST
        while True:
            rows = self._read.execute(sql, {**arguments, "after": after, "most": most}).fetchall()
            if not rows:
                return
            yield [row[0] for row in rows]
            after, most = rows[-1][0], _MORE

    def _driver(self, conditions: Sequence[Condition]) -> tuple[str, dict[str, Any]]:
        """Return a walk in order of import over a superset of what meets the conditions, through an index."""
        single = [c for c in conditions if c.comparison == "=" and [o.key for o in conditions].count(c.key) == 1]
        for condition in single:
            key, value = condition.key, condition.value
            if key == "flag" and value == YES:
                sql = "SELECT DISTINCT document FROM annotation_set WHERE flag IS NOT NULL AND document > :after"
                return f"{sql} ORDER BY document LIMIT :most", {}
            if key == "status" and self._person is not None and value not in (FINISHED, "open"):
                sql = (
                    "SELECT document FROM annotation_set WHERE annotator = :person AND status = :status "
                    "AND document > :after ORDER BY document LIMIT :most"
                )
                return sql, {"person": self._person, "status": value}
            if key.startswith(META) and number_of(value) is None:
                sql = (
                    "SELECT document FROM document_meta WHERE key = :key AND value = :value "
                    "AND document > :after ORDER BY document LIMIT :most"
                )
                return sql, {"key": canonical(key.removeprefix(META)), "value": canonical(value)}
        return _EVERY, {}

    def _few(self, conditions: Sequence[Condition]) -> list[int] | None:
        """Return, in order, the documents that one of the conditions leaves, if an index says that they are few."""
        for condition in conditions:
            column = condition.key
            if column in ("words", "length") and condition.comparison != "!=":
                sql = f"SELECT id FROM document WHERE {column} {condition.comparison} ? LIMIT {_FEW + 1}"
                arguments: list[Any] = [int(condition.value)]
            elif column == "rules" and condition.comparison in (">", ">=") and int(condition.value) > 0:
                sql = "SELECT DISTINCT s.document FROM set_count c "
                sql += f"JOIN annotation_set s ON s.id = c.set_id{self._own()} "
                sql += f"WHERE c.unmet {condition.comparison} ? LIMIT {_FEW + 1}"
                arguments = [int(condition.value)]
            elif column == "conflicts" and condition.comparison in (">", ">=") and int(condition.value) > 0:
                sql = f"SELECT document FROM document_count WHERE conflicts {condition.comparison} ? LIMIT {_FEW + 1}"
                arguments = [int(condition.value)]
            else:
                continue
            found = [row[0] for row in self._read.execute(sql, arguments)]
            if len(found) <= _FEW:
                return sorted(found)
        return None

    def _by_column(self, column: str, *, falls: bool) -> Iterator[Sequence[int]]:
        side, order = ("<", "DESC") if falls else (">", "ASC")
        begin = f"SELECT {column}, id FROM document ORDER BY {column} {order}, id {order} LIMIT :most"
        go_on = (
            f"SELECT {column}, id FROM document WHERE ({column}, id) {side} (:value, :key) "
            f"ORDER BY {column} {order}, id {order} LIMIT :most"
        )
        yield from self._walk(begin, go_on, {})

    def _by_meta(self, key: str, *, falls: bool) -> Iterator[Sequence[int]]:
        side, order = ("<", "DESC") if falls else (">", "ASC")
        head = "SELECT value, document FROM document_meta WHERE key = :name"
        tail = f"ORDER BY value {order}, document {order} LIMIT :most"
        go_on = f"{head} AND (value, document) {side} (:value, :key) {tail}"
        yield from self._walk(f"{head} {tail}", go_on, {"name": key})

    def _walk(self, begin: str, go_on: str, arguments: dict[str, Any]) -> Iterator[Sequence[int]]:
        rows = self._read.execute(begin, {**arguments, "most": _FIRST}).fetchall()
        while rows:
            yield [row[1] for row in rows]
            value, key = rows[-1]
            rows = self._read.execute(go_on, {**arguments, "value": value, "key": key, "most": _MORE}).fetchall()

    def _by_count(self, key: str, *, falls: bool) -> Iterator[Sequence[int]]:
        if key == "conflicts":
            sql = "SELECT conflicts, document FROM document_count WHERE conflicts > 0"
        else:
            sql = "SELECT max(c.unmet), s.document FROM set_count c JOIN annotation_set s ON s.id = c.set_id"
            sql += f"{self._own()} WHERE c.unmet > 0 GROUP BY s.document"
        rows = self._read.execute(sql).fetchall()
        rows.sort(key=lambda row: (-row[0] if falls else row[0], row[1]))
        yield from _in_parts([row[1] for row in rows])


def _in_parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    start, most = 0, _FIRST
    while start < len(keys):
        yield keys[start : start + most]
        start, most = start + most, _MORE


def _slots(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _yes_no(sql: str, values: Sequence[str]) -> Clause:
    wanted = set(values)
    if len(wanted) == 2:
        return Clause("1")
    return Clause(f"EXISTS ({sql})" if YES in wanted else f"NOT EXISTS ({sql})")


def _statuses(values: Iterable[str]) -> list[str]:
    """Return the statuses that are meant, “finished” being both kinds of done."""
    done = (Status.DONE.value, Status.DONE_EMPTY.value)
    return list(dict.fromkeys(one for value in values for one in (done if value == FINISHED else (value,))))


def _forms(value: str) -> list[Any]:
    """Return the values that rows of metadata may have for one that was typed: as text, and as a number."""
    number = number_of(value)
    return [canonical(value)] if number is None else [canonical(value), number]


def _patterns(value: str) -> list[str]:
    """Return a pattern for names for SQLite's GLOB, in both canonical forms, since names may be in either."""
    from unicodedata import normalize

    pattern = value.replace("[!", "[^")
    literal = value.replace("[", "[[]")
    return list(dict.fromkeys(normalize(form, text) for text in (literal, pattern) for form in ("NFC", "NFD")))

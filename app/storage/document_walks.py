"""Walks through documents in order of import: over all, or over those that an index names for a condition.

A walk may pass documents that don't meet the condition, but it leaves out none that does.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from heapq import merge
from itertools import chain
from typing import Any, NamedTuple

from app.core.document_conditions import META, NO, Condition
from app.core.document_names import canonical
from app.core.field_conditions import FieldTest
from app.core.names import annotator_key
from app.storage.connection import Connection
from app.storage.document_clauses import DocumentClauses, compared_meta, forms_of, patterns_of, slots, statuses

FIRST, MORE = 500, 20_000  # documents that are walked through for the first batch, and for each of the others
FEW = 50_000  # documents that are read at once and sorted, where an index names so many at most
_PROBED = 3_000  # documents of a walk that are counted, to take the shortest one
_LAST = 2**62


class Walk(NamedTuple):
    """Documents through an index: what to select from, with its condition, and the column with their row numbers."""

    source: str
    column: str = "document"
    arguments: tuple[Any, ...] = ()


EVERY = Walk("document WHERE removed IS NULL", "id")


class DocumentWalks:
    """The walks through a project's documents."""

    def __init__(self, read: Connection, person: int | None, clauses: DocumentClauses) -> None:
        self._read = read
        self._person = person
        self._clauses = clauses

    def by_import(
        self, conditions: Sequence[Condition], fields: Sequence[FieldTest], *, falls: bool = False
    ) -> Iterator[Sequence[int]]:
        """Walk in order of import, as short a way as the conditions allow."""
        few = self.few(conditions, fields)
        if few is not None:
            yield from in_parts(few[::-1] if falls else few)
        else:
            yield from self.along(self._narrowest(conditions, fields), falls=falls)

    def along(self, walks: Sequence[Walk], *, falls: bool = False) -> Iterator[Sequence[int]]:
        """Walk several ways at once, in one order and passing each document once."""
        if len(walks) == 1:
            yield from self._along(walks[0], falls=falls)
            return
        streams = [chain.from_iterable(self._along(walk, falls=falls)) for walk in walks]
        batch: list[int] = []
        last, most = None, FIRST
        for key in merge(*streams, reverse=falls):
            if key != last:
                batch.append(key)
                last = key
            if len(batch) >= most:
                yield batch
                batch, most = [], MORE
        yield batch

    def _along(self, walk: Walk, *, falls: bool) -> Iterator[list[int]]:
        column, side, order = walk.column, "<" if falls else ">", "DESC" if falls else "ASC"
        sql = f"SELECT DISTINCT {column} FROM {walk.source} AND {column} {side} ? ORDER BY {column} {order} LIMIT ?"
        after, most = (_LAST if falls else -1), FIRST
        while True:
            rows = self._read.execute(sql, [*walk.arguments, after, most]).fetchall()
            if not rows:
                return
            yield [row[0] for row in rows]
            after, most = rows[-1][0], MORE

    def few(self, conditions: Sequence[Condition], fields: Sequence[FieldTest]) -> list[int] | None:
        """Return, in order, the documents that the conditions leave, if an index says that they are few."""
        best: set[int] | None = None
        for walks in chain(self._ranges(conditions), self._ways(conditions, fields)):
            found = self._all_along(walks, FEW if best is None else len(best))
            best = best if found is None else found
        return None if best is None else sorted(best)

    def few_along(self, walks: Sequence[Walk]) -> list[int] | None:
        """Return, in order, the documents on some walks, if they are few."""
        found = self._all_along(walks, FEW)
        return None if found is None else sorted(found)

    def _all_along(self, walks: Sequence[Walk], most: int) -> set[int] | None:
        found: set[int] = set()
        for walk in walks:
            sql = f"SELECT {walk.column} FROM {walk.source} LIMIT ?"
            rows = self._read.execute(sql, [*walk.arguments, most + 1]).fetchall()
            found.update(chain.from_iterable(rows))
            if len(rows) > most or len(found) > most:
                return None
        return found

    def _narrowest(self, conditions: Sequence[Condition], fields: Sequence[FieldTest]) -> Sequence[Walk]:
        best, least = [EVERY], _PROBED
        for walks in self._ways(conditions, fields):
            count = 0
            for walk in walks:
                sql = f"SELECT count(*) FROM (SELECT 1 FROM {walk.source} LIMIT ?)"
                count += self._read.execute(sql, [*walk.arguments, _PROBED]).fetchone()[0]
            if best == [EVERY] or count < least:
                best, least = walks, count
        return best

    # -- ways ----------------------------------------------------------------------------------------------------------

    def _ways(self, conditions: Sequence[Condition], fields: Sequence[FieldTest]) -> Iterator[list[Walk]]:
        """Yield the walks in order of import that each condition allows."""
        same: dict[str, list[str]] = {}
        for condition in conditions:
            if condition.comparison == "=":
                same.setdefault(condition.key, []).append(condition.value)
        makers: dict[str, Callable[[list[str]], list[Walk] | None]] = {
            "flag": _flagged,
            "note": _noted,
            "status": self._with_status,
            "label": lambda wanted: self.marked(labels=self._clauses.labels(wanted)),
            "layer": lambda wanted: self.marked(layers=wanted),
            "annotator": lambda wanted: self._of_people("annotation_set", wanted),
            "assigned": lambda wanted: self._of_people("assignment", wanted),
            "scheme": lambda wanted: [Walk("annotation_set WHERE scheme = ?", arguments=(one,)) for one in wanted],
        }
        for key, values in same.items():
            walks = _with_meta(key, values) if key.startswith(META) else makers.get(key, _nothing)(values)
            if walks is not None:
                yield walks
        for test in fields:
            yield self.marked(layers=[test.layer], labels=test.labels)

    def marked(
        self, *, layers: Sequence[str] | None = None, labels: "Sequence[str] | frozenset[str] | None" = None
    ) -> list[Walk]:
        """Return the walks over documents with marks in layers and with labels, given or not."""
        return [
            Walk("annotation WHERE layer = ? AND label = ?", arguments=pair)
            for pair in self.pairs
            if (layers is None or pair[0] in layers) and (labels is None or pair[1] in labels)
        ] or [Walk("annotation WHERE layer = NULL")]

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of layer and label that marks have."""
        layers = self._distinct("SELECT min(layer) FROM annotation WHERE layer > ?")
        sql = "SELECT min(label) FROM annotation WHERE layer = ? AND label > ?"
        return [(layer, label) for layer in layers for label in self._distinct(sql, layer)]

    def _distinct(self, sql: str, *arguments: str) -> Iterator[str]:
        """Yield the values of a column one after the other, each through an index; "" isn't one."""
        value = ""
        while (value := self._read.execute(sql, [*arguments, value]).fetchone()[0]) is not None:
            yield value

    def _with_status(self, values: list[str]) -> list[Walk] | None:
        wanted = statuses(values)
        if "open" in wanted:
            return None  # those that no one has opened are in no index
        people = [self._person] if self._person is not None else self._people()
        sql = "annotation_set WHERE annotator = ? AND status = ?"
        return [Walk(sql, arguments=(person, status)) for person in people for status in wanted]

    def _people(self) -> list[int]:
        return [row[0] for row in self._read.execute("SELECT id FROM annotator")]

    def _of_people(self, table: str, values: list[str]) -> list[Walk]:
        sql = f"SELECT id FROM annotator WHERE key IN ({slots(values)})"
        people = [row[0] for row in self._read.execute(sql, list(map(annotator_key, values)))]
        return [Walk(f"{table} WHERE annotator = ?", arguments=(person,)) for person in people] or [
            Walk(f"{table} WHERE annotator = NULL")
        ]

    # -- ranges --------------------------------------------------------------------------------------------------------

    def _ranges(self, conditions: Sequence[Condition]) -> Iterator[list[Walk]]:
        """Yield what indexes name for conditions in another order than that of import."""
        names = [condition.value for condition in conditions if condition == Condition("name", condition.value)]
        if names:
            yield self._named(names)
        titles = [condition.value for condition in conditions if condition == Condition("title", condition.value)]
        if titles:
            source = "document_meta WHERE key = 'title' AND value GLOB ?"
            yield [Walk(source, arguments=(pattern,)) for pattern in patterns_of(titles)]
        for condition in conditions:
            walk = self._range(condition)
            if walk is not None:
                yield [walk]

    def _named(self, values: Sequence[str]) -> list[Walk]:
        uids = self._clauses.uids_named(values)
        if uids:
            return [Walk("document WHERE uid = ?", "id", (uid,)) for uid in uids]
        return [Walk("document WHERE name GLOB ?", "id", (pattern,)) for pattern in patterns_of(values)]

    def _range(self, condition: Condition) -> Walk | None:
        key, value, comparison = condition
        if comparison == "!=":
            return None
        if key in ("words", "length"):
            return Walk(f"document WHERE {key} {comparison} ?", "id", (int(value),))
        if key == "added":
            batches = self._clauses.batches_added([condition], all)
            return Walk("document WHERE batch IN (SELECT value FROM json_each(?))", "id", (json.dumps(batches),))
        if key == "marks" and self._person is not None and _least(condition) > 1:
            sets = "SELECT document, count(*) AS marks FROM annotation INDEXED BY idx_annotation_set GROUP BY set_id"
            return Walk(
                f"(SELECT DISTINCT document FROM ({sets}) WHERE marks >= ?) WHERE 1", arguments=(_least(condition),)
            )
        if key in ("rules", "conflicts") and _least(condition) > 0:
            own = "" if self._person is None else f" AND annotator = {self._person:d}"
            source = (
                f"set_count WHERE unmet {comparison} ?{own}"
                if key == "rules"
                else f"document_count WHERE conflicts {comparison} ?"
            )
            return Walk(source, arguments=(int(value),))
        if key.startswith(META) and comparison != "=":
            kind, compared = compared_meta(condition)
            source = f"document_meta m WHERE m.key = ? AND m.value {comparison} ? AND {kind}"
            return Walk(source, "m.document", (canonical(key.removeprefix(META)), compared))
        return None


def in_parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield documents part by part, the first part being small."""
    start, most = 0, FIRST
    while start < len(keys):
        yield keys[start : start + most]
        start, most = start + most, MORE


def _least(condition: Condition) -> int:
    """Return the least number that meets a condition that isn't about less; 0 for any other."""
    number, comparison = int(condition.value), condition.comparison
    return number if comparison in ("=", ">=") else number + 1 if comparison == ">" else 0


def _flagged(values: list[str]) -> list[Walk] | None:
    return None if NO in values else [Walk("annotation_set INDEXED BY idx_annotation_set_flag WHERE flag IS NOT NULL")]


def _noted(values: list[str]) -> list[Walk] | None:
    return None if NO in values else [Walk("annotation_set INDEXED BY idx_annotation_set_note WHERE note <> ''")]


def _nothing(_values: list[str]) -> list[Walk] | None:
    return None


def _with_meta(key: str, values: list[str]) -> list[Walk]:
    name = canonical(key.removeprefix(META))
    sql = "document_meta WHERE key = ? AND value = ?"
    return [Walk(sql, arguments=(name, form)) for value in values for form in forms_of(value)]

"""The orders of lists of documents: each as walks one after the other, or gathered where no index has it."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import add
from typing import Any, NamedTuple

from app.core.document_conditions import LABEL_COUNT, LAYER_COUNT, META, NO, YES, Condition, Sorting, is_counted
from app.core.document_names import canonical
from app.core.field_conditions import FieldRank, FieldTest
from app.storage.connection import Connection
from app.storage.document_clauses import STATUSES, Clause, DocumentClauses, slots
from app.storage.document_walks import FIRST, MORE, DocumentWalks, Walk, in_parts
from app.storage.rows import said_in
from app.storage.suggestion_orders import SUGGESTED, SuggestionOrders

_COLUMNS = {
    "words": ("document", "words", "id"),
    "length": ("document", "length", "id"),
    "name": ("document", "name", "id"),
    "title": ("document_title", "title", "document"),
}
_OF_ALL = ("status", "flag", "note")  # every document has one
_GROUPS = (*_OF_ALL, "annotator", "assigned", "scheme")
_COUNTS = ("marks", "rules", "conflicts")
Value = str | float | None
Keys = Sequence[int]
Page = list[tuple[int, Value]]
"""Documents (row numbers) with what they are sorted by."""


class OrderPart(NamedTuple):
    """A part of an order: how to walk it, and what else its documents must meet."""

    walk: Iterator[Keys]
    clauses: Sequence[Clause] = ()


class DocumentOrders:
    """The orders of a project's documents.

    `person` is the annotator (row number) whose own status, labels, rules and notes count, None for anyone's. `rank` is
    by what marks are sorted in an order by a field, `days` on which documents (row numbers) were finished.
    """

    def __init__(
        self,
        read: Connection,
        person: int | None,
        clauses: DocumentClauses,
        walks: DocumentWalks,
        *,
        rank: FieldRank | None = None,
        days: Mapping[int, str] | None = None,
    ) -> None:
        self._read = read
        self._person = person
        self._clauses = clauses
        self._walks = walks
        self._rank = rank
        self._days = days or {}

    def parts(
        self, conditions: Sequence[Condition], fields: Sequence[FieldTest], sorting: Sorting
    ) -> Iterator[OrderPart]:
        """Yield the parts of an order one after the other."""
        key, falls = sorting
        by_import = partial(self._walks.by_import, conditions, fields)
        if key == "import":
            yield OrderPart(by_import(falls=falls))
        elif key in _COLUMNS:
            yield OrderPart(self._by_column(*_COLUMNS[key], "", (), falls=falls))
        elif key.startswith(META):
            value = self._clauses.value(key)
            source = ("document_meta", "value", "document")
            yield OrderPart(self._by_column(*source, "key = ?", (canonical(key.removeprefix(META)),), falls=falls))
            yield OrderPart(by_import(), [Clause(f"{value.sql} IS NULL", value.arguments)])
        elif key in _GROUPS:
            for value, place in self._groups(key, falls=falls):
                yield self._grouped(key, value, place, conditions, fields)
            if key not in _OF_ALL:
                yield OrderPart(by_import(), [Clause(f"{self._clauses.value(key).sql} IS NULL")])
        elif is_counted(key) or key in _COUNTS:
            yield from self._by_count(key, by_import, falls=falls)
        else:
            yield from self._gathered(self._gathered_values(key, falls=falls), by_import, falls=falls)

    def order(self, keys: Sequence[int], sorting: Sorting) -> list[int]:
        """Return a few documents, given in order of import, in another order."""
        key, falls = sorting
        if key == "import":
            return list(keys[::-1] if falls else keys)
        found = self._values(keys, key, falls=falls)
        if is_counted(key) or key in _COUNTS or key == "status":
            found = {one: found.get(one) or 0 for one in keys}
        have = [one for one in keys if found.get(one) is not None]
        if falls and (key in _COLUMNS or key.startswith(META)):
            have.reverse()  # as an index is walked backwards
        have.sort(key=lambda one: _sortable(found[one]), reverse=falls)
        return [*have, *(one for one in keys if found.get(one) is None)]

    def _values(self, keys: Sequence[int], key: str, *, falls: bool) -> dict[int, Value]:
        if key == "finished":
            return {one: self._days.get(one) for one in keys}
        if key in SUGGESTED:
            return self._suggested.of(key, keys)
        if self._rank is not None and not is_counted(key) and "." in key and not key.startswith(META):
            return self._said_in(keys, falls=falls)
        value = self._clauses.value(key)
        found: dict[int, Value] = {}
        for start in range(0, len(keys), MORE):
            these = array("q", keys[start : start + MORE])
            sql = f"SELECT d.value, {value.sql} FROM json_each(?) d"
            found.update(self._read.execute(sql, [*value.arguments, str(these.tolist())]).fetchall())
        return found

    # -- walks ---------------------------------------------------------------------------------------------------------

    def _by_column(
        self, table: str, column: str, key: str, where: str, arguments: Sequence[Any], *, falls: bool
    ) -> Iterator[Keys]:
        side, order = ("<", "DESC") if falls else (">", "ASC")
        tail = f"ORDER BY {column} {order}, {key} {order} LIMIT ?"
        head = f"SELECT {column}, {key} FROM {table}"
        begin = f"{head}{f' WHERE {where}' if where else ''} {tail}"
        go_on = f"{head} WHERE {f'{where} AND ' if where else ''}({column}, {key}) {side} (?, ?) {tail}"
        rows = self._read.execute(begin, [*arguments, FIRST]).fetchall()
        while rows:
            yield [row[1] for row in rows]
            rows = self._read.execute(go_on, [*arguments, *rows[-1], MORE]).fetchall()

    def _grouped(
        self, key: str, value: str, place: object, conditions: Sequence[Condition], fields: Sequence[FieldTest]
    ) -> OrderPart:
        """Return the documents whose value is this one; `place` is where it stands among others."""
        here = self._clauses.value(key)
        walk = self._walks.by_import([*conditions, Condition(key, value)], fields)
        if key == "status":  # what no one has opened is open
            return OrderPart(walk, [Clause(f"coalesce({here.sql}, 0) = ?", (place,))])
        return OrderPart(walk, [Clause(f"{here.sql} = ?", (*here.arguments, place))])

    def _groups(self, key: str, *, falls: bool) -> Iterator[tuple[str, object]]:
        """Yield the values that documents have, in their order, with what each is compared by."""
        found: list[tuple[str, object]]
        if key == "status":
            found = [(status, place) for place, status in enumerate(STATUSES)]
        elif key in _OF_ALL:
            found = [(YES, 0), (NO, 1)]
        elif key == "scheme":
            found = [(tag, tag) for tag in self._tags()]
        else:
            sql = "SELECT key FROM annotator WHERE kind <> 'gold' ORDER BY key"
            found = [(row[0], row[0]) for row in self._read.execute(sql)]
        yield from reversed(found) if falls else found

    def _tags(self) -> Iterator[str]:
        sql, tag = "SELECT min(scheme) FROM annotation_set WHERE scheme > ?", ""
        while (tag := self._read.execute(sql, [tag]).fetchone()[0]) is not None:
            yield tag

    # -- counts --------------------------------------------------------------------------------------------------------

    def _by_count(self, key: str, by_import: Callable[..., Iterator[Keys]], *, falls: bool) -> Iterator[OrderPart]:
        value = self._clauses.value(key)
        none = OrderPart(by_import(), [Clause(f"coalesce({value.sql}, 0) = 0", value.arguments)])
        if not falls:
            yield none
        if key == "conflicts":
            yield OrderPart(self._by_number("document_count", "conflicts", "conflicts > 0", falls=falls))
        elif key == "rules" and self._person is not None:
            where = f"annotator = {self._person:d} AND unmet > 0"
            yield OrderPart(self._by_number("set_count", "unmet", where, falls=falls))
        elif key == "rules":
            yield OrderPart(_by_bucket(self._unmet(), max, falls=falls))
        else:
            yield OrderPart(self._by_marks(key, falls=falls))
        if falls:
            yield none

    def _by_number(self, table: str, column: str, where: str, *, falls: bool) -> Iterator[Keys]:
        """Walk an index of numbers, one after the other: documents with the same one come in order of import."""
        side, most = ("<", "max") if falls else (">", "min")
        sql = f"SELECT {most}({column}) FROM {table} WHERE {where} AND {column} {side} ?"
        at = 2**62 if falls else 0
        while (number := self._read.execute(sql, [at]).fetchone()[0]) is not None:
            yield from self._walks.along([Walk(f"{table} WHERE {where} AND {column} = ?", arguments=(number,))])
            at = number

    def _by_marks(self, key: str, *, falls: bool) -> Iterator[Keys]:
        """Walk by the number of marks, or of those in a layer or with a label; the first without waiting for all."""
        which, wanted = "", tuple[str, ...]()
        if key.startswith(LAYER_COUNT):
            which, wanted = "WHERE layer = ?", (key.removeprefix(LAYER_COUNT),)
        elif key.startswith(LABEL_COUNT):
            wanted = tuple(self._clauses.labels([key.removeprefix(LABEL_COUNT)]))
            which = f"WHERE label IN ({slots(wanted)})"
        few = self._few_marked(key)
        if few is not None:
            values = self._values(few, key, falls=falls)
            yield from in_parts([one for one in self.order(few, Sorting(key, falls)) if values[one]])
            return
        given = self._most_marked(which, wanted) if falls and self._person is not None else []
        yield given
        seen = frozenset(given)
        for part in _by_bucket(self._marks(which.replace("WHERE", "AND"), wanted), add, falls=falls):
            yield [key for key in part if key not in seen]

    def _few_marked(self, key: str) -> list[int] | None:
        """Return the documents with such marks, whoever's, if they are few."""
        if key.startswith(LAYER_COUNT):
            return self._walks.few_along(self._walks.marked(layers=[key.removeprefix(LAYER_COUNT)]))
        if key.startswith(LABEL_COUNT):
            labels = self._clauses.labels([key.removeprefix(LABEL_COUNT)])
            return self._walks.few_along(self._walks.marked(labels=labels))
        return None

    def _most_marked(self, which: str, wanted: Sequence[str]) -> list[int]:
        """Return the first documents of an order by the person's marks, perhaps none."""
        # Of the sets with the most marks, whose they are doesn't matter: those of others are left out afterwards.
        sql = (
            "SELECT m.document FROM (SELECT set_id, document, count(*) AS marks FROM annotation "
            f"INDEXED BY idx_annotation_set {which} GROUP BY set_id ORDER BY marks DESC, document LIMIT ?) m "
            f"CROSS JOIN annotation_set s ON s.id = m.set_id{self._clauses.own} ORDER BY m.marks DESC, m.document"
        )
        return [row[0] for row in self._read.execute(sql, [*wanted, MORE])]

    def _marks(self, which: str, wanted: Sequence[str]) -> Iterator[Page]:
        count = f"SELECT count(*) FROM annotation INDEXED BY idx_annotation_set WHERE set_id = s.id {which}"
        sql = f"SELECT s.document, sum(({count})) FROM annotation_set s WHERE s.document > ?{self._clauses.own}"
        for page in self._paged(f"{sql} GROUP BY s.document ORDER BY s.document", wanted):
            yield [row for row in page if row[1]]

    def _unmet(self) -> Iterator[Page]:
        sql = "SELECT document, max(unmet) FROM set_count WHERE unmet > 0 AND document > ? GROUP BY document"
        yield from self._paged(f"{sql} ORDER BY document", ())

    def _paged(self, sql: str, arguments: Sequence[Any]) -> Iterator[Page]:
        """Yield rows of document and value, in order of import, page by page."""
        after = -1
        while True:
            rows = self._read.execute(f"{sql} LIMIT ?", [*arguments, after, MORE]).fetchall()
            if not rows:
                return
            yield rows
            after = rows[-1][0]

    # -- what marks say ------------------------------------------------------------------------------------------------

    def _gathered(
        self, values: Iterable[Page], by_import: Callable[..., Iterator[Keys]], *, falls: bool
    ) -> Iterator[OrderPart]:
        """Yield the documents that have a value by it, then the others."""
        seen: set[int] = set()

        def having() -> Iterator[Keys]:
            for part in _by_bucket(values, partial(_either, falls=falls), falls=falls):
                seen.update(part)
                yield part

        def others() -> Iterator[Keys]:
            for part in by_import():
                yield [key for key in part if key not in seen]

        yield OrderPart(having())
        yield OrderPart(others())

    def _gathered_values(self, key: str, *, falls: bool) -> Iterator[Page]:
        if key in SUGGESTED:
            return self._suggested.pages(key)
        return self._said(falls=falls) if key != "finished" else self._finished()

    @property
    def _suggested(self) -> SuggestionOrders:
        return SuggestionOrders(self._read, self._person, most=MORE)

    def _finished(self) -> Iterator[Page]:
        yield sorted(self._days.items())

    def _said(self, *, falls: bool) -> Iterator[Page]:
        """Yield by what the marks of a layer are sorted, each mark by itself."""
        if self._rank is None:
            return
        few = self._walks.few_along(self._walks.marked(layers=[self._rank.layer]))
        if few is not None:
            found = self._said_in(few, falls=falls)
            yield [(key, found[key]) for key in few if key in found]
            return
        for pair in self._walks.pairs:
            if pair[0] == self._rank.layer:
                for after, last in self._spans(pair):
                    yield self._ranked(f"{self._marked} AND a.document > ? AND a.document <= ?", [*pair, after, last])

    @property
    def _marked(self) -> str:
        own = self._clauses.own
        joined = f" CROSS JOIN annotation_set s ON s.id = a.set_id{own}" if own else ""
        return f"annotation a INDEXED BY idx_annotation_label{joined} WHERE a.layer = ? AND a.label = ?"

    def _spans(self, pair: tuple[str, str]) -> Iterator[tuple[int, int]]:
        """Yield spans of documents, after one and up to another, with some thousand marks of a layer and label each."""
        after = -1
        sql = (
            "SELECT max(document) FROM (SELECT document FROM annotation WHERE layer = ? AND label = ? AND document > ? "
            "ORDER BY document LIMIT ?)"
        )
        while (last := self._read.execute(sql, [*pair, after, MORE]).fetchone()[0]) is not None:
            yield after, last
            after = last

    def _said_in(self, keys: Sequence[int], *, falls: bool) -> dict[int, Value]:
        found: dict[int, Value] = {}
        layer = self._rank.layer if self._rank is not None else ""
        own = self._clauses.own
        joined = f" CROSS JOIN annotation_set s ON s.id = a.set_id{own}" if own else ""
        for start in range(0, len(keys), MORE):
            these = str(array("q", keys[start : start + MORE]).tolist())
            source = f"json_each(?) d CROSS JOIN annotation a ON a.document = d.value{joined} WHERE +a.layer = ?"
            for key, value in self._ranked(source, [these, layer]):
                found[key] = _either(found[key], value, falls=falls) if key in found else value
        return found

    def _ranked(self, source: str, arguments: Sequence[Any]) -> Page:
        rank = self._rank
        if rank is None:
            return []
        said_there = "a.attributes" if rank.reads_attributes else "'{}'"  # which no index has
        rows = self._read.cells(f"SELECT a.document, a.label, {said_there} FROM {source}", list(arguments))
        return [(key, value) for key, label, said in rows if (value := rank.rank(label, said_in(said))) is not None]


def _by_bucket(pages: Iterable[Page], combined: Callable[[Any, Any], Value], *, falls: bool) -> Iterator[Keys]:
    """Gather the values of documents, then yield the documents by value; meanwhile, parts without any."""
    found: dict[int, Value] = {}
    for page in pages:
        for key, value in page:
            found[key] = combined(found[key], value) if key in found else value
        yield ()
    buckets: dict[Value, array[int]] = {}
    keys = sorted(found)
    for start in range(0, len(keys), MORE):
        for key in keys[start : start + MORE]:
            buckets.setdefault(found[key], array("q")).append(key)
        yield ()
    for value in sorted(buckets, key=_sortable, reverse=falls):
        yield from in_parts(buckets[value])


def _either(one: Value, other: Value, *, falls: bool) -> Value:
    return max(one, other, key=_sortable) if falls else min(one, other, key=_sortable)


def _sortable(value: Value) -> tuple[bool, Any]:
    """Return what is compared: numbers come before texts, as in an index."""
    return isinstance(value, str), value

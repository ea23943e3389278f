"""Lists of documents that meet conditions, in an order, read batch by batch.

Nothing here reads all rows at once. An order is walked through an index, from the last row of one batch to the next,
and each batch is narrowed to what meets the conditions; where an index says that a condition leaves few documents, only
those are read, and sorted.
"""

import json
from array import array
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from itertools import chain

from app.core.document_conditions import IMPORTED, Condition, Sorting, is_of_field
from app.core.field_conditions import FieldTest, field_tests, labels_meant, sorting_rank
from app.core.scheme import Scheme
from app.storage.connection import Connection
from app.storage.document_clauses import Clause, DocumentClauses, slots
from app.storage.document_orders import DocumentOrders
from app.storage.document_queries import DocumentQueries
from app.storage.document_walks import DocumentWalks, in_parts
from app.storage.rows import said_in

Batches = Generator["array[int]"]


class DocumentList:
    """The documents of a project by conditions and in an order.

    `scheme` says what conditions on fields mean. `person` is the annotator (row number) whose status, labels, rules and
    notes count; None for anyone's. Counts of rules and conflicts must have been made before
    (`services/documents/counts`). `days` are the days on which documents (row numbers) were finished, for an order by
    them.
    """

    def __init__(
        self,
        documents: DocumentQueries,
        scheme: Scheme,
        person: int | None,
        *,
        days: Mapping[int, str] | None = None,
    ) -> None:
        self._read: Connection = documents.reading
        self._scheme = scheme
        self._person = person
        self._days = days
        self._clauses = DocumentClauses(documents, person, lambda label: labels_meant(scheme, label))
        self._walks = DocumentWalks(self._read, person, self._clauses)

    def keys(self, conditions: Sequence[Condition], sorting: Sorting = IMPORTED) -> Iterator[int]:
        """Yield the row numbers of the documents that meet the conditions, in an order.

        Raises BadChoice for a layer or field that the scheme doesn't have, as all methods do.
        """
        with closing(self.batches(conditions, sorting)) as batches:
            yield from chain.from_iterable(batches)

    def batches(self, conditions: Sequence[Condition], sorting: Sorting = IMPORTED) -> Batches:
        """Yield the same in batches, which may be empty, of some milliseconds each."""
        fields, plain = field_tests(self._scheme, conditions), _plain(conditions)
        clauses = self._clauses.of(plain)
        rank = sorting_rank(self._scheme, sorting.key)
        orders = DocumentOrders(self._read, self._person, self._clauses, self._walks, rank=rank, days=self._days)
        few = self._walks.few(plain, fields) if sorting != IMPORTED else None
        if few is not None:
            kept = array("q")
            for part in in_parts(few):
                kept.extend(self._kept(part, clauses, fields))
                yield array("q")
            for part in in_parts(orders.order(kept, sorting)):
                yield array("q", part)
            return
        for walk, more in orders.parts(plain, fields, sorting):
            for batch in walk:
                yield array("q", self._kept(batch, [*clauses, *more], fields))

    def kept(self, keys: Sequence[int], conditions: Sequence[Condition]) -> list[int]:
        """Return those of the documents that meet all conditions, in the order given."""
        return self._kept(keys, self._clauses.of(_plain(conditions)), field_tests(self._scheme, conditions))

    def _kept(self, keys: Sequence[int], clauses: Sequence[Clause], fields: Sequence[FieldTest]) -> list[int]:
        hidden = self._hidden
        found = [key for key in keys if key not in hidden]
        if clauses and found:
            where = " AND ".join(f"({clause.sql})" for clause in clauses)
            arguments = [argument for clause in clauses for argument in clause.arguments]
            sql = f"SELECT d.value FROM json_each(?) d WHERE {where}"
            met = {row[0] for row in self._read.execute(sql, [json.dumps(found), *arguments])}
            found = [key for key in found if key in met]
        for test in fields:
            said = self._saying(found, test) if found else set[int]()
            found = [key for key in found if key in said]
        return found

    def _saying(self, keys: Sequence[int], test: FieldTest) -> set[int]:
        """Return the documents with a mark that says what a test asks."""
        labels = sorted(test.labels or ())
        sql = (
            "SELECT a.document, a.label, a.attributes FROM json_each(?) d CROSS JOIN annotation a "
            "ON a.document = d.value CROSS JOIN annotation_set s "
            f"ON s.id = a.set_id{self._clauses.own} WHERE +a.layer = ?"
        )
        if test.labels is not None:
            sql += f" AND +a.label IN ({slots(labels)})"
        found: set[int] = set()
        for key, label, attributes in self._read.cells(sql, [json.dumps(list(keys)), test.layer, *labels]):
            if key not in found and test.says(label, said_in(attributes)):
                found.add(key)
        return found

    @cached_property
    def _hidden(self) -> set[int]:
        # All at once, through their index: asked for by row number, SQLite would look at every document.
        sql = "SELECT id FROM document WHERE removed IS NOT NULL"
        return set(chain.from_iterable(self._read.execute(sql)))


def _plain(conditions: Sequence[Condition]) -> list[Condition]:
    return [condition for condition in conditions if not is_of_field(condition)]

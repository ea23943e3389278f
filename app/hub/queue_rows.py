"""Who works on which document of a hub: the queue that documents are taken from, and the seats on them."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from app.hub.connection import HubConnection, as_sql

SORTINGS = ("order", "shortest", "longest", "random")
"""Which documents are taken first: in the order of the project, by their words, or as if drawn by lot."""


class Seat(NamedTuple):
    """An annotator's (key) place at a document (uid); one that isn't `is_held` was given back."""

    annotator: str
    document: str
    is_held: bool


class WorkPlace(NamedTuple):
    """Who works where: an annotator's seat on a document, and what became of it so far."""

    annotator: str
    document: str
    state: str
    until: str
    status: str
    marks: int


class QueueRows:
    """The queue and the seats of one hub. Every method raises HubError; those that write do all of it or nothing."""

    def __init__(self, connection: HubConnection) -> None:
        self._connection = connection

    def seats(self, since: int, documents: Collection[str], *, of: str | None = None) -> list[Seat]:
        """Return the seats that one may see: those that changed in a transaction from `since` on, and those that are
        held on the documents (uids). With `of` only this annotator's (key).
        """
        whose = "annotator = %s AND " if of is not None else ""
        mine: list[Any] = [of] if of is not None else []
        parts = " UNION ".join(
            f"SELECT annotator, document, state <> 'given back' FROM seat WHERE {whose}{condition}"
            for condition in ("at >= %s::text::xid8", "document = ANY(%s) AND state <> 'given back'")
        )
        values = [*mine, str(since), *mine, list(documents)]
        return sorted(Seat(*row) for row in self._connection.rows(parts, values))

    def places(self) -> list[WorkPlace]:
        """Return who works where, as far as one may see it: by annotator, then document."""
        sql = (
            "SELECT coalesce(p.name, s.annotator), s.document, s.state, coalesce(s.until::text, ''), "
            "coalesce(w.status, 'open'), coalesce(w.marks, 0) FROM seat s LEFT JOIN person p ON p.key = s.annotator "
            "LEFT JOIN work w ON w.document = s.document AND w.annotator = s.annotator ORDER BY 1, 2"
        )
        return [WorkPlace(*row) for row in self._connection.rows(sql)]

    def open_seats(self) -> list[tuple[str, bool]]:
        """Return one's own seats on documents (uids) that aren't finished, and whether one has taken them oneself."""
        sql = (
            "SELECT s.document, s.state = 'reserved' FROM seat s WHERE s.annotator = my_key() "
            "AND s.state <> 'given back' AND NOT EXISTS (SELECT 1 FROM work w WHERE w.document = s.document "
            "AND w.annotator = s.annotator AND w.status LIKE 'done%%') ORDER BY s.document"
        )
        return [(row[0], row[1]) for row in self._connection.rows(sql, [])]

    def assign(self, pairs: Sequence[tuple[str, str]], *, again: bool = False) -> None:
        """Give seats to people: pairs of document (uid) and annotator's key. Whoever has one keeps it; with `again`,
        who has given theirs back gets it again.
        """
        with self._connection.transaction() as cursor:
            cursor.execute(
                "WITH given AS (SELECT k.document, k.annotator FROM unnest(%s::text[], %s::text[]) AS k "
                "(document, annotator) JOIN person p ON p.key = k.annotator JOIN document d ON d.uid = k.document), "
                "anew AS (UPDATE seat s SET state = 'assigned', until = NULL FROM given g "
                "WHERE %s AND s.document = g.document AND s.annotator = g.annotator AND s.state = 'given back' "
                "RETURNING s.document), "
                "added AS (INSERT INTO seat (document, annotator, state) "
                "SELECT g.document, g.annotator, 'assigned' FROM given g "
                # A seat that somebody is just writing to would be waited for.
                "WHERE NOT EXISTS (SELECT 1 FROM seat s WHERE s.document = g.document AND s.annotator = g.annotator) "
                "ON CONFLICT DO NOTHING RETURNING document), "
                "each AS (SELECT document, count(*) AS seats FROM "
                "(SELECT document FROM added UNION ALL SELECT document FROM anew) found GROUP BY document) "
                "UPDATE queue q SET taken = q.taken + e.seats FROM each e WHERE e.document = q.document",
                [*_columns(pairs), again],
            )

    def withdraw(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Take seats from people: pairs of document (uid) and annotator's key. Their work stays."""
        with self._connection.transaction() as cursor:
            cursor.execute(
                "WITH gone AS (UPDATE seat s SET state = 'given back', until = NULL "
                "FROM unnest(%s::text[], %s::text[]) AS k (document, annotator) "
                "WHERE s.document = k.document AND s.annotator = k.annotator AND s.state <> 'given back' "
                "RETURNING s.document), "
                "each AS (SELECT document, count(*) AS seats FROM gone GROUP BY document) "
                "UPDATE queue q SET taken = greatest(q.taken - e.seats, 0) FROM each e WHERE e.document = q.document",
                _columns(pairs),
            )

    def take(self, most: int) -> list[str]:
        """Take up to so many documents from the queue for oneself; return their uids."""
        with self._connection.transaction() as cursor:
            cursor.execute("SELECT document FROM take(%s)", [most])
            return [row[0] for row in cursor.fetchall()]

    def give_back(self, documents: Sequence[str]) -> list[str]:
        """Give one's own reservations of documents (uids) back; return those that were, and aren't finished."""
        return [row[0] for row in self._connection.rows("SELECT document FROM give_back(%s)", [list(documents)])]

    def give_back_late(self) -> int:
        """Give back everyone's reservations whose time is over; return how many there were."""
        return int(self._connection.rows("SELECT give_back_late()")[0][0])

    def set_rules(
        self, *, annotators: int | None = None, hours: float | None = None, sorting: str | None = None
    ) -> None:
        """Set how many annotators a document gets, for how long it is reserved, and which come first (`SORTINGS`)."""
        given = {"annotators": annotators, "hours": hours, "sorting": sorting}
        found = {name: value for name, value in given.items() if value is not None}
        if found:
            names = ", ".join(f"{name} = %s" for name in found)
            with self._connection.transaction() as cursor:
                cursor.execute(as_sql(f"UPDATE hub SET {names}"), list(found.values()))


def _columns(pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[first for first, _ in pairs], [second for _, second in pairs]]

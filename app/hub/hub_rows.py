"""What a workbench reads from a hub and writes to it, row by row. Nothing that is read is believed here or decoded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from app.core.three_way_merge import BLANK
from app.hub.connection import HubClash, HubConnection, HubError, as_sql
from app.hub.hub_news import HubNews, news_sql
from app.hub.hub_role import sees_everyone
from app.hub.queue_rows import QueueRows
from app.hub.schema import VERSION
from app.hub.suggested_rows import HubSuggested, SuggestedRows

if TYPE_CHECKING:
    from psycopg import Cursor

_LONGEST_LINE = 512 * 1024 * 1024  # characters; no text of a project is longer


class HubState(NamedTuple):
    """A hub, and who one is in it.

    `horizon` is the oldest transaction that hasn't ended: everything older is visible by now, so that the next reading
    can begin there. `incarnation` changes when the hub was restored into a server that counts transactions anew.
    `has_event` says whether the entry of the log that was asked for is there, `news` what is new.
    """

    uid: str
    project: str
    name: str
    incarnation: str
    horizon: int
    key: str
    person: str
    role: str
    annotators: int
    hours: float
    sorting: str
    has_event: bool
    news: HubNews

    @property
    def sees_everyone(self) -> bool:
        """Whether the person reads everyone's work."""
        return sees_everyone(self.role)

    @property
    def only(self) -> str | None:
        """The key of the person, if they read nobody else's work; else None."""
        return None if self.sees_everyone else self.key


class HubDocument(NamedTuple):
    """A document: its uid, hash, and its line without work."""

    uid: str
    sha256: str
    line: str


class HubWork(NamedTuple):
    """A set: its document (uid), the key of its annotator, what the writer said of it, and the set itself as JSON."""

    document: str
    annotator: str
    kind: str
    digest: str
    sha256: str
    status: str
    marks: int
    content: str
    event: str
    finished: str = ""
    """The day on which its annotator finished it (UTC, ISO), "" if they didn't or that isn't known."""
    base: str | None = None
    """When written: the digest that must be there still; that of an empty set, or None, also where there is no set."""


class HubDecision(NamedTuple):
    """A decision on a document (uid), as JSON, by a reviewer (key)."""

    uid: str
    document: str
    reviewer: str
    is_withdrawn: bool
    content: str
    event: str


class HubRelease(NamedTuple):
    """The release of a document's gold (uid) by a reviewer (name; “reviewer” for annotators), or that it was withdrawn.

    `is_new` says that it changed since the last reading.
    """

    document: str
    reviewer: str
    is_withdrawn: bool
    is_new: bool


class HubPart(NamedTuple):
    """Some documents with what is new of the work on them."""

    documents: tuple[HubDocument, ...]
    work: tuple[HubWork, ...]
    decisions: tuple[HubDecision, ...]
    suggested: tuple[HubSuggested, ...] = ()

    def about(self, uids: Collection[str]) -> HubPart:
        """Return what of it is about some of its documents (uids)."""
        return HubPart(
            tuple(item for item in self.documents if item.uid in uids),
            tuple(item for item in self.work if item.document in uids),
            tuple(item for item in self.decisions if item.document in uids),
            tuple(item for item in self.suggested if item.document in uids),
        )


class HubRows:
    """The rows of one hub. Every method raises HubError; those that write do all of it or nothing."""

    def __init__(self, connection: HubConnection) -> None:
        self._connection = connection
        self.address = connection.address
        self.queue = QueueRows(connection)
        self.suggested = SuggestedRows(connection)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    # -- reading -------------------------------------------------------------------------------------------------------

    def state(self, since: int = 0, event: str = "", scheme: int = 0, *, only: str | None = None) -> HubState:
        """Return what the hub is, who one is in it, and what is new since a transaction.

        `event` is an entry of the log that one knows, `scheme` the number of one's scheme; `only` as in `news_sql`.
        Raises HubError for a hub of another version.
        """
        news, values = news_sql(since, event, scheme, only)
        sql = (
            "SELECT h.version, EXISTS (SELECT 1 FROM event WHERE uid = %s), h.uid, h.project, h.name, renew(), "
            "pg_snapshot_xmin(pg_current_snapshot())::text::bigint, p.key, p.name, p.role, h.annotators, h.hours, "
            f"h.sorting, {news} FROM hub h LEFT JOIN person p ON p.login = session_user"
        )
        try:
            rows = self._connection.rows(sql, [event, *values])
        except HubError:
            self._require_version()  # another one may have other tables
            raise
        if not rows or rows[0][7] is None:
            raise HubError("this role isn't one of the hub's people", hint="ask whoever leads it for an invitation")
        version, has_event, *cells = rows[0]
        _require_known(version)
        return HubState._make([*cells[:11], has_event, HubNews(*cells[11:])])

    def _require_version(self) -> None:
        for (version,) in self._connection.rows("SELECT version FROM hub"):
            _require_known(version)

    def schemes(self, since: int = 0) -> list[tuple[int, str, str, str]]:
        """Return the newest scheme, and before it those whose number is above `since`, in order.

        Of each its number, tag, TOML text, and as JSON the changes from the one before.
        """
        sql = (
            "SELECT number, tag, toml, changes FROM scheme "
            "WHERE number > %s OR number = (SELECT max(number) FROM scheme) ORDER BY number"
        )
        rows = self._connection.rows(sql, [since])
        if not rows:
            raise HubError("the hub has no scheme", hint="ask whoever leads it")
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def needed(self, since: int, also: Collection[str] = ()) -> list[str]:
        """Return documents (uids) to work with, and those that they refer to, and so on: references first.

        They are those of one's seats and sets that changed in a transaction from `since` on, and `also` (uids).
        """
        sql = (
            "WITH RECURSIVE mine AS (SELECT document FROM seat "
            "WHERE annotator = my_key() AND state <> 'given back' AND at >= %s::text::xid8 "
            "UNION SELECT document FROM work WHERE annotator = my_key() AND at >= %s::text::xid8 "
            "UNION SELECT s.document FROM document d JOIN seat s ON s.document = d.uid "
            "WHERE d.at >= %s::text::xid8 AND s.annotator = my_key() AND s.state <> 'given back' "
            "UNION SELECT unnest(%s::text[])), "
            "needed AS (SELECT document, false AS is_reference FROM mine UNION "
            # One by one: it can't be known beforehand how many there will be, and all are many.
            "SELECT r.reference, true FROM needed n CROSS JOIN LATERAL "
            "(SELECT reference FROM reference WHERE document = n.document OFFSET 0) r) "
            "SELECT document FROM needed GROUP BY document ORDER BY bool_or(is_reference) DESC, document"
        )
        return [row[0] for row in self._connection.rows(sql, [str(since)] * 3 + [list(also)])]

    def all_documents(self) -> list[str]:
        """Return the uids of all documents, in their order, references first."""
        return [row[0] for row in self._connection.rows("SELECT uid FROM document ORDER BY is_work, position")]

    def references(self, since: int) -> list[tuple[str, str]]:
        """Return the references that were added in a transaction from `since` on: pairs of documents (uids)."""
        sql = "SELECT document, reference FROM reference WHERE at >= %s::text::xid8 ORDER BY position"
        return [(row[0], row[1]) for row in self._connection.rows(sql, [str(since)])]

    def changed(self, since: int, *, of: str | None = None) -> list[str]:
        """Return the documents (uids) that changed, or the work on them, in a transaction from `since` on.

        Only what one may read counts; with `of`, the work of this annotator (key), for whoever may read no other. What
        is newer than the horizon is among them, and will be once more the next time: a transaction that nobody ends,
        perhaps in another database of the server, must not hold up a team.
        """
        whose = "annotator = %s AND " if of is not None else ""
        parts = " UNION ".join(
            f"SELECT {column} FROM {table} WHERE {condition}at >= %s::text::xid8"
            for table, column, condition in (
                ("document", "uid", ""),
                ("decision", "document", ""),
                ("release", "document", ""),
                ("work", "document", whose),
            )
        )
        parts += " UNION SELECT document FROM changed_suggested(%s::text::xid8)"
        values = [str(since)] * 3 + ([of] if of is not None else []) + [str(since)] * 2
        return [row[0] for row in self._connection.rows(parts, values)]

    def people(self) -> dict[str, tuple[str, str]]:
        """Return the name and role of everyone whom one may see, by key."""
        return {row[0]: (row[1], row[2]) for row in self._connection.rows("SELECT key, name, role FROM person")}

    def part(self, uids: Sequence[str], *, known: Mapping[str, str], since: int) -> HubPart:
        """Return documents and what is new of the work on them, all of one moment.

        Of a document that is `known` with the hash that it has, and that didn't change from the transaction `since` on,
        the line is left out; work on documents that aren't known comes whole, on others from that transaction on. With
        new answers to suggestions comes the set of whoever gave them.
        """
        here = [uid for uid in uids if uid in known]
        values = [list(uids), here, str(since)]
        new = "document = ANY(%s) AND (document <> ALL(%s) OR at >= %s::text::xid8)"
        with self._connection.transaction(snapshot=True) as cursor:
            hashes = [known[uid] for uid in here]
            cursor.execute(
                "SELECT d.uid, d.sha256, CASE WHEN k.uid IS NULL THEN d.line ELSE '' END FROM document d "
                "LEFT JOIN unnest(%s::text[], %s::text[]) AS k (uid, sha256) ON k.uid = d.uid AND k.sha256 = d.sha256 "
                "AND d.at < %s::text::xid8 WHERE d.uid = ANY(%s) ORDER BY d.position",
                [here, hashes, str(since), list(uids)],
            )
            documents = tuple(HubDocument(*_texts(row)) for row in cursor)
            asked = (
                f"{new} OR (document = ANY(%s) AND EXISTS (SELECT 1 FROM suggested s "
                "WHERE s.document = w.document AND s.person = w.annotator AND s.at >= %s::text::xid8))"
            )
            work = _work(cursor, asked, [*values, here, str(since)])
            decisions = _decisions(cursor, new, values)
            # A decision is on a mark of gold, so that where one of both is new both are read.
            reviewed = list({item.document for item in (*decisions, *work) if _is_review(item)})
            if reviewed:
                work = [item for item in work if not _is_review(item)]
                work += _work(cursor, "kind = 'gold' AND document = ANY(%s)", [reviewed])
                decisions = _decisions(cursor, "document = ANY(%s)", [reviewed])
            # Reviewers get nothing of these: they read the tables themselves.
            start = 0 if len(here) < len(uids) else since
            gold, told = _told(cursor, list(uids), start)
            cursor.execute(
                as_sql(f"SELECT document, person, digest, sha256, content FROM suggested WHERE {new}"), values
            )
            suggested = [HubSuggested(*row) for row in cursor]
            cursor.execute("SELECT * FROM told_suggested(%s, %s::text::xid8)", [list(uids), str(start)])
            suggested.extend(HubSuggested(*row) for row in cursor)
        return HubPart(documents, (*work, *gold), (*decisions, *told), tuple(suggested))

    def hashes(self, uids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return the hashes of those of the documents (uids) that are in the hub: of the text, and the line's MD5."""
        sql = "SELECT uid, sha256, md5(line) FROM document WHERE uid = ANY(%s)"
        return {row[0]: (row[1], row[2]) for row in self._connection.rows(sql, [list(uids)])}

    def digests(self) -> dict[tuple[str, str], str]:
        """Return the digests of the sets that one may read, by document (uid) and annotator's key."""
        rows = self._connection.rows("SELECT document, annotator, digest FROM work")
        return {(row[0], row[1]): row[2] for row in rows}

    def releases(self, since: int, documents: Collection[str] | None = None) -> list[HubRelease]:
        """Return the releases of documents (uids), withdrawn ones too; without documents, all that changed.

        Changed, or new, are those of a transaction from `since` on.
        """
        return self._releases(since, None if documents is None else list(documents), str(since))

    def all_releases(self, since: int) -> list[HubRelease]:
        """Return all releases, withdrawn ones too; `since` as in `releases`."""
        return self._releases(since, None, "0")

    def _releases(self, since: int, documents: list[str] | None, from_: str) -> list[HubRelease]:
        sql = (
            "SELECT document, reviewer, is_withdrawn, changed >= %s::text::xid8 "
            "FROM told_releases(%s::text[], %s::text::xid8) ORDER BY document"
        )
        return [HubRelease(*row) for row in self._connection.rows(sql, [str(since), documents, from_])]

    def events(self, uids: Sequence[str]) -> set[str]:
        """Return those of the entries (uids) that are in the log, as far as one may read it."""
        return {row[0] for row in self._connection.rows("SELECT uid FROM event WHERE uid = ANY(%s)", [list(uids)])}

    # -- writing -------------------------------------------------------------------------------------------------------

    def add_schemes(self, schemes: Sequence[tuple[int, str, str, str]]) -> None:
        """Add schemes, as `schemes` returns them. Raises HubClash if there is one with that number, which differs."""
        with self._connection.transaction() as cursor:
            cursor.executemany(
                "INSERT INTO scheme (number, tag, toml, changes) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                schemes,
            )
            cursor.execute("SELECT number, toml FROM scheme WHERE number = ANY(%s)", [[row[0] for row in schemes]])
            there = {row[0]: row[1] for row in cursor.fetchall()}
        if any(there.get(number) != toml for number, _, toml, _ in schemes):
            what = "somebody else has changed the scheme in the hub meanwhile"
            raise HubClash(what, hint="exchange again to get theirs")

    def add_references(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Add references: pairs of documents (uids). Those to or from a document that isn't there are left out."""
        with self._connection.transaction() as cursor:
            cursor.execute(
                "INSERT INTO reference (document, reference) SELECT k.document, k.reference "
                "FROM unnest(%s::text[], %s::text[]) AS k (document, reference) "
                "JOIN document d ON d.uid = k.document JOIN document r ON r.uid = k.reference ON CONFLICT DO NOTHING",
                _columns(pairs, 2),
            )

    def add_documents(self, documents: Sequence[tuple[HubDocument, int, bool]]) -> None:
        """Add documents, each with its number of words and whether it is to be worked on. Those that are there are left
        as they are.
        """
        with self._connection.transaction() as cursor:
            cursor.executemany(
                "INSERT INTO document (uid, sha256, line, words, is_work) VALUES (%s, %s, %s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                [(*document, words, is_work) for document, words, is_work in documents],
            )
            cursor.execute(
                "INSERT INTO queue (document, place) SELECT uid, position FROM document "
                "WHERE uid = ANY(%s) ON CONFLICT DO NOTHING",
                [[document.uid for document, _, is_work in documents if is_work]],
            )

    def put_texts(self, documents: Sequence[tuple[HubDocument, int, str]]) -> list[str]:
        """Replace texts, each with its number of words and the hash that must be there.

        Returns the documents (uids) where another one is.
        """
        with self._connection.transaction() as cursor:
            refused: list[str] = []
            for document, words, before in documents:
                cursor.execute(
                    "UPDATE document SET sha256 = %s, line = %s, words = %s WHERE uid = %s AND sha256 IN (%s, %s)",
                    [document.sha256, document.line, words, document.uid, before, document.sha256],
                )
                if not cursor.rowcount:
                    refused.append(document.uid)
        return refused

    def put_work(self, sets: Sequence[HubWork], decisions: Sequence[HubDecision] = ()) -> list[HubWork]:
        """Write sets, each where its `base` is what is there; return those that were refused because it isn't.

        A set that is there already, as after a connection that was lost, counts as written. With gold come the
        `decisions` on it, so that nobody reads one without the other.
        """
        # A set that was emptied is there with that digest, and one that was never sent isn't there: whoever builds on
        # either can't always know which of both it is.
        sets = [item if item.base is not None else item._replace(base=BLANK) for item in sets]
        names = HubWork._fields
        types = ("text",) * 6 + ("integer",) + ("text",) * 4
        holes = ", ".join(f"%s::{kind}[]" for kind in types)
        with self._connection.transaction() as cursor:
            columns = _columns(sets, len(names))
            cursor.execute(
                as_sql(
                    "WITH given AS (SELECT * FROM unnest(" + holes + ") AS g (" + ", ".join(names) + ")), "
                    "old AS (SELECT g.* FROM given g JOIN work w USING (document, annotator) "
                    "WHERE w.digest = g.base OR w.digest = g.digest), "
                    "changed AS (UPDATE work w SET revision = w.revision + 1, digest = o.digest, sha256 = o.sha256, "
                    "status = o.status, marks = o.marks, content = o.content, event = o.event, finished = o.finished "
                    "FROM old o "
                    "WHERE w.document = o.document AND w.annotator = o.annotator AND w.digest = o.base "
                    "AND w.digest <> o.digest RETURNING w.document, w.annotator), "
                    "added AS (INSERT INTO work "
                    "(document, annotator, kind, digest, sha256, status, marks, content, event, finished) "
                    "SELECT document, annotator, kind, digest, sha256, status, marks, content, event, finished "
                    "FROM given g "
                    "WHERE base = %s AND EXISTS (SELECT 1 FROM document d WHERE d.uid = g.document) "
                    "ON CONFLICT DO NOTHING RETURNING document, annotator) "
                    "SELECT document, annotator FROM changed UNION SELECT document, annotator FROM added UNION "
                    "SELECT document, annotator FROM old WHERE digest IN (SELECT w.digest FROM work w "
                    "WHERE w.document = old.document AND w.annotator = old.annotator)"
                ),
                [*columns, BLANK],
            )
            written = {(row[0], row[1]) for row in cursor}
            reviewed = {
                item.document for item in sets if _is_review(item) and (item.document, item.annotator) in written
            }
            _put_decisions(cursor, [decision for decision in decisions if decision.document in reviewed])
        return [item for item in sets if (item.document, item.annotator) not in written]

    def put_decisions(self, decisions: Sequence[HubDecision]) -> None:
        """Write decisions: new ones, and those that were withdrawn or changed since."""
        with self._connection.transaction() as cursor:
            _put_decisions(cursor, decisions)

    def put_releases(self, releases: Mapping[str, str], *, ended: Iterable[str] = ()) -> None:
        """Release documents (uids) by reviewers (names), and end other releases."""
        with self._connection.transaction() as cursor:
            given = "FROM unnest(%s::text[], %s::text[]) AS k (document, reviewer)"
            columns = _columns(list(releases.items()), 2)
            cursor.execute(
                as_sql(
                    f"UPDATE release r SET reviewer = k.reviewer, is_withdrawn = false {given} "
                    "WHERE r.document = k.document AND r.is_withdrawn"
                ),
                columns,
            )
            cursor.execute(
                as_sql(
                    f"INSERT INTO release (document, reviewer) SELECT k.document, k.reviewer {given} "
                    "JOIN document d ON d.uid = k.document ON CONFLICT (document) DO NOTHING"
                ),
                columns,
            )
            cursor.execute("UPDATE release SET is_withdrawn = true WHERE document = ANY(%s)", [list(ended)])


def _require_known(version: int) -> None:
    if version != VERSION:
        newer = "update Stet" if version > VERSION else "ask whoever leads it to update it"
        raise HubError(f"the hub is of version {version}, and this Stet knows {VERSION}", hint=newer)


def _is_review(item: HubWork | HubDecision) -> bool:
    """Whether it is gold, or a decision on gold."""
    return isinstance(item, HubDecision) or item.kind == "gold"


def _work(cursor: Cursor[tuple[Any, ...]], condition: str, values: Sequence[Any]) -> list[HubWork]:
    columns = "document, annotator, kind, digest, sha256, status, marks, content, event, finished"
    cursor.execute(as_sql(f"SELECT {columns} FROM work w WHERE {condition}"), values)
    return [HubWork(*row) for row in cursor]


def _decisions(cursor: Cursor[tuple[Any, ...]], condition: str, values: Sequence[Any]) -> list[HubDecision]:
    columns = "uid, document, reviewer, is_withdrawn, content, event"
    cursor.execute(as_sql(f"SELECT {columns} FROM decision WHERE {condition}"), values)
    return [HubDecision(*row) for row in cursor]


def _told(cursor: Cursor[tuple[Any, ...]], uids: Sequence[str], since: int) -> tuple[list[HubWork], list[HubDecision]]:
    """Return what annotators are told of gold and decisions: where one of both is new, both."""
    values = [list(uids), str(since)]
    cursor.execute("SELECT * FROM told_gold(%s, %s::text::xid8)", values)
    gold = [HubWork(*row) for row in cursor]
    cursor.execute("SELECT * FROM told_decisions(%s, %s::text::xid8)", values)
    decisions = [HubDecision(*row) for row in cursor]
    if since and (gold or decisions):
        return _told(cursor, list({item.document for item in (*gold, *decisions)}), 0)
    return gold, decisions


def _put_decisions(cursor: Cursor[tuple[Any, ...]], decisions: Sequence[HubDecision]) -> None:
    cursor.executemany(
        "INSERT INTO decision AS d (uid, document, reviewer, is_withdrawn, content, event) "
        "SELECT %s, %s, %s, %s, %s, %s ON CONFLICT (uid) DO UPDATE SET is_withdrawn = excluded.is_withdrawn, "
        "content = excluded.content, event = excluded.event "
        "WHERE (d.is_withdrawn, d.content) IS DISTINCT FROM (excluded.is_withdrawn, excluded.content)",
        decisions,
    )


def _texts(row: tuple[Any, ...]) -> tuple[str, ...]:
    """Return a row of texts. Raises HubError for one that no text of a project is as long as."""
    if any(len(cell) > _LONGEST_LINE for cell in row):
        raise HubError("the hub has a document that is too long", hint="ask whoever leads it")
    return row


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Return rows as columns, which a statement takes at once."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]

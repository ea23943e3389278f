"""What a hub has of suggestions, of the answers to them, and of patterns. Nothing that is read is decoded here."""

from collections.abc import Sequence
from typing import NamedTuple

from app.hub.connection import HubConnection


class HubSuggested(NamedTuple):
    """The suggestions in a document (uid) as one person (key) has them, on the text with a hash: a JSON array.

    It has that person's answers and what was shown to them. The `person` is “” where it isn't told; then it has none.
    """

    document: str
    person: str
    digest: str
    sha256: str
    content: str


class SuggestedRows:
    """The suggestions and patterns in one hub. Every method raises HubError; those that write do all or nothing."""

    def __init__(self, connection: HubConnection) -> None:
        self._connection = connection

    def own_digests(self, documents: Sequence[str], person: str) -> dict[str, str]:
        """Return the digests of what a person (key) has sent of documents (uids)."""
        sql = "SELECT document, digest FROM suggested WHERE person = %s AND document = ANY(%s)"
        return {row[0]: row[1] for row in self._connection.rows(sql, [person, list(documents)])}

    def put(self, rows: Sequence[HubSuggested]) -> None:
        """Write a person's own. What is on a document that isn't there is left out."""
        with self._connection.transaction() as cursor:
            cursor.executemany(
                "INSERT INTO suggested AS s (document, person, digest, sha256, content) "
                "SELECT %s, %s, %s, %s, %s WHERE EXISTS (SELECT 1 FROM document WHERE uid = %s) "
                "ON CONFLICT (document, person) DO UPDATE SET digest = excluded.digest, sha256 = excluded.sha256, "
                "content = excluded.content WHERE s.digest <> excluded.digest",
                [(*row, row.document) for row in rows],
            )

    def patterns(self, since: int) -> list[tuple[str, str]]:
        """Return the patterns that one may read, of transactions from `since` on: their uids, and each as JSON."""
        sql = "SELECT uid, content FROM pattern WHERE at >= %s::text::xid8 ORDER BY at, uid"
        return [(row[0], row[1]) for row in self._connection.rows(sql, [str(since)])]

    def add_patterns(self, patterns: Sequence[tuple[str, str]]) -> None:
        """Add patterns: their uids, and each as JSON. Those that are there stay as they are."""
        with self._connection.transaction() as cursor:
            cursor.executemany("INSERT INTO pattern (uid, content) VALUES (%s, %s) ON CONFLICT DO NOTHING", patterns)

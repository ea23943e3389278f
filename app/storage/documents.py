"""Writing documents and their references."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.core.document import Document
from app.storage.document_queries import DocumentQueries
from app.storage.rows import meta_to_json


class Documents(DocumentQueries):
    """The documents of a project. Writing methods must be called inside `project.atomic()`."""

    def link(self, document: str, reference: str, *, ordinal: int | None = None) -> bool:
        """Make one document a reference of another, its last one unless said; return False if it was one already."""
        sql = (
            "INSERT OR IGNORE INTO reference SELECT d.id, r.id, "
            "coalesce(?, (SELECT max(ordinal) + 1 FROM reference WHERE document = d.id), 0) "
            "FROM document d, document r WHERE d.uid=? AND r.uid=?"
        )
        return self._write.execute(sql, [ordinal, document, reference]).rowcount > 0

    def unlink(self, document: str, reference: str) -> int | None:
        """Undo a link; return the place it had among the references, None if there was none."""
        sql = (
            "DELETE FROM reference WHERE document=(SELECT id FROM document WHERE uid=?) "
            "AND reference=(SELECT id FROM document WHERE uid=?) RETURNING ordinal"
        )
        row = self._write.execute(sql, [document, reference]).fetchone()
        return row[0] if row else None

    def insert(self, documents: Iterable[tuple[Document, dict[str, Any], int]], *, batch: int, first: int) -> None:
        """Add documents, given with what else is known of them and their word counts, numbered from `first` on."""
        self._write.executemany(
            "INSERT INTO document (id, uid, name, sha256, length, words, meta, batch, text) VALUES (?,?,?,?,?,?,?,?,?)",
            (
                (key, d.uid, d.name, d.sha256, len(d.text), words, meta_to_json(d.meta, extra), batch, d.text)
                for key, (d, extra, words) in enumerate(documents, first)
            ),
        )

    def index(self, *, first: int) -> None:
        """Make the documents from row number `first` on searchable."""
        self._write.execute(
            "INSERT INTO document_fts (rowid, name, text) SELECT id, name, text FROM document WHERE id >= ?", [first]
        )

    def next_key(self) -> int:
        """Return the row number that the next document gets."""
        return self._write.execute("SELECT coalesce(max(id), 0) + 1 FROM document").fetchone()[0]

    def shared_names(self, *, first: int) -> Iterator[str]:
        """Yield, for each document from row number `first` on, its name if another document has the same."""
        sql = (
            "SELECT d.name FROM document d WHERE d.id >= ? AND EXISTS "
            "(SELECT 1 FROM document o WHERE o.name = d.name AND o.id <> d.id AND +o.removed IS NULL) ORDER BY d.id"
        )
        for row in self._write.execute(sql, [first]):
            yield row[0]

    def set_removed(self, *, batch: int, removed: int | None) -> int:
        """Hide what a batch brought, or show it again; return how many documents that were."""
        return self._write.execute("UPDATE document SET removed=? WHERE batch=?", [removed, batch]).rowcount

    def place_of(self, uid: str) -> tuple[int, bool] | None:
        """Return a document's row number and whether it is hidden, its import having been undone; None if unknown."""
        row = self._write.execute("SELECT id, removed FROM document WHERE uid=?", [uid]).fetchone()
        return (row[0], row[1] is not None) if row else None

    def show_again(self, key: int, *, batch: int) -> None:
        """Show a hidden document, as one that this batch brought."""
        self._write.execute("UPDATE document SET removed=NULL, batch=? WHERE id=?", [batch, key])

    def worked_on_since(self, batch: int) -> tuple[str, str] | None:
        """Return annotator and document of standing work on what a batch brought, or None."""
        sql = (
            "SELECT a.name, d.name FROM edit_log l JOIN document d ON d.id = l.document "
            "JOIN annotator a ON a.id = l.annotator "
            "WHERE d.batch=? AND l.sequence > ? AND l.undone_by IS NULL AND l.kind <> 'undo' LIMIT 1"
        )
        return self._write.execute(sql, [batch, batch]).fetchone()

"""Writing documents and their references."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.core.document import Document
from app.core.document_names import canonical
from app.storage.document_meta import add_meta, add_titles, replace_meta
from app.storage.document_queries import NOT_ASCII, DocumentQueries
from app.storage.rows import DOCUMENT_COLUMNS, meta_to_json, to_document
from app.storage.word_index import add_document, fill, remove_document


class Documents(DocumentQueries):
    """The documents of a project. Methods that write must be called inside `project.atomic()`."""

    def link(self, document: str, reference: str, *, ordinal: int | None = None) -> bool:
        """Make a document (uid) a reference of another, at `ordinal` or as the last one; return False if it was one."""
        sql = (
            "INSERT OR IGNORE INTO reference SELECT d.id, r.id, "
            "coalesce(?, (SELECT max(ordinal) + 1 FROM reference WHERE document = d.id), 0) "
            "FROM document d, document r WHERE d.uid=? AND r.uid=?"
        )
        return self._write.execute(sql, [ordinal, document, reference]).rowcount > 0

    def unlink(self, document: str, reference: str) -> int | None:
        """Remove a link; return the ordinal that the reference had, None if there was no link."""
        sql = (
            "DELETE FROM reference WHERE document=(SELECT id FROM document WHERE uid=?) "
            "AND reference=(SELECT id FROM document WHERE uid=?) RETURNING ordinal"
        )
        row = self._write.execute(sql, [document, reference]).fetchone()
        return row[0] if row else None

    def insert(self, documents: Iterable[tuple[Document, dict[str, Any], int]], *, batch: int, first: int) -> None:
        """Add documents, each with its extra fields and number of words, with row numbers from `first` on."""
        described: list[tuple[int, str, dict[str, Any]]] = []
        summed: list[tuple[Any, ...]] = []

        def rows() -> Iterator[tuple[Any, ...]]:
            for key, (d, extra, words) in enumerate(documents, first):
                meta = meta_to_json(d.meta, extra)
                described.append((key, d.name, d.meta))
                summed.append((key, d.uid, d.name, d.sha256, meta, batch, None))
                yield (key, d.uid, d.name, d.sha256, len(d.text), words, meta, batch, d.text)

        sql = (
            "INSERT INTO document (id, uid, name, sha256, length, words, meta, batch, text) VALUES (?,?,?,?,?,?,?,?,?)"
        )
        self._write.executemany(sql, rows())
        if "document" in self._write.row_sums:
            self._write.row_sums["document"].add(summed)
        add_meta(self._write, ((key, meta) for key, _, meta in described))
        add_titles(self._write, described)

    def describe(self, uid: str, *, name: str, meta: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Give a document another name and other metadata; return those it had. Raises DamagedRow."""
        row = self._write.cells(f"SELECT {DOCUMENT_COLUMNS} FROM document WHERE uid=?", [uid]).fetchone()
        old, extra = to_document(row)
        if name != old.name:
            remove_document(self._write, row[0])
        sql = "UPDATE document SET name=?, meta=? WHERE id=?"
        self._write.execute(sql, [name, meta_to_json(meta, extra), row[0]])
        replace_meta(self._write, row[0], name, meta)
        if name != old.name:
            add_document(self._write, row[0])
        return old.name, old.meta

    def replace_text(self, key: int, text: str, *, sha256: str, words: int) -> None:
        """Give a document (row number) another text, with its hash and number of words."""
        remove_document(self._write, key)
        sql = "UPDATE document SET text=?, sha256=?, length=?, words=? WHERE id=?"
        self._write.execute(sql, [text, sha256, len(text), words, key])
        add_document(self._write, key)
        self._write.execute("DELETE FROM document_count WHERE document=?", [key])
        sql = "DELETE FROM set_count WHERE set_id IN (SELECT id FROM annotation_set WHERE document=?)"
        self._write.execute(sql, [key])

    def index(self, *, first: int) -> None:
        """Add the documents from row number `first` on to the word index."""
        fill(self._write, first=first)

    def next_key(self) -> int:
        """Return the row number that the next document will get."""
        return self._write.execute("SELECT coalesce(max(id), 0) + 1 FROM document").fetchone()[0]

    def shared_names(self, *, first: int) -> Iterator[str]:
        """Yield, for each document from row number `first` on, its name if another document has the same, in any form
        that is canonically equal.
        """
        sql = (
            "SELECT d.name FROM document d WHERE d.id >= ? AND EXISTS "
            "(SELECT 1 FROM document o WHERE o.name = d.name AND o.id <> d.id AND +o.removed IS NULL) ORDER BY d.id"
        )
        named = [row[0] for row in self._write.execute(sql, [first])]
        yield from named
        same = set(named)
        # What is left are names in two forms; both aren't ASCII.
        sql = f"SELECT id, name FROM document WHERE removed IS NULL AND name GLOB '{NOT_ASCII}' ORDER BY id"
        seen: dict[str, int] = {}
        rows = self._write.execute(sql).fetchall()
        for _, name in rows:
            seen[canonical(name)] = seen.get(canonical(name), 0) + 1
        yield from (name for key, name in rows if key >= first and seen[canonical(name)] > 1 and name not in same)

    def set_removed(self, *, batch: int, removed: int | None) -> int:
        """Hide the documents of an import (batch), or show them again (`removed` None); return their number.

        Those that were removed one by one stay hidden.
        """
        before = batch if removed is None else None
        sql = "UPDATE document SET removed=? WHERE batch=? AND removed IS ?"
        return self._write.execute(sql, [removed, batch, before]).rowcount

    def hide(self, uids: Iterable[str], *, sequence: int) -> list[str]:
        """Hide documents, by a step that gets this log sequence; return those (uids) that weren't hidden before.

        A document that is hidden since its import was undone has that import's sequence instead.
        """
        sql = "UPDATE document SET removed=? WHERE uid=? AND removed IS NULL"
        return [uid for uid in uids if self._write.execute(sql, [sequence, uid]).rowcount]

    def unhide(self, uids: Iterable[str]) -> list[str]:
        """Show documents again that were hidden by themselves, not with their import; return them (uids)."""
        sql = "UPDATE document SET removed=NULL WHERE uid=? AND removed IS NOT NULL AND removed IS NOT batch"
        return [uid for uid in uids if self._write.execute(sql, [uid]).rowcount]

    def is_removed(self, uid: str) -> bool:
        """Whether a document was hidden by itself, not with its import."""
        sql = "SELECT 1 FROM document WHERE uid=? AND removed IS NOT NULL AND removed IS NOT batch"
        return self._write.execute(sql, [uid]).fetchone() is not None

    def place_of(self, uid: str) -> tuple[int, bool] | None:
        """Return a document's row number and whether it is hidden because its import was undone; None if unknown."""
        row = self._write.execute("SELECT id, removed FROM document WHERE uid=?", [uid]).fetchone()
        return (row[0], row[1] is not None) if row else None

    def show_again(self, key: int, *, batch: int) -> None:
        """Show a hidden document again, as part of this import (batch)."""
        self._write.execute("UPDATE document SET removed=NULL, batch=? WHERE id=?", [batch, key])

    def worked_on_since(self, batch: int) -> tuple[str, str] | None:
        """Return the names of annotator and document of later work on an import's documents, None if there is none."""
        sql = (
            "SELECT a.name, d.name FROM edit_log l JOIN document d ON d.id = l.document "
            "JOIN annotator a ON a.id = l.annotator "
            "WHERE d.batch=? AND l.sequence > ? AND l.undone_by IS NULL AND l.kind <> 'undo' LIMIT 1"
        )
        return self._write.execute(sql, [batch, batch]).fetchone()

"""Queries for documents, their references, and lists of documents."""

import json
from array import array
from bisect import bisect_right
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import Any, NamedTuple

from app.core.annotation import Status
from app.core.document import Document, title_of
from app.core.document_names import canonical
from app.core.errors import DamagedRow
from app.core.record import DocumentRow, WorkRow
from app.core.word_query import WordQuery
from app.storage.connection import Connection, printable
from app.storage.project import Project
from app.storage.row_cells import ListedCells, TitledCells, WorkCells, reads_row
from app.storage.rows import DOCUMENT_COLUMNS, meta_from_json, to_document
from app.storage.word_index import query_of

# In joins “removed” has a plus before it, or SQLite may use its index, which matches nearly every document.
_FIRST_HITS, _MORE_HITS, _NAMES = 200, 5_000, 20_000  # batch sizes that take some milliseconds each
NOT_ASCII = "*[^ -~]*"  # a pattern for SQLite's GLOB
_IN_LIST = 500
_TEXTS = 100  # are read at a time, where the index can't say for sure
_IS_WORK = "NOT (id IN (SELECT reference FROM reference) AND id NOT IN (SELECT document FROM reference))"


@reads_row(ListedCells)
def to_list_row(cells: ListedCells, references: tuple[str, ...], flags: tuple[tuple[str, str], ...]) -> DocumentRow:
    """Return a document as lists show it. Raises DamagedRow."""
    return DocumentRow(
        cells.id,
        cells.uid,
        cells.name,
        cells.length,
        cells.sha256,
        meta=meta_from_json(cells.meta)[0],
        references=references,
        status=cells.status or Status.OPEN,
        annotations=cells.annotations,
        flags=flags,
        note=cells.note or "",
    )


def _damaged_row(row: tuple[Any, ...], damage: DamagedRow) -> DocumentRow:
    """Return what a list can show of a document whose row can't be decoded."""
    return DocumentRow(
        row[0], damage.document, damage.name, 0, "", {}, (), status=Status.OPEN, annotations=0, damage=damage
    )


@reads_row(TitledCells)
def to_title(cells: TitledCells) -> str:
    """Return what people call the document of a row `id, name, meta`. Raises DamagedRow."""
    return title_of(cells.name, meta_from_json(cells.meta)[0])


@reads_row(WorkCells)
def to_work_row(cells: WorkCells) -> WorkRow:
    """Return a document as planning assignments needs it. Raises DamagedRow."""
    return WorkRow(cells.uid, cells.name, cells.words)


class WorkCounts(NamedTuple):
    """What there is on some documents: those worked on, marks, who made them, those with decisions, and those that are
    references of others.
    """

    documents: int
    annotations: int
    annotators: tuple[str, ...]
    decided: int
    references: int


class DocumentQueries:
    """The documents of a project, read-only. Keys are row numbers, local to the file; uids are global."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _read(self) -> Connection:
        return self._project.reader

    @property
    def _write(self) -> Connection:
        return self._project.connection

    @property
    def reading(self) -> Connection:
        """The connection for reading lists."""
        return self._read

    def extra_of(self, uid: str) -> dict[str, Any]:
        """Return the extra fields that a document had in the imported file."""
        found = self._find(uid)
        return found[1] if found else {}

    def get(self, uid: str) -> Document | None:
        """Return a document by uid, None if there is none. Hidden ones too: evidence may point at them.

        Raises DamagedRow, but not for a text that doesn't match its SHA-256.
        """
        found = self._find(uid)
        return found[0] if found else None

    def _find(self, uid: str) -> tuple[Document, dict[str, Any]] | None:
        row = self._write.cells(f"SELECT {DOCUMENT_COLUMNS} FROM document WHERE uid=?", [uid]).fetchone()
        return to_document(row) if row else None

    def key_of(self, uid: str) -> int | None:
        """Return the row number of a document, None if there is none or it is hidden."""
        row = self._write.execute("SELECT id FROM document WHERE uid=? AND removed IS NULL", [uid]).fetchone()
        return row[0] if row else None

    def name_of(self, uid: str) -> str | None:
        """Return a document's name, None if there is none; hidden ones too, and what can be shown of a damaged name."""
        row = self._write.cells("SELECT name FROM document WHERE uid=?", [uid]).fetchone()
        if row is None:
            return None
        return row[0] if isinstance(row[0], str) else printable(row[0])

    def title_of(self, uid: str) -> str | None:
        """Return what people call a document, None if there is none; hidden ones too."""
        row = self._write.cells("SELECT id, name, meta FROM document WHERE uid=?", [uid]).fetchone()
        if row is None:
            return None
        try:
            return to_title(row)
        except DamagedRow:
            return printable(row[1])

    def words_of(self, uid: str) -> int:
        """Return the number of words of a document, as counted at import."""
        row = self._write.execute("SELECT words FROM document WHERE uid=?", [uid]).fetchone()
        return row[0] if row else 0

    def hashes(self, uids: Iterable[str]) -> dict[str, str]:
        """Return the hashes of texts of those of the documents (uids) that are known, hidden ones too."""
        found: dict[str, str] = {}
        for uid in uids:
            row = self._write.execute("SELECT sha256 FROM document WHERE uid = ?", [uid]).fetchone()
            if row is not None:
                found[uid] = row[0]
        return found

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield uid and name of every document, in order of import."""
        yield from self._write.execute("SELECT uid, name FROM document WHERE removed IS NULL ORDER BY id")

    def find(self, name_or_uid: str) -> list[str]:
        """Return the documents (uids) that a person may mean: by uid, else by name, else by name without suffix."""
        sql = "SELECT uid FROM document WHERE removed IS NULL AND uid=?"
        found = [row[0] for row in self._write.execute(sql, [name_or_uid])]
        return found or self._named(name_or_uid) or self._named(f"{name_or_uid}.txt", f"{name_or_uid}.md")

    def _named(self, *names: str) -> list[str]:
        """Return the documents (uids) with one of these names, in any form that is canonically the same."""
        if all(name.isascii() for name in names):
            slots = ",".join("?" * len(names))
            sql = f"SELECT uid FROM document WHERE +removed IS NULL AND name IN ({slots}) ORDER BY +id"
            return [row[0] for row in self._write.execute(sql, names)]
        wanted = set(map(canonical, names))
        sql = f"SELECT uid, name FROM document WHERE removed IS NULL AND name GLOB '{NOT_ASCII}' ORDER BY id"
        return [uid for uid, name in self._write.execute(sql) if canonical(name) in wanted]

    def same(self, name: str, sha: str) -> str | None:
        """Return the uid of a document with this name, in any form that is canonically the same, and SHA-256; None if
        there is none.
        """
        sql = "SELECT uid, name FROM document WHERE sha256=? AND removed IS NULL ORDER BY id"
        wanted = canonical(name)
        return next((uid for uid, known in self._write.execute(sql, [sha]) if canonical(known) == wanted), None)

    def with_meta(self, key: str, value: str) -> list[str]:
        """Return the documents (uids) whose metadata have a text, of 1,000 characters at most, under a key."""
        sql = (
            "SELECT d.uid FROM document_meta m JOIN document d ON d.id = m.document "
            "WHERE m.key=? AND m.value=? AND d.removed IS NULL ORDER BY d.id"
        )
        return [row[0] for row in self._write.execute(sql, [key, value])]

    def count(self) -> int:
        """Return the number of documents that aren't hidden."""
        # In one query SQLite would check row by row; there are many documents, and few hidden ones.
        counts = ("SELECT count(*) FROM document", "SELECT count(*) FROM document WHERE removed IS NOT NULL")
        every, hidden = (self._read.execute(sql).fetchone()[0] for sql in counts)
        return every - hidden

    def count_work(self) -> int:
        """Return the number of documents to work on: those that aren't only references of others."""
        only_references = (
            "SELECT count(*) FROM (SELECT DISTINCT reference FROM reference WHERE reference NOT IN "
            "(SELECT document FROM reference)) r JOIN document d ON d.id = r.reference AND +d.removed IS NULL"
        )
        return self.count() - self._read.execute(only_references).fetchone()[0]

    def has_references(self) -> bool:
        """Return whether any document to work on has a reference."""
        sql = (
            "SELECT EXISTS (SELECT 1 FROM reference r JOIN document d ON d.id = r.document AND d.removed IS NULL "
            "JOIN document o ON o.id = r.reference AND o.removed IS NULL)"
        )
        return bool(self._read.execute(sql).fetchone()[0])

    def only_references(self) -> set[str]:
        """Return the documents (uids) that are only references of others."""
        sql = (
            "SELECT uid FROM document WHERE removed IS NULL AND id IN (SELECT reference FROM reference) "
            "AND id NOT IN (SELECT document FROM reference)"
        )
        return {uid for (uid,) in self._read.execute(sql)}

    def to_work_on(self) -> list[WorkRow]:
        """Return the documents to work on, in order of import: those that aren't only references of others."""
        sql = (
            "SELECT uid, name, words FROM document WHERE removed IS NULL AND NOT "
            "(id IN (SELECT reference FROM reference) AND id NOT IN (SELECT document FROM reference)) ORDER BY id"
        )
        return [to_work_row(row) for row in self._write.cells(sql)]

    def keys(self, *, query: str = "", limit: int | None = None) -> Sequence[int]:
        """Return the row numbers of the documents in order of import; with a query, of those that match it."""
        if query.strip():
            found: set[int] = set()
            with closing(self.hits(query)) as batches:
                for batch in batches:
                    found.update(batch)
                    if limit is not None and len(found) >= limit:
                        break
            return array("q", sorted(found)[:limit])
        if limit is None:
            return self._all_keys()
        sql = f"SELECT id FROM document WHERE removed IS NULL ORDER BY id LIMIT {limit:d}"
        return array("q", chain.from_iterable(self._read.execute(sql)))

    def hits(self, query: str) -> "Generator[array[int]]":
        """Yield the row numbers of the documents that match a query, in batches, which may be empty, of some
        milliseconds each: first those with all of its words in text or name, in order of import; then those whose name
        or title contains it as typed, in order and maybe for the second time.
        """
        wanted, hidden = WordQuery(query), self._hidden()
        named = query_of(wanted.terms)
        if named is not None and named.is_exact:
            sql = "SELECT rowid FROM document_fts WHERE document_fts MATCH ? ORDER BY rowid"
            with closing(self._read.execute(sql, [named.expression])) as cursor:
                size = _FIRST_HITS
                while rows := cursor.fetchmany(size):
                    yield array("q", (key for (key,) in rows if key not in hidden))
                    size = _MORE_HITS
        elif not wanted.is_empty:
            sql, arguments = "SELECT id, name, text FROM document ORDER BY id", []
            if named is not None:
                sql = (
                    "SELECT d.id, d.name, d.text FROM document_fts f JOIN document d ON d.id = f.rowid "
                    "WHERE document_fts MATCH ? ORDER BY f.rowid"
                )
                arguments = [named.expression]
            with closing(self._read.execute(sql, arguments)) as cursor:
                while rows := cursor.fetchmany(_TEXTS):
                    yield array("q", (row[0] for row in rows if row[0] not in hidden and wanted.is_met_by(*row[1:])))
        last = self._read.execute("SELECT coalesce(max(id), 0) FROM document").fetchone()[0]
        title = "CASE WHEN instr(meta, '\"title\"') AND json_valid(meta) THEN json_extract(meta, '$.title') END"
        sql = f"SELECT id, name || char(10) || coalesce({title}, '') FROM document WHERE id BETWEEN ? AND ? ORDER BY id"
        for start in range(1, last + 1, _NAMES):
            rows = self._read.execute(sql, [start, start + _NAMES - 1]).fetchall()
            # All names at once: of most batches that tells that there is nothing in them.
            is_there = wanted.is_in_name("\n".join(row[1] for row in rows))
            yield array("q", (key for key, name in rows if is_there and key not in hidden and wanted.is_in_name(name)))

    def _hidden(self) -> set[int]:
        return set(chain.from_iterable(self._read.execute("SELECT id FROM document WHERE removed IS NOT NULL")))

    def _all_keys(self) -> Sequence[int]:
        """Return the row numbers of all documents. Rows are hidden, never deleted, so the numbers have no gaps: a range
        without the hidden ones replaces reading them, which takes long for a million.
        """
        # In one query SQLite would scan a whole index for what it finds at once in two.
        count, last = (
            self._read.execute(f"SELECT {what} FROM document").fetchone()[0]
            for what in ("count(*)", "coalesce(max(id), 0)")
        )
        if count != last:
            sql = "SELECT id FROM document WHERE removed IS NULL ORDER BY id"
            return array("q", chain.from_iterable(self._read.execute(sql)))
        hidden = sorted(self._hidden())
        if not hidden:
            return range(1, last + 1)
        ends = [0, *hidden, last + 1]
        return array("q", chain.from_iterable(map(range, (end + 1 for end in ends[:-1]), ends[1:])))

    def next_work(
        self,
        annotator: int | None,
        *,
        after: int = 0,
        query: str = "",
        status: Status | None = Status.OPEN,
        assigned: bool = False,
    ) -> str | None:
        """Return the uid of the next document to work on after a row number, in order of import and wrapping around;
        the one with that number comes last. With a query, only matching documents count. Documents that are only
        references are skipped. `status` is the annotator's, None for any; `assigned` restricts to their assignments.
        """
        sql = f"SELECT uid FROM document WHERE removed IS NULL AND {_IS_WORK}"
        arguments: list[Any] = []
        if status is not None:
            sql += (
                " AND coalesce((SELECT status FROM annotation_set s WHERE s.document = document.id "
                "AND s.annotator IS ?), 'open') = ?"
            )
            arguments += [annotator, status.value]
        if assigned:
            sql += " AND id IN (SELECT document FROM assignment WHERE annotator IS ?)"
            arguments.append(annotator)
        if query.strip():
            return self._next_of(self.keys(query=query), sql, arguments, after=after)
        for side in (">", "<="):
            rest = f" AND id {side} ? ORDER BY id LIMIT 1"
            row = self._read.execute(sql + rest, [*arguments, after]).fetchone()
            if row is not None:
                return row[0]
        return None

    def _next_of(self, keys: Sequence[int], sql: str, arguments: list[Any], *, after: int) -> str | None:
        """Return the first document that a statement selects among those with these row numbers, which are in order."""
        middle = bisect_right(keys, after)
        order = [*keys[middle:], *keys[:middle]]
        for start in range(0, len(order), _IN_LIST):
            some = order[start : start + _IN_LIST]
            wanted = f" AND id IN ({','.join('?' * len(some))})"
            found = {
                row[0]: row[1]
                for row in self._read.execute(sql.replace("uid", "id, uid", 1) + wanted, [*arguments, *some])
            }
            for key in some:
                if key in found:
                    return found[key]
        return None

    def rows(self, keys: Sequence[int], *, annotator: int | None) -> list[DocumentRow]:
        """Return the rows that lists show for these documents, in the order of the keys; unknown keys are skipped.

        What can't be decoded is in the list too, with its damage: the others must stay readable.
        """
        annotations = ",".join("?" * len(keys))
        sql = (
            "SELECT d.id, d.uid, d.name, d.length, d.sha256, d.meta, s.status, "
            "(SELECT count(*) FROM annotation a WHERE a.set_id = s.id), s.note FROM document d "
            f"LEFT JOIN annotation_set s ON s.document = d.id AND s.annotator IS ? WHERE d.id IN ({annotations})"
        )
        references, flags = self._references_of(keys), self.flags_of(keys)
        found: dict[int, DocumentRow] = {}
        for row in self._read.cells(sql, [annotator, *keys]):
            try:
                found[row[0]] = to_list_row(row, tuple(references.get(row[0], ())), flags.get(row[0], ()))
            except DamagedRow as damage:
                found[row[0]] = _damaged_row(row, damage)
        return [found[key] for key in keys if key in found]

    def flags_of(self, keys: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
        """Return the flags of documents, by row number: pairs of annotator and reason, by name."""
        sql = (
            "SELECT s.document, w.name, s.flag FROM annotation_set s JOIN annotator w ON w.id = s.annotator "
            f"WHERE s.flag IS NOT NULL AND s.document IN ({','.join('?' * len(keys))}) ORDER BY w.name"
        )
        found: dict[int, tuple[tuple[str, str], ...]] = {}
        for document, name, reason in self._read.cells(sql, list(keys)):
            found[document] = (*found.get(document, ()), (printable(name), printable(reason)))
        return found

    def work_on(self, keys: Sequence[int]) -> WorkCounts:
        """Return how much work of everyone there is on documents, given by row number."""
        these = json.dumps(list(keys))
        mine = "s.document IN (SELECT value FROM json_each(?))"
        worked = f"FROM annotation_set s WHERE {mine} AND (s.status <> 'open' OR s.flag IS NOT NULL OR s.note <> ''"
        worked += " OR EXISTS (SELECT 1 FROM annotation a WHERE a.set_id = s.id))"
        documents = self._read.execute(f"SELECT count(DISTINCT s.document) {worked}", [these]).fetchone()[0]
        sql = f"SELECT DISTINCT w.name FROM annotator w WHERE w.id IN (SELECT s.annotator {worked}) ORDER BY w.name"
        annotators = tuple(row[0] for row in self._read.execute(sql, [these]))
        counts = (
            f"SELECT count(*) FROM annotation s WHERE {mine}",
            f"SELECT count(DISTINCT s.document) FROM decision s WHERE {mine}",
            "SELECT count(DISTINCT r.reference) FROM reference r JOIN document d ON d.id = r.document AND "
            "+d.removed IS NULL WHERE r.reference IN (SELECT value FROM json_each(?1)) "
            "AND r.document NOT IN (SELECT value FROM json_each(?1))",
        )
        annotations, decided, references = (self._read.execute(sql, [these]).fetchone()[0] for sql in counts)
        return WorkCounts(documents, annotations, annotators, decided, references)

    def meta_keys(self, *, most: int = 100) -> list[str]:
        """Return the keys that documents' metadata have single values under, in order."""
        found: list[str] = []
        sql = "SELECT min(key) FROM document_meta WHERE key > ?"
        while len(found) < most:
            (key,) = self._read.execute(sql, [found[-1] if found else ""]).fetchone()
            if key is None:
                break
            found.append(key)
        return found

    def keys_of(self, uids: Sequence[str]) -> list[int]:
        """Return the row numbers of documents, in the order of the uids; unknown and hidden ones are left out."""
        sql = "SELECT uid, id FROM document WHERE removed IS NULL AND uid IN (SELECT value FROM json_each(?))"
        found = dict(self._read.execute(sql, [json.dumps(list(uids))]).fetchall())
        return [found[uid] for uid in uids if uid in found]

    def words_in(self, keys: Sequence[int]) -> dict[int, int]:
        """Return the numbers of words of documents, by row number."""
        sql = "SELECT id, words FROM document WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._read.execute(sql, [json.dumps(list(keys))]).fetchall())

    def uids_of(self, keys: Sequence[int]) -> list[str]:
        """Return the uids of documents, in the order of their row numbers given; hidden ones are left out."""
        sql = "SELECT id, uid FROM document WHERE removed IS NULL AND id IN (SELECT value FROM json_each(?))"
        found = dict(self._read.execute(sql, [json.dumps(list(keys))]).fetchall())
        return [found[key] for key in keys if key in found]

    def first_open(self, keys: Sequence[int], person: int | None) -> str | None:
        """Return the first (uid) of these documents that an annotator has still to do; None if there is none."""
        for start in range(0, len(keys), _IN_LIST):
            some = list(keys[start : start + _IN_LIST])
            sql = (
                f"SELECT id, uid FROM document WHERE removed IS NULL AND {_IS_WORK} AND id IN "
                "(SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM annotation_set s "
                "WHERE s.document = document.id AND s.annotator IS ? AND s.status <> 'open')"
            )
            found = dict(self._read.execute(sql, [json.dumps(some), person]).fetchall())
            for key in some:
                if key in found:
                    return found[key]
        return None

    def _references_of(self, keys: Sequence[int]) -> dict[int, list[str]]:
        annotations = ",".join("?" * len(keys))
        sql = (
            "SELECT r.document, d.uid FROM reference r JOIN document d ON d.id = r.reference AND +d.removed IS NULL "
            f"WHERE r.document IN ({annotations}) ORDER BY r.document, r.ordinal"
        )
        found: dict[int, list[str]] = {}
        for document, uid in self._read.execute(sql, list(keys)):
            found.setdefault(document, []).append(uid)
        return found

    def references(self, uid: str) -> list[str]:
        """Return the uids of a document's references, in order."""
        sql = (
            "SELECT d.uid FROM reference r JOIN document d ON d.id = r.reference WHERE +d.removed IS NULL "
            "AND r.document = (SELECT id FROM document WHERE uid=?) ORDER BY r.ordinal"
        )
        return [row[0] for row in self._write.execute(sql, [uid])]

    def referring(self, uid: str) -> list[str]:
        """Return the uids of the documents that this one is a reference of."""
        sql = (
            "SELECT d.uid FROM reference r JOIN document d ON d.id = r.document WHERE +d.removed IS NULL "
            "AND r.reference = (SELECT id FROM document WHERE uid=?) ORDER BY d.id"
        )
        return [row[0] for row in self._write.execute(sql, [uid])]

    def is_reference_only(self, keys: Sequence[int]) -> set[int]:
        """Return those of the keys that are references of other documents and have none themselves."""
        annotations = ",".join("?" * len(keys))
        sql = (
            f"SELECT DISTINCT reference FROM reference WHERE reference IN ({annotations}) "
            "AND reference NOT IN (SELECT document FROM reference)"
        )
        return {row[0] for row in self._read.execute(sql, list(keys))}

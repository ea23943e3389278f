"""The texts that may contain what is searched for, read in batches: the first ones come at once, however many there
are, and no read transaction stays open between batches.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.storage.project import Project
from app.storage.row_cells import FoundCells, reads_row
from app.storage.word_index import IndexQuery

_COLUMNS = "SELECT d.id, d.uid, d.name, d.text FROM document d"
_FIRST_BATCH = 50
_LARGEST_BATCH = 2_000


class TextRow(NamedTuple):
    """A document's row number, uid, name and text."""

    key: int
    uid: str
    name: str
    text: str


@reads_row(FoundCells)
def to_text_row(cells: FoundCells) -> TextRow:
    """Return a document to search in, of a row `id, uid, name, text`. Raises DamagedRow."""
    return TextRow(cells.id, cells.uid, cells.name, cells.text)


def matching(project: Project, query: IndexQuery, *, after: int = 0) -> Iterator[TextRow]:
    """Yield the documents after a row number that the word index names, in order of import."""
    if query.has_beginning:
        # Each batch would gather all words with that beginning again.
        sql = "SELECT rowid FROM document_fts WHERE document_fts MATCH ? AND rowid > ? ORDER BY rowid"
        keys = [row[0] for row in project.reader.execute(sql, [query.expression, after])]
        return by_keys(project, keys)
    # Each batch continues the index scan after the last row, so that the first rows don't wait for the rest.
    sql = (
        "SELECT d.id, d.uid, d.name, d.text FROM document_fts f JOIN document d ON d.id = f.rowid "
        "WHERE document_fts MATCH ? AND f.rowid > ? AND +d.removed IS NULL ORDER BY f.rowid LIMIT ?"
    )
    return _in_batches(project, sql, [query.expression], after)


def in_order(project: Project, *, after: int = 0) -> Iterator[TextRow]:
    """Yield the documents after a row number, in order of import."""
    # The plus keeps SQLite from using the index on `removed`, which would read the texts out of order.
    sql = f"{_COLUMNS} WHERE d.id > ? AND +d.removed IS NULL ORDER BY d.id LIMIT ?"
    return _in_batches(project, sql, [], after)


def by_keys(project: Project, keys: Iterable[int]) -> Iterator[TextRow]:
    """Yield documents by their row numbers, without hidden ones."""
    for key in keys:
        row = project.reader.cells(f"{_COLUMNS} WHERE d.id = ? AND d.removed IS NULL", [key]).fetchone()
        if row is not None:
            yield to_text_row(row)


def one(project: Project, uid: str) -> Iterator[TextRow]:
    """Yield one document, or none."""
    sql = f"{_COLUMNS} WHERE d.uid = ? AND d.removed IS NULL"
    return map(to_text_row, project.connection.cells(sql, [uid]))


def _in_batches(project: Project, sql: str, values: list[object], after: int) -> Iterator[TextRow]:
    limit = _FIRST_BATCH
    while True:
        count = 0
        # Don't fetch a batch as a list: texts may be large. The cursor is exhausted, and so closed, after each batch.
        for row in project.reader.cells(sql, [*values, after, limit]):
            count += 1
            after = row[0]
            yield to_text_row(row)
        if count < limit:
            return
        limit = min(limit * 4, _LARGEST_BATCH)

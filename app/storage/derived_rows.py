"""What lists and search go by: rows that repeat what documents say. Whether they do, and making them again."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from app.core.document import Document, title_of
from app.core.document_names import title_key
from app.core.errors import DamagedRow
from app.core.word_count import count_words
from app.storage.connection import Connection
from app.storage.document_meta import fill_meta, fill_titles, meta_rows
from app.storage.project import Project
from app.storage.rows import DOCUMENT_COLUMNS, to_document
from app.storage.word_index import fill, index_words

_PAGE = 200
_TOKEN = re.compile("[0-9A-Za-z_\u0080-\U0010ffff]+")  # a word of the index, as its tokenizer cuts them
_DERIVED = ("document_meta", "document_title", "set_count", "document_count")


class DerivedFault(NamedTuple):
    """A document (uid and name) of which something is listed or found otherwise than it says."""

    document: str
    name: str
    what: str


def derived_faults(project: Project) -> Iterator[DerivedFault]:
    """Yield the documents whose sizes, titles, metadata or words are kept otherwise than they are. Those that can't be
    decoded are left out: whoever reads documents names them.
    """
    read, last = project.reader, -1
    while True:
        sql = f"SELECT {DOCUMENT_COLUMNS}, length, words FROM document WHERE id > ? ORDER BY id LIMIT ?"
        rows = read.cells(sql, [last, _PAGE]).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        for *cells, length, words in rows:
            with suppress(DamagedRow):
                document, _ = to_document(cells)
                for what in _faults(read, cells[0], document, (length, words)):
                    yield DerivedFault(document.uid, document.name, what)


def _faults(read: Connection, key: int, document: Document, size: tuple[object, object]) -> Iterator[str]:
    if size != (len(document.text), count_words(document.text)):
        yield "its number of characters or words isn't kept as it is"
    rows = read.execute("SELECT key, value, document FROM document_meta WHERE document = ?", [key]).fetchall()
    if set(rows) != set(meta_rows(key, document.meta)):
        yield "its metadata aren't listed as they are"
    title = read.execute("SELECT title FROM document_title WHERE document = ?", [key]).fetchone()
    if title != (title_key(title_of(document.name, document.meta)),):
        yield "it isn't sorted by the title that it has"
    if not _is_indexed(read, key, document):
        yield "search doesn't know its words"


def _is_indexed(read: Connection, key: int, document: Document) -> bool:
    """Whether the index of words has as many words of a document as it has, and the first, middle and last of them.

    The index has no text that could be compared.
    """
    row = read.execute("SELECT sz FROM document_fts_docsize WHERE id = ?", [key]).fetchone()
    columns = [_TOKEN.findall(index_words(text)) for text in (document.name, document.text)]
    if row is None or _numbers(row[0]) != [len(column) for column in columns]:
        return False
    sql = "SELECT 1 FROM document_fts WHERE document_fts MATCH ? AND rowid = ?"
    return all(
        read.execute(sql, [f'{column} : "{word}"', key]).fetchone() is not None
        for column, words in zip(("name", "text"), columns, strict=True)
        for word in {words[at] for at in (0, len(words) // 2, -1) if words}
    )


def _numbers(sizes: bytes) -> list[int]:
    """Return the numbers in a row of sizes: seven bits a byte, the highest first; the eighth says that more follow."""
    found, number = [], 0
    for byte in sizes:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            found.append(number)
            number = 0
    return found


def make_again(project: Project) -> None:
    """Make all of it again, inside of `project.atomic()`. Counts are dropped: they are made when they are asked for."""
    db = project.connection
    for table in _DERIVED:
        db.execute(f"DELETE FROM {table}")
    fill_meta(db)
    fill_titles(db)
    db.execute("INSERT INTO document_fts (document_fts) VALUES ('delete-all')")
    fill(db)
    last = -1
    while rows := db.cells("SELECT id, text FROM document WHERE id > ? ORDER BY id LIMIT ?", [last, _PAGE]).fetchall():
        last = rows[-1][0]
        sizes = [(len(text), count_words(text), key) for key, text in rows if isinstance(text, str)]
        sql = "UPDATE document SET length = ?, words = ? WHERE id = ? AND (length, words) IS NOT (?, ?)"
        db.executemany(sql, [(*size, size[0], size[1]) for size in sizes])

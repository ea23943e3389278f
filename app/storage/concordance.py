"""The texts in which a term may stand: those that the index names first, and then all others."""

from collections.abc import Container, Iterator
from typing import NamedTuple

from app.storage.project import Project

_COLUMNS = "SELECT d.id, d.uid, d.name, d.text FROM document d"


class TextRow(NamedTuple):
    """A document's row number, uid, name and text."""

    key: int
    uid: str
    name: str
    text: str


def with_phrase(project: Project, words: str, *, prefix: bool) -> Iterator[TextRow]:
    """Yield the documents whose text has these words behind each other, in order of import; with `prefix`, the last
    one may go on. Case and accents don't count.
    """
    sql = (
        "SELECT d.id, d.uid, d.name, d.text FROM document_fts f JOIN document d ON d.id = f.rowid "
        "WHERE document_fts MATCH ? AND d.removed IS NULL ORDER BY f.rowid"
    )
    quoted = words.replace('"', " ")
    match = f'text : "{quoted}"' + (" *" if prefix else "")
    return map(TextRow._make, project.reader.execute(sql, [match]))


def all_but(project: Project, seen: Container[int]) -> Iterator[TextRow]:
    """Yield the documents whose row numbers weren't seen, in order of import."""
    for row in project.reader.execute(f"{_COLUMNS} WHERE d.removed IS NULL ORDER BY d.id"):
        if row[0] not in seen:
            yield TextRow._make(row)


def one(project: Project, uid: str) -> Iterator[TextRow]:
    """Yield one document, or none."""
    sql = f"{_COLUMNS} WHERE d.uid = ? AND d.removed IS NULL"
    return map(TextRow._make, project.connection.execute(sql, [uid]))

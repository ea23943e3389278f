"""Stale evidence: pieces whose quote doesn't match the text of their document."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from app.core.annotation import Evidence, quote_of
from app.core.errors import DamagedRow
from app.storage.connection import Connection
from app.storage.project import Project
from app.storage.rows import EVIDENCE_COLUMNS, to_evidence

_COLUMNS = ", ".join(f"e.{column.strip()}" for column in EVIDENCE_COLUMNS.split(","))


class Stale(NamedTuple):
    """A stale piece of evidence, with its annotation (uid), that one's document (uid and name), and why."""

    document: str
    name: str
    annotation: str
    evidence: Evidence
    why: str


def stale_evidence(project: Project, *, batch: int | None = None) -> Iterator[Stale]:
    """Yield the evidence whose document is missing or whose quote doesn't match it; each text is read once.

    With `batch`, only that of the documents of one import, also in the open transaction. Rows that can't be decoded are
    left out.
    """
    connection = project.connection
    of_batch = "AND o.batch = :batch" if batch is not None else ""
    # Few columns, since all rows are sorted; the whole row is read only for stale evidence.
    sql = (
        'SELECT e.document, e.start, e."end", e.fragments, e.quote, e.owner, e.annotation, e.ordinal '
        f"FROM evidence e JOIN document o ON o.id = e.owner WHERE +o.removed IS NULL {of_batch} ORDER BY e.document"
    )
    rows = connection.cells(sql, {"batch": batch} if batch is not None else {})
    wanted = None
    text: str | None = None
    for document, start, end, fragments, quote, *key in rows:
        if document != wanted:
            wanted, text = document, _text(connection, document)
        is_plain = fragments is None and type(start) is int and type(end) is int and 0 <= start <= end
        if text is None or not is_plain or text[start:end] != quote:
            stale = _stale(connection, key, text)
            if stale is not None:
                yield stale


def _stale(connection: Connection, key: list[Any], text: str | None) -> Stale | None:
    sql = (
        f"SELECT {_COLUMNS}, o.uid, o.name FROM evidence e JOIN document o ON o.id = e.owner "
        "WHERE e.owner=? AND e.annotation=? AND e.ordinal=?"
    )
    row = connection.cells(sql, key).fetchone()
    try:
        evidence = to_evidence(row[:-2])
    except DamagedRow:
        return None
    why = why_stale(evidence, text)
    return Stale(row[-2], row[-1], row[1], evidence, why) if why else None


def why_stale(evidence: Evidence, text: str | None) -> str:
    """Return why a piece of evidence doesn't match its document's text, "" if it does."""
    if text is None:
        return "its document isn't in the project"
    if evidence.end > len(text) or quote_of(text, evidence.fragments) != evidence.quote:
        return "the text there doesn't match the quote"
    return ""


def _text(connection: Connection, uid: str) -> str | None:
    row = connection.cells("SELECT text FROM document WHERE uid=? AND removed IS NULL", [uid]).fetchone()
    if row is None:
        return None
    return row[0] if isinstance(row[0], str) else ""  # no quote matches a text that can't be read

"""The annotations of each document packed by SQLite into one value: JSON, which is read several times faster than rows.

It holds every cell as it is, so a row that Stet wouldn't have written is noticed here as well. What is wrong with it is
for those to say who read the rows one by one.
"""

import sqlite3
from collections.abc import Iterator
from operator import attrgetter, ge

import msgspec

from app.core.annotation import Annotation, Evidence
from app.storage.connection import Connection
from app.storage.errors import StorageFault
from app.storage.row_cells import AnnotationCells
from app.storage.rows import ANNOTATION_COLUMNS, annotation_of

_cells = msgspec.json.Decoder(list[AnnotationCells])
_READING_ORDER = attrgetter("start", "end", "uid")


class Unpackable(Exception):
    """Some annotations can't be packed or aren't as Stet writes them: their rows must be read one by one."""


def packed_annotations(connection: Connection, *, only: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield row numbers of documents, in ascending order in an intact file, each with its annotations packed.

    `only` is the row number of the one document that is wanted. Raises Unpackable.
    """
    chosen = f" WHERE document = {only:d}" if only is not None else ""
    sql = (
        # As bytes, since nothing says that cells are valid UTF-8.
        f"SELECT document, CAST(json_group_array(json_array({ANNOTATION_COLUMNS})) AS BLOB) "
        f"FROM annotation NOT INDEXED{chosen} GROUP BY document ORDER BY document"
    )
    try:
        yield from connection.cells(sql)
    except StorageFault as fault:
        if fault.code != sqlite3.SQLITE_TOOBIG:
            raise
        raise Unpackable from fault
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR:
            raise
        raise Unpackable from error  # there is a blob, which JSON can't hold


def unpacked(packed: bytes, evidence: dict[str, list[Evidence]]) -> dict[int, list[Annotation]]:
    """Return the annotations of a document in reading order, by set (row number); their evidence is taken out of
    `evidence`, where it lies by the annotation's uid. Raises Unpackable.
    """
    try:
        rows = _cells.decode(packed)
        starts = [row.start for row in rows]
        if any(map(ge, starts, starts[1:])):
            rows.sort(key=_READING_ORDER)
        if evidence:
            annotations = [annotation_of(row, tuple(evidence.pop(row.uid, ()))) for row in rows]
        else:
            annotations = [annotation_of(row, ()) for row in rows]
    except (msgspec.MsgspecError, TypeError, ValueError, LookupError, RecursionError) as error:
        raise Unpackable from error
    first = rows[0].set_id
    if all(row.set_id == first for row in rows):
        return {first: annotations}
    found: dict[int, list[Annotation]] = {}
    for row, annotation in zip(rows, annotations, strict=True):
        found.setdefault(row.set_id, []).append(annotation)
    return found

"""Snapshots of a document's finished sets, put together page by page before the decision with which they are kept.

They hold as long as the sums of its sets are what they were then (see `seals`), whoever wrote meanwhile.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.core.annotation import Annotation, Relation
from app.core.progress import CancelToken
from app.storage.connection import Connection
from app.storage.project import Project
from app.storage.review_pages import ReviewPages
from app.storage.rows import to_json
from app.storage.seals import has_seals, sums_without_gold

_MOST = 200_000_000
"""Characters of all snapshots of a document that are kept ready: memory is bounded."""
_FINISHED = (
    "SELECT s.id, s.annotator, s.scheme FROM annotation_set s JOIN annotator w ON w.id = s.annotator "
    "WHERE s.document = ? AND w.kind <> 'gold' AND s.status IN ('done', 'done_empty') ORDER BY w.name"
)


class ReadySnapshots(NamedTuple):
    """What is to be kept of a document (row number): by annotator's row number the scheme's tag and a SetSnapshot as
    JSON. `finished` and `sums` say which sets were finished when they were read, and what they were.
    """

    document: int
    finished: Sequence[tuple[int, int, str]]
    sums: tuple[int, ...]
    sets: Mapping[int, tuple[str, str]]

    def holds(self, connection: Connection) -> bool:
        """Whether the sets are as they were read. Raises sqlite3.Error."""
        if connection.row_sums or _finished(connection, self.document) != self.finished:
            return False  # rows that are being written in bulk aren't in the sums yet
        return sums_without_gold(connection, self.document) == self.sums


class _Content:
    """The snapshot of one set while it is read, encoded at once: a hundred thousand annotations aren't kept twice."""

    def __init__(self) -> None:
        self._annotations: list[tuple[int, int, str, str]] = []
        self._relations: list[Relation] = []

    def add(self, annotation: Annotation) -> int:
        """Add an annotation; return its size in characters."""
        text = to_json(annotation)
        self._annotations.append((annotation.start, annotation.end, annotation.uid, text))
        return len(text)

    def relate(self, relations: list[Relation]) -> None:
        self._relations.extend(relations)

    def text(self) -> str:
        """Return the JSON of the SetSnapshot: in reading order, as `Annotations.load_sets` has it."""
        self._annotations.sort()
        annotations = ",".join(text for *_, text in self._annotations)
        return f'{{"annotations":[{annotations}],"relations":{to_json(self._relations)}}}'


def read_ready_snapshots(project: Project, document: str, cancel: CancelToken | None = None) -> ReadySnapshots | None:
    """Return what the first decision on a document (uid) will keep, read from one snapshot of the project.

    None if it has decisions already, or no sums, or if the snapshots are too long to be held in memory.

    Raises DamagedRow, ProjectError and Cancelled.
    """
    cancel = cancel or CancelToken()
    pages, db = ReviewPages(project), project.reader
    with project.snapshot(), pages.faults():
        row = db.execute("SELECT id FROM document WHERE uid = ?", [document]).fetchone()
        if row is None or not has_seals(db) or _has_decisions(db, row[0]):
            return None
        key: int = row[0]
        finished = _finished(db, key)
        contents = {set_key: _Content() for set_key, _, _ in finished}
        size = 0
        for page in pages.annotations(key):
            cancel.raise_if_cancelled()
            size += sum(contents[set_key].add(annotation) for set_key, annotation in page if set_key in contents)
            if size > _MOST:
                return None
        for set_key, content in contents.items():
            for relations in pages.relations(set_key):
                cancel.raise_if_cancelled()
                content.relate(relations)
        sets = {person: (scheme, contents[set_key].text()) for set_key, person, scheme in finished}
        return ReadySnapshots(key, finished, sums_without_gold(db, key), sets)


def _finished(connection: Connection, document: int) -> list[tuple[int, int, str]]:
    return connection.cells(_FINISHED, [document]).fetchall()


def _has_decisions(connection: Connection, document: int) -> bool:
    ask = "SELECT 1 FROM decision WHERE document = ? LIMIT 1"
    return connection.execute(ask, [document]).fetchone() is not None

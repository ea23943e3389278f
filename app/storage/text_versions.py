"""The earlier texts of documents, kept so that what was made on one of them can be brought to the present one."""

from collections.abc import Iterable, Iterator

import msgspec

from app.core.document import sha256
from app.core.document_names import canonical
from app.core.text_change import Splice, TextVersion
from app.storage.connection import Connection
from app.storage.project import Project
from app.storage.row_cells import TextVersionCells, reads_row
from app.storage.rows import to_json

_splices = msgspec.json.Decoder(tuple[Splice, ...])
_FIRST_VERSION = 8  # of the schema
TEXT_VERSIONS = "SELECT v.document, v.sha256, v.time, v.reason, v.splices, NULL FROM text_version v"
"""The versions without their texts; to be ordered by document and sequence by callers."""
WHOLE_TEXT_VERSIONS = "SELECT v.document, v.sha256, v.time, v.reason, v.splices, v.text FROM text_version v"


@reads_row(TextVersionCells)
def to_text_version(cells: TextVersionCells) -> TextVersion:
    """Return the version of a row of TEXT_VERSIONS. Raises DamagedRow, also for a text that isn't that of its hash."""
    splices = _splices.decode(cells.splices)
    if any(splice.start > splice.end for splice in splices):
        raise ValueError("a splice ends before it starts")
    if cells.text is not None and sha256(cells.text) != cells.sha256:
        raise ValueError("the text isn't that of its hash")
    return TextVersion(sha256=cells.sha256, time=cells.time, reason=cells.reason, splices=splices, text=cells.text)


def has_text_versions(connection: Connection) -> bool:
    """Whether the file has the table of earlier texts: an older one that is only read hasn't."""
    return connection.execute("PRAGMA user_version").fetchone()[0] >= _FIRST_VERSION


class TextVersions:
    """The earlier texts of a project's documents. Methods that write must be called inside `project.atomic()`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> Connection:
        return self._project.connection

    def add(self, document: int, versions: Iterable[TextVersion], *, log: int | None) -> None:
        """Add texts that a document (row number) had, oldest first; `log` is the action that replaced them."""
        sql = "INSERT INTO text_version (document, sha256, time, reason, splices, log, text) VALUES (?,?,?,?,?,?,?)"
        rows = [(document, v.sha256, v.time, v.reason, to_json(v.splices), log, v.text) for v in versions]
        self._db.executemany(sql, rows)

    def of_document(self, uid: str, *, with_text: bool = False, after: int | None = None) -> list[TextVersion]:
        """Return the earlier texts of a document (uid), oldest first; with `after`, those that an action of the log
        behind that sequence replaced.
        """
        if not has_text_versions(self._db):
            return []
        columns = WHOLE_TEXT_VERSIONS if with_text else TEXT_VERSIONS
        sql = f"{columns} JOIN document d ON d.id = v.document WHERE d.uid = ? AND v.log > ? ORDER BY v.sequence"
        if after is None:
            sql = sql.replace(" AND v.log > ?", "")
        return [to_text_version(row) for row in self._db.cells(sql, [uid] if after is None else [uid, after])]

    def rows(self) -> Iterator[tuple[str, str, TextVersion]]:
        """Yield every earlier text after its document's uid and name, by document and oldest first; hidden documents
        are left out.
        """
        if not has_text_versions(self._db):
            return
        sql = (
            "SELECT v.document, v.sha256, v.time, v.reason, v.splices, v.text, d.uid, d.name FROM text_version v "
            "JOIN document d ON d.id = v.document WHERE +d.removed IS NULL ORDER BY v.document, v.sequence"
        )
        for *row, uid, name in self._db.cells(sql):
            yield uid, name, to_text_version(row)

    def edited(self, *, after: int | None = None) -> list[str]:
        """Return the documents (uids) that have earlier texts; with `after`, replaced by an action behind it."""
        if not has_text_versions(self._db):
            return []
        sql = (
            "SELECT d.uid FROM document d WHERE d.id IN "
            "(SELECT v.document FROM text_version v WHERE coalesce(v.log, 0) > ?) ORDER BY d.id"
        )
        return [row[0] for row in self._db.execute(sql, [-1 if after is None else after])]

    def document_with(self, name: str, sha: str) -> str | None:
        """Return the uid of a document with this name, in any form that is canonically the same, that once had the text
        of this SHA-256; None if there is none.
        """
        sql = (
            "SELECT d.uid, d.name FROM text_version v JOIN document d ON d.id = v.document "
            "WHERE v.sha256=? AND d.removed IS NULL ORDER BY d.id"
        )
        wanted = canonical(name)
        return next((uid for uid, known in self._db.execute(sql, [sha]) if canonical(known) == wanted), None)

"""The log: every action with its inverse. Rows are added and never deleted.

What a row does and its inverse are packed into one value; those that lists look for by a word stay as they are.
"""

from collections.abc import Iterator, Sequence

import msgspec

from app.core.clock import now
from app.core.errors import DamagedRow
from app.core.ids import new_uid
from app.core.record import LogRow
from app.storage.connection import Connection
from app.storage.packed_action import NOT_HERE, OF_STATUS, stored_action, unpacked
from app.storage.project import Project
from app.storage.row_cells import LogCells, reads_row

LOG_COLUMNS = (
    "l.sequence, l.uid, l.time, a.name, d.uid, d.name, l.kind, l.title, l.edit, l.inverse, l.undoes, l.undone_by, "
    "l.packed FROM edit_log l LEFT JOIN annotator a ON a.id = l.annotator LEFT JOIN document d ON d.id = l.document"
)

LOG_SEQUENCE = "SELECT seq FROM sqlite_sequence WHERE name = 'edit_log'"
_LAST = 2**62  # far more actions than anyone takes, and far from the largest number that SQLite can store
_PACKED_BY = 6  # what is packed is about so many times shorter
_EDIT = LogRow._fields.index("edit")
_WHERE_OPEN = "WHERE l.undone_by IS NULL AND l.annotator IS ?1 AND {} ORDER BY l.sequence DESC LIMIT 1"
_UNDOABLE = "l.kind <> 'undo'"
_REDOABLE = (
    "l.kind = 'undo' AND l.sequence > "
    "(SELECT coalesce(max(n.sequence), 0) FROM edit_log n WHERE n.annotator IS ?1 AND n.kind = 'do')"
)


@reads_row(LogCells)
def to_log_row(cells: LogCells) -> LogRow:
    """Return the action of a row of LOG_COLUMNS. Raises DamagedRow, but not for an edit that can't be decoded."""
    values = list(msgspec.structs.astuple(cells))
    packed_cell = values.pop()
    if packed_cell is not None:
        if (cells.edit, cells.inverse) != (NOT_HERE, NOT_HERE):
            raise ValueError("there is an action beside the one that is packed")
        values[_EDIT : _EDIT + 2] = unpacked(packed_cell)
    elif cells.edit == NOT_HERE:
        raise ValueError("what was packed is missing")
    return LogRow(*values)


def to_sequence(row: Sequence[object]) -> int:
    """Return the newest sequence that the log ever had, of the row of LOG_SEQUENCE. Raises DamagedRow."""
    last = row[0]
    if not isinstance(last, int) or not 0 <= last < _LAST:
        raise DamagedRow("sqlite_sequence", "edit_log", "“seq” isn't a number of actions")
    return last


class EditLog:
    """The actions of a project. Each annotator has their own undo history."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> Connection:
        return self._project.connection

    def append(
        self,
        *,
        kind: str,
        title: str,
        edit: str,
        inverse: str,
        annotator: int | None,
        document: int | None,
        undoes: int | None = None,
        time: str | None = None,
    ) -> int:
        """Add an action, done at a time (now, if it isn't given), and flag the one it undoes. Return its sequence.

        Must be called inside `project.atomic()`.
        """
        sql = (
            "INSERT INTO edit_log (uid, time, annotator, document, kind, title, edit, inverse, packed, undoes) "
            "VALUES (?,?,?,?,?,?,?,?,?,?)"
        )
        values = [new_uid(), time or now(), annotator, document, kind, title, *stored_action(edit, inverse), undoes]
        sequence = self._db.execute(sql, values).lastrowid or 0
        if undoes is not None:
            self._db.execute("UPDATE edit_log SET undone_by=? WHERE sequence=?", [sequence, undoes])
        return sequence

    def next_sequence(self) -> int:
        """Return the sequence that the next action will get."""
        row = self._db.execute(LOG_SEQUENCE).fetchone()
        return (to_sequence(row) if row else 0) + 1

    def next_saved_sequence(self) -> int:
        """Return the sequence that follows those of all committed actions: in a transaction, of those before it."""
        row = self._project.reader.execute(LOG_SEQUENCE).fetchone()
        return (to_sequence(row) if row else 0) + 1

    def head(self) -> str:
        """Return the uid of the newest action, "" if there is none."""
        row = self._db.execute("SELECT uid FROM edit_log ORDER BY sequence DESC LIMIT 1").fetchone()
        return row[0] if row else ""

    def has(self, uid: str) -> bool:
        """Whether an action (uid) is in the log."""
        return self._db.execute("SELECT 1 FROM edit_log WHERE uid = ?", [uid]).fetchone() is not None

    def documents_since(self, sequence: int) -> list[str] | None:
        """Return the documents (uids) of all actions after a sequence; None if one of them isn't about one document."""
        sql = (
            "SELECT DISTINCT d.uid, l.document IS NULL FROM edit_log l LEFT JOIN document d ON d.id = l.document "
            "WHERE l.sequence > ?"
        )
        found = self._db.execute(sql, [sequence]).fetchall()
        return None if any(is_bulk for _, is_bulk in found) else [uid for uid, _ in found if uid is not None]

    def actions_after(self, sequence: int, *, most: int) -> list[LogRow] | None:
        """Return the actions after a sequence, in order; None if they are more than `most`. Raises DamagedRow."""
        sql = f"SELECT {LOG_COLUMNS} WHERE l.sequence > ? ORDER BY l.sequence LIMIT ?"
        rows = [to_log_row(row) for row in self._db.cells(sql, [sequence, most + 1])]
        return rows if len(rows) <= most else None

    def names(self, sequence: int, uid: str) -> bool:
        """Whether the action with a sequence mentions an annotation (uid)."""
        row = self._db.cells(f"SELECT {LOG_COLUMNS} WHERE l.sequence = ?", [sequence]).fetchone()
        return row is not None and uid in to_log_row(row).edit

    def had_pattern(self, uid: str) -> bool:
        """Whether any action is about a pattern (uid): it was here, whatever became of it. Reads the whole log."""
        sql = "SELECT 1 FROM edit_log WHERE instr(edit, '\"pattern\"') AND instr(edit, ?) LIMIT 1"
        return self._db.execute(sql, [uid]).fetchone() is not None

    def to_undo(self, annotator: int | None) -> LogRow | None:
        """Return the annotator's newest action, done or redone, that isn't undone."""
        return self._newest(annotator, "undo")

    def to_redo(self, annotator: int | None) -> LogRow | None:
        """Return the annotator's newest undo that can be redone: nothing new was done since."""
        return self._newest(annotator, "redo")

    def _newest(self, annotator: int | None, kind: str) -> LogRow | None:
        row = self._db.cells(self.question(kind), [annotator]).fetchone()
        return to_log_row(row) if row else None

    @staticmethod
    def question(kind: str) -> str:
        """Return the SQL that asks what “undo” or “redo” would apply to; its parameter is the annotator."""
        return f"SELECT {LOG_COLUMNS} {_WHERE_OPEN.format(_REDOABLE if kind == 'redo' else _UNDOABLE)}"

    def length_of_next(self, annotator: int | None, kind: str) -> int:
        """Return the length, in characters, of the inverse that undo or redo would carry out; 0 without one. Of a
        packed one it is a guess.
        """
        condition = _REDOABLE if kind == "redo" else _UNDOABLE
        sql = (
            f"SELECT max(length(l.edit), length(l.inverse), {_PACKED_BY} * coalesce(length(l.packed), 0)) "
            f"FROM edit_log l {_WHERE_OPEN.format(condition)}"
        )
        row = self._db.execute(sql, [annotator]).fetchone()
        return row[0] if row else 0

    def sequences(self) -> list[int]:
        """Return the sequences of all actions, newest first."""
        return [row[0] for row in self._db.execute("SELECT sequence FROM edit_log ORDER BY sequence DESC")]

    def row(self, sequence: int) -> LogRow:
        """Return the action with a sequence, which must exist. Raises DamagedRow."""
        return to_log_row(self._db.cells(f"SELECT {LOG_COLUMNS} WHERE l.sequence = ?", [sequence]).fetchone())

    def rows(self, *, limit: int | None = None) -> Iterator[LogRow]:
        """Yield the actions, newest first."""
        sql = f"SELECT {LOG_COLUMNS} ORDER BY l.sequence DESC" + (f" LIMIT {limit:d}" if limit is not None else "")
        yield from map(to_log_row, self._project.reader.cells(sql))

    def status_rows(self) -> Iterator[LogRow]:
        """Yield the actions that may have changed a status or name a day of finishing, oldest first."""
        has = " OR ".join(f"instr(l.edit, '{word}')" for word in OF_STATUS)
        sql = f"SELECT {LOG_COLUMNS} WHERE {has} ORDER BY l.sequence"
        yield from map(to_log_row, self._project.reader.cells(sql))

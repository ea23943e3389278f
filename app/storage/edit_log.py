"""The log: every action with its inverse. Rows are added and never deleted."""

import sqlite3
from collections.abc import Iterator

from app.core.clock import now
from app.core.ids import new_uid
from app.core.record import LogRow
from app.storage.project import Project

_COLUMNS = (
    "l.sequence, l.uid, l.time, a.name, d.uid, d.name, l.kind, l.title, l.edit, l.inverse, l.undoes, l.undone_by "
    "FROM edit_log l LEFT JOIN annotator a ON a.id = l.annotator LEFT JOIN document d ON d.id = l.document"
)

_WHERE_OPEN = "WHERE l.undone_by IS NULL AND l.annotator IS ? AND {} ORDER BY l.sequence DESC LIMIT 1"
_UNDOABLE = "l.kind <> 'undo'"
_REDOABLE = (
    "l.kind = 'undo' AND l.sequence > "
    "(SELECT coalesce(max(n.sequence), 0) FROM edit_log n WHERE n.annotator IS l.annotator AND n.kind = 'do')"
)


class EditLog:
    """The actions of a project. Each annotator has their own undo history."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> sqlite3.Connection:
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
    ) -> int:
        """Add an action, and flag the one it undoes. Return its sequence. Must be called inside `project.atomic()`."""
        sql = (
            "INSERT INTO edit_log (uid, time, annotator, document, kind, title, edit, inverse, undoes) "
            "VALUES (?,?,?,?,?,?,?,?,?)"
        )
        values = [new_uid(), now(), annotator, document, kind, title, edit, inverse, undoes]
        sequence = self._db.execute(sql, values).lastrowid or 0
        if undoes is not None:
            self._db.execute("UPDATE edit_log SET undone_by=? WHERE sequence=?", [sequence, undoes])
        return sequence

    def next_sequence(self) -> int:
        """Return the sequence that the next action will get."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name='edit_log'").fetchone()
        return (row[0] if row else 0) + 1

    def next_saved_sequence(self) -> int:
        """Return the sequence that follows those of all committed actions: in a transaction, of those before it."""
        row = self._project.reader.execute("SELECT seq FROM sqlite_sequence WHERE name='edit_log'").fetchone()
        return (row[0] if row else 0) + 1

    def head(self) -> str:
        """Return the uid of the newest action, "" if there is none."""
        row = self._db.execute("SELECT uid FROM edit_log ORDER BY sequence DESC LIMIT 1").fetchone()
        return row[0] if row else ""

    def has(self, uid: str) -> bool:
        """Whether an action (uid) is in the log."""
        return self._db.execute("SELECT 1 FROM edit_log WHERE uid = ?", [uid]).fetchone() is not None

    def names(self, sequence: int, uid: str) -> bool:
        """Whether the action with a sequence mentions an annotation (uid)."""
        sql = "SELECT 1 FROM edit_log WHERE sequence = ? AND instr(edit, ?)"
        return self._db.execute(sql, [sequence, uid]).fetchone() is not None

    def to_undo(self, annotator: int | None) -> LogRow | None:
        """Return the annotator's newest action, done or redone, that isn't undone."""
        return self._newest(annotator, _UNDOABLE)

    def to_redo(self, annotator: int | None) -> LogRow | None:
        """Return the annotator's newest undo that can be redone: nothing new was done since."""
        return self._newest(annotator, _REDOABLE)

    def _newest(self, annotator: int | None, condition: str) -> LogRow | None:
        row = self._db.execute(f"SELECT {_COLUMNS} {_WHERE_OPEN.format(condition)}", [annotator]).fetchone()
        return LogRow(*row) if row else None

    def length_of_next(self, annotator: int | None, kind: str) -> int:
        """Return the length, in characters, of the inverse that undo or redo would carry out; 0 without one."""
        condition = _REDOABLE if kind == "redo" else _UNDOABLE
        sql = f"SELECT max(length(l.edit), length(l.inverse)) FROM edit_log l {_WHERE_OPEN.format(condition)}"
        row = self._db.execute(sql, [annotator]).fetchone()
        return row[0] if row else 0

    def rows(self, *, limit: int | None = None) -> Iterator[LogRow]:
        """Yield the actions, newest first."""
        sql = f"SELECT {_COLUMNS} ORDER BY l.sequence DESC" + (f" LIMIT {limit:d}" if limit is not None else "")
        for row in self._project.reader.execute(sql):
            yield LogRow(*row)

    def status_rows(self) -> Iterator[LogRow]:
        """Yield the actions that may have changed a status or name a day of finishing, oldest first."""
        has = "instr(l.edit, '\"status\"') OR instr(l.edit, '\"finished\"')"
        sql = f"SELECT {_COLUMNS} WHERE {has} ORDER BY l.sequence"
        for row in self._project.reader.execute(sql):
            yield LogRow(*row)

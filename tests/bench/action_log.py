"""The log of actions: how much room each kind of action takes, and that what undo and redo would do is found at once.

The baseline of the room is the same action and its inverse as plain JSON; that of the time a log a hundredth as long.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from app import paths
from app.core import annotation_edits
from app.jobs.tasks.import_files import import_files
from app.services.history.undo import undo
from app.session.session import Session
from tests.bench.bulk import jsonl
from tests.bench.clock import Took, middle, row, timed
from tests.bench.rows import Row

_ACTIONS = 200
_SHORT, _LONG = 1_000, 100_000
_LOOKS = 200
_RUNS = 5
_ROOM_GOAL, _TIME_GOAL = 0.6, 2.0
_EVERY_UNDONE = 10  # rows of the long log of which one was undone
_UNDONE_BY = """
UPDATE edit_log SET undone_by = (SELECT u.sequence FROM edit_log u WHERE u.uid = 'u' || edit_log.sequence)
WHERE sequence >= ? AND kind = 'do' AND sequence % ? = 0
"""


def run() -> Sequence[Row]:
    """Measure both."""
    return [*room(), *lookups()]


def room(actions: int = _ACTIONS) -> list[Row]:
    """Measure the bytes of a row of the log, the whole of it, by kind of action."""
    with tempfile.TemporaryDirectory() as folder:
        session = _session(Path(folder))
        try:
            return [_took(session, name, actions, act) for name, act in _KINDS.items()]
        finally:
            session.close()


def lookups() -> list[Row]:
    """Measure how long it takes to find what undo and redo would do, in a long log and in a short one."""
    times: dict[str, list[list[Took]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        sessions = [_logged(Path(folder), rows) for rows in (_LONG, _SHORT)]
        try:
            for kind in ("undo", "redo"):
                times[kind] = [[], []]
                for _ in range(_RUNS):
                    for session, found in zip(sessions, times[kind], strict=True):
                        found.append(timed(lambda session=session, kind=kind: _look(session, kind)))
        finally:
            for session in sessions:
                session.close()
    return [
        row(
            f"what {kind} would do, {_LOOKS} times in a log of {_LONG:,} rows",
            middle(long),
            middle(short),
            f"one of {_SHORT:,} rows",
            _TIME_GOAL,
        )
        for kind, (long, short) in times.items()
    ]


def _look(session: Session, kind: str) -> None:
    for _ in range(_LOOKS):
        session.next_target(kind)


def _session(folder: Path) -> Session:
    scheme = (paths.resources() / "schemes" / "news-errors.toml").read_text(encoding="utf-8")
    session = Session.create(folder / "log.stet", scheme=scheme, annotator="ana")
    import_files(session, [jsonl(folder / "in.jsonl", 10)])
    session.open_document(session.reader.documents.to_work_on()[0].uid)
    return session


def _logged(folder: Path, rows: int) -> Session:
    """Return a project with so many rows in its log: marks, some of them undone, the last one too."""
    home = folder / str(rows)
    home.mkdir()
    session = _session(home)
    _mark(session, 0)
    undo(session)
    connection = session.project.connection
    person = session.annotator_key()
    first = session.log.next_sequence()
    with session.project.atomic():
        names = "uid, time, annotator, document, kind, title, edit, inverse, packed"
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            f"INSERT INTO edit_log ({names}) SELECT 'r' || i, time, ?, document, 'do', title, edit, inverse, packed "
            "FROM n, edit_log WHERE kind = 'do' AND annotator IS ? AND title LIKE 'Mark%'",
            [rows, person, person],
        )
        connection.execute(
            f"INSERT INTO edit_log ({names}, undoes) SELECT 'u' || sequence, time, annotator, document, 'undo', title, "
            "edit, inverse, packed, sequence FROM edit_log WHERE sequence >= ? AND sequence % ? = 0",
            [first, _EVERY_UNDONE],
        )
        connection.execute(_UNDONE_BY, [first, _EVERY_UNDONE])
    return session


def _mark(session: Session, number: int) -> None:
    assert session.state is not None
    at = 12 * number
    edit = annotation_edits.annotate(
        session.state, [(at, at + 9 + number % 3)], layer="error", label="NAME_FORM", scheme=session.scheme
    )
    session.apply(edit, title="Mark “Name: its form”")


def _comment(session: Session, number: int) -> None:
    assert session.state is not None
    annotation = session.state.in_order()[number]
    session.apply(annotation_edits.change_comment(annotation, f"see report {number}"), title="Comment on a mark")


def _delete(session: Session, _number: int) -> None:
    assert session.state is not None
    last = session.state.in_order()[-1]
    session.apply(annotation_edits.remove(session.state, [last], scheme=session.scheme), title="Delete a mark")


_KINDS: dict[str, Callable[[Session, int], object]] = {
    "mark": _mark,
    "comment": _comment,
    "undo": lambda session, _number: undo(session),
    "delete": _delete,
}


def _took(session: Session, name: str, actions: int, act: Callable[[Session, int], object]) -> Row:
    first, before = session.log.next_sequence(), _bytes(session)
    for number in range(actions):
        act(session, number)
    rows = [each for each in session.reader.log_rows(limit=actions) if each.sequence >= first]
    plain = sum(len(each.edit.encode()) + len(each.inverse.encode()) for each in rows) / len(rows)
    each = (_bytes(session) - before) / actions
    return Row(f"room of an action in the log, {name}", each, plain, "its JSON alone", _ROOM_GOAL, unit="bytes")


def _bytes(session: Session) -> int:
    """Return what all rows of the log take: their cells and those of its indexes."""
    sql = "SELECT sum(payload) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = 'edit_log')"
    return session.project.reader.execute(sql).fetchone()[0] or 0

"""A write that fails leaves memory and file as they were, and is told."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pytest

from app.core import annotation_edits
from app.core.annotation import Status
from app.core.edits import Batch, Edit, SetStatus
from app.core.errors import ProjectError
from app.services.history.undo import redo, undo
from app.session.actions import DescribeDocument
from app.session.session import Session
from app.storage.annotations import Annotations
from app.storage.edit_log import EditLog
from tests import hindrances
from tests.unit.build import content


def edit_of(session: Session, words: str = "Kyiv") -> Edit:
    start = session.state.document.text.index(words)
    edit = annotation_edits.annotate(
        session.state, [(start, start + len(words))], layer="entity", label="GPE", scheme=session.scheme
    )
    # So long a comment needs pages that the file doesn't have yet.
    return Batch((edit, annotation_edits.change_comment(edit.annotation, "long " * 50_000), SetStatus(Status.SKIPPED)))


def stored(session: Session) -> list[tuple]:
    """Return all rows that work can touch, as another connection sees them."""
    tables = ("annotation", "annotation_set", "annotator", "edit_log", "evidence", "relation", "sqlite_sequence")
    return [row for table in tables for row in session.project.reader.execute(f"SELECT * FROM {table}")]


Breaker = Callable[[Session, pytest.MonkeyPatch], "contextmanager"]


def full_disk(session: Session, _patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    return hindrances.full_disk(session)


@contextmanager
def log_that_fails(_session: Session, patch: pytest.MonkeyPatch) -> Iterator[None]:
    def append(*_args: object, **_fields: object) -> int:
        raise sqlite3.OperationalError("disk I/O error")

    with patch.context() as only:
        only.setattr(EditLog, "append", append)
        yield


@contextmanager
def trigger_that_refuses(session: Session, _patch: pytest.MonkeyPatch) -> Iterator[None]:
    connection = session.project.connection
    connection.execute(
        "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.edit_log BEGIN SELECT RAISE(ABORT, 'not today'); END"
    )
    yield
    connection.execute("DROP TRIGGER refuse")


def file_that_cannot_be_written(session: Session, _patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    return hindrances.cannot_be_written(session)


@contextmanager
def bug(_session: Session, patch: pytest.MonkeyPatch) -> Iterator[None]:
    real = Annotations.write

    def write(self: Annotations, *args: object, **fields: object) -> None:
        real(self, *args, **fields)
        raise ZeroDivisionError("a bug, not a failure")

    with patch.context() as only:
        only.setattr(Annotations, "write", write)
        yield


BREAKERS = [
    (full_disk, ProjectError, "full"),
    (log_that_fails, ProjectError, "disk I/O error"),
    (trigger_that_refuses, ProjectError, "not today"),
    (file_that_cannot_be_written, ProjectError, "can't be written any more"),
    (bug, ZeroDivisionError, "a bug"),
]


# An undo frees as many pages as it needs, so a full disk doesn't stop it.
CASES = [
    (what, *case) for case in BREAKERS for what in ("apply", "undo", "redo") if (what, case[0]) != ("undo", full_disk)
]


@pytest.mark.parametrize(
    ("what", "breaker", "kind", "words"), CASES, ids=[f"{case[0]}, {case[1].__name__}" for case in CASES]
)
def test_a_failing_write_leaves_everything_as_it_was(
    session: Session, monkeypatch: pytest.MonkeyPatch, what: str, breaker: Breaker, kind: type, words: str
) -> None:
    uid = session.state.document.uid
    session.apply(edit_of(session, "Vladimir Puttin"), title="first")
    session.apply(edit_of(session, "Donald Trump"), title="second")
    undo(session)
    heard: list[object] = []
    session.listen(heard.append)
    memory, file = session.state, stored(session)
    action = {
        "apply": lambda: session.apply(edit_of(session), title="third"),
        "undo": partial(undo, session),
        "redo": partial(redo, session),
    }
    with breaker(session, monkeypatch):
        with pytest.raises(kind, match=words):
            action[what]()
        assert session.state is memory
        assert stored(session) == file
        assert heard == []
    assert (session.undo_title(), session.redo_title()) == ("first", "second")
    # And once the hindrance is gone, it works.
    action[what]()
    after = content(session.state)
    session.close()
    again = Session.open(session.path, annotator="ana")
    assert content(again.open_document(uid)) == after
    again.close()


def test_the_person_is_told_what_to_do_about_a_full_disk(session: Session) -> None:
    with full_disk(session, None), pytest.raises(ProjectError) as caught:
        session.apply(edit_of(session), title="x")
    assert "free some space" in caught.value.hint
    assert caught.value.path == session.path


@pytest.mark.parametrize("how", ["moved", "replaced"])
def test_a_moved_or_replaced_file_is_noticed_before_a_write(session: Session, how: str) -> None:
    session.apply(edit_of(session), title="first")
    aside = session.path.with_name("aside.stet")
    session.path.rename(aside)
    if how == "replaced":
        session.path.write_bytes(b"another program's file")
    memory = session.state
    with pytest.raises(ProjectError, match="moved, replaced or deleted"):
        undo(session)
    assert session.state is memory
    # Put back, it takes the work.
    aside.replace(session.path)
    undo(session)
    assert session.state.annotations == {}


def test_a_new_name_that_failed_is_nowhere(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    before = session.state.document
    rename = partial(session.perform, DescribeDocument(before.uid, "another name", {}), title="rename")
    with log_that_fails(session, monkeypatch), pytest.raises(ProjectError):
        rename()
    assert session.reader.document(before.uid) == before
    rename()
    assert session.reader.document(before.uid).name == "another name"

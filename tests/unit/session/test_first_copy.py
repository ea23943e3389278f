"""A copy exists before the first write of a sitting, and the person waits for it only if they are very quick."""

import threading
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import ProjectError, StetError
from app.session.session import Session
from app.storage.backups import backups
from tests.conftest import new_session


def ended(_error: StetError | None) -> None:
    """Stand in for whoever is told the end."""


def copied_work(path: Path) -> list[str]:
    session = Session.open(path, write=False)
    try:
        return [row.title for row in session.reader.log_rows()]
    finally:
        session.close()


def test_the_first_write_finds_a_copy_of_what_was_before(session: Session) -> None:
    session.apply(SetStatus(Status.SKIPPED), title="before")
    session.close()
    again = Session.open(session.path, annotator="ana")
    again.open_document(session.state.document.uid)
    again.copies.expect_first(ended)
    again.apply(SetStatus(Status.OPEN), title="after")
    (copy,) = backups(session.path)
    assert copied_work(copy) == ["before"]
    again.close()


def test_the_write_waits_for_the_copy(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    go, order, real = threading.Event(), [], session.copies.back_up

    def slow() -> Path:
        go.wait(10)
        order.append("copy")
        return real()

    monkeypatch.setattr(session.copies, "back_up", slow)
    session.copies.expect_first(ended)
    session.copies.begin_first()
    threading.Timer(0.05, go.set).start()
    session.apply(SetStatus(Status.SKIPPED), title="write")
    order.append("write")
    assert order == ["copy", "write"]


def test_where_the_last_copy_has_everything_none_is_made(session: Session) -> None:
    session.apply(SetStatus(Status.SKIPPED), title="work")
    session.close(backup=True)
    (copy,) = backups(session.path)
    again = Session.open(session.path, annotator="ana")
    again.copies.expect_first(ended)
    again.close()
    assert backups(session.path) == [copy]
    copy.write_bytes(b"spoilt")
    again = Session.open(session.path, annotator="ana")
    again.copies.expect_first(ended)
    again.copies.begin_first()
    again.close()
    assert len(backups(session.path)) == 2


def test_a_sitting_without_a_write_needs_none(session: Session) -> None:
    session.copies.expect_first(ended)
    session.close(backup=True)
    assert backups(session.path) == []


def test_a_backup_by_hand_is_the_first_one(session: Session) -> None:
    session.copies.expect_first(ended)
    session.back_up()
    session.apply(SetStatus(Status.SKIPPED), title="write")
    assert len(backups(session.path)) == 1


def test_an_empty_project_needs_none(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "empty.stet", scheme=new_scheme(tmp_path))
    session.copies.expect_first(ended)
    session.copies.begin_first()
    session.close()
    assert backups(session.path) == []


def new_scheme(folder: Path) -> str:
    session = new_session(folder / "other.stet")
    session.close()
    return session.scheme.source


def test_a_copy_that_fails_is_told_and_work_goes_on(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Path:
        raise ProjectError("the backup failed: the disk is full")

    told: list[StetError | None] = []
    monkeypatch.setattr(session.copies, "back_up", fail)
    session.copies.expect_first(told.append)
    session.apply(SetStatus(Status.SKIPPED), title="write")
    assert [str(error) for error in told] == ["the backup failed: the disk is full"]
    assert session.state.status is Status.SKIPPED

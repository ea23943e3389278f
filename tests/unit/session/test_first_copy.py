"""The first write of a sitting is preceded by a copy of what there was, and nobody waits until it is made."""

import threading
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import ProjectError, StetError
from app.core.project_option import CONTROL_SHARE
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern
from app.services.history.undo import takes_long, undo
from app.session import copies
from app.session.actions import Action, ChangeOption, ChangePattern, ChangeView
from app.session.session import Session
from app.storage import backups as copying
from app.storage.backups import Copied, backups
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
    again.copies.await_first()
    (copy,) = backups(session.path)
    assert copied_work(copy) == ["before"]
    again.close()


@pytest.mark.parametrize("is_begun", [True, False])
def test_work_goes_on_while_the_copy_is_made(session: Session, monkeypatch: pytest.MonkeyPatch, is_begun: bool) -> None:
    go, real = threading.Event(), session.path
    check = copying.faults_of

    def slow(path: Path) -> list[str]:
        assert go.wait(10)
        return check(path)

    monkeypatch.setattr(copying, "faults_of", slow)
    session.apply(SetStatus(Status.SKIPPED), title="before")
    session.copies.expect_first(ended)
    if is_begun:
        session.copies.begin_first()
    session.apply(SetStatus(Status.OPEN), title="after")
    assert backups(real) == []
    go.set()
    session.copies.await_first()
    (copy,) = backups(real)
    assert copied_work(copy) == ["before"]
    assert session.copies.is_due


def test_many_changes_wait_for_the_copy_and_need_no_other(session: Session) -> None:
    session.copies.expect_first(ended)
    session.copies.begin_first()
    session.copies.before_many("merge")
    assert len(backups(session.path)) == 1


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
    def fail(_path: Path, **_rest: object) -> Copied:
        raise ProjectError("the backup failed: the disk is full")

    told: list[StetError | None] = []
    monkeypatch.setattr(copies, "back_up", fail)
    session.copies.expect_first(told.append)
    session.apply(SetStatus(Status.SKIPPED), title="write")
    session.copies.await_first()
    assert [str(error) for error in told] == ["the backup failed: the disk is full"]
    assert session.state.status is Status.SKIPPED


SMALL = [
    ChangeView("mine", ("status=done",), "name"),
    ChangeOption(CONTROL_SHARE, "10"),
    ChangePattern(
        SuggestionPattern(uid="p", words="spun", match=next(iter(PatternMatch)), layer="entity", label="PERSON")
    ),
]


@pytest.mark.parametrize("action", SMALL)
def test_what_leaves_the_work_alone_needs_no_copy(
    session: Session, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    monkeypatch.setattr("app.services.history.undo._LARGE_FILE", 0)
    session.apply(SetStatus(Status.SKIPPED), title="before")
    session.perform(action, title="small")
    assert not takes_long(session, "undo")
    undo(session)
    session.copies.await_first()
    assert backups(session.path) == [], "a copy of everything, and its check, would hold up the window"

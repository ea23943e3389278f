"""What couldn't be written is kept, shown and written as soon as that works, here or in a copy elsewhere."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.errors import NotWritable, ProjectError
from app.services.history.rescue import save_elsewhere
from app.services.history.undo import redo, undo
from app.session.events import Topic
from app.session.session import Session
from app.storage.file_watch import ProjectChanged
from app.storage.soundness import faults_of
from tests.unit.session.test_failing_writes import edit_of, stored
from tests.unprivileged import needs_permissions, write_protected

WORDS = ("Vladimir Puttin", "Donald Trump", "Kyiv")


@pytest.fixture
def session(news_session: Session) -> Session:
    news_session.kept.is_on = True
    return news_session


@contextmanager
def full_disk(session: Session) -> Iterator[None]:
    """Let the file have no more pages than it has; an edit of these tests needs some."""
    (pages,) = session.project.connection.execute("PRAGMA page_count").fetchone()
    session.project.connection.execute(f"PRAGMA max_page_count={pages}")
    yield
    session.project.connection.execute("PRAGMA max_page_count=1000000")


@contextmanager
def no_permission(session: Session) -> Iterator[None]:
    with write_protected(session.path):
        yield


@contextmanager
def moved_away(session: Session) -> Iterator[None]:
    elsewhere = session.path.with_name("elsewhere.stet")
    os.replace(session.path, elsewhere)
    yield
    os.replace(elsewhere, session.path)


@contextmanager
def cannot_be_written(session: Session) -> Iterator[None]:
    session.project.connection.execute("PRAGMA query_only=ON")
    yield
    session.project.connection.execute("PRAGMA query_only=OFF")


Hindrance = Callable[[Session], AbstractContextManager[None]]
HINDRANCES: list[Hindrance] = [
    full_disk,
    cannot_be_written,
    moved_away,
    pytest.param(no_permission, marks=needs_permissions),
]


def quotes(session: Session) -> list[str]:
    state = session.state
    return sorted(each.quote for each in state.annotations.values()) if state is not None else []


@pytest.mark.parametrize("hindrance", HINDRANCES)
def test_refused_edits_are_shown_and_written_when_that_works(session: Session, hindrance: Hindrance) -> None:
    uid = session.state.document.uid
    file = stored(session)
    heard: list[Topic] = []
    session.listen(lambda event: heard.append(event.topic))
    with hindrance(session):
        for words in WORDS:
            session.apply(edit_of(session, words), title=words)
        assert (quotes(session), len(session.kept)) == (sorted(WORDS), 3)
        assert heard == [Topic.ANNOTATIONS] * 3
        assert stored(session) == file
        told = session.kept.error
        assert told is not None
        assert "your last 3 edits are kept here, not saved yet" in told.what
        assert told.hint
        # Whatever else is asked for waits for them, and takes nothing away.
        for act in (
            lambda: undo(session),
            lambda: redo(session),
            lambda: session.set_status(Status.OPEN),
            lambda: session.open_document(uid),
            session.close_document,
            lambda: session.become("ben"),
        ):
            with pytest.raises(ProjectError):
                act()
            assert (quotes(session), session.annotator, session.state.document.uid) == (sorted(WORDS), "ana", uid)
    session.apply(edit_of(session, "days"), title="fourth")
    assert (len(session.kept), session.kept.error) == (0, None)
    shown = quotes(session)
    assert shown == sorted([*WORDS, "days"])
    for title in ("fourth", *reversed(WORDS)):
        assert session.undo_title() == title
        undo(session)
    for _ in shown:
        redo(session)
    session.close()
    assert faults_of(session.path) == []
    again = Session.open(session.path, annotator="ana")
    again.open_document(uid)
    assert quotes(again) == shown
    again.close()


@pytest.mark.parametrize("hindrance", HINDRANCES)
def test_a_copy_elsewhere_has_what_was_refused(session: Session, tmp_path: Path, hindrance: Hindrance) -> None:
    uid = session.state.document.uid
    out = tmp_path / "copy.stet"
    session.apply(edit_of(session, WORDS[0]), title="first")
    with hindrance(session):
        session.apply(edit_of(session, WORDS[1]), title="second")
        assert save_elsewhere(session, out) == ""
        session.kept.forget()
        assert quotes(session) == [WORDS[0]]
    copy = Session.open(out, annotator="ana")
    copy.open_document(uid)
    assert (quotes(copy), copy.undo_title()) == (sorted(WORDS[:2]), "second")
    copy.close()


def test_a_replaced_file_is_not_written_and_the_work_is_kept(session: Session, tmp_path: Path) -> None:
    other = Path(shutil.copy(session.path, tmp_path / "other.stet"))
    before = other.read_bytes()
    os.replace(other, session.path)
    session.apply(edit_of(session, WORDS[0]), title="first")
    assert isinstance(session.trouble, ProjectChanged)
    assert quotes(session) == [WORDS[0]]
    assert session.path.read_bytes() == before
    save_elsewhere(session, tmp_path / "copy.stet")
    assert faults_of(tmp_path / "copy.stet") == []


@needs_permissions
def test_permission_that_is_lost_is_noticed_before_a_write(news_session: Session) -> None:
    with write_protected(news_session.path), pytest.raises(NotWritable, match="write-protected now"):
        news_session.apply(edit_of(news_session), title="x")
    news_session.apply(edit_of(news_session), title="x")

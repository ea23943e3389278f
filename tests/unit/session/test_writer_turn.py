"""Threads of one process write one after another: nothing becomes part of another thread's transaction."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import Cancelled
from app.core.progress import CancelToken
from app.core.project_option import CONTROL_SHARE
from app.services.suggestions.sights import Sights
from app.session.actions import ChangeOption
from app.session.session import Session
from app.storage import preflight
from app.storage.writer_turn import WriterBusy


class Refused(Exception):
    """Ends a job's transaction as a cancelled one."""


@contextmanager
def job_writing(session: Session, *, fails: bool = False) -> Iterator[None]:
    """Have a job in the middle of a transaction inside the block; it then commits, or rolls back."""
    is_writing, may_go_on = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with session.transaction("job", backup=None) as step:
                step.perform([ChangeOption(CONTROL_SHARE, "10")])
                is_writing.set()
                assert may_go_on.wait(10)
                if fails:
                    raise Refused
        except Refused:
            pass

    job = threading.Thread(target=write)
    job.start()
    try:
        assert is_writing.wait(10)
        yield
    finally:
        may_go_on.set()
        job.join()


def titles(session: Session) -> list[str]:
    return [row.title for row in session.reader.log_rows()]


@pytest.mark.parametrize("fails", [False, True])
def test_a_mark_during_a_jobs_write_is_refused_whole(session: Session, fails: bool) -> None:
    before = session.state
    with job_writing(session, fails=fails):
        assert session.project.turn.is_taken
        with pytest.raises(WriterBusy):
            session.apply(SetStatus(Status.SKIPPED), title="mark")
        assert session.state is before
    assert not session.project.turn.is_taken
    assert session.trouble.error is None
    assert titles(session) == ([] if fails else ["job"])
    session.apply(SetStatus(Status.SKIPPED), title="mark")
    assert titles(session)[0] == "mark"


def test_what_was_seen_during_a_jobs_write_is_kept(session: Session) -> None:
    sights = Sights(session)
    assert session.state is not None
    sights.note(session.state.document.uid, ["seen"])
    with job_writing(session, fails=True):
        assert sights.must_wait
        with pytest.raises(WriterBusy):
            sights.write()
        assert (sights.count, session.trouble.error) == (1, None)


def test_a_job_waits_for_its_turn_until_it_is_cancelled(session: Session) -> None:
    ends: list[str] = []
    token = CancelToken()

    def write(cancel: CancelToken) -> None:
        cancel.take_charge()
        try:
            session.perform(ChangeOption(CONTROL_SHARE, "20"), title="second")
            ends.append("written")
        except Cancelled:
            ends.append("cancelled")

    with job_writing(session):
        cancelled = threading.Thread(target=write, args=(token,))
        waiting = threading.Thread(target=write, args=(CancelToken(),))
        cancelled.start()
        waiting.start()
        token.cancel()
        cancelled.join(10)
        assert ends == ["cancelled"]
    waiting.join(10)
    assert ends == ["cancelled", "written"]
    assert titles(session) == ["second", "job"]


def test_a_write_tells_that_it_waits_for_the_check(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.close()
    is_checking, may_end = threading.Event(), threading.Event()
    real = preflight.run_check

    def slow(*given: Any, **options: Any) -> list[str]:
        is_checking.set()
        assert may_end.wait(10)
        return real(*given, **options)

    again = Session.open(session.path, annotator="ana")
    again.open_document(session.state.document.uid)
    monkeypatch.setattr(preflight, "run_check", slow)
    check = threading.Thread(target=again.check_file)
    check.start()
    assert is_checking.wait(10)
    told: list[str] = []

    def listen(what: str) -> None:
        told.append(what)
        may_end.set()

    again.tell_waits(listen)
    again.apply(SetStatus(Status.SKIPPED), title="first")
    check.join()
    assert set(told) == {"the check of the project before its first change"}
    again.close()

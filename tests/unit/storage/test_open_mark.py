"""A project that was copied without the log beside it is known as one, however it was left; no other is."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.session.session import Session
from app.storage.backups import back_up
from app.storage.project import Project
from tests.newsroom import newsroom
from tests.team import ANA, spun, work


def lacks_log(path: Path, *, write: bool = False) -> bool:
    with closing(Project(path, write=write)) as project:
        return project.missing_log is not None


@pytest.fixture
def at_work(tmp_path: Path) -> Session:
    """A project in which somebody has just marked something."""
    session = newsroom(tmp_path / "news.stet", "ana")
    work(session, "ana", spun(session), ANA, done=False)
    return session


def test_a_copy_without_its_log_is_known_until_it_is_written(at_work: Session) -> None:
    path = at_work.path
    alone = Path(shutil.copy(path, path.with_name("alone.stet")))
    both = Path(shutil.copy(path, path.with_name("both.stet")))
    shutil.copy(f"{path}-wal", f"{both}-wal")
    assert not lacks_log(path)  # while it is written
    assert (lacks_log(both), lacks_log(both, write=True)) == (False, False)
    assert lacks_log(alone)
    assert lacks_log(alone, write=True)  # opening and closing it is told once
    assert not lacks_log(alone)
    at_work.close()
    assert not lacks_log(path)
    assert not os.path.exists(f"{path}-wal")


def test_nothing_is_marked_for_reading(tmp_path: Path) -> None:
    session = newsroom(tmp_path / "news.stet", "ana")
    path = session.path
    session.close()
    before = path.read_bytes()
    Session.open(path, annotator="ana").close()
    Session.open(path, write=False).close()
    assert path.read_bytes() == before


def test_copies_of_ours_are_whole_in_themselves(at_work: Session) -> None:
    for out in (at_work.path.with_name("out.stet"), None):
        assert not lacks_log(back_up(at_work.path, out).path)
        assert not lacks_log(at_work.back_up(out.with_name("other.stet") if out is not None else None))
    at_work.close()


def test_a_reader_only_puts_the_mark_off(at_work: Session) -> None:
    path = at_work.path
    at_work.close()
    session = Session.open(path, annotator="ana")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM document").fetchone()
        session.open_document(spun(session))
        work(session, "ana", spun(session), ANA[:1], done=False)
        other.execute("COMMIT")
    work(session, "ana", spun(session), ANA[:1], done=False)
    assert lacks_log(Path(shutil.copy(path, path.with_name("alone.stet"))))
    session.close()
    assert not lacks_log(path)

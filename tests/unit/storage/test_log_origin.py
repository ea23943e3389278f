"""A write-ahead log of another file, laid beside a project, never gets into it; its own one always does."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import ProjectError
from app.services.history.undo import undo
from app.session.session import Session
from tests.conftest import add_documents, new_session

LOGS = ("-wal", "-shm")


def killed(path: Path, name: str, work: Callable[[Session], None]) -> Path:
    """Return a copy of a project and its log as they stand after the work, the process having been killed."""
    session = Session.open(path, annotator="ana")
    session.project.connection.execute("PRAGMA wal_autocheckpoint=0")
    work(session)
    copy = path.with_name(name)
    shutil.copy(path, copy)
    shutil.copy(f"{path}-wal", f"{copy}-wal")
    session.close()
    return copy


def made(path: Path) -> Path:
    new_session(path).close()
    return path


def a_mark(session: Session) -> None:
    session.open_document(session.reader.documents.find("spun.txt")[0])
    session.apply(SetStatus(Status.SKIPPED), title="Skip")


def forty_documents(session: Session) -> None:
    add_documents(session, {f"{number}": f"text {number} " * 50 for number in range(40)})


def a_whole_file(session: Session) -> None:
    a_mark(session)
    session.project.connection.execute("VACUUM")


WORK = [a_mark, forty_documents, a_whole_file]


def names(path: Path) -> list[str]:
    session = Session.open(path, annotator="ana", write=False)
    found = [record.document.name for record in session.reader.records()]
    session.close()
    return found


@pytest.mark.parametrize("write", [True, False], ids=["to write", "to read"])
@pytest.mark.parametrize("work", WORK)
def test_a_log_of_another_project_is_refused(tmp_path: Path, work: Callable[[Session], None], write: bool) -> None:
    project = made(tmp_path / "news.stet")
    log = Path(f"{project}-wal")
    Path(f"{killed(made(tmp_path / 'other.stet'), 'killed.stet', work)}-wal").rename(log)
    before = (project.read_bytes(), log.read_bytes())
    with pytest.raises(
        ProjectError, match="the log beside it, with the latest changes, belongs to another file"
    ) as refused:
        Session.open(project, write=write)
    assert "move news.stet-wal elsewhere" in refused.value.hint
    assert (project.read_bytes(), log.read_bytes()) == before
    # What the hint says works.
    log.rename(tmp_path / "away")
    Path(f"{project}-shm").unlink(missing_ok=True)
    assert names(project) == ["spun.txt", "reference.txt"]


def test_an_old_log_beside_a_newer_project_copy_is_refused(tmp_path: Path) -> None:
    project = made(tmp_path / "news.stet")
    crashed = killed(project, "crashed.stet", a_mark)
    session = Session.open(project, annotator="ben")
    a_mark(session)
    undo(session)
    session.close()
    shutil.copy(project, crashed)
    before = crashed.read_bytes()
    with pytest.raises(ProjectError, match="belongs to another file or an older copy"):
        Session.open(crashed)
    assert crashed.read_bytes() == before


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("moved_back", [0.0, 0.5, 1.0])
def test_its_own_log_is_read_whatever_part_was_checkpointed(
    tmp_path: Path, work: Callable[[Session], None], moved_back: float
) -> None:
    project = made(tmp_path / "news.stet")
    crashed = killed(project, "crashed.stet", work)
    whole = project.read_bytes()  # closed in order: with all of the log in it
    old = crashed.read_bytes()
    pages = max(len(whole), len(old)) // 4096
    moved = int(pages * moved_back)
    crashed.write_bytes(b"".join((whole if n < moved else old)[n * 4096 : (n + 1) * 4096] for n in range(pages)))
    assert names(crashed) == names(project)
    Session.open(crashed, annotator="ana").close()
    assert not os.path.exists(f"{crashed}-wal")
    assert names(crashed) == names(project)

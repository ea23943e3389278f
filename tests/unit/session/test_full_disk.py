"""On a disk without a free byte a project can be read, and what can't be done is told to be for that reason."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.core import os_faults
from app.core.errors import EditRejected, NotWritable, ProjectError
from app.jobs.tasks.check_project import check_project
from app.jobs.tasks.export_file import export_project
from app.session.session import Session
from app.storage import access, errors
from app.storage import project as project_module
from app.storage.errors import storage_fault
from app.storage.lock import ProjectLocked
from app.storage.project import Project
from tests.conftest import new_session

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no limit takes the room from a process there")
_ROOM = 16 * 1024  # bytes: less than SQLite needs to share a log


@contextmanager
def no_room(folder: Path) -> Iterator[None]:
    """Let no file of this process grow, as on a disk that is full."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.MonkeyPatch.context() as patch:
        for module in (access, errors, project_module):
            patch.setattr(module, "is_full", lambda at: at == folder)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a project that was closed cleanly."""
    path = tmp_path / "news.stet"
    new_session(path).close()
    path.with_name(f".{path.name}.lock").unlink()
    return path


def beside(path: Path) -> set[str]:
    return {file.name for file in path.parent.iterdir()}


def test_reading_works_and_leaves_nothing(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with no_room(tmp_path):
        session = Session.open(path, annotator="ana", write=False)
        assert session.reader.documents.count() == 2
        assert list(check_project(session)) == []
        export_project(session, elsewhere / "out.jsonl")
        session.close()
    assert (elsewhere / "out.jsonl").read_bytes()
    assert beside(path) == {"news.stet", "elsewhere"}


def test_no_writer_is_let_in_while_it_is_read_so(path: Path, tmp_path: Path) -> None:
    with no_room(tmp_path):
        session = Session.open(path, write=False)
    with pytest.raises(ProjectLocked):
        Project(path)
    assert session.reader.documents.count() == 2
    session.close()
    Project(path).close()


def test_writing_is_refused_for_the_right_reason(path: Path, tmp_path: Path) -> None:
    with no_room(tmp_path):
        with pytest.raises(NotWritable, match="the disk is full") as caught:
            Session.open(path)
        assert "free some space" in caught.value.hint
        session = Session.open(path, annotator="ana", write=False)
        with pytest.raises(EditRejected, match="read-only") as refused:
            session.require_writable()
        assert "the disk is full" in refused.value.hint
        session.close()
    assert beside(path) <= {"news.stet", ".news.stet.lock"}


def test_a_log_that_cannot_be_read_is_not_left_out(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE document SET name = name || 'x'")
        db.commit()
        log = Path(f"{path}-wal").read_bytes()
        file = path.read_bytes()
    path.write_bytes(file)
    Path(f"{path}-wal").write_bytes(log)
    with no_room(tmp_path), pytest.raises(ProjectError, match="the disk is full"):
        Session.open(path, write=False)
    assert (path.read_bytes(), Path(f"{path}-wal").read_bytes()) == (file, log)
    session = Session.open(path, write=False)
    assert all(row.name.endswith("x") for row in session.reader.documents.to_work_on())
    session.close()


def test_a_full_disk_is_told_apart_from_other_errors(path: Path, tmp_path: Path) -> None:
    assert not os_faults.is_full(tmp_path)
    assert not os_faults.is_full(tmp_path / "nowhere")
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    assert "the disk is full" in str(storage_fault(error, path))
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
    assert "the disk reports an error" in str(storage_fault(error, path))
    with no_room(tmp_path):
        assert "the disk is full" in str(storage_fault(error, path))

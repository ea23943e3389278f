"""A project that can't be written where it lies is read there, and reading leaves nothing behind."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import EditRejected, NotWritable, ProjectError
from app.session.session import Session
from app.storage import access
from app.storage.access import tidy
from app.storage.backups import back_up
from app.storage.file_verification import FileVerification
from app.storage.preflight import broken_links, run_check
from tests.conftest import DOCUMENTS, new_session
from tests.unprivileged import needs_permissions, write_protected

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def alone(project_path: Path, tmp_path: Path) -> Path:
    """Give a project in a folder with nothing else."""
    home = tmp_path / "alone"
    home.mkdir()
    shutil.copy(project_path, home / "news.stet")
    return home / "news.stet"


@pytest.fixture(params=["folder", "file", "both"])
def protected(alone: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Give a project of which the folder, the file or both can't be written."""
    paths = {"folder": [alone.parent], "file": [alone], "both": [alone, alone.parent]}[request.param]
    with write_protected(*paths):
        yield alone


def beside(path: Path) -> set[str]:
    return {other.name for other in path.parent.iterdir()}


@needs_permissions
def test_a_write_protected_project_is_read_leaving_no_files(protected: Path, tmp_path: Path) -> None:
    before = protected.read_bytes()
    session = Session.open(protected, annotator="ben", write=False)
    assert [record.document.text for record in session.reader.records()] == list(DOCUMENTS.values())
    assert run_check(protected, check="quick_check") == broken_links(protected) == []
    session.back_up(tmp_path / "copy.stet")
    session.close()
    assert (beside(protected), protected.read_bytes()) == ({"news.stet"}, before)


@needs_permissions
def test_a_write_protected_project_refuses_writing_with_a_reason(protected: Path) -> None:
    with pytest.raises(NotWritable, match="write-protected|its folder is write-protected"):
        Session.open(protected)
    reader = Session.open(protected, annotator="ben", write=False)
    reader.open_document(next(reader.reader.records()).document.uid)
    with pytest.raises(EditRejected) as refused:
        reader.apply(SetStatus(Status.SKIPPED), title="skip")
    assert "copy it to a folder you can write to" in refused.value.hint
    reader.close()
    assert beside(protected) == {"news.stet"}


@needs_permissions
def test_an_unprivileged_reader_sees_a_live_writers_changes(alone: Path) -> None:
    writer = Session.open(alone, annotator="ana")
    uid = next(writer.reader.records()).document.uid
    writer.open_document(uid)
    writer.apply(SetStatus(Status.SKIPPED), title="skip")
    child = "import sys; from pathlib import Path; from tests.unprivileged import respect_permissions as give_up\n"
    child += "give_up(); from app.session.session import Session\n"
    child += "session = Session.open(Path(sys.argv[1]), annotator='ana', write=False)\n"
    child += "print(session.open_document(sys.argv[2]).status)"
    with write_protected(alone.parent):
        ran = subprocess.run([sys.executable, "-c", child, alone, uid], cwd=ROOT, capture_output=True, text=True)
    assert (ran.stdout.strip(), ran.stderr) == ("skipped", "")
    writer.close()


@needs_permissions
def test_an_unreadable_write_ahead_log_is_not_ignored(alone: Path) -> None:
    with closing(sqlite3.connect(alone)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("UPDATE document SET name='changed'")
        connection.commit()
        copy = alone.parent / "copy"
        copy.mkdir()
        for name in ("news.stet", "news.stet-wal"):
            shutil.copy(alone.parent / name, copy / name)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    with write_protected(copy), pytest.raises(ProjectError, match="its latest changes are in a log") as refused:
        Session.open(copy / "news.stet", write=False)
    assert "copy the file and news.stet-wal to a folder you can write to" in refused.value.hint
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before
    reader = Session.open(copy / "news.stet", write=False)
    assert next(reader.reader.records()).document.name == "changed"
    reader.close()


def test_reading_leaves_no_empty_log_behind(alone: Path) -> None:
    before = (alone.stat().st_mtime_ns, alone.read_bytes())
    first = Session.open(alone, write=False)
    second = Session.open(alone, write=False)
    first.close()
    assert second.reader.documents.count() == 2
    second.close()
    assert beside(alone) == {"news.stet"}
    assert (alone.stat().st_mtime_ns, alone.read_bytes()) == before


def test_a_reader_that_leaves_takes_nothing_from_those_who_stay(alone: Path) -> None:
    reading = "import sys; from pathlib import Path; from app.storage.project import Project\n"
    reading += "project = Project(Path(sys.argv[1]), write=False); print('reads', flush=True); sys.stdin.read()\n"
    reading += "print(project.connection.execute('SELECT name FROM document LIMIT 1').fetchone()[0]); project.close()"
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", reading, alone], cwd=ROOT, stdin=pipe, stdout=pipe, text=True
    ) as other:
        assert other.stdout.readline() == "reads\n"
        Session.open(alone, write=False).close()
        writer = Session.open(alone, annotator="ana")
        with writer.project.atomic():
            writer.project.connection.execute("UPDATE document SET name='changed'")
        Session.open(alone, write=False).close()
        assert access.left_unclean(alone)
        out, _ = other.communicate("")
        assert out == "changed\n"
        writer.close()
    assert beside(alone) == {"news.stet", ".news.stet.lock"}


def test_the_log_beside_a_link_is_that_of_the_real_file(tmp_path: Path) -> None:
    session = new_session(tmp_path / "real.stet")
    (tmp_path / "other").mkdir()
    link = tmp_path / "other" / "link.stet"
    link.symlink_to(session.path)
    session.apply(SetStatus(Status.SKIPPED), title="skip")
    assert access.left_unclean(link)
    session.close()
    assert not access.left_unclean(link)


@needs_permissions
def test_a_backup_of_a_protected_project_can_be_put_elsewhere(protected: Path, tmp_path: Path) -> None:
    copy = back_up(protected, tmp_path / "copy.stet").path
    assert copy.read_bytes()[:16] == b"SQLite format 3\x00"


def _pipe(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("the system has no named pipes")
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.with_name("diary.txt").touch()
    path.symlink_to(path.with_name("diary.txt"))


@pytest.mark.parametrize("write", [True, False], ids=["to write", "to read"])
@pytest.mark.parametrize("make", [Path.mkdir, _pipe, _link], ids=["folder", "pipe", "link"])
@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_what_is_no_file_is_no_log(alone: Path, ending: str, make: Callable[[Path], None], write: bool) -> None:
    make(Path(f"{alone}{ending}"))
    with pytest.raises(ProjectError, match=f"what is beside it as news.stet{ending} isn't a file"):
        Session.open(alone, write=write)


def test_a_project_that_is_a_pipe_is_refused(tmp_path: Path) -> None:
    _pipe(tmp_path / "news.stet")
    with pytest.raises(ProjectError, match="this isn't a file"):
        Session.open(tmp_path / "news.stet", write=False)


def test_what_the_system_refuses_while_a_file_is_checked_is_told(tmp_path: Path) -> None:
    """Nothing is handed on unchecked, and no thread ends with a traceback. Such a name is refused anywhere."""
    refused = tmp_path / ("x" * 300)
    tidy(refused)  # which never fails
    with FileVerification(refused) as verification, pytest.raises(ProjectError, match="can't be checked"):
        verification.require()


def test_a_check_that_ended_without_a_result_is_none(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileVerification, "_run", lambda _self: None)
    with FileVerification(alone) as verification, pytest.raises(ProjectError, match="couldn't be checked"):
        verification.require()

"""One writer at a time, whoever it is, and no lock that outlives its process."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.session.session import Session
from app.storage import held_file
from app.storage.lock import ProjectLock, ProjectLocked, is_being_written
from app.storage.project import Project

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file can't be locked itself")
ROOT = Path(__file__).resolve().parents[3]

HOLD = """
import sys, time
from pathlib import Path
from app.storage.project import Project

project = Project(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
project.close()
"""
TRY = """
import sys
from pathlib import Path
from app.core.errors import ProjectError
from app.storage.project import Project

try:
    Project(Path(sys.argv[1]), write=sys.argv[2] == "write").close()
except ProjectError as error:
    print(error)
else:
    print("opened")
"""


def try_elsewhere(path: Path, how: str) -> str:
    """Open the project in another process; return what it said."""
    command = [sys.executable, "-c", TRY, str(path), how]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, encoding="utf-8", cwd=ROOT
    ).stdout.strip()


@pytest.fixture
def holder(project_path: Path):
    """Give another process that has the project open for writing."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(project_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.communicate()


def test_another_process_may_read_but_not_write_an_open_project(session: Session) -> None:
    said = try_elsewhere(session.path, "write")
    assert f"open for writing in process {os.getpid()} on" in said
    assert "open it read-only here" in said
    assert try_elsewhere(session.path, "read") == "opened"
    # Nobody who was refused or who read has taken the lock away.
    session.apply(SetStatus(Status.SKIPPED), title="skip")
    assert "open for writing" in try_elsewhere(session.path, "write")


def test_a_second_open_in_the_same_process_can_only_read(session: Session) -> None:
    with pytest.raises(ProjectLocked, match="open for writing"):
        Project(session.path)
    reader = Project(session.path, write=False)
    assert not reader.is_writable
    assert reader.connection.execute("SELECT count(*) FROM document").fetchone() == (2,)
    reader.close()
    session.apply(SetStatus(Status.SKIPPED), title="skip")


def test_two_names_of_one_file_share_the_lock(session: Session, tmp_path: Path) -> None:
    link = tmp_path / "other-name.stet"
    link.symlink_to(session.path)
    with pytest.raises(ProjectLocked):
        Project(link)


def test_a_reader_sees_what_the_writer_has_written_meanwhile(session: Session) -> None:
    reader = Session.open(session.path, annotator="ana", write=False)
    session.apply(SetStatus(Status.SKIPPED), title="skip")
    assert reader.open_document(session.state.document.uid).status is Status.SKIPPED
    reader.close()


def test_closing_lets_the_next_one_write(session: Session) -> None:
    path = session.path
    session.close()
    assert try_elsewhere(path, "write") == "opened"
    session.close()  # twice does no harm


def test_who_is_killed_holds_no_lock(holder: subprocess.Popen, project_path: Path) -> None:
    with pytest.raises(ProjectLocked, match=f"in process {holder.pid}"):
        Project(project_path)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    Project(project_path).close()


def test_a_refused_writer_lets_nobody_elses_lock_go(holder: subprocess.Popen, project_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ProjectLocked):
            Project(project_path)
    assert "open for writing" in try_elsewhere(project_path, "write")


def test_a_project_opened_for_reading_refuses_work(session: Session) -> None:
    reader = Session.open(session.path, annotator="ben", write=False)
    reader.open_document(session.state.document.uid)
    with pytest.raises(Exception, match="read-only"):
        reader.apply(SetStatus(Status.SKIPPED), title="skip")
    assert reader.state.status is Status.OPEN
    reader.close()


def test_a_project_is_being_written_only_while_its_lock_is_held(tmp_path: Path) -> None:
    path = tmp_path / "held.stet"
    path.touch()
    assert not is_being_written(path)
    lock = ProjectLock(path)
    assert is_being_written(path)
    lock.release()
    assert not is_being_written(path)


def test_who_only_asks_for_the_lock_keeps_no_writer_out(project_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Project(project_path).close()
    prober = FileLock(str(project_path.with_name(".news.stet.lock")), thread_local=False)
    prober.acquire()
    release = threading.Timer(0.1, prober.release)
    release.start()
    Project(project_path).close()
    release.join()


def deleted(project: Path) -> None:
    """Delete what lies beside a project, as programs do that clean up hidden files."""
    for path in project.parent.glob(".news.stet.*"):
        path.unlink()


@linux
def test_a_deleted_lock_file_lets_no_second_writer_in(holder: subprocess.Popen, project_path: Path) -> None:
    deleted(project_path)
    assert is_being_written(project_path)
    with pytest.raises(ProjectLocked, match="in another window or command"):
        Project(project_path)


@linux
def test_asking_for_the_lock_leaves_no_file(project_path: Path) -> None:
    assert not is_being_written(project_path)
    assert {path.name for path in project_path.parent.iterdir()} <= {"news.stet", ".news.stet.lock"}


def _linked_to_the_diary(path: Path) -> None:
    path.symlink_to(path.with_name("diary.txt"))


@linux
@pytest.mark.parametrize("make", [lambda path: os.mkfifo(path), Path.mkdir, _linked_to_the_diary])
def test_who_holds_the_lock_is_written_into_no_other_file(project_path: Path, make) -> None:
    diary = project_path.with_name("diary.txt")
    diary.write_text("Dear diary.")
    make(project_path.with_name(".news.stet.owner"))
    project = Project(project_path)
    with pytest.raises(ProjectLocked):
        Project(project_path)
    project.close()
    assert diary.read_text() == "Dear diary."


# -- where a file can't be locked itself -------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system have no locks of open file descriptions."""
    monkeypatch.setattr(held_file, "_lock", lambda _handle: None)
    monkeypatch.setattr(held_file, "_asked", lambda _handle: None)


def test_the_lock_beside_the_project_does_alone(elsewhere: None, session: Session) -> None:
    assert is_being_written(session.path)
    with pytest.raises(ProjectLocked):
        Project(session.path)
    path = session.path
    session.close()
    assert not is_being_written(path)
    Project(path).close()


def test_a_deleted_lock_file_is_made_and_locked_again(elsewhere: None, session: Session) -> None:
    deleted(session.path)
    session.apply(SetStatus(Status.SKIPPED), title="Skip")
    assert is_being_written(session.path)
    with pytest.raises(ProjectLocked):
        Project(session.path)


def test_who_lost_the_lock_to_another_writes_no_more(elsewhere: None, session: Session) -> None:
    deleted(session.path)
    other = Project(session.path)
    with pytest.raises(ProjectLocked):
        session.apply(SetStatus(Status.SKIPPED), title="Skip")
    assert session.state.status is Status.OPEN
    other.close()

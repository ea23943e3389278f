"""A project under two names (hard links) has one writer all the same, and nobody reads past a log untold."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import EditRejected, NotWritable, ProjectError
from app.session.session import Session
from app.storage import preflight
from app.storage.project import Project
from tests.conftest import add_documents
from tests.unit.storage.test_lock import try_elsewhere

ROOT = Path(__file__).resolve().parents[3]


def linked(path: Path) -> Path:
    """Give a project a second name in another folder."""
    other = path.parent / "sub" / "second.stet"
    other.parent.mkdir()
    os.link(path, other)
    return other


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only the number of names is known, not who writes")
def test_a_second_name_made_meanwhile_lets_no_second_writer_in(session: Session) -> None:
    session.apply(SetStatus(Status.SKIPPED), title="Skip")
    other = linked(session.path)
    assert "has a second name (a hard link), and writing under two names would destroy it" in try_elsewhere(
        other, "write"
    )
    assert "it is open for writing under another name" in try_elsewhere(other, "read")
    assert try_elsewhere(session.path, "read") == "opened"
    add_documents(session, {"more.txt": "More."})
    session.close()
    assert preflight.run_check(session.path, check="integrity_check") == []
    reader = Session.open(other, write=False)
    assert reader.reader.documents.count() == 3
    reader.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a lock belongs to a name")
def test_the_lock_of_a_writer_holds_for_every_name(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.storage.project.second_name", lambda _path: None)
    with pytest.raises(NotWritable, match="open for writing in another window or command"):
        Project(linked(session.path))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a lock belongs to a name")
def test_a_second_mount_of_an_open_project_is_not_read(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    other = linked(session.path)
    # A mount doesn't count as a name. In another process the file isn't known as open here.
    monkeypatch.setattr("app.storage.lock.second_name", lambda _path: None)
    monkeypatch.setattr("app.storage.project.is_held", lambda _path: False)
    with pytest.raises(ProjectError, match="open for writing under another name"):
        Project(other, write=False)
    Project(session.path, write=False).close()


def test_a_project_with_two_names_is_read_with_a_warning(project_path: Path) -> None:
    other = linked(project_path)
    for name in (project_path, other):
        with pytest.raises(NotWritable, match="a hard link") as refused:
            Session.open(name)
        assert refused.value.hint == "delete the other name, or copy the file and work in the copy"
        reader = Session.open(name, write=False)
        assert any("work done under that name may be missing" in note for note in reader.reader.notes)
        with pytest.raises(EditRejected) as told:
            reader.require_writable()
        assert "delete the other name" in told.value.hint
        reader.close()
    other.unlink()
    session = Session.open(project_path)
    assert session.reader.notes == []
    session.close()


def test_links_to_the_name_are_no_second_name(project_path: Path) -> None:
    link = project_path.with_name("link.stet")
    link.symlink_to(project_path)
    session = Session.open(link, annotator="ana")
    add_documents(session, {"more.txt": "More."})
    assert "open for writing" in try_elsewhere(project_path, "write")
    session.close()
    assert {path.name for path in project_path.parent.iterdir()} == {"news.stet", ".news.stet.lock", "link.stet"}


LEAVE_THE_LOG = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0)
try:
    print(connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0])
except sqlite3.OperationalError as error:
    print(error)
"""


def test_looking_at_an_open_project_keeps_sqlites_locks(session: Session) -> None:
    other = linked(session.path)
    for name in (session.path, other):
        preflight.require_project(name)
    with pytest.raises(ProjectError):
        Session.open(other)
    command = [sys.executable, "-c", LEAVE_THE_LOG, session.path]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "database is locked\n"


# -- somebody else is writing ------------------------------------------------------------------------------------------


WRITE = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("writing", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("COMMIT")
connection.close()
"""


def writing_elsewhere(path: Path, seconds: float) -> subprocess.Popen[str]:
    """Let another program, which doesn't know our lock, write for some time."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE, path, str(seconds)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


def test_another_program_that_writes_is_waited_for(session: Session) -> None:
    with writing_elsewhere(session.path, 0.6):
        session.apply(SetStatus(Status.SKIPPED), title="Skip")
    assert session.state.status is Status.SKIPPED


def test_after_a_while_of_waiting_the_write_is_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.storage.project._PATIENCE_S", 0.1)
    with writing_elsewhere(session.path, 20) as other:
        with pytest.raises(ProjectError, match="another program is using the project file"):
            session.apply(SetStatus(Status.SKIPPED), title="Skip")
        other.kill()
    assert session.state.status is Status.OPEN


def test_a_trigger_that_comes_while_a_project_is_open_never_runs(session: Session) -> None:
    with closing(sqlite3.connect(session.path)) as other:
        other.execute("CREATE TRIGGER t AFTER INSERT ON edit_log BEGIN UPDATE document SET name='owned'; END")
    with pytest.raises(ProjectError, match="another program has (changed|deleted or changed)"):
        session.apply(SetStatus(Status.SKIPPED), title="Skip")
    assert session.reader.documents.find("owned") == []

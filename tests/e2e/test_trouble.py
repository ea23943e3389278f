"""When something is wrong it is said in words, and nothing is lost or changed."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox

from app.session.session import Session
from app.storage.version import SCHEMA_VERSION
from tests.conftest import add_documents, scheme_source
from tests.driver import Driver
from tests.hindrances import cannot_be_written
from tests.unit.storage import journals
from tests.unprivileged import needs_permissions, write_protected

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from app.storage.project import Project

project = Project(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
project.close()
"""


@contextmanager
def held_elsewhere(project: Path) -> Iterator[None]:
    """Let another process write to the project."""
    command = [sys.executable, "-c", HOLD, str(project)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        process.communicate("")


# -- somebody else has it ----------------------------------------------------------------------------------------------


def test_a_second_window_reads_says_why_and_refuses_to_write(stet: Driver, project: Path) -> None:
    with held_elsewhere(project):
        stet.start(project, annotator="Ana")
        assert "Opened read-only" in stet.message()
        assert "open for writing in process" in stet.message()
        assert stet.shown("project-name").endswith("(read-only)")
        assert stet.shown("status-saved") == "read-only"
        stet.press("Ctrl+PgDown")
        assert stet.document == "second.txt"
        stet.press("F4")
        stet.find("412 members")
        stet.press("Q")
        assert stet.annotations() == []
        assert "open read-only" in stet.message()
        stet.press("Ctrl+Return")
        assert "open read-only" in stet.message()
        assert stet.document == "second.txt"
        stet.press("Ctrl+Z")
        assert "Nothing to undo" in stet.message()
        stet.quit()
    # And when the other one has gone, writing works.
    stet.start(project, annotator="Ana")
    stet.mark("senator", "F4", "R")
    assert stet.marks() == [("senator", "ROLE_ATTRIBUTE")]


def test_a_reader_exports_what_is_there(stet: Driver, project: Path, tmp_path: Path) -> None:
    with held_elsewhere(project):
        stet.start(project, annotator="Ana")
        stet.press("Ctrl+Shift+E")
        formats = stet.dialog("export-dialog").findChild(QComboBox, "export-format")
        formats.setCurrentIndex(formats.findData("stet"))
        stet.click("export-dialog-accept")
        assert "news.export.jsonl" in stet.report()
        stet.quit()
    assert len((tmp_path / "news.export.jsonl").read_text(encoding="utf-8").splitlines()) == 4


def test_an_import_into_a_project_that_is_only_read_is_refused(stet: Driver, project: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.txt"
    file.write_text("x")
    with held_elsewhere(project):
        stet.start(project, annotator="Ana")
        stet.drop(file)
        assert "read-only" in stet.report()
        stet.quit()


@needs_permissions
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_write_protected_project_opens_read_only_with_a_reason(stet: Driver, project: Path, what: str) -> None:
    before = project.read_bytes()
    with write_protected(project if what == "file" else project.parent):
        stet.start(project, annotator="Ana")
        assert "Opened read-only" in stet.message()
        assert {"file": "the file is write-protected", "folder": "its folder is write-protected"}[
            what
        ] in stet.message()
        assert stet.shown("status-saved") == "read-only"
        stet.find("senator")
        stet.press("F4", "R")
        assert stet.annotations() == []
        assert "open read-only" in stet.message()
        assert "copy it to a folder you can write to" in stet.message()
        stet.quit()
    assert project.read_bytes() == before


def test_a_project_with_two_names_opens_read_only(stet: Driver, project: Path, tmp_path: Path) -> None:
    tmp_path.joinpath("second.stet").hardlink_to(project)
    stet.start(project, annotator="Ana")
    assert "Opened read-only: the file has a second name" in stet.message()
    assert stet.shown("status-saved") == "read-only"


# -- a file that is no good --------------------------------------------------------------------------------------------


def not_a_database(path: Path) -> None:
    path.write_text("This is an article, renamed by somebody.\n" * 100)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE document (id INTEGER PRIMARY KEY); INSERT INTO document VALUES (1)")


def newer(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(60)
        file.write((SCHEMA_VERSION + 1).to_bytes(4))


def damaged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name='document'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size + 20)
        file.write(b"\xff" * (size - 20))


def endless(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE document RENAME TO document2")
        forever = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
        db.execute(f"CREATE VIEW document AS SELECT * FROM document2 WHERE ({forever}) > 0")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def with_a_trigger(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TRIGGER t AFTER INSERT ON edit_log BEGIN DELETE FROM annotation; END")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize("route", ["open", "drop"])
def test_a_bad_project_is_refused_in_a_dialog_and_left_as_it_is(stet: Driver, project: Path, route: str) -> None:
    good = project.read_bytes()
    stet.start(annotator="Ana")
    for spoil in (not_a_database, empty, foreign, newer, damaged, endless, with_a_trigger):
        project.write_bytes(good)
        spoil(project)
        before = project.read_bytes()
        stet.drop(project) if route == "drop" else stet.window.desk.open_project(project)
        told = stet.report()
        assert project.name in told, spoil
        assert len(told.splitlines()) >= 2, spoil  # what is wrong, and what to do
        assert stet.window.desk.workspace is None
        assert stet.window.start.isVisible()
        assert project.read_bytes() == before, spoil
    stet.quit()
    assert project.read_bytes() == before


def test_after_a_kill_at_a_bad_moment_the_project_opens(stet: Driver, project: Path) -> None:
    journals.kill_while_switching(project)
    stet.start(project, annotator="Ana")
    stet.mark("senator", "F4", "R")
    assert stet.marks() == [("senator", "ROLE_ATTRIBUTE")]


def test_a_copy_without_its_log_is_told(stet: Driver, project: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.stet"
    with closing(Session.open(project)) as session:
        add_documents(session, {"late.txt": "Too late."})
        shutil.copy(project, alone)
    stet.start(alone, annotator="Ana")
    assert "latest actions may be missing" in stet.report()
    stet.mark("senator", "F4", "R")
    assert stet.marks() == [("senator", "ROLE_ATTRIBUTE")]


def test_anothers_journal_is_told_and_the_project_left_as_it_is(stet: Driver, project: Path, tmp_path: Path) -> None:
    session = Session.create(tmp_path / "other.stet", scheme=scheme_source("ner"))
    add_documents(session, {f"{number}.txt": "Words. " * 900 for number in range(9)})
    session.close()
    journals.killed_in(session.path, "UPDATE document SET text = text || 'x'")
    journals.journal_of(session.path).rename(journals.journal_of(project))
    before = project.read_bytes()
    stet.start(annotator="Ana")
    stet.window.desk.open_project(project)
    assert "belongs to another file or an older copy" in stet.report()
    stet.quit()
    assert project.read_bytes() == before


def test_a_bad_project_leaves_the_open_one_open(desk: Driver, tmp_path: Path) -> None:
    other = tmp_path / "other.stet"
    other.write_text("nonsense")
    desk.mark("senator", "F4", "R")
    desk.drop(other)
    desk.report()
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    desk.mark("Puttin", "F4", "N")
    assert len(desk.marks()) == 2


def test_a_project_that_is_gone_is_told(stet: Driver, tmp_path: Path) -> None:
    stet.start(annotator="Ana")
    stet.window.desk.open_project(tmp_path / "gone.stet")
    told = stet.report()
    assert "gone.stet" in told
    assert "It was moved, renamed or deleted" in told
    assert "stet new" not in told
    assert not (tmp_path / "gone.stet").exists()


# -- a write that fails ------------------------------------------------------------------------------------------------


@contextmanager
def trigger_that_refuses(session: Session) -> Iterator[None]:
    session.project.connection.execute(
        "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.edit_log BEGIN SELECT RAISE(ABORT, 'not today'); END"
    )
    yield
    session.project.connection.execute("DROP TRIGGER refuse")


def stored(stet: Driver) -> list[tuple]:
    """Return what is in the file, as another program sees it."""
    work = (
        "* FROM annotation",
        "* FROM evidence",
        "* FROM edit_log",
        "document, annotator, status FROM annotation_set",
    )
    with closing(sqlite3.connect(f"{stet.session.path.as_uri()}?mode=ro", uri=True)) as db:
        return [row for part in work for row in db.execute(f"SELECT {part}")]


ACTIONS: dict[str, Callable[[Driver], None]] = {
    "mark": lambda stet: stet.press("N"),
    "severity": lambda stet: stet.press("Alt+1"),
    "delete": lambda stet: stet.press("Backspace"),
    "correction": lambda stet: stet.correct("president"),
    "undo": lambda stet: stet.press("Ctrl+Z"),
    "skip": lambda stet: stet.press("Ctrl+Shift+K"),
    "move": lambda stet: stet.press("Alt+S", "Alt+M"),
}


@pytest.mark.parametrize("breaker", [trigger_that_refuses])
def test_a_write_that_fails_is_told_and_changes_nothing(desk: Driver, breaker: Callable) -> None:
    for name, act in ACTIONS.items():
        desk.mark("senator", "F4", "R")
        desk.press("Alt+3")
        memory, file, document = desk.session.state, stored(desk), desk.document
        with breaker(desk.session):
            act(desk)
            assert "not today" in desk.message() or "written" in desk.message(), name
            assert desk.session.state is memory, name
            assert stored(desk) == file, name
            assert desk.document == document, name
        if name == "correction":
            desk.press("Esc")  # out of its field; the mark stays chosen
        act(desk)
        assert desk.session.state is not memory, name
        assert stored(desk) != file, name
        take_everything_back(desk)


def test_work_on_a_file_that_cannot_be_written_is_kept(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    file, document = stored(desk), desk.document
    with cannot_be_written(desk.session):
        desk.press("Alt+1")
        desk.correct("president")
        desk.mark("Kyiv", "F4", "N")
        assert "can't be written any more; your last 3 actions are kept here, not saved yet" in desk.message()
        assert desk.shown("status-saved") == "✗ not saved"
        desk.press("Ctrl+Z")
        assert [words for words, _ in desk.marks()] == ["senator"]
        desk.press("Ctrl+Y")
        shown = desk.marks()
        assert [words for words, _ in shown] == ["senator", "Kyiv"]
        desk.press("Ctrl+PgDown")
        assert (desk.document != document, desk.marks()) == (True, [])
        desk.press("Ctrl+Shift+K")  # goes on to the third
        desk.press("Ctrl+PgUp")
        desk.press("Ctrl+PgUp")
        assert (desk.document, desk.marks()) == (document, shown)
        assert not desk.window.close()
        assert "6 actions are kept here" in desk.report()
        assert stored(desk) == file
    desk.window.desk.care.look()
    assert (desk.message(), desk.shown("status-saved")) == ("Everything is saved again.", "✓ saved")
    assert desk.marks() == shown
    assert len(stored(desk)) > len(file)
    take_everything_back(desk)


def test_edits_that_cannot_be_saved_can_be_given_up(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    with cannot_be_written(desk.session):
        desk.press("Backspace")
        assert desk.marks() == []
        assert not desk.window.close()
        desk.dialog("report-dialog")
        desk.click("report-discard")
        assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    assert desk.window.close()


def take_everything_back(desk: Driver) -> None:
    desk.focus_text()
    for _ in range(30):
        if desk.session.undo_title() is None:
            return
        desk.press("Ctrl+Z")
    pytest.fail(f"Undo doesn't take back: {desk.session.undo_title()}")

"""When something is wrong it is said in words, and nothing is lost or changed."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app import paths
from app.core.annotation import Status
from app.session.session import Session
from app.storage.version import SCHEMA_VERSION
from tests.driver import Driver

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
        assert "Open for reading only" in stet.message()
        assert "open for writing in process" in stet.message()
        assert stet.shown("project-name").endswith("(reading only)")
        assert stet.shown("status-saved") == "reading only"
        stet.press("Ctrl+PgDown")
        assert stet.document == "second.txt"
        stet.press("F4")
        stet.find("412 members")
        stet.press("Q")
        assert stet.annotations() == []
        assert "open for reading only" in stet.message()
        stet.press("Ctrl+Return")
        assert "open for reading only" in stet.message()
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
        stet.dialog("export-dialog")
        stet.press("Return")
        assert "news.training.jsonl" in stet.report()
        stet.quit()
    assert (tmp_path / "news.training.jsonl").stat().st_size > 0


def test_an_import_into_a_project_that_is_only_read_is_refused(stet: Driver, project: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.txt"
    file.write_text("x")
    with held_elsewhere(project):
        stet.start(project, annotator="Ana")
        stet.drop(file)
        assert "reading only" in stet.report()
        stet.quit()


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
    with path.open("r+b") as file:
        file.seek(4096 + 20)
        file.write(b"\xff" * 4000)


@pytest.mark.parametrize("spoil", [not_a_database, empty, foreign, newer, damaged])
@pytest.mark.parametrize("route", ["start", "drop"])
def test_a_bad_project_is_refused_in_a_dialog_and_left_as_it_is(
    stet: Driver, project: Path, spoil: Callable[[Path], None], route: str
) -> None:
    spoil(project)
    before = project.read_bytes()
    if route == "start":
        stet.start(annotator="Ana")
        stet.window.desk.open_project(project)
    else:
        stet.start(annotator="Ana")
        stet.drop(project)
    told = stet.report()
    assert project.name in told
    assert len(told.splitlines()) >= 2  # what is wrong, and what to do
    assert stet.window.desk.workspace is None
    assert stet.window.start.isVisible()
    assert project.read_bytes() == before
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
    assert "gone.stet" in stet.report()
    assert not (tmp_path / "gone.stet").exists()


# -- a write that fails ------------------------------------------------------------------------------------------------


@contextmanager
def trigger_that_refuses(session: Session) -> Iterator[None]:
    session.project.connection.execute(
        "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.edit_log BEGIN SELECT RAISE(ABORT, 'not today'); END"
    )
    yield
    session.project.connection.execute("DROP TRIGGER refuse")


@contextmanager
def file_that_cannot_be_written(session: Session) -> Iterator[None]:
    session.project.connection.execute("PRAGMA query_only=ON")
    yield
    session.project.connection.execute("PRAGMA query_only=OFF")


def stored(stet: Driver) -> list[tuple]:
    tables = ("annotation", "annotation_set", "edit_log", "evidence")
    return [row for table in tables for row in stet.session.project.reader.execute(f"SELECT * FROM {table}")]


ACTIONS: dict[str, Callable[[Driver], None]] = {
    "mark": lambda stet: stet.press("N"),
    "severity": lambda stet: stet.press("Alt+1"),
    "delete": lambda stet: stet.press("Backspace"),
    "correction": lambda stet: stet.correct("president"),
    "undo": lambda stet: stet.press("Ctrl+Z"),
    "skip": lambda stet: stet.press("Ctrl+Shift+K"),
    "move": lambda stet: stet.press("Alt+S", "Alt+M"),
}


@pytest.mark.parametrize("breaker", [trigger_that_refuses, file_that_cannot_be_written])
@pytest.mark.parametrize("name", ACTIONS)
def test_a_write_that_fails_is_told_and_changes_nothing(desk: Driver, name: str, breaker: Callable) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Alt+3")
    memory, file, document = desk.session.state, stored(desk), desk.document
    with breaker(desk.session):
        ACTIONS[name](desk)
        assert desk.message(), "nobody was told"
        assert "not today" in desk.message() or "written" in desk.message()
        assert desk.session.state is memory
        assert stored(desk) == file
        assert desk.document == document
    ACTIONS[name](desk)
    assert desk.session.state is not memory
    assert stored(desk) != file


def test_a_correction_that_could_not_be_written_is_still_in_its_field(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    with trigger_that_refuses(desk.session):
        desk.press("Return")
        desk.type("president")
        desk.press("Return")
        assert "not today" in desk.message()
        form = desk.workspace.inspector.form
        assert form is not None
        assert form.correction is not None
        assert form.correction.text() == "president"
    desk.press("Return", "Return")
    assert [mark.correction for mark in desk.annotations()] == ["president"]


# -- a bug -------------------------------------------------------------------------------------------------------------


def test_a_bug_is_told_once_logged_and_the_window_goes_on(
    desk: Driver, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import app.bootstrap as bootstrap

    kept = sys.excepthook
    bootstrap.build  # noqa: B018  what set the hook
    hook = bootstrap_hook(desk)
    monkeypatch.setattr(sys, "excepthook", hook)
    for _ in range(3):
        try:
            raise ZeroDivisionError("a bug")
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    monkeypatch.setattr(sys, "excepthook", kept)
    assert "ZeroDivisionError" in desk.message()
    log = paths.state_dir() / "bugs.log"
    assert log.read_text(encoding="utf-8").count("ZeroDivisionError: a bug") == 1
    assert str(log) in desk.message()
    desk.mark("senator", "F4", "R")
    assert desk.session.state.status is Status.OPEN
    capfd.readouterr()


def bootstrap_hook(desk: Driver) -> Callable:
    """Return the hook that reports bugs in this window."""
    from app import bootstrap

    before = sys.excepthook
    bootstrap._report_bugs(desk.window)
    hook, sys.excepthook = sys.excepthook, before
    return hook

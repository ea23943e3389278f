"""A project with damaged rows is open to what is left, and the window says what isn't."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.jobs.tasks.sample import create_sample
from tests.as_stet import connect_as_stet
from tests.conftest import new_session
from tests.driver import Driver


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A project of two documents that nobody has open."""
    made = tmp_path / "news.stet"
    new_session(made).close()
    return made


@pytest.fixture
def stet(qtbot: QtBot) -> Iterator[Driver]:
    """Stet, not started yet."""
    driver = Driver(qtbot)
    yield driver
    driver.quit()


def spoil(path: Path, sql: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(sql)
    connection.close()


def test_a_row_that_cannot_be_read_is_told_and_the_others_open(stet: Driver, path: Path) -> None:
    spoil(path, "UPDATE document SET name = CAST(x'61ff62' AS TEXT) WHERE id = 2")
    stet.start(path, annotator="ana")
    assert stet.window is not None
    model = stet.workspace.documents_model
    lines = [f"{model.index(row).data()}: {model.index(row).data(258)}" for row in range(model.rowCount())]
    assert lines[1] == "a\\xffb: can't be read: “name” isn't valid UTF-8"
    assert "of the table “document” can't be read: “name” isn't valid UTF-8" in stet.message()
    assert stet.session.state is not None
    assert stet.session.state.document.name == "spun.txt"


def test_a_changed_text_is_shown_with_a_word(stet: Driver, path: Path) -> None:
    spoil(path, "UPDATE document SET text = 'x' || text WHERE id = 1")
    stet.start(path, annotator="ana")
    assert "the text of “spun” differs from what was imported" in stet.message().replace("The text", "the text")
    assert "it can be read but not edited" in stet.message().lower()
    assert "the text was changed since it was imported" in stet.workspace.text.canvas.accessibleDescription()


def test_damage_is_told_once_and_repaired_from_there(stet: Driver, path: Path) -> None:
    spoil(path, "UPDATE document SET text = 'x' || text WHERE id = 1")
    stet.start(path, annotator="ana")
    stet.dialog("report-dialog")
    stet.click("report-repair")
    stet.wait(lambda: stet.find_dialog("report-dialog") is not None)
    told = stet.report()
    assert "Saved into" in told
    assert "2 documents" in told
    assert "the text is kept as it is now: read it before you rely on it" in told
    assert stet.session.path.name == "news.repaired.stet"
    assert stet.session.is_writable


def test_no_key_of_a_text_presses_a_button_about_damage(stet: Driver, path: Path) -> None:
    spoil(path, "UPDATE document SET text = 'x' || text WHERE id = 2")
    stet.start(path, annotator="ana")
    stet.dialog("report-dialog")  # what was found in the background, while somebody marks
    stet.press("Return", "Space", "R", "F4")
    assert stet.find_dialog("report-dialog") is not None
    assert not list(path.parent.glob("*.repaired.stet"))
    stet.press("Esc")
    assert stet.find_dialog("report-dialog") is None


@pytest.mark.parametrize("how", ["cancelled", "refused"])
def test_without_a_repair_the_project_opens_again(stet: Driver, path: Path, how: str) -> None:
    spoil(path, "UPDATE document SET text = 'x' || text WHERE id = 1")
    stet.start(path, annotator="ana")
    if how == "refused":
        path.with_name("news.repaired.stet").write_bytes(b"somebody's")
    stet.window.desk.damage.check()
    repair = stet.dialog("report-dialog").findChild(QPushButton, "report-repair")
    repair.click()
    assert stet.window.desk.projects.session is None
    if how == "cancelled":
        stet.find_dialog("progress-dialog").cancel_requested.emit()
    stet.wait(lambda: stet.window.desk.projects.session is not None)
    assert stet.session.path == path
    assert stet.document  # which one isn't sure: a damaged file may not take the note of where one was


def test_what_cannot_be_opened_can_be_repaired_there(stet: Driver, path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[40:100] = b"\xff" * 60
    path.write_bytes(content)
    stet.start(annotator="ana")
    assert stet.window is not None
    stet.window.desk.open_project(path)
    stet.dialog("report-dialog")
    stet.click("report-repair")
    stet.wait(lambda: stet.find_dialog("report-dialog") is not None)
    assert "Nothing was lost." in stet.report()
    assert stet.session.path.name == "news.repaired.stet"
    assert path.read_bytes() == content


def test_a_relation_that_leads_nowhere_is_told(stet: Driver, tmp_path: Path) -> None:
    """It would be drawn in the text; its sums fit, as in a project that somebody made to do harm."""
    path = tmp_path / "sample.stet"
    create_sample(path).close()
    with closing(connect_as_stet(path)) as connection, connection:
        connection.execute("UPDATE relation SET target = 'nobody'")
    stet.start(path, annotator="Mira")
    stet.press("Ctrl+PgDown")
    stet.wait(lambda: "refers to an annotation that doesn't exist" in stet.message())
    stet.press("Ctrl+2")
    told = "sample.stet: row "  # and not by a path that leaves no room for it
    stet.wait(lambda: stet.message().startswith(told))
    stet.press("Esc", "Ctrl+3")
    stet.wait(lambda: stet.message().startswith(told))
    assert stet.find_dialog("error-report") is None

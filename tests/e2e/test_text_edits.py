"""A typo in the source is corrected in the window, by keys and by mouse, undone and redone through a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.core.annotation import Status
from app.jobs.tasks.bundle import write_bundle
from app.jobs.tasks.merge import merge_files
from app.session.session import Session
from tests.conftest import SPUN
from tests.driver import Driver
from tests.e2e import projects

FIELD = "text-edit-field"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return projects.make(tmp_path)


@pytest.fixture
def stet(qtbot: QtBot, project: Path) -> Iterator[Driver]:
    driver = Driver(qtbot)
    driver.start(project, annotator="Ana")
    yield driver
    driver.quit()


def part(stet: Driver, name: str, kind: type) -> object:
    found = stet.dialog("text-edit-dialog").findChild(kind, name)
    assert found is not None, name
    return found


def field(stet: Driver) -> QPlainTextEdit:
    found = part(stet, FIELD, QPlainTextEdit)
    assert isinstance(found, QPlainTextEdit)
    return found


def preview(stet: Driver) -> str:
    """Wait until the effects are known, and read them."""
    accept = part(stet, "text-edit-dialog-accept", QPushButton)
    assert isinstance(accept, QPushButton)
    stet.wait(accept.isEnabled)
    shown = part(stet, "text-edit-preview", QPlainTextEdit)
    assert isinstance(shown, QPlainTextEdit)
    return shown.toPlainText()


def lost(stet: Driver) -> list[str]:
    found = part(stet, "lost-marks", QListWidget)
    assert isinstance(found, QListWidget)
    return [found.item(row).text() for row in range(found.count())]


def done(stet: Driver) -> None:
    stet.wait(lambda: stet.find_dialog("text-edit-dialog") is None)
    stet.wait(lambda: stet.message().startswith("Text edited"))


def text(stet: Driver) -> str:
    assert stet.session.state is not None
    assert stet.workspace.text.canvas.text == stet.session.state.document.text
    return stet.session.state.document.text


def test_a_typo_is_corrected_by_keys(stet: Driver, project: Path, qtbot: QtBot) -> None:
    stet.mark("Puttin", "F4", "N")
    stet.mark("Kyiv", "F2", "3")
    stet.put_caret("Vladimir Puttin")
    stet.find("Puttin")
    stet.palette("Edit text")
    assert field(stet).toPlainText() == "Puttin"
    assert stet.target() is field(stet)
    stet.type("Putin")
    assert "“t” is taken out" in preview(stet)
    assert ": “Puttin” → “Putin”  (Ana)" in preview(stet)
    stet.press("Tab")
    stet.type("typo of the site")
    stet.press("Ctrl+Return")
    done(stet)
    assert text(stet) == SPUN.replace("Puttin", "Putin")
    assert [quote for quote, _ in stet.marks()] == ["Putin", "Kyiv"]
    stet.press("Ctrl+Z")
    stet.wait(lambda: stet.session.state.document.text == SPUN)
    assert text(stet) == SPUN
    assert [quote for quote, _ in stet.marks()] == ["Puttin", "Kyiv"]
    stet.quit()
    again = Driver(qtbot)
    again.start(project, annotator="Ana")
    again.press("Ctrl+Shift+Z")
    again.wait(lambda: "Putin" in [quote for quote, _ in again.marks()])
    assert text(again) == SPUN.replace("Puttin", "Putin")
    again.quit()


@pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
def test_a_lost_mark_is_decided_by_mouse(stet: Driver) -> None:
    stet.mark("senator", "F4", "R")
    stet.mark("slave trade", "F4", "T")
    stet.put_caret("US senator")
    stet.focus_text()
    stet.menu("document.edit-text")
    shown = field(stet)
    assert shown.toPlainText() == SPUN.split("\n")[0]
    shown.setPlainText(shown.toPlainText().replace("senator", "president").replace("restricted slave trade", "swap"))
    assert "Marks whose words are gone: 2." in preview(stet)
    assert [row.rpartition(": ")[2] for row in lost(stet)] == ["to decide later"] * 2
    rows, choice = part(stet, "lost-marks", QListWidget), part(stet, "lost-choice", QComboBox)
    assert isinstance(rows, QListWidget)
    assert isinstance(choice, QComboBox)
    _click(rows, 0)
    _choose(choice, "Move it to “president”, which stands there now")
    assert lost(stet)[0].endswith("moved to “president”")
    _click(rows, 1)
    _choose(choice, "Move it to what is selected in the text")
    assert "Select the words" in stet.dialog("text-edit-dialog").findChild(object, "text-edit-dialog-complaint").text()
    cursor = shown.textCursor()
    start = shown.toPlainText().index("swap")
    cursor.setPosition(start)
    cursor.setPosition(start + 4, cursor.MoveMode.KeepAnchor)
    shown.setTextCursor(cursor)
    _choose(choice, "Move it to what is selected in the text")
    assert lost(stet)[1].endswith("moved to “swap”")
    stet.click("text-edit-dialog-accept")
    done(stet)
    assert [quote for quote, _ in stet.marks()] == ["president", "swap"]
    stet.press("Ctrl+Z")
    stet.wait(lambda: stet.session.state.document.text == SPUN)
    assert [quote for quote, _ in stet.marks()] == ["senator", "slave trade"]


def _click(rows: QListWidget, row: int) -> None:
    place = rows.visualItemRect(rows.item(row)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)


def _choose(box: QComboBox, words: str) -> None:
    at = box.findText(words)
    assert at >= 0, [box.itemText(row) for row in range(box.count())]
    box.setCurrentIndex(at)
    box.activated.emit(at)


def test_a_mark_left_lost_is_an_unmet_rule_until_moved(stet: Driver) -> None:
    stet.mark("senator", "F4", "R")
    stet.put_caret("senator")
    stet.find("senator")
    stet.palette("Edit text")
    stet.type("president")
    preview(stet)
    stet.press("Ctrl+Return")
    done(stet)
    assert "1 still to decide" in stet.message()
    assert stet.marks() == [("senator", "ROLE_ATTRIBUTE")]
    stet.press("Ctrl+Return")
    assert stet.session.state.status is Status.OPEN
    stet.workspace.controller.choose(stet.annotations()[0].uid)
    stet.find("president")
    stet.palette("Move mark to")
    assert stet.marks() == [("president", "ROLE_ATTRIBUTE")]


def test_what_was_left_is_decided_by_keys(stet: Driver) -> None:
    stet.mark("senator", "F4", "R")
    stet.put_caret("senator")
    stet.palette("Decide about lost")
    assert stet.message() == "No mark here has lost its words."
    stet.find("senator")
    stet.palette("Edit text")
    stet.type("head of state")
    preview(stet)
    stet.press("Ctrl+Return")
    done(stet)
    stet.focus_text()
    stet.find("head")
    stet.palette("Decide about lost")
    dialog = stet.dialog("lost-decisions-dialog")
    rows, choice = dialog.findChild(QListWidget, "lost-marks"), dialog.findChild(QComboBox, "lost-choice")
    assert stet.target() is choice or stet.target() is rows
    choice.setFocus()
    stet.press("Down", "Down")
    assert choice.currentText() == "Move it to what is selected in the text"
    assert rows.item(0).text().endswith("moved to “head”")
    stet.click("lost-decisions-dialog-accept")
    stet.wait(lambda: stet.message() == "1 mark decided.")
    assert stet.marks() == [("head", "ROLE_ATTRIBUTE")]
    stet.press("Ctrl+Z")
    stet.wait(lambda: stet.marks() == [("senator", "ROLE_ATTRIBUTE")])


def test_the_reference_is_edited_where_the_keyboard_is(stet: Driver) -> None:
    stet.mark("senator", "F4", "R")
    stet.find_evidence("U.S. President")
    stet.press("Ctrl+Shift+F")
    stet.type("Vladimir")
    stet.press("Return")
    stet.palette("Edit text")
    assert field(stet).toPlainText() == "Vladimir"
    stet.type("President")
    preview(stet)
    stet.press("Ctrl+Return")
    done(stet)
    assert "President Putin" in stet.workspace.reference.canvas.text
    assert stet.annotations()[0].evidence[0].quote == "U.S. President"


def test_signs_that_a_field_would_rewrite_stay(qtbot: QtBot, tmp_path: Path) -> None:
    words = "One\u00a0man\u2028said \ufdd0“no”\\.\r\nNext\tline 👩\u200d👩\u200d👧 \u202eabc.\r\n"
    driver = Driver(qtbot)
    driver.start(projects.make(tmp_path, {"odd.txt": words}), annotator="Ana")
    driver.focus_text()
    driver.press("Ctrl+A")
    driver.palette("Edit text")
    shown = field(driver).toPlainText()
    assert shown == "One\\u00a0man\\u2028said \\ufdd0“no”\\\\.\nNext\\tline 👩\u200d👩\u200d👧 \\u202eabc.\n"
    field(driver).setPlainText(shown.replace("no", "yes"))
    assert "“no” becomes “yes”" in preview(driver)
    driver.press("Ctrl+Return")
    done(driver)
    assert text(driver) == words.replace("no", "yes")
    driver.palette("Edit text")
    field(driver).setPlainText("\\q")
    driver.wait(lambda: "isn’t an escape" in driver.dialog("text-edit-dialog").findChild(object, COMPLAINT).text())
    driver.press("Escape")
    driver.quit()


COMPLAINT = "text-edit-dialog-complaint"


def test_a_bundle_that_was_out_comes_back(stet: Driver, project: Path, tmp_path: Path) -> None:
    path = tmp_path / "ben.stet"
    write_bundle(stet.session, path, annotator="Ben")
    theirs = Session.open(path, annotator="Ben")
    theirs.close()
    stet.put_caret("Donald Trump")
    stet.find("Donald Trump")
    stet.palette("Edit text")
    stet.type("Mr Trump")
    assert "bundles that are out" in preview(stet).lower()
    stet.press("Ctrl+Return")
    done(stet)
    assert "Ben" in stet.message()
    report = merge_files(stet.session, [path])
    assert not report.changes_anything


def test_a_read_only_project_says_why(qtbot: QtBot, project: Path) -> None:
    first = Session.open(project, annotator="Lea")
    driver = Driver(qtbot)
    driver.start(project, annotator="Ana")
    driver.focus_text()
    driver.palette("Edit text")
    assert "read-only" in driver.message()
    assert driver.find_dialog("text-edit-dialog") is None
    driver.quit()
    first.close()

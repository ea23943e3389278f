"""Keys under layouts that can't type them: in the text, in a field, in Review and in Feedback."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.driver import Driver
from tests.e2e.test_review import ReviewDriver
from tests.team import team_project
from tests.widget.test_keys import ALT, press

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the presses carry the numbers that X11 gives keys")


@pytest.fixture
def stet(qtbot: QtBot) -> Iterator[Driver]:
    """The program with the sample open."""
    driver = Driver(qtbot)
    driver.start(annotator="Ana", sample=True)
    driver.wait(lambda: driver.window.desk.workspace is not None)
    yield driver
    driver.quit()


def to_window(stet: Driver, event: QKeyEvent) -> None:
    """Press a key as the window system does: the window has it first, then what has the focus."""
    target = stet.target()
    QApplication.sendEvent(stet.window.windowHandle(), event)
    assert stet.target() is target
    QApplication.processEvents()


def test_a_label_key_works_by_its_place(stet: Driver, subtests: pytest.Subtests) -> None:
    before = stet.marks()
    for typed in ("к", "ρ", "ק", "ر", "ق", "ी", "ี", "რ"):
        with subtests.test(typed=typed):
            stet.press("F4")
            stet.find("senator")
            QApplication.sendEvent(stet.target(), press(typed, "R"))
            assert ("senator", "ROLE_ATTRIBUTE") in stet.marks()
        if stet.marks() != before:
            stet.press("Ctrl+Z")
        assert stet.marks() == before, "the next one begins as the first"


def test_a_digit_that_needs_shift_labels_without(stet: Driver) -> None:
    stet.press("F2")
    stet.find("Donald Trump")
    QApplication.sendEvent(stet.target(), press("&", "1"))
    assert ("Donald Trump", "PERSON") in stet.marks()


def test_single_letters_of_the_text_work_by_their_place(stet: Driver) -> None:
    stet.mark("senator", "F4", "R")
    QApplication.sendEvent(stet.target(), press("г", "U"))
    assert stet.chosen.attributes["confidence"] == "unsure"
    stet.find("days")
    QApplication.sendEvent(stet.target(), press("ю", "."))
    assert stet.chosen.quote == "days"


def test_alt_and_a_digit_need_no_shift_in_any_field(stet: Driver) -> None:
    stet.mark("senator", "F4", "R")
    to_window(stet, press('"', "3", ALT))
    assert stet.chosen.attributes["severity"] == "critical"
    stet.press("Return")
    line = stet.target()
    assert isinstance(line, QLineEdit)
    to_window(stet, press("é", "2", ALT))
    assert line.text() == ""
    assert stet.chosen.attributes["severity"] == "major"


def test_typing_in_a_field_stays_typing(stet: Driver) -> None:
    stet.mark("senator", "F4", "R")
    stet.press("Return")
    line = stet.target()
    for typed, place in (("п", "G"), ("р", "H"), ("е", "T"), ("!", "1"), ("é", "2")):
        QApplication.sendEvent(line, press(typed, place))
    assert line.text() == "пре!é"


def test_the_bottom_line_says_that_a_latin_layout_is_needed(stet: Driver) -> None:
    stet.focus_text()
    before = stet.marks()
    QApplication.sendEvent(stet.target(), press("к", ""))
    assert "Latin layout" in stet.message()
    assert stet.marks() == before


def test_review_works_by_the_place_of_its_keys(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "team.stet"
    team_project(path)
    driver = ReviewDriver(qtbot)
    driver.start(path, annotator="Rina")
    driver.go()
    first = driver.review.entry.group.key
    for target in (driver.target(), driver.review.text.canvas):
        _send(target, press("т", "N"))
        assert driver.review.entry.group.key != first
        _send(target, press("з", "P"))
        assert driver.review.entry.group.key == first
    _send(driver.target(), press("&", "1"))
    assert driver.review.entry.group.key != first
    _send(driver.review.queue.list, press("к", ""))
    assert "Latin layout" in driver.message()
    driver.quit()


def _send(target: QWidget, event: QKeyEvent) -> None:
    QApplication.sendEvent(target, event)
    QApplication.processEvents()

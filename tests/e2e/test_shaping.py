"""Where a mark lies, changed by keys in the window."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.driver import Driver
from tests.e2e.commands import BY_PALETTE

TERM = "US senator"
POPUP = pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)


def test_each_end_grows_and_shrinks_by_character_and_by_word(desk: Driver, subtests: pytest.Subtests) -> None:
    for keys, quote in (
        (["Alt+End"], "US senator,"),
        (["Alt+Shift+End", "Alt+Shift+End"], "US senat"),
        (["Alt+Home", "Alt+Home"], "e US senator"),
        (["Alt+Shift+Home"], "S senator"),
        (["Ctrl+Alt+End"], "US senator, spoke"),
        (["Ctrl+Alt+Shift+End"], "US"),
        (["Ctrl+Alt+Home"], "the US senator"),
        (["Ctrl+Alt+Shift+Home"], "senator"),
    ):
        with subtests.test(keys=keys):
            before = desk.mark(TERM, "F4", "R")
            for key in keys:
                desk.press(key)
            (after,) = desk.annotations()
            assert (after.quote, after.uid) == (quote, before.uid)
            assert desk.chosen == after
            for _ in keys:
                desk.press("Ctrl+Z")
            assert desk.marks() == [(TERM, "ROLE_ATTRIBUTE")]
        for _ in range(4):
            if desk.marks():
                desk.press("Ctrl+Z")
        assert desk.marks() == [], "the next one begins as the first"


def test_a_mark_never_shrinks_to_nothing(desk: Driver) -> None:
    desk.mark("US", "F4", "R")
    desk.press("Alt+Shift+End", "Alt+Shift+End")
    assert desk.marks() == [("U", "ROLE_ATTRIBUTE")]
    assert "Nothing would be left of the mark" in desk.message()


def test_a_mark_is_split_at_the_caret_and_merged_again(desk: Driver) -> None:
    desk.mark(TERM, "F4", "R")
    desk.correct("president")
    desk.press("Alt+2")
    desk.put_caret("senator")
    desk.press("Alt+Shift+J")
    assert desk.marks() == [("US", "ROLE_ATTRIBUTE"), ("senator", "ROLE_ATTRIBUTE")]
    assert {(m.correction, m.attributes["severity"]) for m in desk.annotations()} == {("president", "major")}
    desk.press("Alt+J")
    assert desk.marks() == [(TERM, "ROLE_ATTRIBUTE")]
    desk.press("Ctrl+Z", "Ctrl+Z")
    assert desk.marks() == [(TERM, "ROLE_ATTRIBUTE")]
    assert desk.chosen is not None


def test_a_merge_without_a_partner_says_what_it_takes(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.mark("Puttin", "F4", "N")
    desk.press("Alt+J")
    assert "No mark with this label is close enough" in desk.message()
    assert len(desk.marks()) == 2


def test_selected_words_join_the_mark_and_leave_it(desk: Driver) -> None:
    before = desk.mark("senator", "F4", "R")
    desk.find("Puttin")
    desk.press("Alt+F")
    (after,) = desk.annotations()
    assert (after.uid, after.quote) == (before.uid, "senator … Puttin")
    assert desk.chosen == after
    assert "Added" in desk.message()
    desk.press("Left", "Alt+Shift+F")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    desk.press("Alt+Shift+F")
    desk.press("Tab", "Alt+Shift+F")
    assert "only one part" in desk.message()


def test_adding_to_a_mark_needs_a_mark_and_words(desk: Driver) -> None:
    desk.find("Puttin")
    desk.press("Alt+F")
    assert "No mark selected" in desk.message()
    desk.press("Esc")
    desk.mark("senator", "F4", "R")
    desk.press("Alt+F")
    assert "No text is selected" in desk.message()


def test_stepping_through_the_marks_of_one_label(desk: Driver) -> None:
    for words, key in (("senator", "R"), ("Vladimir", "N"), ("two days", "R"), ("slave trade", "T")):
        desk.mark(words, "F4", key)
        desk.press("Esc", "Esc")
    desk.press("Ctrl+Home", "Tab")
    seen = []
    for key in ("Alt+L", "Alt+L", "Alt+Shift+L"):
        desk.press(key)
        seen.append(desk.chosen.quote)
    assert seen == ["two days", "senator", "two days"]
    desk.press("Tab", "Alt+L")
    assert "No other mark has this label" in desk.message()


def test_unfinished_marks_forth_and_back(desk: Driver) -> None:
    for words in ("senator", "Vladimir", "slave trade"):
        desk.mark(words, "F4", "R")
        desk.press("Esc", "Esc")
    seen = []
    for key in ("Shift+F8", "Shift+F8", "F8", "Shift+F8", "Shift+F8"):
        desk.press(key)
        seen.append(desk.chosen.quote)
    assert seen == ["slave trade", "Vladimir", "slave trade", "Vladimir", "senator"]


def copied() -> object:
    return json.loads(QGuiApplication.clipboard().text())


@pytest.mark.parametrize("route", ["key", BY_PALETTE])
def test_the_chosen_mark_is_copied_as_an_export_writes_it(desk: Driver, route: str) -> None:
    mark = desk.mark("senator", "F4", "R")
    desk.correct("president 😀")
    desk.run("annotation.copy-json", route)
    found = copied()
    assert (found["id"], found["label"], found["quote"]) == (mark.uid, "ROLE_ATTRIBUTE", "senator")
    assert (found["start"], found["end"], found["correction"]) == (mark.start, mark.end, "president 😀")
    assert desk.message() == "Copied the mark as JSON."


def test_selected_marks_are_copied_as_an_array(desk: Driver) -> None:
    for words, key in (("senator", "R"), ("Vladimir", "N")):
        desk.mark(words, "F4", key)
        desk.press("Esc", "Esc")
    desk.press("Ctrl+A", "Ctrl+Alt+C")
    assert [item["quote"] for item in copied()] == ["senator", "Vladimir"]
    desk.press("Esc", "Ctrl+Home", "Ctrl+Alt+C")
    assert "No mark selected" in desk.message()


@POPUP
def test_one_of_the_marks_at_the_caret_is_chosen_from_a_menu(desk: Driver) -> None:
    desk.press("Alt+Down")
    assert "No mark at the caret" in desk.message()
    inner = desk.mark("senator", "F4", "R")
    outer = desk.mark("the US senator, spoke", "F4", "N")
    desk.put_caret("senator")
    desk.press("Right")
    assert desk.chosen == inner
    desk.press("Alt+Down")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [entry.data() for entry in menu.actions()] == [inner.uid, outer.uid]
    assert [entry.isChecked() for entry in menu.actions()] == [True, False]
    assert "“the US senator, spoke”" in menu.actions()[1].text()
    QTest.keyClick(menu, Qt.Key.Key_2)
    desk.settle()
    assert desk.chosen == outer
    desk.put_caret("spoke")
    desk.press("Right", "Alt+Down")
    assert QApplication.activePopupWidget() is None
    assert desk.chosen == outer

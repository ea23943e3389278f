"""Every command about suggestions, by each of its keys, and what it does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.driver import Driver
from tests.e2e.commands import Act, Rows, ways
from tests.e2e.test_suggestions import at_hand, badges, open_ones, suggested

ROWS = Rows()
row = ROWS.of

__all__ = ["ROWS", "suggested"]


@pytest.fixture
def desk(qtbot: QtBot, suggested: Path) -> Iterator[Driver]:  # noqa: F811  the fixture that is imported
    """Ana, before a document with two suggestions."""
    driver = Driver(qtbot)
    driver.start(suggested, annotator="Ana")
    yield driver
    driver.quit()


@pytest.mark.parametrize(("action", "key"), ways("suggestion.", "view.suggestions"))
def test_the_command_does_what_it_says(desk: Driver, action: str, key: str) -> None:
    ROWS[action](desk, Act(desk, action, key))


@row("suggestion.make")
def a_dialog_opens(desk: Driver, act: Act) -> None:
    act.opens("suggest-dialog")


@row("suggestion.train")
def a_dialog_asks_what_to_learn(desk: Driver, act: Act) -> None:
    desk.press("F9", "Space")
    act.opens("train-dialog")


@row("suggestion.next")
def the_first_one_is_at_hand(desk: Driver, act: Act) -> None:
    act()
    assert at_hand(desk) == "senator"
    act()
    assert at_hand(desk) == "Puttin"


@row("suggestion.previous")
def the_last_one_is_at_hand(desk: Driver, act: Act) -> None:
    act()
    assert at_hand(desk) == "Puttin"


@row("suggestion.accept")
def it_is_a_mark_and_the_next_is_at_hand(desk: Driver, act: Act) -> None:
    desk.press("F9")
    act()
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    assert at_hand(desk) == "Puttin"


@row("suggestion.accept-edit")
def it_is_a_mark_and_its_correction_is_written(desk: Driver, act: Act) -> None:
    desk.press("F9")
    act()
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    assert desk.target().objectName() == "field-correction"


@row("suggestion.reject")
def it_is_no_mark_and_the_next_is_at_hand(desk: Driver, act: Act) -> None:
    desk.press("F9")
    act()
    assert desk.marks() == []
    assert (open_ones(desk), at_hand(desk)) == (1, "Puttin")


@row("suggestion.kind")
def a_dialog_opens_for_those_alike(desk: Driver, act: Act) -> None:
    desk.press("F9")
    act.opens("kind-dialog")


@row("suggestion.list")
def the_list_takes_the_place_of_the_marks(desk: Driver, act: Act) -> None:
    act()
    assert desk.workspace.suggestion_list.isVisible()
    act()
    assert not desk.workspace.suggestion_list.isVisible()


@row("suggestion.pattern")
def a_dialog_asks_what_is_always_suggested(desk: Driver, act: Act) -> None:
    desk.find("senator")
    desk.focus_text()
    act.opens("pattern-dialog")


@row("suggestion.patterns")
def the_patterns_are_listed(desk: Driver, act: Act) -> None:
    act.opens("patterns-dialog")


@row("view.suggestions")
def they_are_hidden_and_shown_again(desk: Driver, act: Act) -> None:
    before = badges(desk)
    assert before
    act()
    assert badges(desk) == set()
    act()
    assert badges(desk) == before

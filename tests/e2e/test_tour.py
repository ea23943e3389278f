"""A newcomer is led from the first look to the first exported line, once."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from app.core.annotation_edits import change_correction
from tests.driver import Driver


def begin(stet: Driver) -> None:
    stet.start(annotator="Ana", sample=True)
    stet.wait(lambda: stet.window.desk.workspace is not None)


def step(stet: Driver) -> int:
    card = stet.window.desk.tour.card
    return card.step if card is not None else -1


def prove(stet: Driver, words: str) -> None:
    stet.press("Ctrl+Shift+F")
    stet.fill("reference-pane-find-line", words)
    stet.press("Return", "K")


def test_the_steps_tick_themselves_off_as_they_are_done(stet: Driver, tmp_path: Path) -> None:
    begin(stet)
    assert step(stet) == 0
    stet.put_caret("senator")
    stet.press("F4", "R")
    assert step(stet) == 1
    stet.press("Alt+3")
    assert step(stet) == 1
    stet.correct("president")
    assert step(stet) == 2
    prove(stet, "President")
    assert step(stet) == 3
    stet.find("restricted slave trade")
    stet.press("D", "Alt+3")
    stet.correct("prisoner exchange")
    prove(stet, "prisoner exchange")
    assert step(stet) == 4
    stet.press("Ctrl+Return")
    stet.press("Ctrl+Shift+E")
    stet.dialog("export-dialog")
    stet.fill("export-path", str(tmp_path / "first.jsonl"))
    stet.press("Return")
    stet.report()
    assert step(stet) == -1
    assert (tmp_path / "first.jsonl").stat().st_size > 0


def test_a_correction_that_is_there_is_not_asked_for(stet: Driver) -> None:
    begin(stet)
    stet.put_caret("senator")
    stet.press("F4", "R")
    assert "type “president”" in stet.shown("tour-text")
    session = stet.session
    mark = next(mark for mark in stet.annotations() if mark.quote == "senator")
    session.apply(change_correction(mark, "president"), title="As from a suggestion")
    assert step(stet) == 1
    assert "type" not in stet.shown("tour-text")
    assert "The correction is there already" in stet.shown("tour-text")
    stet.press("Alt+3")
    assert step(stet) == 2


@pytest.mark.parametrize("how", ["dismiss", "finish"])
def test_a_tour_that_was_seen_does_not_come_again_by_itself(stet: Driver, how: str) -> None:
    begin(stet)
    if how == "dismiss":
        stet.click("tour-dismiss")
    else:
        for _ in range(5):
            stet.click("tour-next")
    assert step(stet) == -1
    stet.quit()
    begin(stet)
    assert step(stet) == -1
    stet.palette("Show the tour")
    assert step(stet) == 0


def test_the_sample_is_opened_from_the_first_screen_by_one_key(stet: Driver) -> None:
    stet.start(annotator="Ana")
    stet.press("Space")
    stet.wait(lambda: stet.window.desk.workspace is not None)
    assert step(stet) == 0
    assert "senator" in stet.session.state.document.text


def test_the_sample_keeps_what_was_done_in_it(stet: Driver) -> None:
    begin(stet)
    stet.put_caret("senator")
    stet.press("F4", "R")
    before = stet.marks()
    stet.quit()
    begin(stet)
    assert stet.marks() == before


def offers_sample(stet: Driver) -> bool:
    assert stet.window is not None
    button = stet.window.findChild(QPushButton, "tour-fresh")
    return button is not None and button.isVisible()


def test_when_steps_are_already_done_a_fresh_sample_is_offered(stet: Driver) -> None:
    begin(stet)
    assert not offers_sample(stet)
    stet.put_caret("senator")
    stet.press("F4", "R")
    stet.click("tour-dismiss")
    before, path = stet.marks(), stet.session.path
    stet.palette("Show the tour")
    assert offers_sample(stet)
    stet.click("tour-fresh")
    assert stet.session.path != path
    assert ("senator", "ROLE_ATTRIBUTE") not in stet.marks()
    assert step(stet) == 0
    assert not offers_sample(stet)
    stet.put_caret("senator")
    stet.press("F4", "R")
    assert step(stet) == 1
    stet.quit()
    begin(stet)
    assert (stet.session.path, stet.marks()) == (path, before)


def test_a_project_of_ones_own_has_no_tour(desk: Driver) -> None:
    assert step(desk) == -1
    desk.palette("Show the tour")
    assert offers_sample(desk)

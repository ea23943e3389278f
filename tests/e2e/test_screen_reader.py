"""What a screen reader says while one works: marks as they are chosen, and what went wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from pytestqt.qtbot import QtBot

from app.core.annotation import Fragment
from app.core.suggestion import Suggestion
from app.services.suggestions.offer import offer
from app.ui.widgets import announcements
from tests.driver import Driver
from tests.e2e import rich_scheme


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The announcements, as a screen reader hears them."""
    said: list[str] = []

    def send(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            said.append(event.message())
        QAccessible.updateAccessibility(event)

    monkeypatch.setattr(announcements, "send", send)
    QAccessible.setActive(True)
    yield said
    QAccessible.setActive(False)


@pytest.fixture
def stet(qtbot: QtBot, heard: list[str]) -> Iterator[Driver]:
    """The program with the sample open, and all said that is said of that."""
    driver = Driver(qtbot)
    driver.start(annotator="Ana", sample=True)
    driver.wait(lambda: driver.window is not None and driver.window.desk.workspace is not None)
    heard.clear()
    yield driver
    driver.quit()


def test_a_chosen_mark_is_said_whole_and_once(stet: Driver, heard: list[str]) -> None:
    stet.press("Tab")
    stet.wait(lambda: bool(heard))
    chosen = stet.chosen
    assert chosen is not None
    (words,) = heard
    label = stet.session.scheme.label(chosen.layer, chosen.label)
    assert label is not None
    assert words.startswith(f"“{chosen.quote}”. ")
    assert label.title in words
    if chosen.correction:
        assert f"corrected to “{chosen.correction}”" in words
    assert words.count("evidence that") == len(chosen.evidence)


def test_a_message_of_the_status_line_is_said(stet: Driver, heard: list[str]) -> None:
    stet.press("Esc", "Return")
    assert stet.message()
    assert stet.message() in heard


def test_a_new_mark_says_what_it_still_needs(stet: Driver, heard: list[str]) -> None:
    stet.mark("senator", "F4", "R")
    stet.wait(lambda: any("needs" in words for words in heard))


def test_a_suggestion_is_said_when_one_comes_to_it(stet: Driver, heard: list[str]) -> None:
    state = stet.session.state
    assert state is not None
    at = state.document.text.index("senator")
    fragments = (Fragment(at, at + 7),)
    one = Suggestion(
        uid="",
        maker="test",
        layer="error",
        label="ROLE_ATTRIBUTE",
        fragments=fragments,
        quote="senator",
        correction="president",
        reason="it is so",
    )
    offer(stet.session, [(state.document.uid, [one])], suggesters="test")
    stet.settle()
    heard.clear()
    stet.press("F9")
    said, left = heard
    assert said.startswith("Suggestion: “senator”. Error: ")
    assert said.endswith("Correction: president. Why: it is so. Suggested by: test.")
    assert left == "1 suggestion left."


def test_what_is_about_the_document_is_said_as_that(qtbot: QtBot, heard: list[str], tmp_path: Path) -> None:
    desk = Driver(qtbot)
    desk.start(rich_scheme.make(tmp_path), annotator="Ana")
    desk.focus_text()
    desk.press("F10", "S")
    desk.wait(lambda: "the document as a whole. The article is: Spun." in heard)
    desk.quit()


def test_fields_and_sets_of_evidence_are_said(qtbot: QtBot, heard: list[str], tmp_path: Path) -> None:
    desk = Driver(qtbot)
    desk.start(rich_scheme.make(tmp_path), annotator="Ana")
    desk.find("spoke for two days")
    desk.press("F3", "C", "N")
    desk.wait(lambda: "“spoke for two days”. Claim: Claim. Evidence: Searched, none found." in heard)
    for words, key in (("two hours", "K"), ("Both sides", "Alt+Shift+K")):
        desk.press("Ctrl+Shift+F")
        desk.fill("reference-pane-find-line", words)
        desk.press("Return", key)
    said = "set 1, evidence that refutes it: “two hours”. set 2, evidence that refutes it: “Both sides”."
    desk.wait(lambda: any(said in words for words in heard))
    desk.press("Escape")
    desk.find("Washington")
    desk.press("F2", "P")
    assert "“Place”: c City, p Country, Enter just that; Esc goes back." in heard
    desk.quit()

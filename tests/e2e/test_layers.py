"""Which layer label keys mean: the chosen mark's, the one picked, and what a label of another layer does."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from app.ui.panels.label_bar import KeyButton
from tests.driver import Driver


@pytest.fixture
def stet(qtbot: QtBot) -> Iterator[Driver]:
    """The program with the sample open, where “Donald Trump” is a person; “US senator” marked as an error."""
    driver = Driver(qtbot)
    driver.start(annotator="Ana", sample=True)
    driver.wait(lambda: driver.window.desk.workspace is not None)
    driver.mark("US senator", "F4", "R")
    driver.press("Esc")
    yield driver
    driver.quit()


def bar(stet: Driver) -> tuple[str, list[str]]:
    """Return the layer that the bar shows as active, and the labels that it shows as current."""
    buttons = [made for made in stet.workspace.labels.findChildren(KeyButton) if not made.isHidden()]
    (layer,) = (made.ident for made in buttons if made.objectName().startswith("layer.") and made.isChecked())
    return layer, [made.objectName() for made in buttons if made.is_current]


def labels(stet: Driver, quote: str) -> list[str]:
    return [label for words, label in stet.marks() if words == quote]


def choose(stet: Driver, quote: str) -> None:
    mark = next(mark for mark in stet.annotations() if mark.quote == quote)
    stet.workspace.controller.choose(mark.uid)


def test_the_bar_follows_the_chosen_mark(stet: Driver) -> None:
    assert stet.chosen is None
    assert bar(stet) == ("error", [])
    choose(stet, "Donald Trump")
    assert bar(stet) == ("entity", ["label.entity.PERSON"])
    choose(stet, "US senator")
    assert bar(stet) == ("error", ["label.error.ROLE_ATTRIBUTE"])
    stet.press("N")
    assert bar(stet) == ("error", ["label.error.NAME_FORM"])
    choose(stet, "Donald Trump")
    stet.press("Esc")
    assert bar(stet) == ("error", [])


def test_a_chosen_marks_own_layer_takes_the_keys(stet: Driver) -> None:
    choose(stet, "Donald Trump")
    stet.press("2")
    assert labels(stet, "Donald Trump") == ["ORG"]


def test_a_label_of_a_picked_layer_marks_the_same_words(stet: Driver) -> None:
    choose(stet, "US senator")
    stet.press("F2")
    assert bar(stet) == ("entity", [])
    stet.press("1")
    assert labels(stet, "US senator") == ["ROLE_ATTRIBUTE", "PERSON"]
    assert stet.chosen.label == "PERSON"
    assert bar(stet) == ("entity", ["label.entity.PERSON"])
    stet.press("Ctrl+Z")
    assert labels(stet, "US senator") == ["ROLE_ATTRIBUTE"]


def test_every_piece_of_a_mark_gets_the_other_label(stet: Driver) -> None:
    choose(stet, "US senator")
    stet.workspace.text.canvas.select(*[stet.workspace.text.canvas.text.index("two days") + n for n in (0, 8)])
    stet.press("Alt+F")
    assert len(stet.chosen.fragments) == 2
    stet.press("F2", "7")
    assert stet.chosen.label == "TIME"
    assert len(stet.chosen.fragments) == 2


def test_a_label_without_room_is_shown_on_the_rest(stet: Driver) -> None:
    choose(stet, "president of the European Commission")
    assert bar(stet) == ("entity", ["labels-more"])


def test_a_selection_comes_before_the_chosen_mark(stet: Driver) -> None:
    choose(stet, "Donald Trump")
    stet.workspace.text.canvas.select(0, 4)
    assert bar(stet) == ("error", [])
    stet.press("R")
    assert (stet.chosen.layer, stet.chosen.quote) == ("error", "What")


def test_a_key_of_another_layer_says_which(stet: Driver) -> None:
    before = stet.marks()
    choose(stet, "Donald Trump")
    stet.press("R")
    assert stet.message() == "“r” is “Error: Role or attribute”. Press F4 first."
    assert stet.marks() == before
    stet.press("Z")
    assert stet.marks() == before


def test_the_last_label_goes_to_the_chosen_mark_of_another_layer(stet: Driver) -> None:
    choose(stet, "Donald Trump")
    stet.press(".")
    assert labels(stet, "Donald Trump") == ["PERSON", "ROLE_ATTRIBUTE"]


def test_a_click_on_a_label_means_the_layer_that_is_shown(stet: Driver) -> None:
    choose(stet, "Donald Trump")
    stet.workspace.labels.findChild(QAbstractButton, "label.entity.ORG").click()
    assert stet.chosen.label == "ORG"

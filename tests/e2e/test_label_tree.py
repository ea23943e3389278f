"""Labels in a tree: keys lead down step by step, in the text and in the bar; values have keys of their own."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QWidget

from tests.driver import Driver
from tests.e2e import rich_scheme


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return rich_scheme.make(tmp_path)


def at_hand(stet: Driver) -> list[str]:
    """Return the labels whose buttons can be seen."""
    bar = stet.workspace.labels
    buttons = [made for made in bar.findChildren(QWidget) if made.objectName().startswith("label.")]
    return sorted(made.objectName().split(".")[-1] for made in buttons if made.isVisible())


def test_keys_lead_down_the_tree(desk: Driver) -> None:
    desk.find("Washington")
    desk.press("F2")
    assert at_hand(desk) == ["PERSON", "PLACE"]
    desk.press("P")
    assert at_hand(desk) == ["CITY", "COUNTRY", "PLACE"]
    assert desk.message() == "“Place”: c City, p Country, Enter just that; Esc goes back."
    assert desk.marks() == []
    desk.press("C")
    assert desk.marks() == [("Washington", "CITY")]
    assert at_hand(desk) == ["PERSON", "PLACE"]


def test_enter_gives_the_label_that_is_open(desk: Driver) -> None:
    desk.find("Washington")
    desk.press("F2", "P", "Return")
    assert desk.marks() == [("Washington", "PLACE")]
    desk.press("P", "P")  # a child comes before the label's own key once more
    assert desk.marks() == [("Washington", "COUNTRY")]


def test_escape_goes_back_and_keeps_the_selection(desk: Driver) -> None:
    desk.find("Washington")
    desk.press("F2", "P", "Escape")
    assert at_hand(desk) == ["PERSON", "PLACE"]
    assert desk.selected == "Washington"
    desk.press("C")
    assert desk.marks() == [("Washington", "PERSON")]


def test_what_else_is_done_closes_the_label(desk: Driver) -> None:
    desk.find("Washington")
    desk.press("F2", "P", "F3")
    assert at_hand(desk) == ["CLAIM"]
    desk.press("F2")
    assert at_hand(desk) == ["PERSON", "PLACE"]


def test_the_bar_leads_down_by_the_mouse(desk: Driver) -> None:
    desk.find("Washington")
    desk.press("F2")
    desk.click("label.entity.PLACE")
    assert at_hand(desk) == ["CITY", "COUNTRY", "PLACE"]
    desk.click("label.entity.PLACE")
    assert desk.marks() == [("Washington", "PLACE")]
    desk.click("label.entity.PLACE")
    desk.click("label.entity.CITY")
    assert desk.marks() == [("Washington", "CITY")]


def test_a_value_is_given_by_its_key(desk: Driver) -> None:
    desk.find("spoke for two days")
    desk.press("F3", "C")
    desk.press("N")
    assert desk.chosen.attributes["evidence_status"] == "NONE_FOUND"
    desk.press("X")
    assert desk.chosen.attributes["evidence_status"] == "EXTERNAL"
    desk.press("Ctrl+Z")
    assert desk.chosen.attributes["evidence_status"] == "NONE_FOUND"
    desk.press("F2", "N")  # a key of another layer
    assert desk.chosen.attributes["evidence_status"] == "NONE_FOUND"


def test_a_value_that_closes_a_rule_meets_it(desk: Driver) -> None:
    desk.press("F10", "S")
    desk.find("spoke for two days")
    desk.press("F3", "C", "Ctrl+Return")
    assert desk.document == "1.txt"
    assert "needs evidence" in desk.message()
    desk.press("N", "Ctrl+Return")
    assert desk.document == "2.txt"


def test_lists_of_labels_name_the_whole_path(desk: Driver) -> None:
    desk.find("Washington")
    desk.press("F2", "P", "C")
    desk.workspace.chosen.show()
    combo = desk.workspace.inspector.form.field("label")
    assert isinstance(combo, QComboBox)
    shown = [combo.itemText(at) for at in range(combo.count())]
    assert shown == ["Place   p", "Place › City   c", "Place › Country   p", "Person   c"]

"""Labels in a tree: keys lead down step by step, in the text and in the bar; values have keys of their own."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from app.session.session import Session
from tests.conftest import add_documents
from tests.driver import Driver
from tests.e2e import rich_scheme
from tests.widget.test_keys import press as press_of


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
    assert desk.message() == ""
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


def test_a_tree_of_six_levels_is_gone_down_and_back(stet: Driver, tmp_path: Path) -> None:
    source = 'name = "deep"\nversion = 1\ntitle = "Deep"\n[[layer]]\nid = "e"\nkey = "F2"\n'
    for at, key in enumerate("abcdef"):
        parent = f'parent = "L{at}"\n' if at else ""
        source += f'[[layer.label]]\nid = "L{at + 1}"\nkey = "{key}"\n{parent}'
        source += f'[[layer.label]]\nid = "X{at + 1}"\nkey = "x"\n{parent}'
    session = Session.create(tmp_path / "deep.stet", scheme=source)
    add_documents(session, {"a.txt": rich_scheme.TEXTS["1.txt"]})
    session.close()
    stet.start(tmp_path / "deep.stet", annotator="Ana")
    stet.find("Washington")
    stet.press("F2", "A", "B", "C")
    assert stet.message() == "“L3”: d L4, x X4, Enter just that; Esc goes back."
    stet.press("Escape")
    assert stet.message() == "“L2”: c L3, x X3, Enter just that; Esc goes back."
    for key, place in (("с", "C"), ("в", "D"), ("у", "E")):  # on a Russian keyboard
        QApplication.sendEvent(stet.target(), press_of(key, place))
    assert stet.message() == "“L5”: f L6, x X6, Enter just that; Esc goes back."
    stet.press("F")
    assert stet.marks() == [("Washington", "L6")]
    stet.find("Puttin")
    stet.press("A", "B", "Escape", "Escape", "X")
    assert stet.marks() == [("Puttin", "X1"), ("Washington", "L6")]

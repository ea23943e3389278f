"""A scheme grows at the desk, by keyboard and by mouse: through undo, a restart, a bundle and a merge."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit

from tests.driver import Driver
from tests.e2e.scheme_window import applied, child, drag, go_to, open_window, press_button, row_of, tree
from tests.unit.services.team.lead import bundled, merged


def confirmed(stet: Driver) -> None:
    """Wait for what would change, and apply it with Enter."""
    button = stet.dialog("scheme-dialog").accept_button
    stet.wait(lambda: button.text() == "Apply to all marks" and button.isEnabled())
    stet.press("Return")
    applied(stet)


def labels(stet: Driver) -> list[str]:
    return [mark.label for mark in stet.annotations()]


def mark_first_word(stet: Driver, *keys: str) -> None:
    stet.focus_text()
    stet.press("Ctrl+Home", "Ctrl+Shift+Right", *keys)


def add_spin(desk: Driver) -> None:
    """Add a label with all that a label can have, and move it, by keys alone."""
    open_window(desk)
    go_to(desk, "Layer: Error")
    desk.press("Insert")
    assert desk.target().objectName() == "scheme-id"
    desk.type("SPIN")
    desk.press("Tab")
    desk.type("Spin")
    desk.press("Tab", "Tab")
    desk.type("5")
    desk.press("Tab")
    color = desk.target()
    assert color.objectName() == "scheme-color-name"
    while child(desk, QComboBox, "scheme-color-name").currentText() != "purple":
        desk.press("Down")
    desk.press("Tab", "Tab")
    assert desk.target().objectName() == "scheme-definition"
    desk.type("Words that make it look better.")
    desk.press("Tab")
    desk.type("a merger of equals")
    tree(desk).setFocus()
    desk.press("Alt+Up", "Alt+Up", "Ctrl+Z", "Ctrl+Shift+Z")
    assert "Spin" in child(desk, QAbstractButton, "label.error.SPIN").text()
    desk.press("Tab")
    desk.dialog("scheme-dialog").accept_button.setFocus()
    desk.press("Return")
    applied(desk)
    made = desk.session.scheme.layer("error").labels[-3]
    assert (made.id, made.title, made.key, made.color) == ("SPIN", "Spin", "5", "#CC79A7")
    assert (made.definition, made.example) == ("Words that make it look better.", "a merger of equals")


def test_a_sitting_by_keyboard(desk: Driver, project: Path, tmp_path: Path) -> None:
    add_spin(desk)
    mark_first_word(desk, "F4", "5")
    assert labels(desk) == ["SPIN"]
    desk.quit()
    bundle = bundled(project, tmp_path / "cleo.stet", "cleo")
    desk.start(bundle, annotator="cleo")
    mark_first_word(desk, "F4", "5")
    assert labels(desk) == ["SPIN"]
    desk.quit()
    desk.start(project, annotator="Ana")
    open_window(desk)
    go_to(desk, "Spin")
    desk.fill("scheme-id", "TWIST")
    desk.fill("scheme-key", "6")
    desk.press("Return")
    confirmed(desk)
    assert labels(desk) == ["TWIST"]
    desk.quit()
    merged(project, bundle)
    desk.start(project, annotator="Ana")
    uid = desk.session.state.document.uid
    assert [mark.label for mark in desk.session.reader.state_of(uid, "cleo").in_order()] == ["TWIST"]
    assert labels(desk) == ["TWIST"]
    desk.focus_text()
    desk.press("Ctrl+Z")
    desk.wait(lambda: labels(desk) == ["SPIN"])
    assert desk.session.scheme.label("error", "SPIN").key == "5"
    desk.press("Ctrl+Shift+Z")
    desk.wait(lambda: labels(desk) == ["TWIST"])


def click_row(stet: Driver, start: str) -> None:
    QTest.mouseClick(tree(stet).viewport(), Qt.MouseButton.LeftButton, pos=row_of(stet, start).center())


def click_field(stet: Driver, name: str, text: str) -> None:
    """Click into a line, and type over what is there."""
    line = child(stet, QLineEdit, name)
    QTest.mouseDClick(line, Qt.MouseButton.LeftButton)
    line.selectAll()
    stet.type(text)


@pytest.mark.slow
def test_a_sitting_by_mouse(desk: Driver, project: Path) -> None:
    mark_first_word(desk, "F2", desk.session.scheme.label("entity", "PERSON").key)
    open_window(desk)
    click_row(desk, "Layer: Entity")
    press_button(desk, "scheme-add-label")
    click_field(desk, "scheme-id", "AIDE")
    click_field(desk, "scheme-key", "y")
    colors = child(desk, QComboBox, "scheme-color-name")
    colors.setCurrentIndex(colors.findText("green"))
    child(desk, QPlainTextEdit, "scheme-definition").setPlainText("Somebody’s aide.")
    drag(desk, "Aide", "Person", 0.1)
    click_row(desk, "Person")
    click_field(desk, "scheme-title", "Somebody")
    click_field(desk, "scheme-key", "y")
    problem = child(desk, QLabel, "scheme-key-problem")
    desk.wait(problem.isVisible)
    press_button(desk, "scheme-undo")
    press_button(desk, "scheme-undo")
    press_button(desk, "scheme-redo")
    assert child(desk, QLineEdit, "scheme-title").text() == "Somebody"
    press_button(desk, "scheme-delete")
    fate = child(desk, QComboBox, "scheme-fate")
    fate.setCurrentIndex(fate.findData("=AIDE"))
    press_button(desk, "scheme-remove-label")
    press_button(desk, "scheme-dialog-accept")
    button = desk.dialog("scheme-dialog").accept_button
    desk.wait(lambda: button.text() == "Apply to all marks" and button.isEnabled())
    press_button(desk, "scheme-dialog-accept")
    applied(desk)
    first = desk.session.scheme.layer("entity").labels[0]
    assert (first.id, first.key, first.color, first.definition) == ("AIDE", "y", "#009E73", "Somebody’s aide.")
    assert desk.session.scheme.label("entity", "PERSON") is None
    assert labels(desk) == ["AIDE"]
    desk.quit()
    desk.start(project, annotator="Ana")
    desk.palette("Undo")
    desk.wait(lambda: labels(desk) == ["PERSON"])
    assert desk.session.scheme.version == 2
    desk.palette("Redo")
    desk.wait(lambda: labels(desk) == ["AIDE"])

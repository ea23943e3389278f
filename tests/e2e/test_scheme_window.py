"""The scheme is changed in its window, by keyboard and by mouse, and undone after a restart."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QTreeWidget, QWidget

from app.services.history.undo import redo, undo
from tests.driver import Driver


def child(stet: Driver, kind: type, name: str) -> QWidget:
    found = stet.dialog("scheme-dialog").findChild(kind, name)
    assert found is not None, name
    return found


def tree(stet: Driver) -> QTreeWidget:
    return child(stet, QTreeWidget, "scheme-tree")


def go_to(stet: Driver, start: str) -> None:
    """Walk down the tree by keys, from the top to the first row that begins so."""
    tree(stet).setFocus()
    stet.press("Home")
    for _ in range(200):
        if tree(stet).currentItem().text(0).startswith(start):
            return
        before = tree(stet).currentItem()
        stet.press("Down")
        assert tree(stet).currentItem() is not before, start
    raise AssertionError(start)


def press_button(stet: Driver, name: str) -> None:
    QTest.mouseClick(child(stet, QAbstractButton, name), Qt.MouseButton.LeftButton)
    stet.settle()


def open_window(stet: Driver) -> None:
    stet.palette("Scheme…")
    stet.dialog("scheme-dialog")


def applied(stet: Driver) -> None:
    stet.wait(lambda: stet.find_dialog("scheme-dialog") is None)
    stet.wait(lambda: stet.message().startswith("The scheme is now"))


def test_a_label_is_added_by_keys_and_marks_at_once(desk: Driver, project: Path) -> None:
    open_window(desk)
    go_to(desk, "Layer: Error")
    desk.press("Insert")
    desk.fill("scheme-id", "SPIN")
    desk.fill("scheme-title", "Spin")
    desk.fill("scheme-key", "k")
    problem = child(desk, QLabel, "scheme-key-problem")
    desk.wait(problem.isVisible)
    assert "already used for “link evidence”" in problem.text()
    desk.fill("scheme-key", "5")
    desk.wait(lambda: not problem.isVisible())
    bar = child(desk, QAbstractButton, "label.error.SPIN")
    assert "Spin" in bar.text()
    tree(desk).setFocus()
    desk.press("Alt+Up", "Alt+Up")
    assert tree(desk).currentItem().text(0) == "Spin  [5]"
    assert desk.session.scheme.label("error", "SPIN") is None, "nothing is written before Apply"
    press_button(desk, "scheme-dialog-accept")
    applied(desk)
    assert desk.session.scheme.version == 2
    assert desk.session.scheme.layer("error").labels[-3].id == "SPIN"
    desk.focus_text()
    desk.press("Ctrl+Home", "Ctrl+Shift+Right", "F4", "5")
    assert desk.chosen.label == "SPIN"
    desk.quit()
    desk.start(project, annotator="Ana")
    desk.focus_text()
    desk.press("Ctrl+Z", "Ctrl+Z")
    desk.wait(lambda: desk.session.scheme.version == 1)
    desk.press("Ctrl+Y", "Ctrl+Y")
    desk.wait(lambda: desk.session.scheme.label("error", "SPIN") is not None)
    assert [mark.label for mark in desk.annotations()] == ["SPIN"]


def test_what_becomes_of_marks_is_shown_before_it_is_done(desk: Driver) -> None:
    desk.focus_text()
    desk.press("Ctrl+Home", "Ctrl+Shift+Right", "F2", desk.session.scheme.label("entity", "PERSON").key)
    assert desk.chosen.label == "PERSON"
    open_window(desk)
    go_to(desk, "Person")
    desk.fill("scheme-id", "HUMAN")
    press_button(desk, "scheme-dialog-accept")
    says = child(desk, QPlainTextEdit, "labels-preview")
    button = desk.dialog("scheme-dialog").accept_button
    desk.wait(lambda: button.text() == "Apply to all marks" and button.isEnabled())
    assert "entity.PERSON → HUMAN: 1 by Ana in 1 document" in says.toPlainText()
    press_button(desk, "scheme-back")
    go_to(desk, "Human")
    desk.press("Delete")
    fate = child(desk, QComboBox, "scheme-fate")
    assert desk.target() is fate
    fate.setCurrentIndex(fate.findData("=ORG"))
    press_button(desk, "scheme-remove-label")
    press_button(desk, "scheme-dialog-accept")
    desk.wait(lambda: button.text() == "Apply to all marks" and button.isEnabled())
    assert "entity.PERSON → ORG: 1 by Ana" in says.toPlainText()
    press_button(desk, "scheme-dialog-accept")
    applied(desk)
    assert [mark.label for mark in desk.annotations()] == ["ORG"]
    undo(desk.session)
    assert [mark.label for mark in desk.annotations()] == ["PERSON"]
    redo(desk.session)
    assert [mark.label for mark in desk.annotations()] == ["ORG"]


def test_changes_are_dropped_only_when_asked_twice(desk: Driver) -> None:
    open_window(desk)
    go_to(desk, "Person")
    desk.fill("scheme-title", "Somebody")
    desk.press("Esc")
    assert "Cancel once more" in child(desk, QLabel, "scheme-dialog-complaint").text()
    desk.press("Esc")
    desk.wait(lambda: desk.find_dialog("scheme-dialog") is None)
    assert desk.session.scheme.version == 1


def test_a_color_of_one_s_own_is_entered(desk: Driver) -> None:
    open_window(desk)
    go_to(desk, "Person")
    names = child(desk, QComboBox, "scheme-color-name")
    names.setCurrentIndex(names.count() - 1)
    own = child(desk, QLineEdit, "scheme-color-own")
    assert own.isVisible()
    desk.fill("scheme-color-own", "#12345")
    desk.wait(lambda: child(desk, QLabel, "scheme-color-problem").isVisible())
    desk.fill("scheme-color-own", "#123456")
    desk.press("Return")
    applied(desk)
    assert desk.session.scheme.label("entity", "PERSON").color == "#123456"


def test_marks_that_a_rule_leaves_unmet_are_shown_before(desk: Driver) -> None:
    desk.focus_text()
    desk.press("Ctrl+Home", "Ctrl+Shift+Right", "F2", desk.session.scheme.label("entity", "PERSON").key)
    open_window(desk)
    go_to(desk, "Person")
    desk.fill("scheme-required", "comment")
    desk.press("Return")
    button = desk.dialog("scheme-dialog").accept_button
    desk.wait(lambda: button.text() == "Apply to all marks" and button.isEnabled())
    says = child(desk, QPlainTextEdit, "labels-preview").toPlainText()
    assert says == "1 mark in 1 document would no longer meet a rule. They stay as they are."
    desk.press("Return")
    applied(desk)
    assert desk.session.scheme.label("entity", "PERSON").required == ("comment",)


def test_a_scheme_is_read_and_a_guideline_written_there(desk: Driver, tmp_path: Path) -> None:
    desk.focus_text()
    desk.press("Ctrl+Home", "Ctrl+Shift+Right", "F2", desk.session.scheme.label("entity", "PERSON").key)
    path, out = tmp_path / "ours.csv", tmp_path / "guideline.html"
    path.write_text("id,title,layer,key\nORG,Firm,entity,u\n", encoding="utf-8")
    open_window(desk)
    press_button(desk, "scheme-guideline")
    desk.dialog("scheme-guideline-dialog").fileSelected.emit(str(out))
    desk.wait(lambda: desk.message() == "Written to guideline.html, with 0 examples from gold.")
    assert "<h2>Error (F4)</h2>" in out.read_text(encoding="utf-8")
    for dialog in ("scheme-guideline-dialog", "scheme-read-dialog"):
        if dialog == "scheme-read-dialog":
            press_button(desk, "scheme-read")
            desk.dialog(dialog).fileSelected.emit(str(path))
        desk.dialog(dialog).reject()
        desk.settle()
    assert "The key “u” of the label “ORG” is left out" in child(desk, QLabel, "scheme-dialog-complaint").text()
    press_button(desk, "scheme-dialog-accept")
    button = desk.dialog("scheme-dialog").accept_button
    desk.wait(lambda: button.text() == "Apply to all marks" and button.isEnabled())
    says = child(desk, QPlainTextEdit, "labels-preview").toPlainText()
    assert says.startswith("1 mark entity.PERSON: the scheme won’t have the label")
    press_button(desk, "scheme-dialog-accept")
    applied(desk)
    assert desk.session.scheme.tag == "ours@1"
    assert [mark.label for mark in desk.annotations()] == ["PERSON"]

"""The scheme is changed in its window, by keyboard and by mouse, and undone after a restart."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QListWidget, QPlainTextEdit

from app.services.history.undo import redo, undo
from tests.driver import Driver
from tests.e2e import rich_scheme
from tests.e2e.part_project import related
from tests.e2e.scheme_window import applied, child, drag, go_to, labels_of, open_window, press_button, tree


def test_the_keyboard_begins_in_the_tree(desk: Driver) -> None:
    open_window(desk)
    desk.settle()
    assert desk.target() is tree(desk)
    desk.press("Down")
    assert tree(desk).currentItem().text(0).startswith("Layer: ")
    desk.press("Escape")


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
    assert desk.session.scheme.version == 3
    assert desk.session.scheme.layer("error").labels[-3].id == "SPIN"
    desk.focus_text()
    desk.press("Ctrl+Home", "Ctrl+Shift+Right", "F4", "5")
    assert desk.chosen.label == "SPIN"
    desk.quit()
    desk.start(project, annotator="Ana")
    desk.focus_text()
    desk.press("Ctrl+Z", "Ctrl+Z")
    desk.wait(lambda: desk.session.scheme.version == 2)
    desk.press("Ctrl+Y", "Ctrl+Y")
    desk.wait(lambda: desk.session.scheme.label("error", "SPIN") is not None)
    assert [mark.label for mark in desk.annotations()] == ["SPIN"]


def test_labels_are_moved_with_the_mouse(stet: Driver, tmp_path: Path) -> None:
    stet.start(rich_scheme.make(tmp_path), annotator="Ana")
    open_window(stet)
    before = labels_of(stet, "entity")
    assert before == ["PLACE", "PLACE/CITY", "PLACE/COUNTRY", "PERSON"]
    drag(stet, "Country", "City", 0.1)
    assert labels_of(stet, "entity") == ["PLACE", "PLACE/COUNTRY", "PLACE/CITY", "PERSON"]
    drag(stet, "Person", "Place", 0.1)
    assert labels_of(stet, "entity") == ["PERSON", "PLACE", "PLACE/COUNTRY", "PLACE/CITY"]
    drag(stet, "City", "Layer: Entity", 0.5)
    drag(stet, "Person", "Place", 0.5)
    assert labels_of(stet, "entity") == ["PLACE/PERSON", "PLACE", "PLACE/COUNTRY", "CITY"]
    drag(stet, "Linked", "Not searched", 0.1)
    assert tree(stet).currentItem().text(0) == "Linked"
    drag(stet, "Layer: Claim", "Layer: Entity", 0.1)
    assert [layer.id for layer in stet.dialog("scheme-dialog").draft.scheme().layers][:2] == ["claim", "entity"]
    assert child(stet, QAbstractButton, "label.claim.CLAIM").isVisible()
    drag(stet, "City", "Spun", 0.1)
    assert "among its own kind" in child(stet, QLabel, "scheme-dialog-complaint").text()
    for _ in range(6):
        press_button(stet, "scheme-undo")
    assert labels_of(stet, "entity") == before
    assert not child(stet, QAbstractButton, "scheme-undo").isEnabled()
    assert stet.dialog("scheme-dialog").draft.text == rich_scheme.SCHEME


def test_changes_are_undone_by_keys_before_they_are_applied(desk: Driver) -> None:
    open_window(desk)
    draft = desk.dialog("scheme-dialog").draft
    text = draft.text
    go_to(desk, "Person")
    desk.press("Alt+Down")
    desk.fill("scheme-title", "Somebody")
    desk.fill("scheme-key", "k")
    problem = child(desk, QLabel, "scheme-key-problem")
    desk.wait(problem.isVisible)
    desk.press("Tab", "Ctrl+Z")
    assert not child(desk, QLabel, "scheme-key-problem").isVisible()
    desk.press("Ctrl+Z")
    title = child(desk, QLineEdit, "scheme-title")
    assert title.text() == ""
    desk.press("Ctrl+Z")
    assert draft.text == text
    assert tree(desk).currentItem().text(0).startswith("Person")
    desk.press("Ctrl+Y", "Ctrl+Shift+Z", "Ctrl+Shift+Z")
    assert draft.table(tree(desk).place)["title"] == "Somebody"
    assert draft.problem().key == "key"
    press_button(desk, "scheme-undo")
    press_button(desk, "scheme-dialog-accept")
    applied(desk)
    assert desk.session.scheme.layer("entity").labels[1].title == "Somebody"


@pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
def test_values_weights_and_names_elsewhere_are_entered(desk: Driver) -> None:
    open_window(desk)
    go_to(desk, "Layer: Error")
    layer = desk.session.scheme.layer("error")
    go_to(desk, layer.labels[0].title)
    weight = child(desk, QLineEdit, "scheme-weights-minor")
    assert weight.placeholderText() == "1"
    desk.fill("scheme-weights-minor", "x")
    problem = child(desk, QLabel, "scheme-weights-problem")
    desk.wait(problem.isVisible)
    desk.fill("scheme-weights-minor", "0.5")
    desk.fill("scheme-maps-scheme", "mqm")
    desk.fill("scheme-maps-name", "Accuracy")
    press_button(desk, "scheme-only-evidence_status-choose")
    menu = QApplication.activePopupWidget()
    menu.actions()[0].trigger()
    menu.close()
    desk.settle()
    desk.wait(lambda: not problem.isVisible())
    made = desk.dialog("scheme-dialog").draft.scheme().layer("error").labels[0]
    assert (made.weights["minor"], made.maps["mqm"]) == (0.5, "Accuracy")
    assert dict(made.only) == {"evidence_status": (layer.attribute("evidence_status").values[0].id,)}


def test_a_list_gets_entries_in_the_window(desk: Driver) -> None:
    open_window(desk)
    press_button(desk, "scheme-add-list")
    desk.fill("scheme-id", "people")
    press_button(desk, "scheme-add-entry")
    desk.fill("scheme-id", "Q1")
    desk.fill("scheme-title", "Trump")
    child(desk, QPlainTextEdit, "scheme-aliases").setPlainText("The Donald\nDJT")
    found = desk.dialog("scheme-dialog").draft.scheme().entity_list("people")
    assert [(entry.id, entry.aliases) for entry in found.entries][1] == ("Q1", ("The Donald", "DJT"))


def test_a_key_that_is_taken_is_told_where_it_is_typed(desk: Driver) -> None:
    open_window(desk)
    layer = desk.session.scheme.layer("entity")
    first, second = layer.labels[:2]
    go_to(desk, first.title)
    desk.fill("scheme-key", second.key)
    problem = child(desk, QLabel, "scheme-key-problem")
    desk.wait(problem.isVisible)
    assert problem.text().startswith(f"{second.title}: Key “{second.key}” is used twice")
    go_to(desk, "Layer: Claim")
    assert child(desk, QLabel, "scheme-dialog-complaint").text().startswith(second.title)


def test_an_empty_field_says_what_stands_for_it(desk: Driver) -> None:
    open_window(desk)
    go_to(desk, "Person")
    desk.fill("scheme-title", "")
    notes = {
        name: child(desk, kind, f"scheme-{name}").placeholderText()
        for name, kind in (("title", QLineEdit), ("definition", QPlainTextEdit), ("example", QLineEdit))
    }
    assert notes == {"title": "Person", "definition": "", "example": ""}


def test_an_id_of_another_label_is_not_taken(desk: Driver) -> None:
    open_window(desk)
    go_to(desk, "Person")
    desk.fill("scheme-id", "ORG")
    problem = child(desk, QLabel, "scheme-id-problem")
    assert problem.text() == "Id “ORG” is there already. Give each a unique one."
    press_button(desk, "scheme-dialog-accept")
    assert desk.find_dialog("scheme-dialog") is not None
    assert desk.target().objectName() == "scheme-id"


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
    assert desk.session.scheme.version == 2


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
    assert says.split("\n")[0] == "1 mark in 1 document would no longer meet a rule. It stays as it is."
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


def test_a_relation_in_use_asks_what_becomes_of_it(stet: Driver, tmp_path: Path) -> None:
    stet.start(related(tmp_path), annotator="Ana")
    open_window(stet)
    go_to(stet, "Relation: Works for")
    stet.press("Delete")
    fate = child(stet, QComboBox, "scheme-fate")
    assert stet.target() is fate
    assert "“Remove the relation”" in child(stet, QLabel, "scheme-dialog-complaint").text()
    fate.setCurrentIndex(fate.findData("=knows"))
    press_button(stet, "scheme-remove-label")
    rows = child(stet, QListWidget, "scheme-outside")
    stet.wait(lambda: rows.count() == 2)
    assert [rows.item(at).text() for at in range(rows.count())] == [
        "old  (relation, not in the scheme, 1 of it)",
        "born  (field of entity, not in the scheme, 1 value)",
    ]
    choice = child(stet, QComboBox, "scheme-outside-choice")
    choice.setCurrentIndex(choice.findData("delete"))
    press_button(stet, "scheme-outside-do")
    press_button(stet, "scheme-outside-do")
    go_to(stet, "Field: Sex")
    stet.fill("scheme-id", "gender")
    press_button(stet, "scheme-dialog-accept")
    button = stet.dialog("scheme-dialog").accept_button
    stet.wait(lambda: button.text() == "Apply to all marks" and button.isEnabled())
    says = child(stet, QPlainTextEdit, "labels-preview").toPlainText().split("\n")
    assert "relation works_for → knows: 1 by Ana" in says
    assert "relation old deleted: 1 by Ana" in says
    press_button(stet, "scheme-dialog-accept")
    applied(stet)
    state = stet.session.state
    assert [relation.label for relation in state.relations.values()] == ["knows"]
    assert state.annotations["m1"].attributes == {"gender": "f", "born": "1990"}
    stet.focus_text()
    stet.press("Ctrl+Z")
    assert sorted(relation.label for relation in stet.session.state.relations.values()) == ["old", "works_for"]
    assert stet.session.state.annotations["m1"].attributes == {"sex": "f", "born": "1990"}

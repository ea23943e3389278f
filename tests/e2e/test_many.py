"""Finding and doing many at once, sitting before the window."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPlainTextEdit, QPushButton, QTableView, QTableWidget

from app.core.annotation import Annotation, Fragment, Status
from app.core.edits import AddAnnotation
from app.session.actions import SetEdit
from app.session.session import Session
from tests.driver import Driver
from tests.e2e import projects

TEXTS = {
    "first.txt": "They talked about a restricted slave trade. The Slave Trade began.\n",
    "second.txt": "A slave trade was denied. No slave trader spoke.\n",
    "third.txt": "Nothing is wrong in this text.\n",
}
REFERENCE = "They agreed on a prisoner exchange of 175 people.\n"


@pytest.fixture
def stet_with_terms(stet: Driver, tmp_path: Path) -> Driver:
    path = projects.make(tmp_path, TEXTS, reference=REFERENCE)
    stet.start(path, annotator="Ana")
    return stet


def hits(stet: Driver) -> list[tuple[str, str, str]]:
    """Read document, found and label of the table, once the search is over."""
    dialog = stet.dialog("concordance-dialog")
    stet.wait(lambda: "so far" not in dialog.findChild(QLabel, "concordance-says").text())
    model = dialog.findChild(QTableView, "concordance-table").model()
    return [tuple(model.index(row, column).data() for column in (1, 3, 5)) for row in range(model.rowCount())]


def says(stet: Driver) -> str:
    return stet.dialog("concordance-dialog").findChild(QLabel, "concordance-says").text()


def choose(stet: Driver, name: str, text: str) -> None:
    box = stet.dialog("concordance-dialog").findChild(QComboBox, name)
    box.setCurrentIndex(next(at for at in range(box.count()) if text in box.itemText(at)))


def written(stet: Driver, words: str) -> None:
    stet.wait(lambda: stet.find_dialog("progress-dialog") is None and words in says(stet))
    hits(stet)
    stet.settle()


def mark_the_term(stet: Driver) -> None:
    stet.mark("slave trade", "F4", "d")
    stet.press("Alt+3")
    stet.correct("prisoner exchange")
    stet.find_evidence("prisoner exchange")


def test_a_mark_is_applied_only_to_the_ticked_concordance_hits(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    mark_the_term(stet)
    label = stet.chosen.label
    stet.press("Ctrl+Shift+H")
    found = hits(stet)
    assert [(document, text) for document, text, _ in found] == [
        ("first", "slave trade"),
        ("first", "Slave Trade"),
        ("second", "slave trade"),
    ], "whole words, whatever their case"
    assert found[0][2] != "–" == found[1][2]
    assert stet.field("concordance-correction").text() == "prisoner exchange"
    stet.dialog("concordance-dialog").findChild(QTableView).setFocus()
    stet.press("Down", "Space")
    assert "3 found, 1 ticked. Mark makes 1 mark “Tortured term” in 1 document." in says(stet)
    stet.click("concordance-mark")
    written(stet, "1 mark in 1 document.")
    assert [row[2] == "–" for row in hits(stet)] == [False, True, False]
    stet.press("Esc")
    assert [m.label for m in stet.annotations()] == [label]
    stet.press("Ctrl+PgDown")
    assert stet.document == "second.txt"
    (mark,) = stet.annotations()
    assert (mark.quote, mark.label, mark.correction) == ("slave trade", label, "prisoner exchange")
    assert mark.attributes["severity"] == "critical"
    assert mark.evidence[0].quote == "prisoner exchange"
    stet.press("Ctrl+Z")
    assert stet.annotations() == []


def test_the_concordance_ticks_what_is_left_to_mark(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    stet.find("slave trade")
    stet.press("F4", "d")
    stet.find("They talked")
    stet.press("F3", "n", "Esc")
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "exchange")
    stet.press("Return")
    form = stet.dialog("concordance-dialog").findChild(QComboBox, "concordance-label")
    assert form.currentData() == stet.workspace.controller.last_label
    assert {document for document, _, _ in hits(stet)} == {"report"}
    assert "ticked. Mark makes 0 marks “" in says(stet)
    assert says(stet).endswith(f"Left out: {len(hits(stet))} in references.")
    assert not stet.dialog("concordance-dialog").findChild(QPushButton, "concordance-mark").isEnabled()
    stet.fill("concordance-line", "slave trade")
    stet.press("Return")
    hits(stet)
    assert "3 found, 3 ticked" in says(stet), "no mark of this layer is there"
    choose(stet, "concordance-label", "Error: Tortured term")
    assert "3 found, 2 ticked. Mark makes 2 marks “Tortured term” in 2 documents." in says(stet)
    assert says(stet).endswith("Left out: 1 already with this label.")


def test_enter_opens_the_hit_while_the_concordance_stays_open(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "slave trade")
    stet.press("Return")
    assert len(hits(stet)) == 3
    table = stet.dialog("concordance-dialog").findChild(QTableView, "concordance-table")
    table.setFocus()
    stet.press("Down", "Down", "Return")
    assert (stet.document, stet.selected) == ("second.txt", "slave trade")
    assert stet.target() is stet.workspace.text.canvas, "the keyboard is in the text"
    stet.press("F4", "d")
    assert [m.quote for m in stet.annotations()] == ["slave trade"]
    stet.wait(lambda: [label == "–" for _, _, label in hits(stet)] == [True, True, False])
    assert "Relabel 1" in stet.dialog("concordance-dialog").findChild(QPushButton, "concordance-relabel").text()
    stet.press("Ctrl+Shift+H")
    assert stet.target() is table, "back in the list"
    assert table.currentIndex().row() == 2, "where it was"
    stet.press("Up", "Shift+Return")
    assert (stet.document, stet.selected) == ("first.txt", "Slave Trade")
    assert stet.target() is table, "the text was shown, the keyboard stays"
    stet.press("F12", "F12")
    assert (stet.document, table.currentIndex().row()) == ("first.txt", 0)
    stet.press("Return", "F12")
    assert stet.selected == "Slave Trade"
    assert stet.target() is stet.workspace.text.canvas, "F12 goes on from the text as well"
    stet.press("Ctrl+Shift+H", "Esc")
    assert stet.find_dialog("concordance-dialog") is None
    stet.press("F12")
    assert "The concordance isn’t open" in stet.message()


def test_other_words_are_looked_for_in_the_window_that_is_open(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "denied")
    stet.press("Return")
    assert hits(stet) == [("second", "denied", "–")]
    stet.window.activateWindow()
    stet.focus_text()
    stet.find("restricted")
    stet.press("Ctrl+Shift+H")
    stet.wait(lambda: hits(stet) == [("first", "restricted", "–")])
    assert stet.field("concordance-line").text() == "restricted"
    stet.press("Esc", "Esc", "Left")
    stet.press("Ctrl+Shift+H")
    assert stet.field("concordance-line").text() == "restricted"


def test_the_concordance_keeps_its_size_and_closes_with_project(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    stet.press("Ctrl+Shift+H")
    stet.dialog("concordance-dialog").resize(840, 555)
    stet.press("Esc", "Ctrl+Shift+H")
    assert stet.dialog("concordance-dialog").height() == 555
    stet.press("Ctrl+Alt+H")
    assert stet.find_dialog("substitutions-dialog") is None, "keys of the text aren't the list's"
    stet.press("Esc", "Ctrl+Alt+H")
    stet.dialog("substitutions-dialog")
    stet.window.desk.projects.close()
    stet.settle()
    assert stet.find_dialog("substitutions-dialog") is None


def test_what_was_unticked_stays_so_when_documents_come(stet_with_terms: Driver, tmp_path: Path) -> None:
    stet = stet_with_terms
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "slave trade")
    stet.press("Return")
    hits(stet)
    stet.dialog("concordance-dialog").findChild(QTableView, "concordance-table").setFocus()
    stet.press("Down", "Space")
    new = tmp_path / "fourth.txt"
    new.write_text("A slave trade more.\n", encoding="utf-8")
    stet.drop(new)
    stet.wait(lambda: "4 found, 3 ticked" in says(stet))
    table = stet.dialog("concordance-dialog").findChild(QTableView, "concordance-table")
    assert table.currentIndex().row() == 1


def test_equal_spellings_can_be_told_apart(stet: Driver, tmp_path: Path) -> None:
    text = "Le caf\u00e9 et le cafe\u0301.\n"
    stet.start(projects.make(tmp_path, {"first.txt": text}), annotator="Ana")
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "caf\u00e9")
    stet.press("Return")
    assert [found for _, found, _ in hits(stet)] == ["caf\u00e9", "cafe\u0301"]
    stet.dialog("concordance-dialog").findChild(QCheckBox, "concordance-alike").click()
    assert [found for _, found, _ in hits(stet)] == ["caf\u00e9"]


def test_hits_group_by_form_and_label_and_a_group_is_deletable(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    mark_the_term(stet)
    stet.press("Ctrl+Shift+H")
    hits(stet)
    stet.dialog("concordance-dialog").findChild(QCheckBox, "concordance-words").click()
    assert len(hits(stet)) == 4, "the trader too"
    stet.fill("concordance-line", r"slave trade\w*")
    stet.dialog("concordance-dialog").findChild(QCheckBox, "concordance-regex").click()
    assert len(hits(stet)) == 4
    choose(stet, "concordance-grouping", "by form")
    assert [text for _, text, _ in hits(stet)] == ["slave trade", "Slave Trade", "slave trade", "slave trader"]
    choose(stet, "concordance-group", "slave trader  (1)")
    assert [text for _, text, _ in hits(stet)] == ["slave trader"]
    choose(stet, "concordance-grouping", "by label")
    group = stet.dialog("concordance-dialog").findChild(QComboBox, "concordance-group")
    assert [group.itemText(at)[-3:] for at in range(1, group.count())] == ["(3)", "(1)"]
    group.setCurrentIndex(2)
    assert len(hits(stet)) == 1
    button = stet.dialog("concordance-dialog").findChild(QPushButton, "concordance-delete")
    assert button.text() == "Delete 0"
    stet.click("concordance-tick-marked")
    assert button.text() == "Delete 1"
    stet.click("concordance-delete")
    written(stet, "1 mark in 1 document.")
    stet.press("Esc")
    assert stet.annotations() == []
    stet.press("Ctrl+Z")
    assert len(stet.annotations()) == 1


def test_marks_at_the_hits_get_another_label_together(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    mark_the_term(stet)
    stet.press("Ctrl+Shift+H")
    hits(stet)
    stet.click("concordance-mark")
    written(stet, "2 marks in 2 documents.")
    choose(stet, "concordance-label", "Error: Place")
    stet.click("concordance-tick-marked")
    stet.click("concordance-relabel")
    written(stet, "3 marks in 2 documents.")
    stet.press("Esc")
    assert {m.label for m in stet.annotations()} == {"PLACE_CIRCUMSTANCE"}


def test_what_is_no_expression_is_said_in_the_dialog(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "(slave")
    stet.dialog("concordance-dialog").findChild(QCheckBox, "concordance-regex").click()
    complaint = stet.dialog("concordance-dialog").findChild(QLabel, "concordance-dialog-complaint")
    stet.wait(lambda: "Not a regular expression" in complaint.text())
    assert hits(stet) == []
    stet.press("Esc")


def test_a_mark_is_propagated_through_its_document(stet: Driver, tmp_path: Path) -> None:
    text = "Puttin spoke. Then Puttin left, said Puttins aide. Puttin!\n"
    stet.start(projects.make(tmp_path, {"first.txt": text, "second.txt": text}), annotator="Ana")
    stet.mark("Puttin", "F4", "n")
    stet.correct("Putin")
    stet.press("Alt+Shift+M")
    assert stet.message() == "Marked 2 more × “Puttin”."
    assert [(m.quote, m.correction) for m in stet.annotations()] == [("Puttin", "Putin")] * 3
    stet.press("Alt+Shift+M")
    assert stet.message() == "No other “Puttin” to mark in this document. 2 already had it."
    stet.press("Ctrl+Z")
    assert len(stet.annotations()) == 1
    stet.press("Ctrl+PgDown")
    assert stet.annotations() == []


def test_the_project_can_be_closed_while_a_search_runs(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "e")
    stet.press("Return")
    stet.window.desk.projects.close()
    stet.settle()
    assert stet.find_dialog("concordance-dialog") is None


def test_a_known_correction_is_proposed_elsewhere_with_evidence(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    mark_the_term(stet)
    stet.press("Ctrl+Alt+H")
    dialog = stet.dialog("substitutions-dialog")
    says = dialog.findChild(QLabel, "substitutions-says")
    stet.wait(lambda: says.text() == "2 hits, 2 ticked.")
    model = dialog.findChild(QTableView, "substitutions-table").model()
    rows = [[model.index(row, column).data() for column in (1, 3, 5)] for row in range(model.rowCount())]
    assert [row[:2] for row in rows] == [["first", "Slave Trade"], ["second", "slave trade"]]
    assert rows[0][2].startswith("→ prisoner exchange")
    assert rows[0][2].endswith("✓ in the reference")
    pair = dialog.findChild(QComboBox, "substitutions-pair")
    assert [pair.itemText(at) for at in range(pair.count())] == ["all", "slave trade → prisoner exchange  (2)"]
    stet.click("substitutions-mark")
    stet.wait(lambda: says.text() == "2 marks in 2 documents. 0 hits, 0 ticked.")
    stet.press("Esc")
    assert [(m.quote, m.correction, m.evidence[0].quote) for m in stet.annotations()] == [
        ("slave trade", "prisoner exchange", "prisoner exchange"),
        ("Slave Trade", "prisoner exchange", "prisoner exchange"),
    ]
    stet.press("Ctrl+Z")
    assert len(stet.annotations()) == 1


def test_while_one_types_in_the_find_line_its_keys_are_its_own(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    mark_the_term(stet)
    stet.press("Ctrl+F")
    stet.type("Slave trade")
    stet.press("Alt+C")
    count = f"{stet.workspace.text.find_bar.objectName()}-count"
    assert stet.shown(count) == "not found", "case counts now, and no comment is being written"
    stet.press("Alt+C")
    assert stet.shown(count).endswith("of 2")


def test_a_label_is_renamed_for_everyone_after_a_preview(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    mark_the_term(stet)
    old = stet.chosen.label
    stet.palette("Change labels")
    dialog = stet.dialog("labels-dialog")
    label = dialog.findChild(QComboBox, "labels-label")
    titles = [label.itemText(at) for at in range(label.count())]
    label.setCurrentIndex(next(at for at, title in enumerate(titles) if title.startswith("Error") and old in title))
    button, preview = dialog.accept_button, dialog.findChild(QPlainTextEdit, "labels-preview")
    assert not button.isEnabled()
    stet.fill("labels-name", "NAME_FORM")
    assert not button.isEnabled()
    assert "already" in dialog.findChild(QLabel, "labels-dialog-complaint").text()
    stet.fill("labels-name", "WORDING")
    stet.wait(button.isEnabled)
    assert f"error.{old} → WORDING: 1 by Ana in 1 document (open)" in preview.toPlainText()
    assert "a restricted [slave trade]" in preview.toPlainText()
    assert '+id = "WORDING"' in preview.toPlainText()
    stet.click("labels-dialog-accept")
    stet.wait(lambda: stet.message() == "1 mark changed; the scheme is now news-errors@3.")
    assert [m.label for m in stet.annotations()] == ["WORDING"]
    assert stet.session.scheme.label("error", "WORDING") is not None
    stet.focus_text()
    stet.press("Ctrl+Z")
    assert [m.label for m in stet.annotations()] == [old]
    assert stet.session.scheme.label("error", "WORDING") is None


def test_many_marks_are_one_undo_step_in_a_responsive_window(
    stet: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.session.transaction.ANNOTATIONS_A_LOG_ROW", 600)
    texts = {f"{number}.txt": "A term here.\n" * 200 for number in range(10)}
    stet.start(projects.make(tmp_path, texts), annotator="Ana")
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "term")
    stet.press("Return")
    assert len(hits(stet)) == 2_000
    stet.click("concordance-mark")
    written(stet, "2,000 marks in 10 documents.")
    assert len(stet.annotations()) == 200
    stet.press("Ctrl+Shift+H")
    stet.window.activateWindow()
    stet.focus_text()
    stet.press("Ctrl+Z")
    stet.wait(lambda: stet.message() == "Undone: Mark 2,000 × “term”")
    assert stet.annotations() == []
    stet.wait(lambda: {label for _, _, label in hits(stet)} == {"–"})
    stet.window.activateWindow()
    stet.press("Ctrl+Shift+Z")
    stet.wait(lambda: stet.message() == "Redone: Mark 2,000 × “term”")
    assert len(stet.annotations()) == 200
    stet.wait(lambda: "–" not in {label for _, _, label in hits(stet)})


def choose_label(stet: Driver, id: str, action: str) -> None:
    """Open the dialog that changes labels, on a label and what to do with it."""
    stet.palette("Change labels")
    dialog = stet.dialog("labels-dialog")
    for name, words in (("labels-label", f"({id})"), ("labels-action", action)):
        box = dialog.findChild(QComboBox, name)
        box.setCurrentIndex(next(at for at in range(box.count()) if words in box.itemText(at)))
    stet.settle()


def preview(stet: Driver) -> str:
    """Return what the dialog says would change, once it knows."""
    dialog = stet.dialog("labels-dialog")
    stet.wait(dialog.accept_button.isEnabled)
    return dialog.findChild(QPlainTextEdit, "labels-preview").toPlainText()


def test_a_label_outside_the_scheme_is_merged_or_deleted(stet: Driver, tmp_path: Path) -> None:
    path = projects.make(tmp_path, TEXTS, reference=REFERENCE)
    session = Session.open(path, annotator="Ana")
    (uid,) = session.reader.documents.find("first.txt")
    mark = Annotation(uid="a1", layer="entity", label="Größe", fragments=(Fragment(0, 4),), quote="They")
    session.perform(SetEdit(uid, "Ana", AddAnnotation(mark)), title="Work")
    session.close()
    stet.start(path, annotator="Ana")
    stet.palette("Change labels")
    dialog = stet.dialog("labels-dialog")
    label, action = (dialog.findChild(QComboBox, f"labels-{name}") for name in ("label", "action"))
    wanted = "Größe  (not in the scheme)"
    stet.wait(lambda: wanted in label.itemText(label.count() - 1))
    label.setCurrentIndex(label.count() - 1)
    offered = [action.itemText(at) for at in range(action.count())]
    assert offered == ["Merge it into another label", "Delete it and its marks"]
    action.setCurrentIndex(1)
    assert "entity.Größe deleted: 1 by Ana" in preview(stet)
    action.setCurrentIndex(0)
    target = dialog.findChild(QComboBox, "labels-target")
    target.setCurrentIndex(target.findData("PERSON"))
    assert "entity.Größe → PERSON: 1 by Ana" in preview(stet)
    label.setCurrentIndex(0)
    assert (action.count(), action.currentText()) == (5, "Merge it into another label")
    label.setCurrentIndex(label.count() - 1)
    target.setCurrentIndex(target.findData("PERSON"))
    preview(stet)
    stet.click("labels-dialog-accept")
    stet.wait(lambda: stet.message() == "1 mark changed; the scheme is now news-errors@3.")
    assert [item.label for item in stet.annotations()] == ["PERSON"]


def test_a_label_is_split_by_words_and_affected_documents_open(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    mark_the_term(stet)
    old = stet.chosen.label
    stet.press("Ctrl+PgDown")
    stet.mark("slave trade", "F4", "d")
    choose_label(stet, old, "Split it")
    by = stet.dialog("labels-dialog").findChild(QComboBox, "labels-by")
    by.setCurrentIndex(by.findText("on one of these words"))
    stet.fill("labels-part", "TRADE")
    stet.dialog("labels-dialog").findChild(QPlainTextEdit, "labels-words").setFocus()
    stet.type("SLAVE TRADE")
    said = preview(stet)
    assert f"error.{old} → TRADE: 2 by Ana in 2 documents (open)" in said
    table = stet.dialog("labels-dialog").findChild(QTableWidget, "labels-documents")
    assert [table.item(row, 0).text() for row in range(table.rowCount())] == ["first.txt", "second.txt"]
    table.setFocus()
    table.setCurrentCell(0, 0)
    stet.press("Return")
    stet.wait(lambda: stet.find_dialog("labels-dialog") is None)
    assert stet.document == "first.txt"
    choose_label(stet, old, "Split it")
    by = stet.dialog("labels-dialog").findChild(QComboBox, "labels-by")
    by.setCurrentIndex(by.findText("on words that match"))
    stet.fill("labels-part", "TRADE")
    stet.fill("labels-pattern", "^slave")
    stet.click("labels-another")
    stet.fill("labels-part", "NEVER")
    stet.fill("labels-pattern", "nothing")
    preview(stet)
    stet.click("labels-dialog-accept")
    stet.wait(lambda: stet.message() == "2 marks changed; the scheme is now news-errors@3.")
    assert [mark.label for mark in stet.annotations()] == ["TRADE"]
    assert {old, "TRADE", "NEVER"} <= {label.id for label in stet.session.scheme.layer("error").labels}
    stet.focus_text()
    stet.press("Ctrl+Z")
    assert [mark.label for mark in stet.annotations()] == [old]


def test_a_required_attribute_stays_open_until_it_is_filled_in(stet_with_terms: Driver) -> None:
    stet = stet_with_terms
    mark_the_term(stet)
    stet.press("Ctrl+Return")
    stet.press("Ctrl+PgUp")
    assert stet.session.state.status is Status.DONE
    choose_label(stet, stet.annotations()[0].label, "Add an attribute")
    stet.fill("labels-field", "sure_of_it")
    stet.fill("labels-values", "yes, no")
    stet.dialog("labels-dialog").findChild(QCheckBox, "labels-required").click()
    assert "1 annotation with an unmet rule afterwards" in preview(stet)
    table = stet.dialog("labels-dialog").findChild(QTableWidget, "labels-documents")
    assert [table.item(0, column).text() for column in range(4)] == ["first.txt", "0", "Ana", "done by Ana"]
    stet.fill("labels-fill", "maybe")
    complaint = stet.dialog("labels-dialog").findChild(QLabel, "labels-dialog-complaint")
    stet.wait(lambda: "can't be “maybe”" in complaint.text())
    assert not stet.dialog("labels-dialog").accept_button.isEnabled()
    stet.fill("labels-fill", "")
    preview(stet)
    stet.click("labels-dialog-accept")
    stet.wait(lambda: "Finished documents with an unmet rule: 1." in stet.message())
    assert stet.session.state.status is Status.DONE, "nobody is set back"
    assert stet.session.scheme.layer("error").attribute("sure_of_it").required
    stet.focus_text()
    stet.press("Ctrl+Z")
    assert stet.session.scheme.layer("error").attribute("sure_of_it") is None


@pytest.mark.parametrize("percent", [100, 200])
def test_the_list_leaves_the_text_above_it_in_view(stet_with_terms: Driver, percent: int) -> None:
    stet = stet_with_terms
    stet.window.resize(1440, 900)
    stet.window.desk.look.change({"ui_scale": percent})
    stet.settle()
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "slave trade")
    stet.press("Return")
    assert len(hits(stet)) == 3
    dialog = stet.dialog("concordance-dialog")
    window = stet.window.geometry()
    assert window.contains(dialog.geometry())
    assert dialog.geometry().top() > window.top() + window.height() * (0.4 if percent == 100 else 0.1)
    table = dialog.findChild(QTableView, "concordance-table")
    assert table.viewport().height() > 2 * table.rowHeight(0)
    stet.window.desk.look.change({"ui_scale": 100})


def test_a_hit_behind_the_list_is_scrolled_up_into_view(stet: Driver, tmp_path: Path) -> None:
    lines = "A line of the text.\n" * 14
    stet.start(projects.make(tmp_path, {"long.txt": f"{lines}Here is a term.\n{lines * 4}"}), annotator="Ana")
    stet.window.resize(1440, 900)
    stet.settle()
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "term")
    stet.press("Return")
    assert len(hits(stet)) == 1
    stet.press("F12")
    canvas = stet.workspace.text.canvas
    assert stet.selected == "term"
    (rect,) = canvas.viewport_rects(*canvas.view.selection)
    place = canvas.viewport().mapToGlobal(rect.center().toPoint())
    assert canvas.viewport().rect().contains(rect.center().toPoint())
    assert not stet.dialog("concordance-dialog").frameGeometry().contains(place)

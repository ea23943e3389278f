"""A label is added or proposed while reading; the lead decides on proposals, and the marks follow."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QListWidget, QPlainTextEdit

from app.core.proposal import NOTE, note_of
from app.services.schemes.draft import SchemeDraft
from tests.driver import Driver
from tests.unit.services.team.lead import bundled, merged


def select_first_word(stet: Driver) -> None:
    stet.focus_text()
    stet.press("Ctrl+Home", "Ctrl+Shift+Right")


def labels(stet: Driver) -> list[str]:
    return [mark.label for mark in stet.annotations()]


def test_a_new_label_marks_the_selection(desk: Driver) -> None:
    select_first_word(desk)
    desk.press("F4")
    desk.palette("New label…")
    dialog = desk.dialog("new-label-dialog")
    desk.fill("new-label-title", "Spin of words")
    desk.fill("new-label-key", "k")
    desk.press("Return")
    assert dialog.isVisible(), "the key is taken"
    desk.fill("new-label-key", "5")
    desk.press("Return")
    desk.wait(lambda: labels(desk) == ["Spin_of_words"])
    label = desk.session.scheme.label("error", "Spin_of_words")
    assert (label.title, label.key, desk.session.scheme.version) == ("Spin of words", "5", 3)
    desk.press("Ctrl+Z", "Ctrl+Z")
    assert (labels(desk), desk.session.scheme.version) == ([], 2)


def test_a_proposal_is_accepted_and_its_marks_follow(desk: Driver, project: Path) -> None:
    draft = SchemeDraft(desk.session.scheme)
    draft.set((), "proposals", True)
    draft.apply(desk.session)
    select_first_word(desk)
    desk.press("F4")
    desk.palette("New label…")
    desk.dialog("new-label-dialog")
    desk.fill("new-label-title", "Spin")
    desk.press("Return")
    desk.wait(lambda: labels(desk) == ["proposed.Spin"])
    assert desk.session.scheme.version == 3, "the scheme is as it was"
    desk.quit()
    desk.start(project, annotator="Ana")
    desk.palette("Scheme…")
    dialog = desk.dialog("scheme-dialog")
    rows = dialog.findChild(QListWidget, "scheme-outside")
    assert [rows.item(at).text() for at in range(rows.count())] == ["Spin  (error, proposed, 1 mark)"]
    QTest.mouseClick(dialog.findChild(QAbstractButton, "scheme-outside-do"), Qt.MouseButton.LeftButton)
    assert not rows.isVisible()
    desk.fill("scheme-title", "Spun words")
    desk.click("scheme-dialog-accept")
    desk.wait(lambda: dialog.accept_button.text() == "Apply to all marks" and dialog.accept_button.isEnabled())
    desk.click("scheme-dialog-accept")
    desk.wait(lambda: desk.message() == "The scheme is now news-errors@4. Marks changed: 1.")
    assert labels(desk) == ["Spin"]
    assert desk.session.scheme.label_title("error", "Spin") == "Spun words"
    desk.focus_text()
    desk.press("Ctrl+Z")
    assert labels(desk) == ["proposed.Spin"]
    desk.press("Ctrl+Y")
    assert labels(desk) == ["Spin"]


def propose_all(desk: Driver) -> str:
    """Propose a label by keys, with all that can be said of it, for the first word; return that."""
    select_first_word(desk)
    words = desk.workspace.text.canvas.text[slice(*desk.workspace.text.canvas.view.selection)]
    desk.press("F4")
    desk.palette("New label…")
    dialog = desk.dialog("new-label-dialog")
    assert dialog.findChild(QLineEdit, "new-label-example").text() == words
    desk.fill("new-label-title", "Spin")
    desk.press("Tab", "Tab")
    parent = dialog.findChild(QComboBox, "new-label-parent")
    assert desk.target() is parent
    parent.setCurrentIndex(parent.findData("AWKWARD"))
    desk.press("Tab")
    desk.type("Words that make it look better.")
    dialog.findChild(QComboBox, "scheme-color-name").setCurrentIndex(3)
    desk.fill("new-label-key", "k")
    desk.press("Return")
    assert dialog.isVisible(), "the key is taken by the program"
    desk.fill("new-label-key", "5")
    desk.press("Return")
    desk.wait(lambda: labels(desk) == ["proposed.Spin"])
    return words


def test_what_is_said_of_a_proposal_is_undone_and_changed(desk: Driver) -> None:
    draft = SchemeDraft(desk.session.scheme)
    draft.set((), "proposals", True)
    draft.apply(desk.session)
    words = propose_all(desk)
    desk.press("Ctrl+Z")
    assert labels(desk) == []
    desk.press("Ctrl+Y", "Tab")
    assert desk.chosen is not None
    desk.palette("New label…")
    dialog = desk.dialog("new-label-dialog")
    assert dialog.findChild(QLineEdit, "new-label-title").text() == "Spin", "what was said is changed with the mark"
    assert dialog.findChild(QPlainTextEdit, "new-label-definition").toPlainText().startswith("Words that")
    desk.fill("new-label-example", "a “merger”")
    desk.press("Return")
    desk.wait(lambda: desk.find_dialog("new-label-dialog") is None)
    assert note_of(desk.annotations()[0].attributes).example == "a “merger”"
    desk.press("Ctrl+Z")
    assert note_of(desk.annotations()[0].attributes).example == words


def test_what_is_said_of_a_proposal_comes_to_the_lead(desk: Driver, project: Path, tmp_path: Path) -> None:
    draft = SchemeDraft(desk.session.scheme)
    draft.set((), "proposals", True)
    draft.apply(desk.session)
    desk.quit()
    bundle = bundled(project, tmp_path / "cleo.stet", "cleo")
    desk.start(bundle, annotator="cleo")
    words = propose_all(desk)
    desk.quit()
    merged(project, bundle)
    desk.start(project, annotator="Ana")
    desk.palette("Scheme…")
    dialog = desk.dialog("scheme-dialog")
    rows = dialog.findChild(QListWidget, "scheme-outside")
    desk.wait(lambda: rows.count() == 1)
    rows.setFocus()
    by = dialog.findChild(QLabel, "proposal-by")
    desk.wait(lambda: by.text() == "By cleo (1)")
    notes = dialog.findChild(QLabel, "proposal-notes")
    assert notes.isVisible()
    assert notes.text().split("\n") == [
        *("cleo says:", "A kind of: AWKWARD", "Definition: Words that make it look better."),
        *(f"For example: {words}", "Colour: sky", "Key: 5"),
    ]
    marks = dialog.findChild(QListWidget, "proposal-marks")
    title = desk.session.state.document.title
    assert [marks.item(at).text() for at in range(marks.count())] == [f"“{words}”   {title}, cleo"]
    QTest.mouseClick(dialog.findChild(QAbstractButton, "scheme-outside-do"), Qt.MouseButton.LeftButton)
    desk.fill("scheme-title", "Spun")
    desk.click("scheme-dialog-accept")
    desk.wait(lambda: dialog.accept_button.text() == "Apply to all marks" and dialog.accept_button.isEnabled())
    desk.click("scheme-dialog-accept")
    desk.wait(lambda: desk.message() == "The scheme is now news-errors@4. Marks changed: 1.")
    label = desk.session.scheme.label("error", "Spin")
    assert (label.title, label.parent, label.example, label.color, label.key) == (
        *("Spun", "AWKWARD", words, "#56B4E9", "5"),
    )
    uid = desk.session.state.document.uid
    found = desk.session.reader.state_of(uid, "cleo").in_order()
    assert [(mark.label, NOTE in mark.attributes) for mark in found] == [("Spin", False)]
    desk.focus_text()
    desk.press("Ctrl+Z")
    found = desk.session.reader.state_of(uid, "cleo").in_order()
    assert [(mark.label, NOTE in mark.attributes) for mark in found] == [("proposed.Spin", True)]


def test_a_proposal_is_merged_into_a_label(desk: Driver) -> None:
    draft = SchemeDraft(desk.session.scheme)
    draft.set((), "proposals", True)
    draft.apply(desk.session)
    select_first_word(desk)
    desk.workspace.controller.propose_label("error", "Bad word")
    assert labels(desk) == ["proposed.Bad word"]
    desk.palette("Scheme…")
    dialog = desk.dialog("scheme-dialog")
    choice = dialog.findChild(QComboBox, "scheme-outside-choice")
    choice.setCurrentIndex(choice.findData("=AWKWARD"))
    desk.click("scheme-outside-do")
    desk.click("scheme-dialog-accept")
    desk.wait(lambda: dialog.accept_button.text() == "Apply to all marks" and dialog.accept_button.isEnabled())
    desk.click("scheme-dialog-accept")
    desk.wait(lambda: labels(desk) == ["AWKWARD"])

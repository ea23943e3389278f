"""A label is added or proposed while reading; the lead decides on proposals, and the marks follow."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QListWidget

from app.services.schemes.draft import SchemeDraft
from tests.driver import Driver


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
    assert (label.title, label.key, desk.session.scheme.version) == ("Spin of words", "5", 2)
    desk.press("Ctrl+Z", "Ctrl+Z")
    assert (labels(desk), desk.session.scheme.version) == ([], 1)


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
    assert desk.session.scheme.version == 2, "the scheme is as it was"
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
    desk.wait(lambda: desk.message() == "The scheme is now news-errors@3. Marks changed: 1.")
    assert labels(desk) == ["Spin"]
    assert desk.session.scheme.label_title("error", "Spin") == "Spun words"
    desk.focus_text()
    desk.press("Ctrl+Z")
    assert labels(desk) == ["proposed.Spin"]
    desk.press("Ctrl+Y")
    assert labels(desk) == ["Spin"]


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

"""“Always suggest this…”: from a selection to suggestions in every document, and back."""

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QListWidget, QPushButton

from app.session.session import Session
from tests.conftest import add_documents, scheme_source
from tests.driver import Driver


def test_a_selection_becomes_a_pattern_of_all_documents(stet: Driver, tmp_path: Path) -> None:
    session = Session.create(tmp_path / "p.stet", scheme=scheme_source("news-errors"), annotator="Ana")
    texts = {"a.txt": "A slave trade was agreed.\n", "b.txt": "Two slave trades, and a Slave Trade.\n"}
    add_documents(session, texts)
    session.close()
    stet.start(tmp_path / "p.stet", annotator="Ana")
    stet.find("slave trade")
    stet.focus_text()
    stet.press("Ctrl+Alt+W")
    dialog = stet.dialog("pattern-dialog")
    assert dialog.findChild(QLineEdit, "pattern-words").text() == "slave trade"
    label = dialog.findChild(QComboBox, "pattern-label")
    label.setCurrentIndex(label.findData("error\nTORTURED_TERM"))
    dialog.findChild(QLineEdit, "pattern-correction").setText("prisoner exchange")
    dialog.findChild(QPushButton, "pattern-dialog-accept").click()
    stet.wait(lambda: "Suggested 2 marks in 2 documents." in stet.message())
    stet.press("F9", "Space")
    (mark,) = stet.annotations()
    assert (mark.quote, mark.label, mark.correction) == ("slave trade", "TORTURED_TERM", "prisoner exchange")
    assert mark.origin == "suggestion:patterns@2"
    stet.press("Ctrl+Alt+Shift+W")
    found = stet.dialog("patterns-dialog").findChild(QListWidget, "patterns-list")
    assert found.count() == 1
    assert "slave trade → prisoner exchange" in found.item(0).text()
    found.setCurrentRow(0)
    stet.dialog("patterns-dialog").findChild(QPushButton, "patterns-remove").click()
    assert found.count() == 0
    stet.press("Esc")
    stet.press("Ctrl+Z")
    assert [pattern.words for pattern in stet.session.reader.patterns()] == ["slave trade"]


def test_a_rule_for_each_word_is_tried_before_it_is_saved(stet: Driver, tmp_path: Path) -> None:
    session = Session.create(tmp_path / "p.stet", scheme=scheme_source("news-errors"), annotator="Ana")
    add_documents(
        session, {"a.txt": "They freed 157 captives.\n", "b.txt": "Later 12 more captives came, two captives left.\n"}
    )
    session.close()
    stet.start(tmp_path / "p.stet", annotator="Ana")
    stet.find("157 captives")
    stet.focus_text()
    stet.press("Ctrl+Alt+W")
    dialog = stet.dialog("pattern-dialog")
    words, match = dialog.findChild(QLineEdit, "pattern-words"), dialog.findChild(QComboBox, "pattern-match")
    words.setText("more captives")  # other ones than those that were selected
    match.setCurrentIndex(match.findData("tokens"))
    stet.wait(lambda: dialog.findChild(QComboBox, "token-1") is not None)
    assert dialog.findChild(QComboBox, "token-0").findText("exactly “more”") >= 0
    match.setCurrentIndex(0)
    words.setText("157 captives")
    match.setCurrentIndex(match.findData("tokens"))
    stet.wait(lambda: dialog.findChild(QComboBox, "token-0").findText("exactly “157”") >= 0)
    number, captives = (dialog.findChild(QComboBox, f"token-{at}") for at in range(2))
    assert captives.currentText() == "any form of “captive”"
    number.setCurrentIndex(number.findText("any number"))
    label = dialog.findChild(QComboBox, "pattern-label")
    label.setCurrentIndex(label.findData("error\nQUANTITY"))
    severity = dialog.findChild(QComboBox, "pattern-severity")
    severity.setCurrentIndex(severity.findData("major"))
    dialog.findChild(QLineEdit, "pattern-note").setText("Count again")
    stet.wait(lambda: stet.shown("pattern-found") == "1 occurrence in the open document")
    assert dialog.findChild(QListWidget, "pattern-hits").item(0).text() == "They freed [157 captives] ."
    dialog.findChild(QPushButton, "pattern-dialog-accept").click()
    stet.wait(lambda: "Suggested 2 marks in 2 documents." in stet.message())
    stet.press("F9", "Space")
    (mark,) = stet.annotations()
    assert (mark.quote, mark.label, mark.attributes["severity"]) == ("157 captives", "QUANTITY", "major")
    stet.press("Ctrl+Alt+Shift+W")
    listed = stet.dialog("patterns-dialog").findChild(QListWidget, "patterns-list")
    assert listed.item(0).text() == "157 captives  –  Quantity or number, word by word"
    stet.dialog("patterns-dialog").findChild(QPushButton, "patterns-change").click()
    again = stet.dialog("pattern-dialog")
    assert [again.findChild(QComboBox, f"token-{at}").currentText() for at in range(2)] == [
        "a number",
        "any form of “captive”",
    ]
    again.findChild(QCheckBox, "token-optional-0").setChecked(True)
    stet.wait(lambda: stet.shown("pattern-found") == "1 occurrence in the open document")
    again.findChild(QPushButton, "pattern-dialog-accept").click()
    stet.press("Esc")
    stet.wait(lambda: "Suggested 1 mark in 1 document." in stet.message())
    (pattern,) = stet.session.reader.patterns()
    assert pattern.described == "a number (optional), any form of “captive”"


def test_nothing_selected_is_said(stet: Driver, tmp_path: Path) -> None:
    session = Session.create(tmp_path / "p.stet", scheme=scheme_source("ner"), annotator="Ana")
    add_documents(session, {"a.txt": "Ana came.\n"})
    session.close()
    stet.start(tmp_path / "p.stet", annotator="Ana")
    stet.press("Ctrl+Alt+W")
    assert stet.message() == "Select the words that are always to be suggested."

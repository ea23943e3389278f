"""“Always suggest this…”: from a selection to suggestions in every document, and back."""

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QPushButton

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
    assert mark.origin == "suggestion:patterns@1"
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


def test_nothing_selected_is_said(stet: Driver, tmp_path: Path) -> None:
    session = Session.create(tmp_path / "p.stet", scheme=scheme_source("ner"), annotator="Ana")
    add_documents(session, {"a.txt": "Ana came.\n"})
    session.close()
    stet.start(tmp_path / "p.stet", annotator="Ana")
    stet.press("Ctrl+Alt+W")
    assert stet.message() == "Select the words that are always to be suggested."

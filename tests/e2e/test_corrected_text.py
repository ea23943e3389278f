"""The corrected text beside the text as it is."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit

from app.core.correction import corrected
from tests.driver import Driver


def sides(dialog) -> tuple[str, str]:
    return tuple(dialog.findChild(QPlainTextEdit, name).toPlainText() for name in ("corrected-old", "corrected-new"))


def test_corrections_are_seen_beside_the_text(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Return")
    desk.type("President")
    desk.press("Return")
    desk.press("Shift+F7")
    dialog = desk.dialog("corrected-dialog")
    text = desk.session.state.document.text
    desk.wait(lambda: "applied" in dialog.findChild(QLabel, "corrected-what").text())
    made = corrected(text, desk.session.state.annotations.values())
    assert made.text != text
    assert sides(dialog) == (text, made.text)
    assert dialog.findChild(QLabel, "corrected-what").text() == "1 correction applied."
    tinted = dialog.findChild(QPlainTextEdit, "corrected-new").extraSelections()
    assert [each.cursor.selectedText() for each in tinted] == ["President"]
    desk.click("corrected-copy")
    assert QGuiApplication.clipboard().text() == made.text
    desk.click("corrected-export")
    assert desk.dialog("export-dialog").findChild(QComboBox, "export-format").currentData() == "corrected"
    desk.click("export-dialog-cancel")


def test_without_corrections_it_says_what_to_do(desk: Driver) -> None:
    desk.press("Shift+F7")
    said = desk.dialog("corrected-dialog").findChild(QLabel, "corrected-what")
    desk.wait(lambda: "press Enter" in said.text())

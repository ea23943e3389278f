"""Labels and fields of the document itself, by keyboard and by mouse."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.core.annotation import Status
from app.ui.widgets.value_fields import SliderField
from tests.driver import Driver
from tests.e2e import rich_scheme


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return rich_scheme.make(tmp_path)


def said(stet: Driver) -> dict[str, tuple[str, dict[str, object]]]:
    """Return label and fields of the annotations about the open document, by layer."""
    state = stet.session.state
    assert state is not None
    return {a.layer: (a.label, dict(a.attributes)) for a in state.about_document(stet.session.scheme)}


def pressed(stet: Driver, layer: str) -> list[str]:
    """Return the buttons of the strip that are down."""
    row = stet.window.findChild(QWidget, f"document-{layer}")
    return [made.objectName().split("-")[-1] for made in row.findChildren(QPushButton) if made.isChecked()]


def label(stet: Driver, name: str) -> str:
    return stet.window.findChild(QLabel, name).text()


def test_a_document_is_labelled_by_keys_without_a_selection(desk: Driver) -> None:
    desk.focus_text()
    desk.press("F10", "S")
    assert said(desk) == {"article": ("SPUN", {})}
    assert pressed(desk, "article") == ["SPUN"]
    assert desk.marks() == [("", "SPUN")]
    desk.press("O")
    assert said(desk) == {"article": ("SOUND", {})}
    desk.press("Ctrl+Z", "Ctrl+Z")
    assert said(desk) == {}
    assert pressed(desk, "article") == []
    desk.press("Ctrl+Shift+Z")
    assert said(desk) == {"article": ("SPUN", {})}


def test_a_document_is_labelled_by_the_mouse(desk: Driver) -> None:
    desk.click("document-article-SPUN")
    assert said(desk) == {"article": ("SPUN", {})}
    assert desk.chosen is not None
    desk.click("document-article-SPUN")  # once more: to its fields, and nothing is written
    assert pressed(desk, "article") == ["SPUN"]
    assert len(desk.annotations()) == 1


def test_a_layer_without_labels_is_a_set_of_fields(desk: Driver) -> None:
    desk.click("document-quality-quality")
    desk.workspace.chosen.show()
    field = desk.workspace.inspector.form.field("adequacy")
    assert isinstance(field, SliderField)
    field.show_value(70)
    QTest.keyClick(field.slider, Qt.Key.Key_Right)
    assert said(desk) == {"quality": ("quality", {"adequacy": 71})}
    assert label(desk, "document-quality-said") == "adequacy 71"
    form = desk.workspace.inspector.form
    assert form.quote.text() == "The document as a whole"


def test_a_document_without_its_label_is_not_done(desk: Driver) -> None:
    desk.focus_text()
    assert label(desk, "document-article-title") == "The article is ○"
    spun = desk.window.findChild(QPushButton, "document-article-SPUN")
    assert "needs “The article is”" in spun.accessibleDescription()
    desk.press("Ctrl+Return")
    assert desk.document == "1.txt"
    assert desk.message() == "Not done yet: the document needs “The article is”. Choose it above the text."
    desk.press("X")
    assert said(desk) == {"article": ("UNCLEAR", {})}
    desk.press("Ctrl+Return")
    assert desk.document == "1.txt"
    assert desk.message() == "Not done yet: “can’t be judged, because” needs a comment."
    desk.press("Alt+C")
    desk.type("half of it is missing")
    desk.press("Return")
    assert label(desk, "document-article-said") == "“half of it is missing”"
    assert label(desk, "document-article-title") == "The article is"
    assert spun.accessibleDescription() == ""
    desk.press("Ctrl+Return")
    assert desk.document == "2.txt"


def test_what_is_said_outlives_the_window(stet: Driver, project: Path) -> None:
    stet.start(project, annotator="Ana")
    stet.focus_text()
    stet.press("F10", "S", "Ctrl+Return")
    stet.quit()
    stet.start(project, annotator="Ana")
    stet.workspace.open_document("1.txt")
    assert pressed(stet, "article") == ["SPUN"]
    assert stet.session.state.status is Status.DONE
    stet.press("Ctrl+Z", "Ctrl+Z")
    assert pressed(stet, "article") == []
    stet.press("Ctrl+Shift+Z", "Ctrl+Shift+Z")
    assert pressed(stet, "article") == ["SPUN"]


def test_it_is_no_mark_of_the_text(desk: Driver) -> None:
    desk.find("Washington")
    desk.press("F2", "C")
    desk.press("F10", "S")
    canvas = desk.workspace.text.canvas
    drawn = desk.workspace.drawn.read().highlights_in(0, 100)
    assert [highlight.badge for highlight in drawn] == ["PERSON"]
    assert not desk.workspace.text.map.grab().isNull()
    desk.press("Escape", "Tab")
    assert desk.chosen.label == "PERSON"
    desk.press("Tab")
    assert desk.chosen.label == "PERSON"
    desk.click("document-article-SPUN")
    desk.find("Puttin")
    desk.click("document-article-SPUN")
    desk.run("annotation.move", "palette")
    assert desk.chosen.start == 0
    desk.press("Escape", "Ctrl+Home")
    assert desk.chosen is None
    assert canvas.view.caret == 0


def test_a_label_key_marks_words_though_the_document_is_chosen(desk: Driver) -> None:
    desk.click("document-article-SPUN")
    desk.put_caret("Washington")
    desk.press("F2", "C")
    assert desk.marks() == [("", "SPUN"), ("Washington", "PERSON")]

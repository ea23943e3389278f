"""Ctrl+Z reaches the project from every window that stays open beside it, unless a field has something to undo."""

import pytest
from PySide6.QtWidgets import QLineEdit, QTableView

from tests.driver import Driver


@pytest.fixture
def marked(desk: Driver) -> Driver:
    desk.mark("senator", "F4", "R")
    return desk


def test_the_concordance_undoes_and_redoes(marked: Driver) -> None:
    marked.press("Ctrl+Shift+H")
    dialog = marked.dialog("concordance-dialog")
    dialog.findChild(QTableView, "concordance-table").setFocus()
    marked.press("Ctrl+Z")
    assert marked.annotations() == []
    assert dialog.isVisible()
    marked.press("Ctrl+Shift+Z")
    assert len(marked.annotations()) == 1
    line = dialog.findChild(QLineEdit, "concordance-line")
    line.setFocus()
    marked.press("Ctrl+Z")
    assert marked.annotations() == [], "the line had nothing to undo"
    marked.press("Ctrl+Y")
    assert len(marked.annotations()) == 1
    line.clear()
    marked.type("word")
    marked.press("Ctrl+Z")
    assert line.text() == ""
    assert len(marked.annotations()) == 1, "the line undid its own typing"


def test_the_list_of_substitutions_undoes(marked: Driver) -> None:
    marked.press("Ctrl+Alt+H")
    marked.dialog("substitutions-dialog")
    marked.press("Ctrl+Z")
    assert marked.annotations() == []


def test_the_manual_and_feedback_undo(marked: Driver) -> None:
    marked.press("F1")
    marked.settle()
    marked.press("Ctrl+Z")
    assert marked.annotations() == []
    marked.press("Ctrl+Y")
    assert len(marked.annotations()) == 1
    marked.press("Esc")
    marked.window.registry.run("team.feedback")
    marked.dialog("feedback-dialog")
    marked.press("Ctrl+Z")
    assert marked.annotations() == []


@pytest.mark.parametrize("name", ["documents-search", "marks-filter", "field-correction", "field-comment"])
def test_a_field_of_the_window_without_typing_leaves_undo(marked: Driver, name: str) -> None:
    marked.workspace.chosen.show()
    form = marked.workspace.inspector.form
    field = form.field(name.removeprefix("field-")) or marked.window.findChild(QLineEdit, name)
    field.setFocus()
    marked.settle()
    assert marked.target() is field
    marked.press("Ctrl+Z")
    assert marked.annotations() == []


def test_typing_in_a_correction_is_undone_first(marked: Driver) -> None:
    marked.press("Return")
    line = marked.target()
    assert isinstance(line, QLineEdit)
    marked.type("presid")
    marked.press("Ctrl+Z")
    assert line.text() == ""
    assert len(marked.annotations()) == 1

"""What was done can be taken back, wherever and whenever it was."""

from pathlib import Path

import pytest

from tests.driver import Driver
from tests.e2e import projects
from tests.e2e.commands import BY_PALETTE

ROUTES = pytest.mark.parametrize("route", ["key", BY_PALETTE])


@ROUTES
def test_undo_and_redo_say_what_they_take_and_bring_back(desk: Driver, route: str) -> None:
    desk.mark("senator", "F4", "R")
    desk.run("edit.undo", route)
    assert desk.marks() == []
    assert desk.message().startswith("Undone: Mark “senator”")
    desk.run("edit.redo", route)
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    assert desk.message().startswith("Redone: Mark “senator”")


def test_every_field_is_a_step_of_its_own(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Alt+3")
    desk.correct("president")
    desk.find_evidence("President")
    desk.press("U")
    seen = [desk.annotations()]
    for _ in range(5):
        desk.press("Ctrl+Z")
        seen.append(desk.annotations())
    assert [len(marks) for marks in seen] == [1, 1, 1, 1, 1, 0]
    assert len({str(marks) for marks in seen}) == 6
    for expected in reversed(seen[:-1]):
        desk.press("Ctrl+Shift+Z")
        assert desk.annotations() == expected


def test_undo_reaches_into_another_document_and_shows_it(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+PgDown")
    desk.mark("412", "F4", "Q")
    assert desk.document == "second.txt"
    desk.press("Ctrl+Z", "Ctrl+Z")
    assert desk.document == "first.txt"
    assert desk.marks() == []
    desk.press("Ctrl+Shift+Z", "Ctrl+Shift+Z")
    assert desk.document == "second.txt"
    assert desk.marks() == [("412", "QUANTITY")]


def test_the_document_that_undo_leaves_keeps_its_place(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+PgDown")
    desk.put_caret("speaker")
    place = desk.caret
    desk.press("Ctrl+Z")
    assert desk.document == "first.txt"
    desk.press("Ctrl+PgDown")
    assert desk.caret == place


def is_seen(stet: Driver, words: str) -> bool:
    canvas = stet.workspace.text.canvas
    start = canvas.text.rindex(words)
    rect = canvas.viewport_rects(start, start + len(words))[0]
    return rect.top() >= 0 and rect.bottom() <= canvas.viewport().height()


def test_undo_and_redo_go_to_what_they_change(stet: Driver, tmp_path: Path) -> None:
    text = "\n".join(f"Paragraph {number} of many." for number in range(300)) + "\nThe senator spoke.\n"
    stet.start(projects.make(tmp_path, {"long.txt": text}), annotator="Ana")
    for _ in range(2):
        stet.press("Ctrl+Home")
        if not stet.marks():
            stet.mark("senator", "F4", "R")
            stet.press("Alt+3", "Esc", "Ctrl+Home")
        assert not is_seen(stet, "senator")
        stet.press("Ctrl+Z")  # the severity
        assert is_seen(stet, "senator")
        assert stet.chosen is not None
        assert stet.chosen.quote == "senator"
        stet.press("Ctrl+Home", "Ctrl+Z")  # the mark
        assert is_seen(stet, "senator")
        assert stet.caret == text.index("senator")
        assert stet.chosen is None
        stet.press("Ctrl+Home", "Ctrl+Shift+Z")
        assert is_seen(stet, "senator")
        assert stet.chosen is not None
        stet.press("Ctrl+Shift+Z")


def test_undo_goes_on_after_a_restart_and_over_documents(desk: Driver, project: Path) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Alt+3", "Ctrl+PgDown")
    desk.mark("412", "F4", "Q")
    desk.quit()
    desk.start(project, annotator="Ana")
    desk.press("Ctrl+Z", "Ctrl+Z")
    assert desk.document == "first.txt"
    assert [mark.attributes.get("severity") for mark in desk.annotations()] == [None]
    desk.quit()
    desk.start(project, annotator="Ana")
    for _ in range(2):
        desk.press("Ctrl+Shift+Z")
    assert desk.document == "second.txt"
    assert desk.marks() == [("412", "QUANTITY")]


def test_nothing_to_undo_is_said(desk: Driver) -> None:
    desk.press("Ctrl+Z")
    assert desk.message().startswith("Nothing to undo")
    desk.press("Ctrl+Shift+Z")
    assert desk.message().startswith("Nothing to redo")


def test_each_annotator_takes_back_their_own(desk: Driver, project: Path) -> None:
    desk.mark("senator", "F4", "R")
    desk.quit()
    desk.start(project, annotator="Ben")
    assert desk.marks() == []
    desk.press("Ctrl+Z")
    assert desk.message().startswith("Nothing to undo")
    desk.quit()
    desk.start(project, annotator="Ana")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]


def test_undo_while_typing_keeps_field_and_mark_consistent(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Return")
    desk.type("presid")
    desk.press("Ctrl+Z")
    # The field has the key while it is typed in; whatever it took back, the mark and the text say the same.
    (mark,) = desk.annotations()
    field = desk.workspace.inspector.form
    assert field is not None
    assert field.correction is not None
    desk.press("Return")
    (mark,) = desk.annotations()
    assert (mark.correction or "") == field.correction.text()

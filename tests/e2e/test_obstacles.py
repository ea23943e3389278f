"""What can't be done is shown as such, and says why: in menus, in the palette, and to whoever presses its key."""

import pytest
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QListWidget, QMenu

from app.session.actions import UnlinkReference
from tests.driver import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)


def menu(desk: Driver) -> QMenu:
    canvas = desk.target()
    place = canvas.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, canvas.mapToGlobal(place))
    QApplication.sendEvent(canvas, event)
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return found


def in_menu(desk: Driver, action: str) -> tuple[bool, str]:
    """Return whether an entry of the text's menu can be chosen, and its tooltip."""
    opened = menu(desk)
    entry = next(entry for entry in opened.actions() if entry.objectName() == action)
    found = entry.isEnabled(), entry.toolTip()
    opened.close()
    return found


def why(desk: Driver, action: str) -> str:
    return desk.window.registry.why_not(action)


def test_a_claim_has_no_correction_and_that_is_said(desk: Driver) -> None:
    desk.mark("senator", "F3", "C")
    words = "Marks in the layer “Claim” have no correction."
    assert in_menu(desk, "annotation.correction") == (False, f"<qt>{words}</qt>")
    desk.press("Return")
    assert desk.message() == words
    assert desk.target() is desk.workspace.text.canvas
    desk.press("Alt+2")
    assert desk.message() == "Marks in the layer “Claim” have no severity."


def test_a_link_needs_a_mark_a_reference_and_a_selection(desk: Driver) -> None:
    desk.press("Esc", "Esc")
    assert "No mark selected" in why(desk, "evidence.link")
    enabled, tip = in_menu(desk, "evidence.link")
    assert not enabled
    assert "No mark selected" in tip
    desk.press("K")
    assert "No mark selected" in desk.message()
    desk.mark("senator", "F4", "R")
    assert why(desk, "evidence.link").startswith("No text is selected in the reference.")
    reference = desk.workspace.reference.canvas
    reference.select(0, 4)
    assert why(desk, "evidence.link") == ""
    desk.press("K")
    assert len(desk.chosen.evidence) == 1
    desk.mark("Kyiv", "F2", "3")
    assert why(desk, "evidence.link") == "Marks in the layer “Entity” have no evidence."


def test_without_a_mark_nothing_is_done_to_one(desk: Driver, subtests: pytest.Subtests) -> None:
    for action in ("annotation.comment", "annotation.delete", "annotation.unsure", "severity.major", "annotation.move"):
        with subtests.test(action=action):
            desk.press("Esc", "Esc")
            desk.press("F9")
            assert not desk.message().startswith("No mark selected.")
            assert why(desk, action).startswith("No mark selected.")
            desk.window.registry.run(action)
            assert desk.message().startswith("No mark selected.")


def test_the_palette_says_why_not(desk: Driver) -> None:
    desk.mark("senator", "F3", "C")
    desk.press("Ctrl+K")
    desk.type("edit correction")
    listed = desk.dialog("palette").findChild(QListWidget)
    assert "have no correction" in listed.item(0).text()
    desk.press("Return")
    assert desk.message() == "Marks in the layer “Claim” have no correction."


def test_a_document_without_references_says_how_to_get_one(desk: Driver) -> None:
    uid = desk.session.state.document.uid
    (reference,) = desk.session.reader.documents.references(uid)
    desk.session.perform(UnlinkReference(uid, reference), title="Unlink")
    words = "This document has no reference yet. Press Ctrl+Shift+R to choose one."
    assert why(desk, "evidence.find") == words
    desk.press("Ctrl+Shift+F")
    assert desk.message() == words

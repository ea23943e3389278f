"""The mouse in the window: ends of marks dragged, the brush, what a click takes."""

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox

from app.ui.panels.annotation_card import HoverCard
from tests.driver import Driver
from tests.e2e.commands import BY_PALETTE


def place(desk: Driver, words: str, *, behind: bool = False) -> QPoint:
    """Return where some words begin or end, in pixels of the text."""
    canvas = desk.workspace.text.canvas
    start = canvas.text.index(words)
    rect = canvas.viewport_rects(start, start + len(words))[-1 if behind else 0]
    return QPoint(round(rect.right() if behind else rect.left()), round(rect.center().y()))


def sweep(desk: Driver, start: QPoint, end: QPoint) -> None:
    viewport, left = desk.workspace.text.canvas.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, pos=start)
    QTest.mouseMove(viewport, (start + end) / 2)
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, left, pos=end)
    desk.settle()


def test_an_end_of_the_chosen_mark_is_dragged_to_other_words(desk: Driver) -> None:
    before = desk.mark("senator", "F4", "R")
    sweep(desk, place(desk, "senator"), place(desk, "the US") + QPoint(4, 0))
    (after,) = desk.annotations()
    assert (after.uid, after.quote, desk.chosen) == (before.uid, "the US senator", after)
    desk.press("Ctrl+Z")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]


def test_a_click_on_a_correction_chooses_its_mark(desk: Driver) -> None:
    mark = desk.mark("senator", "F4", "R")
    desk.correct("president of the whole country")
    other = desk.mark("slave trade", "F4", "T")
    assert desk.chosen == other
    canvas = desk.workspace.text.canvas
    for right in (24, 90, 150):
        desk.workspace.controller.choose(other.uid, scroll=False)
        QTest.mouseClick(
            canvas.viewport(), Qt.MouseButton.LeftButton, pos=place(desk, "senator", behind=True) + QPoint(right, 0)
        )
        desk.settle()
        assert desk.chosen.uid == mark.uid, right
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place(desk, canvas.text[:4]) + QPoint(6, 0))
    assert desk.chosen is None


def test_with_the_brush_every_sweep_marks_until_escape(desk: Driver) -> None:
    desk.mark("slave trade", "F4", "T")
    desk.press("Alt+B")
    assert desk.shown("status-mode") == "Brush: Time or date (Esc to stop)"
    sweep(desk, place(desk, "senator"), place(desk, "senator", behind=True))
    sweep(desk, place(desk, "Vladimir"), place(desk, "Puttin", behind=True))
    assert desk.marks()[:2] == [("senator", "TIME"), ("Vladimir Puttin", "TIME")]
    desk.press("Esc")
    assert desk.shown("status-mode") == ""
    sweep(desk, place(desk, "two days"), place(desk, "two days", behind=True))
    assert len(desk.marks()) == 3
    desk.press("Ctrl+Z")
    assert len(desk.marks()) == 2


def test_a_label_key_changes_the_label_of_the_brush(desk: Driver) -> None:
    desk.press("F4", "Alt+B")
    assert "press a label’s key" in desk.shown("status-mode")
    sweep(desk, place(desk, "senator"), place(desk, "senator", behind=True))
    assert desk.marks() == []
    assert "no label yet" in desk.message()
    desk.press("Left", "R")
    assert desk.marks() == []
    button = desk.workspace.labels.findChild(QAbstractButton, "label.error.ROLE_ATTRIBUTE")
    assert button.is_brush
    assert button.accessibleDescription() == "used by the brush"
    sweep(desk, place(desk, "senator"), place(desk, "senator", behind=True))
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    desk.press("Alt+B")
    assert not button.is_brush


@pytest.mark.parametrize(
    ("presses", "mode", "taken"), [(1, "word", "senator"), (2, "sentence", "Donald Trump"), (3, "", "")]
)
def test_a_click_takes_more_by_a_key(desk: Driver, presses: int, mode: str, taken: str) -> None:
    for _ in range(presses):
        desk.press("Alt+Shift+X")
    assert (mode or "caret") in desk.message()
    at = place(desk, "senator") + QPoint(5, 0)
    QTest.mouseClick(desk.workspace.text.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert desk.selected.startswith(taken)
    assert bool(desk.selected) is bool(taken)


def test_what_a_click_takes_is_set_in_the_settings(desk: Driver) -> None:
    desk.press("Ctrl+,")
    desk.dialog("settings-dialog").findChild(QComboBox, "setting-click_takes").setCurrentIndex(1)
    desk.click("settings-dialog-accept")
    at = place(desk, "senator") + QPoint(5, 0)
    QTest.mouseClick(desk.workspace.text.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    desk.press("R")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]


# -- the card ----------------------------------------------------------------------------------------------------------


def card(desk: Driver) -> HoverCard:
    found = desk.window.findChild(HoverCard)
    assert found is not None
    return found


def point(desk: Driver, at: QPoint) -> None:
    viewport = desk.workspace.text.canvas.viewport()
    QTest.mouseMove(viewport, at + QPoint(30, 60))  # the platform swallows a move to where the pointer is already
    QTest.mouseMove(viewport, at)


def test_a_pause_over_a_mark_shows_its_card_beside_it(desk: Driver) -> None:
    mark = desk.mark("senator", "F4", "R")
    desk.correct("<b>president</b>")
    desk.press("Esc", "Esc")
    point(desk, place(desk, "senator") + QPoint(8, 0))
    assert not card(desk).isVisible()
    desk.wait(card(desk).isVisible)
    assert desk.shown("hover-card-title") == "Error: Role or attribute"
    assert "Correction: <b>president</b>" in desk.shown("hover-card-body")
    assert "Unmet rule: " in desk.shown("hover-card-body")
    assert "By Ana" in desk.shown("hover-card-body")
    taken = desk.workspace.chosen.card.taken_by(mark)
    assert len(taken) == 2  # the words and the badge
    assert not any(rect.intersects(QRectF(card(desk).geometry())) for rect in taken)
    point(desk, place(desk, "Donald"))
    assert not card(desk).isVisible()


@pytest.mark.parametrize("ends", ["key", "scroll", "leave", "press"])
def test_a_card_goes_with_the_next_thing_one_does(desk: Driver, ends: str) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Alt+I")
    assert card(desk).isVisible()
    canvas = desk.workspace.text.canvas
    if ends == "key":
        desk.press("Right")
    elif ends == "scroll":
        canvas.verticalScrollBar().setRange(0, 50)
        canvas.verticalScrollBar().setValue(5)
    elif ends == "leave":
        point(desk, place(desk, "senator") + QPoint(8, 0))
        point(desk, place(desk, "Donald"))
    else:
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place(desk, "Donald"))
    assert not card(desk).isVisible()


@pytest.mark.parametrize("route", ["key", BY_PALETTE])
def test_the_card_of_the_chosen_mark_comes_and_goes_by_key(desk: Driver, route: str) -> None:
    desk.press("Alt+I")
    assert "No mark selected" in desk.message()
    desk.mark("senator", "F4", "R")
    desk.run("annotation.card", route)
    assert card(desk).isVisible()
    assert "Role or attribute" in card(desk).accessibleName()
    desk.press("Alt+I")
    assert not card(desk).isVisible()


def test_there_is_no_card_while_one_drags(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    viewport, left = desk.workspace.text.canvas.viewport(), Qt.MouseButton.LeftButton
    point(desk, place(desk, "senator") + QPoint(8, 0))
    QTest.mousePress(viewport, left, pos=place(desk, "Donald"))
    QTest.mouseMove(viewport, place(desk, "senator") + QPoint(9, 0))
    desk.qtbot.wait(700)
    assert not card(desk).isVisible()
    QTest.mouseRelease(viewport, left, pos=place(desk, "senator"))

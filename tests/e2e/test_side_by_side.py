"""Text and reference side by side: the reference goes along, and what is aligned or proves a mark is shown in both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QTabBar
from pytestqt.qtbot import QtBot

from app.ui.editor.canvas import TextCanvas
from tests.driver import Driver
from tests.e2e import projects

PLACES = {number: f"Tarvos{number} elected Mayor Name{number} on day {number + 100}." for number in range(10, 70)}
FILLER = "Nobody said anything else about it, and the weather was neither good nor bad that week.\n"
TEXT = "".join(f"{line.replace('elected', 'chose')}\n" for line in PLACES.values())
# The reference tells the same with more words, so equal heights of the scroll bars would show other things.
REFERENCE = "".join(f"{line} {FILLER if number % 2 else ''}\n{FILLER}" for number, line in PLACES.items())


@pytest.fixture
def pair(stet: Driver, tmp_path: Path) -> Driver:
    """Ana sits before a text with a longer reference."""
    stet.start(projects.make(tmp_path, {"short.txt": TEXT}, reference=REFERENCE), annotator="Ana")
    aligned(stet)
    return stet


@pytest.fixture
def sample(qtbot: QtBot) -> Iterator[Driver]:
    """The sample, opened by Ana."""
    driver = Driver(qtbot)
    driver.start(annotator="Ana", sample=True)
    driver.wait(lambda: driver.window.desk.workspace is not None)
    aligned(driver)
    yield driver
    driver.quit()


def aligned(desk: Driver) -> None:
    desk.wait(lambda: desk.workspace.beside.alignments.pairs)
    desk.settle()


def in_view(canvas: TextCanvas, words: str) -> bool:
    return canvas.shows(canvas.text.index(words), canvas.viewport().height())


def height_of(canvas: TextCanvas, words: str) -> float:
    """Return how far down in the window some words stand."""
    at = canvas.text.index(words)
    return canvas.viewport_rects(at, at)[0].top() + canvas.viewport().mapTo(canvas.window(), QPoint(0, 0)).y()


def guided(desk: Driver) -> str:
    """Return the sentence of the reference that is marked as the aligned one."""
    canvas = desk.workspace.reference.canvas
    return canvas.text[slice(*canvas.guides.sentence)]


def tinted(canvas: TextCanvas) -> list[str]:
    return [canvas.text[slice(*words)] for words in canvas.guides.words]


def go(desk: Driver, words: str) -> None:
    """Put the caret on some words, by a click if they are in view, else by the find line."""
    desk.put_caret(words)
    desk.settle()


def wheel(canvas: TextCanvas, notches: int) -> None:
    point = QPointF(canvas.viewport().rect().center())
    none = Qt.MouseButton.NoButton
    event = QWheelEvent(
        point,
        canvas.viewport().mapToGlobal(point),
        QPoint(),
        QPoint(0, -120 * notches),
        none,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def test_the_reference_follows_the_caret_at_the_same_height(pair: Driver) -> None:
    text, reference = pair.workspace.text.canvas, pair.workspace.reference.canvas
    for number in (40, 22, 55, 13):
        go(pair, f"Name{number}")
        assert guided(pair) == PLACES[number]
        assert in_view(reference, f"Name{number}")
        line = text.fontMetrics().height()
        assert height_of(reference, f"Name{number}") == pytest.approx(height_of(text, f"Name{number}"), abs=2 * line)


def test_the_ends_of_the_reference_are_not_scrolled_over(pair: Driver) -> None:
    reference = pair.workspace.reference.canvas
    go(pair, "Name69")
    assert in_view(reference, "Name69")
    pair.press("Ctrl+Home")
    pair.settle()
    assert reference.verticalScrollBar().value() == 0


def test_scrolling_the_text_moves_the_reference_not_vice_versa(pair: Driver) -> None:
    text, reference = pair.workspace.text.canvas, pair.workspace.reference.canvas
    wheel(text, 40)
    pair.settle()
    top = text.text[text.place_of(QPointF(0, 40)) :].split()[0]
    assert text.verticalScrollBar().value() > 0
    assert in_view(reference, f"{top} ")
    assert top in guided(pair)
    assert height_of(reference, f"{top} ") == pytest.approx(height_of(text, f"{top} "), abs=20)
    here, there = text.verticalScrollBar().value(), reference.verticalScrollBar().value()
    wheel(reference, -100)
    pair.settle()
    assert reference.verticalScrollBar().value() < there - 300
    assert text.verticalScrollBar().value() == here


def test_switched_off_nothing_scrolls_but_the_sentence_is_marked(pair: Driver) -> None:
    bar = pair.workspace.reference.canvas.verticalScrollBar()
    pair.press("Alt+T")
    assert "stays where it is" in pair.message()
    go(pair, "Name40")
    assert bar.value() == 0
    assert guided(pair) == PLACES[40]
    pair.press("Alt+T")
    pair.settle()
    assert in_view(pair.workspace.reference.canvas, "Name40")


def test_the_reference_stays_while_somebody_works_in_it(pair: Driver) -> None:
    text, reference = pair.workspace.text.canvas, pair.workspace.reference.canvas
    go(pair, "Name10")
    pair.press("F6")
    assert pair.target() is reference
    before = reference.verticalScrollBar().value()
    wheel(text, 40)
    pair.settle()
    assert reference.verticalScrollBar().value() == before
    # Words that were selected there are to be linked: they don't go out of sight.
    pair.press("Shift+Right")
    go(pair, "Name50")
    assert reference.verticalScrollBar().value() == before
    reference.set_view(reference.view._replace(anchor=reference.view.caret))
    go(pair, "Name20")
    assert in_view(reference, "Name20")


def test_scrolling_the_reference_by_hand_holds_it_for_a_moment(pair: Driver) -> None:
    reference = pair.workspace.reference.canvas
    pair.focus_text()
    wheel(reference, 5)
    before = reference.verticalScrollBar().value()
    pair.press("Ctrl+End")
    assert pair.workspace.beside.is_held
    pair.settle()
    assert reference.verticalScrollBar().value() == before
    pair.wait(lambda: not pair.workspace.beside.is_held)
    pair.press("Up")
    pair.settle()
    assert reference.verticalScrollBar().value() > before


def test_differing_words_are_tinted_when_wanted_on_both_sides(sample: Driver) -> None:
    text, reference = sample.workspace.text.canvas, sample.workspace.reference.canvas
    go(sample, "They have also earned")
    assert (tinted(text), tinted(reference)) == ([], [])
    plain = [canvas.grab().toImage() for canvas in (text, reference)]
    sample.press("Alt+D")
    sample.settle()
    assert (tinted(text), tinted(reference)) == (["earned soil"], ["gained ground"])
    assert [canvas.grab().toImage() for canvas in (text, reference)] != plain
    sample.press("Alt+D")
    sample.settle()
    assert (tinted(text), tinted(reference)) == ([], [])


def test_the_aligned_sentence_is_tinted_beside_a_bar(sample: Driver) -> None:
    reference = sample.workspace.reference.canvas
    go(sample, "restricted slave trade")
    assert guided(sample) == "A prisoner exchange followed the call."
    seen = reference.viewport().grab().toImage()
    reference.guides = type(reference.guides)()
    bare = reference.viewport().grab().toImage()
    start = reference.text.index("A prisoner exchange")
    rects = reference.viewport_rects(start, start + len("A prisoner exchange followed the call."))
    changed = {
        (x, y) for x in range(seen.width()) for y in range(seen.height()) if seen.pixel(x, y) != bare.pixel(x, y)
    }
    assert min(x for x, _ in changed) < 26, "the bar, before the text begins"
    inside = rects[0].center().toPoint()
    assert (inside.x(), round(rects[0].top()) + 2) in changed
    top, bottom = min(rect.top() for rect in rects), max(rect.bottom() for rect in rects)
    assert {y for _, y in changed} <= set(range(int(top) - 1, int(bottom) + 2)), "no other line"
    beyond = reference.viewport_rects(start + 60, start + 62)[0]
    assert not any(beyond.left() <= x <= beyond.right() and y > rects[-1].bottom() + 1 for x, y in changed)


def test_another_document_is_on_the_screen_before_it_is_aligned(desk: Driver) -> None:
    desk.press("Ctrl+PgDown")
    assert desk.document == "second.txt"
    assert desk.workspace.beside.alignments.pairs == ()
    assert desk.workspace.reference.canvas.guides == type(desk.workspace.reference.canvas.guides)()
    aligned(desk)
    assert desk.workspace.beside.alignments.pairs[0].end == projects.SECOND.index(" It")
    desk.press("Ctrl+PgUp", "Ctrl+PgDown")
    assert desk.workspace.beside.alignments.pairs != ()  # known already


def test_paging_through_documents_ends_with_the_last_one_aligned(desk: Driver) -> None:
    for _ in range(4):
        desk.press("Ctrl+PgDown", "Ctrl+PgUp", "Ctrl+PgDown")
        QTest.qWait(30)
    desk.wait(lambda: desk.workspace.beside.alignments.is_known)
    pairs = desk.workspace.beside.alignments.pairs
    assert pairs[-1].end <= len(desk.workspace.text.canvas.text)


# -- evidence ----------------------------------------------------------------------------------------------------------


def test_choosing_a_mark_shows_its_evidence_and_vice_versa(pair: Driver) -> None:
    text, reference = pair.workspace.text.canvas, pair.workspace.reference.canvas
    mark = pair.mark("Name15", "F4", "R")
    pair.find_evidence("Name69")  # far from what the sentence is aligned to
    go(pair, "Name25")
    assert not in_view(reference, "Name69")
    pair.press("Tab")
    pair.settle()
    assert pair.chosen.uid == mark.uid
    assert in_view(reference, "Name69")
    assert reference.view.chosen == mark.uid
    # And back: a click on the evidence chooses the mark and brings it into view; the reference stays under the hand.
    go(pair, "Name50")
    assert pair.chosen is None
    for _ in range(40):  # a page at most each
        wheel(reference, 40)
        pair.settle()
    at, before = reference.text.index("Name69"), reference.verticalScrollBar().value()
    assert in_view(reference, "Name69")
    place = reference.viewport_rects(at, at + 6)[0].center().toPoint()
    QTest.mouseClick(reference.viewport(), Qt.MouseButton.LeftButton, pos=place)
    pair.settle()
    assert pair.chosen.uid == mark.uid
    assert in_view(text, "Name15")
    assert in_view(reference, "Name69")
    assert reference.verticalScrollBar().value() == before


# -- tabs --------------------------------------------------------------------------------------------------------------


def link(desk: Driver, *names: str) -> None:
    """Choose more references for the open document."""
    desk.press("Ctrl+Shift+R")
    listed = desk.dialog("references-dialog").findChild(QListWidget, "references-list")
    for name in names:
        (item,) = listed.findItems(name.removesuffix(".txt"), Qt.MatchFlag.MatchExactly)
        item.setCheckState(Qt.CheckState.Checked)
    desk.click("references-dialog-accept")


def test_several_references_are_tabs(desk: Driver) -> None:
    pane = desk.workspace.reference
    tabs = pane.findChild(QTabBar, "reference-pane-tabs")
    assert not tabs.isVisible()
    link(desk, "second.txt", "third.txt")
    assert [tabs.tabText(at) for at in range(tabs.count())] == ["report", "second", "third"]
    assert tabs.isVisible()
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(2).center())
    assert pane.canvas.text == projects.THIRD
    desk.press("Ctrl+Alt+Right")
    assert (tabs.currentIndex(), pane.canvas.text) == (0, projects.REFERENCE)
    desk.press("Ctrl+Alt+Left", "Ctrl+Alt+Left")
    assert (tabs.currentIndex(), pane.canvas.text) == (1, projects.SECOND)
    aligned(desk)
    desk.press("Ctrl+Z")
    assert not tabs.isVisible()


def test_each_reference_has_an_alignment_of_its_own(desk: Driver) -> None:
    link(desk, "third.txt")
    go(desk, "Donald")
    aligned(desk)
    assert guided(desk).startswith("U.S. President")
    desk.press("Ctrl+Alt+Right")
    assert guided(desk) == ""
    desk.wait(lambda: desk.workspace.beside.alignments.is_known)
    desk.settle()
    assert guided(desk) == ""  # the other one doesn't tell it
    desk.press("Ctrl+Alt+Right")
    desk.settle()
    assert guided(desk).startswith("U.S. President")

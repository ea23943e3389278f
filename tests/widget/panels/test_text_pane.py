"""One side of the desk: heading, text or what to do without one, and the map beside the text."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QTabBar
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.panels.margin_map import MarginMap
from app.ui.panels.text_pane import TextPane
from tests.widget.editor.canvases import LONG, Highlights, style
from tests.widget.widgets import child, on_screen, pick, press, text_of


def pane(qtbot: QtBot, *, side: bool) -> TextPane:
    made = TextPane("reference-pane" if side else "text-pane", theme.LIGHT, style(), side=side)
    return on_screen(qtbot, made, 600, 500)


def test_the_heading_is_cut_and_whole_for_those_who_listen(qtbot: QtBot) -> None:
    text = pane(qtbot, side=False)
    title = "a very long title " * 10
    text.show_heading(title, "3 characters")
    assert text_of(text, "text-pane-title").endswith("…")
    assert len(text_of(text, "text-pane-title")) <= 71
    assert title in text.canvas.accessibleDescription()
    assert text.canvas.accessibleName() == "Text"


def test_without_a_text_the_pane_says_why_and_what_to_do(qtbot: QtBot) -> None:
    text = pane(qtbot, side=False)
    text.show_empty("Import text files.", action="project.import", title="Import documents…")
    assert not text.canvas.isVisible()
    with qtbot.waitSignal(text.action_wanted) as caught:
        press(text, "text-pane-empty-button")
    assert caught.args == ["project.import"]
    text.show_empty("Nothing to do here.")
    assert not child(text, QPushButton, "text-pane-empty-button").isVisible()
    text.show_canvas()
    assert text.canvas.isVisible()


def test_references_can_be_chosen_where_there_are_several(qtbot: QtBot) -> None:
    reference = pane(qtbot, side=True)
    tabs, chooser = (
        child(reference, QTabBar, "reference-pane-tabs"),
        child(reference, QComboBox, "reference-pane-chooser"),
    )
    reference.show_choices([("a", "one")], "a")
    assert not tabs.isVisible()
    reference.show_choices([("a", "one"), ("b", "R&D <b>")], "b")
    assert tabs.isVisible()
    assert not chooser.isVisible()
    assert (tabs.currentIndex(), tabs.tabText(1)) == (1, "R&&D <b>")
    assert "R&amp;D &lt;b&gt;" in tabs.tabToolTip(1)
    with qtbot.waitSignal(reference.reference_chosen) as caught:
        QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(0).center())
    assert caught.args == ["a"]


def test_many_references_are_a_list(qtbot: QtBot) -> None:
    reference = pane(qtbot, side=True)
    tabs, chooser = (
        child(reference, QTabBar, "reference-pane-tabs"),
        child(reference, QComboBox, "reference-pane-chooser"),
    )
    choices = [(f"u{number}", f"title {number}") for number in range(7)]
    reference.show_choices(choices, "u6")
    assert chooser.isVisible()
    assert not tabs.isVisible()
    assert chooser.width() > 150
    assert chooser.currentText() == "title 6"
    with qtbot.waitSignal(reference.reference_chosen) as caught:
        pick(chooser, "u5")
    assert caught.args == ["u5"]
    reference.show_choices(choices[:6], "u5")
    assert tabs.isVisible()
    assert not chooser.isVisible()
    assert (tabs.count(), tabs.currentIndex()) == (6, 5)
    # Long titles give way; the pane doesn't grow by them.
    wide = reference.minimumSizeHint().width()
    reference.show_choices([(uid, "a very long title of a document " * 4) for uid, _ in choices[:6]], "u5")
    assert reference.minimumSizeHint().width() <= max(wide, 500)


def test_the_map_shows_what_is_in_view_and_leads_there(qtbot: QtBot) -> None:
    text = pane(qtbot, side=False)
    text.canvas.show_text(LONG, Highlights())
    text.canvas.grab()
    before = text.map.grab().toImage()
    QTest.mouseClick(text.map, Qt.MouseButton.LeftButton, pos=QPoint(8, text.map.height() // 2))
    bar = text.canvas.verticalScrollBar()
    assert bar.value() == pytest.approx(bar.maximum() / 2, rel=0.1)
    text.canvas.grab()
    assert text.map.grab().toImage() != before
    QTest.mouseClick(text.map, Qt.MouseButton.LeftButton, pos=QPoint(8, text.map.height() - 1))
    assert bar.value() >= bar.maximum() - bar.pageStep()
    QTest.mouseClick(text.map, Qt.MouseButton.LeftButton, pos=QPoint(8, 0))
    assert bar.value() == 0


def test_the_map_has_a_tick_for_each_mark_and_colour(qtbot: QtBot) -> None:
    margin = on_screen(qtbot, MarginMap(theme.LIGHT), 16, 300)
    seen = []
    for ticks in ([], [(0.5, "#D55E00")], [(0.5, "#D55E00"), (0.9, "#0072B2")], [(0.5, "#D55E00")] * 1_000):
        margin.show_ticks(ticks)
        seen.append(margin.grab().toImage())
    assert seen[0] != seen[1] != seen[2]
    assert seen[3] == seen[1]


def test_the_margin_map_distinguishes_suggestions_by_dots(qtbot: QtBot) -> None:
    margin = on_screen(qtbot, MarginMap(theme.LIGHT), 16, 300)

    def row(share: float) -> list[str]:
        """Return the colours across the map at a share of the text."""
        picture = margin.grab().toImage()
        y = int((14 + share * (margin.height() - 28 - 3) + 0.5) * picture.devicePixelRatio())
        return [picture.pixelColor(x, y).name() for x in range(picture.width())]

    plain = row(0.5)
    margin.show_ticks([(0.5, "#777777")])
    mark = row(0.5)
    margin.show_suggested(frozenset({0.5, 0.8}))
    both, alone = row(0.5), row(0.8)
    steps = [sum(a != b for a, b in zip(found, found[1:], strict=False)) for found in (mark, alone)]
    assert steps[1] >= steps[0] + 4, "a row of dots, where a mark is one block"
    assert both[1] != mark[1] == plain[1], "and wider than a mark's tick, so that it is seen beside it"
    whole = margin.grab().toImage()
    margin.show_suggested(frozenset({0.5, 0.503, 0.8}))
    margin.show_suggested(frozenset({0.5, 0.8}))
    assert margin.grab().toImage() == whole, "dots that touch each other come and go alone"
    margin.show_suggested(frozenset({0.8}))
    assert row(0.5) == mark
    margin.show_suggested(frozenset())
    assert row(0.8) == plain


@pytest.mark.parametrize(
    "ticks", [[(0.0, "#000000"), (1.0, "#ffffff")], [(share / 7, "#D55E00") for share in range(8)]]
)
def test_ticks_at_the_ends_stay_inside_of_the_map(qtbot: QtBot, ticks: list[tuple[float, str]]) -> None:
    margin = on_screen(qtbot, MarginMap(theme.LIGHT), 16, 300)
    margin.show_ticks(ticks)
    places: list[float] = []
    margin.place_wanted.connect(places.append)
    for y in (-50, 0, 150, 299, 400):
        QTest.mouseMove(margin, QPoint(8, 100))
        QTest.mousePress(margin, Qt.MouseButton.LeftButton, pos=QPoint(8, max(0, min(299, y))))
        QTest.mouseRelease(margin, Qt.MouseButton.LeftButton, pos=QPoint(8, max(0, min(299, y))))
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0.0, 1.0)


def test_dark_is_dark_on_both_sides(qtbot: QtBot) -> None:
    for side in (False, True):
        made = pane(qtbot, side=side)
        made.canvas.show_text("some text", Highlights())
        made.set_look(theme.DARK, style())
        assert made.canvas.viewport().grab().toImage().pixelColor(3, 40).lightness() < 80

"""What a person looks at stays where it is: while scrolling, while the window changes, while marks come and go."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.editor.canvas import TextCanvas
from tests.widget.editor.canvases import LONG, Highlights, mark, shown, style

# Estimates of heights count letters of middling width; these texts are far higher or lower than that.
WIDE = "\n".join("漢字仮名交じり文がここに長く続いている。" * 12 for _ in range(300))
NARROW = "\n".join("illi ill, lil. " * 40 for _ in range(300))
TEXTS = {"paragraphs": LONG, "wide letters": WIDE, "narrow letters": NARROW, "one line": "word and more " * 9_000}


def y_of(canvas: TextCanvas, offset: int) -> float:
    return canvas.viewport_rects(offset, offset)[0].top()


def is_seen(canvas: TextCanvas, offset: int) -> bool:
    (rect,) = canvas.viewport_rects(offset, offset)
    return canvas.viewport().rect().contains(rect.center().toPoint())


def top_place(canvas: TextCanvas) -> int:
    """Return the place whose line is the first one that is seen."""
    return canvas.text_layout.place_at(0.0, float(canvas.verticalScrollBar().value()))


def wheel(canvas: TextCanvas, pixels: int) -> None:
    at = QPointF(50, 50)
    event = QWheelEvent(
        at,
        canvas.viewport().mapToGlobal(at),
        QPoint(0, pixels),
        QPoint(0, pixels),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)
    canvas.grab()


@pytest.mark.parametrize("name", TEXTS)
def test_scrolling_up_over_unseen_text_does_not_make_it_jump(qtbot: QtBot, name: str) -> None:
    text = TEXTS[name]
    canvas = shown(qtbot, text, caret=len(text) * 3 // 4)
    for _ in range(25):
        place = top_place(canvas)
        before, value = y_of(canvas, place), canvas.verticalScrollBar().value()
        canvas.verticalScrollBar().triggerAction(canvas.verticalScrollBar().SliderAction.SliderSingleStepSub)
        canvas.grab()
        assert value > 0
        step = canvas.verticalScrollBar().singleStep()
        assert y_of(canvas, place) - before == pytest.approx(step, abs=1.01)


@pytest.mark.parametrize("name", TEXTS)
def test_turning_the_wheel_up_and_down_again_comes_back(qtbot: QtBot, name: str) -> None:
    text = TEXTS[name]
    canvas = shown(qtbot, text, caret=len(text) // 2)
    place = top_place(canvas)
    before = y_of(canvas, place)
    for pixels in (60, 60, 60, -60, -60, -60):
        wheel(canvas, pixels)
    assert y_of(canvas, place) == pytest.approx(before, abs=4)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
@pytest.mark.parametrize("name", TEXTS)
def test_a_place_that_is_gone_to_is_seen(qtbot: QtBot, name: str, share: float) -> None:
    text = TEXTS[name]
    canvas = shown(qtbot, text)
    for other in (0, len(text), len(text) // 2):
        at = int(len(text) * share)
        canvas.set_view(canvas.view._replace(caret=other, anchor=other))
        canvas.set_view(canvas.view._replace(caret=at, anchor=at))
        canvas.grab()
        assert is_seen(canvas, canvas.view.caret)


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_opened_at_its_end_scrolls_home_to_its_start(qtbot: QtBot, name: str) -> None:
    text = TEXTS[name]
    canvas = shown(qtbot, text, caret=len(text))
    assert is_seen(canvas, len(text))
    canvas.set_view(canvas.view._replace(caret=0, anchor=0))
    assert canvas.verticalScrollBar().value() == 0
    assert is_seen(canvas, 0)


@pytest.mark.parametrize("name", TEXTS)
def test_the_end_of_the_scroll_bar_is_the_end_of_the_text(qtbot: QtBot, name: str) -> None:
    text = TEXTS[name]
    canvas = shown(qtbot, text)
    bar = canvas.verticalScrollBar()
    # Heights are estimates until seen, so the end may move a few times before it is reached.
    for _ in range(12):
        bar.setValue(bar.maximum())
        canvas.grab()
        QApplication.processEvents()
    assert bar.value() == bar.maximum()
    assert is_seen(canvas, len(text))
    assert y_of(canvas, len(text)) > canvas.viewport().height() / 2


@pytest.mark.parametrize("name", TEXTS)
def test_resizing_the_window_keeps_the_top_text_in_place(qtbot: QtBot, name: str) -> None:
    text = TEXTS[name]
    canvas = shown(qtbot, text, width=700, caret=len(text) // 2)
    place = top_place(canvas)
    for width in (*range(690, 400, -7), *range(400, 700, 7), 700):
        canvas.resize(width, 360)
        canvas.grab()
    assert -40 < y_of(canvas, place) < 60


def test_a_change_of_font_keeps_the_top_text(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG, caret=len(LONG) // 2)
    place = top_place(canvas)
    for size in (19, 20, 24, 30, 24, 18):
        canvas.set_look(theme.LIGHT, style(size), theme.LIGHT.paper)
        canvas.grab()
    assert -40 < y_of(canvas, place) < 60


def test_what_comes_below_the_text_does_not_hide_the_caret(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG, height=500, caret=len(LONG) // 2)
    assert is_seen(canvas, canvas.view.caret)
    canvas.resize(520, 250)
    canvas.grab()
    assert is_seen(canvas, canvas.view.caret)


def test_a_text_shown_before_its_window_is_sized_shows_the_caret(qtbot: QtBot) -> None:
    canvas = shown(qtbot, "short", width=900, height=800)
    canvas.show_text(LONG, Highlights(), caret=len(LONG) // 2)
    canvas.resize(300, 200)
    qtbot.waitUntil(lambda: is_seen(canvas, canvas.view.caret))


def test_resizing_does_not_scroll_to_a_caret_out_of_view(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG, height=500)
    canvas.verticalScrollBar().setValue(3_000)
    canvas.grab()
    canvas.resize(520, 250)
    canvas.grab()
    assert canvas.verticalScrollBar().value() == 3_000


def test_scrolling_after_a_resize_survives_the_next_resize(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG, width=700)
    canvas.resize(600, 360)
    canvas.verticalScrollBar().setValue(3_000)
    canvas.grab()
    place = top_place(canvas)
    canvas.resize(500, 360)
    canvas.grab()
    assert -40 < y_of(canvas, place) < 60


def test_another_text_starts_at_its_top(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG, caret=len(LONG))
    canvas.show_text("short", Highlights())
    assert canvas.verticalScrollBar().value() == 0
    assert canvas.verticalScrollBar().maximum() == 0
    assert canvas.view.selection == (0, 0)


def test_choosing_a_range_shows_its_start(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG)
    start = LONG.index("Paragraph 300")
    canvas.select(start, start + 13)
    assert canvas.view.selection == (start, start + 13)
    assert is_seen(canvas, start)


def test_a_mark_that_comes_moves_nothing(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG, caret=len(LONG) // 2)
    place = canvas.view.caret
    before = [(y_of(canvas, at), canvas.viewport_rects(at, at)[0].left()) for at in (place - 200, place, place + 200)]
    canvas.show_highlights(Highlights([mark(place, place + 6)]), [(place, place + 6)])
    after = [(y_of(canvas, at), canvas.viewport_rects(at, at)[0].left()) for at in (place - 200, place, place + 200)]
    assert after == before


def test_a_long_texts_height_is_completed_after_the_first_paint(qtbot: QtBot) -> None:
    # The beginning says nothing about the length of what comes: short lines first, then very long ones.
    text = "short\n" * 40_000 + "one of the long lines, with many words in it " * 60_000
    canvas = shown(qtbot, text)
    canvas.grab()
    assert not canvas.text_layout.blocks.is_whole
    qtbot.waitUntil(lambda: canvas.text_layout.blocks.is_whole)
    bar, height = canvas.verticalScrollBar(), canvas.viewport().height()
    assert bar.maximum() + height == pytest.approx(canvas.text_layout.heights.total, abs=200)
    assert bar.value() == 0


def test_the_end_of_a_long_text_is_reached_before_it_was_counted(qtbot: QtBot) -> None:
    text = "a line of text\n" * 200_000 + "the last words"
    canvas = shown(qtbot, text)
    canvas.move_caret("caret.document-end", extend=False)
    assert canvas.view.caret == len(text)
    assert is_seen(canvas, len(text))
    canvas.grab()
    assert is_seen(canvas, len(text))


@pytest.mark.parametrize("longest", range(30, 130, 10))
def test_the_end_of_a_long_text_stays_in_view_as_heights_shrink(qtbot: QtBot, longest: int) -> None:
    # What is estimated too high above the end shrinks when it is laid out, and the range of the scroll bar with it.
    text = "\n".join("President and senator " * (number % longest) for number in range(1000)) + "\nthe last words\n"
    canvas = shown(qtbot, text, width=500, height=680)
    canvas.move_caret("caret.document-end", extend=False)
    for _ in range(4):
        canvas.grab()
        QApplication.processEvents()
        assert is_seen(canvas, len(text))

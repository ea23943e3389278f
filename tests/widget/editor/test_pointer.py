"""The mouse on a text: a click puts the caret, a drag selects, more clicks take a word or a sentence."""

import itertools

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core import boundaries
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.pointer import HighlightClick
from tests.widget.editor.canvases import ENGLISH, FAMILY, LONG, edge, mark, middle, selected, shown

NONE, SHIFT, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
PRESS, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease
DOUBLE, MOVE = QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseMove
_clock = itertools.count(1_000, 10)


def mouse(canvas: TextCanvas, kind: QEvent.Type, at: QPointF, *, button=LEFT, held=NONE, later: int = 0) -> None:
    """Send what a mouse sends; `later` milliseconds pass before."""
    button = Qt.MouseButton.NoButton if kind == MOVE else button
    buttons = Qt.MouseButton.NoButton if kind == RELEASE else (LEFT if kind == MOVE else button)
    event = QMouseEvent(kind, at, canvas.viewport().mapToGlobal(at), button, buttons, held)
    event.setTimestamp(next(_clock) + later)
    QApplication.sendEvent(canvas.viewport(), event)


def click(canvas: TextCanvas, at: QPointF, *, held=NONE, later: int = 0) -> None:
    mouse(canvas, PRESS, at, held=held, later=later)
    mouse(canvas, RELEASE, at, held=held, later=later)


def double_click(canvas: TextCanvas, at: QPointF) -> None:
    click(canvas, at)
    mouse(canvas, DOUBLE, at)
    mouse(canvas, RELEASE, at)


def drag(canvas: TextCanvas, start: QPointF, *stops: QPointF, held=NONE) -> None:
    mouse(canvas, PRESS, start)
    for stop in stops:
        mouse(canvas, MOVE, stop, held=held)
    mouse(canvas, RELEASE, stops[-1], held=held)


def test_a_click_puts_the_caret_there(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    at = ENGLISH.index("senator") + 3
    click(canvas, edge(canvas, at))
    assert canvas.view.selection == (at, at)


def test_a_click_into_an_emoji_puts_the_caret_beside_it(qtbot: QtBot) -> None:
    canvas = shown(qtbot, f"a{FAMILY}b")
    click(canvas, middle(canvas, FAMILY))
    assert canvas.view.caret in (1, 1 + len(FAMILY))


def test_a_double_click_takes_the_word(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    double_click(canvas, middle(canvas, "enat"))
    assert selected(canvas) == "senator"


def test_a_triple_click_takes_the_sentence(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    double_click(canvas, middle(canvas, "talked"))
    click(canvas, middle(canvas, "talked"))
    assert selected(canvas) == "They talked about a slave trade."


def test_a_late_third_click_is_a_first_one(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    double_click(canvas, middle(canvas, "talked"))
    click(canvas, middle(canvas, "talked"), later=5_000)
    assert selected(canvas) == ""


def test_a_third_click_elsewhere_is_a_first_one(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    double_click(canvas, middle(canvas, "talked"))
    click(canvas, middle(canvas, "Donald"))
    assert selected(canvas) == ""


def test_shift_click_extends_the_selection_from_its_other_end(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    start, end = ENGLISH.index("US"), ENGLISH.index(", spoke")
    click(canvas, edge(canvas, start))
    click(canvas, edge(canvas, end), held=SHIFT)
    assert selected(canvas) == "US senator"
    click(canvas, edge(canvas, ENGLISH.index("Trump")), held=SHIFT)
    assert selected(canvas) == "Trump, the "


def test_a_drag_takes_whole_words(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    drag(canvas, edge(canvas, ENGLISH.index("onald")), edge(canvas, ENGLISH.index("ump") + 1))
    assert selected(canvas) == "Donald Trump"


def test_a_drag_backwards_takes_the_same_words(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    drag(canvas, edge(canvas, ENGLISH.index("ump") + 1), edge(canvas, ENGLISH.index("onald")))
    assert selected(canvas) == "Donald Trump"
    assert canvas.view.caret < canvas.view.anchor


@pytest.mark.parametrize("words", [True, False])
def test_alt_while_dragging_means_the_other_way_of_selecting(qtbot: QtBot, words: bool) -> None:
    canvas = shown(qtbot, ENGLISH)
    canvas.snapping = "word" if words else "character"
    start, end = ENGLISH.index("onald"), ENGLISH.index("ump") + 1
    drag(canvas, edge(canvas, start), edge(canvas, end), held=ALT)
    assert selected(canvas) == (ENGLISH[start:end] if words else "Donald Trump")


def test_dragging_after_a_double_click_selects_whole_words(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    click(canvas, middle(canvas, "senator"))
    mouse(canvas, DOUBLE, middle(canvas, "senator"))
    mouse(canvas, MOVE, edge(canvas, ENGLISH.index("poke")))
    assert selected(canvas) == "senator, spoke"
    mouse(canvas, MOVE, edge(canvas, ENGLISH.index("ump")))
    mouse(canvas, RELEASE, edge(canvas, ENGLISH.index("ump")))
    assert selected(canvas) == "Trump, the US senator"


def test_moving_without_a_button_selects_nothing(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    drag(canvas, edge(canvas, 3), edge(canvas, 9))
    before = canvas.view.selection
    at = edge(canvas, 60)
    event = QMouseEvent(
        MOVE, at, canvas.viewport().mapToGlobal(at), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, NONE
    )
    QApplication.sendEvent(canvas.viewport(), event)
    assert canvas.view.selection == before


@pytest.mark.parametrize("down", [True, False])
def test_a_drag_held_beyond_the_edge_scrolls_on_by_itself(qtbot: QtBot, down: bool) -> None:
    canvas = shown(qtbot, LONG, caret=len(LONG) // 2)
    bar = canvas.verticalScrollBar()
    before = bar.value()
    outside = QPointF(100, canvas.viewport().height() + 15 if down else -15)
    mouse(canvas, PRESS, QPointF(100, 150))
    mouse(canvas, MOVE, outside)
    length = len(selected(canvas))
    qtbot.waitUntil(lambda: abs(bar.value() - before) > 200)
    assert (bar.value() > before) is down
    assert len(selected(canvas)) > length
    mouse(canvas, MOVE, QPointF(100, 150))
    still = bar.value()
    mouse(canvas, MOVE, QPointF(120, 150))
    assert bar.value() == still
    mouse(canvas, RELEASE, QPointF(120, 150))


def test_a_right_click_keeps_the_selection_and_opens_the_menu(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    asked: list[QPoint] = []
    canvas.menu_requested.connect(asked.append)
    double_click(canvas, middle(canvas, "senator"))
    at = middle(canvas, "Donald")
    mouse(canvas, PRESS, at, button=RIGHT)
    mouse(canvas, RELEASE, at, button=RIGHT)
    here = canvas.viewport().mapToGlobal(at).toPoint()
    QApplication.sendEvent(canvas.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at.toPoint(), here))
    assert selected(canvas) == "senator"
    assert asked == [here]


def clicks_of(canvas: TextCanvas) -> list[HighlightClick]:
    clicked: list[HighlightClick] = []
    canvas.highlight_clicked.connect(clicked.append)
    return clicked


@pytest.mark.parametrize("ages", [("inner", "outer"), ("outer", "inner")])
def test_a_click_names_the_marks_under_it_innermost_first(qtbot: QtBot, ages: tuple[str, str]) -> None:
    start = ENGLISH.index("US")
    inner, outer = mark(start + 3, start + 10, uid="inner"), mark(start, start + 10, uid="outer")
    canvas = shown(qtbot, ENGLISH, [{"inner": inner, "outer": outer}[uid] for uid in ages])
    clicked = clicks_of(canvas)
    click(canvas, middle(canvas, "senator"))
    click(canvas, middle(canvas, "US"))
    click(canvas, middle(canvas, "Donald"))
    assert [item.owners for item in clicked] == [("inner", "outer"), ("outer",), ()]


def test_the_newer_of_two_equal_marks_comes_first(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH, [mark(0, 6, uid="old"), mark(0, 6, "NAME", uid="new")])
    clicked = clicks_of(canvas)
    click(canvas, middle(canvas, "Donald"))
    assert clicked[0].owners == ("new", "old")


def test_a_click_reports_whether_it_repeats_the_last_place(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    clicked = clicks_of(canvas)
    for words in ("Donald", "Donald", "talked", "Donald"):
        click(canvas, middle(canvas, words), later=5_000)
    assert [item.again for item in clicked] == [False, True, False, False]


def ask_menu(canvas: TextCanvas, at: QPointF) -> None:
    here = canvas.viewport().mapToGlobal(at).toPoint()
    QApplication.sendEvent(canvas.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at.toPoint(), here))


def test_the_menu_is_about_the_mark_under_the_pointer(qtbot: QtBot) -> None:
    start = ENGLISH.index("senator")
    canvas = shown(qtbot, ENGLISH, [mark(start, start + 7, uid="it")])
    double_click(canvas, middle(canvas, "Donald"))
    clicked = clicks_of(canvas)
    ask_menu(canvas, middle(canvas, "senator"))
    assert clicked == [HighlightClick(("it",))]
    assert start <= canvas.view.caret <= start + 7
    assert selected(canvas) == ""


def test_the_menu_on_the_selection_is_about_the_selection(qtbot: QtBot) -> None:
    start = ENGLISH.index("senator")
    canvas = shown(qtbot, ENGLISH, [mark(start, start + 7, uid="it")])
    double_click(canvas, middle(canvas, "senator"))
    clicked = clicks_of(canvas)
    ask_menu(canvas, middle(canvas, "senator"))
    assert clicked == []
    assert selected(canvas) == "senator"


def test_the_mark_under_the_pointer_is_outlined_until_it_leaves(qtbot: QtBot) -> None:
    start = ENGLISH.index("senator")
    canvas = shown(qtbot, ENGLISH, [mark(start, start + 7, uid="it")])
    at = middle(canvas, "senator")
    event = QMouseEvent(
        MOVE, at, canvas.viewport().mapToGlobal(at), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, NONE
    )
    QApplication.sendEvent(canvas.viewport(), event)
    assert canvas.view.hovered == "it"
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert canvas.view.hovered == ""


@pytest.mark.parametrize(
    ("find", "wanted"),
    [
        (boundaries.word_at, "talked"),
        (boundaries.sentence_at, "They talked about a slave trade."),
        (boundaries.paragraph_at, ENGLISH.partition("\n")[0]),
    ],
)
def test_what_word_sentence_and_paragraph_are(find, wanted: str) -> None:
    start, end = find(ENGLISH, ENGLISH.index("talked") + 2)
    assert ENGLISH[start:end] == wanted

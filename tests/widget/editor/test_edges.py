"""The ends of the chosen mark under the mouse, what a click takes, and what a sweep tells."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.annotation import Fragment
from app.core.scheme import Drawing
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.edges import EdgeDrag
from app.ui.editor.highlights import Highlight
from tests.widget.editor.canvases import ENGLISH, edge, mark, middle, selected, shown
from tests.widget.editor.test_pointer import ALT, MOVE, NONE, PRESS, RELEASE, click, clicks_of, drag, mouse

START = ENGLISH.index("US senator")
END = START + len("US senator")
ARABIC = "قال الرئيس اليوم"


def with_chosen(qtbot: QtBot, text: str = ENGLISH, *, start: int = START, end: int = END) -> TextCanvas:
    canvas = shown(qtbot, text, [mark(start, end, uid="it")])
    canvas.pointer.reshapes = True
    canvas.choose("it")
    return canvas


def drags_of(canvas: TextCanvas) -> list[EdgeDrag]:
    found: list[EdgeDrag] = []
    canvas.pointer.edge_dragged.connect(found.append)
    return found


def hover(canvas: TextCanvas, at: QPointF) -> None:
    place, none = canvas.viewport().mapToGlobal(at), Qt.MouseButton.NoButton
    QApplication.sendEvent(canvas.viewport(), QMouseEvent(MOVE, at, place, none, none, NONE))


def shape(canvas: TextCanvas) -> Qt.CursorShape:
    return canvas.viewport().cursor().shape()


def test_the_pointer_shows_where_an_end_can_be_taken(qtbot: QtBot) -> None:
    canvas = with_chosen(qtbot)
    for place, wanted in ((START, True), (END, True), ((START + END) // 2, False), (3, False)):
        hover(canvas, edge(canvas, place))
        assert (shape(canvas) is Qt.CursorShape.SizeHorCursor) is wanted, place
    canvas.choose("")
    hover(canvas, edge(canvas, START))
    assert shape(canvas) is Qt.CursorShape.IBeamCursor


@pytest.mark.parametrize(
    ("taken", "to", "held", "quote"),
    [
        (END, "poke with", NONE, "US senator, spoke"),
        (END, "nator", NONE, "US senator"),
        (END, "nator", ALT, "US se"),
        (START, "he US", NONE, "the US senator"),
        (START, "he US", ALT, "he US senator"),
        (START, "S sen", ALT, "S senator"),
        (END, "onald", NONE, "Donald Trump, the"),
    ],
)
def test_an_end_is_dragged_and_grows_as_set(
    qtbot: QtBot, taken: int, to: str, held: Qt.KeyboardModifier, quote: str
) -> None:
    canvas = with_chosen(qtbot)
    found, clicked = drags_of(canvas), clicks_of(canvas)
    target = edge(canvas, ENGLISH.index(to))
    drag(canvas, edge(canvas, taken), target, held=held)
    ((owner, number, (start, end)),) = found
    assert (owner, number, canvas.text[start:end]) == ("it", 0, quote)
    assert (selected(canvas), clicked) == ("", [])


def test_what_the_mark_would_cover_is_selected_while_one_drags(qtbot: QtBot) -> None:
    canvas = with_chosen(qtbot)
    mouse(canvas, PRESS, edge(canvas, END))
    mouse(canvas, MOVE, edge(canvas, ENGLISH.index("poke")))
    assert selected(canvas) == "US senator, spoke"
    mouse(canvas, RELEASE, edge(canvas, ENGLISH.index("poke")))


def test_a_click_at_an_end_is_a_click(qtbot: QtBot) -> None:
    canvas = with_chosen(qtbot)
    found, clicked = drags_of(canvas), clicks_of(canvas)
    click(canvas, edge(canvas, END) - QPointF(2, 0))
    assert found == []
    assert [item.owners for item in clicked] == [("it",)]
    assert canvas.view.selection == (END, END)


def test_an_end_is_where_the_text_runs_from_right_to_left(qtbot: QtBot) -> None:
    start = ARABIC.index("الرئيس")
    canvas = with_chosen(qtbot, ARABIC, start=start, end=start + 6)
    rects = canvas.viewport_rects(start, start + 6)
    found = drags_of(canvas)
    left = QPointF(rects[0].left() + 1, rects[0].center().y())
    drag(canvas, left, edge(canvas, len(ARABIC)) + QPointF(1, 0))
    ((_, _, span),) = found
    assert span == (start, len(ARABIC))


def test_the_brush_takes_no_ends(qtbot: QtBot) -> None:
    canvas = with_chosen(qtbot)
    found = drags_of(canvas)
    canvas.pointer.set_brush(on=True)
    drag(canvas, edge(canvas, END), edge(canvas, ENGLISH.index("poke")))
    assert found == []
    assert "spoke" in selected(canvas)
    hover(canvas, edge(canvas, START))
    assert shape(canvas) is Qt.CursorShape.CrossCursor


def test_each_part_of_a_mark_in_parts_has_its_ends(qtbot: QtBot) -> None:
    parts = (Fragment(0, 6), Fragment(START, END))
    canvas = shown(qtbot, ENGLISH, [Highlight("it", "it", parts, Drawing.WAVE, "#D55E00")])
    canvas.pointer.reshapes = True
    canvas.choose("it")
    found = drags_of(canvas)
    drag(canvas, edge(canvas, 6), edge(canvas, 10))
    assert found == [EdgeDrag("it", 0, (0, 12))]


@pytest.mark.parametrize(
    ("unit", "taken"), [("character", ""), ("word", "talked"), ("sentence", "They talked about a slave trade.")]
)
def test_a_click_takes_what_is_set(qtbot: QtBot, unit: str, taken: str) -> None:
    canvas = shown(qtbot, ENGLISH)
    canvas.click_unit = unit
    click(canvas, middle(canvas, "talked"))
    assert selected(canvas) == taken


def test_a_drag_takes_whole_sentences(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    canvas.snapping = "sentence"
    drag(canvas, edge(canvas, ENGLISH.index("talked")), edge(canvas, ENGLISH.index("will")))
    assert selected(canvas) == "They talked about a slave trade. How will this end?"
    drag(canvas, edge(canvas, ENGLISH.index("talked")), edge(canvas, ENGLISH.index(" about")), held=ALT)
    assert selected(canvas) == "talked"


def test_a_sweep_is_told_once_the_button_is_released(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    swept: list[tuple[int, int]] = []
    canvas.pointer.swept.connect(swept.append)
    click(canvas, middle(canvas, "talked"))
    assert swept == []
    mouse(canvas, PRESS, edge(canvas, 0))
    mouse(canvas, MOVE, edge(canvas, 9))
    assert swept == []
    mouse(canvas, RELEASE, edge(canvas, 9))
    assert swept == [(0, 12)]

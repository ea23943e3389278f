"""The caret goes by what a person reads: clusters, words, lines, pages."""

from weakref import ref

import pytest
from hypothesis import given
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.editor import motions
from app.ui.editor.motions import MOTIONS
from app.ui.editor.text_selector import labelled_range
from app.ui.editor.view_state import ViewState
from app.ui.widgets.keys import KeyPress
from tests.widget.editor.canvases import (
    ENGLISH,
    FAMILY,
    LONG,
    CaretKeys,
    clusters,
    hostile_texts,
    laid_out,
    selected,
    shown,
)

KEYS = Qt.Key


@given(hostile_texts)
def test_the_caret_never_stops_inside_of_a_cluster(qapp, text: str) -> None:
    forth, at = [0], 0
    while at < len(text):
        after = motions.next_grapheme(text, at)
        assert after > at
        forth.append(at := after)
    assert all(motions.is_boundary(text, place) for place in forth)
    back, at = [len(text)], len(text)
    while at > 0:
        before = motions.previous_grapheme(text, at)
        assert before < at
        back.append(at := before)
    assert back == forth[::-1]


@given(hostile_texts)
def test_a_range_snaps_to_the_smallest_of_whole_clusters(qapp, text: str) -> None:
    bounds = [0, *(end for _, end in clusters(text))]
    for start in range(len(text) + 1):
        for end in range(start, min(start + 6, len(text)) + 1):
            low, high = motions.snap_to_graphemes(text, start, end)
            assert low == max(bound for bound in bounds if bound <= start)
            assert high == min(bound for bound in bounds if bound >= end)


@given(hostile_texts)
def test_every_motion_from_everywhere_ends_inside_of_the_text(qapp, text: str) -> None:
    layout = laid_out(text, width=120)
    places = [0, *(end for _, end in clusters(text))]
    for name, motion in MOTIONS.items():
        for place in places:
            assert 0 <= motion(text, layout, ViewState(caret=place, anchor=place, x=40.0), 3) <= len(text), name


@given(hostile_texts)
def test_going_down_and_up_line_by_line_reaches_every_line(qapp, text: str) -> None:
    layout = laid_out(text, width=120)
    lines = sum(len(layout.block(number).lines) for number in range(len(layout.blocks)))
    seen, at = 1, 0
    for _ in range(lines + 1):
        after = layout.line_step(at, 0.0, 1)
        if after == at or (after == len(text) and layout.line_range(at) == layout.line_range(len(text))):
            break
        at = after
        seen += 1
    assert seen >= lines - 1  # a text may end in a line that holds no place of its own


def test_left_and_right_pass_over_a_family_at_once(qtbot: QtBot) -> None:
    text = f"a{FAMILY}e\u0301b"
    canvas = shown(qtbot, text)
    places = []
    for _ in range(4):
        QTest.keyClick(canvas, KEYS.Key_Right)
        places.append(canvas.view.caret)
    assert places == [1, 1 + len(FAMILY), 3 + len(FAMILY), len(text)]
    QTest.keyClick(canvas, KEYS.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(canvas, KEYS.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert selected(canvas) == "e\u0301b"


def test_left_and_right_leave_a_selection_at_its_edge(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    canvas.select(10, 20)
    QTest.keyClick(canvas, KEYS.Key_Left)
    assert canvas.view.selection == (10, 10)
    canvas.select(10, 20)
    QTest.keyClick(canvas, KEYS.Key_Right)
    assert canvas.view.selection == (20, 20)


def test_up_and_down_keep_to_their_column_over_a_short_line(qtbot: QtBot) -> None:
    text = "a line that is long enough\nshort\nanother line, as long as the first"
    canvas = shown(qtbot, text, caret=20)
    QTest.keyClick(canvas, KEYS.Key_Down)
    assert canvas.view.caret == text.index("short") + 5
    QTest.keyClick(canvas, KEYS.Key_Down)
    x = canvas.text_layout.caret_rect(20).x()
    assert abs(canvas.text_layout.caret_rect(canvas.view.caret).x() - x) < 10
    QTest.keyClick(canvas, KEYS.Key_Up)
    QTest.keyClick(canvas, KEYS.Key_Up)
    assert canvas.view.caret == 20


def test_home_and_end_go_to_the_ends_of_the_line_on_the_screen(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH, width=300, caret=60)
    start, end = canvas.text_layout.line_range(60)
    assert (start, end) != (0, len(ENGLISH))
    QTest.keyClick(canvas, KEYS.Key_Home)
    assert canvas.view.caret == start
    QTest.keyClick(canvas, KEYS.Key_End)
    assert canvas.view.caret == end
    QTest.keyClick(canvas, KEYS.Key_End)
    assert canvas.view.caret == end


def test_a_page_down_and_up_stays_in_view_and_comes_back(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG)
    before = canvas.view.caret
    for _ in range(3):
        QTest.keyClick(canvas, KEYS.Key_PageDown)
        (rect,) = canvas.viewport_rects(canvas.view.caret, canvas.view.caret)
        assert canvas.viewport().rect().contains(rect.center().toPoint())
    assert canvas.view.caret > before
    for _ in range(3):
        QTest.keyClick(canvas, KEYS.Key_PageUp)
    assert canvas.view.caret == before


def test_ctrl_end_and_ctrl_home_show_the_ends_of_a_long_text(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG)
    QTest.keyClick(canvas, KEYS.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert canvas.view.caret == len(LONG)
    (rect,) = canvas.viewport_rects(len(LONG), len(LONG))
    assert canvas.viewport().rect().contains(rect.center().toPoint())
    QTest.keyClick(canvas, KEYS.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert (canvas.view.caret, canvas.verticalScrollBar().value()) == (0, 0)


def test_selecting_words_with_shift_leaves_out_the_space_behind(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(canvas, KEYS.Key_Right, both)
    assert selected(canvas) == "Donald"
    QTest.keyClick(canvas, KEYS.Key_Right, both)
    assert selected(canvas) == "Donald Trump"
    QTest.keyClick(canvas, KEYS.Key_Left, both)
    assert selected(canvas) == "Donald "


def test_a_view_set_inside_a_cluster_selects_all_of_it(qtbot: QtBot) -> None:
    canvas = shown(qtbot, f"a{FAMILY}b")
    canvas.set_view(canvas.view._replace(anchor=3, caret=5))
    assert selected(canvas) == FAMILY
    canvas.set_view(canvas.view._replace(anchor=-5, caret=999))
    assert selected(canvas) == canvas.text


@pytest.mark.parametrize(
    ("snap", "start", "end", "labelled"),
    [
        (True, 8, 10, "Trump"),
        (True, 3, 8, "Donald Trump"),
        (True, 6, 9, "Trump"),
        (True, 12, 12, "Trump"),
        (False, 8, 10, "ru"),
        (False, 9, 9, "Trump"),
    ],
)
def test_a_label_marks_what_the_selection_grows_to(
    qtbot: QtBot, snap: bool, start: int, end: int, labelled: str
) -> None:
    canvas = shown(qtbot, ENGLISH)
    canvas.snapping = "word" if snap else "character"
    canvas.set_view(canvas.view._replace(anchor=start, caret=end))
    low, high = labelled_range(canvas)
    assert canvas.text[low:high] == labelled


def test_characters_alone_are_still_whole_clusters(qtbot: QtBot) -> None:
    text = f"x{FAMILY}y"
    canvas = shown(qtbot, text)
    canvas.snapping = "character"
    canvas.set_view(canvas.view._replace(anchor=2, caret=4))
    assert labelled_range(canvas) == (1, 1 + len(FAMILY))


def test_a_key_that_nobody_knows_is_left_to_others(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    keys = CaretKeys(canvas)
    canvas.set_key_handler(keys)
    QTest.keyClick(canvas, KEYS.Key_R)
    QTest.keyClick(canvas, KEYS.Key_Tab)
    QTest.keyPress(canvas, KEYS.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyPress(canvas, KEYS.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    named = [key for key in keys.pressed if "Shift+Shift" not in key]
    assert named == ["R", "Tab", "Shift+Tab", "?"]
    assert canvas.hasFocus()


def test_a_canvas_does_not_keep_its_key_handler_alive(qtbot: QtBot) -> None:
    class Handler:
        def take_key(self, press: KeyPress, source: QWidget) -> bool:
            return True

    canvas = shown(qtbot, ENGLISH)
    handler = Handler()
    canvas.set_key_handler(handler)
    gone = ref(handler)
    del handler
    assert gone() is None
    QTest.keyClick(canvas, KEYS.Key_Right)
    assert canvas.view.caret == 0

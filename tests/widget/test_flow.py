"""Widgets in lines."""

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.flow import Flow


class Box(QWidget):
    """A widget that would like to be so wide, and 20 high."""

    def __init__(self, wide: int) -> None:
        super().__init__()
        self._wide = wide

    def sizeHint(self) -> QSize:
        return QSize(self._wide, 20)


def flow(qtbot: QtBot, *widths: int, stretch: int = 0) -> tuple[QWidget, list[Box]]:
    around = QWidget()
    qtbot.addWidget(around)
    line = Flow(around, gap=10)
    boxes = [Box(wide) for wide in widths]
    for box in boxes:
        line.add(box, stretch)
    return around, boxes


def places(boxes: list[Box]) -> list[tuple[int, int, int]]:
    return [(box.x(), box.y(), box.width()) for box in boxes]


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (320, [(0, 0, 100), (110, 0, 100), (220, 0, 100)]),
        (319, [(0, 0, 100), (110, 0, 100), (0, 30, 100)]),
        (100, [(0, 0, 100), (0, 30, 100), (0, 60, 100)]),
        (80, [(0, 0, 80), (0, 30, 80), (0, 60, 80)]),
    ],
)
def test_what_has_no_room_goes_to_the_next_line(qtbot: QtBot, width: int, expected: list[tuple[int, int, int]]) -> None:
    around, boxes = flow(qtbot, 100, 100, 100)
    around.resize(width, 200)
    around.show()
    assert places(boxes) == expected
    assert around.layout().heightForWidth(width) == max(y for _, y, _ in expected) + 20


def test_lines_are_even_and_filled(qtbot: QtBot) -> None:
    around, boxes = flow(qtbot, 90, 90, 90, 90, stretch=1)
    around.resize(300, 100)
    around.show()
    assert places(boxes) == [(0, 0, 145), (155, 0, 145), (0, 30, 145), (155, 30, 145)]


def test_a_hidden_widget_takes_no_room(qtbot: QtBot) -> None:
    around, boxes = flow(qtbot, 100, 100, 100)
    around.resize(320, 100)
    around.show()
    boxes[1].hide()
    qtbot.waitUntil(lambda: boxes[2].x() == 110)


def test_lines_begin_at_the_right_where_one_reads_so(qtbot: QtBot) -> None:
    around, boxes = flow(qtbot, 100, 50)
    around.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    around.resize(300, 100)
    around.show()
    assert [box.geometry() for box in boxes] == [QRect(200, 0, 100, 20), QRect(140, 0, 50, 20)]


def test_a_gap_pushes_the_rest_to_the_end(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    line = Flow(around, gap=10)
    first, last = Box(50), Box(60)
    line.add(first)
    line.add_space()
    line.add(last)
    around.resize(300, 100)
    around.show()
    assert last.geometry().right() == 299
    assert first.x() == 0


def test_a_least_width_is_enough(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    line = Flow(around, gap=10)
    first, last = Box(200), Box(60)
    line.add(first, 1, least=80)
    line.add(last)
    around.resize(150, 100)
    around.show()
    assert places([first, last]) == [(0, 0, 80), (90, 0, 60)]

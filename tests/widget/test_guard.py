"""What goes wrong in a method that Qt calls is reported, and Qt gets an empty value: the window lives on."""

import sys
from types import TracebackType

import pytest
from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from app.ui.guard import guarded

Index = QModelIndex | QPersistentModelIndex


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was reported."""
    found: list[str] = []

    def hook(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        found.append(str(error))

    monkeypatch.setattr(sys, "excepthook", hook)
    return found


@guarded
class Torn(QAbstractListModel):
    """A model whose second row can't be read."""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.row() == 1:
            raise ValueError("torn row")
        return f"row {index.row()}" if role == Qt.ItemDataRole.DisplayRole else None


@guarded
class Asking(QStyledItemDelegate):
    """Asks the model while it paints, so that Python code runs in C++ code in Python code."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[object] = []

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.painted.append(index.data())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        raise ValueError("no size")


def test_a_row_that_fails_leaves_the_others_painted(qtbot: QtBot, faults: list[str]) -> None:
    model, delegate, view = Torn(), Asking(), QListView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.setItemDelegate(delegate)
    view.setGridSize(QSize(50, 20))
    view.resize(200, 200)
    view.show()
    for _ in range(20):
        view.grab()
    assert delegate.painted[:3] == ["row 0", None, "row 2"]
    assert {"torn row", "no size"} >= set(faults) >= {"torn row"}


def test_a_painter_does_not_outlive_its_paint_event(qtbot: QtBot, faults: list[str]) -> None:
    """Qt would go on to the next widget with an active painter, and end the program."""

    @guarded
    class Canvas(QWidget):
        def paintEvent(self, _event: QPaintEvent) -> None:
            painter = QPainter(self)
            painter.drawPoint(1, 1)
            raise ValueError("no ink")

    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(50, 50)
    canvas.show()
    for _ in range(3):
        canvas.grab()
        assert not canvas.paintingActive()
    assert set(faults) == {"no ink"}


def test_an_event_that_fails_is_handled_like_no_event(qtbot: QtBot, faults: list[str]) -> None:
    @guarded
    class Filter(QObject):
        def eventFilter(self, _thing: QObject, event: QEvent) -> bool:
            raise ValueError("no event")

    watcher, widget = Filter(), QWidget()
    qtbot.addWidget(widget)
    widget.installEventFilter(watcher)
    widget.resize(70, 30)
    widget.show()
    widget.grab()
    assert widget.size() == QSize(70, 30)
    assert set(faults) == {"no event"}

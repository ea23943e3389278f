"""A list of a million rows asks its model only for those in view, and moves like a list."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.row_list import RowList
from tests.widget.widgets import on_screen

Index = QModelIndex | QPersistentModelIndex


class Numbers(QAbstractListModel):
    """Rows that note which of them were asked for."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.asked: set[int] = set()
        self.counted = 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        self.counted += 1
        return 0 if parent.isValid() else self.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        self.asked.add(index.row())
        return str(index.row()) if role == Qt.ItemDataRole.DisplayRole else None

    def insert(self, row: int) -> None:
        """Add a row."""
        self.beginInsertRows(QModelIndex(), row, row)
        self.count += 1
        self.endInsertRows()


def shown(qtbot: QtBot, count: int) -> tuple[RowList, Numbers]:
    """Return a list on the screen."""
    rows, model = RowList("rows", "Rows", row_height=20), Numbers(count)
    rows.setModel(model)
    return on_screen(qtbot, rows, 200, 400), model


def test_only_rows_in_view_are_asked_for(qtbot: QtBot) -> None:
    rows, model = shown(qtbot, 1_000_000)
    rows.grab()
    assert len(model.asked) < 60
    model.counted = 0
    model.insert(5)
    rows.grab()
    rows.scrollTo(model.index(900_000))
    rows.grab()
    assert len(model.asked) < 120
    assert model.counted < 1_000


def test_keys_move_as_in_a_list(qtbot: QtBot) -> None:
    rows, model = shown(qtbot, 1_000)
    rows.setFocus()
    rows.setCurrentIndex(model.index(10))
    for key, row in (
        (Qt.Key.Key_Down, 11),
        (Qt.Key.Key_Right, 11),
        (Qt.Key.Key_End, 999),
        (Qt.Key.Key_Up, 998),
        (Qt.Key.Key_Home, 0),
    ):
        QTest.keyClick(rows, key)
        assert rows.currentIndex().row() == row
        assert [index.row() for index in rows.selectedIndexes()] == [row]


def test_rows_are_as_wide_as_the_list_and_as_high_as_said(qtbot: QtBot) -> None:
    rows, model = shown(qtbot, 3)
    rect = rows.visualRect(model.index(1))
    assert (rect.top(), rect.height(), rect.left(), rect.width()) == (20, 20, 0, rows.viewport().width())


def test_the_room_below_the_rows_has_the_colour_around_it(qtbot: QtBot) -> None:
    around = QWidget()
    around.setStyleSheet("RowList { background: transparent; border: none; }")
    rows, model = RowList("rows", "Rows", row_height=20, parent=around), Numbers(1)
    rows.setModel(model)
    rows.setGeometry(10, 10, 80, 180)
    around.resize(100, 200)
    on_screen(qtbot, around)
    shown = QImage(around.size(), QImage.Format.Format_RGB32)
    shown.fill(Qt.GlobalColor.magenta)
    around.render(shown)
    assert shown.pixelColor(50, 150) == shown.pixelColor(5, 5) == around.palette().color(QPalette.ColorRole.Window)

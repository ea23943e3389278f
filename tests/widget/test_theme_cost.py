"""Putting on a theme styles each widget as often wherever it is, and nothing is done where it is on already."""

from collections import Counter

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.guard import guarded

_DEPTH = 12


@guarded
class Watch(QObject):
    """Counts how often widgets hear of another style, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: Counter[str] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            self.heard[watched.objectName()] += 1
        return False


def test_a_deep_widget_is_styled_as_often_as_a_window(qtbot: QtBot, qapp: QApplication) -> None:
    watch, window = Watch(), QWidget()
    qtbot.addWidget(window)
    inner = window
    for depth in range(_DEPTH):
        inner.setObjectName(f"level-{depth}")
        inner.installEventFilter(watch)
        box = QVBoxLayout(inner)
        inner = QWidget() if depth < _DEPTH - 1 else QLabel("deep")
        box.addWidget(inner)
    window.show()
    theme.apply(qapp, theme.DARK)
    assert set(watch.heard) == {f"level-{depth}" for depth in range(_DEPTH)}
    assert max(watch.heard.values()) <= 3
    assert inner.palette().windowText().color().name() == theme.DARK.text
    before = watch.heard.copy()
    theme.apply(qapp, theme.DARK)
    assert watch.heard == before
    theme.apply(qapp, theme.LIGHT)
    assert inner.palette().windowText().color().name() == theme.LIGHT.text

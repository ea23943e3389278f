"""Words that change with each key: painted again, and nothing around them."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.facts import Fact
from app.ui.widgets.ground import Ground, ground_of
from tests.widget.widgets import on_screen


class Events(QObject):
    """How many events of a kind widgets get."""

    def __init__(self, kind: QEvent.Type, *widgets: QWidget) -> None:
        super().__init__(widgets[0])
        self._kind = kind
        self.of: list[str] = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == self._kind:
            self.of.append(watched.objectName())
        return False

    def take(self) -> list[str]:
        """Return who got some since the last time."""
        QApplication.processEvents()
        QApplication.processEvents()
        found, self.of = self.of, []
        return found


class Line:
    """A panel with a fact between two labels, in a window."""

    def __init__(self, qtbot: QtBot, *, width: int = 400, wrap: bool = False) -> None:
        self.window = QWidget()
        self.window.setObjectName("window")
        self.panel = Ground()
        self.panel.setObjectName("panel")
        self.panel.setStyleSheet("#panel { background: #336699; border: 1px solid red; }")
        self.fact = Fact(name="fact", wrap=wrap)
        self.after = QLabel("after")
        self.after.setObjectName("after")
        row = QVBoxLayout(self.panel) if wrap else QHBoxLayout(self.panel)
        row.addWidget(self.fact)
        row.addWidget(self.after, 1)
        box = QVBoxLayout(self.window)
        box.addWidget(self.panel)
        self.fact.setText("12 errors, 3 claims")
        on_screen(qtbot, self.window, width, 300 if wrap else 60)


def test_another_text_is_painted_and_nothing_else(qtbot: QtBot) -> None:
    line = Line(qtbot)
    layouts = Events(QEvent.Type.LayoutRequest, line.panel, line.window)
    paints = Events(QEvent.Type.Paint, line.window, line.panel, line.fact, line.after)
    paints.take()
    layouts.take()
    for text in ("11 errors, 3 claims", "1 error, 1 claim", "12 errors, 3 claims"):
        line.fact.setText(text)
        assert paints.take() == ["fact"]
        assert layouts.take() == []
        assert (line.fact.text(), line.fact.accessibleName()) == (text, text)
    line.fact.setText("12 errors, 3 claims")
    assert paints.take() == []


def test_a_longer_text_gets_room_and_none_takes_none(qtbot: QtBot) -> None:
    line = Line(qtbot)
    before = line.fact.width()
    line.fact.setText("12 errors, 3 claims, 45 entities")
    qtbot.waitUntil(lambda: line.fact.width() > before)
    assert line.fact.width() >= line.fact.fontMetrics().horizontalAdvance(line.fact.text())
    line.fact.clear()
    qtbot.waitUntil(lambda: line.fact.width() == 0)
    assert line.fact.text() == ""


def test_a_text_without_room_is_cut_off_with_dots(qtbot: QtBot) -> None:
    line = Line(qtbot, width=120)
    line.fact.setMinimumWidth(1)
    line.after.setMinimumWidth(70)
    line.fact.setText("a text that is much too long for this window")
    QApplication.processEvents()
    assert line.window.width() < 200
    shown = line.fact.fontMetrics().elidedText(line.fact.text(), Qt.TextElideMode.ElideRight, line.fact.width())
    assert shown.endswith("…")


def test_a_text_that_wraps_gets_its_lines(qtbot: QtBot) -> None:
    line = Line(qtbot, width=140, wrap=True)
    layouts = Events(QEvent.Type.LayoutRequest, line.panel)
    one = line.fact.heightForWidth(10_000)
    line.fact.setText("MARKS · 1 ERROR, 12 CLAIMS, 3 ENTITIES")
    qtbot.waitUntil(lambda: line.fact.height() == line.fact.heightForWidth(line.fact.width()) > one)
    layouts.take()
    line.fact.setText("MARKS · 2 ERROR, 12 CLAIMS, 3 ENTITIES")
    assert layouts.take() == []


def test_a_fact_stands_on_the_colour_of_its_panel(qtbot: QtBot) -> None:
    line = Line(qtbot)
    assert ground_of(line.fact) == QColor("#336699")
    picture = line.window.grab().toImage()
    corner = line.fact.mapTo(line.window, line.fact.rect().bottomRight())
    edge = line.panel.mapTo(line.window, line.panel.rect().topLeft())
    assert picture.pixelColor(corner) == QColor("#336699")
    assert picture.pixelColor(edge) == QColor("red")


def test_direction_controls_are_shown_by_their_escapes(qtbot: QtBot) -> None:
    line = Line(qtbot)
    line.fact.setText("a\u202eb")
    assert "\u202e" not in line.fact.text()

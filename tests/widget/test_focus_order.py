"""Tab goes through a panel as it is laid out, whenever its parts were made."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.focus_order import tab_stops, thread


def line(name: str) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(name)
    return made


def test_parts_made_later_stand_where_they_lie(qtbot: QtBot) -> None:
    window, area, body, pages = QWidget(), QScrollArea(), QWidget(), QStackedWidget()
    qtbot.addWidget(window)
    box, inner, row = QVBoxLayout(window), QVBoxLayout(body), QHBoxLayout()
    inner.addLayout(row)
    inner.addWidget(pages)
    inner.addWidget(line("last"))
    pages.addWidget(line("hidden page"))
    pages.addWidget(line("page"))
    pages.setCurrentIndex(1)
    area.setWidget(body)
    for part in (line("before"), area, line("after")):
        box.addWidget(part)
    gone = line("gone")
    for part in (line("one"), gone, line("two")):
        row.addWidget(part)
    gone.hide()
    window.show()
    assert [part.objectName() for part in tab_stops(area)] == ["one", "two", "page", "last"]
    thread(area)
    at, seen = window.findChild(QLineEdit, "before"), []
    while at.objectName() != "after":
        seen.append(at.objectName())
        at = at.nextInFocusChain()
    assert [name for name in seen if name in ("before", "one", "two", "page", "last")] == [
        *("before", "one", "two", "page", "last")
    ]

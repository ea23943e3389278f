"""What a label's key has the window do, counted: no more is painted, laid out or written than what changes."""

import itertools
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.real_window import ANNOTATOR, make_project, record, repeated
from tests.driver import Driver

_PAINTED = {
    "text-pane-canvas",  # the line of the mark
    "margin-map",
    "marks-caption",
    "marks-list",
    "status-place",
    "status-counts",
    "status-rules",
    "documents-list",  # the row of the document
    "label-bar",  # the button of the label
}
_STATEMENTS = 11  # one of them has what was counted of the set forgotten


class Watch(QObject):
    """Who is painted and laid out, by name; a part without a name counts as what it is part of."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: dict[str, int] = {}
        self.laid_out: set[str] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWidget) and isinstance(event, QPaintEvent):
            name = named(watched)
            height = event.region().boundingRect().height()
            self.painted[name] = max(height, self.painted.get(name, 0))
        elif isinstance(watched, QWidget) and event.type() == QEvent.Type.LayoutRequest:
            self.laid_out.add(named(watched))
        return False


def named(widget: QWidget) -> str:
    while not widget.objectName() or widget.objectName().startswith(("qt_", "label.")):
        parent = widget.parentWidget()
        assert parent is not None
        widget = parent
    return widget.objectName()


@pytest.fixture
def page(stet: Driver, tmp_path: Path) -> Driver:
    """Somebody who has marked a few words already, and goes on."""
    make_project(tmp_path / "p.stet", [record("d", repeated(3_000), 8)])
    stet.start(tmp_path / "p.stet", annotator=ANNOTATOR)
    stet.focus_text()
    stet.press("F4", "Ctrl+Home")
    for key in ("R", "T", "N", "R"):
        next_word(stet)
        stet.press(key)
    next_word(stet)
    return stet


def next_word(stet: Driver) -> None:
    stet.press("Escape", "Ctrl+Right", "Ctrl+Right")
    stet.qtbot.waitUntil(lambda: stet.workspace.inspector.form is None)
    stet.settle()


def test_a_label_key_paints_what_changes_and_no_panel(page: Driver) -> None:
    app, watch = QApplication.instance(), Watch()
    assert app is not None
    block = page.workspace.text.canvas.text_layout.block(0)
    line = max(line.height for line in block.lines)
    before = len(page.annotations())
    app.installEventFilter(watch)
    try:
        page.press("T")
    finally:
        app.removeEventFilter(watch)
    assert len(page.annotations()) == before + 1
    assert "text-pane-canvas" in watch.painted
    assert set(watch.painted) <= _PAINTED
    assert watch.painted["text-pane-canvas"] <= line + 2
    assert watch.painted["documents-list"] <= 50
    assert not watch.laid_out & {"status-bar", "annotation-list-panel", "main-window"}


def test_a_mark_takes_a_fixed_number_of_statements(page: Driver) -> None:
    statements: list[str] = []
    project = page.session.project
    for connection in (project.connection, project.reader):
        connection.set_trace_callback(statements.append)
    try:
        page.press("T")
    finally:
        for connection in (project.connection, project.reader):
            connection.set_trace_callback(None)
    # Where the file looks different, as after a copy, it is asked first whether others wrote to it.
    statements = [statement for statement in statements if statement != "PRAGMA data_version"]
    # What its triggers do is reported as the statement again.
    statements = [statement for statement, _ in itertools.groupby(statements)]
    assert statements[0].startswith("BEGIN")
    assert statements[-1] == "COMMIT"
    assert len(statements) <= _STATEMENTS

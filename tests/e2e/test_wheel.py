"""The wheel scrolls: over no field of any workspace or dialog does it change a value."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.panels.reference_tabs import ReferenceTabs
from tests.e2e.everywhere import ASKING, Person, team_window

_FIELDS = (QComboBox, QAbstractSpinBox, QAbstractSlider, QTabBar, QTabWidget)
_OTHERS = ["team.feedback", "project.scheme", "help.shortcuts"]


@pytest.fixture
def stet(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """Stet on a project that three annotators have finished."""
    with team_window(qtbot, tmp_path) as driver:
        driver.focus_text()
        driver.press("Tab", "Tab")  # the second mark has evidence
        driver.wait(lambda: driver.workspace.inspector.form is not None)
        yield driver


def turn(widget: QWidget, notches: int) -> QWheelEvent:
    """Turn the wheel over a widget, as the window system would tell Qt."""
    at = QPointF(widget.rect().center())
    turned = QPoint(0, 120 * notches)
    event = QWheelEvent(
        at,
        widget.mapToGlobal(at),
        QPoint(),
        turned,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


def value(field: QWidget) -> object:
    if isinstance(field, QComboBox | QTabBar | QTabWidget):
        return field.currentIndex()
    return field.text() if isinstance(field, QAbstractSpinBox) else field.value()


def fields_of(window: QWidget) -> list[QWidget]:
    found = [field for field in window.findChildren(QWidget) if isinstance(field, _FIELDS)]
    return [field for field in found if not isinstance(field, QScrollBar)]


def turned(window: QWidget) -> list[str]:
    """Turn the wheel over every field of a window, focused or not; return which fields changed."""
    changed = []
    for field in fields_of(window):
        under = [field, *(line for line in field.findChildren(QLineEdit))]
        for notches in (1, -1):
            for widget in under:
                before = value(field)
                turn(widget, notches)
                field.setFocus()
                turn(widget, notches)
                if value(field) != before:
                    changed.append(field.objectName())
    return changed


def opened_by(stet: Person, action: str) -> list[QWidget]:
    before = set(QApplication.topLevelWidgets())
    stet.window.registry.run(action)
    stet.settle()
    return [window for window in QApplication.topLevelWidgets() if window not in before and window.isVisible()]


def test_no_field_of_a_dialog_turns_with_the_wheel(stet: Person) -> None:
    met: set[str] = set()
    changed: dict[str, list[str]] = {}
    for action in (*ASKING, *_OTHERS):
        if action.startswith("review."):
            stet.go()
        elif action.startswith("insights."):
            stet.to_insights()
        else:
            stet.window.registry.run("workspace.annotate")
        for window in opened_by(stet, action):
            met |= {field.objectName() for field in fields_of(window)}
            if wrong := turned(window):
                changed[action] = wrong
            window.close()
            stet.settle()
    assert changed == {}
    # What is found in which dialog is its own business; that fields are found at all is ours.
    assert {"setting-ui_scale", "assign-each", "auto-votes", "export-format", "fileTypeCombo"} <= met


def test_no_field_of_a_workspace_turns_with_the_wheel(stet: Person) -> None:
    window = stet.window
    met = set()
    for go in (stet.settle, stet.go, stet.to_insights):
        go()
        met |= {field.objectName() for field in fields_of(window)}
        assert turned(window) == []
    assert {"field-label", "evidence-stance", "marks-order", "reference-pane-tabs", "insights-layer"} <= met


def test_the_wheel_over_a_field_scrolls_the_inspector(stet: Person) -> None:
    stet.window.resize(1024, 520)
    inspector = stet.workspace.inspector
    bar = inspector.verticalScrollBar()
    stet.wait(lambda: bar.maximum() > 0)
    label = inspector.form.field("label")
    mark = stet.chosen
    turn(label, -1)
    assert bar.value() > 0
    turn(label, 5)
    assert bar.value() == 0
    assert stet.chosen == mark


def test_the_wheel_turns_no_tabs_of_references(qtbot: QtBot) -> None:
    for count in (3, 9):
        tabs = ReferenceTabs("some")
        qtbot.addWidget(tabs)
        tabs.show_choices([(str(at), f"Reference {at}") for at in range(count)], "1")
        assert turned(tabs) == []

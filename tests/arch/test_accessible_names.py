"""Whatever one can use has a name to find and a name to hear, in every workspace and dialog, and Tab reaches it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QSplitter,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.arch.test_actions import interactive
from tests.e2e.everywhere import Person
from tests.team import team_project

_DIALOGS = (
    *("project.new", "project.export", "project.link", "project.scheme", "team.assign"),
    *("document.edit-text", "document.corrected", "project.edit-scheme", "annotation.new-label"),
    *("view.palette", "view.settings", "view.annotator", "help.shortcuts", "help.about", "help.doctor"),
    "help.errors",
    "team.feedback",
)
_IN_REVIEW = ("review.terms", "review.auto", "review.guideline", "review.release")
_IN_INSIGHTS = ("insights.picture", "insights.data")


@pytest.fixture
def stet(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """Stet on a project that three annotators have finished."""
    path = tmp_path / "team.stet"
    team_project(path)
    driver = Person(qtbot)
    driver.start(path, annotator="Rina")
    yield driver
    driver.quit()


def focusable(widget: QWidget) -> bool:
    by_key = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_key and widget.isVisible() and widget.isEnabled()


def heard(widget: QWidget) -> str:
    """Return the name that Qt hands to a screen reader: of a button without another one, that is its text."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def nameless(window: QWidget) -> list[str]:
    """Return what can be used, or takes the keyboard, and lacks a name to find or to hear."""
    own = {*interactive(window), *filter(focusable, window.findChildren(QWidget))}
    found = []
    for widget in own:
        if widget.objectName().startswith("qt_") or isinstance(widget, QTabBar | QSplitter | QHeaderView):
            continue
        if isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox):
            continue  # the line inside speaks as the field
        shows_nothing = isinstance(widget, QAbstractButton) and not widget.text() and not widget.isVisible()
        if not widget.objectName() or not (heard(widget) or shows_nothing):
            found.append(f"{type(widget).__name__} “{widget.objectName()}” in {widget.parentWidget().objectName()}")
    return sorted(found)


def unreached(window: QWidget) -> list[str]:
    """Return what takes the keyboard and isn't reached by Qt's chain of Tab from the window's first widget."""
    wanted = {widget for widget in window.findChildren(QWidget) if focusable(widget)}
    seen: set[QWidget] = set()
    at = window.nextInFocusChain()
    while at is not window and at not in seen:
        seen.add(at)
        at = at.nextInFocusChain()
    return sorted(widget.objectName() for widget in wanted - seen)


def dialog_of(stet: Person, action: str) -> QDialog:
    before = set(QApplication.topLevelWidgets())
    stet.window.registry.run(action)
    stet.settle()
    new = [w for w in QApplication.topLevelWidgets() if w not in before and isinstance(w, QDialog) and w.isVisible()]
    assert new, f"{action}: {stet.message()}"
    return new[0]


def check(stet: Person, actions: tuple[str, ...]) -> None:
    wrong: dict[str, list[str]] = {}
    for action in actions:
        dialog = dialog_of(stet, action)
        missing = nameless(dialog) + [f"Tab doesn't reach {name}" for name in unreached(dialog)]
        if not dialog.windowTitle():
            missing.append("no title")
        if missing:
            wrong[action] = missing
        dialog.close()
        stet.settle()
    assert wrong == {}


def test_every_dialog_has_names(stet: Person) -> None:
    check(stet, _DIALOGS)


def test_review_and_its_dialogs_have_names(stet: Person) -> None:
    stet.go()
    assert nameless(stet.review) == []
    check(stet, _IN_REVIEW)


def test_insights_and_its_dialogs_have_names(stet: Person) -> None:
    stet.to_insights()
    assert nameless(stet.insights) == []
    check(stet, _IN_INSIGHTS)


@pytest.mark.parametrize("space", ["review", "insights"])
def test_f6_goes_through_every_pane_and_comes_round(stet: Person, space: str) -> None:
    (stet.go if space == "review" else stet.to_insights)()
    panes = [pane for pane in getattr(stet, space).panes() if pane.isVisible()]
    assert len(panes) >= 3
    for key in ("F6", "Shift+F6"):
        seen = []
        for _ in panes:
            stet.press(key)
            owner = stet.target()
            seen.append(next(at for at, pane in enumerate(panes) if owner is pane or pane.isAncestorOf(owner)))
        assert sorted(seen) == list(range(len(panes)))


def test_tab_reaches_every_field_of_the_settings_by_keys(stet: Person) -> None:
    dialog = dialog_of(stet, "view.settings")
    wanted = {widget for widget in dialog.findChildren(QWidget) if focusable(widget)}
    # What belongs to a field, such as the line in a number's box, has the keyboard through it.
    wanted = {w for w in wanted if w.focusProxy() is None and not w.objectName().startswith("qt_")}
    reached = set()
    for _ in range(60):
        reached.add(stet.target())
        stet.press("Tab")
    assert sorted(w.objectName() for w in wanted - reached) == []

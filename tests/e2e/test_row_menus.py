"""The menus of rows, of references and of suggestions: by the right button, the Menu key and Shift+F10."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListWidget, QMenu, QTabBar, QTableView, QWidget
from pytestqt.qtbot import QtBot

from tests.e2e.everywhere import Person, team_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)


@pytest.fixture
def stet(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """Stet on a project that three annotators have finished, ana's document open."""
    with team_window(qtbot, tmp_path) as driver:
        yield driver


def right_click(view: QAbstractItemView, row: int) -> None:
    place = view.visualRect(view.model().index(row, 0)).center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view.viewport(), QContextMenuEvent(reason, place, view.viewport().mapToGlobal(place)))


def ask_by_key(stet: Person, view: QWidget, route: str) -> None:
    view.setFocus()
    if route == "event":
        reason, place = QContextMenuEvent.Reason.Keyboard, QPoint(3, 3)
        QApplication.sendEvent(view, QContextMenuEvent(reason, place, view.mapToGlobal(place)))
    else:
        stet.press(route)


def menu_of(name: str) -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.objectName() == name
    return menu


def choose(menu: QMenu, entry: str) -> None:
    action = next(action for action in menu.actions() if action.objectName() == entry)
    menu.close()
    action.trigger()


def entries(menu: QMenu) -> list[str]:
    return [action.objectName() for action in menu.actions() if not action.isSeparator()]


def test_a_documents_row_opens_it_or_does_something_with_it(stet: Person) -> None:
    view, before = stet.workspace.documents.list, stet.document
    right_click(view, 1)
    menu = menu_of("documents-list-menu")
    assert entries(menu)[0] == "open"
    assert stet.document == before, "the menu alone opens nothing"
    choose(menu, "open")
    stet.settle()
    assert stet.document != before
    right_click(view, 0)
    choose(menu_of("documents-list-menu"), "project.link")
    stet.settle()
    assert stet.document == before
    dialog = stet.dialog("references-dialog")
    listed = dialog.findChild(QListWidget)
    ticks = [listed.item(at).checkState() for at in range(listed.count())]
    right_click(listed, 1)
    choose(menu_of("references-list-menu"), "open")
    assert [listed.item(at).checkState() == tick for at, tick in enumerate(ticks)].count(False) == 1
    dialog.close()


@pytest.mark.parametrize("route", ["event", "Menu", "Shift+F10"])
def test_a_marks_row_chooses_it_and_offers_what_can_be_done(stet: Person, route: str) -> None:
    view = stet.workspace.annotations.list
    view.setCurrentIndex(view.model().index(2, 0))
    ask_by_key(stet, view, route)
    menu = menu_of("marks-list-menu")
    assert stet.chosen is not None
    assert stet.chosen.uid == stet.workspace.annotations_model.annotation(2).uid
    assert {"annotation.correction", "annotation.delete", "severity.major", "evidence.show"} <= set(entries(menu))
    count = len(stet.annotations())
    choose(menu, "annotation.delete")
    assert len(stet.annotations()) == count - 1
    right_click(view, 0)
    assert stet.chosen.uid == stet.workspace.annotations_model.annotation(0).uid
    menu_of("marks-list-menu").close()


@pytest.mark.parametrize("route", ["Menu", "Shift+F10"])
def test_the_text_has_its_menu_by_key(stet: Person, route: str) -> None:
    stet.focus_text()
    stet.press(route)
    menu_of("text-menu").close()


def test_references_and_suggestions_have_menus(stet: Person) -> None:
    tabs = stet.workspace.reference.findChild(QTabBar)
    parent = tabs.parentWidget()
    parent.show()
    reason, place = QContextMenuEvent.Reason.Keyboard, QPoint(2, 2)
    QApplication.sendEvent(tabs, QContextMenuEvent(reason, place, tabs.mapToGlobal(place)))
    menu = menu_of("reference-menu")
    assert {"document.swap", "project.link", "document.next-reference"} <= set(entries(menu))
    menu.close()
    panel = stet.workspace.suggestion
    QApplication.sendEvent(panel, QContextMenuEvent(reason, place, panel.mapToGlobal(place)))
    menu_of("text-menu").close()


def test_a_hit_can_be_gone_to_shown_and_ticked_by_its_menu(stet: Person) -> None:
    stet.focus_text()
    stet.press("Ctrl+Shift+H")
    dialog = stet.dialog("concordance-dialog")
    stet.fill("concordance-line", "the")
    stet.press("Return")
    stet.wait(lambda: dialog.is_over and dialog.hits.rowCount() > 2)
    table = dialog.findChild(QTableView, "concordance-table")
    before = dialog.hits.ticked_count
    right_click(table, 1)
    choose(menu_of("concordance-table-menu"), "untick")
    right_click(table, 1)
    choose(menu_of("concordance-table-menu"), "show")
    assert stet.selected.lower() == "the"
    right_click(table, 1)
    choose(menu_of("concordance-table-menu"), "tick")
    assert dialog.hits.ticked_count in (before, before + 1)
    right_click(table, 2)
    choose(menu_of("concordance-table-menu"), "open")
    assert stet.selected.lower() == "the"
    dialog.close()


def test_groups_and_figures_have_menus(stet: Person) -> None:
    stet.go()
    view = stet.review.queue.list
    right_click(view, 0)
    menu = menu_of("review-list-menu")
    assert {"review.accept", "review.defer", "review.note"} <= set(entries(menu))
    menu.close()
    stet.to_insights()
    right_click(stet.insights.figures.list, 1)
    choose(menu_of(f"{stet.insights.figures.list.objectName()}-menu"), "insights.copy")
    assert stet.message() == "Table copied."

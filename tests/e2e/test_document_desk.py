"""Sittings with the list of documents: filtered, renamed, flagged, removed, several at once; by keys and by mouse."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QTableView, QTableWidget

from app.core.annotation import Status
from app.core.remark import Remark
from app.jobs.tasks.scheme_file import SchemeSource, apply_scheme
from tests.conftest import scheme_source
from tests.driver import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)


def click(view: QTableView, row: int, *, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, held, place)


def right_click(view: QTableView, row: int) -> QMenu:
    place = view.visualRect(view.model().index(row, 0)).center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view.viewport(), QContextMenuEvent(reason, place, view.viewport().mapToGlobal(place)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, entry: str) -> None:
    """Choose an entry; what it opens gets the keyboard, as on any desktop."""
    action = next(action for action in menu.actions() if action.objectName() == entry)
    action.trigger()
    menu.close()
    QApplication.processEvents()
    modal = QApplication.activeModalWidget()
    if modal is not None:
        modal.activateWindow()
        QApplication.processEvents()


def pick(name: str, title: str) -> None:
    modal = QApplication.activeModalWidget()
    assert modal is not None
    combo = modal.findChild(QComboBox, name)
    assert combo is not None
    combo.setCurrentIndex(combo.findText(title))


def again(stet: Driver, project: Path) -> None:
    stet.quit()
    stet.start(project, annotator="Ana")


def tip(stet: Driver, row: int) -> str:
    model = stet.workspace.documents.list.model()
    return str(model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole))


def test_flag_note_rename_and_removal_by_keys(stet: Driver, project: Path) -> None:
    stet.start(project, annotator="Ana")
    stet.press("Ctrl+Alt+F")
    stet.type("A quote?")
    stet.press("Return", "Ctrl+Alt+N")
    stet.dialog("remark-dialog")
    stet.type("easy")
    stet.click("remark-dialog-accept")
    stet.press("Ctrl+Alt+R")
    stet.dialog("properties-dialog")
    stet.type("call.txt")
    stet.press("Return")
    assert stet.document == "call.txt"
    assert "flagged by Ana: A quote?" in tip(stet, 0)
    assert "note: easy" in tip(stet, 0)
    stet.press("Ctrl+PgDown", "Ctrl+Shift+Del")
    stet.dialog("remove-documents-dialog")
    stet.press("Return")
    assert stet.documents() == ["call", "third", "report"]
    again(stet, project)
    assert stet.documents() == ["call", "third", "report"]
    stet.press(*["Ctrl+Z"] * 4)
    assert stet.documents() == ["first", "second", "third", "report"]
    assert "flagged" not in tip(stet, 0)
    again(stet, project)
    stet.press(*["Ctrl+Shift+Z"] * 4)
    assert stet.documents() == ["call", "third", "report"]
    assert "flagged by Ana: A quote?" in tip(stet, 0)


def test_removal_says_what_work_there_is(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Shift+Del")
    said = desk.dialog("remove-documents-dialog").findChild(QLabel, "remove-documents-work")
    assert said is not None
    assert said.text().startswith("1 document has work on it: 1 mark, by Ana.")
    desk.press("Esc")
    assert len(desk.documents()) == 4


def test_title_and_metadata_are_edited_by_mouse(desk: Driver) -> None:
    choose(right_click(desk.workspace.documents.list, 1), "document.properties")
    dialog = desk.dialog("properties-dialog")
    assert desk.document == "second.txt"
    desk.fill("properties-title", "The budget")
    desk.click("properties-add")
    table = dialog.findChild(QTableWidget, "properties-meta")
    assert table is not None
    desk.type("source")
    desk.press("Return")
    table.setCurrentCell(0, 1)
    table.item(0, 1).setText("web")
    desk.click("properties-dialog-accept")
    assert desk.documents()[1] == "The budget"
    assert "second.txt" in tip(desk, 1)
    state = desk.session.state
    assert state is not None
    assert state.document.meta == {"source": "web", "title": "The budget"}
    desk.press("Ctrl+Alt+L")
    desk.fill("filter-more", "meta.source=web")
    desk.press("Return")
    assert desk.documents() == ["The budget"]


def test_a_view_is_saved_chosen_and_kept(stet: Driver, project: Path) -> None:
    stet.start(project, annotator="Ana")
    stet.press("Ctrl+Return")
    assert stet.document == "second.txt"
    stet.press("Ctrl+Alt+L")
    stet.dialog("filter-dialog")
    pick("filter-status", "Open")
    pick("filter-sorting", "Words")
    stet.press("Return")
    assert stet.documents() == ["third", "second", "report"]
    assert "status=open" in stet.shown("documents-view")
    stet.palette("Save this view…")
    stet.type("To do")
    stet.press("Return")
    again(stet, project)
    assert len(stet.documents()) == 4
    stet.press("Ctrl+Alt+V")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    choose(menu, "view:To do")
    assert stet.documents() == ["third", "second", "report"]


def test_the_list_is_sorted_by_its_button_and_stays_so(stet: Driver, project: Path) -> None:
    stet.start(project, annotator="Ana")
    panel = stet.workspace.documents
    QTest.mouseClick(panel.order, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    choose(menu, "order:title")
    assert stet.documents() == ["first", "report", "second", "third"]
    assert panel.order.text() == "Title ↑"
    stet.press("Ctrl+Alt+O")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    choose(menu, "order:title")
    assert stet.documents() == ["third", "second", "report", "first"]
    assert panel.order.text() == "Title ↓"
    again(stet, project)
    assert stet.documents() == ["third", "second", "report", "first"]
    stet.palette("Reverse the order of documents")
    assert stet.documents() == ["first", "report", "second", "third"]
    stet.palette("Show all documents")
    again(stet, project)
    assert stet.documents() == ["first", "second", "third", "report"]


def test_the_list_is_filtered_and_sorted_by_what_marks_say(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+PgDown", "Ctrl+Alt+L")
    dialog = desk.dialog("filter-dialog")
    desk.fill("filter-more", "error.label=ODD")
    desk.press("Return")
    said = dialog.findChild(QLabel, "filter-dialog-complaint")
    assert said is not None
    assert "has no label “ODD”" in said.text()
    label = desk.session.reader.label_counts()[0][1]
    desk.fill("filter-more", f"error.label={label}")
    desk.press("Return")
    assert desk.documents() == ["first"]
    desk.palette("Show all documents")
    desk.press("Ctrl+Alt+L")
    desk.dialog("filter-dialog")
    pick("filter-sorting", "Marks")
    desk.press("Return")
    assert desk.documents() == ["second", "third", "report", "first"]


def test_a_view_is_made_saved_and_deleted_by_mouse(stet: Driver, project: Path) -> None:
    stet.start(project, annotator="Ana")
    panel = stet.workspace.documents
    stet.mark("senator", "F4", "R")
    QTest.mouseClick(panel.filter, Qt.MouseButton.LeftButton)
    stet.dialog("filter-dialog")
    pick("filter-rules", "Some")
    pick("filter-sorting", "Marks")
    stet.click("filter-dialog-accept")
    assert stet.documents() == ["first"]
    QTest.mouseClick(panel.order, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    choose(menu, "order:marks")
    assert (panel.order.text(), stet.shown("documents-view")) == ("Marks ↓", "rules>0")
    QTest.mouseClick(panel.views, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    choose(menu, "view.save-view")
    stet.fill("view-name", "Unmet")
    stet.click("view-name-dialog-accept")
    again(stet, project)
    panel = stet.workspace.documents
    assert panel.order.text() == "Marks ↓"
    assert len(stet.documents()) == 4
    QTest.mouseClick(panel.views, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    choose(menu, "view:Unmet")
    assert stet.documents() == ["first"]
    QTest.mouseClick(panel.views, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    choose(menu, "view.drop-view")
    again(stet, project)
    assert stet.session.reader.saved_views() == []
    stet.press("Ctrl+Z")
    assert [view.name for view in stet.session.reader.saved_views()] == ["Unmet"]
    stet.press("Ctrl+Z")
    assert stet.session.reader.saved_views() == []
    stet.press("Ctrl+Shift+Z")
    assert [(v.name, str(v.sorting)) for v in stet.session.reader.saved_views()] == [("Unmet", "-marks")]


def test_a_view_of_what_the_scheme_loses_is_left(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Alt+L")
    desk.fill("filter-more", "error.severity!=minor")
    desk.press("Return")
    assert desk.documents() == ["first"]
    apply_scheme(desk.session, SchemeSource(Path("ner.toml"), scheme_source("ner")))
    assert len(desk.documents()) == 4
    assert "no layer for “error.severity”" in desk.message()
    desk.press("Ctrl+Alt+L")
    desk.fill("filter-more", "entity.label=PERSON")
    desk.press("Return")
    assert desk.documents() == []


def test_done_goes_on_by_the_order_of_the_view(desk: Driver) -> None:
    desk.press("Ctrl+Alt+L")
    desk.dialog("filter-dialog")
    pick("filter-status", "Open")
    pick("filter-sorting", "Words")
    desk.press("Return")
    assert desk.documents() == ["third", "second", "first", "report"] or desk.documents()[0] == "third"
    order = desk.documents()
    click(desk.workspace.documents.list, 0)
    assert desk.document == "third.txt"
    desk.press("Ctrl+Return")
    assert desk.document == f"{order[1]}.txt"
    assert desk.documents() == order[1:]


def test_the_open_document_stays_until_another_is_opened(desk: Driver) -> None:
    desk.press("Ctrl+Alt+F", "Return", "Ctrl+Alt+L")
    desk.dialog("filter-dialog")
    pick("filter-flag", "Flagged")
    desk.press("Return")
    assert desk.documents() == ["first"]
    desk.palette("Answer flags")
    assert desk.documents() == ["first"]
    desk.palette("Show all documents")
    assert len(desk.documents()) == 4


def test_a_search_is_within_the_view(desk: Driver) -> None:
    desk.press("Ctrl+Alt+L")
    desk.fill("filter-more", "name=*d.txt")
    desk.press("Return")
    assert desk.documents() == ["second", "third"]
    desk.press("Ctrl+L")
    desk.type("budget")
    desk.press("Return")
    assert desk.documents() == ["second"]


def test_a_wrong_condition_is_told_and_changes_nothing(desk: Driver) -> None:
    desk.press("Ctrl+Alt+L")
    dialog = desk.dialog("filter-dialog")
    desk.fill("filter-more", "colour=red")
    desk.press("Return")
    said = dialog.findChild(QLabel, "filter-dialog-complaint")
    assert said is not None
    assert "isn't a condition" in said.text().replace("’", "'")
    desk.press("Esc")
    assert len(desk.documents()) == 4


@pytest.mark.parametrize("by", ["mouse", "keys"])
def test_several_documents_get_a_status_at_once(desk: Driver, by: str) -> None:
    view = desk.workspace.documents.list
    if by == "mouse":
        click(view, 1, held=Qt.KeyboardModifier.ControlModifier)
        click(view, 2, held=Qt.KeyboardModifier.ControlModifier)
        assert desk.document == "first.txt"
        choose(right_click(view, 2), "document.status")
    else:
        view.setFocus()
        desk.press("Home", "Shift+Down", "Shift+Down", "Ctrl+Alt+S")
    desk.dialog("status-dialog")
    pick("status-status", "Skipped")
    desk.press("Return")
    desk.wait(lambda: desk.message() == "Set 3 documents.")
    session = desk.session
    uids = [uid for uid, _ in session.reader.documents.names()]
    skipped = [Status.SKIPPED] * 3
    assert [session.reader.state_of(uid, "Ana").status for uid in uids[:3]] == skipped
    desk.press("Ctrl+Z")
    assert [session.reader.state_of(uid, "Ana").status for uid in uids[:3]] == [Status.OPEN] * 3


@pytest.mark.parametrize("by", ["mouse", "keys"])
def test_several_documents_get_metadata_at_once(stet: Driver, project: Path, by: str) -> None:
    stet.start(project, annotator="Ana")
    view = stet.workspace.documents.list
    if by == "mouse":
        click(view, 0)
        click(view, 2, held=Qt.KeyboardModifier.ControlModifier)
        choose(right_click(view, 2), "document.describe")
    else:
        view.setFocus()
        stet.press("Home", "Shift+Down", "Ctrl+Alt+D")
    stet.dialog("metadata-dialog")
    stet.type("source")
    stet.press("Tab")
    stet.type("web")
    stet.press("Return")
    stet.press("Ctrl+Alt+L")
    stet.fill("filter-more", "meta.source=web")
    stet.press("Return")
    assert stet.documents() == (["first", "third"] if by == "mouse" else ["first", "second"])
    again(stet, project)
    stet.press("Ctrl+Z")
    assert stet.session.reader.documents.meta_keys() == []
    stet.press("Ctrl+Shift+Z")
    assert stet.session.reader.documents.meta_keys() == ["source"]


def test_several_documents_are_flagged_assigned_and_removed(desk: Driver) -> None:
    view = desk.workspace.documents.list
    click(view, 0)
    click(view, 2, held=Qt.KeyboardModifier.ShiftModifier)
    assert len(desk.workspace.documents.selected()) == 3
    desk.press("Ctrl+Alt+F", "Return")
    session = desk.session
    uids = [uid for uid, _ in session.reader.documents.names()]
    assert [session.reader.state_of(uid, "Ana").remark for uid in uids[:3]] == [Remark("")] * 3
    click(view, 0)
    click(view, 1, held=Qt.KeyboardModifier.ShiftModifier)
    view.setFocus()
    desk.press("Delete")
    desk.dialog("remove-documents-dialog")
    desk.press("Return")
    assert desk.documents() == ["third", "report"]
    desk.press("Ctrl+Z")
    assert len(desk.documents()) == 4


def test_marks_selected_by_mouse_are_relabelled_in_one_step(stet: Driver, project: Path) -> None:
    stet.start(project, annotator="Ana")
    stet.mark("senator", "F4", "R")
    stet.mark("slave trade", "F4", "D")
    before = [label for _, label in stet.marks()]
    view = stet.workspace.annotations.list
    click(view, 0)
    click(view, 1, held=Qt.KeyboardModifier.ControlModifier)
    choose(right_click(view, 1), "annotation.change-selected")
    stet.dialog("change-marks-dialog")
    combo = QApplication.activeModalWidget().findChild(QComboBox, "change-marks-label")
    combo.setCurrentIndex(1)
    wanted = combo.currentData()[1]
    stet.press("Return")
    assert [label for _, label in stet.marks()] == [wanted, wanted]
    again(stet, project)
    stet.press("Ctrl+Z")
    assert [label for _, label in stet.marks()] == before
    stet.press("Ctrl+Shift+Z")
    assert [label for _, label in stet.marks()] == [wanted, wanted]
    again(stet, project)
    stet.workspace.annotations.list.setFocus()
    stet.press("Home", "Shift+Down", "Delete")
    assert stet.marks() == []


def test_the_export_of_selected_documents_has_no_others(desk: Driver, tmp_path: Path) -> None:
    view = desk.workspace.documents.list
    click(view, 0)
    click(view, 1, held=Qt.KeyboardModifier.ShiftModifier)
    desk.press("Ctrl+Alt+E")
    desk.dialog("export-dialog")
    desk.fill("export-path", str(tmp_path / "some.jsonl"))
    desk.click("export-dialog-accept")
    desk.report()
    assert (tmp_path / "some.jsonl").exists()
    names = (tmp_path / "some.jsonl").read_text(encoding="utf-8")
    assert "third.txt" not in names

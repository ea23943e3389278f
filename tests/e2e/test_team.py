"""Handing out and taking back, sitting before the window."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QListWidget, QPushButton, QTableWidget

from app.core.annotation import Status
from app.jobs.tasks.bundle import write_bundle
from app.session.actions import Assign
from app.session.copies import ProjectCopies
from app.session.decision_executor import DecisionExecutor
from app.session.session import Session
from app.storage.document_queries import DocumentQueries
from tests.driver import Driver
from tests.e2e import projects
from tests.unit.services.team.lead import finish, mark, opened


def preview(stet: Driver) -> list[list[str]]:
    """Read the plan, without the column of shares."""
    table = stet.dialog("assign-dialog").findChild(QTableWidget, "assign-preview")
    return [[table.item(row, column).text() for column in (0, 2, 3)] for row in range(table.rowCount())]


def add_people(stet: Driver, *names: str) -> None:
    stet.palette("Assign")
    stet.dialog("assign-dialog")
    for name in names:
        stet.fill("assign-name", name)
        stet.press("Return")


def choose(stet: Driver, name: str, row: int) -> None:
    stet.dialog("assign-dialog").findChild(QComboBox, name).setCurrentIndex(row)


def pick(stet: Driver, name: str, *paths: Path) -> None:
    """Choose files in the system's dialog, which is another program's on a desktop."""
    dialog = stet.dialog(name)
    assert isinstance(dialog, QFileDialog)
    if len(paths) == 1 and paths[0].is_dir():
        dialog.fileSelected.emit(str(paths[0]))
    else:
        dialog.filesSelected.emit([str(path) for path in paths])
    dialog.close()
    stet.wait(lambda: stet.find_dialog("progress-dialog") is None and stet.find_dialog(name) is None)
    stet.settle()


def written(stet: Driver) -> None:
    """Wait until an assignment is written, in the background."""
    stet.wait(lambda: stet.find_dialog("progress-dialog") is None)
    stet.settle()


def bundle(project: Path, out: Path, who: str) -> Path:
    with opened(project) as session:
        write_bundle(session, out, annotator=who)
    return out


def test_a_lead_hands_out_sends_files_and_takes_the_work_back(desk: Driver, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    add_people(desk, "ben", "cara")
    desk.wait(lambda: preview(desk) == [["ben", "3", "3"], ["cara", "3", "3"]])
    choose(desk, "assign-strategy", 3)
    desk.wait(lambda: preview(desk) == [["ben", "2", "2"], ["cara", "1", "1"]])
    bundles = desk.dialog("assign-dialog").findChild(QPushButton, "assign-bundles")
    assert not bundles.isEnabled(), "they would have nothing to do"
    desk.click("assign-dialog-accept")
    desk.wait(lambda: preview(desk) == [["ben", "2", "0"], ["cara", "1", "0"]])
    assert "Everything is assigned" in desk.dialog("assign-dialog").findChild(QLabel, "assign-summary").text()
    desk.click("assign-bundles")
    pick(desk, "bundles-dialog", folder)
    told = desk.report()
    assert "news-ben.stet for ben: 2 documents, 1 reference" in told
    files = sorted(folder.iterdir())
    assert [path.name for path in files] == ["news-ben.stet", "news-cara.stet"]
    with opened(files[0], "ben") as session:
        mark(session, "first.txt", "Kyiv")
        finish(session, "first.txt")
    desk.palette("Merge returned work")
    pick(desk, "merge-dialog", *files)
    told = desk.report()
    assert told.splitlines()[0] == "Merged the work on 1 document."
    assert "ben (news-ben.stet): 1 document, 1 new mark, 1 finished" in told
    assert desk.session.undo_title() == "Merge 2 files"
    desk.palette("Merge returned work")
    pick(desk, "merge-dialog", *files)
    assert desk.message().startswith("Nothing new")
    desk.press("Ctrl+Z")
    assert "Undone: Merge 2 files" in desk.message()
    assert not any(item.annotations for record in desk.session.reader.records() for item in record.sets)


def test_assigning_holds_up_nothing(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step in many documents makes a backup, which may take minutes: reading, writing and taking back are jobs."""
    there: list[tuple[str, bool]] = []

    def noted(what: str, real: Callable) -> Callable:
        def call(*asked: object) -> object:
            there.append((what, threading.current_thread() is threading.main_thread()))
            return real(*asked)

        return call

    for owner, name in ((DocumentQueries, "to_work_on"), (ProjectCopies, "before_many"), (DecisionExecutor, "_assign")):
        monkeypatch.setattr(owner, name, noted(name, getattr(owner, name)))
    add_people(desk, "ben")
    desk.wait(desk.dialog("assign-dialog").findChild(QPushButton, "assign-dialog-accept").isEnabled)
    desk.click("assign-dialog-accept")
    written(desk)
    people = desk.dialog("assign-dialog").findChild(QListWidget, "assign-people")
    people.setCurrentRow(people.count() - 1)
    desk.click("assign-remove")
    written(desk)
    assert desk.session.reader.assignments() == {}
    assert [what for what, _ in there].count("_assign") == 2
    assert {what for what, _ in there} == {"to_work_on", "before_many", "_assign"}
    assert not [what for what, is_main in there if is_main]


def test_shares_and_an_overlap_show_what_comes_of_them(desk: Driver) -> None:
    add_people(desk, "ben", "cara")
    choose(desk, "assign-strategy", 2)
    table = desk.dialog("assign-dialog").findChild(QTableWidget, "assign-preview")
    desk.wait(lambda: not table.isColumnHidden(1))
    table.item(0, 1).setText("2")
    desk.wait(lambda: preview(desk) == [["ben", "2", "2"], ["cara", "1", "1"]])
    table.item(1, 1).setText("many")
    complaint = desk.dialog("assign-dialog").findChild(QLabel, "assign-dialog-complaint")
    desk.wait(lambda: complaint.isVisible())
    assert "share" in complaint.text().lower()
    accept = desk.dialog("assign-dialog").findChild(QPushButton, "assign-dialog-accept")
    assert not accept.isEnabled()
    table.item(1, 1).setText("0")
    desk.wait(lambda: preview(desk) == [["ben", "3", "3"], ["cara", "0", "0"]])
    people = desk.dialog("assign-dialog").findChild(QListWidget, "assign-people")
    people.item(1).setCheckState(Qt.CheckState.Unchecked)
    desk.wait(lambda: preview(desk) == [["ben", "3", "3"]])
    people.item(0).setCheckState(Qt.CheckState.Unchecked)
    summary = desk.dialog("assign-dialog").findChild(QLabel, "assign-summary")
    desk.wait(lambda: summary.text() == "Tick annotators, or add them by name.")
    assert not accept.isEnabled()
    desk.press("Esc")
    assert desk.session.executor.review.assignments.assignments() == {}


def test_enter_adds_a_name_and_hands_nothing_out(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")  # so that there is somebody to hand out to already
    desk.palette("Assign")
    accept = desk.dialog("assign-dialog").findChild(QPushButton, "assign-dialog-accept")
    people = desk.dialog("assign-dialog").findChild(QListWidget, "assign-people")
    assert people.item(0).checkState() is Qt.CheckState.Unchecked, "that Ana worked here need not mean more"
    people.item(0).setCheckState(Qt.CheckState.Checked)
    desk.wait(accept.isEnabled)
    desk.fill("assign-name", "ben")
    desk.press("Return", "Return")
    desk.wait(lambda: preview(desk) == [["Ana", "3", "3"], ["ben", "3", "3"]])
    assert desk.session.executor.review.assignments.assignments() == {}
    accept.setFocus()
    desk.press("Return")
    written(desk)
    assert set(desk.session.executor.review.assignments.assignments()) == {"Ana", "ben"}
    desk.press("Esc")
    desk.palette("Assign")
    people = desk.dialog("assign-dialog").findChild(QListWidget, "assign-people")
    assert [people.item(row).checkState() for row in (0, 1)] == [Qt.CheckState.Checked] * 2
    desk.press("Esc")
    desk.wait(lambda: desk.find_dialog("assign-dialog") is None)
    desk.press("Ctrl+Z")
    assert desk.session.executor.review.assignments.assignments() == {}


def test_each_sees_what_they_were_given_and_all_if_they_want(stet: Driver, project: Path) -> None:
    with opened(project, "Lead") as session:
        uids = {name: session.reader.documents.find(name)[0] for name in ("first.txt", "second.txt")}
        session.perform(Assign(begin=((uids["second.txt"], "Ana"),)), title="Assign")
    stet.start(project, annotator="Ana")
    assert (stet.documents(), stet.document) == (["second"], "second.txt")
    assert stet.shown("documents-caption") == "DOCUMENTS · 0 OF 1 DONE"
    box = stet.window.findChild(QCheckBox, "documents-all")
    assert box.isVisible()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert stet.documents() == ["first", "second", "third", "report"]
    assert stet.shown("documents-caption") == "DOCUMENTS · 0 OF 3 DONE"
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert stet.documents() == ["second"]
    stet.press("Ctrl+L")
    stet.type("first")
    stet.press("Return")
    assert stet.documents() == []
    stet.fill("documents-search", "")
    stet.press("Return")
    stet.focus_text()
    stet.press("Ctrl+Return")
    assert stet.session.state.status is Status.DONE_EMPTY
    assert stet.shown("documents-caption") == "DOCUMENTS · 1 OF 1 DONE"
    assert "That was the last open document" in stet.message()
    # Whoever was given nothing sees everything, and no box.
    stet.window.desk.look.change({"annotator": "Ben"})
    assert len(stet.documents()) == 4
    assert not box.isVisible()
    stet.session.perform(Assign(begin=((uids["first.txt"], "Ben"),)), title="Assign")
    assert stet.documents() == ["first"]


def test_a_bundle_says_whom_it_is_for(stet: Driver, project: Path, tmp_path: Path) -> None:
    path = bundle(project, tmp_path / "news-ben.stet", "ben")
    stet.start(path, annotator="Lead")
    assert stet.message() == "This bundle is for ben. Choose “Switch annotator…” to work under that name."
    assert stet.shown("project-name") == "news-ben.stet  (for ben)"
    stet.palette("Switch annotator")
    assert stet.dialog("who-dialog").findChild(QComboBox).currentText() == "ben"
    stet.press("Return")
    assert stet.session.annotator == "ben"


def test_whoever_has_no_name_yet_is_asked_with_the_bundle_s(stet: Driver, project: Path, tmp_path: Path) -> None:
    path = bundle(project, tmp_path / "news-ben.stet", "ben")
    stet.start(path)
    assert stet.dialog("who-dialog").findChild(QComboBox).currentText() == "ben"
    stet.press("Return")
    stet.wait(lambda: stet.window.desk.workspace is not None)
    assert stet.session.annotator == "ben"
    assert "bundle" not in stet.message()
    stet.mark("senator", "F4", "R")


def test_a_dropped_bundle_is_taken_back_or_opened(desk: Driver, project: Path, tmp_path: Path) -> None:
    desk.quit()
    path = bundle(project, tmp_path / "news-ben.stet", "ben")
    with opened(path, "ben") as session:
        mark(session, "first.txt", "Kyiv")
    desk.start(project, annotator="Ana")
    desk.drop(path)
    desk.dialog("take-or-open-dialog")
    desk.click("take-or-open-dialog-accept")
    desk.wait(lambda: desk.find_dialog("report-dialog") is not None)
    assert "Merged the work on 1 document." in desk.report()
    assert desk.session.path == project
    desk.drop(path)
    desk.dialog("take-or-open-dialog")
    desk.click("take-or-open-open")
    assert desk.session.path == path


def test_an_unmergeable_file_is_reported_and_changes_nothing(desk: Driver, tmp_path: Path) -> None:
    other = projects.make(tmp_path, {"x.txt": "Other."}, name="other.stet")
    path = bundle(other, tmp_path / "b.stet", "ben")
    desk.palette("Merge returned work")
    pick(desk, "merge-dialog", path)
    told = desk.report()
    assert "“x.txt” isn't in this project" in told
    assert len(desk.documents()) == 4


def test_taking_back_can_be_stopped(
    desk: Driver, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.quit()
    path = bundle(project, tmp_path / "news-ben.stet", "ben")
    with opened(path, "ben") as session:
        mark(session, "first.txt", "Kyiv")
    desk.start(project, annotator="Ana")
    may_go_on = threading.Event()
    backup = Session.back_up

    def slow(session: Session, *given: object, **named: object) -> Path:
        may_go_on.wait(20)
        return backup(session, *given, **named)

    monkeypatch.setattr(Session, "back_up", slow)
    desk.palette("Merge returned work")
    dialog = desk.dialog("merge-dialog")
    dialog.filesSelected.emit([str(path)])
    desk.dialog("progress-dialog")
    desk.click("progress-cancel")
    may_go_on.set()
    desk.wait(lambda: desk.find_dialog("progress-dialog") is None)
    dialog.close()
    assert desk.message().startswith("Nothing was merged")
    assert desk.session.undo_title() is None


def test_names_are_split_at_commas_and_removed(desk: Driver) -> None:
    desk.palette("Assign")
    desk.fill("assign-name", "ben, Cara;dan ,, BEN")
    desk.press("Return")
    people = desk.dialog("assign-dialog").findChild(QListWidget, "assign-people")
    desk.wait(lambda: [row[0] for row in preview(desk)] == ["ben", "Cara", "dan"])
    remove = desk.dialog("assign-dialog").findChild(QPushButton, "assign-remove")
    assert not remove.isEnabled()
    people.setFocus()
    people.setCurrentRow(people.count() - 1)
    desk.press("Delete")
    desk.wait(lambda: [row[0] for row in preview(desk)] == ["ben", "Cara"])
    desk.click("assign-dialog-accept")
    written(desk)
    assert set(desk.session.reader.assignments()) == {"ben", "Cara"}
    row = next(row for row in range(people.count()) if people.item(row).text() == "ben")
    people.setCurrentRow(row)
    desk.click("assign-remove")
    written(desk)
    assert set(desk.session.reader.assignments()) == {"Cara"}
    summary = desk.dialog("assign-dialog").findChild(QLabel, "assign-summary")
    assert summary.text() == "Took back 3 documents from ben."
    assert "ben" not in [people.item(row).text() for row in range(people.count())]

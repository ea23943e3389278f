"""Backups are listed and restored in the window, also for a project that can't be opened any more."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLabel, QTableWidget
from pytestqt.qtbot import QtBot

from app.session.session import Session
from app.storage.backups import backups
from app.ui.dialogs.backups import BackupsDialog
from tests.driver import Driver
from tests.unit.storage.test_preflight import flipped_in_a_page


def rows(dialog: QDialog) -> list[list[str]]:
    table = dialog.findChild(QTableWidget, "backups-table")
    assert table is not None
    cells = range(table.columnCount())
    return [[item.text() if (item := table.item(row, c)) else "" for c in cells] for row in range(table.rowCount())]


def label(dialog: QDialog, name: str) -> str:
    found = dialog.findChild(QLabel, name)
    assert found is not None
    return found.text()


def when_checked(desk: Driver) -> list[list[str]]:
    """Wait until each backup in the list was checked, and return its rows."""
    dialog = desk.dialog("backups-dialog")
    desk.wait(lambda: rows(dialog) and all(row[6] != "checking…" for row in rows(dialog)))
    return rows(dialog)


def test_a_backup_is_restored_by_keys_and_that_undone(desk: Driver) -> None:
    project = desk.session.path
    desk.wait(lambda: backups(project))  # the one of every sitting
    desk.mark("senator", "F4", "R")
    desk.run("project.backups", "palette")
    (row,) = when_checked(desk)
    assert row[2:4] == ["4", "0"]
    assert row[5:7] == ["1 action fewer, 1 mark fewer", "intact"]
    desk.press("Return")
    desk.wait(lambda: "The backup was restored" in desk.message())
    desk.wait(lambda: desk.document != "")
    assert desk.marks() == []
    desk.wait(lambda: len(backups(project)) == 3)  # the first, what was replaced, and the one of this sitting
    desk.run("project.backups", "palette")
    assert [row[5] for row in when_checked(desk)] == [
        "the same as now",
        "holds work that the project doesn’t have now, 1 mark more",
        "the same as now",
    ]
    desk.press("Down")
    desk.press("Return")
    desk.wait(lambda: desk.marks() != [])
    assert [quote for quote, _ in desk.marks()] == ["senator"]


@pytest.mark.parametrize("spoil", [flipped_in_a_page, Path.unlink])
def test_a_damaged_or_deleted_project_leads_to_its_backups(
    stet: Driver, project: Path, spoil: Callable[[Path], None]
) -> None:
    session = Session.open(project)
    session.back_up()
    session.close()
    spoil(project)
    stet.start(annotator="Ana")
    stet.window.desk.open_project(project)
    stet.dialog("report-dialog")
    stet.click("report-restore")
    assert [row[6] for row in when_checked(stet)] == ["intact"]
    stet.click("backups-dialog-accept")
    stet.wait(lambda: "The backup was restored" in stet.message())
    stet.wait(lambda: stet.document != "")
    assert stet.session.path == project


def test_a_damaged_backup_cannot_be_chosen(desk: Driver) -> None:
    desk.wait(lambda: backups(desk.session.path))
    flipped_in_a_page(backups(desk.session.path)[0])
    desk.run("project.backups", "palette")
    assert [row[6] for row in when_checked(desk)] == ["damaged"]
    desk.press("Return")
    dialog = desk.find_dialog("backups-dialog")
    assert dialog is not None
    assert "This copy is damaged" in label(dialog, "backups-dialog-complaint")
    dialog.reject()


def test_without_backups_it_says_when_they_are_made(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = BackupsDialog(tmp_path / "new.stet")
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "No backups yet" in label(dialog, "backups-lead"))
    assert not dialog.accept_button.isEnabled()
    dialog.reject()

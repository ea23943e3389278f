"""What another program or a full disk does to the file is told in words, in time, and work can be saved elsewhere."""

import errno
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from app.session.session import Session
from app.storage import backups as storage_backups
from app.storage.backups import backups
from app.storage.soundness import faults_of
from app.ui.widgets.notifier import Notice
from tests.as_stet import connect_as_stet
from tests.conftest import scheme_source
from tests.driver import Driver
from tests.trust.small_disk import needs_small_disk, read_only_to_others, small_disk
from tests.unit.session.test_changed_file import (
    cut_off,
    moved,
    overwritten,
    overwritten_at_the_same_size,
    replaced,
    rows_changed,
)

CHANGES = {
    overwritten_at_the_same_size: "Another program has written over the project file",
    overwritten: "it is damaged",
    cut_off: "it is damaged",
    rows_changed: "Another program has changed the project",
}


def try_to_mark(desk: Driver, words: str) -> None:
    desk.focus_text()
    desk.press("F4")
    desk.find(words)
    desk.press("N")


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_told_and_work_goes_on_in_a_copy(
    desk: Driver, project: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    desk.mark("senator", "F4", "R")
    desk.wait(lambda: backups(project) != [])  # of what was before the first write
    assert desk.shown("status-saved") == "✓ saved"
    change(project)
    there = project.read_bytes() if change is overwritten else b""
    try_to_mark(desk, "Puttin")
    desk.dialog("report-dialog")
    assert desk.shown("status-saved") == "✗ not saved"
    assert {quote for quote, _ in desk.marks()} == {"senator", "Puttin"}
    desk.click("report-save-copy")
    assert desk.find_dialog("report-dialog") is None
    desk.dialog("save-copy-dialog")
    out = tmp_path / "elsewhere.stet"
    desk.fill("copy-path", str(out))
    desk.click("save-copy-dialog-accept")
    desk.wait(lambda: desk.window.desk.projects.session is not None and desk.session.path == out)
    assert desk.find_dialog("report-dialog") is None
    assert desk.shown("status-saved") == "✓ saved"
    desk.wait(lambda: desk.document != "")
    if change is not rows_changed:
        assert {quote for quote, _ in desk.marks()} == {"senator", "Puttin"}
    assert change is not overwritten or project.read_bytes() == there


def deleted(path: Path) -> None:
    for file in path.parent.glob("*news*"):
        if file.is_file():
            file.unlink()


def folder_gone(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


@pytest.mark.parametrize("change", [moved, deleted, replaced, folder_gone])
def test_work_on_a_file_that_has_gone_is_saved_elsewhere(
    stet: Driver, project: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = project.rename(folder / "news.stet")
    stet.start(path, annotator="Ana")
    stet.mark("senator", "F4", "R")
    stet.wait(lambda: backups(path) != [])
    change(path)
    try_to_mark(stet, "Puttin")
    assert "moved, replaced or deleted" in stet.message()
    assert stet.shown("status-saved") == "✗ not saved"
    assert {quote for quote, _ in stet.marks()} == {"senator", "Puttin"}
    stet.click("status-save-copy")
    stet.dialog("save-copy-dialog")
    out = tmp_path / "saved.stet"
    stet.fill("copy-path", str(out))
    stet.click("save-copy-dialog-accept")
    stet.wait(lambda: stet.window.desk.projects.session is not None and stet.session.path == out)
    assert faults_of(out) == []
    stet.wait(lambda: stet.document != "")
    assert {quote for quote, _ in stet.marks()} == {"senator", "Puttin"}
    stet.mark("Kyiv", "F4", "N")
    assert stet.shown("status-saved") == "✓ saved"


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_told_by_a_look_too(desk: Driver, project: Path, change: Callable[[Path], None]) -> None:
    change(project)
    for _ in range(2):
        desk.window.desk.care.look()
    assert CHANGES[change] in desk.report()
    assert desk.find_dialog("report-dialog") is None  # told once
    assert desk.shown("status-saved") == "✗ not saved"


def test_another_document_of_a_changed_file_is_not_shown(desk: Driver, project: Path) -> None:
    with closing(connect_as_stet(project)) as other:
        other.execute("UPDATE document SET name = name || '!'")
        other.commit()
    before = desk.document
    desk.press("Ctrl+PgDown")
    assert "Another program has changed the project" in desk.report()
    assert desk.document == before


def test_a_file_put_back_is_saved_again(desk: Driver, project: Path) -> None:
    desk.mark("senator", "F4", "R")
    moved(project)
    desk.window.desk.care.look()
    assert desk.find_dialog("report-dialog") is None  # it may be put back at any time
    assert "another program has moved, replaced or deleted the project file" in desk.message()
    assert desk.shown("status-saved") == "✗ not saved"
    project.with_name("moved.stet").rename(project)
    desk.window.desk.care.look()
    assert desk.shown("status-saved") == "✓ saved"
    desk.mark("Puttin", "F4", "N")
    assert len(desk.marks()) == 2


def test_a_busy_file_is_waited_for_with_a_word(desk: Driver, project: Path) -> None:
    said: list[str] = []
    desk.mark("senator", "F4", "R")
    with closing(sqlite3.connect(project, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        def let_go(notice: Notice) -> None:
            if "Waiting for another program" in notice.text:
                said.append(notice.text)
                other.execute("COMMIT")

        desk.window.notifier.notified.connect(let_go)
        desk.mark("Puttin", "F4", "N")
    assert len(desk.marks()) == 2
    assert len(said) == 1
    assert "Waiting" not in desk.message()
    assert desk.shown("status-saved") == "✓ saved"


def test_a_write_that_fails_is_not_called_saved(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    connection = desk.session.project.connection
    connection.execute("PRAGMA query_only=ON")
    try_to_mark(desk, "Puttin")
    assert desk.shown("status-saved") == "✗ not saved"
    assert desk.find_dialog("report-dialog") is None  # it may well work in a moment
    desk.click("status-save-copy")
    desk.dialog("save-copy-dialog").reject()
    connection.execute("PRAGMA query_only=OFF")
    desk.mark("Kyiv", "F4", "N")
    assert desk.shown("status-saved") == "✓ saved"


def test_a_risky_place_is_told_and_a_local_copy_offered(stet: Driver, project: Path, tmp_path: Path) -> None:
    cloud = tmp_path / "Dropbox"
    cloud.mkdir()
    path = project.rename(cloud / "news.stet")
    stet.start(path, annotator="Ana")
    assert "“Dropbox” is synchronised" in stet.shown("report-lead")
    stet.click("report-save-copy")
    stet.dialog("save-copy-dialog")
    out = tmp_path / "local.stet"
    stet.fill("copy-path", str(out))
    stet.click("save-copy-dialog-accept")  # “go on in the copy” is the first answer here
    stet.wait(lambda: stet.window.desk.projects.session is not None and stet.session.path == out)
    stet.window.desk.open_project(path)
    stet.settle()
    assert stet.find_dialog("report-dialog") is None, "told once"
    assert "“Dropbox” is synchronised" in stet.message()


@needs_small_disk
def test_on_a_full_disk_work_goes_on_elsewhere(stet: Driver, project: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, 4 * 1024 * 1024) as filler:
        path = Path(shutil.copy(project, disk / "news.stet"))
        stet.start(path, annotator="Ana")
        stet.mark("senator", "F4", "R")
        stet.wait(lambda: backups(path) != [])
        filler.leave(0)
        for words in ("Puttin", "Kyiv", "412 members"):  # the log has some room of its own
            stet.focus_text()
            stet.press("F4")
            with suppress(AssertionError):
                stet.find(words)
            stet.press("N")
        kept = stet.marks()
        assert "the disk is full" in stet.message()
        assert stet.shown("status-saved") == "✗ not saved"
        assert {"Puttin", "Kyiv"} <= {quote for quote, _ in kept}
        document = stet.document
        stet.focus_text()
        stet.press("Ctrl+Z")
        assert len(stet.marks()) == len(kept) - 1, stet.message()
        stet.press("Ctrl+Y", "Ctrl+PgDown")
        assert (stet.document != document, stet.marks()) == (True, [])
        stet.press("Ctrl+PgUp")
        assert (stet.document, stet.marks()) == (document, kept)
        out = tmp_path / "saved.stet"
        stet.click("status-save-copy")
        stet.dialog("save-copy-dialog")
        stet.fill("copy-path", str(out))
        stet.click("save-copy-dialog-accept")
        stet.wait(lambda: stet.window.desk.projects.session is not None and stet.session.path == out)
        stet.wait(lambda: stet.document != "")
        assert stet.marks() == kept
        assert faults_of(out) == []
        assert stet.shown("status-saved") == "✓ saved"
        stet.quit()


@needs_small_disk
def test_on_a_disk_that_becomes_read_only_work_goes_on(stet: Driver, project: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, 4 * 1024 * 1024):
        path = Path(shutil.copy(project, disk / "news.stet"))
        stet.start(path, annotator="Ana")
        stet.mark("senator", "F4", "R")
        stet.wait(lambda: backups(path) != [])
        first = stet.document
        with read_only_to_others(disk):
            stet.press("Ctrl+PgDown")  # without anything to save, others are read all the same
            assert stet.document != first
            stet.press("Ctrl+PgUp")
            assert stet.document == first
            stet.mark("Kyiv", "F4", "N")
            assert "its disk is read-only now; your last action is kept here, not saved yet" in stet.message()
            assert stet.shown("status-saved") == "✗ not saved"
            stet.press("Ctrl+Z", "Ctrl+Y")
            shown = stet.marks()
            assert [words for words, _ in shown] == ["senator", "Kyiv"]
            assert not stet.window.close()
            assert "3 actions are kept here" in stet.report()
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
                assert db.execute("SELECT count(*) FROM annotation").fetchone() == (1,)
        stet.window.desk.care.look()
        assert (stet.message(), stet.shown("status-saved")) == ("Everything is saved again.", "✓ saved")
        stet.quit()
        assert faults_of(path) == []
        with closing(Session.open(path, annotator="Ana")) as again:
            again.open_document(again.reader.documents.to_work_on()[0].uid)
            assert [mark.quote for mark in again.state.in_order()] == ["senator", "Kyiv"]


# -- backups -----------------------------------------------------------------------------------------------------------


def full_disk(*_arguments: object, **_fields: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_closing_backup_that_fails_is_told_in_time(
    desk: Driver, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.mark("senator", "F4", "R")
    monkeypatch.setattr(storage_backups, "sync_file", full_disk)
    assert not desk.window.close()
    assert desk.window.isVisible()
    assert "the disk is full" in desk.report()
    assert desk.window.close()
    session = Session.open(project, annotator="Ana", write=False)
    assert session.reader.label_counts()
    session.close()


def test_closing_a_project_backs_it_up(desk: Driver, project: Path) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Shift+W")
    desk.wait(lambda: len(backups(project)) == 2)
    with closing(sqlite3.connect(backups(project)[0])) as db:
        assert db.execute("SELECT count(*) FROM annotation").fetchone() == (1,)


def test_the_hourly_copy_is_made_only_of_what_is_new(desk: Driver, project: Path) -> None:
    copies = desk.window.desk.projects.copies
    desk.wait(lambda: len(backups(project)) == 1)
    copies.back_up_if_due()
    desk.wait(lambda: not copies.is_busy)
    assert len(backups(project)) == 1
    desk.mark("senator", "F4", "R")
    for _ in range(2):
        copies.back_up_if_due()
        desk.wait(lambda: not copies.is_busy)
    assert len(backups(project)) == 2


def test_a_sitting_that_began_empty_is_copied_after_minutes(stet: Driver, tmp_path: Path) -> None:
    path = tmp_path / "new.stet"
    Session.create(path, scheme=scheme_source("news-errors"), annotator="Ana").close()
    (tmp_path / "a.txt").write_text("Ana met a senator.", encoding="utf-8")
    stet.start(path, annotator="Ana")
    early = stet.window.findChild(QTimer, "early-backup")
    assert early is not None
    assert (early.isActive(), early.interval()) == (True, 5 * 60 * 1000)
    early.timeout.emit()
    stet.wait(lambda: not stet.window.desk.projects.copies.is_busy)
    assert backups(path) == []  # nothing was done yet
    stet.window.desk.projects.imports.take([tmp_path / "a.txt"])
    stet.wait(lambda: stet.document == "a.txt")
    stet.mark("senator", "F4", "R")
    for _ in range(2):
        early.timeout.emit()
        stet.wait(lambda: not stet.window.desk.projects.copies.is_busy)
        assert len(backups(path)) == 1


def test_a_first_copy_that_fails_is_told_and_work_goes_on(
    stet: Driver, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_backups, "sync_file", full_disk)
    stet.start(project, annotator="Ana")
    stet.focus_text()
    stet.press("F4")
    stet.find("senator")
    stet.press("R")
    stet.wait(lambda: "the disk is full" in stet.message())
    assert stet.find_dialog("report-dialog") is None, "it would take the keys"
    assert [quote for quote, _ in stet.marks()] == ["senator"]
    assert stet.shown("status-saved") == "✓ saved"
    monkeypatch.undo()


def test_a_damaged_project_is_told_when_it_is_opened(stet: Driver, project: Path) -> None:
    with closing(sqlite3.connect(project)) as db:
        db.execute("UPDATE document SET text = text || 'x' WHERE id = 2")
        db.commit()
    stet.start(project, annotator="Ana")
    assert "text of “second.txt” differs from what was imported" in stet.report()


def test_an_error_of_closing_names_no_gone_window(desk: Driver, project: Path) -> None:
    desk.mark("senator", "F4", "R")
    overwritten(project)
    assert not desk.window.close()
    assert "it is damaged" in desk.report()
    assert desk.window.start.isVisible()

"""A project too large to be checked while it is opened: damage is found in the background, before the first write."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import ProjectDamaged
from app.session.session import Session
from app.storage import preflight
from app.storage.backups import back_up
from tests.conftest import add_documents
from tests.driver import Driver


@pytest.fixture
def large(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a project that counts as large, with a good backup beside it."""
    session = Session.open(project)
    add_documents(session, {f"{number:03}.txt": f"Text {number}. " * 200 for number in range(60)})
    session.close()
    back_up(project)
    monkeypatch.setattr(preflight, "CHECKED_AT_OPEN", 0)
    return project


def spoil(path: Path, table: str) -> None:
    """Overwrite a leaf of a table or index in the middle of the file."""
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT pageno FROM dbstat WHERE name=? AND pagetype='leaf' ORDER BY pageno"
        leaves = [row[0] for row in db.execute(sql, [table])]
    with path.open("r+b") as file:
        file.seek((leaves[len(leaves) // 2] - 1) * 4096)
        file.write(b"\xff" * 4096)


def refused(stet: Driver) -> None:
    """Try to mark something, and be told why not."""
    stet.find("senator")
    stet.press("F4", "R")
    assert "the file is damaged; restore its newest intact backup" in stet.message()
    assert stet.marks() == []


@pytest.mark.parametrize("what", ["document", "idx_document_sha256"])
def test_damage_is_told_with_the_backup_and_nothing_is_written(stet: Driver, large: Path, what: str) -> None:
    spoil(large, what)
    before = large.read_bytes()
    stet.start(large, annotator="Ana")
    told = stet.report()
    assert "The project is damaged" in told or "The file is damaged" in told
    assert "its newest intact backup, news.backups/" in told
    refused(stet)
    stet.quit()
    assert large.read_bytes() == before


def test_the_first_write_waits_for_the_check(stet: Driver, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(large, "idx_document_sha256")
    monkeypatch.setattr("app.ui.window.file_check.FileCheck.start", lambda _check, _session: None)
    stet.start(large, annotator="Ana")
    assert stet.session.is_check_due
    refused(stet)
    with pytest.raises(ProjectDamaged):
        stet.session.check_file()


def test_a_whole_large_project_is_worked_on_as_any_other(stet: Driver, large: Path) -> None:
    stet.start(large, annotator="Ana")
    stet.wait(lambda: not stet.session.is_check_due)
    stet.mark("senator", "F4", "R")
    assert stet.marks() == [("senator", "ROLE_ATTRIBUTE")]

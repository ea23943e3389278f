"""A copy that takes long holds nothing up: neither the window nor closing; and it isn’t lost by any of them."""

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import backups as copying
from app.storage.access import left_unclean
from app.storage.backups import backups
from tests.driver import Driver


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Copies go on once this is set."""
    go, check = threading.Event(), copying.faults_of

    def faults_of(path: Path) -> list[str]:
        assert go.wait(30)
        return check(path)

    monkeypatch.setattr(copying, "faults_of", faults_of)
    yield go
    go.set()


def test_the_window_stays_and_shows_the_last_copy(desk: Driver, project: Path, slow: threading.Event) -> None:
    desk.mark("senator", "F4", "R")
    window = desk.window
    assert window is not None
    for _ in range(2):  # closing it again, as by a second Ctrl+C, changes nothing
        assert not window.close()
        assert window.isVisible()
        assert desk.find_dialog("progress-dialog") is not None
    desk.press("Esc")
    assert desk.find_dialog("progress-dialog") is not None
    assert backups(project) == []
    slow.set()
    desk.wait(lambda: not window.isVisible())
    assert len(backups(project)) == 2  # of what was before the first write, and of the end
    assert not left_unclean(project)


def test_a_project_closes_while_a_copy_of_it_is_made(desk: Driver, project: Path, slow: threading.Event) -> None:
    desk.mark("senator", "F4", "R")
    desk.window.desk.projects.copies.back_up_if_due()
    desk.press("Ctrl+Shift+W")
    assert desk.window.desk.projects.session is None
    desk.window.desk.open_project(project)
    desk.mark("Puttin", "F4", "N")
    slow.set()
    desk.wait(lambda: not desk.window.desk.projects.copies.is_busy)
    assert [quote for quote, _ in desk.marks()] == ["senator", "Puttin"]
    assert len(backups(project)) >= 3


def test_a_copy_nobody_asked_for_fails_without_a_dialog(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is marking would lose keys to it."""

    def refuse(*_given: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(copying, "_copy", refuse)
    desk.mark("senator", "F4", "R")
    copies = desk.window.desk.projects.copies
    copies.back_up_if_due()
    desk.wait(lambda: not copies.is_busy)
    assert "the backup failed: the disk reports an error" in desk.message()
    assert desk.find_dialog("report-dialog") is None
    desk.mark("Puttin", "F4", "N")
    assert [quote for quote, _ in desk.marks()] == ["senator", "Puttin"]
    copies.back_up()
    desk.wait(lambda: desk.find_dialog("report-dialog") is not None)
    assert "The backup failed: the disk reports an error" in desk.report()
    desk.press("Return")
    monkeypatch.undo()

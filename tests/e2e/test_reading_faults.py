"""A fault of the disk at any statement of reading is told in words in the window, each time, and never as a bug."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.storage.connection import Cursor
from tests.driver import Driver


class Faults:
    """Lets the n-th statement fail as on a disk that reports errors, and counts the statements."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.fail_at = 0
        real = Cursor._run

        def run(cursor: Cursor, sql: str, parameters: object) -> None:
            if not sql.startswith("ROLLBACK"):
                self.count += 1
                if self.count == self.fail_at:
                    error = sqlite3.OperationalError("planted")
                    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
                    raise error
            real(cursor, sql, parameters)

        monkeypatch.setattr(Cursor, "_run", run)

    def begin(self, fail_at: int = 0) -> None:
        self.count, self.fail_at = 0, fail_at


def go_on(desk: Driver, number: int) -> None:
    desk.press("Ctrl+PgDown" if number % 2 else "Ctrl+PgUp")


def refresh(desk: Driver, _number: int) -> None:
    desk.workspace.documents.list.model().refresh_all()
    desk.workspace.documents.list.viewport().repaint()


def search(desk: Driver, number: int) -> None:
    desk.press("Ctrl+L")
    desk.type("an" if number % 2 else "th")
    desk.press("Return")


def compare(desk: Driver, _number: int) -> None:
    """Read all of Review again, in which the window stays."""
    book = desk.window.desk.spaces.made["review"].book
    book.load()
    desk.wait(lambda: not book.is_reading)


def count(desk: Driver, _number: int) -> None:
    """Count all of Insights again, in which the window stays."""
    book = desk.window.desk.spaces.made["insights"].book
    book.load()
    desk.wait(lambda: not book.is_reading)


@pytest.fixture
def desk(stet: Driver, project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    """A window whose own hook of last resort is in charge, as in the program."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    stet.start(project, annotator="Ana")
    # The first backup reads, too, in a thread of its own: a fault there is told elsewhere.
    stet.session.copies.begin_first()
    stet.session.copies.await_first()
    return stet


@pytest.mark.parametrize("act", [go_on, refresh, search])
def test_every_fault_of_reading_is_told(
    desk: Driver, monkeypatch: pytest.MonkeyPatch, act: Callable[[Driver, int], None]
) -> None:
    faults = Faults(monkeypatch)
    faults.begin()
    act(desk, 1)
    desk.settle()
    statements = faults.count
    assert statements
    for number in range(1, statements + 1):
        desk.window.notifier.clear()
        faults.begin(number)
        act(desk, number + 1)
        desk.settle()
        if faults.count >= number:
            assert "the disk reports an error" in desk.message(), number
        faults.begin()
    desk.mark("senator", "F4", "R") if desk.document == "spun.txt" else None
    assert "Internal error" not in desk.message()


@pytest.mark.parametrize(("key", "read"), [("Ctrl+2", compare), ("Ctrl+3", count)])
def test_faults_of_reading_all_are_told(
    desk: Driver, monkeypatch: pytest.MonkeyPatch, key: str, read: Callable[[Driver, int], None]
) -> None:
    desk.press(key)
    read(desk, 0)
    faults = Faults(monkeypatch)
    read(desk, 0)
    statements = faults.count
    for number in range(1, statements, max(1, statements // 15)):
        desk.window.notifier.clear()
        faults.begin(number)
        read(desk, number)
        assert faults.count >= number
        assert "the disk reports an error" in desk.message(), number
        faults.begin()
    read(desk, 0)
    assert "Internal error" not in desk.message()


def test_faults_of_leaving_a_room_are_told(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    for number, key in enumerate(("Ctrl+2", "Ctrl+1", "Ctrl+3", "Ctrl+1"), 1):
        faults.begin(number)
        desk.press(key)
        assert key == "Ctrl+1" or "the disk reports an error" in desk.message(), number


def test_faults_of_opening_are_told(stet: Driver, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    stet.start(annotator="Ana")
    faults = Faults(monkeypatch)
    stet.window.desk.open_project(project)
    stet.settle()
    statements = faults.count
    for number in range(1, statements, max(1, statements // 25)):
        stet.press("Ctrl+Shift+W")
        stet.wait(lambda: stet.window.desk.workspace is None)
        stet.window.notifier.clear()
        faults.begin(number)
        stet.window.desk.open_project(project)
        stet.settle()
        faults.begin()
        dialog = stet.find_dialog("report-dialog")
        told = stet.report() if dialog is not None else stet.message()
        assert "the disk reports an error" in told.lower(), number
        assert "Internal error" not in told
    stet.window.desk.open_project(project)
    stet.mark("senator", "F4", "R")

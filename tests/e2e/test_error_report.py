"""When Stet itself is wrong: every error is heard, told once, logged without text, and shown with what is safe."""

import errno
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, qWarning
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QLabel, QListView, QPlainTextEdit, QPushButton, QWidget
from pytestqt.logging import _QtMessageCapture

from app import program_log
from app.core.errors import StetError
from app.jobs.runner import JobOutcome, JobRunner
from app.ui.guard import guarded
from app.ui.window.bug_reports import BugReports
from app.ui.window.crash_trace import Crash
from tests.driver import Driver

SECRET = "a secret of the document"
Index = QModelIndex | QPersistentModelIndex

pytestmark = [
    pytest.mark.qt_no_exception_capture,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def hearing(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    """Ana before a window that hears of errors everywhere, as the program's own does."""
    for place, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(place, name, getattr(place, name))
    desk.window.findChild(BugReports).hear_everywhere()
    yield desk
    desk.quit()


def fail(*_given: object) -> None:
    raise KeyError(SECRET)


@guarded
class FailingRow(QAbstractListModel):
    """A model whose row can't be read."""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        fail()
        return None


@guarded
class FailingEvent(QWidget):
    """A widget that fails whatever happens to it."""

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.User:
            fail()
        return super().event(event)


class Failing(QObject):
    """Slots that fail."""

    def on_clicked(self, _checked: bool) -> None:
        fail()

    def on_timeout(self) -> None:
        fail()


class Dying:
    """An object that fails as it is destroyed."""

    def __del__(self) -> None:
        fail()


def in_a_slot(desk: Driver) -> None:
    button, failing = QPushButton(desk.window), Failing(desk.window)
    button.clicked.connect(failing.on_clicked)
    button.click()


def in_a_timer(desk: Driver) -> None:
    timer, failing = QTimer(desk.window), Failing(desk.window)
    timer.setSingleShot(True)
    timer.timeout.connect(failing.on_timeout)
    timer.start(0)
    desk.wait(lambda: not timer.isActive())


def in_an_event(desk: Driver) -> None:
    widget = FailingEvent(desk.window)
    QGuiApplication.sendEvent(widget, QEvent(QEvent.Type.User))


def in_a_model_that_is_painted(desk: Driver) -> None:
    view = QListView(desk.window)
    view.setModel(FailingRow(view))
    view.resize(100, 100)
    view.grab()


def in_a_thread(desk: Driver) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def in_a_job(desk: Driver) -> None:
    runner = JobRunner(desk.window)
    runner.submit("test", fail, print)
    desk.wait(lambda: not runner.is_busy)


def in_a_destructor(desk: Driver) -> None:
    Dying()
    gc.collect()


def details(desk: Driver) -> str:
    return desk.dialog("error-report").findChild(QPlainTextEdit, "error-report-details").toPlainText()


def said(desk: Driver, name: str) -> str:
    return desk.dialog("error-report").findChild(QLabel, name).text()


PLACES: list[Callable[[Driver], None]] = [
    in_a_slot,
    in_a_timer,
    in_an_event,
    in_a_model_that_is_painted,
    in_a_thread,
    in_a_job,
    in_a_destructor,
]


@pytest.mark.parametrize("raise_it", PLACES)
def test_no_error_passes_unseen(hearing: Driver, raise_it: Callable[[Driver], None]) -> None:
    desk = hearing
    raise_it(desk)
    desk.settle()
    assert said(desk, "error-report-lead") == "Stet has made a mistake (KeyError), and goes on."
    assert "news.stet was saved as it was done" in said(desk, "error-report-safe")
    assert "KeyError" in desk.message()
    assert str(program_log.log_file())[:40] in desk.message()
    assert "in fail" in details(desk)
    logged = program_log.log_file().read_text(encoding="utf-8")
    assert "KeyError" in logged
    assert "in fail" in logged
    assert SECRET not in logged + details(desk) + desk.message()
    desk.press("Return", "Space")
    assert desk.find_dialog("error-report") is not None, "a key that was meant for the text closes nothing"
    desk.click("error-report-accept")
    desk.mark("senator", "F4", "R")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]


def test_what_errors_say_is_copied_only_once_it_was_shown(hearing: Driver) -> None:
    desk = hearing
    in_a_slot(desk)
    desk.settle()
    desk.click("error-report-copy")
    assert QGuiApplication.clipboard().text() == details(desk)
    assert SECRET not in QGuiApplication.clipboard().text()
    desk.dialog("error-report").findChild(QCheckBox, "error-report-words").click()
    assert f"It says: KeyError: '{SECRET}'" in details(desk)
    assert SECRET not in QGuiApplication.clipboard().text()
    desk.click("error-report-copy")
    assert QGuiApplication.clipboard().text() == details(desk)
    assert said(desk, "error-report-copied") == "Copied."
    assert SECRET not in program_log.log_file().read_text(encoding="utf-8")


def test_many_errors_make_one_dialog_and_few_lines(hearing: Driver, capfd: pytest.CaptureFixture[str]) -> None:
    desk = hearing
    for _ in range(20):
        in_a_slot(desk)
    in_a_thread(desk)
    desk.settle()
    assert "21 times" in details(desk)
    assert said(desk, "error-report-lead") == "Stet has made a mistake (KeyError), and goes on."
    desk.click("error-report-accept")
    in_an_event(desk)
    in_a_timer(desk)
    desk.settle()
    assert desk.find_dialog("error-report") is None, "one has just been shown"
    logged = program_log.log_file().read_text(encoding="utf-8")
    assert logged.count("ERROR stet: KeyError") == 1, "all were raised at one place"
    assert capfd.readouterr().err.count("Traceback") == 1
    desk.palette("Error report")
    assert "23 times" in details(desk)


def test_an_error_with_words_of_its_own_is_no_mistake_of_stet(hearing: Driver) -> None:
    desk = hearing
    error = StetError("the disk is full", hint="make room")
    sys.excepthook(StetError, error, None)
    desk.settle()
    assert "disk is full" in desk.message()
    assert desk.find_dialog("error-report") is None
    desk.palette("Error report")
    assert said(desk, "error-report-lead") == "Nothing has gone wrong in Stet since it was started."


@pytest.mark.parametrize("raise_it", [in_a_slot, in_a_timer, in_a_thread, in_a_job])
def test_what_the_system_refuses_is_no_mistake(
    hearing: Driver, monkeypatch: pytest.MonkeyPatch, raise_it: Callable[[Driver], None]
) -> None:
    desk, outcomes = hearing, list[JobOutcome]()

    def refuse(*_given: object) -> None:
        raise OSError(errno.EIO, "Input/output error", "/there/a.txt")

    monkeypatch.setattr(sys.modules[__name__], "fail", refuse)
    if raise_it is in_a_job:
        runner = JobRunner(desk.window)
        runner.submit("test", refuse, outcomes.append)
        desk.wait(lambda: not runner.is_busy)
        assert "/there/a.txt: the disk reports an error" in str(outcomes[0].error)
    else:
        raise_it(desk)
        desk.settle()
        assert "the disk reports an error" in desk.message().lower()
        assert "in refuse" in program_log.log_file().read_text(encoding="utf-8")
    assert desk.find_dialog("error-report") is None


def test_the_log_folder_is_opened_or_named(hearing: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = hearing
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    desk.palette("Error report")
    desk.click("error-report-folder")
    folder = str(program_log.log_file().parent)
    assert opened == [folder]
    assert folder in said(desk, "error-report-complaint"), "there was no file manager"


def test_qt_is_quoted_by_the_name_of_its_function_alone(desk: Driver, qtlog: _QtMessageCapture) -> None:
    program_log.start()
    with qtlog.disabled():
        desk.window.findChild(BugReports).hear_everywhere()
        qWarning(f"QWidget::setFont: {SECRET}")
        qWarning(SECRET)
        desk.quit()
    logged = program_log.log_file().read_text(encoding="utf-8")
    assert "WARNING stet.qt: default QWidget::setFont\n" in logged
    assert "WARNING stet.qt: default\n" in logged
    assert SECRET not in logged


def test_a_crash_is_told_with_what_became_of_the_work(desk: Driver) -> None:
    when = datetime(2026, 11, 30, 14, 5).astimezone()
    bugs = desk.window.findChild(BugReports)
    bugs.tell_crashes([Crash(when, "Segmentation fault", "Current thread 0x1:\n  File x, line 3 in paint")])
    assert said(desk, "error-report-lead") == "Stet crashed at its last use, on 2026-11-30 14:05 (Segmentation fault)."
    assert "Every action was saved as it was done." in said(desk, "error-report-safe")
    assert "line 3 in paint" in details(desk)
    assert not desk.dialog("error-report").findChild(QCheckBox).isVisible(), "a trace has no words"


def test_the_hooks_go_with_the_window(stet: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    stet.start(annotator="Ana")
    stet.window.findChild(BugReports).hear_everywhere()
    assert sys.excepthook != before[0]
    stet.quit()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before

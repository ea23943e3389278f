"""What a project needed is gone from memory once it is closed: its session, each workspace, the dialogs over it."""

import gc
import threading
import weakref
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome
from app.jobs.tasks.sample import create_sample
from app.ui.feedback.dialog import FeedbackDialog
from tests.driver import Driver
from tests.e2e import projects

# Actions that leave the project, or that wait for the desktop.
ELSEWHERE = {"app.quit", "project.close", "project.sample", "workspace.annotate", "workspace.review"} | {
    *("workspace.insights", "team.feedback")
}
KEYS = {"annotate": "Ctrl+1", "review": "Ctrl+2", "insights": "Ctrl+3"}


def of_project(stet: Driver) -> dict[str, weakref.ref]:
    """Return what must not outlive the project, by name."""
    desk = stet.window.desk
    refs = {name: weakref.ref(workspace) for name, workspace in desk.spaces.made.items()}
    return {"session": weakref.ref(stet.session), "spaces": weakref.ref(desk.spaces), **refs}


def left(stet: Driver, refs: dict[str, weakref.ref]) -> dict[str, list[str]]:
    """Let go of all that only waits for it; return what is still there, with the types of what holds it."""
    stet.wait(lambda: stet.window.desk.projects.session is None)
    for _ in range(2):
        stet.settle()
        gc.collect()
    alive = {name: found for name, ref in refs.items() if (found := ref()) is not None}
    return {name: [type(holder).__qualname__ for holder in gc.get_referrers(thing)] for name, thing in alive.items()}


def close_dialogs(stet: Driver) -> None:
    stet.settle()
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
        stet.settle()
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()
    stet.settle()


@pytest.fixture
def sample(stet: Driver) -> Driver:
    """Ana has the sample open, with the first mark chosen."""
    stet.start(annotator="Ana", sample=True)
    stet.wait(lambda: stet.window.desk.workspace is not None)
    stet.press("Tab")
    return stet


def test_every_workspace_and_the_feedback_go_with_the_project(sample: Driver) -> None:
    sample.press("Ctrl+2", "Ctrl+3", "Ctrl+1", "Ctrl+Shift+J")
    feedback = sample.dialog("feedback-dialog")
    assert isinstance(feedback, FeedbackDialog)
    refs = {**of_project(sample), "feedback": weakref.ref(feedback)}
    assert refs.keys() >= {"annotate", "review", "insights"}
    del feedback
    sample.press("Esc", "Ctrl+Shift+W")
    assert left(sample, refs) == {}


@pytest.mark.slow
@pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
@pytest.mark.parametrize("workspace", KEYS)
def test_nothing_that_was_done_keeps_a_closed_project(sample: Driver, workspace: str) -> None:
    registry = sample.window.registry
    sample.press(KEYS[workspace])
    refs = of_project(sample)
    for action in [spec.id for spec in registry.specs() if spec.id not in ELSEWHERE]:
        sample.press(KEYS[workspace])
        registry.run(action)
        close_dialogs(sample)
    sample.press("Ctrl+Shift+W")
    assert left(sample, refs) == {}


def test_work_in_the_background_keeps_no_closed_project(desk: Driver, tmp_path: Path) -> None:
    more = tmp_path / "more.txt"
    more.write_text("The senator said no.\n", encoding="utf-8")
    desk.drop(more)
    desk.wait(lambda: desk.session.reader.documents.count_work() == len(projects.WORK) + 1)
    desk.wait(lambda: desk.find_dialog("progress-dialog") is None)
    desk.press("Ctrl+Z", "Ctrl+2", "Ctrl+3")  # both begin to read
    refs = of_project(desk)
    desk.press("Ctrl+Shift+W")
    assert left(desk, refs) == {}


def test_the_project_before_goes_when_another_is_opened(desk: Driver) -> None:
    desk.press("Ctrl+Shift+H")  # a list that stays open beside the text
    refs = of_project(desk)
    before = desk.session.path
    desk.window.desk.open_sample()
    desk.wait(lambda: desk.session.path != before)
    desk.press("Ctrl+Shift+W")
    assert left(desk, refs) == {}


def test_a_job_ends_with_the_project_that_it_works_on(desk: Driver) -> None:
    begun, ended, told = threading.Event(), threading.Event(), []
    session, owner = desk.session, desk.window.desk.projects

    def work(_report: Progress, token: CancelToken) -> None:
        begun.set()
        try:
            while True:
                session.reader.documents.count()
                token.raise_if_cancelled()
        finally:
            ended.set()

    owner.run("suggest", "Working", work, told.append)
    assert begun.wait(10)
    owner.close()  # as the dialog about a damaged project does before a repair
    assert ended.is_set()
    desk.settle()
    assert told == []
    assert not owner.is_busy
    assert desk.find_dialog("progress-dialog") is None


def test_what_closes_with_a_project_begins_no_job(desk: Driver) -> None:
    owner = desk.window.desk.projects
    began: list[JobOutcome] = []
    owner.closing.connect(lambda: owner.run("suggest", "Late", lambda _report, _token: None, began.append))
    owner.close()
    assert not owner.is_busy
    desk.settle()
    assert began == []


def test_nothing_is_dropped_on_a_window_behind_a_dialog(desk: Driver, tmp_path: Path) -> None:
    path, other = desk.session.path, tmp_path / "other.stet"
    create_sample(other, annotator="Ana").close()
    desk.press("Ctrl+Shift+E")
    assert desk.dialog("export-dialog").isVisible()
    desk.drop(other)
    assert desk.session.path == path
    desk.press("Esc")
    desk.drop(other)
    desk.wait(lambda: desk.session is not None and desk.session.path == other)

"""Hostile project files in the window: refused or shown in words, and never an error of Stet itself."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app import program_log
from app.core.errors import StetError
from app.jobs.tasks.sample import create_sample
from tests.driver import Driver
from tests.trust.command_server import CommandServer
from tests.trust.figures import record
from tests.trust.hostile_projects import Hostile, hostile_projects
from tests.trust.test_hostile import make_good

_VISITS = ("Ctrl+PgDown", "F8", "Ctrl+2", "Ctrl+3", "Ctrl+1")
_A_SAMPLE = ("view", "no scheme", "marks far behind")


@pytest.fixture
def stet(qtbot: QtBot) -> Iterator[Driver]:
    driver = Driver(qtbot)
    yield driver
    driver.quit()


def bugs_met(
    stet: Driver, good: Path, folder: Path, projects: Iterable[Hostile], patch: pytest.MonkeyPatch
) -> list[str]:
    """Open each project in one window, visit its rooms, and return the errors of Stet itself that were met."""
    found: list[str] = []
    hostile = Hostile("", lambda path: None)

    def bug(error: BaseException) -> Path:
        if not isinstance(error, StetError):
            found.append(f"{hostile.name}: {type(error).__name__} {str(error)[:200]}")
        return folder / "stet.log"

    patch.setattr(program_log, "bug", bug)
    stet.start(annotator="Ana")
    for number, hostile in enumerate(projects):
        path = folder / f"{number}.stet"
        shutil.copy(good, path)
        hostile.spoil(path)
        stet.window.desk.open_project(path)
        _close_dialogs(stet)
        if stet.window.desk.workspace is not None:
            for key in _VISITS:
                stet.press(key)
                stet.qtbot.wait(20)
                _close_dialogs(stet)
            stet.window.desk.projects.close()
            _close_dialogs(stet)
        path.unlink()
    return found


def _close_dialogs(stet: Driver) -> None:
    stet.settle()
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()
    stet.settle()


def test_some_hostile_projects_are_told_in_the_window(
    stet: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = tmp_path / "good.stet"
    create_sample(good, annotator="ana").close()
    some = [hostile for hostile in hostile_projects(good) if hostile.name.split(" =")[0] in _A_SAMPLE]
    assert len(some) == len(_A_SAMPLE)
    assert bugs_met(stet, good, tmp_path, some, monkeypatch) == []


@pytest.mark.slow
def test_all_hostile_projects_are_told_in_the_window(
    stet: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CommandServer(tmp_path, 20, loads_all=False) as run:
        good = make_good(tmp_path, run)
    every = list(hostile_projects(good, seed=3))
    bugs = bugs_met(stet, good, tmp_path, every, monkeypatch)
    record("hostile projects in the window", files=len(every), errors_of_stet_itself=len(bugs))
    assert bugs == []

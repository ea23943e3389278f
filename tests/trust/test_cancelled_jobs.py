"""Whenever long work is cancelled, the project is as before, nothing is left, and the window goes on."""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.driver import Driver
from tests.trust.cancelled_jobs import JOBS, PROJECT, Window, make
from tests.trust.figures import record


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make(folder)
    return folder


@contextmanager
def _opened(qtbot: QtBot, made: Path, folder: Path) -> Iterator[Window]:
    shutil.copytree(made, folder)
    stet = Driver(qtbot)
    stet.start(folder / PROJECT, annotator="ana")
    yield Window(stet, folder)
    stet.quit()


def _cancelled(window: Window, name: str, after: float) -> bool:
    try:
        return window.cancel(JOBS[name], after)
    except AssertionError as error:
        raise AssertionError(f"{name}, cancelled after {after:.3f} s: {error}") from error


def test_a_cancelled_job_leaves_the_project_as_it_was(qtbot: QtBot, made: Path, tmp_path: Path) -> None:
    chance = random.Random(3)
    with _opened(qtbot, made, tmp_path / "sitting") as window:
        for name in JOBS:
            _cancelled(window, name, chance.uniform(0, 0.15))


@pytest.mark.slow
def test_jobs_are_cancelled_at_many_moments(qtbot: QtBot, made: Path, tmp_path: Path) -> None:
    chance = random.Random(4)
    stopped = cancelled = 0
    for name in JOBS:
        for part in range(3):  # what was taken back stays in the file, so that each round would take longer
            with _opened(qtbot, made, tmp_path / f"{name} {part}") as window:
                seconds = window.seconds(JOBS[name])
                stopped += sum(_cancelled(window, name, chance.uniform(0, seconds)) for _ in range(10))
                cancelled += 10
        print(name, stopped, "of", cancelled)
    record("cancelled jobs", jobs=len(JOBS), cancelled=cancelled, changed_nothing=stopped)

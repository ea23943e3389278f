"""Whenever long work is cancelled, the project is as before, nothing is left, and the window goes on."""

import random
import shutil
from collections.abc import Iterator
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


@pytest.fixture
def window(qtbot: QtBot, made: Path, tmp_path: Path) -> Iterator[Window]:
    folder = tmp_path / "sitting"
    shutil.copytree(made, folder)
    stet = Driver(qtbot)
    stet.start(folder / PROJECT, annotator="ana")
    yield Window(stet, folder)
    stet.quit()


def test_a_cancelled_job_leaves_the_project_as_it_was(window: Window) -> None:
    chance = random.Random(3)
    for name, job in JOBS.items():
        after = chance.uniform(0, 0.15)
        try:
            window.cancel(job, after)
        except AssertionError as error:
            raise AssertionError(f"{name}, cancelled after {after:.3f} s: {error}") from error


@pytest.mark.slow
def test_jobs_are_cancelled_at_many_moments(window: Window) -> None:
    chance = random.Random(4)
    stopped = cancelled = 0
    for name, job in JOBS.items():
        seconds = window.seconds(job)
        for _ in range(30):
            after = chance.uniform(0, seconds)
            try:
                stopped += window.cancel(job, after)
            except AssertionError as error:
                raise AssertionError(f"{name}, cancelled after {after:.3f} of {seconds:.3f} s: {error}") from error
            cancelled += 1
    record("cancelled jobs", jobs=len(JOBS), cancelled=cancelled, changed_nothing=stopped)

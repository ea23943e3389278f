"""A running window for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.driver import Driver
from tests.e2e import projects


@pytest.fixture
def stet(qtbot: QtBot) -> Iterator[Driver]:
    """The program, not yet started; closed at the end, whatever happened."""
    driver = Driver(qtbot)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.make(tmp_path_factory.mktemp("made"))


@pytest.fixture
def project(tmp_path: Path, _made: Path) -> Path:
    """Give a project with three documents to work on and their reference; it is made once, and copied."""
    return Path(shutil.copy(_made, tmp_path))


@pytest.fixture
def desk(stet: Driver, project: Path) -> Driver:
    """Ana sits before that project, with the first document open."""
    stet.start(project, annotator="Ana")
    return stet

"""A running window for each test."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.driver import Driver


@pytest.fixture
def stet(qtbot: QtBot) -> Iterator[Driver]:
    """The program, not yet started; closed at the end, whatever happened."""
    driver = Driver(qtbot)
    yield driver
    driver.quit()

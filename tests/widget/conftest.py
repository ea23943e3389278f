"""Fonts and colours as in the running program, for widgets that are tested alone."""

import pytest
from PySide6.QtWidgets import QApplication

from app.ui import theme


@pytest.fixture(scope="session", autouse=True)
def _look(qapp: QApplication) -> None:
    theme.load_fonts()
    theme.apply(qapp, theme.LIGHT)

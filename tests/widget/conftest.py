"""Fonts and colours as in the running program, for widgets that are tested alone."""

import pytest
from PySide6.QtWidgets import QApplication

from app.ui import theme


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application, dressed."""
    theme.load_fonts()
    theme.apply(qapp, theme.LIGHT)
    return qapp

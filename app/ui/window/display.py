"""Applies settings that affect drawing in the whole application: size, motion, direction."""

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from app.settings import Settings
from app.ui import theme

_DIRECTIONS = {"ltr": Qt.LayoutDirection.LeftToRight, "rtl": Qt.LayoutDirection.RightToLeft}


def dress(app: QApplication, settings: Settings) -> None:
    """Apply text size, motion and layout direction; `theme.apply` must be called afterwards."""
    theme.set_manner(app, percent=float(settings["ui_scale"]), moves=settings["motion"] != "reduced")
    auto = QLocale.system().textDirection()
    app.setLayoutDirection(_DIRECTIONS.get(settings["direction"], auto))

"""Program version and environment."""

import platform
from importlib.metadata import version

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QWidget

from app import __version__
from app.ui.dialogs.texts import ReportDialog


def show_about(window: QWidget) -> None:
    """Open the About dialog."""
    lines = [
        f"Stet {__version__}",
        f"Qt {qVersion()}, PySide6 {version('PySide6-Essentials')}, Python {platform.python_version()}",
        "Licence: Apache-2.0. Fonts: Inter and EB Garamond, SIL Open Font License.",
        "Words: GloVe, Stanford NLP Group, public domain; antonyms: WordNet 3.1, © 2011 Princeton University.",
    ]
    lead = "Stet: the proofreader’s mark for “let it stand”."
    ReportDialog("About Stet", lead, lines, window).open()

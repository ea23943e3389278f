"""Putting the program together: settings, window, project. The only place that knows all rooms."""

import gc
import importlib
import os
import sys
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from app import paths
from app.cli.streams import complain

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.ui.main_window import MainWindow

_SMALL = 20_000_000  # bytes of a project file that is opened before the window shows
_COLLECT_AFTER = 20_000  # objects; collecting oftener costs frames while somebody types
_NO_DISPLAY = (
    "stet: there is no display to open a window on; run it on a desktop, or under xvfb-run, or use the commands: "
    "stet --help"
)


def has_display() -> bool:
    """Tell whether a window can be opened. Asked before Qt, which would abort the process."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_window(project: Path | None = None, annotator: str | None = None, *, sample: bool = False) -> int:
    """Open the window, on a project if one is given; return the exit code."""
    if not has_display():
        complain(_NO_DISPLAY)
        return 2
    # Collecting garbage costs a tenth of the start, and there is none yet.
    gc.disable()
    if project is not None or sample:
        # PySide looks into the source of every module that is imported after it, so these come before.
        importlib.import_module("app.session.session")
    app, window = build()
    if _opens_at_once(project, annotator or window.settings["annotator"], sample=sample):
        # The window's first picture is then the text itself, not a start screen that goes again.
        _begin(window, project, annotator, sample=sample)
        window.show()
    else:
        window.show()
        start(window, project, annotator, sample=sample)
    window.when_painted(collect_again)
    window.activateWindow()  # for X servers without a window manager
    return app.exec()


def collect_again() -> None:
    """Collect garbage from now on, but not what the start has made: that stays."""
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 20)
    gc.enable()


def _opens_at_once(project: Path | None, annotator: str, *, sample: bool) -> bool:
    """Tell whether opening needs no question and no long check, so that it can be done before the window shows."""
    if sample:
        return bool(annotator)
    return bool(project and annotator and project.is_file() and project.stat().st_size < _SMALL)


def build() -> "tuple[QApplication, MainWindow]":
    """Make application and window, not yet shown."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QApplication

    from app.settings import Settings
    from app.ui import theme
    from app.ui.main_window import MainWindow
    from app.ui.window_state import WindowState

    QCoreApplication.setApplicationName("stet")
    QCoreApplication.setOrganizationName("stet")
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["stet"])
    app.setDesktopFileName("stet")
    theme.load_fonts()
    settings = Settings()
    theme.apply(app, theme.tones(settings["theme"]))
    window = MainWindow(settings, WindowState())
    _report_bugs(window)
    return app, window


def start(window: "MainWindow", project: Path | None, annotator: str | None, *, sample: bool) -> None:
    """Load the desk once the window is on the screen, and open what was asked for."""
    window.when_painted(partial(_begin, window, project, annotator, sample=sample))


def _begin(window: "MainWindow", project: Path | None, annotator: str | None, *, sample: bool) -> None:
    desk = window.desk
    desk.prepare()
    if annotator:
        desk.look.change({"annotator": annotator})
    if project is not None:
        desk.open_project(project)
    elif sample:
        desk.open_sample()
    else:
        window.start.focus_first()


def _report_bugs(window: "MainWindow") -> None:
    """Tell a bug once per place in the status line, with all details in the log; the window goes on."""
    seen: set[tuple[str, str]] = set()

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        import traceback

        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        frames = traceback.extract_tb(trace)
        where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        if (kind.__name__, where) in seen:
            return
        seen.add((kind.__name__, where))
        log = paths.state_dir() / "bugs.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.writelines(traceback.format_exception(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        window.status.tell(f"Something went wrong in Stet itself ({kind.__name__}). Details are in {log}.")

    sys.excepthook = hook

"""Composition root: assembles settings, window and project. The only module that knows all packages."""

import gc
import importlib
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.streams import complain

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.ui.window.crash_trace import CrashTrace
    from app.ui.window.main_window import Desk, MainWindow

_SMALL = 20_000_000  # maximum size, in bytes, of a project file that is opened before the window is shown
_COLLECT_AFTER = 20_000  # objects; collecting more often drops frames while typing
_NO_SCREEN = "no display is available"
_WITHOUT = "start Stet in a desktop session or under xvfb-run, or use the command line: stet --help"
_CONNECT_S = 2.0
_Address = str | tuple[str, int]


def why_no_window() -> str | None:
    """Return why no window can be opened, or None. Checked before Qt is loaded, which would abort."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return None
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    if not display and not wayland:
        return f"{_NO_SCREEN}: neither DISPLAY nor WAYLAND_DISPLAY is set; {_WITHOUT}"
    sockets = [*(_x_sockets(display) if display else ()), *([_wayland_socket(wayland)] if wayland else ())]
    if any(_answers(family, address) for family, address in sockets):
        return None
    asked = (("DISPLAY", display), ("WAYLAND_DISPLAY", wayland))
    named = " or ".join(f"{name}={value}" for name, value in asked if value)
    return f"{_NO_SCREEN}: nothing answers at {named}; set it to an available display, {_WITHOUT}"


def _x_sockets(display: str) -> list[tuple[int, _Address]]:
    """Return where an X server may listen, as family and address, for `host:number.screen`; no host means local."""
    import socket

    host, _, number = display.rpartition(":")
    number = number.partition(".")[0]
    if not number.isdigit():
        return []
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return [(socket.AF_UNIX, f"\0{path}"), (socket.AF_UNIX, path)]
    return [(socket.AF_INET, (host, 6000 + int(number)))]


def _wayland_socket(name: str) -> tuple[int, _Address]:
    import socket

    return socket.AF_UNIX, os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), name)


def _answers(family: int, address: _Address) -> bool:
    import socket

    with socket.socket(family) as asking:
        asking.settimeout(_CONNECT_S)
        try:
            asking.connect(address)
        except OSError:
            return False
    return True


def run_window(project: Path | None = None, annotator: str | None = None, *, sample: bool = False) -> int:
    """Open the window, on a project if one is given; return the exit code."""
    wrong = why_no_window()
    if wrong is not None:
        complain(f"stet: {wrong}")
        return 2
    # Garbage collection costs a tenth of the start time, and there is no garbage yet.
    gc.disable()
    if project is not None or sample:
        # PySide scans the source of every module imported after it, so these are imported before.
        importlib.import_module("app.session.session")
    app, window = build()
    from app.ui.window.crash_trace import CrashTrace

    if _opens_at_once(project, annotator or window.settings["annotator"], sample=sample):
        # The first paint then shows the text itself, not a start screen that disappears again.
        _begin(window, project, annotator, sample=sample)
        window.show()
    else:
        window.show()
        start(window, project, annotator, sample=sample)
    trace = CrashTrace()
    window.when_painted(partial(_start_log, window, trace))
    window.when_painted(collect_again)
    window.activateWindow()  # for X servers without a window manager
    window.when_painted(partial(_hear_signals, app, window))
    code = app.exec()
    trace.end()
    return code


def _start_log(window: "MainWindow", trace: "CrashTrace") -> None:
    """Start the log, hear of errors everywhere, and tell if Stet crashed when it was used last."""
    from app import program_log
    from app.ui.window.bug_reports import BugReports
    from app.ui.window.crash_trace import earlier_crashes

    program_log.start()
    crashes = earlier_crashes()
    trace.begin()
    for crash in crashes:
        program_log.note(f"crashed: {crash.what}", crash.trace)
    bugs = window.findChild(BugReports)
    if bugs is not None:
        bugs.hear_everywhere()
        bugs.tell_crashes(crashes)


def _hear_signals(app: "QApplication", window: "MainWindow") -> None:
    from app.ui.window.exit_signals import ExitSignals

    ExitSignals(partial(_end, app, window), window)


def _end(app: "QApplication", window: "MainWindow") -> None:
    """Close the window and with it the project, whatever dialogs are open; nobody may be there to answer one.

    While the last backup is being made, it ends once that is done, however often it is told to.
    """
    if window.close():
        app.quit()
    elif not window.desk.ending.is_running:
        complain(f"stet: {window.stays_because}")
        app.quit()
    else:
        window.desk.ending.call_after(partial(_ended, app))


def _ended(app: "QApplication", failure: str) -> None:
    if failure:
        complain(f"stet: {failure}")
    app.quit()


def collect_again() -> None:
    """Enable garbage collection, but freeze the objects created so far, which are kept anyway."""
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 20)
    gc.enable()


def _opens_at_once(project: Path | None, annotator: str, *, sample: bool) -> bool:
    """Return whether opening needs no question and no long check, so that it can be done before the window is shown."""
    if sample:
        return bool(annotator)
    return bool(project and annotator and os.path.isfile(project) and project.stat().st_size < _SMALL)


def build() -> "tuple[QApplication, MainWindow]":
    """Create the application and the window, not yet shown."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QApplication

    from app.settings import Settings
    from app.ui import theme
    from app.ui.widgets.window_state import WindowState
    from app.ui.window.bug_reports import BugReports
    from app.ui.window.display import dress
    from app.ui.window.main_window import MainWindow

    QCoreApplication.setApplicationName("stet")
    QCoreApplication.setOrganizationName("stet")
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["stet"])
    app.setDesktopFileName("stet")
    theme.load_fonts()
    settings = Settings()
    dress(app, settings)
    theme.apply(app, theme.tones(settings["theme"]))
    window = MainWindow(settings, WindowState(), _make_desk)
    bugs = BugReports(window, window.notifier, safe=window.what_is_safe, echo=complain)
    window.scope.bind("help.errors", bugs.report)
    bugs.hear()
    return app, window


def _make_desk(window: "MainWindow") -> "Desk":
    from app.ui.window.controller import WindowController

    return WindowController(window)


def start(window: "MainWindow", project: Path | None, annotator: str | None, *, sample: bool) -> None:
    """Create the controller once the window is on the screen, and open what was requested."""
    window.when_painted(partial(_begin, window, project, annotator, sample=sample))


def _begin(window: "MainWindow", project: Path | None, annotator: str | None, *, sample: bool) -> None:
    desk = window.desk
    if annotator:
        # For this run only: the stored name is kept.
        window.settings.use_for_now({"annotator": annotator})
        window.top.show_annotator(annotator)
    if project is not None:
        desk.open_project(project)
    elif sample:
        desk.open_sample()
    else:
        window.start.focus_first()

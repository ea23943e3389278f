"""Hears of every error that nobody handled, wherever it was raised, and tells the person: once, and not too often."""

import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from app.core.errors import StetError
from app.core.os_faults import SystemFault
from app.ui.widgets.notifier import Notifier, Tone

if TYPE_CHECKING:
    from app.ui.dialogs.error_report import ErrorReportDialog, ReportedError

_QUIET_S = 60.0  # seconds after a report in which no other one opens by itself
_MOST_PLACES = 50  # errors that are kept for the report; a program that fails everywhere fails the same way
_MOST_WORDS = 2000  # characters kept of what an error says
_QT_LEVELS = {QtMsgType.QtCriticalMsg: logging.ERROR, QtMsgType.QtFatalMsg: logging.CRITICAL}
# What may be kept of a message of Qt: the function that it names. What follows may be a name or a text.
_QT_FUNCTION = re.compile(r"Q[A-Z]\w*(::~?\w+)+")


class _Unhandled(NamedTuple):
    """An error as it was met: `key` tells its place from others, and `is_new` says that it wasn't met there before."""

    key: tuple[str, str]
    error: BaseException
    is_new: bool


class BugReports(QObject):
    """Sets the hooks of last resort, and puts them back when the window goes.

    An error with words for the person is told in them, in the status line, each time. Any other is an error of Stet: it
    is logged without document text, told in the status line, and shown in a dialog, unless one was shown just before.
    """

    _met = Signal(object)  # _Unhandled, perhaps from another thread

    def __init__(
        self,
        window: QWidget,
        notifier: Notifier,
        *,
        safe: Callable[[], list[str]],
        echo: Callable[[str], None],
    ) -> None:
        """`safe` says what became of the person's work; `echo` writes a line to standard error."""
        super().__init__(window)
        self._window = window
        self._notifier = notifier
        self._safe = safe
        self._echo = echo
        self._errors: dict[tuple[str, str], ReportedError] = {}
        self._told: set[tuple[str, str]] = set()
        self._dialog: ErrorReportDialog | None = None
        self._shown_at = -_QUIET_S
        self._is_opening = False
        self._hooks = _Hooks(self._hear)
        self._met.connect(self._on_met)
        window.destroyed.connect(self._hooks.restore)

    def hear(self) -> None:
        """Set the hook for what Qt calls: slots, and the overrides that are guarded."""
        self._hooks.set()

    def hear_everywhere(self) -> None:
        """Set the hooks for threads, for destructors, and for Qt's own messages, too."""
        self._hooks.set_all()

    def report(self) -> None:
        """Show what has gone wrong since the start, because the person asks for it."""
        self._open("Nothing has gone wrong in Stet since it was started." if not self._errors else self._lead())

    def tell_crashes(self, crashes: Iterable[tuple[datetime, str, str]]) -> None:
        """Tell that Stet ended by a crash earlier: when, what the system called it, and where."""
        from app.ui.dialogs.error_report import ReportedError

        found = [ReportedError(what, f"{when:%Y-%m-%d %H:%M}", trace, "") for when, what, trace in crashes]
        if not found:
            return
        self._errors.update({("crash", error.when): error for error in found})
        lead = f"Stet crashed at its last use, on {found[-1].when} ({found[-1].what})."
        self._open(lead, ["Every action was saved as it was done. The project is checked when it is opened again."])

    def _hear(self, error: BaseException) -> bool:
        """Take an error from whatever thread; return whether nothing is left to do: it was told before, in a window."""
        import traceback

        if not isValid(self):
            return False
        if isinstance(error, OSError):
            error = SystemFault(error)
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        key = (type(error).__name__, str(error) if isinstance(error, StetError) else where)
        is_new = key not in self._told
        if len(self._told) < _MOST_PLACES:
            self._told.add(key)
        self._met.emit(_Unhandled(key, error, is_new))
        return not is_new or isinstance(error, StetError)

    def _on_met(self, met: _Unhandled) -> None:
        from app import program_log

        if met.is_new:
            program_log.bug(met.error)
        if isinstance(met.error, StetError):
            self._notifier.complain(met.error)  # each time: it is the answer to what the person has just done
            if met.is_new:
                self._echo(f"stet: {met.error}")
        else:
            self._keep(met)
            self._tell(met)

    def _tell(self, met: _Unhandled) -> None:
        from app import program_log

        if met.is_new:
            log, kind = program_log.log_file(), met.key[0]
            said = f"Internal error in Stet ({kind}). What was done before it is saved. Details are in {log}."
            self._notifier.notify(said, Tone.ERROR)
        if self._dialog is not None:
            self._dialog.show_errors(self._lead(), list(self._errors.values()))
        elif met.is_new and time.monotonic() - self._shown_at >= _QUIET_S:
            self._shown_at = time.monotonic()
            # Not from here: Qt may be painting, or deleting what a dialog would stand on.
            QTimer.singleShot(0, self, self._open_new)

    def _keep(self, met: _Unhandled) -> None:
        from app import program_log
        from app.ui.dialogs.error_report import ReportedError

        known = self._errors.get(met.key)
        if known is not None:
            self._errors[met.key] = known._replace(times=known.times + 1)
        elif len(self._errors) < _MOST_PLACES:
            now = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"
            trace, words = program_log.described(met.error), _words(met.error)
            self._errors[met.key] = ReportedError(met.key[0], now, trace, words)

    def _lead(self) -> str:
        from app.core.wording import counted

        newest = list(self._errors.values())[-1]
        if len(self._errors) == 1:
            return f"Stet has made a mistake ({newest.what}), and goes on."
        number = counted(len(self._errors), "different mistake")
        return f"Stet has made {number}, the last a {newest.what}, and goes on."

    def _open_new(self) -> None:
        self._open(self._lead())

    def _open(self, lead: str, safe: list[str] | None = None) -> None:
        from app import program_log
        from app.ui.dialogs.error_report import ErrorReportDialog

        if self._is_opening:
            return
        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        self._is_opening = True  # an error in the dialog itself must not open another
        try:
            parent = QApplication.activeModalWidget() or self._window
            errors = list(self._errors.values())
            dialog = ErrorReportDialog(lead, safe or self._safe(), errors, program_log.log_file(), parent)
            dialog.destroyed.connect(self._on_closed)
            dialog.finished.connect(self._on_closed)
            self._dialog = dialog
            dialog.open()
        finally:
            self._is_opening = False

    def _on_closed(self, _what: object) -> None:
        self._dialog = None
        self._shown_at = time.monotonic()


class _Hooks:
    """Python's hooks for what nobody handled, and Qt's for messages; each calls the one before it as well."""

    def __init__(self, hear: Callable[[BaseException], bool]) -> None:
        self._hear = hear
        self._before: dict[str, Callable[..., Any]] = {}
        self._before_qt: Callable[[QtMsgType, QMessageLogContext, str], None] | None = None

    def set(self) -> None:
        if sys.excepthook == self._on_error:
            return
        self._before["sys"] = sys.excepthook
        sys.excepthook = self._on_error

    def set_all(self) -> None:
        if threading.excepthook == self._on_thread_error:
            return
        self._before["threading"] = threading.excepthook
        threading.excepthook = self._on_thread_error
        self._before["unraisable"] = sys.unraisablehook
        sys.unraisablehook = self._on_unraisable
        self._before_qt = qInstallMessageHandler(self._on_qt_message)

    def restore(self, _window: QObject | None = None) -> None:
        """Put back the hooks that nobody else has replaced meanwhile."""
        if sys.excepthook == self._on_error:
            sys.excepthook = self._before["sys"]
        if "threading" in self._before:
            threading.excepthook = self._before.pop("threading")
            sys.unraisablehook = self._before.pop("unraisable")
            qInstallMessageHandler(self._before_qt)

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not self._hear(error.with_traceback(trace)):
            self._before["sys"](kind, error, trace)

    def _on_thread_error(self, met: threading.ExceptHookArgs) -> None:
        if met.exc_value is None or not self._hear(met.exc_value):
            self._before["threading"](met)

    def _on_unraisable(self, met: "sys.UnraisableHookArgs") -> None:
        if met.exc_value is None or not self._hear(met.exc_value):
            self._before["unraisable"](met)

    def _on_qt_message(self, level: QtMsgType, context: QMessageLogContext, message: str) -> None:
        function = _QT_FUNCTION.match(message)
        said = " ".join(part for part in (context.category, function[0] if function is not None else "") if part)
        logging.getLogger("stet.qt").log(_QT_LEVELS.get(level, logging.WARNING), "%s", said)
        if self._before_qt is not None:
            self._before_qt(level, context, message)
        elif sys.stderr is not None:
            sys.stderr.write(f"{message}\n")


def _words(error: BaseException) -> str:
    """Return what an error and its causes say."""
    import traceback

    said = traceback.format_exception_only(error)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    because = f"; after: {_words(cause)}" if cause is not None else ""
    return ("".join(said).strip() + because)[:_MOST_WORDS]

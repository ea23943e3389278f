"""Runs plain functions in a thread and delivers their results to the GUI thread."""

import logging
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal, Slot

from app.core.errors import Cancelled, StetError
from app.core.free_memory import OutOfMemory, give_back
from app.core.os_faults import SystemFault
from app.core.progress import CancelToken, Progress

_REPORT_EVERY_S = 0.05
_LARGE_S = 0.1  # a job that takes longer may have taken much memory
_LAST_WAIT_S = 20.0  # for a job that was cancelled for good; what waits for a server or a keyring may never notice


class JobOutcome(NamedTuple):
    """How a job ended: with a value, an error that the user can act on, a bug, or none of these if cancelled."""

    key: str
    value: Any = None
    error: StetError | None = None
    bug: BaseException | None = None
    cancelled: bool = False


class JobProgress(NamedTuple):
    """Progress of a job; `total` is None if it isn't known."""

    key: str
    done: int
    total: int | None
    what: str


Work = Callable[[Progress, CancelToken], Any]


class JobRunner(QObject):
    """Runs one job at a time; results are delivered on the thread that the runner lives in.

    A job is a function of a progress callback and a cancel token. It must not touch widgets.
    """

    progressed = Signal(object)  # JobProgress
    finished = Signal(object)  # JobOutcome

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._began = 0.0
        self._token: CancelToken | None = None
        self._on_done: Callable[[JobOutcome], None] | None = None
        self._next: tuple[str, Work, Callable[[JobOutcome], None]] | None = None
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    _ended = Signal(object)

    @property
    def is_busy(self) -> bool:
        """Whether a job is running."""
        return self._thread is not None

    def submit(
        self,
        key: str,
        work: Work,
        on_done: Callable[[JobOutcome], None],
    ) -> None:
        """Start a job. Raises StetError if one is already running."""
        if self.is_busy:
            raise StetError("another job is still running", hint="wait for it or cancel it")
        token = CancelToken()
        self._token = token
        self._began = began = time.monotonic()
        self._on_done = on_done
        last = [0.0]

        def report(done: int, total: int | None, what: str) -> None:
            moment = time.monotonic()
            if moment - last[0] >= _REPORT_EVERY_S:
                last[0] = moment
                self.progressed.emit(JobProgress(key, done, total, what))

        def run() -> None:
            token.take_charge()
            outcome = _outcome(key, partial(work, report, token))
            with suppress(RuntimeError):  # the window has gone without waiting for this
                self._ended.emit((token, outcome))
            del outcome
            if time.monotonic() - began >= _LARGE_S:
                give_back()

        self._thread = threading.Thread(target=run, name=f"stet-{key}", daemon=True)
        self._thread.start()

    def replace(self, key: str, work: Work, on_done: Callable[[JobOutcome], None]) -> None:
        """Start a job; if one is running, cancel it, ignore its outcome, and start once it has stopped.

        Returns at once: if several jobs are requested meanwhile, only the last is started.
        """
        if not self.is_busy:
            self.submit(key, work, on_done)
            return
        self._on_done = None
        self._next = (key, work, on_done)
        self.cancel()

    def cancel(self) -> None:
        """Ask the running job to stop."""
        if self._token is not None:
            self._token.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the running job, for so long at most; return whether none is running then.

        The outcome of a job that has ended is delivered before this returns.
        """
        if self._thread is not None:
            self._thread.join(seconds)
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall)
        return not self.is_busy

    @Slot(object)
    def _on_ended(self, end: tuple[CancelToken, JobOutcome]) -> None:
        token, outcome = end
        if token is self._token:
            _log(outcome, time.monotonic() - self._began)
            thread, self._thread, self._token = self._thread, None, None
            if thread is not None:
                thread.join()
            on_done, self._on_done = self._on_done, None
            if on_done is not None:
                on_done(outcome)
            self.finished.emit(outcome)
            waiting, self._next = self._next, None
            if waiting is not None and not self.is_busy:
                self.submit(*waiting)
        if outcome.bug is not None:
            sys.excepthook(type(outcome.bug), outcome.bug, outcome.bug.__traceback__)

    def shut_down(self) -> None:
        """Cancel and wait; the outcome of a running job is neither kept nor reported.

        One that doesn't heed this is left to itself after 20 seconds, and ends with the program at the latest.
        """
        self.cancel()
        if self._thread is not None:
            self._thread.join(_LAST_WAIT_S)
            if self._thread.is_alive():
                logging.getLogger("stet.jobs").warning("%s: still running, and left to itself", self._thread.name)
        self._thread, self._token, self._on_done, self._next = None, None, None, None


def _log(outcome: JobOutcome, seconds: float) -> None:
    """Log how a job ended: its key, its time and the kind of an error, but no words, which may quote a document."""
    error = outcome.error or outcome.bug
    ended = "cancelled" if outcome.cancelled else type(error).__name__ if error is not None else "done"
    logging.getLogger("stet.jobs").info("%s: %s after %.1f s", outcome.key, ended, seconds)


def _outcome(key: str, work: Callable[[], Any]) -> JobOutcome:
    """Do a job's work, and return how it ended."""
    try:
        return JobOutcome(key, value=work())
    except Cancelled:
        return JobOutcome(key, cancelled=True)
    except StetError as error:
        return JobOutcome(key, error=error)
    except MemoryError:
        return JobOutcome(key, error=OutOfMemory())
    except OSError as error:
        return JobOutcome(key, error=SystemFault(error))
    except BaseException as bug:  # noqa: BLE001  passed to the GUI thread's excepthook
        return JobOutcome(key, bug=bug)

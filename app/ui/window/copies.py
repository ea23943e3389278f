"""Backups that the window makes: by hand, hourly, before the first write, and on closing; none holds it up."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome, JobRunner
from app.session.session import Session
from app.ui.widgets.notifier import Notifier, Tone

_FIRST_AFTER_MS = 400  # once the first document is shown; whoever writes sooner waits for the copy
# Most copies are made in less time than a person takes to see that they wait.
_AT_ONCE_S = 0.4


class BackupJobs(QObject):
    """Makes one copy at a time in a thread of its own, and tells how it went."""

    failed = Signal(object)  # StetError
    _first_ended = Signal(object)  # StetError or None, from the thread of the first copy

    def __init__(self, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._runner = JobRunner(self)
        self._session: Session | None = None
        self._failure: StetError | None = None
        self._first_ended.connect(self._on_first_ended, Qt.ConnectionType.QueuedConnection)
        self._first = QTimer(self)
        self._first.setObjectName("first-backup")
        self._first.setInterval(_FIRST_AFTER_MS)
        self._first.setSingleShot(True)
        self._first.timeout.connect(self._on_first_due)

    def begin(self, session: Session) -> None:
        """Look after a project that was opened: a copy is made of what was before its first write."""
        self._session = session
        if session.is_writable:
            session.copies.expect_first(self._first_ended.emit)
            self._first.start()

    def _on_first_due(self) -> None:
        if self._session is not None:
            self._session.copies.begin_first()

    def end(self) -> None:
        """Stop looking after the project, before it is closed. Waits for a copy that is being made."""
        self._first.stop()
        self._session = None
        self._runner.wait()
        self._failure = None

    def back_up(self) -> None:
        """Make a copy in the backup folder and tell where it is."""
        if self._session is not None:
            self._make(self._session.back_up, self._on_made)
            if not self._runner.wait(_AT_ONCE_S):
                self._notifier.notify("Backing up…")

    def back_up_if_due(self) -> None:
        """Make a copy if anything was done since the last one."""
        session = self._session
        if session is not None and session.copies.is_due and not self._runner.is_busy:
            self._make(session.back_up, self._on_over)

    def make_last(self, copy: Callable[[], Path]) -> None:
        """Make the copy of a project that was closed. If it takes long, it goes on after this returns."""
        self._make(copy, self._on_over)
        self._runner.wait(_AT_ONCE_S)

    @property
    def is_busy(self) -> bool:
        """Whether a copy is being made."""
        return self._runner.is_busy

    def wait(self) -> StetError | None:
        """Wait for the copy that is being made; return why the last one failed, None if it didn't."""
        self._runner.wait()
        failure, self._failure = self._failure, None
        return failure

    def _make(self, copy: Callable[[], Path], on_done: Callable[[JobOutcome], None]) -> None:
        self._runner.wait()
        self._failure = None
        self._runner.submit("backup", partial(_work, copy), on_done)

    def _on_made(self, outcome: JobOutcome) -> None:
        self._on_over(outcome)
        if outcome.value is not None:
            path: Path = outcome.value
            self._notifier.notify(f"Backed up to {path.parent.name}/{path.name}.", Tone.DONE)

    def _on_over(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self.tell(outcome.error)

    def _on_first_ended(self, error: StetError | None) -> None:
        if error is not None:
            self.tell(error)

    def tell(self, error: StetError) -> None:
        """Tell that a copy couldn't be made."""
        self._failure = error
        self.failed.emit(error)


def _work(copy: Callable[[], Path], _report: Progress, _token: CancelToken) -> Path:
    return copy()

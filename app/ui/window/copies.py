"""Backups that the window makes: by hand, hourly, before the first write, and on closing; none holds it up.

In a sitting that had nothing to copy when it began, such as that of a new project, the first one is made after minutes.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.core.errors import ProjectError, StetError
from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome, JobRunner
from app.session.copies import ProjectCopies
from app.session.session import Session
from app.ui.widgets.notifier import Notifier, Tone

_FIRST_AFTER_MS = 400  # once the first document is shown; whoever writes sooner waits for the copy
# Most copies are made in less time than a person takes to see that they wait.
_AT_ONCE_S = 0.4
_EARLY_MS = 5 * 60 * 1000

_Copy = Callable[[Progress], Path]
_OnDone = Callable[[JobOutcome], None]


class BackupJobs(QObject):
    """Makes one copy at a time in a thread of its own, and tells how it went."""

    failed = Signal(object)  # StetError: of a copy that was asked for, or of a project that is damaged
    over = Signal()  # all copies that were asked for are made, or have failed
    _first_ended = Signal(object)  # StetError or None, from the thread of the first copy

    def __init__(self, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._runner = JobRunner(self)
        self.progressed = self._runner.progressed
        self._waiting: deque[tuple[_Copy, _OnDone]] = deque()
        self._firsts: list[ProjectCopies] = []
        self._session: Session | None = None
        self._failure: StetError | None = None
        self._first_ended.connect(self._on_first_ended, Qt.ConnectionType.QueuedConnection)
        self._first = QTimer(self)
        self._first.setObjectName("first-backup")
        self._first.setInterval(_FIRST_AFTER_MS)
        self._first.setSingleShot(True)
        self._first.timeout.connect(self._on_first_due)
        self._early = QTimer(self)
        self._early.setObjectName("early-backup")
        self._early.setInterval(_EARLY_MS)
        self._early.timeout.connect(self._on_early)

    def begin(self, session: Session) -> None:
        """Look after a project that was opened: a copy is made of what was before its first write."""
        self._session = session
        if session.is_writable:
            session.copies.expect_first(self._first_ended.emit)
            self._firsts.append(session.copies)
            self._first.start()
            self._early.start()

    def _on_first_due(self) -> None:
        if self._session is not None:
            self._session.copies.begin_first()

    def _on_early(self) -> None:
        if self._session is not None and self._session.copies.newest is None:
            self.back_up_if_due()

    def end(self) -> None:
        """Stop looking after the project, before it is closed. A copy that is being made is made to the end."""
        self._first.stop()
        self._early.stop()
        self._session = None
        self._failure = None

    def back_up(self) -> None:
        """Make a copy in the backup folder and tell where it is."""
        session = self._session
        if session is not None:
            self._make(partial(_back_up, session), self._on_made)
            if not self._runner.wait(_AT_ONCE_S):
                self._notifier.notify("Backing up…")

    def back_up_if_due(self) -> None:
        """Make a copy if anything was done since the last one."""
        session = self._session
        if session is not None and session.copies.is_due and not self._runner.is_busy:
            self._make(partial(_back_up, session), self._on_over)

    def make_last(self, copy: _Copy) -> None:
        """Make the copy of a project that was closed. If it takes long, it goes on after this returns."""
        self._make(copy, self._on_last)
        self._runner.wait(_AT_ONCE_S)

    @property
    def is_busy(self) -> bool:
        """Whether a copy is being made."""
        self._firsts = [copies for copies in self._firsts if copies.is_making_first or self._is_of(copies)]
        return self._runner.is_busy or any(copies.is_making_first for copies in self._firsts)

    def _is_of(self, copies: ProjectCopies) -> bool:
        return self._session is not None and self._session.copies is copies

    def wait_a_moment(self) -> bool:
        """Wait for the copies that are being made, for no longer than a person takes to notice; return whether they are
        made.
        """
        for copies in self._firsts:
            copies.await_first(_AT_ONCE_S)
        self._runner.wait(_AT_ONCE_S)
        return not self.is_busy

    def take_failure(self) -> str:
        """Return why the last copy failed, "" if it didn't, or if this was asked before."""
        failure, self._failure = self._failure, None
        return "" if failure is None else str(failure)

    def _make(self, copy: _Copy, on_done: _OnDone) -> None:
        if self._runner.is_busy:
            self._waiting.append((copy, on_done))
            return
        self._failure = None
        self._runner.submit("backup", partial(_work, copy), on_done)

    def _go_on(self) -> None:
        if self._waiting and not self._runner.is_busy:
            self._make(*self._waiting.popleft())
        if not self.is_busy:
            self.over.emit()

    def _on_made(self, outcome: JobOutcome) -> None:
        self._on_last(outcome)
        if outcome.value is not None:
            path: Path = outcome.value
            self._notifier.notify(f"Backed up to {path.parent.name}/{path.name}.", Tone.DONE)

    def _on_last(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self.tell(outcome.error)  # nobody marks any more, and the line goes with the window
        self._go_on()

    def _on_over(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._tell_in_passing(outcome.error)
        self._go_on()

    def _on_first_ended(self, error: StetError | None) -> None:
        if error is not None:
            self._tell_in_passing(error)
        self._go_on()

    def _tell_in_passing(self, error: StetError) -> None:
        """Tell that a copy nobody asked for couldn't be made: in a line, since a dialog would take keys."""
        if isinstance(error, ProjectError) and error.is_damage:
            self.tell(error)
            return
        self._failure = error
        self._notifier.complain(error)

    def tell(self, error: StetError) -> None:
        """Tell that a copy couldn't be made."""
        self._failure = error
        self.failed.emit(error)


def _work(copy: _Copy, report: Progress, _token: CancelToken) -> Path:
    return copy(report)


def _back_up(session: Session, report: Progress) -> Path:
    return session.copies.back_up(progress=report)

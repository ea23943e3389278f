"""Undo and redo: directly, or in the background for large steps."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.record import LogRow
from app.jobs.runner import JobOutcome
from app.session.session import Session
from app.ui.widgets.notifier import Notifier

if TYPE_CHECKING:
    from app.ui.dialogs.background_write import BackgroundWrite


class BackgroundUndo(QObject):
    """Undoes or redoes the most recent action, with all parts of its step."""

    answered = Signal(object)  # (LogRow, “Undone” or “Redone”)

    def __init__(self, session: Session, notifier: Notifier, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._notifier = notifier
        self._window = window
        self._writing: BackgroundWrite | None = None

    def run(self, *, undo: bool) -> None:
        """Undo or redo; emits `answered` on success, and notifies the user otherwise."""
        from app.services.history import undo as history

        if history.takes_long(self._session, "undo" if undo else "redo"):
            self._run_in_background(undo=undo)
            return
        try:
            row = history.undo(self._session) if undo else history.redo(self._session)
        except StetError as error:
            self._complain(error)
            return
        self.answered.emit((row, _word(undo=undo)))

    def _run_in_background(self, *, undo: bool) -> None:
        from app.services.history import undo as history
        from app.ui.dialogs.background_write import BackgroundWrite, counting

        session = self._session

        def work(report: Progress, token: CancelToken) -> tuple[LogRow, str]:
            answer = history.undo if undo else history.redo
            return answer(session, progress=counting(report, "Parts"), cancel=token), _word(undo=undo)

        if self._writing is None:
            self._writing = BackgroundWrite(self._window)
            self._writing.over.connect(self._on_over)
        self._writing.run("Undoing" if undo else "Redoing", work)

    def _on_over(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._complain(outcome.error)
        elif outcome.cancelled:
            self._notifier.notify("Cancelled. Nothing was changed.")
        elif outcome.value is not None:
            self.answered.emit(outcome.value)

    def _complain(self, error: StetError) -> None:
        self._notifier.complain(error)

    def close(self) -> None:
        """Cancel pending work and wait for it; the session may be closed afterwards."""
        if self._writing is not None:
            self._writing.stop()


def _word(*, undo: bool) -> str:
    return "Undone" if undo else "Redone"

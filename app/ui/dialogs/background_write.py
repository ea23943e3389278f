"""Writing from a dialog: a job owns the session meanwhile, as in an import, and a modal dialog blocks the window."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome, JobProgress, JobRunner
from app.ui.dialogs.progress import ProgressDialog


class BackgroundWrite(QObject):
    """Runs one job at a time under a progress dialog that can cancel it."""

    over = Signal(object)  # JobOutcome

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._front = parent
        self._dialog: ProgressDialog | None = None
        self._runner = JobRunner(self)
        self._runner.progressed.connect(self._on_progressed)

    @property
    def is_busy(self) -> bool:
        """Whether a job owns the session."""
        return self._runner.is_busy

    def run(self, title: str, work: Callable[[Progress, CancelToken], Any]) -> None:
        """Start a job; `over` is emitted with its outcome."""
        self._dialog = ProgressDialog(title, self._front)
        self._dialog.cancel_requested.connect(self._runner.cancel)
        self._runner.submit("write", work, self._on_done)
        self._dialog.open()

    def stop(self) -> None:
        """Cancel the job and wait for it; uncommitted changes are rolled back, and nothing of it is told."""
        self._runner.shut_down()
        self._finish()

    def _on_progressed(self, step: JobProgress) -> None:
        if self._dialog is not None:
            self._dialog.show_progress(step.done, step.total, step.what)

    def _on_done(self, outcome: JobOutcome) -> None:
        self._finish()
        self.over.emit(outcome)

    def _finish(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.finish()


def counting(report: Progress, what: str) -> Callable[[int, int | None], None]:
    """Return a callback that reports how many are done, with a fixed description."""

    def report_count(done: int, total: int | None) -> None:
        report(done, total, what)

    return report_count

"""The end of the program while its last backup is being made: shown, not to be lost by closing again, and then gone."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.jobs.runner import JobProgress
from app.ui.dialogs.progress import ProgressDialog
from app.ui.window.copies import BackupJobs


class LastCopies(QObject):
    """Keeps the window open until all copies are made, and closes it then; or leaves it open if the last one failed."""

    reason = "the backup on closing is still being made"

    def __init__(self, window: QWidget, copies: BackupJobs) -> None:
        super().__init__(window)
        self._window = window
        self._copies = copies
        self._dialog: ProgressDialog | None = None
        self._after: Callable[[str], None] = _nothing
        copies.progressed.connect(self._on_progressed)
        copies.over.connect(self._on_copies_over)

    @property
    def is_running(self) -> bool:
        """Whether the window waits for a copy before it closes."""
        return self._dialog is not None

    def call_after(self, after: Callable[[str], None]) -> None:
        """Once no copy is being made any more, call this with why the window stays, "" if it has gone."""
        self._after = after

    def wait_for_copies(self) -> str:
        """Return why the window must stay for now, "" if it may go: a copy is being made, or the last one failed."""
        if self._copies.wait_a_moment():
            return self._copies.take_failure()
        self._dialog = ProgressDialog("Making the backup on closing", self._window, can_be_cancelled=False)
        self._dialog.open()
        return self.reason

    def _on_progressed(self, progress: JobProgress) -> None:
        if self._dialog is not None:
            self._dialog.show_progress(progress.done, progress.total, f"Backup on closing, {progress.what}")

    def _on_copies_over(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is None:
            return
        dialog.finish()
        failure = self._copies.take_failure()
        if not failure:
            self._window.close()
        self._after(failure)


def _nothing(_failure: str) -> None:
    """Stand in for whoever ends the program."""

"""The preview of a rule: counted in the background while the dialog is open, anew with each change."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome, JobProgress, JobRunner
from app.jobs.tasks.rule_preview import preview_rule
from app.review.automerge import Rule
from app.services.review.reviewer import AutoResult, Sheet
from app.session.session import Session
from app.ui.review.auto_dialog import AutoDialog
from app.ui.widgets.notifier import Notifier


class RulePreview(QObject):
    """Shows in the dialog what its rule would decide on these sheets; ends with the dialog."""

    def __init__(
        self, session: Session, sheets: Sequence[Sheet], dialog: AutoDialog, notifier: Notifier, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._sheets = sheets
        self._dialog: AutoDialog | None = dialog
        self._notifier = notifier
        self._runner = JobRunner(self)
        self._runner.progressed.connect(self._on_progressed)
        dialog.preview_wanted.connect(self.count)
        dialog.finished.connect(self._on_closed)

    def count(self, rule: Rule) -> None:
        """Begin to count what a rule would decide; of several that are asked for meanwhile only the last is counted."""
        self._say("Counting what it would decide…")
        self._runner.replace("preview", partial(self._work, rule), self._on_counted)

    def _work(self, rule: Rule, progress: Progress, cancel: CancelToken) -> AutoResult:
        return preview_rule(self._session.path, self._sheets, rule, progress, cancel)

    def _say(self, words: str) -> None:
        if self._dialog is not None:
            self._dialog.show_counting(words)

    def _on_progressed(self, step: JobProgress) -> None:
        self._say(f"Counting what it would decide… {step.done:,} of {step.total or 0:,} groups")

    def _on_counted(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._say("")
            self._notifier.complain(outcome.error)
        elif isinstance(outcome.value, AutoResult) and self._dialog is not None:
            self._dialog.show_preview(outcome.value)

    def _on_closed(self, _how: int) -> None:
        self._dialog = None
        self._runner.cancel()

    def close(self) -> None:
        """Stop counting for good; the session may be closed afterwards."""
        self._dialog = None
        self._runner.shut_down()
        self.deleteLater()

"""The counts of the open project: computed in the background on request, and outdated after any change."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.errors import BadChoice
from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.insights import read_insights
from app.review.figures.insights import Insights
from app.session.events import Event, Topic
from app.session.session import Session

_COUNTED = (
    *(Topic.ANNOTATIONS, Topic.DECISIONS, Topic.DOCUMENTS, Topic.REFERENCES),
    *(Topic.SCHEME, Topic.ASSIGNMENTS),
)


class InsightsBook(QObject):
    """Counts a project on request; two runs never overlap."""

    loaded = Signal()
    outdated = Signal()
    failed = Signal(object)  # StetError
    progressed = Signal(object)  # JobProgress

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._runner = JobRunner(self)
        self._runner.progressed.connect(self.progressed)
        self.insights: Insights | None = None
        self.is_outdated = False
        self.conditions: tuple[str, ...] = ()
        self._reading = self._counted = self.conditions

    @property
    def is_reading(self) -> bool:
        """Whether a count is running."""
        return self._runner.is_busy

    def load(self) -> None:
        """Count everything again, in the background."""
        if self._runner.is_busy:
            return
        self.is_outdated = False
        self._reading = self.conditions
        self._runner.submit("insights", partial(_read, self._session.path, self._reading), self._on_read)

    def narrow(self, conditions: Sequence[str]) -> None:
        """Count agreement and confusion only of what meets these conditions (see `parse_scope`). If they can't be met,
        `failed` says so, and the counts stay.
        """
        self.conditions = tuple(conditions)
        self.load()

    def _on_read(self, outcome: JobOutcome) -> None:
        if self.conditions != self._reading:
            self.load()
        elif isinstance(outcome.value, Insights):
            self.insights = outcome.value
            self._counted = self._reading
            self.loaded.emit()
        elif outcome.error is not None:
            is_refused = isinstance(outcome.error, BadChoice)
            if is_refused:
                self.conditions = self._counted
            self.is_outdated = not is_refused
            self.failed.emit(outcome.error)

    def follow(self, fact: Event) -> None:
        """Note that the project has changed."""
        if fact.topic in _COUNTED and not self.is_outdated:
            self.is_outdated = True
            self.outdated.emit()

    def close(self) -> None:
        """Stop counting."""
        self._runner.shut_down()


def _read(path: Path, conditions: Sequence[str], progress: Progress, cancel: CancelToken) -> Insights:
    found = read_insights(path, progress, cancel, conditions=conditions)
    # The charts need it, and it has nothing of Qt. pyqtgraph itself is loaded by them on the main thread: two threads
    # in which PySide makes its types at the same time end the program.
    import numpy as np  # noqa: F401

    return found

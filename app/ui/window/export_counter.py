"""Counts in the background what an export would write, for its dialog."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.export_preview import ExportPreview, preview_export
from app.session.session import Session
from app.ui.dialogs.export_dialog import ExportRequest


class ExportCounter(QObject):
    """Counts one request at a time; a new one takes the place of one that is still being counted."""

    def __init__(self, project: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._project = project
        self._runner = JobRunner(self)

    def count(self, request: ExportRequest, on_counted: Callable[[ExportPreview | StetError], None]) -> None:
        """Count what a request would write; `on_counted` is called with that, or with why it can't be written."""
        self._runner.replace("export-preview", partial(_count, self._project, request), partial(_tell, on_counted))

    def close(self) -> None:
        """Stop counting."""
        self._runner.shut_down()


def _count(project: Path, request: ExportRequest, _report: Progress, token: CancelToken) -> ExportPreview:
    session = Session.open(project, write=False)
    try:
        return preview_export(session, **request.wanted, cancel=token)
    finally:
        session.close()


def _tell(on_counted: Callable[[ExportPreview | StetError], None], outcome: JobOutcome) -> None:
    answer = outcome.error or outcome.value
    if answer is not None:
        on_counted(answer)

"""What `stet doctor` tells, in the window: versions, places, the display and checks, to read and to copy."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.core.progress import CancelToken, Progress
from app.core.wording import in_window
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.diagnosis.doctor import diagnose
from app.jobs.tasks.diagnosis.report import Diagnosis
from app.ui.dialogs.form import FormDialog
from app.ui.display_facts import display_facts
from app.ui.widgets.fields import ReadOnlyText
from app.ui.widgets.labels import button, plain

_CHECKING = "Checking… This takes a few seconds."


class DiagnosticsDialog(FormDialog):
    """Checks in the background, then shows the report; with `project`, its place and backups too."""

    def __init__(self, project: Path | None, parent: QWidget | None = None) -> None:
        super().__init__("diagnostics-dialog", "Diagnostics", accept="Close", parent=parent)
        self.setMinimumWidth(620)
        self._lead = plain(_CHECKING, wrap=True, name="diagnostics-lead")
        self.body.addWidget(self._lead)
        self._details = ReadOnlyText()
        self._details.setObjectName("diagnostics-details")
        self._details.setAccessibleName("Versions, places, display and checks")
        self._details.setMinimumHeight(320)
        self.body.addWidget(self._details, 1)
        self._copy = button("Copy", name="diagnostics-copy", tip="Copies the report; it has no text of any document")
        self._copy.setEnabled(False)
        self._copy.clicked.connect(self._on_copy)
        self.body.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignLeft)
        self._runner = JobRunner(self)
        self.finished.connect(self._on_closed)
        self._runner.submit("doctor", partial(_work, project, display_facts()), self._on_checked)

    def _on_checked(self, outcome: JobOutcome) -> None:
        found = outcome.value
        if isinstance(found, Diagnosis):
            self._lead.setText(found.headline)
            self._details.setPlainText("\n".join(found.lines()))
            self._copy.setEnabled(True)
        else:
            self._lead.setText(in_window(outcome.error) if outcome.error is not None else "The checks were stopped.")

    def _on_copy(self, _checked: bool) -> None:
        QApplication.clipboard().setText(f"{self._lead.text()}\n\n{self._details.toPlainText()}\n")

    def _on_closed(self, _result: int) -> None:
        self._runner.shut_down()


def _work(project: Path | None, display: list[tuple[str, str]], _progress: Progress, cancel: CancelToken) -> Diagnosis:
    return diagnose(project, display=display, cancel=cancel)

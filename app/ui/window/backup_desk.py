"""Restoring backups in the window: of the project that is open, or of one that can't be opened."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.progress import CancelToken, Progress
from app.core.wording import sentence
from app.jobs.runner import JobOutcome
from app.ui.actions.registry import ActionScope
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.projects import Projects


class BackupDesk(QObject):
    """Lists the backups, and puts the one that is chosen in the project's place, which is closed for it."""

    open_wanted = Signal(object)  # path of the project, once it is restored

    def __init__(self, window: QWidget, projects: Projects, actions: ActionScope, notifier: Notifier) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._notifier = notifier
        self._project = Path()
        actions.bind("project.backups", self.ask)
        projects.restore_wanted.connect(self.offer)

    def ask(self) -> None:
        """List the backups of the open project."""
        if self._projects.session is not None:
            self.offer(self._projects.session.path)

    def offer(self, project: Path) -> None:
        """List the backups of a project that may be damaged or gone."""
        from app.ui.dialogs.backups import BackupsDialog

        self._project = project
        dialog = BackupsDialog(project, self._window)
        dialog.answered.connect(self._restore)
        dialog.open()

    def _restore(self, copy: Path) -> None:
        if not self._projects.make_way(self._project):  # without a copy: what is there is kept by restoring itself
            return
        self._projects.run("restore", "Restoring a backup", partial(_work, self._project, copy), self._on_restored)

    def _on_restored(self, outcome: JobOutcome) -> None:
        failed = self._projects.report_failure(outcome, "Nothing was restored")
        if not failed or self._projects.session is None:
            self.open_wanted.emit(self._project)
        if failed:
            return
        kept: Path | None = outcome.value
        note = "" if kept is None else f" What was there before is kept as {kept.parent.name}/{kept.name}."
        self._notifier.notify(sentence(f"The backup was restored.{note}"), Tone.DONE)


def _work(project: Path, copy: Path, report: Progress, _token: CancelToken) -> Path | None:
    from app.services.history.earlier_copies import restore_copy

    return restore_copy(project, copy, progress=report)

"""What the window does about a damaged project: it looks for damage, tells it once, and repairs it when asked to."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.wording import sentence
from app.jobs.runner import JobOutcome
from app.session.integrity import is_damage
from app.ui.window.file_check import FileCheck

if TYPE_CHECKING:
    from app.ui.window.main_window import MainWindow
    from app.ui.window.projects import Projects

_FAILED = "The project can’t be repaired"


class DamageCare(QObject):
    """Checks the open project in the background, and offers to repair what is damaged."""

    open_wanted = Signal(object)  # path of the repaired project, or of one whose repair was cancelled

    def __init__(self, window: "MainWindow", projects: "Projects") -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._check = FileCheck(self)
        self._check.failed.connect(self._on_found)
        self._told: Path | None = None
        self._left: Path | None = None  # the project that was closed for its repair
        projects.damage_met.connect(self._on_met)

    def check(self) -> None:
        """Begin to check the open project."""
        self._told = None
        if self._projects.session is not None:
            self._check.start(self._projects.session)

    def end(self) -> None:
        """Stop, before the project is closed."""
        self._check.stop()

    def _on_found(self, error: StetError) -> None:
        self._projects.complain("The project is damaged", error)

    def _on_met(self, met: tuple[str, StetError]) -> None:
        from app.ui.window.projects import NOT_OPENED

        title, error = met
        path = Path(str(error.path))
        if self._told == path and title != NOT_OPENED:
            self._window.notifier.complain(error)  # the dialog was there already
            return
        self._told = path
        from app.services.history.earlier_copies import has_copies
        from app.ui.dialogs.trouble import DamageDialog

        dialog = DamageDialog(
            title,
            error,
            path,
            self._window,
            has_copies=has_copies(path),
            is_there=is_damage(path, error),
            is_asked=title == NOT_OPENED,
        )
        dialog.restore_wanted.connect(self._projects.restore_wanted)
        dialog.repair_wanted.connect(self._on_repair)
        dialog.open()

    def _on_repair(self, path: Path) -> None:
        session = self._projects.session
        self._left = path if session is not None and session.is_of(path) else None
        if not self._projects.make_way(path):  # without a copy, which would be damaged as well
            return

        def work(report: Progress, token: CancelToken) -> Any:  # noqa: ANN401  the task's own report
            from app.jobs.tasks.repair_project import repair_project

            return repair_project(path, progress=report, cancel=token)

        self._projects.run("repair", "Repairing", work, self._on_repaired)

    def _on_repaired(self, outcome: JobOutcome) -> None:
        from app.ui.dialogs.texts import ReportDialog

        left, self._left = self._left, None
        has_failed = self._projects.report_failure(outcome, _FAILED)
        report = None if has_failed else outcome.value
        if report is None and left is not None and self._projects.session is None:
            self.open_wanted.emit(left)
        if has_failed:
            return
        if report is None:
            self._window.notifier.notify("The project is sound; what lists go by was made again.")
            return
        self.open_wanted.emit(report.out)
        lines = [sentence(f"{kind}: {what}") for kind, what in report.lines()] or ["Nothing was lost."]
        ReportDialog("Repaired", sentence(report.summary()), lines, self._window, folder=report.out.parent).open()

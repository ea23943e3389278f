"""Assigning work to annotators and merging returned work."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.core.errors import EditRejected
from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome
from app.ui.actions.registry import ActionScope
from app.ui.widgets.fields import FileDialog
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.hub_desk import HubDesk
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.core.assignment_plan import AssignmentPlan
    from app.jobs.tasks.assign import Planner
    from app.jobs.tasks.merge import MergeReport
    from app.ui.window.main_window import MainWindow

_NOT_ASSIGNED = "Documents can’t be assigned"


class Team(QObject):
    """Asks for the options and runs the work in the background."""

    open_wanted = Signal(object)  # Path

    def __init__(self, window: "MainWindow", projects: Projects, actions: ActionScope, notifier: Notifier) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._notifier = notifier
        self.hub = HubDesk(window, projects)
        self.hub.joined.connect(self.open_wanted)
        actions.bind("team.assign", partial(self.open_assignment, ()))
        actions.bind("team.merge", self.ask_merge)

    # -- assigning -----------------------------------------------------------------------------------------------------

    def open_assignment(self, documents: Sequence[str] = ()) -> None:
        """Ask who gets which documents: these (uids), or all that are to be annotated."""
        from app.jobs.tasks.assign import Planner

        session = self._projects.session
        if session is None:
            return
        try:
            session.require_writable()
        except EditRejected as error:
            self._projects.complain(_NOT_ASSIGNED, error)
            return
        make = partial(Planner, session, documents)

        def work(_report: Progress, _token: CancelToken) -> Planner:
            return make()

        self._projects.run("assign", "Reading the documents", work, partial(self._on_planned, make))

    def _on_planned(self, make: Callable[[], "Planner"], outcome: JobOutcome) -> None:
        from app.jobs.tasks.assign import Planner, TakenBack, assign, take_back
        from app.ui.dialogs.assign_dialog import AssignDialog

        session = self._projects.session
        if self._projects.report_failure(outcome, _NOT_ASSIGNED) or session is None:
            return

        def carry_out(plan: "AssignmentPlan") -> None:
            assign(session, plan)

        def take_from(name: str) -> TakenBack:
            return take_back(session, [name])[0]

        # Those assigned before probably get more; other annotators in the project may have worked here only in passing.
        planner: Planner = outcome.value
        people = [(name, name in planner.assigned) for _, name, kind in session.reader.annotators() if kind == "person"]
        dialog = AssignDialog(planner, make, people, carry_out, take_from, self._window)
        dialog.bundles_wanted.connect(self.ask_folder)
        dialog.open()

    def ask_folder(self, names: list[str]) -> None:
        """Ask for the folder for these annotators' bundles."""
        session = self._projects.session
        if session is None:
            return
        dialog = FileDialog(self._window, "Folder for the bundles", str(session.path.parent), "")
        dialog.setObjectName("bundles-dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(_Folder(self, names, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_bundles(self, folder: Path, names: Sequence[str]) -> None:
        """Write a bundle for each annotator, in the background."""
        session = self._projects.session
        if session is None:
            return

        def work(report: Progress, token: CancelToken) -> Any:  # noqa: ANN401  the task's own report
            from app.jobs.tasks.bundle import write_bundles

            return write_bundles(session, folder, names, progress=report, cancel=token)

        self._projects.run("bundle", "Writing bundles", work, self._on_written)

    def _on_written(self, outcome: JobOutcome) -> None:
        from app.ui.dialogs.texts import ReportDialog

        if self._projects.report_failure(outcome, "Not all bundles were written"):
            return
        from app.jobs.tasks.bundle import sentence

        lead = "Send each file to its annotator. When it comes back, choose “Merge returned work…”."
        lines = [sentence(done) for done in outcome.value]
        folder = outcome.value[0].path.parent if outcome.value else None
        ReportDialog("Bundles written", lead, lines, self._window, folder=folder).open()

    # -- merging -------------------------------------------------------------------------------------------------------

    def ask_merge(self) -> None:
        """Ask which returned files to merge."""
        session = self._projects.session
        if session is None:
            return
        kinds = "Bundles and projects (*.stet)"
        dialog = FileDialog(self._window, "Merge returned work", str(session.path.parent), kinds)
        dialog.setObjectName("merge-dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(_Files(self, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @staticmethod
    def meant_for(path: Path) -> str:
        """Return the annotator that a bundle is for, or an empty string if the file isn't a bundle."""
        from app.jobs.tasks.merge import meant_for

        return meant_for(path) or ""

    def ask_about(self, files: Sequence[Path]) -> bool:
        """Ask whether to merge dropped projects, if one is a bundle or there are several.

        Return False if there is nothing to ask.
        """
        from app.ui.dialogs.merge_dialog import MergeOrOpenDialog

        session = self._projects.session
        if session is None or not session.is_writable:
            return False
        if len(files) == 1 and (files[0].resolve() == session.path.resolve() or not self.meant_for(files[0])):
            return False
        dialog = MergeOrOpenDialog(session.path.name, files, self._window)
        dialog.accepted_files.connect(self.merge)
        dialog.opened.connect(self.open_wanted)
        dialog.open()
        return True

    def merge(self, files: Sequence[Path]) -> None:
        """Merge the work in files in the background, in one undoable step."""
        session = self._projects.session
        if session is None:
            return

        def work(report: Progress, token: CancelToken) -> Any:  # noqa: ANN401  the task's own report
            from app.jobs.tasks.merge import merge_files

            return merge_files(session, files, progress=report, cancel=token)

        self._projects.run("merge", "Merging returned work", work, self._on_merged)

    def _on_merged(self, outcome: JobOutcome) -> None:
        from app.ui.dialogs.texts import ReportDialog

        if self._projects.report_failure(outcome, "Nothing was merged"):
            return
        report: MergeReport = outcome.value
        headline, *lines = report.lines()
        headline = f"{headline[:1].upper()}{headline[1:]}."
        if lines:
            ReportDialog("Merged", headline, lines, self._window).open()
        else:
            self._notifier.notify(headline, Tone.DONE)


class _Folder:
    """Passes a chosen folder on and closes its dialog."""

    def __init__(self, team: Team, names: list[str], dialog: QFileDialog) -> None:
        self._team = team
        self._names = names
        self._dialog = dialog

    def __call__(self, name: str) -> None:
        self._dialog.hide()
        self._team.write_bundles(Path(name), self._names)


class _Files:
    """Passes chosen files on and closes their dialog."""

    def __init__(self, team: Team, dialog: QFileDialog) -> None:
        self._team = team
        self._dialog = dialog

    def __call__(self, names: list[str]) -> None:
        self._dialog.hide()
        self._team.merge([Path(name) for name in names])

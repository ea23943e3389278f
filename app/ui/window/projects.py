"""Opening and closing projects, importing and exporting."""

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app import paths
from app.core.decision import GOLD
from app.core.errors import Cancelled, ProjectError, ProjectGone, StetError
from app.core.progress import CancelToken, Progress
from app.core.wording import window_hint
from app.jobs.runner import JobOutcome, JobProgress, JobRunner
from app.session.integrity import is_damage
from app.session.session import Session
from app.ui.widgets.fields import FileDialog
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.copies import BackupJobs
from app.ui.window.imports import Imports

if TYPE_CHECKING:
    from app.ui.dialogs.export_dialog import ExportRequest
    from app.ui.dialogs.new_project import NewProject
    from app.ui.dialogs.progress import ProgressDialog

Job = Callable[[Progress, CancelToken], Any]
SAMPLE_NAME = "Stet sample"

NOT_OPENED = "The project can’t be opened"
"""The title of what is told each time that somebody tries, however often it was told before."""


class Projects(QObject):
    """Holds the open session. Long work runs in the background under a progress dialog."""

    opened = Signal(object)  # Session
    closing = Signal()
    unsaved = Signal()  # edits that couldn't be written keep the project from being closed
    closed = Signal()
    exported = Signal(object)  # ExportReport
    restore_wanted = Signal(object)  # path of a project that a backup is to take the place of
    damage_met = Signal(object)  # the title of a complaint, and the ProjectError of a project that is damaged or gone

    def __init__(self, window: QWidget, runner: JobRunner, notifier: Notifier) -> None:
        super().__init__(window)
        self._window = window
        self._runner = runner
        self._notifier = notifier
        self._progress: ProgressDialog | None = None
        self._is_closing = False
        self.session: Session | None = None
        self.is_sample = False
        self._waiting: list[Path] = []
        self.copies = BackupJobs(notifier, self)
        self.imports = Imports(self, window, notifier)
        self.copies.failed.connect(self._on_copy_failed)
        runner.progressed.connect(self._on_progressed)

    # -- opening and closing -------------------------------------------------------------------------------------------

    @staticmethod
    def _is_gone(path: Path) -> bool:
        """Whether there is no such file, as opposed to one that can't be reached, which opening it puts into words."""
        try:
            return not path.exists()
        except OSError:
            return False

    def may_leave(self) -> bool:
        """Whether nothing of the open project is in memory alone. Else it is told by `unsaved`, and it must stay."""
        if self.session is not None and self.session.kept:
            try:
                self.session.kept.save()
            except StetError:
                self.unsaved.emit()
                return False
        return True

    def make_way(self, path: Path, *, with_copy: bool = False) -> bool:
        """Close the open project if a file is its own, for whoever is about to replace that. Return whether it isn't
        open any more: it stays while some of it is in memory alone, which is told.
        """
        if self.session is not None and self.session.is_of(path):
            if not self.may_leave():
                return False
            self.close(with_copy=with_copy)
        return True

    def open(self, path: Path, annotator: str) -> None:
        """Open a project, read-only if it can't be written. Notifies the user of this and of errors."""
        from app.core.errors import NotWritable

        if not self.may_leave():
            return
        note = ""
        if self._is_gone(path):
            hint = "It was moved, renamed or deleted, or its drive isn’t connected. Open it from its new location."
            self.complain(NOT_OPENED, ProjectGone("no such file", hint=hint, path=path))
            return
        if self.session is not None and self.session.is_writable and self.session.is_of(path):
            self._notifier.notify(f"{path.name} is already open.")  # opening it twice would find it locked by ourselves
            return
        try:
            session = Session.open(path, annotator=annotator or None)
        except NotWritable as error:
            try:
                session = Session.open(path, annotator=annotator or None, write=False)
            except StetError as other:
                self.complain(NOT_OPENED, other)
                return
            note = f"Opened read-only: {error.what}."
        except StetError as error:
            self.complain(NOT_OPENED, error)
            return
        self._take(session)
        if note:
            self._notifier.notify(note, Tone.WARNING)

    def _take(self, session: Session) -> None:
        self.close()
        self.session = session
        logging.getLogger("stet.projects").info(
            "opened %s %s", session.path.name, "" if session.is_writable else "read-only"
        )
        self.is_sample = session.path.parent == sample_folder()
        self.opened.emit(session)
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self.imports.take(waiting)

    def close(self, *, with_copy: bool = True) -> None:
        """Close the open project; if it was changed, a backup is made, in the background if that takes long.

        None is made without `with_copy`, for whoever keeps the file as it is.
        """
        if self.session is None:
            return
        self._end_job()
        self._is_closing = True  # dialogs that close with it may want to go on with what was answered
        self.closing.emit()
        self._is_closing = False
        session, self.session = self.session, None
        self.copies.end()
        copy, failure = None, None
        try:
            copy = session.close_before_copy()
        except StetError as error:
            failure = error
        self.closed.emit()
        if copy is not None and with_copy:
            self.copies.make_last(copy)
        elif failure is not None:
            self.copies.tell(failure)

    def _end_job(self) -> None:
        """Cancel the job that has the session, if there is one, and wait for its end; nothing of it is told."""
        self._runner.shut_down()
        dialog, self._progress = self._progress, None
        if dialog is not None:
            dialog.finish()

    def ask_new(self) -> None:
        """Ask for a file and a scheme, and create the project."""
        from app.jobs.tasks.scheme_file import shipped_schemes
        from app.ui.dialogs.new_project import NewProjectDialog

        if not self.may_leave():
            return
        dialog = NewProjectDialog(_first_folder(), shipped_schemes(), self._window)
        dialog.answered.connect(self._on_new)
        dialog.open()

    def _on_new(self, answer: "NewProject") -> None:
        from app.jobs.tasks.scheme_file import read_scheme
        from app.ui.dialogs.texts import ReportDialog

        annotator = self.session.annotator if self.session else None
        try:
            found = read_scheme(str(answer.scheme))
            path = str(answer.scheme)
            session = Session.create(answer.path, scheme=found.source, scheme_path=path, annotator=annotator)
        except StetError as error:
            self.complain("The project can’t be created", error)
            return
        self._take(session)
        if found.notes:
            ReportDialog(
                "Scheme read", f"From {answer.scheme.name}, but not all as it was:", found.notes, self._window
            ).open()

    def ask_open(self, on_path: Callable[[Path], None]) -> None:
        """Ask for a project file."""
        dialog = FileDialog(self._window, "Open project", str(_first_folder()), "Stet projects (*.stet)")
        dialog.setObjectName("open-project-dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(_Chosen(on_path, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_sample(self, annotator: str, *, fresh: bool = False) -> None:
        """Open the sample project, creating it first if needed; with `fresh`, create another one beside it."""
        if not self.may_leave():
            return
        folder = sample_folder()
        path = folder / f"{SAMPLE_NAME}.stet"
        if os.path.exists(path) and not fresh:
            self.open(path, annotator)
            return
        # What makes a sample takes a while to load, and few starts need it.
        from app.jobs.tasks.sample import create_sample
        from app.ui.dialogs.new_project import free_name

        path = free_name(folder, SAMPLE_NAME) if fresh else path
        try:
            folder.mkdir(parents=True, exist_ok=True)
            session = create_sample(path, annotator=annotator or "me")
        except (OSError, StetError) as error:
            self.complain("The sample project can’t be created", error)
            return
        self._take(session)

    # -- importing -----------------------------------------------------------------------------------------------------

    def ask_import(self, *, reference_for: str | None = None) -> None:
        """Ask for files and import them; without a project, create one for them first."""
        self.imports.ask(_first_folder(), reference_for=reference_for)

    def ask_import_folder(self) -> None:
        """Ask for a folder and import what is in it."""
        self.imports.ask(_first_folder(), is_folder=True)

    def create_for(self, files: Sequence[Path]) -> None:
        """Ask for a new project, and import files into it."""
        self._waiting = list(files)
        self.ask_new()

    # -- exporting -----------------------------------------------------------------------------------------------------

    def ask_export(self, *, gold: bool = False, documents: Sequence[str] = (), format: str = "") -> None:
        """Ask what to export, and export it in the background; `gold` offers that first, if there is any, `format` a
        format by name. With `documents` (uids), only those are offered.
        """
        from app.ui.dialogs.export_dialog import ExportDialog
        from app.ui.window.export_counter import ExportCounter

        session = self.session
        if session is None:
            return
        names = [name for _, name, kind in session.reader.annotators() if kind != GOLD]
        has_gold = session.reader.has_gold()
        counter = ExportCounter(session.path, self)
        dialog = ExportDialog(
            session.path,
            names,
            GOLD if gold and has_gold else session.annotator or "",
            self._window,
            has_gold=has_gold,
            scheme=session.scheme,
            preview=counter.count,
            documents=documents,
        )
        if format:
            dialog.choose_format(format)
        dialog.finished.connect(counter.close)
        dialog.finished.connect(counter.deleteLater)
        dialog.answered.connect(self.export)
        dialog.open()

    def export(self, request: "ExportRequest") -> None:
        """Write an export file from a consistent snapshot of the project."""
        session = self.session
        if session is None:
            return
        project = session.path

        def work(report: Progress, token: CancelToken) -> Any:  # noqa: ANN401  the task's own report
            from app.jobs.tasks.export_file import export_project

            # A reader of its own: the window keeps using its connections meanwhile.
            reader = Session.open(project, write=False)
            try:
                return export_project(
                    reader,
                    request.path,
                    **request.wanted,
                    options=request.options,
                    progress=report,
                    cancel=token,
                )
            finally:
                reader.close()

        self.run("export", "Exporting", work, self._on_exported)

    def _on_exported(self, outcome: JobOutcome) -> None:
        from app.ui.dialogs.texts import ReportDialog

        if self.report_failure(outcome, "Nothing was exported"):
            return
        self.exported.emit(outcome.value)
        title = "Exported" if outcome.value.documents else "No document was exported"
        lead, *details = outcome.value.lines()
        details.sort(key=lambda each: not each.startswith("nothing exported"))  # that is what people ask first
        written = next((part.path for part in outcome.value.parts if part.path is not None), None)
        folder = written.parent if written is not None else None
        ReportDialog(title, f"{lead[:1].upper()}{lead[1:]}", details, self._window, folder=folder).open()

    def back_up(self) -> None:
        """Copy the project into its backup folder."""
        self.copies.back_up()

    def _on_copy_failed(self, error: StetError) -> None:
        self.complain("There is no new backup", error)

    # -- background work -----------------------------------------------------------------------------------------------

    def run(
        self, key: str, title: str, work: Callable[[Progress, CancelToken], Any], on_done: Callable[[JobOutcome], None]
    ) -> None:
        """Run long work in the background under a progress dialog; none is begun while the project is being closed."""
        if self._is_closing:
            return
        from app.ui.dialogs.progress import ProgressDialog

        dialog = ProgressDialog(title, self._window)
        dialog.cancel_requested.connect(self._runner.cancel)
        self._progress = dialog

        def done(outcome: JobOutcome) -> None:
            self._progress = None
            dialog.finish()
            on_done(outcome)

        try:
            self._runner.submit(key, work, done)
        except StetError as error:
            self._progress = None
            dialog.finish()
            self.complain(title, error)
            return
        dialog.open()

    @property
    def is_busy(self) -> bool:
        """Whether a job has the session."""
        return self._runner.is_busy

    def _on_progressed(self, progress: JobProgress) -> None:
        if self._progress is not None:
            self._progress.show_progress(progress.done, progress.total, progress.what)

    def report_failure(self, outcome: JobOutcome, title: str) -> bool:
        """Report work that failed or was cancelled; return False if it succeeded."""
        if outcome.cancelled:
            self._notifier.notify(f"{title}: {Cancelled().what}.")
        elif outcome.error is not None:
            self.complain(title, outcome.error)
        return outcome.cancelled or outcome.error is not None or outcome.bug is not None

    def complain(self, title: str, error: StetError | OSError) -> None:
        """Show what went wrong and what to do about it; for a project that is damaged or gone, offer its backups."""
        from app.ui.dialogs.texts import ReportDialog

        if isinstance(error, StetError):
            if _is_of_project(error):
                self.damage_met.emit((title, error))
                return
            where = f"{error.path}" + (f", line {error.line}" if error.line is not None else "")
            details = [part for part in (where if error.path else "", window_hint(error)) if part]
            ReportDialog(title, f"{error.what[:1].upper()}{error.what[1:]}.", details, self._window).open()
        else:
            ReportDialog(title, str(error), (), self._window).open()


def _is_of_project(error: StetError) -> bool:
    """Whether an error says that a project is damaged or gone, and so its backups or a repair can help."""
    if error.path is None or not isinstance(error, ProjectError):
        return False
    return isinstance(error, ProjectGone) or is_damage(Path(error.path), error)


class _Chosen:
    """Passes a chosen file on and closes its dialog."""

    def __init__(self, on_path: Callable[[Path], None], dialog: QFileDialog) -> None:
        self._on_path = on_path
        self._dialog = dialog

    def __call__(self, name: str) -> None:
        self._dialog.hide()
        self._on_path(Path(name))


def sample_folder() -> Path:
    """Return the folder of the sample project."""
    return paths.state_dir() / "sample"


def _first_folder() -> Path:
    folder = paths.documents_dir()
    return folder if folder.is_dir() else Path.home()

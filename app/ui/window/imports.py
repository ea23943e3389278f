"""Importing files in the window: what they are, what is asked about them, and the import itself."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.decision import GOLD
from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.wording import sentence, without_shell
from app.jobs.runner import JobOutcome
from app.session.session import Session
from app.ui.widgets.fields import FileDialog
from app.ui.widgets.notifier import Notifier, Tone

if TYPE_CHECKING:
    from app.jobs.tasks.import_choices import ImportChoices
    from app.jobs.tasks.import_preview import ImportPreview
    from app.jobs.tasks.import_report import ImportReport
    from app.ui.dialogs.import_preview import ImportPreviewDialog

_FAILED = "Nothing was imported"


class OpenProject(Protocol):
    """What imports need of what holds the open project."""

    session: Session | None

    def run(
        self, key: str, title: str, work: Callable[[Progress, CancelToken], Any], on_done: Callable[[JobOutcome], None]
    ) -> None:
        """Run long work in the background under a progress dialog."""
        ...

    def report_failure(self, outcome: JobOutcome, title: str) -> bool:
        """Report work that failed or was cancelled; return False if it succeeded."""
        ...

    def complain(self, title: str, error: StetError | OSError) -> None:
        """Show what went wrong and what to do about it."""
        ...

    def create_for(self, files: Sequence[Path]) -> None:
        """Ask for a new project, and import files into it."""
        ...


class Imports(QObject):
    """Imports files into the open project. Files of other tools are shown first, as they would come in."""

    imported = Signal(object)  # uid of the first document, or None

    def __init__(self, projects: OpenProject, window: QWidget, notifier: Notifier) -> None:
        super().__init__(window)
        self._projects = projects
        self._window = window
        self._notifier = notifier
        self._files: list[Path] = []
        self._reference_for: str | None = None
        self._encodings: dict[Path, str] = {}
        self._choices: ImportChoices | None = None
        self._dialog: ImportPreviewDialog | None = None
        self._is_looking = False
        self._then: Callable[[], None] | None = None  # what was asked for while the files were looked at

    def ask(self, folder: Path, *, reference_for: str | None = None, is_folder: bool = False) -> None:
        """Ask for files, or a folder of them, and import them; without a project, one is created for them first."""
        # Format modules are slow to load, and few sessions need them.
        from app.exchange.registry import Registry
        from app.ui.dialogs.format_fields import import_kinds

        title = "Import as reference" if reference_for else "Import a folder" if is_folder else "Import documents"
        kinds = "" if is_folder else import_kinds(Registry().readers())
        dialog = FileDialog(self._window, title, str(folder), kinds)
        dialog.setObjectName("import-folder-dialog" if is_folder else "import-dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(_Chosen(self, reference_for, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take(
        self, files: Sequence[Path], *, reference_for: str | None = None, encodings: Mapping[Path, str] | None = None
    ) -> None:
        """Import files and folders in the background, in one undoable step.

        What can't be known is asked: the encodings of texts that aren't UTF-8, except those in `encodings`, and about
        files of other tools what their labels become, whose their annotations are, and in what they count.
        """
        if self._projects.session is None:
            self._projects.create_for(files)
            return
        from app.jobs.tasks.import_preview import is_foreign

        self._files, self._reference_for = list(files), reference_for
        self._encodings, self._choices = dict(encodings or {}), None
        try:
            asks = is_foreign(self._files)
        except StetError as error:
            self._projects.complain(_FAILED, error)
            return
        if asks:
            self._preview()
        else:
            self._import()

    def _preview(self) -> None:
        session = self._projects.session
        if session is None:
            return
        scheme, files = session.scheme, list(self._files)
        choices, encodings = self._choices, dict(self._encodings)
        annotator = session.annotator

        def work(report: Progress, token: CancelToken) -> Any:  # noqa: ANN401  the task's own result
            from app.exchange.text_encodings import EncodingChoices
            from app.jobs.tasks.import_choices import ImportChoices
            from app.jobs.tasks.import_preview import preview_import
            from app.jobs.tasks.known_documents import known_documents

            chosen = choices or ImportChoices(annotator=annotator)
            wanted = EncodingChoices(encodings)
            known = known_documents(session)
            return preview_import(scheme, files, chosen, encoding=wanted, document=known, progress=report, cancel=token)

        self._is_looking, self._then = True, None
        self._projects.run("import-preview", "Looking at the files", work, self._on_previewed)

    def _on_previewed(self, outcome: JobOutcome) -> None:
        self._is_looking, then = False, self._then
        session = self._projects.session
        if session is None or self._asks_encoding(outcome) or self._projects.report_failure(outcome, _FAILED):
            return
        if then is not None:
            then()
            return
        found: ImportPreview = outcome.value
        if self._dialog is None:
            from app.ui.dialogs.import_preview import ImportPreviewDialog

            people = [name for _, name, kind in session.reader.annotators() if kind != GOLD]
            self._dialog = ImportPreviewDialog(
                self._files, session.scheme, people, session.annotator or "", self._window
            )
            self._dialog.answered.connect(self._on_answered)
            self._dialog.changed.connect(self._on_changed)
            self._dialog.finished.connect(self._on_finished)
            self._dialog.open()
        self._dialog.show_preview(found)

    def _on_answered(self, choices: "ImportChoices") -> None:
        self._choices = choices
        self._after_looking(self._import)

    def _on_changed(self, choices: "ImportChoices") -> None:
        self._choices = choices
        self._after_looking(self._preview)

    def _after_looking(self, do: Callable[[], None]) -> None:
        """Do what was asked for: at once, or when the files have been looked at with the choices before."""
        if self._is_looking:
            self._then = do
        else:
            do()

    def _on_finished(self, _result: int) -> None:
        self._dialog = None

    def _import(self) -> None:
        session = self._projects.session
        if session is None:
            return
        files, reference_for, encodings = list(self._files), self._reference_for, dict(self._encodings)
        choices = self._choices

        def work(report: Progress, token: CancelToken) -> Any:  # noqa: ANN401  the task's own report
            from app.exchange.text_encodings import EncodingChoices
            from app.jobs.tasks.import_choices import ImportChoices
            from app.jobs.tasks.import_files import import_files

            chosen = choices or ImportChoices(annotator=session.annotator)
            return import_files(
                session,
                files,
                **chosen._asdict(),
                reference_for=reference_for,
                encoding=EncodingChoices(encodings),
                progress=report,
                cancel=token,
            )

        self._projects.run("import", "Importing", work, self._on_imported)

    def _on_imported(self, outcome: JobOutcome) -> None:
        from app.ui.dialogs.texts import ReportDialog

        if self._asks_encoding(outcome) or self._projects.report_failure(outcome, _FAILED):
            return
        report: ImportReport = outcome.value
        headline = sentence(report.headline("mark"))
        details = list(map(without_shell, report.details()))
        self.imported.emit(report.brought.first)
        if details:
            ReportDialog("Imported", headline, details, self._window).open()
        else:
            self._notifier.notify(headline, Tone.DONE)

    def _asks_encoding(self, outcome: JobOutcome) -> bool:
        """Ask for the encoding of a text if that is why work failed; return whether it is."""
        from app.exchange.encoded_text import OtherEncoding
        from app.ui.dialogs.encoding_choice import EncodingDialog

        error = outcome.error
        if not isinstance(error, OtherEncoding) or error.path is None:
            return False
        dialog = EncodingDialog(Path(error.path), error.tried, self._window)
        dialog.answered.connect(self._on_encoding)
        dialog.open()
        return True

    def _on_encoding(self, answer: tuple[Path, str]) -> None:
        path, name = answer
        choices = self._choices
        self.take(self._files, reference_for=self._reference_for, encodings={**self._encodings, path: name})
        self._choices = choices


class _Chosen:
    """Passes chosen files to the import."""

    def __init__(self, imports: Imports, reference_for: str | None, dialog: QFileDialog) -> None:
        self._imports = imports
        self._reference_for = reference_for
        self._dialog = dialog

    def __call__(self, names: list[str]) -> None:
        self._dialog.hide()
        self._imports.take([Path(name) for name in names], reference_for=self._reference_for)

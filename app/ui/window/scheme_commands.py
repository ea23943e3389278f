"""Commands that change the scheme in its window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome
from app.services.schemes.draft import SchemeDraft
from app.ui.actions.registry import ActionScope
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.appearance import Appearance
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.services.migration.survey import Migration
    from app.ui.dialogs.scheme_dialog import SchemeDialog


class SchemeCommands(QObject):
    """Opens the scheme window, and applies what was changed there in the background, as one step."""

    document_wanted = Signal(object)  # uid

    def __init__(
        self, window: QWidget, projects: Projects, actions: ActionScope, notifier: Notifier, look: Appearance
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._notifier = notifier
        self._look = look
        self._open: SchemeDialog | None = None
        projects.closing.connect(self._on_closing)
        actions.bind("project.edit-scheme", self.ask)

    def ask(self) -> None:
        """Open the scheme window."""
        from app.ui.dialogs.scheme_dialog import SchemeDialog

        session = self._projects.session
        if session is None:
            return
        self._open = dialog = SchemeDialog(session, self._look.tones, self._window)
        dialog.answered.connect(self._apply)
        dialog.document_wanted.connect(self.document_wanted)
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _apply(self, draft: SchemeDraft) -> None:
        session = self._projects.session
        if session is None:
            return

        def work(report: Progress, token: CancelToken) -> object:
            def report_documents(done: int, total: int) -> None:
                report(done, total, "Documents")

            return draft.apply(session, progress=report_documents, cancel=token)

        self._projects.run("scheme", "Changing the scheme", work, self._on_applied)

    def _on_applied(self, outcome: JobOutcome) -> None:
        session = self._projects.session
        if session is None or self._projects.report_failure(outcome, "The scheme wasn’t changed"):
            return
        done: Migration | None = outcome.value
        marks = f" Marks changed: {done.annotations:,}." if done is not None else ""
        self._notifier.notify(f"The scheme is now {session.scheme.tag}.{marks}", Tone.DONE)

    def _on_finished(self, _result: int) -> None:
        self._open = None

    def _on_closing(self) -> None:
        if self._open is not None:
            self._open.done(0)

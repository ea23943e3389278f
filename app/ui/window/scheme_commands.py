"""Commands that change the scheme in its window."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.proposal import ProposalNote, is_proposal, note_of, proposal_title
from app.core.wording import counted
from app.jobs.runner import JobOutcome
from app.services.schemes.draft import SchemeDraft
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.dialogs.base import Dialog
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.appearance import Appearance
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.services.migration.survey import Migration
    from app.ui.dialogs.new_label import NewLabel

_MOST = 200  # characters of an example


class SchemeCommands(QObject):
    """Opens the scheme window, and applies what was changed there in the background, as one step."""

    document_wanted = Signal(object)  # uid

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        actions: ActionScope,
        notifier: Notifier,
        look: Appearance,
        workspace: Callable[[], AnnotateWorkspace | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._notifier = notifier
        self._look = look
        self._workspace = workspace
        self._actions = actions
        self._open: Dialog | None = None
        projects.closing.connect(self._on_closing)
        actions.bind("project.edit-scheme", self.ask)
        actions.bind("annotation.new-label", self.ask_label)

    def ask(self) -> None:
        """Open the scheme window."""
        from app.ui.dialogs.scheme_dialog import SchemeDialog

        session = self._projects.session
        if session is None:
            return
        keys = {what: self._actions.action(f"edit.{what}").shortcuts() for what in ("undo", "redo")}
        self._open = dialog = SchemeDialog(session, self._look.tones, self._window, **keys)
        dialog.answered.connect(self._apply)
        dialog.document_wanted.connect(self.document_wanted)
        dialog.guideline_wanted.connect(self._write_guideline)
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def ask_label(self) -> None:
        """Ask for a new label, and give it to the selection."""
        from app.ui.dialogs.new_label import NewLabelDialog

        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None:
            return
        if not session.is_writable:
            self._notifier.notify("This project is open read-only, so it can’t get a label.", Tone.WARNING)
            return
        chosen, view = workspace.controller.chosen, workspace.text.canvas.view
        is_again = chosen is not None and is_proposal(chosen.label) and not view.has_selection
        start, end = view.selection if view.has_selection else (chosen.start, chosen.end) if chosen else (0, 0)
        words = " ".join(workspace.text.canvas.text[start:end].split())
        self._open = dialog = NewLabelDialog(
            session.scheme,
            workspace.layer.current,
            self._window,
            title=proposal_title(chosen.label) if is_again and chosen is not None else "",
            said=note_of(chosen.attributes) if is_again and chosen is not None else ProposalNote(example=words[:_MOST]),
            proposed=sorted({proposal_title(label) for _, label in session.reader.labels() if is_proposal(label)}),
        )
        dialog.answered.connect(self._add_label)
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _add_label(self, asked: "NewLabel") -> None:
        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None:
            return
        if asked.draft is None:
            workspace.controller.propose_label(asked.layer, asked.title, asked.said)
            return
        view, chosen = workspace.text.canvas.view, workspace.controller.chosen
        try:
            asked.draft.apply(session)
        except StetError as error:
            self._notifier.complain(error)
            return
        self._notifier.notify(f"“{asked.title}” was added; the scheme is now {session.scheme.tag}.", Tone.DONE)
        if view.has_selection:  # which another scheme doesn't keep
            workspace.text.canvas.select(*view.selection)
        elif chosen is not None:
            workspace.controller.choose(chosen.uid)
        if view.has_selection or chosen is not None:
            workspace.controller.apply_label(asked.layer, asked.label)

    def _write_guideline(self, path: Path) -> None:
        session = self._projects.session
        if session is None:
            return
        project = session.path

        def work(report: Progress, token: CancelToken) -> str:
            from app.jobs.tasks.guideline import write_guideline

            reader = Session.open(project, write=False)  # the window keeps using its own connections
            try:
                examples = write_guideline(reader, path, progress=report, cancel=token)
            finally:
                reader.close()
            return f"Written to {path.name}, with {counted(examples, 'example')} from gold."

        self._projects.run("guideline", "Writing the guideline", work, self._on_written)

    def _on_written(self, outcome: JobOutcome) -> None:
        if not self._projects.report_failure(outcome, "No guideline was written"):
            self._notifier.notify(outcome.value, Tone.DONE)

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

"""Bulk commands: actions that affect more than one annotation."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.scheme_change import SchemeChange
from app.core.text_search import Wanted
from app.core.wording import counted
from app.jobs.runner import JobOutcome
from app.ui.actions.registry import ActionScope
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.dialogs.base import Dialog
from app.ui.editor.canvas import TextCanvas
from app.ui.theme import scale
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.widgets.window_state import WindowState
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.services.migration.migration import Migration
    from app.ui.dialogs.concordance import ConcordanceDialog
    from app.ui.dialogs.hits_dialog import HitsDialog, Jump
    from app.ui.dialogs.substitutions import SubstitutionsDialog

_LONGEST_WANTED = 200
_ASIDE = 24  # pixels between a list and the edges of the window


class BulkCommands(QObject):
    """Opens the dialogs of the bulk commands, with what is selected or chosen in the workspace."""

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        actions: ActionScope,
        notifier: Notifier,
        workspace: Callable[[], AnnotateWorkspace | None],
        state: WindowState,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._state = state
        self._projects = projects
        self._actions = actions
        self._notifier = notifier
        self._workspace = workspace
        self._last = Wanted("", whole_words=True)
        self._open: Dialog | None = None
        self._concordance: ConcordanceDialog | None = None
        self._substitutions: SubstitutionsDialog | None = None
        projects.closing.connect(self._on_closing)
        actions.bind("annotation.concordance", self.open_concordance)
        actions.bind("annotation.propagate", self.propagate)
        actions.bind("annotation.substitutions", self.open_substitutions)
        actions.bind("annotation.next-hit", self.next_hit)
        actions.bind("annotation.previous-hit", self.previous_hit)
        actions.bind("project.labels", self.ask_labels)

    def open_concordance(self) -> None:
        """Open the concordance for the selection, or for the chosen annotation's text; activate it if it is open."""
        from app.ui.dialogs.concordance import ConcordanceDialog

        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None:
            return
        annotation = workspace.controller.chosen
        last = workspace.controller.last_label or (workspace.layer.current, "")
        canvas = workspace.controller.selector.active()
        start, end = canvas.view.selection
        text = canvas.text[start:end] if 0 < end - start <= _LONGEST_WANTED else ""
        if not text and annotation is not None:
            text = annotation.quote[:_LONGEST_WANTED]
        text = " ".join(text.split())
        if self._concordance is not None:
            hit = self._concordance.current
            here = session.state.document.uid if session.state is not None else ""
            span = (start, end) if start < end or annotation is None else (annotation.start, annotation.end)
            is_there = hit is not None and hit.document == here and hit.start < span[1] and span[0] < hit.end
            self._concordance.ask(annotation, last, "" if is_there else text)
            return
        wanted = self._last._replace(text=text, regex=False) if text else self._last
        self._concordance = dialog = ConcordanceDialog(session, wanted, annotation, last, self._window)
        dialog.searched.connect(self._on_searched)
        dialog.finished.connect(self._on_concordance_closed)
        self._stand_by(dialog)

    def open_substitutions(self) -> None:
        """Open the list of corrections made, with their other occurrences."""
        from app.ui.dialogs.substitutions import SubstitutionsDialog

        session = self._projects.session
        if self._substitutions is not None:
            self._substitutions.come_back()
        elif session is not None:
            self._substitutions = dialog = SubstitutionsDialog(session, self._window)
            dialog.finished.connect(self._on_substitutions_closed)
            self._stand_by(dialog)

    def _stand_by(self, dialog: "HitsDialog") -> None:
        """Show a list that stays open beside the text."""
        dialog.jump_wanted.connect(self._go_to)
        if not self._state.restore_dialog(dialog):
            self._put_below(dialog)
        dialog.show()

    def _put_below(self, dialog: "HitsDialog") -> None:
        """Move a list without a remembered position to the bottom of the window, to keep the text above readable."""
        window = self._window.geometry()
        large = scale()
        width = min(round(dialog.width() * large), window.width() - 2 * _ASIDE)
        height = min(round(dialog.height() * large), round(window.height() * (0.5 if large < 1.5 else 0.8)))
        dialog.resize(width, height)
        dialog.move(window.left() + _ASIDE, window.bottom() - height - _ASIDE)

    def _on_concordance_closed(self, _result: int) -> None:
        if self._concordance is not None:
            self._state.keep_dialog(self._concordance)
        self._concordance = None

    def _on_substitutions_closed(self, _result: int) -> None:
        if self._substitutions is not None:
            self._state.keep_dialog(self._substitutions)
        self._substitutions = None

    def next_hit(self) -> None:
        """Show the next hit of the open list."""
        self._step(1)

    def previous_hit(self) -> None:
        """Show the previous hit of the open list."""
        self._step(-1)

    def _step(self, by: int) -> None:
        dialog = self._concordance or self._substitutions
        if dialog is None:
            self._notifier.notify("The concordance isn’t open. Press Ctrl+Shift+H to open it.", Tone.WARNING)
        else:
            dialog.step(by)

    def ask_labels(self) -> None:
        """Ask how to change labels or attributes for all annotators."""
        from app.ui.dialogs.change_labels import ChangeLabelsDialog

        session = self._projects.session
        if session is not None:
            dialog = ChangeLabelsDialog(session, self._window)
            dialog.answered.connect(self._change_scheme)
            dialog.document_wanted.connect(self.show_document)
            self._show(dialog)

    def _change_scheme(self, change: SchemeChange) -> None:
        from app.services.migration.migration import migrate

        session = self._projects.session
        if session is None:
            return

        def work(report: Progress, token: CancelToken) -> object:
            def report_documents(done: int, total: int) -> None:
                report(done, total, "Documents")

            return migrate(session, [change], progress=report_documents, cancel=token)

        self._projects.run("labels", "Changing the scheme", work, self._on_labels_changed)

    def _on_labels_changed(self, outcome: JobOutcome) -> None:
        if not self._projects.report_failure(outcome, "Nothing was changed"):
            done: Migration = outcome.value
            said = f"{counted(done.annotations, 'mark')} changed; the scheme is now {done.scheme.tag}."
            look = f" Finished documents with an unmet rule: {len(done.look):,}." if done.look else ""
            self._notifier.notify(said + look, Tone.DONE)

    def propagate(self) -> None:
        """Copy the chosen annotation to every identical text in the document."""
        from app.services.search.bulk_annotation import propagate

        session, workspace = self._projects.session, self._workspace()
        annotation = workspace.controller.chosen if workspace is not None else None
        if session is None or annotation is None:
            self._notifier.notify("No mark selected. Press Tab to step through marks.", Tone.WARNING)
            return
        try:
            done = propagate(session, annotation)
        except StetError as error:
            self._notifier.complain(error)
            return
        quote = annotation.quote[:40]
        already = f" {done.passed:,} already had it." if done.passed else ""
        if done.changed:
            self._notifier.notify(f"Marked {done.changed:,} more × “{quote}”.{already}", Tone.DONE)
        else:
            self._notifier.notify(f"No other “{quote}” to mark in this document.{already}")

    def _show(self, dialog: Dialog) -> None:
        self._open = dialog
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _on_finished(self, _result: int) -> None:
        self._open = None

    def _on_searched(self, wanted: Wanted) -> None:
        self._last = wanted

    def _go_to(self, jump: "Jump") -> None:
        workspace, session = self._workspace(), self._projects.session
        if workspace is None or session is None:
            return
        hit = jump.hit
        if session.state is None or session.state.document.uid != hit.document:
            workspace.open_document(hit.document)
        workspace.text.canvas.select(hit.start, hit.end)
        workspace.controller.chooser.leave_for(hit.start, hit.end)
        self._uncover(workspace.text.canvas, hit.start, hit.end)
        if not jump.stays:
            self._window.activateWindow()
            workspace.text.canvas.setFocus()

    def _uncover(self, canvas: TextCanvas, start: int, end: int) -> None:
        """Scroll a position that a list covers to the top of the text."""
        rects = canvas.viewport_rects(start, end)
        if not rects:
            return
        place = QRect(canvas.viewport().mapToGlobal(rects[0].topLeft().toPoint()), rects[0].size().toSize())
        lists = (self._concordance, self._substitutions)
        if any(dialog is not None and dialog.frameGeometry().intersects(place) for dialog in lists):
            bar = canvas.verticalScrollBar()
            bar.setValue(bar.value() + round(rects[0].top()) - 2 * _ASIDE)

    def show_document(self, uid: str) -> None:
        """Open a document (uid) to annotate it."""
        workspace = self._workspace()
        if workspace is not None:
            self._actions.run("workspace.annotate")
            workspace.open_document(uid)

    def _on_closing(self) -> None:
        for dialog in (self._open, self._concordance, self._substitutions):
            if dialog is not None:
                dialog.reject()

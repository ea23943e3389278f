"""Commands that edit the text of a document itself."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core import boundaries
from app.core.document import Document
from app.core.errors import ChangedText
from app.core.progress import CancelToken, Progress
from app.core.wording import counted
from app.jobs.runner import JobOutcome
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.dialogs.base import Dialog
from app.ui.editor.view_state import ViewState
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.services.texts.text_edit import Choices
    from app.services.texts.text_survey import EditedText, LostRange
    from app.ui.dialogs.text_edit import TextEditRequest

MOST = 20_000
"""The most characters that are edited at once: a field isn't made for a whole book."""
_LONG_PARAGRAPH = 4_000


class TextCommands(QObject):
    """Asks how to edit the text, or the reference, that the person is in, and does it in the background."""

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        actions: ActionScope,
        notifier: Notifier,
        workspace: Callable[[], AnnotateWorkspace | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._notifier = notifier
        self._workspace = workspace
        self._open: Dialog | None = None
        self._asked = ""  # uid of the document whose lost marks are decided about
        self._decided = 0
        projects.closing.connect(self._on_closing)
        actions.bind("document.edit-text", self.ask)
        actions.bind("document.lost", self.ask_about_lost)

    def ask(self) -> None:
        """Ask how to edit what is selected, or the paragraph at the caret."""
        found = self._document()
        session = self._projects.session
        if found is None or session is None:
            return
        document, view = found
        if session.reader.is_changed(document.uid):
            self._notifier.complain(ChangedText(document.uid, document.title))
        elif view.has_selection:
            start, end = view.selection
            self._show(document, (start, end), "The selected text")
        else:
            self._show(document, *piece_at(document.text, view.caret))

    def ask_about_lost(self) -> None:
        """Ask what to do with marks that an edit left without their words."""
        found, session = self._document(), self._projects.session
        if found is None or session is None:
            return
        document, view = found
        selected = view.selection if view.has_selection else None

        def work(_report: Progress, token: CancelToken) -> object:
            from app.services.texts.text_survey import undecided

            return undecided(session, document.uid, token)

        def found_them(outcome: JobOutcome) -> None:
            if not self._projects.report_failure(outcome, "Nothing was decided") and self._projects.session is session:
                self._show_lost(session, document, outcome.value, selected)

        self._projects.run("lost-marks", "Looking for marks that lost their words", work, found_them)

    def _show_lost(
        self, session: Session, document: Document, lost: "Sequence[LostRange]", selected: tuple[int, int] | None
    ) -> None:
        from app.ui.dialogs.lost_decisions import LostDecisionsDialog

        if not lost:
            self._notifier.notify("No mark here has lost its words.")
            return
        dialog = LostDecisionsDialog(document, lost, session.scheme, selected, self._window)
        self._open, self._asked = dialog, document.uid
        dialog.answered.connect(self._decide)
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _document(self) -> tuple[Document, ViewState] | None:
        """Return the document that the person is in, the text or the reference; None if its text can't be edited."""
        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None or session.state is None:
            return None
        if not session.is_writable:
            self._notifier.notify("This project is open read-only, so its texts can’t be edited.", Tone.WARNING)
            return None
        # The palette may have the keyboard at this moment, and gives it back to what had it in the window.
        is_reference = self._window.focusWidget() is workspace.reference.canvas
        canvas = workspace.reference.canvas if is_reference else workspace.text.canvas
        uid = (workspace.controller.evidence.reference if is_reference else "") or session.state.document.uid
        return session.reader.document(uid), canvas.view

    def _show(self, document: Document, span: tuple[int, int], what: str) -> None:
        from app.ui.dialogs.text_edit import TextEditDialog

        session = self._projects.session
        if session is None:
            return
        if span[1] - span[0] > MOST:
            words = f"Select less of the text to edit it: {MOST:,} characters at most."
            self._notifier.notify(words, Tone.WARNING)
            return
        dialog = TextEditDialog(session, document, span, what, self._window)
        self._open = dialog
        dialog.answered.connect(self._edit)
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _edit(self, asked: "TextEditRequest") -> None:
        from app.services.texts.text_edit import edit_text

        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None:
            return
        workspace.chosen.commit()
        workspace.remember_place()

        def work(report: Progress, token: CancelToken) -> object:
            def report_documents(done: int, total: int) -> None:
                report(done, total, "Documents")

            return edit_text(
                session,
                asked.document,
                asked.change,
                reason=asked.reason,
                choices=asked.choices,
                progress=report_documents,
                cancel=token,
            )

        self._decided = len(asked.choices)
        self._projects.run("text", "Editing the text", work, self._on_edited)

    def _on_edited(self, outcome: JobOutcome) -> None:
        if not self._projects.report_failure(outcome, "The text wasn’t edited"):
            self._notifier.notify(_said(outcome.value, self._decided), Tone.DONE)

    def _decide(self, choices: "Choices") -> None:
        from app.services.texts.text_edit import decide

        session, workspace, document = self._projects.session, self._workspace(), self._asked
        if session is None or workspace is None:
            return
        workspace.chosen.commit()
        workspace.remember_place()

        def work(_report: Progress, _token: CancelToken) -> object:
            return decide(session, document, choices)

        self._projects.run("text", "Deciding about marks", work, self._on_decided)

    def _on_decided(self, outcome: JobOutcome) -> None:
        if not self._projects.report_failure(outcome, "Nothing was decided"):
            self._notifier.notify(f"{counted(outcome.value, 'mark')} decided.", Tone.DONE)

    def _on_finished(self, _result: int) -> None:
        self._open = None

    def _on_closing(self) -> None:
        if self._open is not None:
            self._open.reject()


def piece_at(text: str, caret: int) -> tuple[tuple[int, int], str]:
    """Return the range to edit at the caret, and its name: the paragraph, or in a very long one the sentence."""
    start, end = boundaries.paragraph_at(text, caret)
    if end - start <= _LONG_PARAGRAPH:
        return (start, end), "The paragraph at the caret"
    start, end = boundaries.sentence_at(text, min(caret, len(text) - 1))
    return (start, end), "The sentence at the caret"


def _said(edit: "EditedText", decided: int) -> str:
    left = len(edit.lost) - decided
    touched = sum(not item.is_evidence for item in edit.reworded)
    parts = [
        counted(edit.kept + edit.moved, "mark") + " with the same words" if edit.kept + edit.moved else "",
        f"{touched:,} with other words" if touched else "",
        f"{decided:,} decided" if decided else "",
        f"{left:,} still to decide" if left else "",
    ]
    found = ", ".join(part for part in parts if part)
    bundles = f" Bundles with the earlier text are out: {', '.join(edit.out)}." if edit.out else ""
    return f"Text edited: {found or 'no marks in it'}.{bundles}"

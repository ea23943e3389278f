"""Taking back and bringing back, and going to what that changed."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.edits import Change
from app.core.errors import StetError
from app.jobs.runner import Outcome
from app.jobs.tasks.progress import CancelToken, Progress
from app.session.changes import Published
from app.session.session import Session
from app.session.steps import takes_long
from app.storage.edit_log import LogRow
from app.ui.actions.registry import ActionRegistry
from app.ui.dialogs.writing import Writing, told
from app.ui.editor.chooser import MarkChooser
from app.ui.session_bridge import SessionBridge


class History(QObject):
    """Does undo and redo, wherever the action was."""

    told = Signal(object)
    noted = Signal(object)  # what was done
    leaving = Signal()  # the last moment to hand over what is typed, and to keep the place: it may lead elsewhere

    def __init__(
        self, session: Session, bridge: SessionBridge, chooser: MarkChooser, actions: ActionRegistry, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._chooser = chooser
        self._change: Change | None = None
        self._writing: Writing | None = None
        bridge.changed.connect(self._on_session_changed)
        self.bind(actions)

    def bind(self, actions: ActionRegistry) -> None:
        """Answer to undo and redo; again, when another workspace did so meanwhile."""
        actions.bind("edit.undo", self.undo)
        actions.bind("edit.redo", self.redo)

    def _on_session_changed(self, fact: Published) -> None:
        state = self._session.state
        if state is not None and fact.change is not None and fact.document == state.document.uid:
            self._change = fact.change if fact.change.annotator == state.annotator else None

    def undo(self) -> None:
        """Take back the last action."""
        self._answer(undo=True)

    def redo(self) -> None:
        """Bring back what was taken back."""
        self._answer(undo=False)

    def _answer(self, *, undo: bool) -> None:
        self.leaving.emit()
        self._change = None
        kind = "undo" if undo else "redo"
        if takes_long(self._session, kind):
            self._answer_in_background(kind)
            return
        try:
            row = self._session.undo() if undo else self._session.redo()
        except StetError as error:
            self._complain(error)
            return
        self._say(row, "Undone" if undo else "Redone")

    def _answer_in_background(self, kind: str) -> None:
        session = self._session
        is_undo = kind == "undo"

        def work(tell: Progress, token: CancelToken) -> tuple[LogRow, str]:
            answer = session.undo if is_undo else session.redo
            row = answer(progress=told(tell, "Parts"), cancel=token)
            return row, "Undone" if is_undo else "Redone"

        if self._writing is None:
            parent = self.parent()
            assert isinstance(parent, QWidget)
            self._writing = Writing(parent)
            self._writing.over.connect(self._on_answered)
        self._writing.run("Undoing" if is_undo else "Redoing", work)

    def _on_answered(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self._complain(outcome.error)
        elif outcome.cancelled:
            self.told.emit("Cancelled, nothing was changed.")
        elif outcome.value is not None:
            self._say(*outcome.value)

    def _complain(self, error: StetError) -> None:
        self.told.emit(f"{error.what[:1].upper()}{error.what[1:]}. {error.hint}".strip())

    def _say(self, row: LogRow, word: str) -> None:
        if self._change is not None:
            self._chooser.go_to(self._change)
        self.noted.emit(f"{word}: {row.title}")

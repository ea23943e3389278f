"""Undo and redo, and navigation to what they changed."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.edits import Change
from app.core.record import LogRow
from app.session.events import Event
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.dialogs.background_undo import BackgroundUndo
from app.ui.editor.chooser import AnnotationChooser
from app.ui.models.session_bridge import SessionBridge
from app.ui.widgets.notifier import Notifier, Tone


class History(QObject):
    """Runs undo and redo, in whichever document the action was."""

    leaving = Signal()  # undo may open another document: commit typed text and save the position

    def __init__(
        self,
        session: Session,
        bridge: SessionBridge,
        chooser: AnnotationChooser,
        actions: ActionScope,
        notifier: Notifier,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._chooser = chooser
        self._notifier = notifier
        self._change: Change | None = None
        self._answering = BackgroundUndo(session, notifier, parent)
        self._answering.answered.connect(self._on_answered)
        bridge.changed.connect(self._on_session_changed)
        actions.bind("edit.undo", self.undo)
        actions.bind("edit.redo", self.redo)

    def _on_session_changed(self, fact: Event) -> None:
        state = self._session.state
        if state is not None and fact.change is not None and fact.document == state.document.uid:
            self._change = fact.change if fact.change.annotator == state.annotator else None

    def undo(self) -> None:
        """Undo the last action."""
        self._answer(undo=True)

    def redo(self) -> None:
        """Redo the last undone action."""
        self._answer(undo=False)

    def _answer(self, *, undo: bool) -> None:
        self.leaving.emit()
        self._change = None
        self._answering.run(undo=undo)

    def close(self) -> None:
        """Stop pending work, and wait for it."""
        self._answering.close()

    def _on_answered(self, answer: tuple[LogRow, str]) -> None:
        row, word = answer
        if self._change is not None:
            self._chooser.go_to(self._change)
        self._notifier.notify(f"{word}: {row.title}", Tone.DONE)

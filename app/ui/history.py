"""Taking back and bringing back, and going to what that changed."""

from PySide6.QtCore import QObject, Signal

from app.core.edits import Change
from app.core.errors import StetError
from app.session.changes import Published
from app.session.session import Session
from app.ui.actions.registry import ActionRegistry
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
        try:
            row = self._session.undo() if undo else self._session.redo()
        except StetError as error:
            self.told.emit(f"{error.what[:1].upper()}{error.what[1:]}. {error.hint}".strip())
            return
        if self._change is not None:
            self._chooser.go_to(self._change)
        self.noted.emit(f"{'Undone' if undo else 'Redone'}: {row.title}")

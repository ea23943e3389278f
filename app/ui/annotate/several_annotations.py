"""What is done to several annotations that are selected in the list: changed or deleted, in one step."""

from PySide6.QtCore import QObject

from app.core import annotation_edits
from app.core.annotation import Annotation
from app.core.errors import StetError
from app.core.several_edits import AllChange, change_all
from app.core.wording import counted
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.annotate.view import AnnotateView
from app.ui.widgets.notifier import Notifier, Tone


class SeveralAnnotations(QObject):
    """Opens the dialog that changes the selected annotations, or deletes them; one that is chosen counts too."""

    def __init__(self, session: Session, view: AnnotateView, actions: ActionScope, notifier: Notifier) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._notifier = notifier
        self._about: list[str] = []
        actions.bind("annotation.change-selected", self.ask)
        actions.bind("annotation.delete-selected", self.delete)
        view.annotations.delete_wanted.connect(self.delete)

    def _selected(self) -> list[Annotation]:
        state = self._session.state
        uids = self._view.annotations.selected() if state is not None else []
        found = [state.annotations[uid] for uid in uids if uid in state.annotations] if state is not None else []
        if not found:
            self._notifier.notify("No mark is selected in the list.", Tone.WARNING)
        return found

    def ask(self) -> None:
        """Ask what is to be changed."""
        from app.ui.dialogs.change_marks import ChangeMarksDialog

        marks = self._selected()
        if not marks:
            return
        self._about = [mark.uid for mark in marks]
        dialog = ChangeMarksDialog(marks, self._session.scheme, self._view.window())
        dialog.answered.connect(self._on_answered)
        dialog.open()

    def _on_answered(self, wanted: AllChange) -> None:
        state = self._session.state
        if state is None:
            return
        marks = [state.annotations[uid] for uid in self._about if uid in state.annotations]
        found = change_all(state, marks, wanted, scheme=self._session.scheme)
        try:
            if found.changed:
                self._session.apply(found.edit, title=f"Change {counted(found.changed, 'mark')}")
        except StetError as error:
            self._notifier.complain(error)
            return
        words = f"Changed {counted(found.changed, 'mark')}."
        if found.refused:
            words += f" {counted(len(found.refused), 'other')} stayed as they are, such as {found.refused[0]}."
        self._notifier.notify(words, Tone.WARNING if found.refused else Tone.DONE)

    def delete(self) -> None:
        """Delete the selected annotations."""
        state, marks = self._session.state, self._selected()
        if state is None or not marks:
            return
        try:
            edit = annotation_edits.remove(state, marks, scheme=self._session.scheme)
            self._session.apply(edit, title=f"Delete {counted(len(marks), 'mark')}")
        except StetError as error:
            self._notifier.complain(error)
            return
        self._notifier.notify(f"Deleted {counted(len(marks), 'mark')}. Ctrl+Z brings them back.", Tone.DONE)

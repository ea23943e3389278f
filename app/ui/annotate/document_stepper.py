"""Moves between documents: done and next, skip and next, next, previous."""

from PySide6.QtCore import QObject, Signal

from app.core.annotation import Status
from app.core.errors import StetError
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.models.documents import DocumentListModel
from app.ui.widgets.notifier import Notifier, Tone

_ALL_DONE = "That was the last open document. Export with Ctrl+Shift+E."
_VIEW_DONE = "That was the last open document of this view. Choose “All documents” to see the others."
_FOUND_DONE = "That was the last open document found. Clear the search to see the others."


class DocumentStepper(QObject):
    """Determines the next document, and requests that it be opened."""

    wanted = Signal(object)  # uid
    blocked = Signal()  # a rule is unmet, so the document can't be set to done

    def __init__(
        self,
        session: Session,
        model: DocumentListModel,
        actions: ActionScope,
        notifier: Notifier,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self._notifier = notifier
        actions.bind("document.done", self.done_and_next)
        actions.bind("document.reopen", self.reopen)
        actions.bind("document.skip", self.skip_and_next)
        actions.bind("document.next", self.forth)
        actions.bind("document.previous", self.back)

    def first(self) -> str | None:
        """Return the first document still to be done, or else the first that isn't only a reference."""
        documents, person = self._session.reader.documents, self._session.annotator_key()
        given = self._model.is_narrowed
        found = documents.next_work(person, assigned=given)
        return found or documents.next_work(person, status=None, assigned=given)

    def done_and_next(self) -> None:
        """Set the document to done, if its rules are met, and go to the next."""
        self._finish(Status.DONE)

    def skip_and_next(self) -> None:
        """Set the document to skipped, and go to the next."""
        self._finish(Status.SKIPPED)

    def _finish(self, status: Status) -> None:
        state = self._session.state
        if state is None:
            return
        try:
            self._session.set_status(status)
        except StetError as error:
            self.blocked.emit()
            self._notifier.complain(error)
            return
        self._go_on(state.document.uid)

    def _go_on(self, uid: str) -> None:
        documents, person, query = self._session.reader.documents, self._session.annotator_key(), self._model.query
        key = documents.key_of(uid) or 0
        given, is_plain = self._model.is_narrowed, self._model.view.is_plain
        if is_plain:
            following = documents.next_work(person, after=key, query=query, assigned=given)
        else:
            following = documents.first_open(self._model.keys_after(uid), person)
        if following is not None:
            self.wanted.emit(following)
        elif not is_plain and documents.next_work(person, assigned=given) is not None:
            self._notifier.notify(_VIEW_DONE)
        elif query.strip() and documents.next_work(person, assigned=given) is not None:
            self._notifier.notify(_FOUND_DONE)
        else:
            self._notifier.notify(_ALL_DONE, Tone.DONE)

    def reopen(self) -> None:
        """Set a finished document back to open."""
        try:
            self._session.set_status(Status.OPEN)
        except StetError as error:
            self._notifier.complain(error)

    def forth(self) -> None:
        """Open the next document in the list."""
        self._step(1)

    def back(self) -> None:
        """Open the previous document in the list."""
        self._step(-1)

    def _step(self, by: int) -> None:
        state = self._session.state
        row = self._model.row_of(state.document.uid) if state else -1
        inside = 0 <= row + by < self._model.rowCount()
        found = self._model.document_row(row + by) if inside else None
        if found is not None:
            self.wanted.emit(found.uid)
        else:
            self._notifier.notify("No more documents in this list.")

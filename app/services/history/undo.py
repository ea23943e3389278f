"""Taking back and bringing back actions that the log holds in parts: all of them, or none."""

from collections.abc import Callable

from app.core.state import DocumentState
from app.services.history.restated_undo import brought_up_edit
from app.services.importing.document_import import Cancelling
from app.session.actions import Action, Compound, decode, encode
from app.session.events import Event, Topic
from app.session.session import Session
from app.session.transaction import whole_title
from app.storage.edit_log import LogRow

_LARGE = 100_000  # characters of a log row's edit: some five hundred marks


def takes_long(session: Session, kind: str) -> bool:
    """Whether undo or redo has so much to do that nobody should have to wait for it."""
    person = session.annotator_key()
    return session.log.length_of_next(person, kind) > _LARGE


class UndoStep:
    """Takes an action back, or brings it back, with all parts of its step. Made for one use.

    `progress` counts the parts. Raises EditRejected, ProjectError and Cancelled; then nothing was changed.
    """

    def __init__(
        self,
        session: Session,
        kind: str,
        *,
        progress: Callable[[int, int | None], None] = lambda done, total: None,
        cancel: Cancelling | None = None,
    ) -> None:
        self._session = session
        self._kind = kind
        self._progress = progress
        self._cancel = cancel
        self._state: DocumentState | None = session.state
        self._facts: list[Event] = []

    def run(self, row: LogRow, edit: Compound) -> LogRow:
        """Answer a row, of which this is what undoes it, and the rows of the same step before it."""
        session, first, done = self._session, row, 0
        session.require_writable()
        part: Action = edit
        with session.project.atomic():
            while True:
                self._progress(done, None)
                if self._cancel is not None:
                    self._cancel.raise_if_cancelled()
                self._answer(row, part)
                done += 1
                following = session.next_to(self._kind)
                if following is None:
                    break
                part, row = decode(following.inverse), following
                if not isinstance(part, Compound) or part.step != edit.step:
                    break
        session.take(self._state, (*self._facts, Event(Topic.DOCUMENTS), Event(Topic.HISTORY)))
        return first._replace(title=whole_title(first.title))

    def _answer(self, row: LogRow, edit: Action) -> None:
        session = self._session
        edit = brought_up_edit(session, edit, row.sequence)
        done = session.executor.perform(edit, self._state, session.scheme, is_new=False)
        self._state = done.state
        # Of the other documents there may be very many; whoever lists them reads anew.
        shown = session.state.document.uid if session.state is not None else None
        self._facts.extend(f for f in done.facts if f.document == shown or f.topic is not Topic.ANNOTATIONS)
        session.log.append(
            kind=self._kind,
            title=row.title,
            edit=encode(edit),
            inverse=encode(done.inverse),
            annotator=session.log_annotator_key(),
            document=None,
            undoes=row.sequence,
        )

"""Finished documents that are edited: whether “done” is still true of them, and the step that says so."""

from app.core.edits import Batch, Edit, SetStatus, apply
from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.core.validation import settled_status


class DoneGuard:
    """Remembers which finished state was last found to keep every rule, so that the next edit of it asks only about
    what it touches, however many marks there are.
    """

    def __init__(self) -> None:
        self._sound: tuple[DocumentState, Scheme] | None = None

    def settled(self, state: DocumentState, edit: Edit, *, scheme: Scheme) -> Edit:
        """Return the edit, with the status that it makes true where that is another one: a finished document that is
        left with open rules becomes open again in the same step. Raises EditRejected.
        """
        if not state.status.is_finished:
            return edit
        applied = apply(state, edit)
        is_sound = self._sound is not None and self._sound[0] is state and self._sound[1] is scheme
        status = settled_status(applied.state, scheme=scheme, change=applied.change if is_sound else None)
        return edit if status is applied.state.status else Batch((edit, SetStatus(status)))

    def remember(self, state: DocumentState | None, *, scheme: Scheme) -> None:
        """Take a state as one that keeps every rule, if it counts as finished."""
        self._sound = (state, scheme) if state is not None and state.status.is_finished else None

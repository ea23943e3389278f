"""Edits that couldn't be written: kept in memory and shown, until they can be, here or in a copy elsewhere."""

import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, Protocol

from app.core import edits
from app.core.edits import Edit
from app.core.errors import EditRejected, NotWritable, ProjectError
from app.core.state import DocumentState
from app.core.wording import counted
from app.session.actions import Action, SetEdit
from app.session.events import Event, Topic
from app.session.transaction import Transaction
from app.storage.errors import StorageFault
from app.storage.file_watch import ProjectChanged
from app.storage.lock import ProjectLocked


class EditsKeeper(Protocol):
    """What a session is for its kept edits: the open document's state, and what writes and publishes."""

    state: DocumentState | None
    trouble: ProjectError | None
    trouble_listener: Callable[[], None]

    def publish(self, *events: Event) -> None:
        """Call every listener with the events."""
        ...

    def transaction(self, title: str, /) -> AbstractContextManager[Transaction]:
        """Commit all that the block writes as one step, or nothing."""
        ...


class KeptEdit(NamedTuple):
    """An edit of the open document with the title of its step."""

    edit: Edit
    title: str


class KeptEdits:
    """The edits of the open document that aren't in the file, oldest first.

    A session keeps some only if `is_on`: a window does, which shows them. While there are any, the session's state is
    that after them, and whatever else is to be written waits for them. Only the thread that made them may write them.
    """

    def __init__(self, session: EditsKeeper) -> None:
        self.is_on = False
        self._session = session
        self._edits: list[KeptEdit] = []
        self._saved: DocumentState | None = None  # the state in the file
        self._is_saving = False
        self._thread = 0

    def __len__(self) -> int:
        return len(self._edits)

    def all(self) -> tuple[KeptEdit, ...]:
        """Return the edits, oldest first."""
        return tuple(self._edits)

    @property
    def error(self) -> ProjectError | None:
        """What keeps the edits from being written, for people; None if there are none."""
        trouble = self._session.trouble
        if not self._edits or trouble is None:
            return None
        count = len(self._edits)
        last = "your last edit is" if count == 1 else f"your last {count:,} edits are"
        what = f"{trouble.what}; {last} kept here, not saved yet"
        return ProjectError(what, hint=trouble.hint, path=trouble.path)

    @contextmanager
    def unless_written(self, edit: Edit, title: str, besides: Action | None) -> Generator[None]:
        """Keep an edit of the open document if the block, which writes it, can't for a reason that may pass.

        One that is written together with another action isn't kept: it can be asked for again. Raises what the block
        raises for another reason, such as EditRejected and damage.
        """
        try:
            yield
        except ProjectError as error:
            if not self.is_on or besides is not None or self._is_saving or not _may_pass(error):
                raise
            self._keep(edit, title)

    def _keep(self, edit: Edit, title: str) -> None:
        session, state = self._session, self._session.state
        if state is None:
            raise EditRejected("no document is open")
        applied = edits.apply(state, edit)
        if not self._edits:
            self._saved, self._thread = state, threading.get_ident()
        self._edits.append(KeptEdit(edit, title))
        session.state = applied.state
        place = (Topic.ANNOTATIONS, state.document.uid, applied.change)
        session.publish(Event(*place, annotator=state.annotator))
        session.trouble_listener()

    def save(self) -> None:
        """Write the edits, each as the step that it is; those that can't be stay kept.

        Raises ProjectError if one can't be, and EditRejected in a job while there are any.
        """
        if not self._edits or self._is_saving:
            return
        if threading.get_ident() != self._thread:
            what = f"{counted(len(self._edits), 'edit')} couldn't be saved yet"
            raise EditRejected(what, hint="free some space, or save a copy elsewhere")
        session, shown = self._session, self._session.state
        self._is_saving = True
        session.state = self._saved
        try:
            while self._edits:
                self._write(self._edits[0])
                del self._edits[0]
        except BaseException:
            self._saved, session.state = session.state, shown
            raise
        finally:
            self._is_saving = False
            session.trouble_listener()
        if session.state is not None and shown is not None and not _looks_alike(session.state, shown):
            session.publish(Event(Topic.OPENED, session.state.document.uid))

    def _write(self, kept: KeptEdit) -> None:
        state = self._session.state
        if state is None:
            raise EditRejected("no document is open")
        with self._session.transaction(kept.title) as step:
            step.perform_one(SetEdit(state.document.uid, state.annotator, kept.edit), keeps_done=True)
            # It is shown already.
            step.events[:] = [event for event in step.events if event.topic is not Topic.ANNOTATIONS]

    def hand_over(self) -> None:
        """Let go of the edits, which are in a copy that work goes on in; this session is about to be closed."""
        self._edits.clear()

    def forget(self) -> None:
        """Give the edits up; the state is that in the file again, and is shown."""
        if self._edits:
            self._edits.clear()
            self._session.state = state = self._saved
            self._session.trouble_listener()
            if state is not None:
                self._session.publish(Event(Topic.OPENED, state.document.uid))


def _may_pass(error: ProjectError) -> bool:
    if isinstance(error, StorageFault):
        return not error.is_damage
    return isinstance(error, ProjectChanged | ProjectLocked | NotWritable)


def _looks_alike(one: DocumentState, other: DocumentState) -> bool:
    parts = ((each.annotations, each.relations, each.status, each.remark) for each in (one, other))
    return next(parts) == next(parts)

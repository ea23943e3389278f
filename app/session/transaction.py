"""One undoable step: its actions are written one by one and logged together.

What surrounds it (permission to write, backup, dry run, commit, publishing events) is `Session.transaction`, for single
actions and bulk work alike.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from app.core.clock import now
from app.core.ids import new_uid
from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.session.actions import Action, Compound, document_of, documents_of, encode, leaves_work
from app.session.events import Event, Topic
from app.session.executor import Executed, Executor
from app.session.recent_work import RecentRow

ANNOTATIONS_A_LOG_ROW = 20_000
"""Bulk work that changes more annotations than this in existing documents is logged in several rows, to bound the size
of a row and the memory used. The rows are still one step.
"""
_TOLD_APART = 50
_PART = re.compile(r" \(part \d+\)$")


def whole_title(title: str) -> str:
    """Return the title of the step that a log row belongs to: without “(part N)”."""
    return _PART.sub("", title)


class Transaction:
    """Writes actions and collects them for the log. Made by `Session.transaction` and valid inside its block only.

    `state` is the open document's after the actions so far, `scheme` the current one when the step began, `events` are
    published after the commit. `who` is the annotator's name for the log, `annotator` returns their row number.
    `are_new` says that a person makes the actions now, so that their evidence must match. `before_many` is called once,
    with `is_small`, before an action of a second document, or of the project as a whole, is written. `most` is the
    number of annotations after which a new log row is begun. `is_small` says that it is one act in one place, whatever
    follows from it in other documents: it may be kept if it can't be written. `sequence` is that of the last log row:
    None while nothing was logged, and after a dry run. `is_single`: it is a single action, whose document the log
    names.
    """

    def __init__(
        self,
        executor: Executor,
        *,
        title: str,
        scheme: Scheme,
        state: DocumentState | None,
        who: str | None,
        annotator: Callable[[], int | None],
        before_many: Callable[[bool], None],
        are_new: bool = False,
        most: int | None = None,
        is_small: bool = False,
    ) -> None:
        self.title = title
        self.scheme = scheme
        self.state = state
        self.events: list[Event] = []
        self.sequence: int | None = None
        self._executor = executor
        executor.begin_step()
        self._who = who
        self._annotator = annotator
        self._before_many: Callable[[bool], None] | None = before_many
        self._documents: frozenset[str] = frozenset()
        self._are_new = are_new
        self._most = ANNOTATIONS_A_LOG_ROW if most is None else most
        self._open = state.document.uid if state is not None else None
        self._actions: list[Action] = []
        self._inverses: list[Action] = []
        self._pending = 0
        self._parts = 0
        self._step = ""
        self.rows: list[RecentRow] = []
        """The log rows so far."""
        self.is_all_in_rows = True
        """Whether the actions of the rows contain all that was written."""
        self.is_single = False
        self.is_small = is_small
        self.about: str | None = None
        """The document (uid) that the log names; for a single action it is known."""
        self.is_all_by_actions = False
        """Whether actions, and their log rows, are all that was written: no rows in bulk."""

    def perform(self, actions: Iterable[Action], *, weight: int = 0, keeps_done: bool = False) -> None:
        """Write actions; `weight` is the number of annotations in them, `keeps_done` as in `Executor.perform`.

        Events of documents other than the open one aren't published: there may be very many.
        """
        for action in actions:
            done = self.execute(action, is_new=self._are_new, keeps_done=keeps_done)
            self._keep(done)
            self.events.extend(event for event in done.events if event.document == self._open)
        self._pending += weight

    def perform_one(self, action: Action, *, keeps_done: bool = False) -> None:
        """Write the only action of a step and publish all its events; `keeps_done` as in `Executor.perform`."""
        self.is_single = self.is_small = self.is_all_by_actions = True
        done = self.execute(action, is_new=True, keeps_done=keeps_done)
        self._keep(done)
        self.events.extend(done.events)

    def execute(self, action: Action, *, is_new: bool, keeps_done: bool = False) -> Executed:
        """Write an action without logging it: the caller logs it with `append`, or not at all."""
        self._tell_if_many(action)
        done = self._executor.perform(action, self.state, self.scheme, is_new=is_new, keeps_done=keeps_done)
        self.state = done.state
        return done

    def _tell_if_many(self, action: Action) -> None:
        if self._before_many is None or leaves_work(action):
            return
        documents = documents_of(action)
        if documents is not None:
            self._documents |= documents
        if documents is None or len(self._documents) > 1:
            self._before_many, tell = None, self._before_many
            tell(self.is_small)

    def tell(self, *topics: Topic) -> None:
        """Publish an event for each of these topics after the commit."""
        self.events.extend(map(Event, topics))

    def tell_documents(self, documents: Iterable[str]) -> None:
        """Publish, after the commit, that annotations or statuses of documents (uids) changed; of very many, that the
        list of documents did.
        """
        known = {event.document for event in self.events if event.topic is Topic.ANNOTATIONS}
        others = sorted(set(documents) - known)
        if len(others) > _TOLD_APART:
            self.tell(Topic.DOCUMENTS)
        else:
            self.events.extend(Event(Topic.ANNOTATIONS, uid) for uid in others)

    def lead(self, actions: Sequence[Action], inverses: Sequence[Action]) -> None:
        """Put actions that the caller wrote itself, in bulk, before all others in the log."""
        self.is_all_in_rows = False
        self._actions = [*actions, *self._actions]
        self._inverses = [*inverses, *self._inverses]

    def next_row_if_full(self) -> None:
        """Begin the next log row if this one has grown too large."""
        if self._pending > self._most:
            self._parts += 1
            self._step = self._step or new_uid()
            self._log(f"{self.title} (part {self._parts})", document=None)

    def finish(self) -> None:
        """Log what isn't logged yet, if there is anything."""
        if self._actions:
            title = f"{self.title} (part {self._parts + 1})" if self._parts else self.title
            self._log(title, document=document_of(self._actions[0]) if self.is_single else self.about)

    def append(
        self,
        *,
        kind: str,
        title: str,
        action: Action,
        inverse: Action,
        document: str | None,
        undoes: int | None,
        time: str | None = None,
    ) -> None:
        """Add a log row; `document` is a uid, `undoes` the sequence of the row that an undo or redo applies to, `time`
        when it was done, if that isn't now.
        """
        edit, time = encode(action), time or now()
        self.sequence = self._executor.log.append(
            kind=kind,
            title=title,
            edit=edit,
            inverse=encode(inverse),
            annotator=self._annotator(),
            document=self._executor.documents.key_of(document) if document else None,
            undoes=undoes,
            time=time,
        )
        self.rows.append(RecentRow(self.sequence, kind, title, edit, self._who, document, undoes, time))

    def _keep(self, done: Executed) -> None:
        self._actions.append(done.action)
        self._inverses.append(done.inverse)

    def _log(self, title: str, *, document: str | None) -> None:
        action, inverse = self._one(self._actions), self._one(self._inverses[::-1])
        self.append(kind="do", title=title, action=action, inverse=inverse, document=document, undoes=None)
        self._actions, self._inverses, self._pending = [], [], 0

    def _one(self, actions: Sequence[Action]) -> Action:
        return actions[0] if len(actions) == 1 and not self._step else Compound(tuple(actions), self._step)

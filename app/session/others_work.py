"""What another process writes into a project that is open here for reading."""

from collections.abc import Iterable, Iterator
from itertools import islice

from app.core.decode_faults import DECODE_FAULTS
from app.core.edits import Change
from app.core.record import LogRow
from app.core.state import DocumentState
from app.session.actions import Decide, Judge, SetEdit, UpdateDecision, WithdrawJudgement, decode, parts
from app.session.events import Event, Topic
from app.session.session import Session
from app.storage.read_watch import FileNews as FileNews
from app.storage.read_watch import ReadWatch

_MOST_ROWS = 100  # of the log; after more than that, everything counts as changed
_EVERYTHING = (
    *(Topic.DOCUMENTS, Topic.DECISIONS, Topic.SUGGESTIONS, Topic.RELEASES),
    *(Topic.ASSIGNMENTS, Topic.VIEWS, Topic.PATTERNS),
)


class OthersWork:
    """Takes over what others have written to a session's project, and publishes it as if it had been done here."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._watch = ReadWatch(session.path, session.project.connection)
        self._head = session.log.next_sequence()

    @property
    def may_be_continued(self) -> bool:
        """Whether the project can be opened for writing here: nobody else writes it, and it isn't write-protected."""
        return not self._session.is_written_elsewhere and self._session.project.why_only_read is None

    def take(self) -> FileNews:
        """Look once, and take over what there is; return what was seen. Raises StetError if it can't be read."""
        seen = self._watch.look()
        if seen is FileNews.WRITTEN:
            self._take_over()
        return seen

    def _take_over(self) -> None:
        session = self._session
        session.executor.forget()
        head, self._head = self._head, session.log.next_sequence()
        rows = list(islice(session.log.rows(limit=_MOST_ROWS), self._head - head)) if self._head > head else []
        events = list(_events(rows, is_all=self._head - head <= _MOST_ROWS)) if rows else []
        scheme = session.executor.scheme()
        if scheme != session.scheme:
            session.scheme = scheme
            events.insert(0, Event(Topic.SCHEME))
        shown = self._newly_read(events)
        session.publish(*shown, *events, *([Event(Topic.HISTORY)] if rows else []))

    def _newly_read(self, events: Iterable[Event]) -> list[Event]:
        """Read the open document again; return what tells how it differs from what is shown."""
        session, shown = self._session, self._session.state
        if shown is None or not any(event.document in ("", shown.document.uid) for event in events):
            return []
        if session.reader.documents.key_of(shown.document.uid) is None:
            session.state = None
            return [Event(Topic.OPENED)]
        session.state = now = session.reader.state_of(shown.document.uid, shown.annotator)
        if now.document != shown.document:
            return [Event(Topic.OPENED, now.document.uid)]
        change = _difference(shown, now)
        if change is None:
            return []
        return [Event(Topic.ANNOTATIONS, now.document.uid, change=change, annotator=now.annotator)]


def _events(rows: Iterable[LogRow], *, is_all: bool) -> Iterator[Event]:
    """Yield what tells of the actions of log rows, each event once; of everything, if these rows aren't all."""
    found: dict[Event | None, None] = {}
    for row in rows if is_all else ():
        try:
            found |= dict.fromkeys(map(_event, parts(decode(row.edit))))
        except DECODE_FAULTS:
            is_all = False  # the writer is a later Stet
    if is_all and None not in found:
        yield from (event for event in found if event is not None)
    else:
        yield from map(Event, _EVERYTHING)


def _event(action: object) -> Event | None:
    """Return what tells of a simple action; None if that is more than can be told of one document."""
    match action:
        case SetEdit():
            return Event(Topic.ANNOTATIONS, action.document, annotator=action.annotator)
        case Decide() | UpdateDecision():
            return Event(Topic.DECISIONS, action.decision.document, decisions=None)
        case Judge() | WithdrawJudgement():
            return Event(Topic.SUGGESTIONS, action.document)
        case _:
            return None


def _difference(before: DocumentState, after: DocumentState) -> Change | None:
    """Return what differs between two states of a document, None if nothing does."""
    old, new = before.annotations, after.annotations
    ties, new_ties = before.relations, after.relations
    change = Change(
        document=after.document.uid,
        annotator=after.annotator,
        added=tuple(new[uid] for uid in new if uid not in old),
        removed=tuple(old[uid] for uid in old if uid not in new),
        replaced=tuple((old[uid], new[uid]) for uid in new if uid in old and old[uid] != new[uid]),
        relations_added=tuple(new_ties[uid] for uid in new_ties if uid not in ties),
        relations_removed=tuple(ties[uid] for uid in ties if uid not in new_ties),
        relations_replaced=tuple(
            (ties[uid], new_ties[uid]) for uid in new_ties if uid in ties and ties[uid] != new_ties[uid]
        ),
        status=(before.status, after.status) if before.status is not after.status else None,
        remark=(before.remark, after.remark) if before.remark != after.remark else None,
    )
    return change if change != Change(document=change.document, annotator=change.annotator) else None

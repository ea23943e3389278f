"""The queue of a hub: giving documents back, and the rules by which a lead hands them out."""

from collections.abc import Sequence
from typing import NamedTuple

from app.core.errors import EditRejected, WrongUse
from app.core.progress import Progress, no_progress
from app.core.wording import counted, shorten
from app.hub.connection import HubConnection
from app.hub.hub_rows import HubRows
from app.hub.queue_rows import SORTINGS
from app.services.hub.hub_sync import Synced, exchange
from app.services.hub.membership import Membership, require_membership
from app.session.session import Session

MOST_ANNOTATORS = 1_000
MOST_HOURS = 24 * 366

ORDERS = {
    "order": "in the order of the project",
    "shortest": "the shortest first",
    "longest": "the longest first",
    "random": "in random order",
}


class QueueRules(NamedTuple):
    """How a hub hands documents out: to how many annotators each, reserved for how long, which first (`SORTINGS`)."""

    annotators: int
    hours: float
    sorting: str

    def sentence(self) -> str:
        """Return it in words."""
        who = counted(self.annotators, "annotator")
        return f"{who} a document, reserved for {self.hours:g} hours, {ORDERS.get(self.sorting, self.sorting)}"


class GivenBack(NamedTuple):
    """The names of documents that were given back, and of those that were named and kept, with the reason for each."""

    documents: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]
    synced: Synced

    def sentence(self) -> str:
        """Return it in one line."""
        return f"gave back {counted(len(self.documents), 'document')}; the marks in them stay"


def give_back(session: Session, names: Sequence[str] = (), *, progress: Progress = no_progress) -> GivenBack:
    """Give documents back to the queue: those named (name or uid), or all that one has taken and not finished.

    Work is exchanged before and after, so that none of it is lost. Raises StetError; an unknown name changes nothing.
    """
    named = {uid: session.reader.document(uid).name for uid in _uids(session, names)}
    with HubConnection(require_membership(session).place) as connection:
        before = exchange(session, connection, progress=progress)
        queue = HubRows(connection).queue
        mine = dict(queue.open_seats())
        wanted = [uid for uid, is_taken in mine.items() if is_taken and (not named or uid in named)]
        given = queue.give_back(wanted) if wanted else []
        after = exchange(session, connection, progress=progress)
    reader = session.reader
    kept = tuple((name, _why(uid, mine)) for uid, name in named.items() if uid not in given)
    documents = tuple(sorted(reader.document(uid).name for uid in given if reader.documents.key_of(uid) is not None))
    before.report.add(after.report)
    return GivenBack(documents, kept, before)


def queue_rules(
    session: Session, *, annotators: int | None = None, hours: float | None = None, sorting: str | None = None
) -> QueueRules:
    """Change those of the rules that are given, as a lead may, and return all. Raises StetError."""
    if annotators is not None and not 1 <= annotators <= MOST_ANNOTATORS:
        raise WrongUse(f"{annotators:,} annotators a document aren't possible", hint=f"use 1 to {MOST_ANNOTATORS:,}")
    if hours is not None and not 0 < hours <= MOST_HOURS:
        raise WrongUse(f"documents can't be reserved for {hours:g} hours", hint=f"use up to {MOST_HOURS:,}")
    if sorting is not None and sorting not in SORTINGS:
        raise WrongUse(f"“{sorting}” isn't an order of the queue", hint=f"use {', '.join(SORTINGS)}")
    membership = require_membership(session)
    return change_rules(membership, annotators=annotators, hours=hours, sorting=sorting)


def change_rules(
    membership: Membership, *, annotators: int | None = None, hours: float | None = None, sorting: str | None = None
) -> QueueRules:
    """Change rules without looking at the project, and return all. Raises StetError."""
    with HubConnection(membership.place) as connection:
        rows = HubRows(connection)
        state = rows.state()
        if annotators is not None or hours is not None or sorting is not None:
            if state.role != "lead":
                raise EditRejected("only a lead sets how documents are handed out", hint="ask whoever leads the hub")
            rows.queue.set_rules(annotators=annotators, hours=hours, sorting=sorting)
            state = rows.state()
    return QueueRules(state.annotators, state.hours, state.sorting)


def _uids(session: Session, names: Sequence[str]) -> list[str]:
    """Return the documents (uids) of these names or uids. Raises WrongUse."""
    found: list[str] = []
    for name in names:
        uids = session.reader.documents.find(name)
        if not uids:
            raise WrongUse(f"there is no document “{shorten(name)}” in the project", hint="nothing was given back")
        found.extend(uids)
    return list(dict.fromkeys(found))


def _why(uid: str, mine: dict[str, bool]) -> str:
    if uid not in mine:
        return "it is finished, or you haven't taken it"
    return "it was assigned to you: ask whoever leads the hub"

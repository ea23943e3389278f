"""Taking over what is new in a hub."""

from collections.abc import Callable, Iterable, Sequence

from app.core.errors import FormatError
from app.core.names import annotator_key
from app.core.progress import CancelToken
from app.exchange.report import Report
from app.hub.hub_rows import HubRelease, HubRows, HubState
from app.services.hub.hub_source import HubScheme, HubSource
from app.services.hub.membership import Membership
from app.services.team.merge import Merged, merge
from app.session.actions import Action, Assign, Release, WithdrawDecision, WithdrawRelease
from app.session.session import Session

_AT_ONCE = 200
"""Documents in one step: what was taken over stays so when the connection is lost in the middle."""


class Download:
    """Takes over documents, work and decisions of a hub: some documents at a time, as one step that is nobody's.

    `report` says what was left out or differs, `documents` and `sets` count what came, by the hub's rows.
    """

    def __init__(
        self,
        session: Session,
        rows: HubRows,
        state: HubState,
        membership: Membership,
        *,
        is_old: bool,
        progress: Callable[[int, int], None],
        cancel: CancelToken | None,
    ) -> None:
        self._session = session
        self._rows = rows
        self._state = state
        self._membership = membership
        self._is_old = is_old
        self._progress = progress
        self._cancel = cancel
        self._scheme = HubScheme(*rows.scheme())
        self.report = Report()
        self.documents = self.sets = self.decisions = 0
        self.releases: list[HubRelease] = []
        """The releases in the hub, once it was read."""

    @property
    def scheme(self) -> HubScheme:
        """The newest scheme of the hub."""
        return self._scheme

    def run(self) -> None:
        """Take over all that is new since the cursor.

        Raises HubError, ProjectError, EditRejected and Cancelled; what was taken over until then stays.
        """
        wanted = self._wanted()
        self.take(wanted, since=self._membership.cursor)
        self._assign()
        self._release()

    def take(self, uids: Sequence[str], *, since: int) -> None:
        """Take over what is new of documents (uids) since a transaction. Raises as `run` does."""
        for first in range(0, len(uids), _AT_ONCE):
            self._progress(first, len(uids))
            self._raise_if_cancelled()
            self._take(uids[first : first + _AT_ONCE], since)
        self._progress(len(uids), len(uids))

    def _wanted(self) -> list[str]:
        """Return the documents to look at: what changed of those that one works with, and what isn't here."""
        since = self._membership.cursor
        changed = set(self._rows.changed(since)) if since else None
        needed = self._rows.all_documents() if self._state.sees_everyone and not since else None
        if needed is None:
            needed = sorted(changed or ()) if self._state.sees_everyone else self._rows.needed()
        documents = self._session.executor.documents
        return [uid for uid in needed if changed is None or uid in changed or documents.place_of(uid) is None]

    def _take(self, uids: Sequence[str], since: int) -> None:
        source = self._source(uids, since)
        try:
            self._count(merge(self._session, [source], cancel=self._cancel, backup=None, is_own=False), source)
            self._withdraw(source)
        except FormatError as error:
            if len(uids) == 1:
                what = "documents of the hub with work that can't be merged, left out"
                self.report.note("hub-merge", what, f"{uids[0]}: {error.what}")
                return
            # One person's rows must not keep out everyone's: found by halves.
            half = len(uids) // 2
            self._take(uids[:half], since)
            self._take(uids[half:], since)

    def _source(self, uids: Sequence[str], since: int) -> HubSource:
        return HubSource(
            self._session,
            self._rows,
            self._state,
            self._scheme,
            uids,
            since=since,
            head=self._membership.event,
            is_old=self._is_old,
        )

    def _count(self, merged: Merged, source: HubSource) -> None:
        self.documents += merged.documents
        self.sets += sum(item.documents for item in merged.returned)
        self.decisions += merged.decisions
        self.report.add(source.report)
        self.report.add(merged.report)

    def _assign(self) -> None:
        """Assign here what is assigned in the hub, and whatever is reserved."""
        people = {key: name for key, (name, _) in self._rows.people().items()}
        here = {annotator_key(name): set(uids) for name, uids in self._session.reader.assignments().items()}
        documents = self._session.executor.documents
        new = [
            (uid, people[key])
            for key, uid in self._rows.assigned()
            if key in people and uid not in here.get(key, ()) and documents.key_of(uid) is not None
        ]
        self._perform_assignment(new)

    def _perform_assignment(self, pairs: Iterable[tuple[str, str]]) -> None:
        begin = tuple(pairs)
        if begin:
            with self._session.transaction("Assign as in the hub", backup=None, is_own=False) as step:
                step.perform([Assign(begin=begin)])

    def _release(self) -> None:
        """Release here what was released in the hub since the last time, and end what was withdrawn there."""
        self.releases = self._rows.releases(self._membership.cursor)
        documents = self._session.executor.documents
        here = self._session.executor.review.decisions.releases()
        by: dict[str, list[str]] = {}
        ended: list[str] = []
        for found in self.releases:
            if not found.is_new or documents.key_of(found.document) is None:
                continue
            if found.is_withdrawn and found.document in here:
                ended.append(found.document)
            elif not found.is_withdrawn and found.document not in here:
                by.setdefault(found.reviewer, []).append(found.document)
        actions: list[Action] = [Release(tuple(uids), reviewer) for reviewer, uids in by.items()]
        if ended:
            actions.append(WithdrawRelease(tuple(ended)))
        if actions:
            with self._session.transaction("Release as in the hub", backup=None, is_own=False) as step:
                step.perform(actions)

    def _withdraw(self, source: HubSource) -> None:
        """Withdraw decisions that were withdrawn in the hub, but for those that were changed here since."""
        decisions = self._session.executor.review.decisions
        changed = set(decisions.changed_since(self._membership.decided))
        gone = [uid for uid in source.withdrawn() if uid not in changed and decisions.find(uid) is not None]
        if gone:
            with self._session.transaction("Withdraw as in the hub", backup=None, is_own=False) as step:
                step.perform(WithdrawDecision(uid) for uid in gone)

    def _raise_if_cancelled(self) -> None:
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()

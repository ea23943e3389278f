"""Sending one's own work to a hub."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import NamedTuple

from app.core.decision import GOLD
from app.core.ids import new_uid
from app.core.names import annotator_key
from app.core.progress import CancelToken
from app.core.record import SetRecord
from app.core.three_way_merge import BLANK, SetExchange, digest_of
from app.exchange.formats.stet_jsonl.writer import decision_json, set_json
from app.hub.hub_rows import HubDecision, HubRelease, HubRows, HubState, HubWork
from app.services.history.finish_days import finishing_days
from app.services.hub.local_news import LocalNews
from app.services.hub.membership import Membership
from app.services.hub.offers import Offers
from app.services.hub.steps import Steps
from app.session.session import Session

_AT_ONCE = 200


class _Own(NamedTuple):
    """A set that differs from what the hub has, with what says where it is here."""

    row: HubWork
    document: int
    annotator: int
    seconds: float

    def sent(self, hub: str) -> SetExchange:
        """Return the exchange that it is once it has arrived in a hub (uid)."""
        return SetExchange(hub, self.row.digest, self.row.event, self.seconds)


class Upload:
    """Sends sets, and of a reviewer gold, decisions and releases. `sets` and `decisions` count what was sent; `clashes`
    are the documents (uids) with sets that somebody else, or oneself elsewhere, has changed in the hub meanwhile.
    `event` is the newest entry of the hub's log that it made, "" if none.
    """

    def __init__(
        self,
        session: Session,
        rows: HubRows,
        state: HubState,
        membership: Membership,
        *,
        progress: Callable[[int, int], None],
        cancel: CancelToken | None,
    ) -> None:
        self._session = session
        self._rows = rows
        self._state = state
        self._membership = membership
        self._decisions: dict[str, list[HubDecision]] = {}
        self._offers = Offers(session, state)
        self._progress = progress
        self._cancel = cancel
        self.sets = self.decisions = 0
        self.clashes: list[str] = []
        self.event = ""
        self._there: Mapping[tuple[str, str], str] | None = None

    def run(self, news: LocalNews, *, everything: bool = False) -> Steps[None]:
        """Send all that is new, or with `everything` compare all with what the hub has.

        Raises HubError, ProjectError and Cancelled; what was sent until then stays so, and sending it again changes
        nothing.
        """
        if everything:
            self._there = yield self._rows.digests
        if self._state.sees_everyone:
            self._decisions = self._new_decisions(0 if everything else self._membership.decided)
        yield from self._send_sets(None if everything or news.documents is None else sorted(news.documents))
        if self._state.sees_everyone:
            yield from self._send_decisions()
            yield from self._send_releases(None if everything else news.releases)

    def again(self, documents: Sequence[str]) -> Steps[None]:
        """Send the sets on documents (uids) again, after what was in the hub was taken over. Raises as `run` does."""
        self.clashes = []
        yield from self._send_sets(list(documents))
        yield from self._send_decisions()

    def _send_sets(self, documents: Sequence[str] | None) -> Steps[None]:
        pending: list[_Own] = []
        for own in self._own_sets(documents):
            pending.append(own)
            if len(pending) >= _AT_ONCE:
                yield from self._put(pending)
                pending = []
        yield from self._put(pending)

    def _own_sets(self, documents: Sequence[str] | None) -> Iterator[_Own]:
        people = [self._state.person, *([GOLD] if self._state.sees_everyone else [])]
        for name in people:
            person = self._session.executor.annotations.find_annotator(name)
            if person is None:
                continue
            uids = self._session.executor.annotations.documents_of(person) if documents is None else documents
            for uid in uids:
                own = self._own_set(uid, name, person)
                if own is not None:
                    yield own

    def _own_set(self, uid: str, name: str, person: int) -> _Own | None:
        """Return a set, if there is one and it isn't what it was when it was last exchanged with the hub."""
        executor = self._session.executor
        key = executor.documents.key_of(uid)
        found = executor.annotations.set_of(key, person) if key is not None else None
        if key is None or found is None:
            return None
        annotations, relations = executor.annotations.load(key, found.key)
        kind = GOLD if name == GOLD else "person"
        marks, ties = tuple(annotations), tuple(relations)
        own = SetRecord(name, kind, found.status, found.scheme, found.seconds, marks, ties, found.remark)
        digest = digest_of(own)
        base = self._base(uid, name, key, person)
        if digest == (base or BLANK):
            return None
        row = HubWork(
            document=uid,
            annotator=annotator_key(name),
            kind=kind,
            digest=digest,
            sha256=self._session.reader.document(uid).sha256,
            status=own.status,
            marks=len(annotations),
            content=set_json(own),
            event=new_uid(),
            finished=self._days.get((name, uid), "") if own.status.is_finished else "",
            base=base,
        )
        return _Own(row, key, person, found.seconds)

    @cached_property
    def _days(self) -> Mapping[tuple[str, str], str]:
        return finishing_days(self._session)

    def _base(self, uid: str, name: str, document: int, person: int) -> str | None:
        """Return the digest that a set has in the hub, as far as is known here; None if it isn't there."""
        if self._there is not None:
            return self._there.get((uid, annotator_key(name)))
        history = self._session.executor.review.assignments.exchanges(document, person)
        return next((item.digest for item in reversed(history) if item.file == self._state.uid), None)

    def _put(self, pending: Sequence[_Own]) -> Steps[None]:
        if not pending:
            return
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()
        self._offers.make([(own.document, own.annotator, own.sent(self._state.uid)) for own in pending])
        reviewed = [own.row.document for own in pending if own.row.kind == GOLD]
        decisions = [decision for uid in reviewed for decision in self._decisions.get(uid, ())]
        left: list[HubWork] = yield partial(self._rows.put_work, [own.row for own in pending], decisions)
        refused = {(row.document, row.annotator) for row in left}
        for uid in {uid for uid in reviewed if (uid, GOLD) not in refused}:
            self.decisions += len(self._decisions.pop(uid, ()))
        with self._session.unlogged() as executor:
            for own in pending:
                if (own.row.document, own.row.annotator) in refused:
                    self.clashes.append(own.row.document)
                    continue
                self._offers.settle(executor, own.document, own.annotator, own.sent(self._state.uid))
                self.sets += 1
                self.event = own.row.event
        self._progress(self.sets, 0)

    def _new_decisions(self, since: int) -> dict[str, list[HubDecision]]:
        """Return one's own decisions that are new or were withdrawn, by document (uid)."""
        review = self._session.executor.review.decisions
        found: dict[str, list[HubDecision]] = {}
        for uid in review.changed_since(since):
            decision = review.last(uid)
            if decision is not None and annotator_key(decision.reviewer) == self._state.key:
                is_withdrawn = review.find(uid) is None
                content = decision_json(decision)
                row = HubDecision(uid, decision.document, self._state.key, is_withdrawn, content, new_uid())
                found.setdefault(decision.document, []).append(row)
        return found

    def _send_decisions(self) -> Steps[None]:
        """Send the decisions that didn't go with gold: theirs is in the hub already, or clashes and comes first."""
        uids = [uid for uid in self._decisions if uid not in self.clashes]
        rows = [decision for uid in uids for decision in self._decisions.pop(uid)]
        for first in range(0, len(rows), _AT_ONCE):
            yield partial(self._rows.put_decisions, rows[first : first + _AT_ONCE])
            self.decisions += len(rows[first : first + _AT_ONCE])

    def _send_releases(self, changed: frozenset[str] | None) -> Steps[None]:
        """Send what was released or withdrawn here, but for documents where that changed there since the last time.

        `changed` are the documents (uids) of which that may be new here, None for all.
        """
        if changed is not None and not changed:
            return
        since = self._membership.cursor
        ask = self._rows.all_releases if changed is None else partial(self._rows.releases, documents=changed)
        there: list[HubRelease] = yield partial(ask, since)
        rows = self._session.executor.review.decisions.releases().values()
        here = {row.document: row.reviewer for row in rows if changed is None or row.document in changed}
        known = {found.document for found in there}
        old = [found for found in there if not found.is_new]
        new = {uid: reviewer for uid, reviewer in here.items() if uid not in known}
        new.update({item.document: here[item.document] for item in old if item.is_withdrawn and item.document in here})
        documents = self._session.executor.documents
        ended = [
            found.document
            for found in old
            if not found.is_withdrawn and found.document not in here and documents.key_of(found.document) is not None
        ]
        if new or ended:
            yield partial(self._rows.put_releases, new, ended=ended)

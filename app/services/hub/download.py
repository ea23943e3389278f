"""Taking over what is new in a hub."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial

from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import EditRejected, FormatError
from app.core.names import annotator_key
from app.core.progress import CancelToken
from app.core.suggestion_pattern import SuggestionPattern
from app.exchange.report import Report
from app.hub.hub_rows import HubPart, HubRelease, HubRows, HubState
from app.hub.queue_rows import Seat
from app.services.hub.hub_source import HubScheme, HubSource
from app.services.hub.local_news import local_news
from app.services.hub.membership import Membership
from app.services.hub.offers import Offers
from app.services.hub.parts import PartSplitter
from app.services.hub.steps import Steps
from app.services.hub.suggested_upload import pattern_decoder
from app.services.team.merge import Merged, merge
from app.session.actions import (
    Action,
    Assign,
    DescribeDocument,
    LinkReference,
    Release,
    WithdrawDecision,
    WithdrawRelease,
)
from app.session.session import Session


class Download:
    """Takes over documents, work and decisions of a hub: some documents at a time, as steps that are nobody's.

    `report` says what was left out or differs, `documents` and `sets` count what came, by the hub's rows. `is_old` says
    that the hub was put back to an earlier state. `looked_at` are the documents (uids) with what may be new there, and
    `actions` the entries of the log here (sequences) that have brought it.
    """

    def __init__(
        self,
        session: Session,
        rows: HubRows,
        state: HubState,
        membership: Membership,
        *,
        is_old: bool,
        at_once: int,
        progress: Callable[[int, int], None],
        cancel: CancelToken | None,
    ) -> None:
        self._session = session
        self._rows = rows
        self._state = state
        self._membership = membership
        self._offers = Offers(session, state)
        self._is_old = is_old
        self._at_once = at_once
        self._progress = progress
        self._cancel = cancel
        self._scheme = HubScheme(0, "", "")
        self.report = Report()
        self.documents = self.sets = self.decisions = self.suggestions = self.patterns = 0
        self._waiting: list[tuple[str, str]] = []  # links, as pairs of documents (uids)
        self._came: set[str] = set()
        self._linked: list[tuple[str, str]] = []  # those that were added there since the last time
        self.looked_at: set[str] = set()
        self.actions: set[int] = set()

    def run(self, scheme: HubScheme) -> Steps[None]:
        """Take over all that is new since the cursor; `scheme` is the hub's newest.

        Raises HubError, ProjectError, EditRejected and Cancelled; what was taken over until then stays.
        """
        self._scheme = scheme
        wanted = yield from self._wanted()
        yield from self.take(wanted, since=self._membership.cursor)
        self._link()
        if self._state.news.patterns:
            yield from self._take_patterns()
        yield from self._assign()
        yield from self._release()

    def take(self, uids: Sequence[str], *, since: int) -> Steps[None]:
        """Take over what is new of documents (uids) since a transaction. Raises as `run` does."""
        documents = self._session.executor.documents
        self.looked_at.update(uids)
        for first in range(0, len(uids), self._at_once):
            self._progress(first, len(uids))
            if self._cancel is not None:
                self._cancel.raise_if_cancelled()
            chunk = uids[first : first + self._at_once]
            known = documents.hashes(chunk)
            self._came.update(uid for uid in chunk if uid not in known)
            part: HubPart = yield partial(self._rows.part, chunk, known=known, since=since)
            self._offers.recognise(part.work)
            yield from self._merge(part)
        self._progress(len(uids), len(uids))

    def _wanted(self) -> Steps[list[str]]:
        """Return the documents to look at: what changed of those that are here, and what is new for the person."""
        since, news = self._membership.cursor, self._state.news
        everyone = self._state.sees_everyone
        if not since:
            return (yield self._rows.all_documents if everyone else partial(self._rows.needed, 0))
        changed: list[str] = []
        if news.changes_documents:
            changed = yield partial(self._rows.changed, since, of=self._state.only)
        if news.links:
            self._linked = yield partial(self._rows.references, since)
        if everyone:
            return sorted(changed)
        here = self._session.executor.documents.hashes(changed)
        needed: list[str] = []
        if news.seats or news.links or len(here) < len(changed):
            needed = yield partial(self._rows.needed, since, self._lacking())
        return list(dict.fromkeys([*needed, *sorted(here)]))

    def _lacking(self) -> list[str]:
        """Return the documents (uids) that those which are here refer to now, and which aren't here."""
        here = self._session.executor.documents.hashes([uid for pair in self._linked for uid in pair])
        return [reference for document, reference in self._linked if document in here and reference not in here]

    # -- merging -------------------------------------------------------------------------------------------------------

    def _merge(self, part: HubPart) -> Steps[None]:
        events: set[str] | None = None
        if self._is_old:
            events = yield partial(self._rows.events, self._heads(part))
        splitter = PartSplitter(self._session, self._scheme)
        for each, scheme in splitter.parts(part):
            self._merge_by_halves(each, scheme, events)
        for item in splitter.lost:
            what = "sets of the hub that are on a text that isn't known here, left out"
            self.report.note("hub-text", what, f"{item.document}, {item.annotator}")

    def _merge_by_halves(self, part: HubPart, scheme: HubScheme, events: set[str] | None) -> None:
        """Merge a part; what can't be merged is found by halves: one person's rows must not keep out everyone's."""
        place = self._rows.address.place
        head = self._membership.event
        source = HubSource(self._session, self._state, scheme, part, place=place, head=head, events=events)
        self._describe(source)
        try:
            with self._noted():
                merged = merge(self._session, [source], cancel=self._cancel, backup=None, is_own=False)
            self._count(merged, source)
        except (FormatError, EditRejected) as error:
            uids = [document.uid for document in part.documents]
            if len(uids) == 1:
                what = "documents of the hub with work that can't be merged, left out"
                self.report.note("hub-merge", what, f"{uids[0]}: {error.what}")
                return
            for half in (uids[: len(uids) // 2], uids[len(uids) // 2 :]):
                self._merge_by_halves(part.about(half), scheme, events)
        else:
            self._waiting.extend(source.waiting)
            self._withdraw(source)

    def _describe(self, source: HubSource) -> None:
        """Give documents the names and metadata that they have in the hub, but for those that were described here since
        the last exchange: theirs is sent.
        """
        reader = self._session.reader
        given = list(source.described())
        described = local_news(self._session, self._membership.sent, besides=self.actions).described if given else None
        if described is None and self._state.role == "lead":
            return  # what is here may be newer, and all of it is compared
        for there in given:
            if there.uid in (described or ()) or reader.documents.key_of(there.uid) is None:
                continue
            here = reader.document(there.uid)
            name = there.name if there.name != here.name else None
            meta = there.meta if there.meta != here.meta else None
            if name is None and meta is None:
                continue
            try:
                self._perform([DescribeDocument(there.uid, name, meta)], "Describe as in the hub")
            except EditRejected as error:
                self.report.note(
                    "hub-document", "documents of the hub whose name or metadata can't be kept", error.what
                )

    def _take_patterns(self) -> Steps[None]:
        """Take over the patterns that came since the last time."""
        given: list[tuple[str, str]] = yield partial(self._rows.suggested.patterns, self._membership.cursor)
        found: list[SuggestionPattern] = []
        for uid, content in given:
            try:
                pattern = pattern_decoder.decode(content)
            except DECODE_FAULTS as error:
                self.report.note("hub-pattern", "patterns of the hub that can't be read, left out", f"{uid}: {error}")
                continue
            if pattern.uid == uid:
                found.append(pattern)
        if found:
            source = HubSource(
                self._session,
                self._state,
                self._scheme,
                HubPart((), (), ()),
                place=self._rows.address.place,
                head=self._membership.event,
                patterns=found,
            )
            with self._noted():
                merged = merge(self._session, [source], cancel=self._cancel, backup=None, is_own=False)
            self._count(merged, source)

    def _heads(self, part: HubPart) -> list[str]:
        """Return the entries of the hub's log that the exchanges of a part's documents remember."""
        executor = self._session.executor
        found: set[str] = set()
        for document in part.documents:
            place = executor.documents.place_of(document.uid)
            for _, name, _ in executor.annotations.annotators() if place is not None else ():
                person = executor.annotations.find_annotator(name)
                if person is not None and place is not None:
                    history = executor.review.assignments.exchanges(place[0], person)
                    found.update(item.head for item in history if item.file == self._state.uid and item.head)
        return sorted(found)

    def _count(self, merged: Merged, source: HubSource) -> None:
        self.documents += merged.documents
        self.sets += sum(item.documents for item in merged.returned)
        self.decisions += merged.decisions
        self.suggestions += merged.suggestions
        self.patterns += merged.patterns
        self.report.add(source.report)
        self.report.add(merged.report)

    def _withdraw(self, source: HubSource) -> None:
        """Withdraw decisions that were withdrawn in the hub, but for those that were changed here since."""
        decisions = self._session.executor.review.decisions
        changed = set(decisions.changed_since(self._membership.decided))
        gone = [uid for uid in source.withdrawn() if uid not in changed and decisions.find(uid) is not None]
        self._perform([WithdrawDecision(uid) for uid in gone], "Withdraw as in the hub")

    # -- around --------------------------------------------------------------------------------------------------------

    def _link(self) -> None:
        """Link documents that came with their references, which came later, and those that were linked since."""
        documents = self._session.executor.documents
        references = self._session.reader.documents.references
        links = [
            LinkReference(document, reference)
            for document, reference in dict.fromkeys([*self._waiting, *self._linked])
            if document != reference
            and documents.key_of(document) is not None
            and documents.key_of(reference) is not None
            and reference not in references(document)
        ]
        self._perform(links, "Link as in the hub")

    def _assign(self) -> Steps[None]:
        """Assign here what was assigned in the hub, and whatever was reserved, since the last time; end what was given
        back there, but for what was assigned here meanwhile.
        """
        if not (self._state.news.seats or self._came):
            return
        since = self._membership.cursor
        came = self._came if since else ()
        seats: list[Seat] = yield partial(self._rows.queue.seats, since, came, of=self._state.only)
        if not seats:
            return
        people: dict[str, tuple[str, str]] = yield self._rows.people
        here = {annotator_key(name): set(uids) for name, uids in self._session.reader.assignments().items()}
        known = [seat for seat in seats if seat.annotator in people]
        known = [seat for seat in known if self._session.executor.documents.key_of(seat.document) is not None]
        begin = [seat for seat in known if seat.is_held and seat.document not in here.get(seat.annotator, ())]
        anew = local_news(self._session, self._membership.sent, besides=self.actions).begun
        end = [seat for seat in known if not seat.is_held and seat.document in here.get(seat.annotator, ())]
        ended = [(seat.document, people[seat.annotator][0]) for seat in end]
        change = Assign(
            begin=tuple((seat.document, people[seat.annotator][0]) for seat in begin),
            end=tuple(pair for pair in ended if pair not in anew),
        )
        self._perform([change] if change.begin or change.end else [], "Assign as in the hub")

    def _release(self) -> Steps[None]:
        """Release here what was released in the hub since the last time, and end what was withdrawn there."""
        since = self._membership.cursor
        releases: list[HubRelease] = []
        if self._state.news.releases:
            releases = yield partial(self._rows.releases, since)
        if self._came and since:  # they may have been released before they came
            releases += yield partial(self._rows.releases, since, self._came)
        if not releases:
            return
        documents = self._session.executor.documents
        here = self._session.executor.review.decisions.releases()
        by: dict[str, list[str]] = {}
        ended: list[str] = []
        for found in dict.fromkeys(releases):
            if documents.key_of(found.document) is None:
                continue
            if found.is_withdrawn and found.document in here:
                ended.append(found.document)
            elif not found.is_withdrawn and found.document not in here:
                by.setdefault(found.reviewer, []).append(found.document)
        actions: list[Action] = [Release(tuple(uids), reviewer) for reviewer, uids in by.items()]
        if ended:
            actions.append(WithdrawRelease(tuple(ended)))
        self._perform(actions, "Release as in the hub")

    def _perform(self, actions: Sequence[Action], title: str) -> None:
        if actions:
            with self._noted(), self._session.transaction(title, backup=None, is_own=False) as step:
                step.perform(actions)

    @contextmanager
    def _noted(self) -> Generator[None]:
        """Note the entries of the log that the block makes."""
        first = self._session.log.next_sequence()
        yield
        self.actions.update(range(first, self._session.log.next_sequence()))

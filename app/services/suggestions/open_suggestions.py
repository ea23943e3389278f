"""The open document's suggestions that the annotator hasn't answered."""

from collections import Counter
from collections.abc import Iterator, Sequence

from app.core.annotation import Fragment, quote_of
from app.core.intervals import Interval, IntervalIndex
from app.core.names import annotator_key
from app.core.project_option import CONTROL_SHARE, is_control, share_of
from app.core.suggestion import Suggestion, places_of, reading_order, unoffered
from app.services.suggestions.track_record import TrackRecord, maker_version
from app.session.events import Event, Topic
from app.session.session import Session
from app.storage.suggestions import Suggestions

_END = 2**62  # greater than any offset
_FIRST, _PAGE = 500, 200  # suggestions read at once: when a document is opened, and per call of `read_on`


class OpenSuggestions:
    """The open document's suggestions as the current annotator sees them; `follow` keeps them in step with the session.

    A suggestion is open until the annotator judges it or annotates the same range with the same label. One whose label
    the scheme doesn't have, or whose words an edit of the text has taken away, isn't offered. Open ones are withheld if
    they are less likely to be accepted than `least` percent or if their suggester has retired itself, and all of them
    in a document of the control share (`is_control`). `begin` reads the first
    ones and `read_on` the next, `read` all of them. `shares` counts the open ones by their position in the text, as a
    rounded fraction 0..1; `has_other_shares` is set to True when a position is added or removed, and to False by the
    caller.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.record = TrackRecord(session)
        self.least = 0
        self.is_control = False
        self._chances: dict[str, float] = {}  # as they were when the document was opened: answers change them
        self._withheld: set[str] = set()
        self._key: int | None = None  # row number of the document, None once all is read
        self._last = (-1, "")
        self._all: dict[str, Suggestion] = {}
        self._judged: set[str] = set()
        self._ranges = IntervalIndex()  # of all suggestions
        self._open = IntervalIndex()
        self._left: set[str] = set()
        self.shares: Counter[float] = Counter()
        self.has_other_shares = False

    @property
    def _table(self) -> Suggestions:
        return self._session.executor.suggesting.suggestions

    # -- reading -------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read all suggestions of the open document."""
        self.begin()
        self.finish()

    def begin(self) -> None:
        """Start again with the open document and read its first suggestions; there may be more."""
        state = self._session.state
        self._key = self._session.reader.documents.key_of(state.document.uid) if state else None
        self._last = (-1, "")
        self._all, self._judged, self._left, self._withheld = {}, set(), set(), set()
        self._chances = {}
        self.record.refresh()
        self.is_control = state is not None and self._is_control(state.document.uid)
        self._ranges = self._open = IntervalIndex()
        self.shares, self.has_other_shares = Counter(), True
        self.read_on(_FIRST)

    @property
    def is_reading(self) -> bool:
        """Whether there is more to read."""
        return self._key is not None

    def read_on(self, most: int = _PAGE) -> None:
        """Read the next suggestions, at most this many, in text order."""
        state = self._session.state
        if self._key is None or state is None:
            return
        page = self._table.page(self._key, self._session.annotator_key(), behind=self._last, most=most)
        if len(page) < most:
            self._key = None
        else:
            self._last = (page[-1][0].start, page[-1][0].uid)
        text, scheme = state.document.text, self._session.scheme
        offered = [
            (s, judged) for s, judged in page if not unoffered(s, scheme) and quote_of(text, s.fragments) == s.quote
        ]
        if offered:
            self._take(offered)

    def _take(self, page: Sequence[tuple[Suggestion, bool]]) -> None:
        state = self._session.state
        assert state is not None
        start, end = min(found.start for found, _ in page), max(found.end for found, _ in page)
        marked = places_of(state.overlapping(start, end))
        self._all |= {found.uid: found for found, _ in page}
        self._judged |= {found.uid for found, judged in page if judged}
        unanswered = [found for found, judged in page if not judged and found.place not in marked]
        left = [found for found in unanswered if self._is_shown(found)]
        self._left |= {found.uid for found in left}
        self._withheld |= {found.uid for found in unanswered} - self._left
        is_same = self._ranges is self._open and len(left) == len(page)
        self._ranges = self._ranges.with_all(part for found, _ in page for part in _parts(found))
        self._open = self._ranges if is_same else self._open.with_all(part for found in left for part in _parts(found))
        for found in left:
            self._count(found, 1)

    def finish(self) -> None:
        """Read all remaining suggestions."""
        while self.is_reading:
            self.read_on()

    # -- keeping in step -----------------------------------------------------------------------------------------------

    def follow(self, event: Event) -> list[tuple[int, int]] | None:
        """Update for an event of the session, looking only at what it is about. Return the ranges (code points) whose
        suggestions changed; None if all may have: then the first ones were read again.
        """
        state = self._session.state
        self.record.follow(event)
        if event.topic is Topic.SUGGESTIONS and event.suggestion:
            found = self._all.get(event.suggestion)  # None: of another document, or not read yet
            if self.record.refresh():
                self.begin()
                return None
            return [(found.start, found.end)] if found is not None and self._refresh(found) else []
        if event.topic in (Topic.OPENED, Topic.ANNOTATOR, Topic.SUGGESTIONS, Topic.DOCUMENTS, Topic.SCHEME):
            self.begin()
            return None
        if event.topic is not Topic.ANNOTATIONS or event.change is None or state is None or not self._all:
            return []
        touched: list[tuple[int, int]] = []
        if (event.document, event.change.annotator) == (state.document.uid, state.annotator):
            for start, end in event.change.touched():
                for uid in {part.uid for part in self._ranges.overlapping(start, end)}:
                    if self._settle(self._all[uid]):
                        touched.append((self._all[uid].start, self._all[uid].end))
        return touched

    def _refresh(self, found: Suggestion) -> bool:
        session, state = self._session, self._session.state
        key = session.reader.documents.key_of(state.document.uid) if state else None
        person = session.annotator_key()
        judged = key is not None and person is not None and self._table.judgement(key, found.uid, person) is not None
        (self._judged.add if judged else self._judged.discard)(found.uid)
        return self._settle(found)

    def _is_open(self, suggestion: Suggestion) -> bool:
        state = self._session.state
        if state is None or suggestion.uid in self._judged:
            return False
        return suggestion.place not in places_of(state.overlapping(suggestion.start, suggestion.end))

    def _settle(self, suggestion: Suggestion) -> bool:
        """Update the index of open suggestions for one of them; return whether it changed."""
        is_unanswered = self._is_open(suggestion)
        is_open = is_unanswered and self._is_shown(suggestion)
        (self._withheld.add if is_unanswered and not is_open else self._withheld.discard)(suggestion.uid)
        if is_open is (suggestion.uid in self._left):
            return False
        for part in _parts(suggestion):
            self._open = self._open.added(part) if is_open else self._open.removed(part)
        (self._left.add if is_open else self._left.discard)(suggestion.uid)
        self._count(suggestion, 1 if is_open else -1)
        return True

    def show_from(self, least: int) -> None:
        """Withhold suggestions that are less likely to be accepted than this many percent, and no others for that."""
        self.least = least
        unanswered = [self._all[uid] for uid in self._left | self._withheld]
        left = [found for found in unanswered if self._is_shown(found)]
        self._left = {found.uid for found in left}
        self._withheld = {found.uid for found in unanswered} - self._left
        self._open = IntervalIndex().with_all(part for found in left for part in _parts(found))
        self.shares, self.has_other_shares = Counter(), True
        for found in left:
            self._count(found, 1)

    def _is_shown(self, suggestion: Suggestion) -> bool:
        if self.is_control or maker_version(suggestion) in self.record.retired:
            return False
        return not self.least or self.chance(suggestion) * 100 >= self.least

    def _is_control(self, document: str) -> bool:
        share = share_of(self._session.executor.suggesting.options.get(CONTROL_SHARE))
        return is_control(document, annotator_key(self._session.annotator or ""), share)

    def offers(self, document: str, suggestion: Suggestion) -> bool:
        """Return whether a suggestion of any document (uid) would be shown there, if it is unanswered."""
        if self._is_control(document) or maker_version(suggestion) in self.record.retired:
            return False
        return not self.least or self.record.chance(suggestion) * 100 >= self.least

    def chance(self, suggestion: Suggestion) -> float:
        """Return how likely the annotator is to accept a suggestion of the open document, from 0 to 1."""
        found = self._chances.get(suggestion.uid)
        if found is None:
            found = self._chances[suggestion.uid] = self.record.chance(suggestion)
        return found

    def _count(self, suggestion: Suggestion, by: int) -> None:
        state = self._session.state
        share = round(suggestion.start / max(1, state.document.length if state is not None else 0), 3)
        self.shares[share] += by
        if self.shares[share] == (by if by > 0 else 0):
            self.has_other_shares = True
        if not self.shares[share]:
            del self.shares[share]

    # -- queries -------------------------------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """The number of open suggestions among those read so far."""
        return len(self._left)

    @property
    def withheld(self) -> int:
        """The number of open suggestions that are withheld, among those read so far."""
        return len(self._withheld)

    def shown(self) -> list[Suggestion]:
        """Return the open suggestions that aren't withheld, in reading order."""
        return sorted((self._all[uid] for uid in self._left), key=reading_order)

    def get(self, uid: str) -> Suggestion | None:
        """Return an open suggestion, None if it isn't open or not read yet."""
        return self._all[uid] if uid in self._left else None

    def overlapping(self, start: int, end: int) -> list[Suggestion]:
        """Return the open suggestions with a fragment in `[start, end)`, each once."""
        return [self._all[uid] for uid in dict.fromkeys(part.uid for part in self._open.overlapping(start, end))]

    def neighbour(self, key: tuple[int, int, str], by: int) -> Suggestion | None:
        """Return the open suggestion after a key of `reading_order`, or with `by` -1 before it, wrapping around."""
        self.finish()
        return self._beyond(key, by) or self._beyond((-1, -1, "") if by > 0 else (_END, _END, ""), by)

    def _beyond(self, key: tuple[int, int, str], by: int) -> Suggestion | None:
        # The index sorts fragments by their own ends, `reading_order` by the last one's: compare all with one start.
        here = [s for s in self._starting(key[0]) if (reading_order(s) > key if by > 0 else reading_order(s) < key)]
        at: Interval | None = Interval(key[0], _END if by > 0 else -1, "")
        while not here and at is not None:
            at = self._open.next_from(at) if by > 0 else self._open.previous_from(at)
            here = self._starting(at.start) if at is not None else []
        return (min if by > 0 else max)(here, key=reading_order, default=None)

    def _starting(self, start: int) -> list[Suggestion]:
        return [suggestion for suggestion in self.overlapping(start, start) if suggestion.start == start]


def _parts(suggestion: Suggestion) -> Iterator[Interval]:
    parts: tuple[Fragment, ...] = suggestion.fragments
    return (Interval(part.start, part.end, suggestion.uid) for part in parts)

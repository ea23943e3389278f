"""The open document's suggestions, as far as the annotator hasn't answered them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from app.core.annotation import Fragment
from app.core.intervals import Interval, IntervalIndex
from app.core.suggestion import Suggestion, places_of, reading_order, unoffered
from app.session.events import Event, Topic
from app.session.session import Session
from app.storage.suggestions import Suggestions

_BEHIND = 2**62  # further on than any place in a text
_FIRST, _PAGE = 500, 200  # suggestions read at once: when a document opens, and at each go after that


class OpenSuggestions:
    """The open document's suggestions as they are for the annotator: kept in step with the session.

    A suggestion is open until the annotator judges it or marks the same range with the same label. One whose label the
    scheme doesn't have isn't offered. `begin` reads the first ones and `read_on` the next, `read` all of them; `follow`
    looks at no more than what a fact is about, and returns the ranges that look different now, None for anywhere.
    `shares` are the places of the open ones as rounded shares of the text, 0..1, with how many there are;
    `has_other_shares` says that there are other places than when it was set to False.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._key: int | None = None  # of the document, as long as there is more to read
        self._last = (-1, "")
        self._all: dict[str, Suggestion] = {}
        self._judged: set[str] = set()
        self._ranges = IntervalIndex()  # of all
        self._open = IntervalIndex()
        self._left: set[str] = set()
        self.shares: Counter[float] = Counter()
        self.has_other_shares = False

    @property
    def _table(self) -> Suggestions:
        return self._session.executor.suggesting.suggestions

    # -- reading -------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read all suggestions of the document that is open now."""
        self.begin()
        self.finish()

    def begin(self) -> None:
        """Read the first suggestions of the document that is open now; there may be more."""
        state = self._session.state
        self._key = self._session.documents.key_of(state.document.uid) if state else None
        self._last = (-1, "")
        self._all, self._judged, self._left = {}, set(), set()
        self._ranges = self._open = IntervalIndex()
        self.shares, self.has_other_shares = Counter(), True
        self.read_on(_FIRST)

    @property
    def is_reading(self) -> bool:
        """Whether there is more to read."""
        return self._key is not None

    def read_on(self, most: int = _PAGE) -> None:
        """Read some more, in the order of the text."""
        state = self._session.state
        if self._key is None or state is None:
            return
        page = self._table.page(self._key, self._session.annotator_key(), behind=self._last, most=most)
        if len(page) < most:
            self._key = None
        else:
            self._last = (page[-1][0].start, page[-1][0].uid)
        offered = [(found, judged) for found, judged in page if not unoffered(found, self._session.scheme)]
        if offered:
            self._take(offered)

    def _take(self, page: Sequence[tuple[Suggestion, bool]]) -> None:
        state = self._session.state
        assert state is not None
        start, end = min(found.start for found, _ in page), max(found.end for found, _ in page)
        marked = places_of(state.overlapping(start, end))
        self._all |= {found.uid: found for found, _ in page}
        self._judged |= {found.uid for found, judged in page if judged}
        left = [found for found, judged in page if not judged and found.place not in marked]
        self._left |= {found.uid for found in left}
        is_same = self._ranges is self._open and len(left) == len(page)
        self._ranges = self._ranges.with_all(part for found, _ in page for part in _parts(found))
        self._open = self._ranges if is_same else self._open.with_all(part for found in left for part in _parts(found))
        for found in left:
            self._count(found, 1)

    def finish(self) -> None:
        """Read all that is still to be read."""
        while self.is_reading:
            self.read_on()

    # -- keeping in step -----------------------------------------------------------------------------------------------

    def follow(self, fact: Event) -> list[tuple[int, int]] | None:
        """Take in what changed. Where any may be others now, the first ones are read anew."""
        state = self._session.state
        if fact.topic is Topic.SUGGESTIONS and fact.suggestion:
            found = self._all.get(fact.suggestion)  # None: of another document, or still to be read
            return [(found.start, found.end)] if found is not None and self._ask_again(found) else []
        if fact.topic in (Topic.OPENED, Topic.ANNOTATOR, Topic.SUGGESTIONS, Topic.DOCUMENTS, Topic.SCHEME):
            self.begin()
            return None
        if fact.topic is not Topic.ANNOTATIONS or fact.change is None or state is None or not self._all:
            return []
        touched: list[tuple[int, int]] = []
        if (fact.document, fact.change.annotator) == (state.document.uid, state.annotator):
            for start, end in fact.change.touched():
                for uid in {part.uid for part in self._ranges.overlapping(start, end)}:
                    if self._settle(self._all[uid]):
                        touched.append((self._all[uid].start, self._all[uid].end))
        return touched

    def _ask_again(self, found: Suggestion) -> bool:
        session, state = self._session, self._session.state
        key = session.documents.key_of(state.document.uid) if state else None
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
        """Bring the index in line with one suggestion; return whether it wasn't."""
        is_open = self._is_open(suggestion)
        if is_open is (suggestion.uid in self._left):
            return False
        for part in _parts(suggestion):
            self._open = self._open.added(part) if is_open else self._open.removed(part)
        (self._left.add if is_open else self._left.discard)(suggestion.uid)
        self._count(suggestion, 1 if is_open else -1)
        return True

    def _count(self, suggestion: Suggestion, by: int) -> None:
        state = self._session.state
        share = round(suggestion.start / max(1, state.document.length if state is not None else 0), 3)
        self.shares[share] += by
        if self.shares[share] == (by if by > 0 else 0):
            self.has_other_shares = True
        if not self.shares[share]:
            del self.shares[share]

    # -- asking --------------------------------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many are open, of those that are read."""
        return len(self._left)

    def get(self, uid: str) -> Suggestion | None:
        """Return an open suggestion."""
        return self._all[uid] if uid in self._left else None

    def overlapping(self, start: int, end: int) -> list[Suggestion]:
        """Return the open suggestions with a fragment in `[start, end)`, each once."""
        return [self._all[uid] for uid in dict.fromkeys(part.uid for part in self._open.overlapping(start, end))]

    def neighbour(self, key: tuple[int, int, str], by: int) -> Suggestion | None:
        """Return the open suggestion behind a key of `reading_order`, or with -1 the one before it, round the end."""
        self.finish()
        return self._beyond(key, by) or self._beyond((-1, -1, "") if by > 0 else (_BEHIND, _BEHIND, ""), by)

    def _beyond(self, key: tuple[int, int, str], by: int) -> Suggestion | None:
        # Parts sort by their own ends, suggestions in several parts by the last one's: so all of a start are compared.
        here = [s for s in self._starting(key[0]) if (reading_order(s) > key if by > 0 else reading_order(s) < key)]
        at: Interval | None = Interval(key[0], _BEHIND if by > 0 else -1, "")
        while not here and at is not None:
            at = self._open.next_from(at) if by > 0 else self._open.previous_from(at)
            here = self._starting(at.start) if at is not None else []
        return (min if by > 0 else max)(here, key=reading_order, default=None)

    def _starting(self, start: int) -> list[Suggestion]:
        return [suggestion for suggestion in self.overlapping(start, start) if suggestion.start == start]


def _parts(suggestion: Suggestion) -> Iterator[Interval]:
    parts: tuple[Fragment, ...] = suggestion.fragments
    return (Interval(part.start, part.end, suggestion.uid) for part in parts)

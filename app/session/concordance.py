"""Every place of a term in the project, with what stands around it and what the annotator has marked there."""

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.core.annotation import Annotation
from app.session.bringing import Cancelling
from app.session.finding import TooSlow, Wanted, finder, is_spaced
from app.session.session import Session
from app.storage.concordance import TextRow, all_but, one, with_phrase

_CONTEXT = 60
_SECONDS_EACH = 0.5
_SECONDS_IN_ALL = 60.0


class Hit(NamedTuple):
    """One place, in code points of the document (uid), with the text around it and the annotator's marks on it."""

    document: str
    name: str
    start: int
    end: int
    before: str
    match: str
    after: str
    marks: tuple[Annotation, ...] = ()

    @property
    def form(self) -> str:
        """What was found, without case and line ends: hits of one form belong together."""
        return " ".join(self.match.split()).casefold()

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """Layer and label of the marks, each once, in order."""
        return tuple(dict.fromkeys((mark.layer, mark.label) for mark in self.marks))


class Concordance:
    """Iterate over it to get the hits, in order of import and of the text.

    What the index of words finds comes first: the first hits are there at once, however many documents there are.
    Documents on which an expression takes too long are in `given_up` (names); `stopped` says whether the time for all
    of them was over before the last was read. `read` counts the texts that were looked at.
    """

    def __init__(
        self,
        session: Session,
        wanted: Wanted,
        *,
        only: str | None = None,
        seconds_each: float = _SECONDS_EACH,
        seconds_in_all: float = _SECONDS_IN_ALL,
        cancel: Cancelling | None = None,
    ) -> None:
        """Look in all documents, or `only` in one (uid). Raises BadPattern."""
        self._cancel = cancel
        self._session = session
        self._wanted = wanted
        self._only = only
        self._places = finder(wanted)
        self._seconds_each = seconds_each
        self._seconds_in_all = seconds_in_all
        self.read = 0
        self.given_up: list[str] = []
        self.stopped = False

    def __iter__(self) -> Iterator[Hit]:
        """Yield the hits. Raises Cancelled."""
        if self._wanted.is_empty:
            return
        end = time.monotonic() + self._seconds_in_all
        person = self._session.annotator_key()
        for row in self._rows():
            if self._cancel is not None:
                self._cancel.raise_if_cancelled()
            left = end - time.monotonic()
            if self._wanted.regex and left <= 0:
                self.stopped = True
                return
            self.read += 1
            yield from self._hits(row, person, min(left, self._seconds_each))

    def _rows(self) -> Iterator[TextRow]:
        project = self._session.project
        if self._only is not None:
            return one(project, self._only)
        words = self._wanted.text
        if self._wanted.regex or not _is_indexed(words):
            return all_but(project, ())
        if self._wanted.whole_words:
            return with_phrase(project, words, prefix=False)
        return self._then_all_others(with_phrase(project, words, prefix=True))

    def _then_all_others(self, first: Iterable[TextRow]) -> Iterator[TextRow]:
        """Yield what the index knows, then the rest: the index doesn't know where words end that begin otherwise."""
        seen: set[int] = set()
        for row in first:
            seen.add(row.key)
            yield row
        yield from all_but(self._session.project, seen)

    def _hits(self, row: TextRow, person: int | None, seconds: float) -> Iterator[Hit]:
        spans: list[tuple[int, int]] = []
        try:
            for span in self._places(row.text, seconds):
                spans.append(span)  # what was found before the time was over counts
        except TooSlow:
            self.given_up.append(row.name)
        marks = self._marks(row, person) if spans else []
        for start, end in spans:
            yield Hit(
                *(row.uid, row.name, start, end),
                *(row.text[max(0, start - _CONTEXT) : start], row.text[start:end], row.text[end : end + _CONTEXT]),
                tuple(mark for mark in marks if overlaps(mark, start, end)),
            )

    def _marks(self, row: TextRow, person: int | None) -> list[Annotation]:
        annotations = self._session.performer.annotations
        found = annotations.set_of(row.key, person) if person is not None else None
        return annotations.load(row.key, found.key)[0] if found is not None else []


def _is_indexed(words: str) -> bool:
    """Whether the index of words can say where a text may stand."""
    return any(char.isalnum() for char in words) and all(is_spaced(char) for char in words if char.isalnum())


def overlaps(mark: Annotation, start: int, end: int) -> bool:
    """Whether a part of the mark lies in a range."""
    return any(part.start < end and start < part.end for part in mark.fragments)


def find(session: Session, wanted: Wanted) -> Iterator[Hit]:
    """Yield the places of the wanted text in all documents. Raises BadPattern."""
    return iter(Concordance(session, wanted))

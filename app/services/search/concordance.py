"""Every place of a term in the project, with what stands around it and what the annotator has marked there."""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple
from unicodedata import normalize

from app.core.annotation import Annotation
from app.core.progress import CancelToken
from app.core.search_folding import has_apostrophe, has_points, spelled
from app.core.text_search import TooSlow, Wanted, finder, is_spaced
from app.session.session import Session
from app.storage.concordance import TextRow, by_keys, in_order, one, with_beginning, with_phrase

_CONTEXT = 60
_SECONDS_EACH = 0.5
_SECONDS_IN_ALL = 60.0
_FIRST_READ = 100
"""So many texts are read before the index is asked: what is common is found there at once."""
_FEW = 50


class Hit(NamedTuple):
    """One place, in code points of the document (uid), with the text around it and the annotator's marks on it."""

    document: str
    name: str
    start: int
    end: int
    before: str
    match: str
    after: str
    annotations: tuple[Annotation, ...] = ()

    @property
    def form(self) -> str:
        """What was found, without case, line ends and composition: hits of one form belong together."""
        return spelled(" ".join(self.match.split()).casefold())

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """Layer and label of the marks, each once, in order."""
        return labels_of(self.annotations)


def labels_of(annotations: Iterable[Annotation]) -> tuple[tuple[str, str], ...]:
    """Return layer and label of marks, each once, in order."""
    return tuple(dict.fromkeys((annotation.layer, annotation.label) for annotation in annotations))


class Concordance:
    """Iterate over it to get the hits, document by document.

    The first documents are read, then come those that the index of words names, then all others: the first hits are
    there at once, however many documents there are and however often the term stands there. Each document comes once.
    Documents on which an expression takes too long are in `given_up` (names); `stopped` says whether the time for all
    of them was over before the last was read. `read` counts the texts that were looked at, `found` the hits.
    """

    def __init__(
        self,
        session: Session,
        wanted: Wanted,
        *,
        only: str | None = None,
        seconds_each: float = _SECONDS_EACH,
        seconds_in_all: float = _SECONDS_IN_ALL,
        cancel: CancelToken | None = None,
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
        self.found = 0
        self.given_up: list[str] = []
        self.stopped = False

    def __iter__(self) -> Iterator[Hit]:
        """Yield the hits. Raises Cancelled."""
        if self._wanted.is_empty:
            return
        end = time.monotonic() + self._seconds_in_all
        person = self._session.annotator_key()
        for row in self._rows():
            self._pause()
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
            return in_order(project)
        return self._by_index(words)

    def _by_index(self, words: str) -> Iterator[TextRow]:
        project, last = self._session.project, 0
        for row in islice(in_order(project), _FIRST_READ):
            last = row.key
            yield row
        seen: set[int] = set()
        for row in with_phrase(project, _phrases(self._wanted), after=last):
            seen.add(row.key)
            yield row
        if self._wanted.whole_words and _is_all_indexed(self._wanted):
            return
        if not self._wanted.whole_words and self.found < _FEW:
            begun = [key for key in with_beginning(project, words) if key > last and key not in seen]
            seen.update(begun)
            yield from by_keys(project, begun)
        for row in in_order(project, after=last):  # the index doesn't know where words end that begin otherwise
            if row.key not in seen:
                yield row

    def _hits(self, row: TextRow, person: int | None, seconds: float) -> Iterator[Hit]:
        spans: list[tuple[int, int]] = []
        try:
            for span in self._places(row.text, seconds, pause=self._pause):
                spans.append(span)  # what was found before the time was over counts
        except TooSlow:
            self.given_up.append(row.name)
        self.found += len(spans)
        annotations = self._annotations(row, person) if spans else []
        for start, end in spans:
            yield Hit(
                *(row.uid, row.name, start, end),
                *(row.text[max(0, start - _CONTEXT) : start], row.text[start:end], row.text[end : end + _CONTEXT]),
                tuple(annotation for annotation in annotations if overlaps(annotation, start, end)),
            )

    def _pause(self) -> None:
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()

    def _annotations(self, row: TextRow, person: int | None) -> list[Annotation]:
        annotations = self._session.executor.annotations
        found = annotations.set_of(row.key, person) if person is not None else None
        return annotations.load(row.key, found.key)[0] if found is not None else []


def _is_indexed(words: str) -> bool:
    """Whether the index of words can say where a text may stand."""
    return any(char.isalnum() for char in words) and all(is_spaced(char) for char in words if char.isalnum())


def _phrases(wanted: Wanted) -> tuple[str, ...]:
    """Return how a term may stand in the index: it takes the accents off Latin letters, and leaves others composed or
    decomposed as they were.
    """
    words = wanted.text
    return tuple(dict.fromkeys((words, normalize("NFC", words), normalize("NFD", words)))) if wanted.alike else (words,)


def _is_all_indexed(wanted: Wanted) -> bool:
    """Whether the index names every text in which a term may stand as whole words, in whichever spelling."""
    if not wanted.alike:
        return True
    words = normalize("NFC", wanted.text)
    return (
        not has_points(words)  # it cuts words at their points
        and not has_apostrophe(words)  # one of these is a letter to it
        and all(char.isascii() or _is_plain(char) for char in words)
    )


def _is_plain(char: str) -> bool:
    whole = normalize("NFD", char)
    return len(whole) <= 2 or whole[0].isascii()


def overlaps(annotation: Annotation, start: int, end: int) -> bool:
    """Whether a part of the mark lies in a range."""
    return any(part.start < end and start < part.end for part in annotation.fragments)


def find(session: Session, wanted: Wanted) -> Iterator[Hit]:
    """Yield the places of the wanted text in all documents. Raises BadPattern."""
    return iter(Concordance(session, wanted))

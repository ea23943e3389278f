"""Every occurrence of a term in the project, with its context and the annotator's annotations on it."""

import time
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.progress import CancelToken
from app.core.search_folding import WORDS, fold, without_unseen
from app.core.text_search import TooSlow, Wanted, finder
from app.session.session import Session
from app.storage.texts import TextRow, in_order, matching, one
from app.storage.word_index import IndexQuery, containing

_CONTEXT = 60
_SECONDS_EACH = 0.5
_SECONDS_IN_ALL = 60.0
_FIRST_READ = 100
"""This many texts are read before the index is queried: a common term is found in them at once."""
_FEW = 50


class Aside(StrEnum):
    """Why a document isn't the annotator's to work on."""

    REFERENCE = "reference"
    UNASSIGNED = "unassigned"


class Hit(NamedTuple):
    """One occurrence, in code points of the document (uid), with its context and the annotator's annotations on it.

    `aside` is None if the document is the annotator's to work on: no mere reference, and assigned to them if any is.
    """

    document: str
    name: str
    start: int
    end: int
    before: str
    match: str
    after: str
    annotations: tuple[Annotation, ...] = ()
    aside: Aside | None = None

    @property
    def form(self) -> str:
        """The match without regard to case, line ends, Unicode composition and what can't be seen, for grouping."""
        return without_unseen(" ".join(self.match.split()).casefold())

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """The distinct pairs of layer and label of the annotations, in order."""
        return labels_of(self.annotations)


def labels_of(annotations: Iterable[Annotation]) -> tuple[tuple[str, str], ...]:
    """Return the distinct pairs of layer and label of annotations, in order."""
    return tuple(dict.fromkeys((annotation.layer, annotation.label) for annotation in annotations))


class Concordance:
    """An iterable of the hits, document by document, which can be followed while it is running.

    The first documents are read directly, then those that the word index names, then, where it can't name all, the
    others: so the first hits come at once, however many documents there are and however common the term is. Each
    document is read once. The names
    of documents on which a regular expression timed out are in `given_up`; `stopped` says whether the total time was up
    before the last document was read. `read` counts the texts searched, `found` the hits.
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
        """Search all documents, or `only` one (uid), with limits in seconds. Raises BadPattern."""
        self._cancel = cancel
        self._session = session
        self._wanted = wanted
        self._only = only
        self._places = finder(wanted)
        self._assigned: set[int] = set()
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
        if person is not None:
            self._assigned = self._session.executor.review.assignments.assigned_to(person)
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
        if self._wanted.regex or self._named(begins=True, ends=True) is None:
            return in_order(project)
        return self._by_index()

    def _named(self, *, begins: bool, ends: bool) -> IndexQuery | None:
        text = fold(self._wanted.text, WORDS).strip()
        return containing(text, begins=begins, ends=ends, column="text")

    def _by_index(self) -> Iterator[TextRow]:
        project, last = self._session.project, 0
        for row in islice(in_order(project), _FIRST_READ):
            last = row.key
            yield row
        whole = self._wanted.whole_words
        every = self._named(begins=whole, ends=whole)
        if every is not None:
            yield from matching(project, every, after=last)
            return
        # The index knows words from their beginnings, so it can't name all documents with a single word or its end.
        seen: set[int] = set()
        for ends in (True, False):
            likely = self._named(begins=True, ends=ends) if ends or self.found < _FEW else None
            for row in matching(project, likely, after=last) if likely is not None else ():
                if row.key not in seen:
                    seen.add(row.key)
                    yield row
        for row in in_order(project, after=last):
            if row.key not in seen:
                yield row

    def _hits(self, row: TextRow, person: int | None, seconds: float) -> Iterator[Hit]:
        spans: list[tuple[int, int]] = []
        try:
            for span in self._places(row.text, seconds, pause=self._pause):
                spans.append(span)  # hits found before the timeout count
        except TooSlow:
            self.given_up.append(row.name)
        self.found += len(spans)
        annotations = self._annotations(row, person) if spans else []
        aside = self._aside(row.key) if spans else None
        for start, end in spans:
            yield Hit(
                *(row.uid, row.name, start, end),
                *(row.text[max(0, start - _CONTEXT) : start], row.text[start:end], row.text[end : end + _CONTEXT]),
                tuple(annotation for annotation in annotations if overlaps(annotation, start, end)),
                aside,
            )

    def _aside(self, key: int) -> Aside | None:
        if self._session.reader.documents.is_reference_only([key]):
            return Aside.REFERENCE
        return Aside.UNASSIGNED if self._assigned and key not in self._assigned else None

    def _pause(self) -> None:
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()

    def _annotations(self, row: TextRow, person: int | None) -> list[Annotation]:
        annotations = self._session.executor.annotations
        found = annotations.set_of(row.key, person) if person is not None else None
        return annotations.load(row.key, found.key)[0] if found is not None else []


def overlaps(annotation: Annotation, start: int, end: int) -> bool:
    """Whether a fragment of the annotation overlaps the range `[start, end)`."""
    return any(part.start < end and start < part.end for part in annotation.fragments)


def find(session: Session, wanted: Wanted) -> Iterator[Hit]:
    """Yield the hits of the wanted text in all documents. Raises BadPattern."""
    return iter(Concordance(session, wanted))

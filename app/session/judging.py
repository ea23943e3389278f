"""What an annotator does with suggestions: accepting one makes it a mark of theirs, in one undoable step."""

from collections.abc import Iterator

import msgspec

from app.core import marking
from app.core.annotation import Annotation, Evidence, Fragment, quote_of
from app.core.clock import now
from app.core.edits import AddAnnotation, check_quote
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.intervals import Interval, IntervalIndex
from app.core.scheme import EVIDENCE_STATUS, SEVERITY, Layer
from app.core.state import DocumentState
from app.core.suggestion import (
    ORIGIN,
    Judgement,
    Place,
    Suggestion,
    SuggestionOutcome,
    places_of,
    reading_order,
    unoffered,
)
from app.session.changes import Published, Topic
from app.session.project_edits import Judge
from app.session.session import Session
from app.storage.suggestions import Suggestions

_BEHIND = 2**62  # further on than any place in a text


def accept(session: Session, suggestion: Suggestion) -> Annotation:
    """Make a suggestion on the open document a mark of the annotator; return the mark.

    Raises EditRejected, if its words aren't what stands there, the scheme lacks its label or it is marked so already,
    and ProjectError; then nothing was changed.
    """
    state = _state(session)
    # Where the text has other words than the suggestion is about, marking them would be a guess.
    check_quote(state.document.text, suggestion.fragments, suggestion.quote)
    made = _mark(session, state, suggestion)
    judge = _judge(state, suggestion, SuggestionOutcome.ACCEPTED, made.uid)
    session.apply(AddAnnotation(made), title=f"Accept the suggestion on “{_short(suggestion)}”", besides=judge)
    return made


def reject(session: Session, suggestion: Suggestion) -> None:
    """Say that the annotator doesn't take a suggestion on the open document. Raises EditRejected and ProjectError."""
    judge = _judge(_state(session), suggestion, SuggestionOutcome.REJECTED, None)
    session.perform(judge, title=f"Reject the suggestion on “{_short(suggestion)}”")


def _state(session: Session) -> DocumentState:
    if session.state is None:
        raise EditRejected("no document is open", hint="open one from the list")
    if not session.annotator:
        raise EditRejected("nobody is working here yet", hint="say who you are first")
    return session.state


def _judge(state: DocumentState, suggestion: Suggestion, outcome: SuggestionOutcome, mark: str | None) -> Judge:
    judgement = Judgement(
        suggestion=suggestion.uid, annotator=state.annotator, outcome=outcome, time=now(), annotation=mark
    )
    return Judge(state.document.uid, judgement)


def _mark(session: Session, state: DocumentState, suggestion: Suggestion) -> Annotation:
    scheme = session.scheme
    ranges = [(fragment.start, fragment.end) for fragment in suggestion.fragments]
    made = marking.mark(state, ranges, layer=suggestion.layer, label=suggestion.label, scheme=scheme).annotation
    layer = scheme.layer(suggestion.layer)
    if layer is None:
        return made
    evidence = _evidence(session, state, layer, suggestion)
    return msgspec.structs.replace(
        made,
        attributes={**made.attributes, **_attributes(layer, suggestion, has_evidence=bool(evidence))},
        correction=suggestion.correction if layer.has_correction else None,
        evidence=evidence,
        origin=f"{ORIGIN}:{suggestion.maker}",
    )


def _attributes(layer: Layer, suggestion: Suggestion, *, has_evidence: bool) -> dict[str, object]:
    known = {field.id for field in layer.attributes_of(suggestion.label)}
    known |= {SEVERITY} if layer.has_severity else set()
    found = {key: value for key, value in suggestion.attributes.items() if key in known}
    if has_evidence and layer.attribute(EVIDENCE_STATUS):
        found[EVIDENCE_STATUS] = "LINKED"
    return found


def _evidence(session: Session, state: DocumentState, layer: Layer, suggestion: Suggestion) -> tuple[Evidence, ...]:
    """Return the suggestion's evidence that still holds: proof that is gone is no reason to refuse the mark."""
    home = {state.document.uid, *session.documents.references(state.document.uid)}
    kept: list[Evidence] = []
    for item in suggestion.evidence if layer.has_evidence else ():
        if item.document in home:
            text = session.document(item.document).text
            if item.end <= len(text) and quote_of(text, item.fragments) == item.quote:
                kept.append(msgspec.structs.replace(item, uid=new_uid()))
    return tuple(kept)


def _short(suggestion: Suggestion) -> str:
    words = " ".join(suggestion.quote.split())
    return words if len(words) <= 40 else words[:39] + "…"


class SuggestionsHere:
    """The open document's suggestions as they are for the annotator: kept in step with the session.

    A suggestion is open until the annotator judges it or marks the same range with the same label. One whose label the
    scheme doesn't have isn't offered. `read` asks for all
    of them; `follow` looks at no more than what a fact is about, and returns the ranges that look different now, None
    for anywhere.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._all: dict[str, Suggestion] = {}
        self._judged: set[str] = set()
        self._ranges = IntervalIndex()  # of all
        self._open = IntervalIndex()
        self._left: set[str] = set()

    def read(self) -> None:
        """Read the suggestions of the document that is open now."""
        self._all, self._judged = {}, set()
        session, state = self._session, self._session.state
        key = session.documents.key_of(state.document.uid) if state else None
        if key is not None:
            table = self._table
            offered = (item for item in table.of_document(key) if not unoffered(item, session.scheme))
            self._all = {suggestion.uid: suggestion for suggestion in offered}
            person = session.annotator_key()
            self._judged = set(table.judged_by(key, person)) if person is not None and self._all else set()
        self._ranges = IntervalIndex(part for suggestion in self._all.values() for part in _parts(suggestion))
        marked = places_of(state.annotations.values()) if state is not None and self._all else set[Place]()
        self._left = {uid for uid, found in self._all.items() if uid not in self._judged and found.place not in marked}
        self._open = self._ranges
        if len(self._left) < len(self._all):
            self._open = IntervalIndex(part for uid in self._left for part in _parts(self._all[uid]))

    @property
    def _table(self) -> Suggestions:
        return self._session.performer.suggesting.suggestions

    def follow(self, fact: Published) -> list[tuple[int, int]] | None:
        """Take in what changed."""
        state = self._session.state
        if fact.topic is Topic.SUGGESTIONS and fact.suggestion in self._all:
            found = self._all[fact.suggestion]
            return [(found.start, found.end)] if self._ask_again(fact.suggestion) else []
        if fact.topic in (Topic.OPENED, Topic.ANNOTATOR, Topic.SUGGESTIONS, Topic.DOCUMENTS, Topic.SCHEME):
            if fact.topic is Topic.SUGGESTIONS and fact.suggestion:
                return []  # of another document
            self.read()
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

    def _ask_again(self, uid: str) -> bool:
        session, state = self._session, self._session.state
        key = session.documents.key_of(state.document.uid) if state else None
        person = session.annotator_key()
        judged = key is not None and person is not None and self._table.judgement(key, uid, person) is not None
        (self._judged.add if judged else self._judged.discard)(uid)
        return self._settle(self._all[uid])

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
        return True

    # -- asking --------------------------------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._left)

    def get(self, uid: str) -> Suggestion | None:
        """Return an open suggestion."""
        return self._all[uid] if uid in self._left else None

    def overlapping(self, start: int, end: int) -> list[Suggestion]:
        """Return the open suggestions with a fragment in `[start, end)`, each once."""
        return [self._all[uid] for uid in dict.fromkeys(part.uid for part in self._open.overlapping(start, end))]

    def neighbour(self, key: tuple[int, int, str], by: int) -> Suggestion | None:
        """Return the open suggestion behind a key of `reading_order`, or with -1 the one before it, round the end."""
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

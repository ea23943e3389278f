"""Candidates made by programs, and what each annotator made of them. All offsets are code points, half-open."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from app.core.annotation import Annotation, Evidence, Fragment
from app.core.scheme import Scheme

ORIGIN = "suggestion"
"""What the origin of an annotation starts with that was accepted from a suggestion; the suggester stands behind it."""


Place = tuple[str, str, tuple[Fragment, ...]]


class SuggestionOutcome(StrEnum):
    """What an annotator did with a suggestion."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class SuggestionAnswer(StrEnum):
    """The state of a suggestion for one annotator."""

    OPEN = "open"
    ACCEPTED = "accepted"
    EDITED = "edited"  # accepted, and changed since
    REJECTED = "rejected"  # or accepted, and deleted since


class Suggestion(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A candidate for an annotation of one document. `maker` names the suggester, `score` is its own measure from 0 to
    1, None if it has none; `reason` says in words why it was made.
    """

    uid: str
    maker: str
    layer: str
    label: str
    fragments: tuple[Fragment, ...]
    quote: str
    version: str = ""
    attributes: dict[str, Any] = {}
    correction: str | None = None
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    score: float | None = None
    created: str = ""

    @property
    def start(self) -> int:
        """First code point of the hull."""
        return self.fragments[0].start

    @property
    def end(self) -> int:
        """End of the hull, exclusive."""
        return self.fragments[-1].end

    def covers(self, offset: int) -> bool:
        """Tell whether a code point, or the place of an anchor, lies in one of the fragments."""
        return any(f.start <= offset < f.end or f.start == offset == f.end for f in self.fragments)

    def touches(self, offset: int) -> bool:
        """Like `covers`, but the place right behind a fragment counts too: a caret may stand there."""
        return any(f.start <= offset <= f.end for f in self.fragments)

    @property
    def content(self) -> tuple[str, str, tuple[Fragment, ...], str | None]:
        """Layer, label, range and correction: two suggestions that agree in it propose the same annotation."""
        return (self.layer, self.label, self.fragments, self.correction)

    @property
    def place(self) -> "Place":
        """What it has in common with a mark that says the same: layer, label and range."""
        return (self.layer, self.label, self.fragments)


Labelled = TypeVar("Labelled", Annotation, Suggestion)
"""What says a label of words, with attributes."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What one annotator (name) did with a suggestion (uid); `annotation` is the uid of the mark that it became."""

    suggestion: str
    annotator: str
    outcome: SuggestionOutcome
    time: str
    annotation: str | None = None


class Suggested(msgspec.Struct, frozen=True, gc=False):
    """A suggestion with everyone's judgements, by annotator's name."""

    suggestion: Suggestion
    judgements: tuple[Judgement, ...] = ()


def unoffered(suggestion: Suggestion, scheme: Scheme) -> str:
    """Return why a suggestion isn't offered, "" if it is."""
    if scheme.label(suggestion.layer, suggestion.label) is not None:
        return ""
    return f"not offered, the scheme has no label {suggestion.layer}.{suggestion.label}"


def places_of(annotations: Iterable[Annotation]) -> set[Place]:
    """Return what annotations say of which ranges: a suggestion whose place is among them is said already."""
    return {(a.layer, a.label, a.fragments) for a in annotations}


def reading_order(suggestion: Suggestion) -> tuple[int, int, str]:
    """Sort key of suggestions: start, end, uid."""
    return (suggestion.start, suggestion.end, suggestion.uid)


def answer_of(
    suggestion: Suggestion, judgement: Judgement | None, annotations: Mapping[str, Annotation]
) -> SuggestionAnswer:
    """Return an annotator's answer to a suggestion, given their judgement and their annotations (by uid)."""
    if judgement is None:
        return SuggestionAnswer.OPEN
    if judgement.outcome is SuggestionOutcome.REJECTED:
        return SuggestionAnswer.REJECTED
    made = annotations.get(judgement.annotation or "")
    if made is None:
        return SuggestionAnswer.REJECTED
    kept = all(made.attributes.get(key) == value for key, value in suggestion.attributes.items())
    same = (made.layer, made.label, made.fragments, made.correction) == suggestion.content
    return SuggestionAnswer.ACCEPTED if kept and same else SuggestionAnswer.EDITED

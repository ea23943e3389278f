"""Suggestions made by programs, and annotators' judgements of them. All ranges are half-open, in code points."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from app.core.annotation import Annotation, Evidence, Fragment, Fragments
from app.core.scheme import Scheme

ORIGIN = "suggestion"
"""The prefix of an annotation's origin if it was accepted from a suggestion; see `origin_of`."""


Place = tuple[str, str, tuple[Fragment, ...]]


class SuggestionOutcome(StrEnum):
    """An annotator's verdict on a suggestion."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class SuggestionAnswer(StrEnum):
    """The state of a suggestion for one annotator."""

    OPEN = "open"
    ACCEPTED = "accepted"
    EDITED = "edited"  # accepted, and the annotation changed since
    REJECTED = "rejected"  # or accepted, and the annotation deleted since


class Suggestion(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A candidate for an annotation of one document. `maker` is the name of the suggester, `score` its own measure from
    0 to 1, or None; `reason` is for people.
    """

    uid: str
    maker: str
    layer: str
    label: str
    fragments: Fragments
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
        """Return whether a fragment contains the code point at an offset, or is an anchor there."""
        return any(f.start <= offset < f.end or f.start == offset == f.end for f in self.fragments)

    def touches(self, offset: int) -> bool:
        """Like `covers`, but the end of a fragment counts too: a caret can be there."""
        return any(f.start <= offset <= f.end for f in self.fragments)

    @property
    def content(self) -> tuple[str, str, tuple[Fragment, ...], str | None]:
        """Layer, label, range and correction: two suggestions that agree in it propose the same annotation."""
        return (self.layer, self.label, self.fragments, self.correction)

    @property
    def place(self) -> "Place":
        """Layer, label and fragments, by which it is compared with annotations."""
        return (self.layer, self.label, self.fragments)


Labelled = TypeVar("Labelled", Annotation, Suggestion)
"""What has a label, fragments and attributes."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One annotator's (name) verdict on a suggestion (uid); `annotation` is the uid of the annotation made from it."""

    suggestion: str
    annotator: str
    outcome: SuggestionOutcome
    time: str
    annotation: str | None = None


class Sight(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """That a suggestion (uid) was shown to an annotator (name), and when for the first time (UTC, ISO 8601)."""

    suggestion: str
    annotator: str
    time: str = ""


class Suggested(msgspec.Struct, frozen=True, gc=False):
    """A suggestion with everyone's judgements, and to whom it was shown, each by annotator's name."""

    suggestion: Suggestion
    judgements: tuple[Judgement, ...] = ()
    shown: tuple[Sight, ...] = ()

    def restated(self, suggestion: Suggestion) -> "Suggested":
        """Return it with the suggestion in other words or at another place."""
        return Suggested(suggestion, self.judgements, self.shown)

    def of_people(self, is_wanted: Callable[[str], bool]) -> "Suggested":
        """Return it with what concerns some annotators (names) only."""
        judgements = tuple(item for item in self.judgements if is_wanted(item.annotator))
        return Suggested(self.suggestion, judgements, tuple(item for item in self.shown if is_wanted(item.annotator)))

    def renamed(self, name: Callable[[str], str]) -> "Suggested":
        """Return it with annotators named otherwise."""
        judgements = (msgspec.structs.replace(item, annotator=name(item.annotator)) for item in self.judgements)
        shown = (msgspec.structs.replace(item, annotator=name(item.annotator)) for item in self.shown)
        return Suggested(self.suggestion, tuple(judgements), tuple(shown))


def unoffered(suggestion: Suggestion, scheme: Scheme) -> str:
    """Return why a suggestion isn't offered, "" if it is."""
    if scheme.label(suggestion.layer, suggestion.label) is not None:
        return ""
    return f"not offered, the scheme has no label {suggestion.layer}.{suggestion.label}"


def places_of(annotations: Iterable[Annotation]) -> set[Place]:
    """Return the places of annotations: a suggestion whose place is among them has been annotated already."""
    return {(a.layer, a.label, a.fragments) for a in annotations}


def origin_of(suggestion: Suggestion) -> str:
    """Return the origin of annotations accepted from a suggestion: its maker and, behind an @, its version if any."""
    version = f"@{suggestion.version}" if suggestion.version else ""
    return f"{ORIGIN}:{suggestion.maker}{version}"


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

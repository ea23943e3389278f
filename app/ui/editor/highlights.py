"""Highlights: what is drawn over a text, made from annotations."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from app.core.annotation import Annotation, Fragment
from app.core.proposal import proposal_title
from app.core.scheme import SEVERITY, Drawing, Scheme
from app.core.state import DocumentState
from app.core.validation import problems_of
from app.core.wording import shorten
from app.ui.theme import UNKNOWN_COLOR

EVIDENCE = "evidence"
LANE = "lane"  # a bar under the text, in the lane that the highlight names
SUGGESTION = "suggestion"  # a dotted line: a program's candidate, which is no annotation
UNFINISHED = "○"  # behind the badge of an annotation that a rule still asks something of
_MOST_KNOWN = 20_000  # highlights kept; a screen has some hundreds
_LONGEST = 160  # characters of a correction in the running text; the inspector has all of it


class Highlight(NamedTuple):
    """What is drawn over words.

    `owner` is the annotation or suggestion it belongs to, `style` a Drawing, EVIDENCE, LANE or SUGGESTION, `weight`
    1..3 the line's thickness; `note` stands behind the badge, and `struck` strikes the words out. `beside` stands
    behind the words, in several fragments behind that of `correction_place`. A LANE highlight says which `lane` it lies
    in, from 0 at the text; with -1 nothing but its badge is drawn.
    """

    uid: str
    owner: str
    fragments: Sequence[Fragment]
    style: str
    color: str
    badge: str = ""
    note: str = ""
    beside: str = ""
    weight: int = 1
    lane: int = 0
    struck: bool = False


class HighlightSource(Protocol):
    """Where a canvas gets its highlights from."""

    def highlights_in(self, start: int, end: int) -> list[Highlight]:
        """Return the highlights with a fragment in `[start, end)`, oldest first, so that lanes keep their places."""
        ...


class NoHighlights:
    """A text without highlights."""

    def highlights_in(self, start: int, end: int) -> list[Highlight]:
        """Return nothing."""
        return []


class KnownHighlights:
    """The highlights made so far, by annotation: a change of one makes the others of its block no new ones.

    They hold for one document under one scheme, with or without corrections; for anything else they are forgotten.
    """

    def __init__(self) -> None:
        self._by_uid: dict[str, tuple[Annotation, Highlight]] = {}
        self._of: tuple[object, ...] = ()

    def begin(self, *of: object) -> None:
        """Forget all if they were made for something else, or are many."""
        is_same = len(of) == len(self._of) and all(one is other for one, other in zip(of, self._of, strict=True))
        if not is_same or len(self._by_uid) > _MOST_KNOWN:
            self._by_uid, self._of = {}, of

    def of(self, annotation: Annotation, make: Callable[[Annotation], Highlight]) -> Highlight:
        """Return the highlight of an annotation, made if need be: annotations never change, they are replaced."""
        known = self._by_uid.get(annotation.uid)
        if known is None or known[0] is not annotation:
            known = self._by_uid[annotation.uid] = (annotation, make(annotation))
        return known[1]


class AnnotationHighlights:
    """The annotations of a state, drawn as their scheme says, over the evidence in the same text.

    `known` keeps what was made for an earlier state of the same document.
    """

    def __init__(
        self,
        state: DocumentState,
        scheme: Scheme,
        *,
        corrections: bool,
        proof: HighlightSource | None = None,
        known: KnownHighlights | None = None,
    ) -> None:
        self._state = state
        self._scheme = scheme
        self._corrections = corrections
        self._proof = proof
        self._known = known if known is not None else KnownHighlights()
        self._known.begin(state.document, scheme, corrections)

    def highlights_in(self, start: int, end: int) -> list[Highlight]:
        """Return the highlights of the range, oldest first (uids sort by time)."""
        about = self._scheme.is_about_document
        found = sorted((a for a in self._state.overlapping(start, end) if not about(a.layer)), key=_age)
        proof = self._proof.highlights_in(start, end) if self._proof is not None else []
        return [*(self._known.of(annotation, self._highlight) for annotation in found), *proof]

    def _highlight(self, annotation: Annotation) -> Highlight:
        label = self._scheme.label(annotation.layer, annotation.label)
        severity = self._scheme.severity(annotation.attributes.get(SEVERITY))
        badge = label.badge if label else proposal_title(annotation.label)
        if severity and severity.sign:
            badge = f"{badge} {severity.sign}"
        if annotation.attributes.get("confidence") == "unsure":
            badge = f"{badge} ?"
        if problems_of(annotation, scheme=self._scheme, text=self._state.document.text):
            badge = f"{badge} {UNFINISHED}"
        beside, is_struck = "", self._corrections and annotation.correction is not None
        if is_struck:
            beside = f"→ {shorten(annotation.correction, _LONGEST)}" if annotation.correction else "→ (delete)"
        return Highlight(
            uid=annotation.uid,
            owner=annotation.uid,
            fragments=annotation.fragments,
            style=label.draw if label else Drawing.DASH,
            color=label.color if label else UNKNOWN_COLOR,
            badge=badge,
            beside=beside,
            weight=max(1, len(severity.sign)) if severity else 1,
            struck=is_struck,
        )


def _age(annotation: Annotation) -> tuple[str, str]:
    return (annotation.created, annotation.uid)

"""Annotations with their fragments, evidence and relations. All ranges are half-open, in code points."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any

import msgspec

FRAGMENT_JOIN = " … "


class Stance(StrEnum):
    """How a piece of evidence relates to the annotated statement."""

    REFUTES = "refutes"
    SUPPORTS = "supports"
    CONTEXT = "context"


class Status(StrEnum):
    """The status of an annotator's work on a document."""

    OPEN = "open"
    DONE = "done"
    DONE_EMPTY = "done_empty"
    SKIPPED = "skipped"

    @property
    def is_finished(self) -> bool:
        """Whether the annotator has finished the document: done, with or without annotations."""
        return self in (Status.DONE, Status.DONE_EMPTY)


Offset = Annotated[int, msgspec.Meta(ge=0)]


# gc=False: these are plain data and can't form cycles; a hundred thousand of them would slow every garbage collection.
class Fragment(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A half-open range `[start, end)` in code points; `start == end` is an anchor, the position of an omission."""

    start: Offset
    end: Offset


Fragments = Annotated[tuple[Fragment, ...], msgspec.Meta(min_length=1)]  # held when decoded, not when made


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Fragments of a document (uid) that support or refute the statement of an annotation.

    Evidence comes in alternative sets, counted from 1: each proves the statement by itself, and needs all of its
    pieces to do so. This is the shape of FEVER's evidence (Thorne et al. 2018).
    """

    uid: str
    document: str
    fragments: Fragments
    quote: str
    stance: Stance
    alternative: Annotated[int, msgspec.Meta(ge=1)] = 1  # left out of the digest of a set when it is the first

    @property
    def start(self) -> int:
        """First code point of the hull."""
        return self.fragments[0].start

    @property
    def end(self) -> int:
        """End of the hull, exclusive."""
        return self.fragments[-1].end


class Annotation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A label on one or more fragments of one document by one annotator.

    `correction` is None if none was given and "" if the annotated text is to be deleted. `extra` keeps the fields of a
    foreign file that have no counterpart here.
    """

    uid: str
    layer: str
    label: str
    fragments: Fragments
    quote: str
    attributes: dict[str, Any] = {}
    correction: str | None = None
    comment: str = ""
    evidence: tuple[Evidence, ...] = ()
    origin: str = "human"
    created: str = ""
    updated: str = ""
    extra: dict[str, Any] = {}

    @property
    def start(self) -> int:
        """First code point of the hull."""
        return self.fragments[0].start

    @property
    def end(self) -> int:
        """End of the hull, exclusive."""
        return self.fragments[-1].end

    @property
    def is_anchor(self) -> bool:
        """Whether all fragments are empty: the annotation marks an omission."""
        for fragment in self.fragments:  # noqa: SIM110  (called a hundred thousand times when annotators are compared)
            if fragment.start != fragment.end:
                return False
        return True

    def covers(self, offset: int) -> bool:
        """Return whether a fragment contains the code point at an offset, or is an anchor there."""
        return any(f.start <= offset < f.end or f.start == offset == f.end for f in self.fragments)

    def touches(self, offset: int) -> bool:
        """Like `covers`, but the end of a fragment counts too: a caret can be there."""
        return any(f.start <= offset <= f.end for f in self.fragments)


class Relation(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A labelled, directed link from one annotation (uid) to another of the same annotator and document."""

    uid: str
    source: str
    target: str
    label: str
    attributes: dict[str, Any] = {}  # these two are left out of the digest of a set when they are empty
    comment: str = ""

    @property
    def ends(self) -> tuple[str, str]:
        """Source and target."""
        return self.source, self.target


def quote_of(text: str, fragments: Sequence[Fragment]) -> str:
    """Return the text at the fragments, joined by an ellipsis if there are several."""
    if len(fragments) == 1:
        return text[fragments[0].start : fragments[0].end]
    return FRAGMENT_JOIN.join(text[f.start : f.end] for f in fragments)


def normal_fragments(ranges: Iterable[tuple[int, int] | Fragment], *, length: int) -> tuple[Fragment, ...]:
    """Return the ranges as sorted fragments. Raises ValueError, naming the wrong one, unless all of them are integers,
    within `0..length`, not reversed and free of overlap.
    """
    fragments: list[Fragment] = []
    for pair in ranges:
        start, end = (pair.start, pair.end) if isinstance(pair, Fragment) else pair
        if type(start) is not int or type(end) is not int:
            raise ValueError(f"offsets {start!r}, {end!r} are not whole numbers")
        if start < 0 or end > length:
            raise ValueError(f"range {start}-{end} lies outside the text of {length} characters")
        if start > end:
            raise ValueError(f"range {start}-{end} ends before it starts")
        fragments.append(Fragment(start, end))
    if not fragments:
        raise ValueError("no range given")
    fragments.sort()
    for before, after in zip(fragments, fragments[1:], strict=False):
        if after.start < before.end or after == before:
            raise ValueError(
                f"fragments {before.start}-{before.end} and {after.start}-{after.end} of one annotation overlap"
            )
    return tuple(fragments)

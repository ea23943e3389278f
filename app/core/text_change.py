"""A change of a document's text, and what becomes of the ranges that point into it. All offsets are code points.

A change is a list of splices; what lies between them is unchanged. A range follows by these rules:

1. Touched by no splice, it moves with its words. Text put in exactly at one of its edges stays outside.
2. Changed inside, it is kept with its new words if some of its own are left (letters or digits, if it had any) and both
   edges are certain. An edge is certain in unchanged text, where a splice begins or ends with the range, and where text
   was only taken away. White space is left out at an edge where it had none.
3. Else it is lost: its words are gone, or a splice that replaces text runs over an edge, so that nobody can tell where
   the edge is now. A range in several fragments is lost with any of them. A lost one keeps its old quote, which says
   that it doesn't match, and lies on what stands in its place now.
4. An anchor stays behind the character that it followed, also where the text around it was taken away; inside text that
   was replaced it is lost.
5. No edge comes to lie inside a grapheme cluster: it moves outwards.
6. A range whose quote didn't match before keeps that quote.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

import msgspec

from app.core.annotation import Annotation, Evidence, Fragment, Offset, normal_fragments, quote_of
from app.core.graphemes import extends_cluster
from app.core.suggestion import Suggestion
from app.core.text_difference import Hunk, differences


class Splice(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Put a text in the place of `[start, end)` of the old one."""

    start: Offset
    end: Offset
    text: str


class Fate(StrEnum):
    """What becomes of a range."""

    KEPT = "kept"  # at the same place with the same words
    MOVED = "moved"  # elsewhere with the same words
    CHANGED = "changed"  # with other words
    LOST = "lost"  # to be decided by a person


class Placement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a range lies, and the words that it says are there."""

    fragments: tuple[Fragment, ...]
    quote: str


class Placed(NamedTuple):
    """A range after a change of the text."""

    fragments: tuple[Fragment, ...]
    quote: str
    fate: Fate


class TextVersion(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier text of a document by its hash, when and why it was replaced, and the splices that made the next one.

    `text` is None where only the hash is known, as in a bundle.
    """

    sha256: str
    time: str
    splices: tuple[Splice, ...]
    reason: str = ""
    text: str | None = None


class TextChange:
    """The change of one text into another. Building it costs O(text); following a range O(log splices)."""

    __slots__ = ("_begins", "_ends", "_hunks", "new", "old")

    def __init__(self, old: str, splices: Iterable[Splice]) -> None:
        """Raises ValueError unless the splices are in order, within the text and free of overlap."""
        parts: list[str] = []
        hunks: list[Hunk] = []
        at = size = 0
        for splice in splices:
            if not at <= splice.start <= splice.end <= len(old):
                raise ValueError(f"the splice {splice.start}-{splice.end} is out of order, or outside the text")
            parts += (old[at : splice.start], splice.text)
            size += splice.start - at
            hunks.append(Hunk(splice.start, splice.end, size, size + len(splice.text)))
            size += len(splice.text)
            at = splice.end
        self.old = old
        self.new = "".join((*parts, old[at:]))
        self._hunks = hunks
        self._begins = [hunk.start for hunk in hunks]
        self._ends = [hunk.end for hunk in hunks]

    @classmethod
    def between(cls, old: str, new: str) -> "TextChange":
        """Return the change that leads from one text to another, found by comparing them."""
        return cls(old, _splices(new, differences(old, new)))

    @classmethod
    def refined(cls, old: str, splices: Sequence[Splice]) -> "TextChange":
        """Return the same change, with what a splice leaves as it was taken out of it.

        Raises ValueError as the constructor does.
        """
        whole = cls(old, splices)
        return cls(old, _splices(whole.new, differences(old, whole.new, among=whole.hunks)))

    @property
    def splices(self) -> tuple[Splice, ...]:
        """The splices, in order."""
        return _splices(self.new, self._hunks)

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """The ranges of both texts that differ, in order."""
        return tuple(self._hunks)

    def backwards(self) -> "TextChange":
        """Return the change that leads back."""
        return TextChange(self.new, [Splice(h.new_start, h.new_end, self.old[h.start : h.end]) for h in self._hunks])

    def placed(self, fragments: tuple[Fragment, ...], quote: str) -> Placed:
        """Return where a range lies afterwards, by the rules above."""
        if quote_of(self.old, fragments) != quote:
            there = self._covering(fragments)
            return Placed(there, quote, Fate.KEPT if there == fragments else Fate.MOVED)
        found: list[Fragment] = []
        for fragment in fragments:
            place = self._place(fragment)
            if place is None:
                return self._lost(fragments, quote)
            found.append(place)
        new = tuple(found)
        if len(new) > 1 and not _is_valid(new, len(self.new)):
            return self._lost(fragments, quote)
        words = quote_of(self.new, new)
        fate = Fate.CHANGED if words != quote else Fate.KEPT if new == fragments else Fate.MOVED
        return Placed(new, words, fate)

    def _lost(self, fragments: tuple[Fragment, ...], quote: str) -> Placed:
        there = self._covering(fragments)
        return Placed(there, quote, Fate.MOVED if quote_of(self.new, there) == quote else Fate.LOST)

    def _place(self, fragment: Fragment) -> Fragment | None:
        start, end = fragment.start, fragment.end
        if start == end:
            return self._anchor(start)
        first, behind = bisect_right(self._ends, start), bisect_left(self._begins, end)
        if first >= behind:
            by = self._shift(first)
            return self._whole(fragment, start + by, end + by)
        one, other = self._hunks[first], self._hunks[behind - 1]
        if one.start > start:
            new_start = start + self._shift(first)
        elif one.start == start or one.new_start == one.new_end:
            new_start = one.new_start
        else:
            return None
        if other.end < end:
            new_end = end + self._shift(behind)
        elif other.end == end or other.new_start == other.new_end:
            new_end = other.new_end
        else:
            return None
        if new_start >= new_end or not self._is_left(start, end, first, behind):
            return None
        return self._whole(fragment, *self._trimmed(fragment, new_start, new_end))

    def _trimmed(self, old: Fragment, start: int, end: int) -> tuple[int, int]:
        """Return a changed range without white space at an edge where it had none before."""
        words = self.new[start:end]
        if words.strip() and not self.old[old.start].isspace():
            start = end - len(words.lstrip())
        if words.strip() and not self.old[old.end - 1].isspace():
            end = start + len(self.new[start:end].rstrip())
        return start, end

    def _anchor(self, at: int) -> Fragment | None:
        first = bisect_left(self._ends, at)  # the first splice that ends there or behind
        hunk = self._hunks[first] if first < len(self._hunks) else None
        if hunk is None or hunk.start > at:
            there = at + self._shift(first)
        elif hunk.start < at < hunk.end and hunk.new_start < hunk.new_end:
            return None
        else:
            there = hunk.new_end if at == hunk.end > hunk.start else hunk.new_start
        while _is_edge(self.old, at) and not _is_edge(self.new, there):
            there -= 1
        return Fragment(there, there)

    def _shift(self, first: int) -> int:
        """Return by how much the text before a splice, and behind the one before that, has moved."""
        return self._hunks[first - 1].new_end - self._hunks[first - 1].end if first else 0

    def _is_left(self, start: int, end: int, first: int, behind: int) -> bool:
        """Return whether something of a range's own words is left."""
        needs_word = any(map(str.isalnum, self.old[start:end]))
        at = start
        for hunk in (*self._hunks[first:behind], Hunk(end, end, 0, 0)):
            left = self.old[at : max(at, hunk.start)]
            if any(map(str.isalnum, left)) if needs_word else left:
                return True
            at = max(at, hunk.end)
        return False

    def _whole(self, old: Fragment, start: int, end: int) -> Fragment:
        """Return a fragment with its edges moved out of grapheme clusters, if they weren't inside of one before."""
        if _is_edge(self.old, old.start):
            while not _is_edge(self.new, start):
                start -= 1
        if _is_edge(self.old, old.end):
            while not _is_edge(self.new, end):
                end += 1
        return Fragment(start, end)

    def _covering(self, fragments: tuple[Fragment, ...]) -> tuple[Fragment, ...]:
        """Return what stands now where a range was: all that replaces a part of it, united where it overlaps."""
        found: list[Fragment] = []
        for fragment in fragments:
            start, end = self._outer(fragment.start, is_end=False), self._outer(fragment.end, is_end=True)
            if fragment.start == fragment.end and end < start:
                start = end
            last = found[-1] if found else None
            if last is not None and (start < last.end or start == last.start):
                found[-1] = Fragment(last.start, max(last.end, end))
            else:
                found.append(Fragment(start, max(start, end)))
        return tuple(found)

    def _outer(self, at: int, *, is_end: bool) -> int:
        at = min(at, len(self.old))
        first = bisect_left(self._ends, at) if is_end else bisect_right(self._ends, at)
        hunk = self._hunks[first] if first < len(self._hunks) else None
        if hunk is None or hunk.start > at or (hunk.start == at and is_end and hunk.start < hunk.end):
            return at + self._shift(first)
        if hunk.start == hunk.end:  # put in exactly here: a range that ends here stays before it
            return hunk.new_start
        return hunk.new_end if is_end else hunk.new_start


def _is_valid(fragments: tuple[Fragment, ...], length: int) -> bool:
    try:
        return normal_fragments(fragments, length=length) == fragments
    except ValueError:
        return False


def _is_edge(text: str, at: int) -> bool:
    return at <= 0 or at >= len(text) or not extends_cluster(text, at)


def _splices(new: str, hunks: Iterable[Hunk]) -> tuple[Splice, ...]:
    return tuple(Splice(h.start, h.end, new[h.new_start : h.new_end]) for h in hunks)


Ranged = TypeVar("Ranged", Annotation, Evidence, Suggestion)


class PlacedAnnotation(NamedTuple):
    """An annotation, or a suggestion, after changes of texts. `fate` is that of its own range, None if it isn't in a
    text that changed; `lost` are the pieces of evidence (uids) that are lost, `reworded` those with other words.
    """

    value: Annotation
    fate: Fate | None
    lost: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()

    @property
    def is_touched(self) -> bool:
        """Whether its words, or those of its evidence, are others now, or gone."""
        return self.fate in (Fate.CHANGED, Fate.LOST) or bool(self.lost or self.reworded)


def placed_annotation(annotation: Annotation, document: str, changes: Mapping[str, TextChange]) -> PlacedAnnotation:
    """Return an annotation of a document (uid) after changes of texts, by document's uid."""
    change = changes.get(document)
    fate = None
    if change is not None:
        place = change.placed(annotation.fragments, annotation.quote)
        fate = place.fate
        annotation = _at(annotation, place)
    if not annotation.evidence or changes.keys().isdisjoint(e.document for e in annotation.evidence):
        return PlacedAnnotation(annotation, fate)
    pieces: list[Evidence] = []
    lost: list[str] = []
    reworded: list[str] = []
    for piece in annotation.evidence:
        there = changes.get(piece.document)
        if there is not None:
            place = there.placed(piece.fragments, piece.quote)
            piece = _at(piece, place)
            if place.fate in (Fate.LOST, Fate.CHANGED):
                (lost if place.fate is Fate.LOST else reworded).append(piece.uid)
        pieces.append(piece)
    return PlacedAnnotation(
        msgspec.structs.replace(annotation, evidence=tuple(pieces)), fate, tuple(lost), tuple(reworded)
    )


def placed_suggestion(suggestion: Suggestion, document: str, changes: Mapping[str, TextChange]) -> Suggestion:
    """Return a suggestion of a document (uid) after changes of texts. A lost one has a quote that doesn't match."""
    change = changes.get(document)
    if change is not None:
        suggestion = _at(suggestion, change.placed(suggestion.fragments, suggestion.quote))
    if not suggestion.evidence or changes.keys().isdisjoint(e.document for e in suggestion.evidence):
        return suggestion
    pieces = tuple(
        _at(piece, changes[piece.document].placed(piece.fragments, piece.quote)) if piece.document in changes else piece
        for piece in suggestion.evidence
    )
    return msgspec.structs.replace(suggestion, evidence=pieces)


def _at(item: Ranged, place: Placed) -> Ranged:
    if (item.fragments, item.quote) == (place.fragments, place.quote):
        return item
    return msgspec.structs.replace(item, fragments=place.fragments, quote=place.quote)

"""What is odd about where annotations lie, though it breaks no rule: white space at their ends, half words, doubles.

Such marks are common in imported files, and spoil what is trained on them: most tokenizers have no token there.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain

from app.core.annotation import Annotation, Fragment, Fragments
from app.core.graphemes import extends_cluster
from app.core.scripts import is_unspaced

Snap = Callable[[int, int], tuple[int, int]]
"""Returns the smallest range of whole tokens that covers a range, without white space at its ends."""


class Oddity(StrEnum):
    """What is odd about where an annotation lies."""

    BLANK = "blank"  # covers nothing but white space
    SPACE = "space"  # a fragment begins or ends with white space
    SPLIT = "split"  # a fragment begins or ends inside a character of several code points, such as an emoji
    HALF = "half"  # a fragment begins or ends between two letters of a word
    TOKEN = "token-end"  # a fragment begins or ends inside a token, though not inside a word
    TWICE = "twice"  # an earlier annotation has the same label on the same fragments

    @property
    def words(self) -> str:
        """What such marks are, in the plural."""
        return _PLURAL[self]

    @property
    def of_one(self) -> str:
        """What such a mark is, as a sentence without its full stop."""
        return _ONE[self]


_PLURAL = {
    Oddity.BLANK: "marks of nothing but white space",
    Oddity.SPACE: "marks that begin or end with white space",
    Oddity.SPLIT: "marks that begin or end inside a character",
    Oddity.HALF: "marks that begin or end inside a word",
    Oddity.TOKEN: "marks that begin or end inside a token",
    Oddity.TWICE: "marks made twice, with the same label at the same place",
}
_ONE = {
    Oddity.BLANK: "the mark covers nothing but white space",
    Oddity.SPACE: "the mark begins or ends with white space",
    Oddity.SPLIT: "the mark begins or ends inside a character",
    Oddity.HALF: "the mark begins or ends inside a word",
    Oddity.TOKEN: "the mark begins or ends inside a token",
    Oddity.TWICE: "another mark has the same label at the same place",
}


def without_outer_space(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range without white space at its ends; one of nothing else is returned as it is."""
    covered = text[start:end]
    if not covered.strip():
        return start, end
    return start + len(covered) - len(covered.lstrip()), end - len(covered) + len(covered.rstrip())


def whole_characters(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range widened so that it neither begins nor ends inside a character of several code points; one
    without width is moved before the character.
    """
    is_anchor = start == end
    while _cuts_character(text, start):
        start -= 1
    while not is_anchor and _cuts_character(text, end):
        end += 1
    return start, start if is_anchor else end


def oddities(
    annotations: Sequence[Annotation], text: str, snap: Snap | None = None, *, begin: int = 0
) -> Iterator[tuple[Annotation, Oddity]]:
    """Yield the annotations of one annotator on a text that are odd, each once for every reason. With `snap`, those
    that begin or end inside a token are among them. The one with the number `begin` is looked at first, and those
    before it last.
    """
    has_doubles = len({annotation.fragments for annotation in annotations}) < len(annotations)
    repeated = _repeated(annotations) if has_doubles else ()
    for number in chain(range(begin, len(annotations)), range(begin)):
        annotation = annotations[number]
        if has_doubles and number in repeated:
            yield annotation, Oddity.TWICE
        spaced = split = half = False
        for fragment in annotation.fragments:
            if fragment.start < fragment.end <= len(text):
                first, last = text[fragment.start], text[fragment.end - 1]
                spaced = spaced or first.isspace() or last.isspace()
                split = split or _cuts_character(text, fragment.start) or _cuts_character(text, fragment.end)
                half = half or _cuts_word(text, fragment.start, first) or _cuts_word(text, fragment.end, last)
        if spaced:
            covered = [text[f.start : f.end] for f in annotation.fragments]
            yield annotation, Oddity.SPACE if any(map(str.strip, covered)) else Oddity.BLANK
        if split:
            yield annotation, Oddity.SPLIT
        elif half:
            yield annotation, Oddity.HALF
        elif snap is not None and _is_off(annotation.fragments, text, snap):
            yield annotation, Oddity.TOKEN


def _cuts_character(text: str, at: int) -> bool:
    return 0 < at < len(text) and not text[at].isascii() and extends_cluster(text, at)


def _cuts_word(text: str, at: int, char: str) -> bool:
    """Whether a place is between two letters or digits of a script that sets spaces between words; `char` stands on one
    side of it, that of the mark.
    """
    if not char.isalnum() or not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return before.isalnum() and after.isalnum() and not (is_unspaced(before) or is_unspaced(after))


def _is_off(ranges: Iterable[Fragment], text: str, snap: Snap) -> bool:
    for fragment in ranges:
        start, end = without_outer_space(text, fragment.start, fragment.end)
        if start < end <= len(text) and text[start:end].strip() and snap(start, end) != (start, end):
            return True
    return False


def mended(annotation: Annotation, text: str, snap: Snap) -> list[tuple[int, int]]:
    """Return the ranges of an annotation over whole tokens, without white space at their ends. Anchors and ranges of
    nothing but white space stay; ranges that come to touch or overlap are joined.
    """
    found: list[tuple[int, int]] = []
    for fragment in annotation.fragments:
        start, end = fragment.start, fragment.end
        if start < end and text[start:end].strip():
            start, end = snap(*without_outer_space(text, start, end))
        if found and start <= found[-1][1] and start < end and found[-1][0] < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def token_snap(tokens: Sequence[tuple[int, int]]) -> Snap:
    """Return what snaps a range to whole tokens, which are ranges in order; without any there, it stays."""
    starts = [start for start, _ in tokens]

    def snap(start: int, end: int) -> tuple[int, int]:
        first, last = bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1
        if first >= 0 and start < tokens[first][1]:
            start = tokens[first][0]
        if last >= 0 and end <= tokens[last][1]:
            end = tokens[last][1]
        return start, end

    return snap


def adds_nothing(annotation: Annotation, other: Annotation) -> bool:
    """Whether an annotation says nothing that another one at the same place with the same label doesn't say."""
    return (
        (annotation.fragments, annotation.label, annotation.layer) == (other.fragments, other.label, other.layer)
        and annotation.correction in (None, other.correction)
        and annotation.comment in ("", other.comment)
        and annotation.attributes.items() <= other.attributes.items()
        and not annotation.evidence
    )


def _repeated(annotations: Iterable[Annotation]) -> set[int]:
    """Return which annotations (by their number) have the label and the fragments of an earlier one."""
    seen: set[tuple[Fragments, str, str]] = set()
    found: set[int] = set()
    for number, annotation in enumerate(annotations):
        what = (annotation.fragments, annotation.label, annotation.layer)
        if what in seen:
            found.add(number)
        seen.add(what)
    return found

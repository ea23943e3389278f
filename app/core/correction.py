"""Corrected text: all corrections applied, and overlapping ones reported."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.core.annotation import Annotation, Fragment
from app.core.blanks import Gap, deleted, replaced, set_off
from app.core.character_kinds import is_clitic
from app.core.state import reading_order
from app.core.text_habits import TextHabits

_REACH = 200  # code points on both sides of a correction that decide its blanks


class Replacement(NamedTuple):
    """A change of the range `[start, end)`, in code points.

    `text` is the correction as the annotator gave it, `written` what stands there in the corrected text: the same with
    the blanks that it needs. A deletion, and the other pieces of a discontinuous annotation, have two empty strings.
    """

    start: int
    end: int
    text: str
    annotation: str
    written: str


class Corrected(NamedTuple):
    """A corrected text. `clashes` are pairs of annotations (uids) whose corrections overlap and weren't applied."""

    text: str
    applied: tuple[Replacement, ...]
    clashes: tuple[tuple[str, str], ...]


def correction_place(fragments: Sequence[Fragment]) -> int:
    """Return the index of the fragment that the correction of an annotation replaces; the others are deleted.

    It is the first one, or the first anchor: an anchor in a discontinuous annotation says where its words belong. Both
    the corrected text and whatever draws corrections go by this; see decision record 0029.
    """
    return next((number for number, fragment in enumerate(fragments) if fragment.start == fragment.end), 0)


def corrected(text: str, annotations: Iterable[Annotation]) -> Corrected:
    """Apply the corrections of the annotations that have one; see `correction_place` for discontinuous ones.

    Equal corrections of the same range count once. If two others overlap, neither is applied: a reviewer has to choose.
    """
    ordered = sorted([a for a in annotations if a.correction is not None], key=reading_order)
    if not ordered:
        return Corrected(text, (), ())
    clashes = _clashes(ordered)
    out = {uid for pair in clashes for uid in pair}
    parts: dict[tuple[int, int, str], str] = {}
    for annotation in ordered:
        if annotation.uid not in out:
            home = correction_place(annotation.fragments)
            for number, fragment in enumerate(annotation.fragments):
                words = (annotation.correction or "") if number == home else ""
                if words or fragment.start < fragment.end:
                    parts.setdefault((fragment.start, fragment.end, words), annotation.uid)
    applied = _Writing(text, [_Part(*part, uid) for part, uid in sorted(parts.items())]).replacements()
    pieces: list[str] = []
    at = 0
    for done in applied:
        pieces += [text[at : done.start], done.written]
        at = done.end
    return Corrected("".join([*pieces, text[at:]]), tuple(applied), tuple(clashes))


def _clashes(ordered: list[Annotation]) -> list[tuple[str, str]]:
    clashes: list[tuple[str, str]] = []
    open_ones: list[Annotation] = []
    for annotation in ordered:
        open_ones = [other for other in open_ones if other.end >= annotation.start]
        clashes += [(other.uid, annotation.uid) for other in open_ones if _clash(other, annotation)]
        open_ones.append(annotation)
    return clashes


def _clash(one: Annotation, other: Annotation) -> bool:
    if one.fragments == other.fragments:
        return one.correction != other.correction
    return any(_overlap(f, g) for f in one.fragments for g in other.fragments)


def _overlap(one: Fragment, other: Fragment) -> bool:
    if one.start == one.end or other.start == other.end:
        # An anchor at the edge of a replaced range doesn't overlap it.
        return one.start < other.end and other.start < one.end
    return one.start < other.end and one.end > other.start


class _Part(NamedTuple):
    """A range to replace by words; they are a deletion if empty."""

    start: int
    end: int
    words: str
    annotation: str


class _Writing:
    """Writes parts, which don't overlap and are in order, into a text with the blanks that they need.

    The text before a part is taken as already corrected, so that two neighbours never take the same blank.
    """

    def __init__(self, text: str, parts: list[_Part]) -> None:
        self._text = text
        self._parts = parts
        self._habits = TextHabits(text)

    def replacements(self) -> list[Replacement]:
        """Return what is replaced by what, in order and without overlaps."""
        done: list[Replacement] = []
        at = 0
        written = ""  # the end of the corrected text before `at`
        for number, part in enumerate(self._parts):
            if self._is_plain(part):
                made = Replacement(part.start, part.end, part.words, part.annotation, part.words)
            else:
                left = (written + self._text[max(at, part.start - _REACH) : part.start])[-_REACH:]
                limit = self._parts[number + 1].start if number + 1 < len(self._parts) else len(self._text)
                gap = Gap(left, self._right(number), self._habits, part.start > at, limit > part.end)
                made = self._replacement(part, gap)
            written = (written + self._text[max(at, made.start - _REACH) : made.start] + made.written)[-_REACH:]
            at = made.end
            done.append(made)
        return done

    def _is_plain(self, part: _Part) -> bool:
        """Whether words take the place of words, as most corrections do: they are replaced exactly."""
        if not part.words or part.start == part.end:
            return False
        text, words = self._text, part.words
        ends = (text[part.start], text[part.end - 1], words[0], words[-1])
        return all(map(str.isalnum, ends)) and not is_clitic(words)

    def _replacement(self, part: _Part, gap: Gap) -> Replacement:
        old, uid = self._text[part.start : part.end], part.annotation
        if not old:
            shift, written = set_off(part.words, gap, is_touching=True)
            return Replacement(part.start + shift, part.end + shift, part.words, uid, written)
        if not part.words:
            left, right = deleted(old, gap)
            return Replacement(part.start - left, part.end + right, "", uid, "")
        left, right, written = replaced(old, part.words, gap)
        return Replacement(part.start - left, part.end + right, part.words, uid, written)

    def _right(self, number: int) -> str:
        """Return what will follow a part: the words of the next one if it begins there, else the text."""
        end = self._parts[number].end
        number += 1
        while number < len(self._parts) and self._parts[number].start == end:
            following = self._parts[number]
            if following.words:
                return following.words + self._text[following.end : following.end + _REACH]
            end = following.end
            number += 1
        return self._text[end : end + _REACH]

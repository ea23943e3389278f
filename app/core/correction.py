"""Corrected text: all corrections applied, and overlapping ones reported."""

from collections.abc import Iterable
from typing import NamedTuple

from app.core.annotation import Annotation, Fragment
from app.core.state import reading_order


class Replacement(NamedTuple):
    """The replacement of the range `[start, end)`, in code points, by `text`."""

    start: int
    end: int
    text: str
    annotation: str


class Corrected(NamedTuple):
    """A corrected text. `clashes` are pairs of annotations (uids) whose corrections overlap and weren't applied."""

    text: str
    applied: tuple[Replacement, ...]
    clashes: tuple[tuple[str, str], ...]


def corrected(text: str, annotations: Iterable[Annotation]) -> Corrected:
    """Apply the corrections of the annotations that have one.

    The first fragment of a discontinuous annotation is replaced by the correction, the others are deleted. Equal
    corrections of the same range count once. If two others overlap, neither is applied: a reviewer has to choose.
    """
    ordered = sorted((a for a in annotations if a.correction is not None), key=reading_order)
    clashes = _clashes(ordered)
    out = {uid for pair in clashes for uid in pair}
    parts: dict[tuple[int, int, str], str] = {}
    for annotation in ordered:
        if annotation.uid not in out:
            for number, fragment in enumerate(annotation.fragments):
                correction = "" if number else annotation.correction or ""
                parts.setdefault((fragment.start, fragment.end, correction), annotation.uid)
    applied = _spaced(text, sorted(Replacement(*part, uid) for part, uid in parts.items()))
    pieces: list[str] = []
    at = 0
    for part in applied:
        pieces += [text[at : part.start], part.text]
        at = part.end
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


def _spaced(text: str, parts: list[Replacement]) -> list[Replacement]:
    """Adjust the spaces around replacements: a deletion removes one space too, an insertion adds its own.

    The text before a part is taken as already corrected, so that two neighbours never remove the same space.
    """
    spaced: list[Replacement] = []
    at = 0
    written = ""  # the last character of the corrected text before `at`
    for number, part in enumerate(parts):
        is_free = part.start > at
        before = text[part.start - 1] if is_free else written
        has_room = number + 1 == len(parts) or parts[number + 1].start > part.end
        after = text[part.end : part.end + 1]
        if part.start == part.end:
            part = part._replace(text=_set_off(part.text, before, after))
        elif not part.text and is_free and before == " " and (not after or after in " ,.;:!?)\n\r"):
            part = part._replace(start=part.start - 1)
        elif not part.text and has_room and after == " " and (not before or before in " \n\r"):
            part = part._replace(end=part.end + 1)
        written = part.text[-1:] or (text[part.start - 1] if part.start > at else written)
        at = part.end
        spaced.append(part)
    return spaced


def _set_off(inserted: str, before: str, after: str) -> str:
    if inserted and before and not before.isspace() and inserted[0].isalnum():
        inserted = " " + inserted
    if inserted and after.isalnum() and not inserted[-1].isspace():
        inserted += " "
    return inserted

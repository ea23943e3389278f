"""Corrected text: all corrections applied, clashes reported."""

from collections.abc import Iterable
from typing import NamedTuple

from app.core.annotation import Annotation, Fragment
from app.core.state import reading_order


class Replacement(NamedTuple):
    """One place of the text that is put right: `[start, end)` in code points becomes `text`."""

    start: int
    end: int
    text: str
    annotation: str


class Corrected(NamedTuple):
    """A corrected text. `clashes` pairs the uids of corrections that overlap and were therefore both left out."""

    text: str
    applied: tuple[Replacement, ...]
    clashes: tuple[tuple[str, str], ...]


def corrected(text: str, annotations: Iterable[Annotation]) -> Corrected:
    """Apply the corrections of the annotations that have one.

    The first fragment of a discontinuous annotation takes the correction, the others are deleted. Equal corrections of
    the same place count once. Where two others overlap, neither is applied: choosing is a reviewer's work.
    """
    ordered = sorted((a for a in annotations if a.correction is not None), key=reading_order)
    clashes = _clashes(ordered)
    out = {uid for pair in clashes for uid in pair}
    applied: list[Replacement] = []
    for annotation in ordered:
        if annotation.uid not in out:
            parts = _replacements(text, annotation)
            known = {(part.start, part.end, part.text) for part in applied}
            applied.extend(part for part in parts if (part.start, part.end, part.text) not in known)
    applied.sort()
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
        # An anchor at the edge of a replaced range doesn't touch what is replaced.
        return one.start < other.end and other.start < one.end
    return one.start < other.end and one.end > other.start


def _replacements(text: str, annotation: Annotation) -> list[Replacement]:
    correction = annotation.correction or ""
    first, *rest = annotation.fragments
    parts = [_spaced(text, first, correction, annotation.uid)]
    parts += [_spaced(text, fragment, "", annotation.uid) for fragment in rest]
    return parts


def _spaced(text: str, fragment: Fragment, correction: str, uid: str) -> Replacement:
    """Keep the spaces of the sentence right: a deletion takes one with it, an insertion brings its own."""
    start, end = fragment.start, fragment.end
    before = text[start - 1 : start]
    after = text[end : end + 1]
    if not correction and start < end:
        if before == " " and (not after or after in " ,.;:!?)\n\r"):
            start -= 1
        elif after == " " and (not before or before in "\n\r"):
            end += 1
    elif start == end and correction:
        if before and not before.isspace() and correction[0].isalnum():
            correction = " " + correction
        if after and (after.isalnum()) and not correction[-1].isspace():
            correction += " "
    return Replacement(start, end, correction, uid)

"""Corrections that follow their range: what a correction made for one range has to say in the place of another."""

from collections.abc import Sequence

from app.core.annotation import Annotation, Fragment
from app.core.correction import corrected
from app.core.errors import EditRejected
from app.core.wording import shorten

_AROUND = 240  # code points on both sides: the blanks beside a correction depend on no more


class MisfitCorrection(EditRejected):
    """A correction was made for another range, and says nothing of what this one covers beside it."""


def fitted(text: str, correction: str, made_for: Sequence[Fragment], wanted: Sequence[Fragment]) -> str | None:
    """Return the correction that makes of `wanted` in a text what `correction` makes of `made_for`.

    The words that the range gains stay in it, around the correction; those that it loses are taken out of the
    correction, where that begins or ends with them. Both then lead to the same corrected text, apart from blanks. None
    if no correction does: where the two ranges lie apart, or the correction changes what the wanted range leaves out.
    """
    if tuple(made_for) == tuple(wanted):
        return correction
    if all(part.start == part.end for part in (*made_for, *wanted)):
        return correction  # anchors: nothing is replaced, wherever the words go
    start = max(0, min(part.start for part in (*made_for, *wanted)) - _AROUND)
    end = max(part.end for part in (*made_for, *wanted)) + _AROUND
    here = text[start:end]
    old, new = _shifted(made_for, -start), _shifted(wanted, -start)
    target = _applied(here, old, correction)
    for words in (_between(here, new, target), _joined(here, old, new, correction)):
        if words is not None and _bare(_applied(here, new, words)) == _bare(target):
            return words
    return None


def corrects_alike(text: str, one: Annotation, other: Annotation) -> bool:
    """Return whether two annotations give the same correction: as it is, or fitted to the range of the other."""
    said, meant = _plain(one.correction), _plain(other.correction)
    if said == meant or said is None or meant is None or one.fragments == other.fragments:
        return said == meant
    if max(one.end, other.end) > len(text):
        return False
    return _plain(fitted(text, one.correction or "", one.fragments, other.fragments)) == meant


def _plain(words: str | None) -> str | None:
    return words if words is None else " ".join(words.split())


def misfit(annotation: Annotation, quote: str) -> MisfitCorrection:
    """Return the error that an annotation's correction doesn't fit the words of another range."""
    words = f"“{shorten(annotation.correction)}”" if annotation.correction else "the deletion"
    what = f"{words} was made for “{shorten(annotation.quote)}”, and doesn't say what “{shorten(quote)}” should say"
    return MisfitCorrection(what, hint="edit the mark (E) and type that")


def _shifted(fragments: Sequence[Fragment], by: int) -> list[Fragment]:
    return [Fragment(part.start + by, part.end + by) for part in fragments]


def _applied(text: str, fragments: Sequence[Fragment], correction: str) -> str:
    quote = "".join(text[part.start : part.end] for part in fragments)
    made = Annotation(uid="", layer="", label="", fragments=tuple(fragments), quote=quote, correction=correction)
    return corrected(text, [made]).text


def _between(text: str, wanted: Sequence[Fragment], target: str) -> str | None:
    """Return what stands in a corrected text between what the range leaves as it is; None for several pieces."""
    if len(wanted) > 1:
        return None
    before, after = text[: wanted[0].start], text[wanted[0].end :]
    fits = target.startswith(before) and target.endswith(after) and len(target) >= len(before) + len(after)
    return target[len(before) : len(target) - len(after)] if fits else None


def _joined(text: str, old: Sequence[Fragment], new: Sequence[Fragment], correction: str) -> str | None:
    """Return the correction with the words on both sides that the range gains."""
    if len(new) > 1 or len(old) > 1 or new[0].start > old[0].start or new[0].end < old[0].end:
        return None
    return text[new[0].start : old[0].start] + correction + text[old[0].end : new[0].end]


def _bare(text: str) -> str:
    return "".join(text.split())

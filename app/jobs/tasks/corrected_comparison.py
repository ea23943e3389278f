"""A text compared with what its corrections make of it. Takes seconds where there are very many."""

from collections.abc import Sequence
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.correction import Corrected, corrected
from app.core.offsets import OffsetMap
from app.core.progress import CancelToken
from app.core.text_difference import Hunk, differences, whole_words

_AT_ONCE = 200  # corrections that are compared between two looks at the token
Ranges = Sequence[tuple[int, int]]


class CorrectedComparison(NamedTuple):
    """The corrected text, and the ranges of words that differ, in order and in UTF-16 units: those of the text as it
    is, and those of the corrected one.
    """

    corrected: Corrected
    old: Ranges
    new: Ranges


def compare_corrected(
    text: str, annotations: Sequence[Annotation], cancel: CancelToken | None = None
) -> CorrectedComparison:
    """Apply the corrections of annotations and compare the texts. Raises Cancelled."""
    put_right = corrected(text, annotations)
    ranges = _ranges(put_right)
    letters: list[Hunk] = []
    for start in range(0, len(ranges), _AT_ONCE):
        if cancel is not None:
            cancel.raise_if_cancelled()
        letters += differences(text, put_right.text, among=ranges[start : start + _AT_ONCE])
    words = whole_words(text, put_right.text, letters)
    old, new = OffsetMap(text).to_u16, OffsetMap(put_right.text).to_u16
    return CorrectedComparison(
        put_right,
        [(old(each.start), old(each.end)) for each in words if each.start < each.end],
        [(new(each.new_start), new(each.new_end)) for each in words if each.new_start < each.new_end],
    )


def _ranges(put_right: Corrected) -> list[Hunk]:
    """Return the ranges of both texts that were changed."""
    found: list[Hunk] = []
    shift = 0
    for each in put_right.applied:
        start = each.start + shift
        found.append(Hunk(each.start, each.end, start, start + len(each.written)))
        shift += len(each.written) - (each.end - each.start)
    return found

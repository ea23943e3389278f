"""Scores of segments, from 0 to 100 or on other scales: a mark over the whole segment, or a label of the document."""

from collections.abc import Mapping
from typing import Any

from app.core.annotation import Annotation
from app.exchange.foreign_document import ForeignWork
from app.exchange.kept_fields import kept_of
from app.exchange.segments import Range

SCORE = "score"
"""The label of a score, its field, and what tells it from an error."""
SEGMENT_LAYER = "segment"
"""The layer of scores of segments, if the scheme has it."""
IS_SCORE = "is_score"
"""The key under which a format keeps that a mark is a score, whatever label and layer it got."""
_LAYERS = (SEGMENT_LAYER, SCORE)


def add_score(
    work: ForeignWork,
    key: str,
    at: Range | None,
    values: Mapping[str, Any],
    *,
    comment: str = "",
    format: str,
    kept: Mapping[str, Any],
) -> None:
    """Add the scores of a segment (fields by name) to a rater's work; without a place they are the document's."""
    extra = {format: {IS_SCORE: True, **kept}}
    if at is None:
        work.about_document(key, SCORE, layer=SCORE, attributes=values, comment=comment, extra=extra)
    else:
        work.mark(key, SCORE, [at], layer=SEGMENT_LAYER, attributes=values, comment=comment, extra=extra)


def is_score(mark: Annotation) -> bool:
    """Whether a mark is a score rather than an error."""
    return mark.layer in _LAYERS or any(kept_of(mark.extra, format).get(IS_SCORE) is True for format in mark.extra)


def scores_of(mark: Annotation) -> dict[str, float]:
    """Return the numbers of a score, by field."""
    return {
        name: value
        for name, value in mark.attributes.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }

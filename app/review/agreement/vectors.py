"""Measures of many resamples at once: each takes rows of sums and returns a value per row, nan where undefined."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import ndarray


def _ratio(upper: "ndarray", lower: "ndarray", *, empty: float = float("nan")) -> "ndarray":
    import numpy

    result = numpy.full(numpy.broadcast(upper, lower).shape, empty)
    return numpy.divide(upper, lower, out=result, where=lower > 0)


def precision_vector(sums: "ndarray") -> "ndarray":
    """Return precision of rows of `spans.Sums`: 1 for an empty left side, nan if both are empty."""
    return _defined(sums, _ratio(sums[..., 0], sums[..., 2], empty=1.0))


def recall_vector(sums: "ndarray") -> "ndarray":
    """Return recall of rows of `spans.Sums`: 1 for an empty right side, nan if both are empty."""
    return _defined(sums, _ratio(sums[..., 1], sums[..., 3], empty=1.0))


def f1_vector(sums: "ndarray") -> "ndarray":
    """Return F1 of rows of `spans.Sums`."""
    import numpy

    precision = _ratio(sums[..., 0], sums[..., 2], empty=0.0)
    recall = _ratio(sums[..., 1], sums[..., 3], empty=0.0)
    return _defined(sums, numpy.asarray(_ratio(2 * precision * recall, precision + recall, empty=0.0)))


def _defined(sums: "ndarray", values: "ndarray") -> "ndarray":
    import numpy

    return numpy.where(sums[..., 2] + sums[..., 3] > 0, values, numpy.nan)


def area_f1_vector(sums: "ndarray") -> "ndarray":
    """Return F1 of rows `[shared, left, right]`."""
    return _ratio(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def iou_vector(sums: "ndarray") -> "ndarray":
    """Return the intersection over union of rows `[shared, left, right]`."""
    return _ratio(sums[..., 0], sums[..., 1] + sums[..., 2] - sums[..., 0])


def difference_vector(sums: "ndarray") -> "ndarray":
    """Return 1 - observed / expected of rows `[observed, expected]`."""
    return 1 - _ratio(sums[..., 0], sums[..., 1])


def inside_columns(table: "ndarray") -> "ndarray":
    """Return `[agreeing, outside, inside]` for `alpha_vector` from rows `[length, annotators, inside, shared]`.

    `inside` is summed over annotators, `shared` over their pairs; each row is one text.
    """
    import numpy

    length, raters, inside, shared = table.T
    pairs = raters * (raters - 1) / 2
    agreeing = pairs * length - (raters - 1) * inside + 2 * shared
    return numpy.stack([agreeing * 2 / (raters - 1), raters * length - inside, inside], axis=1)


def mean_of(values: "Sequence[float] | Sequence[ndarray]") -> "ndarray":
    """Return the mean of values, or the element-wise mean of arrays, ignoring nan; nan if all are nan."""
    import numpy

    stacked = numpy.array(values, dtype=float)
    known = ~numpy.isnan(stacked)
    return _ratio(numpy.where(known, stacked, 0.0).sum(axis=0), known.sum(axis=0))

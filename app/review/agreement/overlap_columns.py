"""Overlapping annotations of two annotators, as columns: `review.matches.overlaps` for many annotations at once."""

from typing import TYPE_CHECKING, NamedTuple

from app.review.agreement.annotation_ranges import Ranges, SortedAnnotations
from app.review.matches import overlaps

if TYPE_CHECKING:
    from numpy import ndarray


class OverlapColumns(NamedTuple):
    """Pairs of overlapping annotations, sorted: their indices in the two lists, and the shared code points."""

    left: "ndarray"
    right: "ndarray"
    shared: "ndarray"

    def only(self, which: "ndarray") -> "OverlapColumns":
        """Return the pairs selected by a mask or a list of indices."""
        return OverlapColumns(self.left[which], self.right[which], self.shared[which])


def meetings(left: SortedAnnotations, right: SortedAnnotations) -> OverlapColumns:
    """Return all pairs of overlapping annotations, by the rules of `overlaps`."""
    import numpy

    i, j, shared = _crossings(left.ranges, right.ranges)
    ours, theirs = left.ranges.anchors, right.ranges.anchors
    if ours and theirs:
        near = list(overlaps([left.annotations[k] for k in ours], [right.annotations[k] for k in theirs]))
        i = numpy.concatenate([i, numpy.array([ours[a] for a, _, _ in near], dtype=numpy.int64)])
        j = numpy.concatenate([j, numpy.array([theirs[b] for _, b, _ in near], dtype=numpy.int64)])
        shared = numpy.concatenate([shared, numpy.ones(len(near), dtype=numpy.int64)])
    # Annotations with several fragments can overlap more than once.
    pairs, which = numpy.unique(i * max(1, len(right.keys)) + j, return_inverse=True)
    total = numpy.bincount(which, weights=shared, minlength=len(pairs))
    return OverlapColumns(pairs // max(1, len(right.keys)), pairs % max(1, len(right.keys)), total)


def _crossings(left: Ranges, right: Ranges) -> tuple["ndarray", "ndarray", "ndarray"]:
    """Return all pairs of overlapping fragments: their owners and how much they share."""
    import numpy

    # The fragments that can overlap a range are between the first whose running maximum end is after its start and the
    # last that starts before its end; those that end too early in between are filtered out.
    first = numpy.searchsorted(right.furthest, left.starts, side="right")
    counts = numpy.maximum(numpy.searchsorted(right.starts, left.ends, side="left") - first, 0)
    ours = numpy.repeat(numpy.arange(len(counts)), counts)
    theirs = numpy.arange(len(ours)) - numpy.repeat(numpy.cumsum(counts) - counts - first, counts)
    shared = numpy.minimum(left.ends[ours], right.ends[theirs]) - numpy.maximum(left.starts[ours], right.starts[theirs])
    hit = shared > 0
    return left.owners[ours[hit]], right.owners[theirs[hit]], shared[hit]

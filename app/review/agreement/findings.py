"""Findings: annotations of several annotators that correspond, at most one of each."""

from typing import TYPE_CHECKING

from app.review.agreement.coverage import together
from app.review.agreement.marks import Marks

if TYPE_CHECKING:
    from numpy import ndarray


def whole_pairs(marks: Marks) -> "tuple[tuple[ndarray, ndarray], ndarray]":
    """Return the pairs of annotations about the same document, and how much they share; of several by one annotator
    the first.
    """
    import numpy

    _, first = numpy.unique(marks.document * len(marks.rank) + marks.who, return_index=True)
    one, other = together(marks.document[first])
    one, other = first[one], first[other]
    swapped = marks.rank[marks.who[one]] > marks.rank[marks.who[other]]
    pairs = (numpy.where(swapped, other, one), numpy.where(swapped, one, other))
    return pairs, numpy.ones(len(one))


def findings(marks: Marks, left: "ndarray", right: "ndarray", shared: "ndarray") -> "ndarray":
    """Return for each annotation the number of its finding, from the pairs that correspond.

    Pairs are put together as far as that doesn't bring two annotations of one annotator into a finding; those that
    share most come first. Of two annotators, the findings are the pairs.
    """
    import numpy

    found = numpy.arange(len(marks))
    while True:
        lower = numpy.minimum(found[left], found[right])
        changed = found.copy()
        numpy.minimum.at(changed, left, lower)
        numpy.minimum.at(changed, right, lower)
        if (changed == found).all():
            break
        found = changed
    members = found * len(marks.rank) + marks.who
    _, which, counts = numpy.unique(members, return_inverse=True, return_counts=True)
    torn = numpy.unique(found[counts[which] > 1])
    rows = numpy.flatnonzero(numpy.isin(found[left], torn))
    if len(rows):
        _reassemble(marks, found, left[rows], right[rows], shared[rows])
    return found


def _reassemble(marks: Marks, found: "ndarray", left: "ndarray", right: "ndarray", shared: "ndarray") -> None:
    """Put pairs together again, one after the other."""
    import numpy

    weight = 2 * shared / (marks.size[left] + marks.size[right])
    order = numpy.lexsort((marks.end[left] + marks.end[right], marks.start[left] + marks.start[right], -weight))
    groups: dict[int, dict[int, int]] = {}  # the annotations of each group, by annotator
    of: dict[int, int] = {}
    for row in order.tolist():
        one, other = int(left[row]), int(right[row])
        for mark in (one, other):
            if mark not in of:
                of[mark] = mark
                groups[mark] = {int(marks.who[mark]): mark}
        into, gone = sorted((of[one], of[other]))
        if into == gone or groups[into].keys() & groups[gone].keys():
            continue
        for mark in groups[gone].values():
            of[mark] = into
        groups[into].update(groups.pop(gone))
    for mark, group in of.items():
        found[mark] = group

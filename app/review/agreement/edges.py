"""Boundary similarity (Fournier 2013): agreement on where a text is cut by the boundaries of marks.

A layer's marks cut a text wherever one of their fragments begins or ends, except at the ends of the text; what lies in
between are the segments. Positions are counted in code points. Two annotators' cuts are compared by boundary edit
distance with transpositions of n_t = 2, that is, over one code point: cuts at the same place are matches; of the
others, two that lie next to each other, one of each annotator, are a near miss (transposition); the rest are full
misses (additions). With M matches, T near misses and A full misses

    B = 1 - (A + T / 2) / (A + T + M)

A near miss over n code points weighs n / n_t, as in the reference implementation (segeval, `weight_t_scale`). There is
one type of boundary, so nothing is substituted. Sums are taken over all documents before dividing.

Source: Chris Fournier, “Evaluating Text Segmentation using Boundary Edit Distance”, ACL 2013, pp. 1702-1712.
"""

from typing import TYPE_CHECKING, NamedTuple

from app.review.agreement.columns import ColumnTable
from app.review.agreement.coverage import summed
from app.review.agreement.marks import Marks

if TYPE_CHECKING:
    from numpy import ndarray

NEAR_MISS = 0.5


class Edges:
    """The boundaries in all documents: `places` by document, annotator and lane. Lane 0 has those of all labels, lane
    n + 1 those of label n.
    """

    def __init__(self) -> None:
        self.places = ColumnTable(document="int32", who="int32", lane="int32", place="int64")

    def add(self, marks: Marks, documents: "ndarray") -> None:
        """Count a block; `documents` are the numbers of its documents among all."""
        import numpy

        parts = marks.parts
        mark, place = numpy.concatenate([parts.mark] * 2), numpy.concatenate([parts.start, parts.end])
        document = marks.document[mark]
        place = place - marks.offsets[document]
        inside = (place > 0) & (place < marks.lengths[document])
        mark, place, document = mark[inside], place[inside], document[inside]
        lane = marks.label[mark] + 1
        twice = [numpy.tile(column, 2) for column in (document, marks.who[mark], place)]
        (document, who, place, lane), _ = summed([*twice, numpy.append(lane, lane * 0)], [])
        self.places.add(document=documents[document], who=who, lane=lane, place=place)


class EdgeCounts(NamedTuple):
    """Matches, near misses and full misses in each lane."""

    matches: "ndarray"
    near: "ndarray"
    missed: "ndarray"


def compared(left: "ndarray", right: "ndarray", *, room: int, lanes: int) -> EdgeCounts:
    """Compare two annotators' boundaries, given as lane * room + place; `room` is above any place + 1.

    Boundaries that only one has form runs, if they are next to each other and of one and the other in turn. A run of n
    has at most n // 2 near misses, and taken from its beginning it has as many.
    """
    import numpy

    places = numpy.concatenate([left, right])
    order = numpy.argsort(places, kind="stable")
    places, is_left = places[order], order < len(left)
    twin = places[1:] == places[:-1]
    matches = numpy.bincount(places[:-1][twin] // room, minlength=lanes)
    alone = ~(numpy.append(twin, False) | numpy.append(False, twin))[: len(places)]
    places, is_left = places[alone], is_left[alone]
    begins = numpy.ones(len(places), dtype=bool)
    begins[1:] = (numpy.diff(places) != 1) | (is_left[1:] == is_left[:-1])
    first = numpy.flatnonzero(begins)
    pairs = numpy.diff(numpy.append(first, len(places))) // 2
    near = numpy.bincount(places[first] // room, weights=pairs, minlength=lanes)
    return EdgeCounts(matches, near, numpy.bincount(places // room, minlength=lanes) - 2 * near)

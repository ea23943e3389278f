"""Alpha for unitizing (Krippendorff 2004): agreement on where the units of a label lie on a continuum.

The continuum is the text of all documents that were compared, in the order of their names: the published measure is
defined on one continuum, and sums over many short ones come to another figure. It is measured in characters; the result
depends on that scale. For more than two annotators it is the measure as published in 2004, weighted by the documents'
numbers of annotators where not all have read all documents.

With L the length of the continuum, m annotators, N units, and for each unit its length l: the observed disagreement is
2 S / (m (m-1) L^2), where S is the squared distance of the units of any two annotators; the expected one is

    2/L * sum over units [(N-1) (2 l^3 - 3 l^2 + l) / 3 + l^2 * sum over gaps g >= l (g - l + 1)]
        / (m L (m L - 1) - sum over units l (l-1))
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.review.agreement.columns import ColumnTable
from app.review.agreement.coverage import summed
from app.review.agreement.marks import Marks, spread

if TYPE_CHECKING:
    from numpy import ndarray


class Units:
    """The units of all documents: `sections` by document, annotator and label (numbers), with start and end in the
    document; `apart` by document, pair and label the squared distance of units that overlap, minus what they would
    add if each were alone.

    Units of one label by the same annotator that overlap are joined; anchors have no length and are none.
    """

    def __init__(self) -> None:
        self.sections = ColumnTable(
            document="int32", who="int32", label="int32", start="int64", end="int64", count="int8"
        )
        self.apart = ColumnTable(document="int32", left="int32", right="int32", label="int32", apart="float64")

    def add(self, marks: Marks, documents: "ndarray") -> None:
        """Count a block; `documents` are the numbers of its documents among all."""
        import numpy

        mark = marks.parts.mark
        people = len(marks.rank)
        # In a row for each label and annotator, one behind the other, so that all are gone through at once.
        room = int(marks.offsets[-1] + marks.lengths[-1] + 1)
        lane = (marks.label[mark] * people + marks.who[mark]) * room
        starts, ends = joined(lane + marks.parts.start, lane + marks.parts.end)
        lane, start = numpy.divmod(starts, room)
        end = start + ends - starts
        label, who = numpy.divmod(lane, people)
        document = numpy.searchsorted(marks.offsets, start, side="right") - 1
        offset = marks.offsets[document]
        self.sections.add(
            document=documents[document],
            who=who,
            label=label,
            start=start - offset,
            end=end - offset,
            count=numpy.ones(len(start)),
        )
        order = numpy.argsort(label * room + start, kind="stable")
        self._add_apart(marks, label[order] * room, documents, [c[order] for c in (document, who, label, start, end)])

    def _add_apart(self, marks: Marks, lane: "ndarray", documents: "ndarray", units: "list[ndarray]") -> None:
        import numpy

        document, who, label, start, end = units
        behind = numpy.searchsorted(lane + start, lane + end, side="left")
        one, step = spread(numpy.maximum(behind - numpy.arange(len(behind)) - 1, 0))
        other = one + 1 + step
        differ = who[one] != who[other]
        one, other = one[differ], other[differ]
        swapped = marks.rank[who[one]] > marks.rank[who[other]]
        left, right = numpy.where(swapped, other, one), numpy.where(swapped, one, other)
        distance = (start[left] - start[right]) ** 2 + (end[left] - end[right]) ** 2
        rows = [(left, right, distance)]
        people = len(marks.rank)
        for mine, theirs in ((left, right), (right, left)):
            met = numpy.unique(mine * people + who[theirs])
            unit, partner = met // people, met % people
            length = end[unit] - start[unit]
            rows.append((unit, partner, -(length**2)))
        ours = numpy.concatenate([who[left], *(who[unit] for unit, _, _ in rows[1:])])
        theirs = numpy.concatenate([who[right], *(partner for _, partner, _ in rows[1:])])
        unit = numpy.concatenate([first for first, _, _ in rows])
        swapped = marks.rank[ours] > marks.rank[theirs]
        ours, theirs = numpy.where(swapped, theirs, ours), numpy.where(swapped, ours, theirs)
        sizes = numpy.concatenate([size for _, _, size in rows])
        keys, (apart,) = summed([document[unit], ours, theirs, label[unit]], [sizes])
        self.apart.add(document=documents[keys[0]], left=keys[1], right=keys[2], label=keys[3], apart=apart)


def joined(starts: "ndarray", ends: "ndarray") -> "tuple[ndarray, ndarray]":
    """Return sections without overlap, sorted: those that overlap are joined, those that touch are not."""
    import numpy

    order = numpy.lexsort((ends, starts))
    starts, furthest = starts[order], numpy.maximum.accumulate(ends[order])
    first = numpy.ones(len(starts), dtype=bool)
    first[1:] = starts[1:] >= furthest[:-1]
    last = numpy.append(first[1:], True)[: len(starts)]
    return starts[first], furthest[last]


# -- the expected disagreement -----------------------------------------------------------------------------------------


class Annotated(NamedTuple):
    """An annotator's continuum: where each document begins on it and how long it is, 0 if they haven't read it; and the
    units of one label, sorted: their documents (numbers), starts and ends.
    """

    offsets: "ndarray"
    lengths: "ndarray"
    document: "ndarray"
    start: "ndarray"
    end: "ndarray"


class Chances(NamedTuple):
    """What the expected disagreement of one label follows from, by document.

    `units` and `taken`, the sum of l (l-1), and `own`, the sum of (2 l^3 - 3 l^2 + l) / 3, over the units; `fits` is
    the number of ways in which the units fit into the gaps, times l^2, by the units' document, and `room` the same by
    the documents that the gaps reach over. Both have the same sum; resampled, the product of the two relative to it
    approximates the sum.
    """

    units: "ndarray"
    taken: "ndarray"
    own: "ndarray"
    fits: "ndarray"
    room: "ndarray"


def chances(annotators: Sequence[Annotated]) -> Chances:
    """Return what the expected disagreement of a label follows from."""
    import numpy

    count = len(annotators[0].lengths)
    document = numpy.concatenate([mine.document for mine in annotators])
    length = numpy.concatenate([mine.end - mine.start for mine in annotators]).astype(float)

    def by_document(values: "ndarray") -> "ndarray":
        return numpy.bincount(document, weights=values, minlength=count)

    edges = [(numpy.concatenate([[0], a.end]), numpy.append(a.start, a.lengths.sum())) for a in annotators]
    by_unit, by_gap = _fits(length, numpy.concatenate([ends - starts for starts, ends in edges]).astype(float))
    room = numpy.zeros(count)
    at = 0
    for mine, (starts, ends) in zip(annotators, edges, strict=True):
        # Along the continuum, room grows evenly over each gap, and not at all over the units.
        grown = numpy.cumsum(by_gap[at : at + len(starts)])
        at += len(starts)
        places = numpy.stack([starts, ends], axis=1).ravel()
        heights = numpy.stack([numpy.append(0.0, grown[:-1]), grown], axis=1).ravel()
        behind = mine.offsets + mine.lengths
        room += numpy.interp(behind, places, heights) - numpy.interp(mine.offsets, places, heights)
    return Chances(
        units=by_document(numpy.ones(len(length))),
        taken=by_document(length * (length - 1)),
        own=by_document(length * (length - 1) * (2 * length - 1) / 3),
        fits=by_document(by_unit),
        room=room,
    )


def _fits(lengths: "ndarray", gaps: "ndarray") -> "tuple[ndarray, ndarray]":
    """Return l^2 (g - l + 1) summed over all gaps g that a unit of length l fits into: for each unit, and for each
    gap.
    """
    import numpy

    sorted_gaps, sorted_lengths = numpy.sort(gaps), numpy.sort(lengths)
    behind = numpy.append(numpy.cumsum(sorted_gaps[::-1])[::-1], 0.0)
    at = numpy.searchsorted(sorted_gaps, lengths, side="left")
    by_unit = lengths**2 * (behind[at] - (len(gaps) - at) * (lengths - 1))
    squares = numpy.concatenate([[0.0], numpy.cumsum(sorted_lengths**2)])
    cubes = numpy.concatenate([[0.0], numpy.cumsum(sorted_lengths**2 * (sorted_lengths - 1))])
    until = numpy.searchsorted(sorted_lengths, gaps, side="right")
    return by_unit, gaps * squares[until] - cubes[until]

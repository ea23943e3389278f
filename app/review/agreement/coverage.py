"""What annotators' labels cover: characters, or tokens, counted without going through them one by one.

Each character is a unit, its value the set of labels that cover it; no label is a value of its own, not a missing one.
Long annotations, and long stretches without any, raise agreement on characters.
"""

from typing import TYPE_CHECKING, NamedTuple

from app.review.agreement.columns import ColumnTable, Numbering
from app.review.agreement.marks import Marks, spread

if TYPE_CHECKING:
    from numpy import ndarray


class Pieces(NamedTuple):
    """The pieces of a block's texts that are counted, each with its weight and document; and by fragment (of
    `Marks.parts`), the first piece that it covers and the one behind the last.
    """

    weight: "ndarray"
    document: "ndarray"
    first: "ndarray"
    behind: "ndarray"


def character_pieces(marks: Marks) -> Pieces:
    """Cut the texts wherever a fragment begins or ends. A piece weighs as much as it has characters."""
    import numpy

    cuts = numpy.unique(numpy.concatenate([marks.offsets, marks.parts.start, marks.parts.end]))
    document = numpy.searchsorted(marks.offsets, cuts, side="right") - 1
    last = int(marks.offsets[-1] + marks.lengths[-1]) if len(marks.offsets) else 0
    ends = numpy.minimum(numpy.append(cuts[1:], last), (marks.offsets + marks.lengths)[document])
    return Pieces(
        weight=numpy.maximum(ends - cuts, 0),
        document=document,
        first=numpy.searchsorted(cuts, marks.parts.start),
        behind=numpy.searchsorted(cuts, marks.parts.end),
    )


class Covered(NamedTuple):
    """The pieces that an annotator covers, one row for each and each annotator, sorted by piece: the value's number."""

    piece: "ndarray"
    who: "ndarray"
    value: "ndarray"


class Coverage:
    """Counts of all documents.

    `values` are sets of labels (numbers); number 0 is the empty one. `sizes` is by document, annotator and value how
    much of the text has the value; the rest has none. `shared` is by document and pair (numbers) how much both
    annotators cover, and how much of it has the same value for both; `labels` how much has the label for both.
    """

    def __init__(self) -> None:
        self.values: Numbering[tuple[int, ...]] = Numbering([()])
        self.sizes = ColumnTable(document="int32", who="int32", value="int32", size="int64")
        self.shared = ColumnTable(document="int32", left="int32", right="int32", both="int64", same="int64")
        self.labels = ColumnTable(document="int32", left="int32", right="int32", label="int32", size="int64")

    def add(self, marks: Marks, pieces: Pieces, documents: "ndarray") -> None:
        """Count a block; `documents` are the numbers of its documents among all."""
        covered = self.covered(marks, pieces)
        self._add_sizes(pieces, covered, documents)
        self._add_shared(marks, pieces, covered, documents)

    def covered(self, marks: Marks, pieces: Pieces) -> Covered:
        """Return who covers which pieces with which value."""
        import numpy

        part, step = spread(pieces.behind - pieces.first)
        mark = marks.parts.mark[part]
        people, labels = len(marks.rank), int(marks.label.max(initial=0)) + 1
        place = (pieces.first[part] + step) * people + marks.who[mark]
        place, label = numpy.divmod(numpy.unique(place * labels + marks.label[mark]), labels)
        places, which, counts = numpy.unique(place, return_index=True, return_counts=True)
        singles = numpy.array([self.values.number((number,)) for number in range(labels)])
        value = singles[label[which]]
        for at in numpy.flatnonzero(counts > 1).tolist():  # sorted, so a set has one spelling
            value[at] = self.values.number(tuple(label[which[at] : which[at] + counts[at]].tolist()))
        return Covered(places // people, places % people, value)

    def _add_sizes(self, pieces: Pieces, covered: Covered, documents: "ndarray") -> None:
        document = pieces.document[covered.piece]
        keys, (size,) = summed([document, covered.who, covered.value], [pieces.weight[covered.piece]])
        self.sizes.add(document=documents[keys[0]], who=keys[1], value=keys[2], size=size)

    def _add_shared(self, marks: Marks, pieces: Pieces, covered: Covered, documents: "ndarray") -> None:
        import numpy

        one, other = together(covered.piece)
        swapped = marks.rank[covered.who[one]] > marks.rank[covered.who[other]]
        left, right = numpy.where(swapped, other, one), numpy.where(swapped, one, other)
        piece = covered.piece[left]
        ours, theirs = covered.value[left], covered.value[right]
        weight = pieces.weight[piece]
        base = [pieces.document[piece], covered.who[left], covered.who[right]]
        keys, (both, same) = summed(base, [weight, weight * (ours == theirs)])
        self.shared.add(document=documents[keys[0]], left=keys[1], right=keys[2], both=both, same=same)
        members = self.members()
        row, label = numpy.nonzero(members[ours] & members[theirs])
        keys, (size,) = summed([*(column[row] for column in base), label], [weight[row]])
        self.labels.add(document=documents[keys[0]], left=keys[1], right=keys[2], label=keys[3], size=size)

    def members(self, labels: int = 0) -> "ndarray":
        """Return a boolean matrix of values by labels, at least so many: which value contains which label."""
        import numpy

        most = max((label for value in self.values.values for label in value), default=-1)
        table = numpy.zeros((len(self.values), max(labels, most + 1)), dtype=bool)
        for number, value in enumerate(self.values.values):
            table[number, list(value)] = True
        return table

    @property
    def is_stacked(self) -> bool:
        """Whether any text has more than one label at a place, by the same annotator."""
        return any(len(value) > 1 for value in self.values.values)


def together(group: "ndarray") -> "tuple[ndarray, ndarray]":
    """Return all pairs of rows (indices) with the same value in a sorted column, the earlier one first."""
    import numpy

    ends = numpy.searchsorted(group, group, side="right")
    one, step = spread(ends - numpy.arange(len(group)) - 1)
    return one, one + 1 + step


def summed(keys: "list[ndarray]", columns: "list[ndarray]") -> "tuple[list[ndarray], list[ndarray]]":
    """Return the distinct combinations of keys (small numbers, not negative), and the sums of the columns by them."""
    import numpy

    sizes = [int(key.max(initial=0)) + 1 for key in keys]
    code = numpy.zeros(len(keys[0]), dtype=numpy.int64)
    for key, size in zip(keys, sizes, strict=True):
        code = code * size + key
    codes, which = numpy.unique(code, return_inverse=True)
    found: list[ndarray] = []
    for size in reversed(sizes):
        codes, key = numpy.divmod(codes, size)
        found.append(key)
    return found[::-1], [numpy.bincount(which, weights=column, minlength=len(found[0])) for column in columns]

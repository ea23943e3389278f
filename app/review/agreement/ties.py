"""Agreement on relations: those of two annotators that connect the same matched marks in the same direction.

A relation of one annotator corresponds to one of the other if the marks at both of its ends are matched (taken for the
same finding: the same ranges first, then those that share most, see `matchings.Match.COUNTERPART`), source with source
and target with target. Precision = matched / relations of the one, recall = matched / relations of the other, F1 their
harmonic mean; sums are taken over all documents before dividing. This is the usual scoring of relation extraction, as
in SemEval-2010 task 8 and ACE. Several relations between the same two marks are matched one to one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from app.review.agreement.columns import ColumnTable
from app.review.agreement.marks import Marks, identity
from app.review.readings import Reading, Readings

if TYPE_CHECKING:
    from numpy import ndarray

_Ends = tuple[int, int]


class Ties:
    """Relations between marks of one layer, in all documents.

    `given` is by document and annotator how many they made (`label` is 0 in all rows); `shared` by document and pair
    how many are matched, with any label and with the same one.
    """

    def __init__(self, layer: str) -> None:
        self._layer = layer
        self.given = ColumnTable(document="int32", who="int32", label="int32", count="int32")
        self.shared = ColumnTable(document="int32", left="int32", right="int32", any="int32", same="int32")

    def add(
        self,
        block: Sequence[Readings],
        names: Sequence[str],
        marks: Marks,
        documents: "ndarray",
        pairs: "tuple[ndarray, ndarray]",
    ) -> None:
        """Count a block; `names` are the annotators by number, `pairs` the indices of matched marks."""
        import numpy

        found = self._found(block, names, marks)
        if not found:
            return
        counts: Counter[tuple[int, int]] = Counter()
        shared: list[tuple[int, int, int, int, int]] = []
        partners: defaultdict[int, dict[int, int]] = defaultdict(dict)
        owners = list(zip(marks.document.tolist(), marks.who.tolist(), strict=True))
        for left, right in zip(*(side.tolist() for side in pairs), strict=True):
            partners[left][owners[right][1]] = right
        for (source, target), labels in found.items():
            document, who = owners[source]
            counts[document, who] += len(labels)
            here, there = partners.get(source, {}), partners.get(target, {})
            for other in sorted(here.keys() & there.keys()):
                theirs = found.get((here[other], there[other]))
                if theirs:
                    shared.append((document, who, other, min(len(labels), len(theirs)), len(labels & theirs)))
        rows = numpy.array([(*key, count) for key, count in counts.items()])
        self.given.add(document=documents[rows[:, 0]], who=rows[:, 1], label=rows[:, 0] * 0, count=rows[:, 2])
        if shared:
            document, left, right, any_label, same = numpy.array(shared).T
            self.shared.add(document=documents[document], left=left, right=right, any=any_label, same=same)

    def _found(self, block: Sequence[Readings], names: Sequence[str], marks: Marks) -> dict[_Ends, set[str]]:
        """Return the labels of all relations by their ends (indices). One that was made twice counts once."""
        readings = {
            (at, who): each.by[names[who]]
            for at, each in enumerate(block)
            for who in marks.readers[at]
            if each.by[names[who]].relations
        }
        if not readings:
            return {}
        index: defaultdict[tuple[int, int], dict[object, int]] = defaultdict(dict)
        owners = zip(marks.document.tolist(), marks.who.tolist(), strict=True)
        for number, (owner, mark) in enumerate(zip(owners, marks.annotations, strict=True)):
            if owner in readings:
                index[owner][identity(mark)] = number
        found: defaultdict[_Ends, set[str]] = defaultdict(set)
        for owner, reading in readings.items():
            for ends, label in self._ends(reading, index[owner]):
                found[ends].add(label)
        return found

    def _ends(self, reading: Reading, index: dict[object, int]) -> Iterator[tuple[_Ends, str]]:
        # By place and label, not by id: of marks made twice only one is left.
        number = {mark.uid: index[identity(mark)] for mark in reading.annotations if mark.layer == self._layer}
        for relation in reading.relations:
            source, target = number.get(relation.source), number.get(relation.target)
            if source is not None and target is not None:
                yield (source, target), relation.label

"""Boundary similarity of two annotators, from the boundaries of their marks (see `edges`)."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from app.review.agreement import vectors
from app.review.agreement.edges import NEAR_MISS, compared
from app.review.agreement.families import EVERY, Drawn, Family, Plan, Scope
from app.review.agreement.layer_counts import LayerCounts
from app.review.agreement.lookup import Lookup
from app.review.agreement.resamples import Sample

if TYPE_CHECKING:
    from numpy import ndarray


class EdgeFamily(Family):
    """Boundary similarity, over all labels and by label."""

    def __init__(self, counts: LayerCounts, labels: Sequence[str]) -> None:
        self._labels = labels
        self._order = [counts.marks.labels.number(label) + 1 for label in labels]
        self._width = len(counts.marks.labels) + 1
        self._room = int(counts.lengths.max(initial=0)) + 2
        self._places = Lookup(counts.edges.places, "who")

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan:
        """Return a plan of the measure of two annotators."""
        found = compared(
            *(self._coded(sample, who) for who in (left, right)),
            room=self._room,
            lanes=len(sample) * self._width,
        )
        shape = (len(sample), self._width)
        apart = found.missed + NEAR_MISS * found.near
        return Plan([apart.reshape(shape), (found.matches + found.near + found.missed).reshape(shape)], self._measured)

    def _coded(self, sample: Sample, who: int) -> "ndarray":
        rows = self._places.rows(who)
        document, lane, place = (column[rows] for column in self._places.table.columns("document", "lane", "place"))
        known, at = sample.places(document)
        return (at * self._width + lane[known]) * self._room + place[known]

    def _measured(self, sums: "list[ndarray]") -> Iterator[Drawn]:
        found = 1 - vectors.ratio(*sums)
        yield Drawn("boundary_similarity", Scope.DOCUMENTS, EVERY, found[:, :1])
        if self._labels:
            yield Drawn("boundary_similarity", Scope.DOCUMENTS, self._labels, found[:, self._order])

"""Precision, recall and F1 of relations between matched marks (see `ties`)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.review.agreement import vectors
from app.review.agreement.families import EVERY, Drawn, Family, Plan, Scope
from app.review.agreement.layer_counts import LayerCounts
from app.review.agreement.lookup import Lookup
from app.review.agreement.resamples import Sample

if TYPE_CHECKING:
    from numpy import ndarray


class TieFamily(Family):
    """Precision, recall and F1 of relations, with any label and with the same one."""

    def __init__(self, counts: LayerCounts) -> None:
        self._given = Lookup(counts.ties.given, "who")
        self._shared = Lookup(counts.ties.shared, "left", "right")

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan:
        """Return a plan of the measures of two annotators."""
        import numpy

        columns = [self._given.by_document(sample, (who,), "count") for who in (left, right)]
        columns += [self._shared.by_document(sample, (left, right), name) for name in ("any", "same")]
        return Plan([numpy.concatenate(columns, axis=1)], self._measured)

    @staticmethod
    def _measured(sums: "list[ndarray]") -> Iterator[Drawn]:
        left, right, with_any, same = (column[:, None] for column in sums[0].T)
        for name, shared in (("relation", with_any), ("relation_label", same)):
            yield Drawn(f"{name}_precision", Scope.RELATIONS, EVERY, vectors.precision(shared, left, right))
            yield Drawn(f"{name}_recall", Scope.RELATIONS, EVERY, vectors.recall(shared, left, right))
            yield Drawn(f"{name}_f1", Scope.RELATIONS, EVERY, vectors.f1(shared, shared, left, right))

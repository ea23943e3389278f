"""Precision, recall and F1 of relations between matched marks, and of chains (see `ties`)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.review.agreement import vectors
from app.review.agreement.families import EVERY, Drawn, Family, Plan, Scope
from app.review.agreement.layer_counts import LayerCounts
from app.review.agreement.lookup import Lookup
from app.review.agreement.resamples import Sample

if TYPE_CHECKING:
    from numpy import ndarray

CHAINS = "chain_b3"


class TieFamily(Family):
    """Precision, recall and F1 of relations, with any type and with the same one, over all types and by type; and those
    of B-cubed for each type of chain.
    """

    def __init__(self, counts: LayerCounts) -> None:
        tables = counts.ties
        types = counts.types.values
        self._width = max(1, len(types))
        self._given, self._mentions = Lookup(tables.given, "who"), Lookup(tables.mentions, "who")
        self._shared, self._credits = (Lookup(table, "left", "right") for table in (tables.shared, tables.credits))
        self._any = Lookup(tables.any_type, "left", "right")
        used = [set(table.column("label").tolist()) for table in (tables.given, tables.mentions)]
        self._ties, self._chains = ([at for at in range(len(types)) if at in those] for those in used)
        self._types = types

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan:
        """Return a plan of the measures of two annotators."""
        import numpy

        by_type = {"by": "label", "width": self._width}
        pair = (left, right)
        columns = [self._any.by_document(sample, pair, "count")]
        columns += [self._given.by_document(sample, (who,), "count", **by_type) for who in pair]
        columns.append(self._shared.by_document(sample, pair, "count", **by_type))
        columns += [self._mentions.by_document(sample, (who,), "count", **by_type) for who in pair]
        columns += [self._credits.by_document(sample, pair, name, **by_type) for name in ("precise", "recalled")]
        return Plan([numpy.concatenate(columns, axis=1)], self._measured)

    def _measured(self, sums: "list[ndarray]") -> Iterator[Drawn]:
        of_any = sums[0][:, :1]
        left, right, same, mine, theirs, precise, recalled = (
            sums[0][:, 1 + at * self._width : 1 + (at + 1) * self._width] for at in range(7)
        )
        all_left, all_right, all_same = (column.sum(axis=1, keepdims=True) for column in (left, right, same))
        yield from _drawn("relation", EVERY, of_any, of_any, all_left, all_right)
        yield from _drawn("relation_label", EVERY, all_same, all_same, all_left, all_right)
        names = [self._types[at] for at in self._ties]
        if names:
            of_type = [column[:, self._ties] for column in (same, same, left, right)]
            yield from _drawn("relation_label", names, *of_type)
        names = [self._types[at] for at in self._chains]
        if names:
            yield from _drawn(CHAINS, names, *(c[:, self._chains] for c in (precise, recalled, mine, theirs)))


def _drawn(
    name: str,
    labels: "list[str] | tuple[None]",
    precise: "ndarray",
    recalled: "ndarray",
    left: "ndarray",
    right: "ndarray",
) -> Iterator[Drawn]:
    yield Drawn(f"{name}_precision", Scope.RELATIONS, labels, vectors.precision(precise, left, right))
    yield Drawn(f"{name}_recall", Scope.RELATIONS, labels, vectors.recall(recalled, left, right))
    yield Drawn(f"{name}_f1", Scope.RELATIONS, labels, vectors.f1(precise, recalled, left, right))

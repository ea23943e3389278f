"""Agreement on a field of matched annotations: alpha, kappa and their kin."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from app.core.field_values import Level
from app.review.agreement import vectors
from app.review.agreement.attributes import LABEL, AgreementField
from app.review.agreement.columns import ColumnTable
from app.review.agreement.families import EVERY, Drawn, Family, Plan, Scope
from app.review.agreement.lookup import Lookup
from app.review.agreement.resamples import Sample

if TYPE_CHECKING:
    from numpy import ndarray


class FieldFamily(Family):
    """The measures of a field. Those of labels have values by label too: having it or another one."""

    def __init__(self, field: AgreementField, labels: Sequence[str]) -> None:
        self.field = field
        self._labels = labels if field.id == LABEL else ()
        self._places = field.places()
        self._width = len(self._places)
        self._judged = Lookup(field.judged, "left", "right")
        self._possible = Lookup(field.possible, "left", "right")
        self._alpha = f"{field.level}_alpha_{field.id}"
        known = {name: int(self._places[number]) for number, name in enumerate(field.values.values)}
        self._order = [known.get(label, -1) for label in self._labels]

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan:
        """Return a plan of the measures of two annotators."""
        rows = self._judged.rows(left, right)
        table, cells = self._laid_out(sample, self.field.judged, rows, "count")

        def measured(sums: "list[ndarray]") -> Iterator[Drawn]:
            tables = self._tables(sums[0], cells)
            yield from self._alphas(tables)
            yield self._drawn(f"kappa_{self.field.id}", vectors.cohen_kappa(tables))
            if self._labels:
                yield self._by_label(f"kappa_{self.field.id}", vectors.value_kappas(tables), tables)
            found = vectors.pooled(tables)
            yield self._drawn(f"scott_pi_{self.field.id}", vectors.fleiss_kappa(found))
            yield from self._others(found)

        return Plan([table], measured)

    def of_all(self, sample: Sample) -> Plan:
        """Return a plan of the measures of the findings of all annotators."""
        import numpy

        rows = numpy.arange(len(self.field.coincident.column("document")))
        table, cells = self._laid_out(sample, self.field.coincident, rows, "weight")

        def measured(sums: "list[ndarray]") -> Iterator[Drawn]:
            tables = self._tables(sums[0], cells)
            yield from self._alphas(tables)
            found = vectors.pooled(tables)
            yield self._drawn(f"fleiss_kappa_{self.field.id}", vectors.fleiss_kappa(found))
            if self._labels:
                yield self._by_label(f"fleiss_kappa_{self.field.id}", vectors.value_fleiss_kappas(tables), tables)
            yield from self._others(found)

        return Plan([table], measured)

    def judged(self, measure: str, *pair: int) -> tuple[int, int]:
        """Return the pairs of annotations that both judged; of all, the findings that two or more judged.

        Measures of all that are a mean of pairs count pairs too.
        """
        is_of_pairs = measure.startswith(("kappa_", "scott_pi_"))
        return judged_of(self.field, self._judged, self._possible, pair, is_of_pairs=is_of_pairs)

    # -- measures ------------------------------------------------------------------------------------------------------

    def _alphas(self, tables: "ndarray") -> Iterator[Drawn]:
        yield self._drawn(self._alpha, vectors.coincidence_alpha(tables, ordered=self.field.level is Level.ORDINAL))
        if self._labels:
            yield self._by_label(self._alpha, vectors.value_alphas(tables), tables)

    def _others(self, found: vectors.Pooled) -> Iterator[Drawn]:
        values = max(self.field.offered, self._width)
        yield self._drawn(f"bennett_s_{self.field.id}", vectors.bennett_s(found, values))
        yield self._drawn(f"gwet_ac1_{self.field.id}", vectors.gwet_ac1(found, values))

    @staticmethod
    def _drawn(measure: str, values: "ndarray") -> Drawn:
        return Drawn(measure, Scope.MATCHED, EVERY, values[:, None])

    def _by_label(self, measure: str, values: "ndarray", tables: "ndarray") -> Drawn:
        """Return values by label; those with a label that no one judged are undefined."""
        import numpy

        found = numpy.full((len(values), len(self._labels)), numpy.nan)
        judged = [0] * len(self._labels)
        uses = tables[0].sum(axis=0) + tables[0].sum(axis=1) - numpy.diagonal(tables[0])
        for column, place in enumerate(self._order):
            if place >= 0:
                found[:, column] = values[:, place]
                judged[column] = round(float(uses[place]))
        return Drawn(measure, Scope.MATCHED, self._labels, found, judged)

    # -- tables --------------------------------------------------------------------------------------------------------

    def _laid_out(self, sample: Sample, table: ColumnTable, rows: "ndarray", weight: str) -> "tuple[ndarray, ndarray]":
        """Return the sums by document and by the combinations of two values that occur, and those combinations."""
        import numpy

        document, ours, theirs, weights = (c[rows] for c in table.columns("document", "ours", "theirs", weight))
        known, place = sample.places(document)
        code = self._places[ours[known]] * self._width + self._places[theirs[known]]
        cells, column = numpy.unique(code, return_inverse=True)
        shape = (len(sample), len(cells))
        code = place * len(cells) + column
        laid = numpy.bincount(code, weights=weights[known], minlength=math.prod(shape))
        return laid.reshape(shape), cells

    def _tables(self, sums: "ndarray", cells: "ndarray") -> "ndarray":
        """Return square tables of pairs of values, in the field's order of values."""
        import numpy

        tables = numpy.zeros((len(sums), self._width**2))
        tables[:, cells] = sums
        return tables.reshape(len(sums), self._width, self._width)


def judged_of(
    field: AgreementField, judged: Lookup, possible: Lookup, pair: tuple[int, ...], *, is_of_pairs: bool
) -> tuple[int, int]:
    """Return how many pairs of annotations two annotators judged in a field, and could have; of all the findings, or
    the pairs for a measure that is a mean of pairs.
    """
    if not pair and not is_of_pairs:
        return field.findings, field.in_all
    rows = (judged.rows(*pair), possible.rows(*pair)) if pair else (slice(None), slice(None))
    columns = (field.judged.column("count"), field.possible.column("count"))
    return int(columns[0][rows[0]].sum()), int(columns[1][rows[1]].sum())

"""Agreement on a field whose values are more or less apart: numbers, dates and sets of choices.

Alpha takes the squared difference of numbers as their distance (Krippendorff 2011, “Computing Krippendorff's
alpha-reliability”), and of sets that of MASI (Passonneau 2006, “Measuring agreement on set-valued items (MASI) for
semantic and pragmatic annotation”). Kappa and its kin count values only as equal or not, and so aren't given.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.core.field_values import Level
from app.review.agreement import vectors
from app.review.agreement.attributes import AgreementField
from app.review.agreement.columns import ColumnTable
from app.review.agreement.families import EVERY, Drawn, Family, Plan, Scope
from app.review.agreement.field_family import judged_of
from app.review.agreement.lookup import Lookup
from app.review.agreement.resamples import Sample

if TYPE_CHECKING:
    from numpy import ndarray

_MEAN = "mean_difference_"


class MetricFamily(Family):
    """Alpha of a field with the level INTERVAL or SET; of numbers also the mean absolute difference, in their unit."""

    def __init__(self, field: AgreementField) -> None:
        import numpy

        self.field = field
        self._judged = Lookup(field.judged, "left", "right")
        self._possible = Lookup(field.possible, "left", "right")
        self._is_interval = field.level is Level.INTERVAL
        if self._is_interval:
            places = field.positions()
            self._places = places - (places.mean() if len(places) else 0)  # so that squares of days stay exact
        else:
            sets = field.sets()
            self._apart = numpy.array([[vectors.masi_distance(a, b) for b in sets] for a in sets]).reshape(
                len(sets), len(sets)
            )

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan:
        """Return a plan of the measures of two annotators."""
        return self._planned(sample, self.field.judged, self._judged.rows(left, right), "count", is_pair=True)

    def of_all(self, sample: Sample) -> Plan:
        """Return a plan of alpha of the findings of all annotators."""
        import numpy

        table = self.field.coincident
        return self._planned(sample, table, numpy.arange(len(table.column("document"))), "weight", is_pair=False)

    def judged(self, measure: str, *pair: int) -> tuple[int, int]:
        """Return the pairs of annotations that both judged; of all, the findings that two or more judged."""
        is_of_pairs = measure.startswith(_MEAN)
        return judged_of(self.field, self._judged, self._possible, pair, is_of_pairs=is_of_pairs)

    def _planned(self, sample: Sample, table: ColumnTable, rows: "ndarray", weight: str, *, is_pair: bool) -> Plan:
        document, ours, theirs, weights = (c[rows] for c in table.columns("document", "ours", "theirs", weight))
        known, place = sample.places(document)
        columns = (place, ours[known], theirs[known], weights[known].astype(float))
        laid = self._numbers(len(sample), *columns) if self._is_interval else self._sets(len(sample), *columns)

        def measured(sums: "list[ndarray]") -> Iterator[Drawn]:
            return self._interval(sums[0], is_pair=is_pair) if self._is_interval else self._masi(sums[0])

        return Plan([laid], measured)

    def _numbers(
        self, count: int, place: "ndarray", ours: "ndarray", theirs: "ndarray", weights: "ndarray"
    ) -> "ndarray":
        """Return by document: pairs, their squared and absolute difference, sum of the values and of their squares."""
        import numpy

        one, other = self._places[ours], self._places[theirs]
        apart = one - other
        columns = (1 + 0 * apart, apart**2, abs(apart), one + other, one**2 + other**2)
        return numpy.stack([numpy.bincount(place, weights * column, minlength=count) for column in columns], axis=1)

    @staticmethod
    def _drawn(measure: str, values: "ndarray") -> Drawn:
        return Drawn(measure, Scope.MATCHED, EVERY, values[:, None])

    def _interval(self, sums: "ndarray", *, is_pair: bool) -> Iterator[Drawn]:
        pairs, squared, absolute, first, second = sums.T
        yield self._drawn(f"interval_alpha_{self.field.id}", vectors.interval_alpha(squared, 2 * pairs, first, second))
        if is_pair:
            yield self._drawn(f"{_MEAN}{self.field.id}", vectors.ratio(absolute, pairs))

    def _sets(self, count: int, place: "ndarray", ours: "ndarray", theirs: "ndarray", weights: "ndarray") -> "ndarray":
        """Return by document the distances, and how often each set was used."""
        import numpy

        width = len(self._apart)
        apart = self._apart[ours, theirs] if width else weights
        laid = [numpy.bincount(place, weights * apart, minlength=count)[:, None]]
        uses = sum(
            (numpy.bincount(place * width + side, weights, minlength=count * width) for side in (ours, theirs)),
            numpy.zeros(count * width),
        )
        return numpy.concatenate([*laid, uses.reshape(count, width)], axis=1)

    def _masi(self, sums: "ndarray") -> Iterator[Drawn]:
        yield self._drawn(f"masi_alpha_{self.field.id}", vectors.metric_alpha(sums[:, 0], sums[:, 1:], self._apart))

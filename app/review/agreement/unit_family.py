"""Alpha for unitizing of a pair or of all annotators, from the units of all documents on one continuum."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.review.agreement import vectors
from app.review.agreement.families import ANY, Drawn, Family, Plan, Scope
from app.review.agreement.layer_counts import LayerCounts
from app.review.agreement.lookup import Lookup, laid_out
from app.review.agreement.resamples import Sample
from app.review.agreement.units import Annotated, chances

if TYPE_CHECKING:
    from numpy import ndarray


class _Read(NamedTuple):
    """Who read which document of a sample: `lengths` by document and annotator, 0 if they haven't read it, `offsets`
    where it begins on their continuum; and how much a pair counts in each document.
    """

    people: Sequence[int]
    lengths: "ndarray"
    offsets: "ndarray"
    weight: "ndarray"


class UnitFamily(Family):
    """Alpha for unitizing."""

    def __init__(self, counts: LayerCounts, labels: Sequence[str]) -> None:
        self._labels = labels
        self._order = [counts.marks.labels.number(label) for label in labels]
        self._width = len(counts.marks.labels)
        self._people = len(counts.marks.annotators)
        self._lengths = counts.lengths
        self._readers = counts.readers
        self._sections = Lookup(counts.units.sections, "who", "label")
        self._apart = Lookup(counts.units.apart, "left", "right")

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan:
        """Return a plan of the measure of two annotators."""
        import numpy

        read = numpy.ones((len(sample), 2), dtype=bool)
        apart = self._apart.by_document(sample, (left, right), "apart", by="label", width=self._width)
        return self._planned(sample, self._read(sample, (left, right), read), apart)

    def of_all(self, sample: Sample) -> Plan:
        """Return a plan of the measure of all annotators."""
        import numpy

        read = numpy.zeros((len(sample), self._people), dtype=bool)
        document, who = self._readers.columns("document", "who")
        known, place = sample.places(document)
        read[place, who[known]] = True
        apart = laid_out(self._apart.table, sample, "apart", by="label", width=self._width)
        return self._planned(sample, self._read(sample, range(self._people), read), apart)

    def _read(self, sample: Sample, people: Sequence[int], read: "ndarray") -> _Read:
        """Return who read what. On the continuum, each of several documents ends with a line break."""
        lengths = read * self._lengths[sample.documents][:, None]
        lengths += read & (read.sum(axis=0) > 1)
        order = sample.rank.argsort()
        offsets = lengths * 0
        offsets[order[1:]] = lengths[order].cumsum(axis=0)[:-1]
        return _Read(people, lengths, offsets, 2 / (read.sum(axis=1) - 1))

    def _planned(self, sample: Sample, read: _Read, apart: "ndarray") -> Plan:
        """Plan alpha of each label that was used, and over all labels, whose disagreements are added up."""
        tables = [read.lengths.sum(axis=1)[:, None]]
        used: list[int] = []
        for column, label in enumerate(self._order):
            annotated = [self._annotated(sample, read, at, label) for at in range(len(read.people))]
            if any(len(mine.start) for mine in annotated):
                used.append(column)
                tables.append(self._laid_out(sample, read, annotated, apart[:, label]))

        def measured(sums: "list[ndarray]") -> Iterator[Drawn]:
            return self._measured(sums[0][:, 0], used, sums[1:])

        return Plan(tables, measured)

    def _measured(self, coded: "ndarray", used: Sequence[int], sums: "Sequence[ndarray]") -> Iterator[Drawn]:
        import numpy

        total_observed, total_expected = numpy.zeros(len(coded)), numpy.zeros(len(coded))
        found = numpy.full((len(coded), len(self._labels)), numpy.nan)
        for column, of_label in zip(used, sums, strict=True):
            observed, expected = _disagreements(of_label, coded)
            found[:, column] = 1 - vectors.ratio(observed, expected)
            total_observed, total_expected = total_observed + observed, total_expected + expected
        yield Drawn("alpha_u", Scope.DOCUMENTS, (ANY,), 1 - vectors.ratio(total_observed, total_expected)[:, None])
        if self._labels:
            yield Drawn("alpha_u", Scope.DOCUMENTS, self._labels, found)

    def _annotated(self, sample: Sample, read: _Read, column: int, label: int) -> Annotated:
        """Return an annotator's units on their continuum."""
        import numpy

        rows = self._sections.rows(read.people[column], label)
        document, start, end = (c[rows] for c in self._sections.table.columns("document", "start", "end"))
        known, place = sample.places(document)
        start, end = start[known], end[known]
        sequence = numpy.argsort(read.offsets[place, column] + start, kind="stable")
        offset = read.offsets[place[sequence], column]
        return Annotated(
            offsets=read.offsets[:, column],
            lengths=read.lengths[:, column],
            document=place[sequence],
            start=offset + start[sequence],
            end=offset + end[sequence],
        )

    @staticmethod
    def _laid_out(sample: Sample, read: _Read, annotated: Sequence[Annotated], apart: "ndarray") -> "ndarray":
        """Return the squared distance and what chance follows from, by document."""
        import numpy

        squares = numpy.zeros(len(sample))
        for mine in annotated:
            squares += numpy.bincount(mine.document, weights=(mine.end - mine.start) ** 2.0, minlength=len(sample))
        # Each annotator is in as many pairs as there are others: 2 / (m - 1) for each is 2.
        distance = apart * read.weight + 2 * squares
        return numpy.stack([distance, *chances(annotated)], axis=1)


def _disagreements(sums: "ndarray", coded: "ndarray") -> "tuple[ndarray, ndarray]":
    """Return the observed and the expected disagreement of a label, both times the length of the continuum."""
    distance, units, taken, own, fits, room = sums.T
    ways = (units - 1) * own + vectors.ratio(fits * room, fits[:1], empty=0.0)
    return vectors.ratio(distance, coded), 2 * vectors.ratio(ways, coded * (coded - 1) - taken)

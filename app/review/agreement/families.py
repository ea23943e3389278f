"""Measures in families: each takes the counts of a layer, and gives its measures of a pair, or of all annotators."""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from app.review.agreement import vectors
from app.review.agreement.layer_counts import LayerCounts
from app.review.agreement.lookup import Lookup, laid_out
from app.review.agreement.matchings import MODES, Mode
from app.review.agreement.resamples import Sample

if TYPE_CHECKING:
    from numpy import ndarray

ANY = None
"""In place of a label: all of them."""

EVERY = (ANY,)
"""The labels of a measure that has no values by label."""
_CREDIT = {Mode.EXACT: ("",), Mode.OVERLAP: ("",), Mode.PARTIAL: ("precise", "recalled")}


class Scope(Enum):
    """What `used` and `total` of a measure count: documents, characters, words, or matched annotations. Of RELATIONS it
    is documents, but `n` counts relations.
    """

    DOCUMENTS = "documents"
    CHARACTERS = "characters"
    WORDS = "words"
    RELATIONS = "relations"
    MATCHED = "matched"


class Drawn(NamedTuple):
    """A measure: values over all documents, and below them those of each resample, in a column for each label.

    `judged` has for each label how many matched annotations were judged, if that differs from those of the family.
    """

    measure: str
    scope: Scope
    labels: Sequence[str | None]
    values: "ndarray"
    judged: Sequence[int] = ()


class Plan(NamedTuple):
    """Tables with a row for each document of a sample, and what to make of their sums (see `Sample.sums`)."""

    tables: "list[ndarray]"
    measure: "Callable[[list[ndarray]], Iterator[Drawn]]"


class Family:
    """Measures that follow from the same sums."""

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan | None:
        """Return a plan of the measures of two annotators (numbers), in the documents that both have finished."""
        return None

    def of_all(self, sample: Sample) -> Plan | None:
        """Return a plan of the measures of all annotators that aren't the mean of the pairs'."""
        return None

    def judged(self, measure: str, *pair: int) -> tuple[int, int]:
        """Return for a measure of matched annotations how many were judged and how many could be, by two annotators
        (numbers) or by all.
        """
        raise KeyError(measure)


class SpanFamily(Family):
    """Precision, recall and F1 of annotations: exact, by overlap, and with partial credit.

    With `one_sided`, precision and recall are given by label too.
    """

    def __init__(self, counts: LayerCounts, labels: Sequence[str], *, one_sided: bool = False) -> None:
        self._labels = labels
        self._one_sided = one_sided
        self._width = len(counts.marks.labels)
        self._order = [counts.marks.labels.number(label) for label in labels]
        self._given = Lookup(counts.given, "who")
        self._matched = Lookup(counts.matched, "left", "right")
        self._kinds, self._label = counts.matched.columns("kinds", "label")

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan:
        """Return a plan of the measures of two annotators."""
        tables = [
            self._given.by_document(sample, (who,), "count", by="label", width=self._width) for who in (left, right)
        ]
        rows = self._matched.rows(left, right)
        for (mode, labelled), kind in MODES.items():
            chosen = rows[(self._kinds[rows] & kind) > 0]
            label = self._label[chosen] if labelled else None
            for column in _CREDIT[mode]:
                tables.append(self._matched.laid_out(sample, chosen, column, by=label, width=self._width))
        return Plan(tables, self._measured)

    def _measured(self, sums: "list[ndarray]") -> Iterator[Drawn]:
        left, right, *credit = sums
        total = [size.sum(axis=1, keepdims=True) for size in (left, right)]
        credits = iter(credit)
        for mode, labelled in MODES:
            earned = [next(credits) for _ in _CREDIT[mode]]
            every = [column.sum(axis=1, keepdims=True) for column in earned]
            name = f"{mode.value}_label" if labelled else mode.value
            yield Drawn(f"{name}_precision", Scope.DOCUMENTS, EVERY, vectors.precision(every[0], *total))
            yield Drawn(f"{name}_recall", Scope.DOCUMENTS, EVERY, vectors.recall(every[-1], *total))
            yield Drawn(f"{name}_f1", Scope.DOCUMENTS, EVERY, vectors.f1(every[0], every[-1], *total))
            if not (labelled and self._labels):
                continue
            by_label = {"f1": vectors.f1(earned[0], earned[-1], left, right)}
            if self._one_sided:
                by_label["precision"] = vectors.precision(earned[0], left, right)
                by_label["recall"] = vectors.recall(earned[-1], left, right)
            for part, found in by_label.items():
                yield Drawn(f"{name}_{part}", Scope.DOCUMENTS, self._labels, found[:, self._order])


class _CharacterSums(NamedTuple):
    """Sums of a sample: coded characters (those of each annotator added up), characters marked, marked by both of a
    pair and with the same value; uses of each value; and by label, characters that both of a pair have it for. What is
    of pairs is weighted by 2 / (m - 1), where m annotators read a document.
    """

    coded: "ndarray"
    marked: "ndarray"
    both: "ndarray"
    same: "ndarray"
    values: "ndarray"
    common: "ndarray"


class CharacterFamily(Family):
    """Alpha, F1 and IoU of characters."""

    def __init__(self, counts: LayerCounts, labels: Sequence[str]) -> None:
        self._labels = labels
        self._order = [counts.marks.labels.number(label) for label in labels]
        self._width = len(counts.marks.labels)
        self._lengths = counts.lengths
        self._coverage = coverage = counts.coverage
        self._members = coverage.members(self._width)
        self._sizes = Lookup(coverage.sizes, "who")
        self._shared = Lookup(coverage.shared, "left", "right")
        self._common = Lookup(coverage.labels, "left", "right")
        self._readers = counts.readers.column("document")

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan:
        """Return a plan of the measures of two annotators."""
        import numpy

        width = len(self._coverage.values)
        ours, theirs = (
            self._sizes.by_document(sample, (who,), "size", by="value", width=width) for who in (left, right)
        )
        pair = (left, right)
        both, same = (self._shared.by_document(sample, pair, name)[:, 0] for name in ("both", "same"))
        common = self._common.by_document(sample, pair, "size", by="label", width=self._width)
        length = self._lengths[sample.documents]
        base = numpy.stack([length, ours.sum(axis=1), theirs.sum(axis=1), both, same], axis=1)
        return Plan([base, ours + theirs, common], self._measured)

    def _measured(self, sums: "list[ndarray]") -> Iterator[Drawn]:
        length, left, right, both, same = sums[0].T
        yield Drawn("char_f1", Scope.CHARACTERS, EVERY, vectors.area_f1(both, left, right)[:, None])
        yield Drawn("char_iou", Scope.CHARACTERS, EVERY, vectors.iou(both, left, right)[:, None])
        yield from self._alphas(_CharacterSums(2 * length, left + right, 2 * both, 2 * same, sums[1], 2 * sums[2]))

    def of_all(self, sample: Sample) -> Plan:
        """Return a plan of alpha of all annotators."""
        import numpy

        coverage = self._coverage
        _, place = sample.places(self._readers)
        readers = numpy.bincount(place, minlength=len(sample))
        weight = (2 / (readers - 1))[:, None]
        both, same = (laid_out(coverage.shared, sample, name) * weight for name in ("both", "same"))
        values = laid_out(coverage.sizes, sample, "size", by="value", width=len(coverage.values))
        common = laid_out(coverage.labels, sample, "size", by="label", width=self._width) * weight
        coded = self._lengths[sample.documents] * readers
        base = numpy.stack([coded, values.sum(axis=1), both[:, 0], same[:, 0]], axis=1)
        return Plan([base, values, common], self._measured_of_all)

    def _measured_of_all(self, sums: "list[ndarray]") -> Iterator[Drawn]:
        coded, marked, both, same = sums[0].T
        yield from self._alphas(_CharacterSums(coded, marked, both, same, sums[1], sums[2]))

    def _alphas(self, sums: _CharacterSums) -> Iterator[Drawn]:
        """Yield alpha of the sets of labels, of marked or not, and of each label or not.

        In a document with m annotators, each is in m - 1 pairs, so what one marked and another didn't is 2 (what each
        marked - what both marked of each pair / (m - 1)).
        """
        import numpy

        marked, values = sums.marked, sums.values.copy()
        values[:, 0] = sums.coded - marked
        found = vectors.alpha(2 * marked - sums.both - sums.same, values)
        yield Drawn("char_alpha", Scope.CHARACTERS, EVERY, found[:, None])
        found = vectors.alpha(2 * (marked - sums.both), numpy.stack([sums.coded - marked, marked], axis=-1))
        yield Drawn("char_alpha_any", Scope.CHARACTERS, EVERY, found[:, None])
        if self._labels:
            used = (sums.values @ self._members)[:, self._order]
            uses = numpy.stack([sums.coded[:, None] - used, used], axis=-1)
            found = vectors.alpha(2 * (used - sums.common[:, self._order]), uses)
            yield Drawn("char_alpha", Scope.CHARACTERS, self._labels, found)


class EvidenceFamily(Family):
    """F1 of the evidence of matched annotations."""

    def __init__(self, counts: LayerCounts) -> None:
        self._evidence = Lookup(counts.evidence, "left", "right")
        self._proved = counts.evidence.column("both")

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan:
        """Return a plan of the measure of two annotators."""
        import numpy

        columns = [self._evidence.by_document(sample, (left, right), name) for name in ("shared", "ours", "theirs")]
        return Plan([numpy.concatenate(columns, axis=1)], self._measured)

    @staticmethod
    def _measured(sums: "list[ndarray]") -> Iterator[Drawn]:
        yield Drawn("evidence_f1", Scope.MATCHED, EVERY, vectors.area_f1(*sums[0].T)[:, None])

    def judged(self, measure: str, *pair: int) -> tuple[int, int]:
        """Return the matched annotations that both have evidence, and those of which either has."""
        proved = self._proved[self._evidence.rows(*pair)] if pair else self._proved
        return int(proved.sum()), len(proved)


class GammaFamily(Family):
    """Gamma, which is of all annotators."""

    def __init__(self, counts: LayerCounts) -> None:
        self._gamma = counts.gamma

    def of_all(self, sample: Sample) -> Plan:
        """Return a plan of gamma from the sums of observed and of expected disorder."""
        return Plan([laid_out(self._gamma, sample, name) for name in ("observed", "expected")], self._measured)

    @staticmethod
    def _measured(sums: "list[ndarray]") -> Iterator[Drawn]:
        yield Drawn("gamma", Scope.DOCUMENTS, EVERY, 1 - vectors.ratio(*sums))

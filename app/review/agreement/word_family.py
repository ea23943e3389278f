"""Cohen's kappa of words: what label each word has for one annotator and for the other, or that it has none.

kappa = (Ao - Ae) / (1 - Ae), with Ao the share of words that have the same label for both, and Ae the sum over labels
of the product of both annotators' shares (Cohen 1960, “A coefficient of agreement for nominal scales”). A word has a
label if a mark covers a character of it; with several, their set is its value, and without any, none is a value too.

The many words that nobody marked count as agreement, which raises kappa the more the rarer marks are; there is no
number of places that could have been marked to begin with. So for marks, F1 is recommended instead (Hripcsak and
Rothschild 2005; Deleger et al. 2012; Brandsen et al. 2020, who report .82 over all words, .67 over those that were
marked and a span F1 of .95 for one corpus).
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from app.review.agreement import vectors
from app.review.agreement.families import EVERY, Drawn, Family, Plan, Scope
from app.review.agreement.layer_counts import LayerCounts
from app.review.agreement.lookup import Lookup
from app.review.agreement.resamples import Sample

if TYPE_CHECKING:
    from numpy import ndarray


class WordFamily(Family):
    """Kappa of words, over all labels, and by label of having it or not."""

    def __init__(self, counts: LayerCounts, labels: Sequence[str]) -> None:
        self._labels = labels
        self._order = [counts.marks.labels.number(label) for label in labels]
        self._width = len(counts.marks.labels)
        self._words = counts.words
        self._values = len(counts.worded.values)
        self._members = counts.worded.members(self._width)
        self._sizes = Lookup(counts.worded.sizes, "who")
        self._shared = Lookup(counts.worded.shared, "left", "right")
        self._common = Lookup(counts.worded.labels, "left", "right")

    def of_pair(self, sample: Sample, left: int, right: int) -> Plan:
        """Return a plan of the measure of two annotators."""
        import numpy

        ours, theirs = (
            self._sizes.by_document(sample, (who,), "size", by="value", width=self._values) for who in (left, right)
        )
        pair = (left, right)
        both, same = (self._shared.by_document(sample, pair, name)[:, 0] for name in ("both", "same"))
        common = self._common.by_document(sample, pair, "size", by="label", width=self._width)
        return Plan(
            [numpy.stack([self._words[sample.documents], both, same], axis=1), ours, theirs, common], self._kappas
        )

    def _kappas(self, sums: "list[ndarray]") -> Iterator[Drawn]:
        import numpy

        base, ours, theirs, common = sums
        words, both, same = base.T
        marked = [side.sum(axis=1) for side in (ours, theirs)]
        sides = [side.copy() for side in (ours, theirs)]
        for side, covered in zip(sides, marked, strict=True):
            side[:, 0] = words - covered
        agreed = words - marked[0] - marked[1] + both + same
        yield Drawn("token_kappa", Scope.WORDS, EVERY, vectors.kappa(agreed, *sides)[:, None])
        if self._labels:
            used = [(side @ self._members)[:, self._order] for side in (ours, theirs)]
            every = words[:, None]
            halves = [numpy.stack([every - uses, uses], axis=-1) for uses in used]
            found = vectors.kappa(every - used[0] - used[1] + 2 * common[:, self._order], *halves)
            yield Drawn("token_kappa", Scope.WORDS, self._labels, found)

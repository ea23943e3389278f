"""Precision, recall and F of a model, by label, with the numbers that they are of."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

Found = tuple[int, int, str]
"""Start, end and label, in one text."""


class LabelScore(msgspec.Struct, frozen=True, array_like=True):
    """How often a label was given (`gold`), found, and found with just the range that was given (`right`)."""

    label: str
    gold: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """The share of what was found that is right; 0 if nothing was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of what was given that was found; 0 if nothing was given."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.gold + self.found
        return 2 * self.right / total if total else 0.0


class ModelScores(msgspec.Struct, frozen=True, array_like=True):
    """The scores of all labels, in a fixed order."""

    labels: tuple[LabelScore, ...]

    @property
    def whole(self) -> LabelScore:
        """All labels together (micro average)."""
        each = self.labels
        return LabelScore("all", sum(s.gold for s in each), sum(s.found for s in each), sum(s.right for s in each))


def scored(labels: Sequence[str], texts: Iterable[tuple[set[Found], set[Found]]]) -> ModelScores:
    """Return the scores over texts, each with what was given in it and what was found."""
    gold, found, right = Counter[str](), Counter[str](), Counter[str]()
    for given, got in texts:
        gold.update(label for _, _, label in given)
        found.update(label for _, _, label in got)
        right.update(label for _, _, label in given & got)
    order = [*labels, *sorted({*gold, *found} - set(labels))]
    return ModelScores(tuple(LabelScore(label, gold[label], found[label], right[label]) for label in order))

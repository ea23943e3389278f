"""How likely suggestions are to be accepted: what scores mean, learnt from known pairs and from people's answers.

Scores of two suggesters aren't comparable, so each suggester, version and label has a curve of its own:

1. Scores are put into bins of 0.05; those without a score share one.
2. What the suggester's version got right in the pairs that ship with Stet counts as at most SHIPPED answers, so that a
   few dozen answers of people outweigh it.
3. The mean of all answers of the version is (right + 1) / (all + 2), the mean of a Beta(1, 1) prior after them:
   Laplace's rule of succession.
4. A bin's mean is (right + w m) / (all + w), with the mean m of 3 as the prior and PRIOR answers spread evenly over the
   bins as its weight w.
5. Isotonic regression (pool adjacent violators: Ayer et al. 1955; for calibration, Zadrozny and Elkan, KDD 2002) makes
   the means rise with the score.
6. A label's curve is made like that from the answers with the label, with the version's curve in place of m and
   LABEL_PRIOR answers.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

BINS = 20
SHIPPED, PRIOR, LABEL_PRIOR = 20.0, 2.0, 4.0
RETIRED_AFTER, RETIRED_BELOW = 30, 0.3
NO_SCORE = -1


class AnswerTally(NamedTuple):
    """How many of a number of suggestions were right, or accepted."""

    right: float = 0
    of: float = 0

    @property
    def share(self) -> float | None:
        """The share that was right; None without any."""
        return self.right / self.of if self.of else None

    def plus(self, other: "AnswerTally", weight: float = 1) -> "AnswerTally":
        """Return the sum with another one, each of which counts `weight` times."""
        return AnswerTally(self.right + weight * other.right, self.of + weight * other.of)


Bins = Mapping[int, AnswerTally]
"""Tallies by bin of the score."""


class MakerVersion(NamedTuple):
    """A suggester as suggestions name it, with its version."""

    maker: str
    version: str


def bin_of(score: float | None) -> int:
    """Return the bin of a score."""
    return NO_SCORE if score is None else min(BINS, max(0, round(score * BINS)))


def is_retired(answers: AnswerTally) -> bool:
    """Return whether a suggester's version retires itself, given everyone's answers to it."""
    return answers.of >= RETIRED_AFTER and answers.right / answers.of < RETIRED_BELOW


def total(bins: Bins) -> AnswerTally:
    """Return the sum over all bins."""
    return AnswerTally(sum(each.right for each in bins.values()), sum(each.of for each in bins.values()))


class Curve:
    """The probability of being accepted by score: a step function that rises. `mean` is said where nothing is known."""

    def __init__(self, steps: Mapping[int, float], otherwise: float) -> None:
        self._steps = dict(sorted(steps.items()))
        self.mean = otherwise

    def at(self, at: int) -> float:
        """Return the probability at a bin: of the next lower one with answers, or else of the lowest.

        Suggestions with and without a score tell nothing of each other.
        """
        found = None
        for edge, value in self._steps.items():
            if (edge == NO_SCORE) is (at == NO_SCORE) and (found is None or edge <= at):
                found = value
        return self.mean if found is None else found


def version_curve(shipped: Bins, answered: Bins) -> Curve:
    """Return the curve of a suggester's version, from the shipped pairs and what people answered."""
    weight = min(1.0, SHIPPED / total(shipped).of) if total(shipped).of else 0.0
    bins = {
        at: answered.get(at, AnswerTally()).plus(shipped.get(at, AnswerTally()), weight) for at in {*shipped, *answered}
    }
    right, of = total(bins)
    mean = (right + 1) / (of + 2)
    return Curve(_rising(bins, dict.fromkeys(bins, mean), PRIOR), mean)


def label_curve(version: Curve, answered: Bins) -> Curve:
    """Return the curve of a label, from the curve of its suggester's version and the answers with the label."""
    if not answered:
        return version
    return Curve(_rising(answered, {at: version.at(at) for at in answered}, LABEL_PRIOR), version.mean)


def _rising(bins: Bins, prior: Mapping[int, float], strength: float) -> dict[int, float]:
    """Return the means of the bins with a prior, pooled where they would fall with the score."""
    spread = strength / len(bins) if bins else 0.0
    blocks: list[tuple[float, float, list[int]]] = []  # mean, weight, bins
    for at, (right, of) in sorted(bins.items()):
        blocks.append(((right + spread * prior[at]) / (of + spread), of + spread, [at]))
        while len(blocks) > 1 and blocks[-2][2] != [NO_SCORE] and blocks[-2][0] > blocks[-1][0]:
            high, low = blocks.pop(), blocks.pop()
            weight = high[1] + low[1]
            blocks.append(((high[0] * high[1] + low[0] * low[1]) / weight, weight, low[2] + high[2]))
    return {at: mean for mean, _, inside in blocks for at in inside}


class Calibration:
    """The curves of all suggesters, versions and labels."""

    def __init__(
        self,
        shipped: Mapping[MakerVersion, Bins],
        answered: Iterable[tuple[MakerVersion, tuple[str, str], int, AnswerTally]],
    ) -> None:
        """Make it from the shipped table and from answers by suggester, (layer, label) and bin."""
        self._shipped = shipped
        self._versions: dict[MakerVersion, dict[int, AnswerTally]] = {}
        self._labels: dict[tuple[MakerVersion, tuple[str, str]], dict[int, AnswerTally]] = {}
        for maker, label, at, tally in answered:
            for bins in (self._versions.setdefault(maker, {}), self._labels.setdefault((maker, label), {})):
                bins[at] = bins.get(at, AnswerTally()).plus(tally)
        self._curves: dict[MakerVersion, Curve] = {}
        self._label_curves: dict[tuple[MakerVersion, tuple[str, str]], Curve] = {}

    def chance(self, maker: MakerVersion, label: tuple[str, str], score: float | None) -> float:
        """Return the probability that a suggestion is accepted; 0.5 where nothing is known."""
        found = self._label_curves.get((maker, label))
        if found is None:
            curve = self._curves.get(maker)
            if curve is None:
                shipped = self._shipped.get(MakerVersion(base_of(maker.maker), maker.version), {})
                curve = self._curves[maker] = version_curve(
                    self._shipped.get(maker, shipped), self._versions.get(maker, {})
                )
            found = label_curve(curve, self._labels.get((maker, label), {}))
            self._label_curves[maker, label] = found
        return found.at(bin_of(score))

    def answers(self, maker: MakerVersion, label: tuple[str, str]) -> AnswerTally:
        """Return how many suggestions of a suggester's version with a label were accepted, of those answered."""
        return total(self._labels.get((maker, label), {}))

    def answers_of_all(self) -> int:
        """Return how many answers it is made from."""
        return round(sum(total(bins).of for bins in self._versions.values()))


def base_of(maker: str) -> str:
    """Return a suggester's name without its variant."""
    return maker.partition(":")[0]

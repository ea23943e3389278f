"""The error score: penalty points per 1,000 words. What is said of the document as a whole has none."""

from collections.abc import Iterable
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.scheme import SEVERITY, Scheme
from app.core.wording import rounded

WORDS_PER = 1000


class Score(NamedTuple):
    """Counts and penalty of one document. `per_1000_words` is None for a text without words."""

    by_layer: dict[str, int]
    by_severity: dict[str, int]
    penalty: float
    words: int
    per_1000_words: float | None


class Tally:
    """Running counts, updated as a document's annotations are added and removed."""

    def __init__(self, scheme: Scheme, *, words: int) -> None:
        self._scheme = scheme
        self._words = words
        self._by_layer = {layer.id: 0 for layer in scheme.layers}
        self._by_severity = {severity.id: 0 for severity in scheme.severities}
        self._penalties: dict[float, int] = {}

    def add(self, annotation: Annotation, count: int = 1) -> None:
        """Count an annotation; with -1, discount it."""
        self._by_layer[annotation.layer] = self._by_layer.get(annotation.layer, 0) + count
        if not annotation.attributes or self._scheme.is_about_document(annotation.layer):
            return  # neither severity nor weight, or not an error in the text, whose words are counted
        severity = annotation.attributes.get(SEVERITY)
        if severity in self._by_severity:
            self._by_severity[severity] += count
        weight = self._scheme.weight(annotation)
        if weight:
            # Counts of weights, not a running sum: adding and subtracting floats might not end at exactly zero.
            self._penalties[weight] = self._penalties.get(weight, 0) + count

    def score(self) -> Score:
        """Return the score: sum of severity weights x 1,000 / words, as in translation-quality scoring (MQM)."""
        penalty = rounded(sum(weight * count for weight, count in sorted(self._penalties.items())))
        rate = rounded(penalty * WORDS_PER / self._words) if self._words else None
        return Score(dict(self._by_layer), dict(self._by_severity), penalty, self._words, rate)


def score(annotations: Iterable[Annotation], *, words: int, scheme: Scheme) -> Score:
    """Return the score of a set of annotations."""
    tally = Tally(scheme, words=words)
    for annotation in annotations:
        tally.add(annotation)
    return tally.score()

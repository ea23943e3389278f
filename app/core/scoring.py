"""The error score: penalty points per 1,000 words."""

from collections.abc import Iterable
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.scheme import SEVERITY, Scheme

WORDS_PER = 1000


class Score(NamedTuple):
    """Counts and penalty of one document. `per_1000_words` is None for a text without words."""

    by_layer: dict[str, int]
    by_severity: dict[str, int]
    penalty: float
    words: int
    per_1000_words: float | None


def count_words(text: str) -> int:
    """Return the number of words, split at white space."""
    return len(text.split())


def score(annotations: Iterable[Annotation], *, words: int, scheme: Scheme) -> Score:
    """Sum up the weights of severities, as translation-quality scoring does: sum x 1,000 / words."""
    by_layer = {layer.id: 0 for layer in scheme.layers}
    by_severity = {severity.id: 0 for severity in scheme.severities}
    penalty = 0.0
    for annotation in annotations:
        by_layer[annotation.layer] = by_layer.get(annotation.layer, 0) + 1
        severity = annotation.attributes.get(SEVERITY)
        if severity in by_severity:
            by_severity[severity] += 1
        penalty += scheme.weight(annotation)
    return Score(by_layer, by_severity, penalty, words, penalty * WORDS_PER / words if words else None)

"""How much of a text its references speak of, and the other way round."""

from app.suggesters.hints.alignment import Counterpart, align
from app.suggesters.hints.comparison import Comparison

SUMMARY = 1.25
"""A text that is at most this long, in terms of its references, is taken to retell them."""


def is_summary(comparison: Comparison) -> bool:
    """Return whether a text isn't longer than its references, so that it can be taken to sum them up."""
    length = sum(len(reference.text) for reference in comparison.references)
    return len(comparison.text.text) <= SUMMARY * length


def covered_share(comparison: Comparison) -> float:
    """Return the share of a text's sentences that a reference covers."""
    return comparison.get(_covered_share)


def _covered_share(comparison: Comparison) -> float:
    sentences = range(len(comparison.parsed.sentences))
    return sum(map(comparison.covers, sentences)) / max(1, len(sentences))


def told(comparison: Comparison) -> tuple[tuple[tuple[Counterpart, ...], ...], ...]:
    """Return, for each sentence of each reference, the sentences of the text that may tell it, the best first."""
    return comparison.get(_told)


def _told(comparison: Comparison) -> tuple[tuple[tuple[Counterpart, ...], ...], ...]:
    return tuple(align(reference, (comparison.text,)) for reference in comparison.references)

"""Pairs of a value of the text and another value that a reference gives for the same thing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.dates import StatedDate
from app.suggesters.hints.quantities import Quantity
from app.suggesters.hints.value_mentions import Mention, likeness

V = TypeVar("V", Quantity, StatedDate)

_BY_ALIGNMENT = 3.0
_ALONE = 1.0
_BESIDE = 0.5
_AS_GOOD = 0.25


class ValuePair(NamedTuple, Generic[V]):
    """A mention of the text, one of the reference with this index, and how much speaks for one thing.

    `likeness` is that of what both are said of; `strength` also counts how well their sentences agree (0 in `aligned`
    if they aren't aligned at all), and whether there was a choice.
    """

    ours: Mention[V]
    theirs: Mention[V]
    reference: int
    likeness: float
    aligned: float
    strength: float


MentionsBySentence = Callable[[int], "dict[int, list[Mention[V]]]"]


def aligned_pairs(
    comparison: Comparison,
    ours: Mention[V],
    theirs: Sequence["dict[int, list[Mention[V]]]"],
    fits: Callable[[V, V], bool],
) -> list[ValuePair[V]]:
    """Return the pairs of a mention with those of the sentences aligned with its own, the strongest first.

    `theirs` has the mentions of each reference by sentence; `fits` tells which values can be compared.
    """
    found: list[ValuePair[V]] = []
    for (reference, sentence), aligned in _near_counterparts(comparison, ours.sentence).items():
        there = theirs[reference].get(sentence, ())
        fitting = [mention for mention in there if fits(ours.value, mention.value)]
        same_verb = [mention for mention in fitting if ours.verb and mention.verb == ours.verb]
        for mention in fitting:
            alone = _ALONE if len(fitting) == 1 or same_verb == [mention] else 0.0
            like = likeness(ours, mention)
            strength = like + _BY_ALIGNMENT * aligned + alone
            found.append(ValuePair(ours, mention, reference, like, aligned, strength))
    return sorted(found, key=order_of_pairs)


def _near_counterparts(comparison: Comparison, sentence: int) -> dict[tuple[int, int], float]:
    """Return how well each sentence of a reference (reference, sentence) agrees with one of the text.

    A sentence beside a counterpart may go on telling the same, with “it” or “the conversation” for what is named there.
    """
    found: dict[tuple[int, int], float] = {}
    counterparts = comparison.counterparts(sentence)
    for reference, there, score in counterparts:
        for place, share in (((reference, there), score), ((reference, there - 1), 0.0), ((reference, there + 1), 0.0)):
            found[place] = max(found.get(place, 0.0), share or score * _BESIDE)
    return found


def distant_pairs(
    ours: Mention[V],
    theirs: Sequence["dict[str, list[Mention[V]]]"],
    fits: Callable[[V, V], bool],
    keys: Sequence[str],
) -> Iterator[ValuePair[V]]:
    """Yield the pairs of a mention with those that the references have under one of these keys, such as its noun."""
    for number, by_key in enumerate(theirs):
        there = {mention.word: mention for key in keys for mention in by_key.get(key, ())}
        yield from pairs_with(ours, number, there.values(), fits)


def pairs_with(
    ours: Mention[V], reference: int, theirs: Iterable[Mention[V]], fits: Callable[[V, V], bool]
) -> Iterator[ValuePair[V]]:
    """Yield the pairs of a mention with those of a reference, by its index, that fit it."""
    for mention in theirs:
        if fits(ours.value, mention.value):
            like = likeness(ours, mention)
            yield ValuePair(ours, mention, reference, like, 0.0, like)


def order_of_pairs(pair: "ValuePair[V]") -> tuple[float, float, int]:
    """Return the key that sorts the strongest pair first."""
    return (-round(pair.strength, 6), -pair.aligned, pair.theirs.value.start)


def undisputed(pairs: Sequence[ValuePair[V]], same: Callable[[V, V], bool]) -> ValuePair[V] | None:
    """Return the strongest pair, unless another one with another value is nearly as strong."""
    if not pairs:
        return None
    best = pairs[0]
    rivals = [pair for pair in pairs[1:] if not same(pair.theirs.value, best.theirs.value)]
    if any(rival.strength > best.strength - _AS_GOOD for rival in rivals):
        return None
    return best

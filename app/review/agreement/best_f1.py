"""The one-to-one matching with the highest F1, where each pair earns other credit for precision than for recall."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.review.matches import best_matching, components

_MOST_NODES = 6  # on the smaller side of a component that is solved completely
_MOST_CHOICES = 4000
_SHARES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)


class Pairing(NamedTuple):
    """A pair that may be matched, and what it would add to precision and to recall, each times the number of
    annotations on that side.
    """

    left: int
    right: int
    precise: float
    recalled: float


class _Choice(NamedTuple):
    """Credits of a matching, and its pairs (indices)."""

    precise: float
    recalled: float
    pairs: tuple[int, ...] = ()


def best_f1(pairs: Sequence[Pairing], lefts: int, rights: int) -> list[int]:
    """Return the pairs (indices) of the matching with the greatest F1 among so many annotations on either side.

    Components that share no annotation can be matched independently. Of each, only those matchings matter that no
    other one surpasses in both credits; from their combinations, the best is chosen.
    """

    def f1(choice: _Choice) -> float:
        precision, recall = choice.precise / lefts, choice.recalled / rights
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    place = {(pair.left, pair.right): index for index, pair in enumerate(pairs)}
    found = [_Choice(0.0, 0.0)]
    for group in components(sorted(place)):
        options = _unsurpassed(_matchings([place[node] for node in group], pairs))
        if len(options) == 1:
            found = [_joined(choice, options[0]) for choice in found]
        else:
            found = _unsurpassed(_joined(choice, option) for choice in found for option in options)
            found = sorted(found, key=f1, reverse=True)[:_MOST_CHOICES]
    # Of equally good ones, the one with more credit in all, whichever side earns it.
    best = max(found, key=lambda choice: (round(f1(choice), 12), choice.precise / lefts + choice.recalled / rights))
    return sorted(best.pairs)


def _joined(one: _Choice, other: _Choice) -> _Choice:
    return _Choice(one.precise + other.precise, one.recalled + other.recalled, one.pairs + other.pairs)


def _unsurpassed(choices: Iterable[_Choice]) -> list[_Choice]:
    kept: list[_Choice] = []
    for choice in sorted(choices, key=lambda choice: (-choice.precise, -choice.recalled, choice.pairs)):
        if not kept or choice.recalled > kept[-1].recalled + 1e-12:
            kept.append(choice)
    return kept


def _matchings(group: Sequence[int], pairs: Sequence[Pairing]) -> list[_Choice]:
    """Return the matchings of a component that may be part of the best one."""
    if len(group) == 1:
        (index,) = group
        return [_Choice(pairs[index].precise, pairs[index].recalled, (index,))]
    lefts, rights = {pairs[index].left for index in group}, {pairs[index].right for index in group}
    if min(len(lefts), len(rights)) <= _MOST_NODES:
        return _all_matchings(group, pairs, turned=len(rights) < len(lefts))
    # Too large to try all: those that are best by some weight of precision against recall.
    found: list[_Choice] = []
    for share in _SHARES:
        nodes = {(pairs[index].left, pairs[index].right): index for index in group}
        weights = {
            node: share * pairs[index].precise + (1 - share) * pairs[index].recalled for node, index in nodes.items()
        }
        chosen = tuple(nodes[node] for node in best_matching(weights))
        credits = (sum(pairs[index].precise for index in chosen), sum(pairs[index].recalled for index in chosen))
        found.append(_Choice(*credits, chosen))
    return found


def _all_matchings(group: Sequence[int], pairs: Sequence[Pairing], *, turned: bool) -> list[_Choice]:
    """Go through the annotations of the larger side, and keep the unsurpassed choices by which of the smaller are
    taken.
    """
    small = {
        node: 1 << number
        for number, node in enumerate(sorted({pairs[i].right if turned else pairs[i].left for i in group}))
    }
    by_large: dict[int, list[int]] = {}
    for index in group:
        by_large.setdefault(pairs[index].left if turned else pairs[index].right, []).append(index)
    states: dict[int, list[_Choice]] = {0: [_Choice(0.0, 0.0)]}
    for large in sorted(by_large):
        grown = {taken: list(choices) for taken, choices in states.items()}
        for taken, choices in states.items():
            for index in by_large[large]:
                bit = small[pairs[index].right if turned else pairs[index].left]
                if not taken & bit:
                    more = _Choice(pairs[index].precise, pairs[index].recalled, (index,))
                    grown.setdefault(taken | bit, []).extend(_joined(choice, more) for choice in choices)
        states = {taken: _unsurpassed(choices) for taken, choices in grown.items()}
    return [choice for choices in states.values() for choice in choices]

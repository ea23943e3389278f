"""Finding patterns of tokens: what spaCy's Matcher would find, in time that no pattern can blow up.

The Matcher follows every way in which a pattern may fit: a few tokens that may be missing or repeated, one after the
other, take it longer than anyone waits. Here a set of places in the pattern is a whole number, whose bits each token
moves on (Baeza-Yates and Gonnet, CACM 35, 1992; with optional and repeated ones, Navarro and Raffinot, Flexible
Pattern Matching in Strings, 2002). From each token on that takes as many steps as the match has tokens, at most
MOST_LONG.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from app.core.token_pattern import TokenRule, TokenTest

if TYPE_CHECKING:
    from spacy.tokens import Token

MOST_LONG = 100
"""Tokens of a match."""

NEEDS_TAGS = frozenset(("LEMMA", "POS", "TAG"))
NEEDS_NAMES = frozenset(("ENT_TYPE",))


def keys_of(tokens: Sequence[TokenRule]) -> set[str]:
    """Return what a pattern asks of tokens."""
    return {test.key for rule in tokens for test in rule.tests}


class TokenMatcher:
    """Finds one pattern."""

    def __init__(self, tokens: Sequence[TokenRule]) -> None:
        places = [place for rule in tokens for place in _places(rule)]
        self._rules = [rule for rule, _, _ in places]
        self._distinct = list(dict.fromkeys(self._rules))
        self._masks = [sum(1 << at for at, each in enumerate(self._rules) if each == rule) for rule in self._distinct]
        self._skips = sum(1 << at for at, (_, may_miss, _) in enumerate(places) if may_miss)
        self._stays = sum(1 << at for at, (_, _, may_stay) in enumerate(places) if may_stay)
        self._end = 1 << len(places)

    def find(self, tokens: Sequence["Token"], most: int) -> Iterator[tuple[int, int]]:
        """Yield the longest match from each token on, as numbers of its first token and of that behind its last; `most`
        of them. Matches may overlap.
        """
        fitting = [self._fitting(token) for token in tokens]
        begin = self._closed(1)
        found = 0
        for start in range(len(tokens)):
            end = self._end_from(start, begin, fitting)
            if end > start:
                yield start, end
                found += 1
                if found >= most:
                    return

    def _fitting(self, token: "Token") -> int:
        """Return the places that a token can fill."""
        return sum(mask for rule, mask in zip(self._distinct, self._masks, strict=True) if _passes(rule, token))

    def _end_from(self, start: int, begin: int, fitting: list[int]) -> int:
        states, end = begin, start
        for at in range(start, min(len(fitting), start + MOST_LONG)):
            filled = states & fitting[at]
            if not filled:
                break
            states = self._closed((filled << 1) | (filled & self._stays))
            if states & self._end:
                end = at + 1
        return end

    def _closed(self, states: int) -> int:
        """Return states with those that are reached by leaving out what may be missing."""
        while (more := states | ((states & self._skips) << 1)) != states:
            states = more
        return states


def _places(rule: TokenRule) -> list[tuple[TokenRule, bool, bool]]:
    """Return the places that a token of a pattern takes: whether each may be missing, and be filled again and again."""
    single = TokenRule(rule.tests, is_not=rule.is_not)
    needed = [(single, False, False)] * rule.least
    if rule.most is not None:
        return needed + [(single, True, False)] * (rule.most - rule.least)
    return [*needed[:-1], (single, False, True)] if needed else [(single, True, True)]


def _passes(rule: TokenRule, token: "Token") -> bool:
    return reduce(and_, (_holds(test, token) for test in rule.tests), True) is not rule.is_not


def _holds(test: TokenTest, token: "Token") -> bool:
    return (_asked(test.key, token) in test.values) is not test.is_not


def _asked(key: str, token: "Token") -> str:
    """Return what a token says to a test."""
    match key:
        case "TEXT":
            return token.text
        case "LOWER":
            return token.lower_
        case "LEMMA":
            return token.lemma_
        case "POS":
            return token.pos_
        case "TAG":
            return token.tag_
        case "ENT_TYPE":
            return token.ent_type_
        case "SHAPE":
            return token.shape_
        case _:
            return str(bool(getattr(token, key.lower()))).lower()

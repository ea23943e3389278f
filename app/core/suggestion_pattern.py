"""Patterns: what is always suggested as a mark, as people made it from a selection or brought it from spaCy."""

from enum import StrEnum

import msgspec

from app.core.errors import EditRejected
from app.core.token_pattern import Tokens, checked_tokens, token_words
from app.core.wording import shorten

LONGEST_PATTERN = 200
"""Characters of a pattern's words, and of its correction and note."""
MOST_PATTERNS = 1_000
"""Patterns of a project."""


class PatternMatch(StrEnum):
    """Which occurrences of a pattern's words count."""

    EXACT = "exact"  # the same letters, at the borders of words
    ANY_CASE = "any-case"  # capitals don't matter
    LEMMA = "lemma"  # the same words in any form
    TOKENS = "tokens"  # a rule for each token; the words only name the pattern


class SuggestionPattern(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is always suggested with a label, and with a severity and a correction if there are any ("" deletes the
    words). `note` says why, to people. `tokens` are only those of the match TOKENS.
    """

    uid: str
    words: str
    match: PatternMatch
    layer: str
    label: str
    correction: str | None = None
    severity: str | None = None
    note: str = ""
    tokens: Tokens = ()
    created: str = ""

    @property
    def content(self) -> tuple[str | Tokens, PatternMatch, str, str]:
        """What two patterns can't have in common: words or tokens, match, layer and label."""
        return (self.tokens or self.words, self.match, self.layer, self.label)

    @property
    def described(self) -> str:
        """What it finds, in words."""
        return token_words(self.tokens) if self.match is PatternMatch.TOKENS else f"“{self.words}”"


def checked_pattern(pattern: SuggestionPattern) -> SuggestionPattern:
    """Return a pattern with single blanks between its words; tokens without words are described by them. Raises
    EditRejected for one that is empty or too long.
    """
    words = " ".join(pattern.words.split())
    if pattern.match is PatternMatch.TOKENS:
        checked_tokens(pattern.tokens)
        words = words or shorten(token_words(pattern.tokens), LONGEST_PATTERN)
    elif pattern.tokens or not any(char.isalnum() for char in words):
        raise EditRejected("a pattern needs at least one word", hint="select the words that are always to be suggested")
    for text in (words, pattern.correction or "", pattern.note):
        if len(text) > LONGEST_PATTERN:
            raise EditRejected(f"a pattern has at most {LONGEST_PATTERN} characters", hint="use a shorter one")
    return msgspec.structs.replace(pattern, words=words)

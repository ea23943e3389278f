"""Patterns: words of which every occurrence is suggested as a mark, as people made them from a selection."""

from enum import StrEnum

import msgspec

from app.core.errors import EditRejected

LONGEST_PATTERN = 200
"""Characters of a pattern, and of its correction."""
MOST_PATTERNS = 1_000
"""Patterns of a project."""


class PatternMatch(StrEnum):
    """Which occurrences of a pattern's words count."""

    EXACT = "exact"  # the same letters, at the borders of words
    ANY_CASE = "any-case"  # capitals don't matter
    LEMMA = "lemma"  # the same words in any form


class SuggestionPattern(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Words that are always suggested with a label, and a correction if there is one ("" deletes the words)."""

    uid: str
    words: str
    match: PatternMatch
    layer: str
    label: str
    correction: str | None = None
    created: str = ""

    @property
    def content(self) -> tuple[str, PatternMatch, str, str]:
        """What two patterns can't have in common: words, match, layer and label."""
        return (self.words, self.match, self.layer, self.label)


def checked_pattern(pattern: SuggestionPattern) -> SuggestionPattern:
    """Return a pattern with single blanks between its words. Raises EditRejected for one that is empty or too long."""
    words = " ".join(pattern.words.split())
    if not any(char.isalnum() for char in words):
        raise EditRejected("a pattern needs at least one word", hint="select the words that are always to be suggested")
    for text in (words, pattern.correction or ""):
        if len(text) > LONGEST_PATTERN:
            raise EditRejected(f"a pattern has at most {LONGEST_PATTERN} characters", hint="use a shorter one")
    return msgspec.structs.replace(pattern, words=words)

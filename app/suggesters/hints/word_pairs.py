"""Pairs of words that a text puts together: a noun with what modifies it, and "the diversification of property"."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.lexicon import lexicon

_MODIFIERS = ("amod", "compound")
_NO_MODIFIERS = ("DET", "NUM", "PRON", "PROPN", "PUNCT")
_LONGEST = 4  # words from a modifier to its noun


class PairSort(StrEnum):
    """How the two words of a pair belong together."""

    MODIFIER = "modifier"
    OF = "of"


class WordPair(NamedTuple):
    """Two words of a text by index, in the order of the text, and how they belong together.

    `cosine` is how alike the two are used, None if one isn't known: low for words that don't go together.
    """

    sort: PairSort
    first: int
    second: int
    cosine: float | None


def word_pairs(parsed: ParsedText) -> tuple[WordPair, ...]:
    """Return the pairs of a text, without those that have to do with a name or a number."""
    return tuple(_pairs(parsed))


def _pairs(parsed: ParsedText) -> Iterator[WordPair]:
    words = parsed.words
    for index, word in enumerate(words):
        head = words[word.head]
        if word.dep in _MODIFIERS and _is_noun(head) and 0 < word.head - index <= _LONGEST and _is_plain(word):
            yield WordPair(PairSort.MODIFIER, index, word.head, _cosine(word, head))
        elif word.dep == "pobj" and head.lemma == "of" and _is_noun(word) and _is_noun(words[head.head]):
            yield WordPair(PairSort.OF, head.head, index, _cosine(words[head.head], word))


def _is_noun(word: Word) -> bool:
    return word.pos == "NOUN" and not word.entity and word.text.isalpha()


def _is_plain(word: Word) -> bool:
    return word.pos not in _NO_MODIFIERS and not word.entity and word.text.isalpha()


def _cosine(one: Word, other: Word) -> float | None:
    return lexicon().similarity(_known_form(one), _known_form(other))


def _known_form(word: Word) -> str:
    return word.text if lexicon().rank(word.text) is not None else word.lemma

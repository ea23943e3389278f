"""How much a shared word says about two sentences being about the same."""

from app.nlp.parsed_text import Word
from app.suggesters.hints.lexicon import lexicon

_EMPTY = frozenset(("DET", "ADP", "AUX", "CCONJ", "SCONJ", "PART", "PRON", "PUNCT", "SPACE", "SYM", "INTJ"))
_COMMON = 2.0  # idf of words such as “also” and “say”, which occur in anything
_MOST = 12.4  # idf of a word that isn't known
_NAMED = 1.2


def weight_of(word: Word) -> float:
    """Return the weight of a word in an alignment, from 0 to 1.2: its background idf; 0 if it says nothing."""
    if word.pos in _EMPTY or not any(char.isalnum() for char in word.text):
        return 0.0
    idf = lexicon().idf(word.lemma)
    if idf < _COMMON:
        return 0.0
    return idf / _MOST * (_NAMED if word.pos in ("PROPN", "NUM") or word.entity else 1.0)


def key_of(word: Word) -> str:
    """Return what two words must share to be counted as the same: the lemma, without regard to case."""
    return word.lemma.casefold()

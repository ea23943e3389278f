"""How much a shared word says about two sentences being about the same."""

from app.nlp.parsed_text import Word

_EMPTY = frozenset(("DET", "ADP", "AUX", "CCONJ", "SCONJ", "PART", "PRON", "PUNCT", "SPACE", "SYM", "INTJ"))


def weight_of(word: Word) -> float:
    """Return the weight of a word in an alignment; 0 if it says nothing."""
    if word.pos in _EMPTY or not any(char.isalnum() for char in word.text):
        return 0.0
    return 1.4 if word.pos in ("PROPN", "NUM") or word.entity else 1.0


def key_of(word: Word) -> str:
    """Return what two words must share to be counted as the same: the lemma, without regard to case."""
    return word.lemma.casefold()

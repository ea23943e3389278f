"""Sets of words, written as one text."""


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that are separated by white space."""
    return frozenset(text.split())


def pair_set(text: str) -> frozenset[frozenset[str]]:
    """Return the unordered pairs of a text such as "first/last hot/cold"."""
    return frozenset(frozenset(pair.split("/")) for pair in text.split())

"""Whether two words, each in its own text, stand for the same: names, nouns and the verbs of subordinate clauses."""

from collections.abc import Iterable
from enum import IntEnum

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.lexicon import lexicon

ALIKE = 0.5
"""From this likeness on, two nouns may stand for the same: that of "deal" and "agreement" is .68."""
_NAME_PARTS = ("compound", "flat", "nmod", "amod", "appos")


class Likeness(IntEnum):
    """What is known of two words standing for the same."""

    OTHER = 0
    OPEN = 1
    SAME = 2


def match(one: ParsedText, first: int, other: ParsedText, second: int) -> Likeness:
    """Return whether two heads of phrases stand for the same."""
    here, there = one.words[first], other.words[second]
    if here.pos == "PRON" or there.pos == "PRON":
        same = here.pos == there.pos and here.text.lower() == there.text.lower() and here.lemma not in ("it", "they")
        return Likeness.SAME if same else Likeness.OPEN
    names = here.pos == "PROPN", there.pos == "PROPN"
    if all(names):
        return _match_names(name_of(one, first), name_of(other, second))
    if here.lemma.lower() == there.lemma.lower() or here.text.lower() == there.text.lower():
        return Likeness.SAME
    if any(names):
        return Likeness.OPEN
    if "NUM" in (here.pos, there.pos) or (here.pos == "VERB") != (there.pos == "VERB"):
        return Likeness.OPEN
    likeness = lexicon().similarity(here.lemma, there.lemma)
    return Likeness.OPEN if likeness is None or likeness >= ALIKE else Likeness.OTHER


def name_of(parsed: ParsedText, head: int) -> frozenset[str]:
    """Return the words of the name that a word is the head of, in lower case."""
    parts = [child for child in parsed.children(head) if parsed.words[child].dep in _NAME_PARTS]
    words = (head, *(part for part in parts if parsed.words[part].pos == "PROPN"))
    return frozenset(parsed.words[word].text.casefold().rstrip(".") for word in words)


def _match_names(one: frozenset[str], other: frozenset[str]) -> Likeness:
    if one <= other or other <= one:
        return Likeness.SAME
    if one & other:
        return Likeness.OTHER
    short, long = sorted((one, other), key=len)
    initials = "".join(sorted(part[0] for part in long))
    if len(short) == 1 and "".join(sorted(next(iter(short)).replace(".", ""))) == initials:
        return Likeness.OPEN
    return Likeness.OTHER


def best_match(one: ParsedText, firsts: Iterable[int], other: ParsedText, seconds: Iterable[int]) -> Likeness:
    """Return the best match of any two of the words; OPEN if one side has none."""
    theirs = tuple(seconds)
    found = [match(one, first, other, second) for first in firsts for second in theirs]
    return max(found, default=Likeness.OPEN)

"""What the values of a text are said of: the noun that is counted, the verb, and the words around.

Two values are of the same thing if these agree.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.dates import StatedDate
from app.suggesters.hints.quantities import COUNT, RANK, Quantity
from app.suggesters.hints.value_tokens import named
from app.suggesters.hints.values import Values, values_of

V = TypeVar("V", Quantity, StatedDate)

_CONTENT = frozenset(("NOUN", "PROPN", "VERB", "ADJ"))
_NOUNS = frozenset(("NOUN", "PROPN"))
_WINDOW = 7
LIGHT = frozenset(
    named(
        "be have do say make take get go come give tell total number amount year day time more less most other new last"
        " first know think see use would could per cent percent $ £ € %"
    )
)
"""Words that two sentences can share without being about the same."""


class Mention(NamedTuple, Generic[V]):
    """A value and what it is said of, as lemmas.

    `noun` is what is counted or measured, `verb` the verb that governs it, `above` the words between, `near` the other
    words of meaning around, `names` those of `near` that are proper nouns. `noun_end` is the code point where the noun
    ends, if it stands right behind the value, or -1.
    """

    value: V
    sentence: int
    word: int
    noun: str
    verb: str
    above: frozenset[str]
    near: frozenset[str]
    names: frozenset[str]
    noun_end: int


class Mentions(NamedTuple):
    """The mentions of a text."""

    quantities: tuple[Mention[Quantity], ...]
    dates: tuple[Mention[StatedDate], ...]

    def quantities_by_sentence(self) -> Mapping[int, list[Mention[Quantity]]]:
        """Return the quantities of each sentence that has some."""
        return _by_sentence(self.quantities)

    def dates_by_sentence(self) -> Mapping[int, list[Mention[StatedDate]]]:
        """Return the dates of each sentence that has some."""
        return _by_sentence(self.dates)


def _by_sentence(mentions: Iterable[Mention[V]]) -> dict[int, list[Mention[V]]]:
    found: dict[int, list[Mention[V]]] = {}
    for mention in mentions:
        found.setdefault(mention.sentence, []).append(mention)
    return found


def values_in(parsed: ParsedText) -> Values:
    """Return the values of a parsed text, for `ReadText.get`."""
    return values_of(parsed.text)


def mentions_of(parsed: ParsedText) -> Mentions:
    """Return what the values of a text are said of."""
    if not parsed.words:
        return Mentions((), ())
    values = values_of(parsed.text)
    starts = [word.start for word in parsed.words]
    taken = [(value.start, value.end) for value in (*values.quantities, *values.dates)]
    skipped = _words_within(parsed, starts, taken)

    def quantity(value: Quantity) -> Mention[Quantity]:
        anchor = max(0, bisect_right(starts, value.start_of_number) - 1)
        noun, end = _counted(parsed, anchor, value, skipped)
        return _mention(parsed, value, anchor, noun, end, skipped)

    def stated(value: StatedDate) -> Mention[StatedDate]:
        anchor = max(0, bisect_right(starts, value.start) - 1)
        return _mention(parsed, value, anchor, "", -1, skipped)

    return Mentions(tuple(map(quantity, values.quantities)), tuple(map(stated, values.dates)))


def _words_within(parsed: ParsedText, starts: list[int], ranges: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Return the words that are part of a value."""
    found: set[int] = set()
    for start, end in ranges:
        index = max(0, bisect_right(starts, start) - 1)
        while index < len(starts) and starts[index] < end:
            found.add(index)
            index += 1
    return frozenset(found)


def _counted(parsed: ParsedText, anchor: int, value: Quantity, skipped: frozenset[int]) -> tuple[str, int]:
    """Return the noun that a quantity counts, and where it ends if it stands behind: “suspects” in “four suspects”."""
    sentence_end = parsed.sentences[parsed.words[anchor].sentence].last
    last = anchor
    while last < sentence_end and parsed.words[last].start < value.end:
        last += 1
    found = -1
    if parsed.text[value.end : value.end + 1] in (".", ",", ";", ")"):
        sentence_end = last
    for index in range(last, min(last + 5, sentence_end)):
        word = parsed.words[index]
        if word.pos in _NOUNS and index not in skipped:
            found = index
            following = parsed.words[index + 1] if index + 1 < sentence_end else None
            if following is None or following.pos not in _NOUNS or following.start > word.end + 1:
                break
        elif not _may_stand_before_noun(word):
            break
    if found >= 0:
        word = parsed.words[found]
        return word.lemma.casefold(), word.end
    head = parsed.words[anchor].head
    word = parsed.words[head]
    if value.kind in (COUNT, RANK) and head != anchor and word.pos in _NOUNS and head not in skipped:
        return word.lemma.casefold(), word.end if head > anchor else -1
    return "", -1


def _may_stand_before_noun(word: Word) -> bool:
    """Return whether a word can stand between a number and its noun: “four armed men”, “half of all the money”."""
    if word.pos == "VERB":
        return word.tag in ("VBN", "VBG", "VBD")
    return word.pos in ("ADJ", "DET", "ADV", *_NOUNS) or word.text.lower() in ("of", "-")


def _mention(
    parsed: ParsedText, value: V, anchor: int, noun: str, noun_end: int, skipped: frozenset[int]
) -> Mention[V]:
    words = parsed.words
    sentence = words[anchor].sentence
    above: list[str] = []
    verb = ""
    at, steps = anchor, 0
    while words[at].head != at and steps < 8:
        at, steps = words[at].head, steps + 1
        word = words[at]
        if at in skipped or word.pos not in _CONTENT:
            continue
        lemma = word.lemma.casefold()
        if word.pos == "VERB":
            verb = lemma
            break
        if lemma != noun:
            above.append(lemma)
    first, last = parsed.sentences[sentence]
    near: set[str] = set()
    names: set[str] = set()
    for index in range(max(first, anchor - _WINDOW), min(last, anchor + _WINDOW + 1)):
        word = words[index]
        if index not in skipped and word.pos in _CONTENT:
            near.add(word.lemma.casefold())
            if word.pos == "PROPN":
                names.add(word.lemma.casefold())
    near -= {noun, verb}
    return Mention(value, sentence, anchor, noun, verb, frozenset(above), frozenset(near), frozenset(names), noun_end)


def likeness(one: Mention[V], other: Mention[V]) -> float:
    """Return how much speaks for two values being said of the same thing; from 2 on they probably are."""
    score = 0.0
    if one.noun and one.noun == other.noun:
        score += 1.0 if one.noun in LIGHT else 2.5
    if one.verb and one.verb == other.verb:
        score += 0.3 if one.verb in LIGHT else 1.3
    around = one.above | one.near | {one.noun, one.verb}
    theirs = other.above | other.near | {other.noun, other.verb}
    shared = (around & theirs) - LIGHT - {"", one.noun if one.noun == other.noun else "", one.verb}
    score += sum(0.9 if word in one.above and word in other.above else 0.6 for word in shared)
    return score

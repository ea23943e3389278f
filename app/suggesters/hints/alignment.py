"""Which sentences of a reference speak of what a sentence of the text speaks of.

Two sentences are as similar as the weights of the words that they share, by background frequency: in short texts nearly
every word is rare, and frequencies counted in the pair itself say little. A summary's sentence often draws on several
sentences of its source, and on a part of each: what counts is the share of the smaller one.
"""

from collections import defaultdict
from math import sqrt
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.read_text import ReadText
from app.suggesters.hints.weights import key_of, weight_of

LEAST = 0.12
"""Below this similarity, two sentences are taken to be about different things."""
MOST_COUNTERPARTS = 4
_BY_NEIGHBOURS = 0.15
_FULL = 2.0  # weight from which being contained counts in full: about four words
_MOST_PLACES = 60  # a word in more sentences of a reference says little, and would make this quadratic


class WeighedSentence(NamedTuple):
    """The weight of each word (by lemma) of a sentence, and their sum."""

    words: dict[str, float]
    total: float


class Counterpart(NamedTuple):
    """A sentence of a reference, both by index, and its similarity from 0 to 1."""

    reference: int
    sentence: int
    score: float


class _Index(NamedTuple):
    sentences: tuple[WeighedSentence, ...]
    places: dict[str, tuple[int, ...]]


def weighed(parsed: ParsedText) -> tuple[WeighedSentence, ...]:
    """Return the weighed words of each sentence."""
    found: list[WeighedSentence] = []
    for first, last in parsed.sentences:
        words: dict[str, float] = {}
        for word in parsed.words[first:last]:
            weight = weight_of(word)
            if weight > 0:
                key = key_of(word)
                words[key] = max(weight, words.get(key, 0.0))
        found.append(WeighedSentence(words, sum(words.values())))
    return tuple(found)


def _indexed(parsed: ParsedText) -> _Index:
    sentences = weighed(parsed)
    places: dict[str, list[int]] = {}
    for number, sentence in enumerate(sentences):
        for word in sentence.words:
            places.setdefault(word, []).append(number)
    return _Index(sentences, {word: tuple(found) for word, found in places.items()})


def align(text: ReadText, references: tuple[ReadText, ...]) -> tuple[tuple[Counterpart, ...], ...]:
    """Return the counterparts of each sentence of a text in all references, the most similar first.

    At most MOST_COUNTERPARTS each, none below LEAST. The order of the references makes no difference but for their
    indices.
    """
    ours = text.get(weighed)
    found: list[list[Counterpart]] = [[] for _ in ours]
    for number, reference in enumerate(references):
        for sentence, scores in enumerate(_scores(ours, reference.get(_indexed))):
            found[sentence].extend(Counterpart(number, there, score) for there, score in scores.items())

    def order(counterpart: Counterpart) -> tuple[float, str, int]:
        # by the reference's text rather than its index: the order of references doesn't matter
        parsed = references[counterpart.reference].parsed
        return (-round(counterpart.score, 6), parsed.sentence_text(counterpart.sentence), counterpart.sentence)

    return tuple(tuple(sorted((c for c in some if c.score >= LEAST), key=order)[:MOST_COUNTERPARTS]) for some in found)


def _scores(ours: tuple[WeighedSentence, ...], theirs: _Index) -> list[dict[int, float]]:
    plain: list[dict[int, float]] = []
    for sentence in ours:
        shared: defaultdict[int, float] = defaultdict(float)
        for word, weight in sentence.words.items():
            places = theirs.places.get(word, ())
            if len(places) <= _MOST_PLACES:
                for place in places:
                    shared[place] += weight
        plain.append({place: _likeness(sum_, sentence, theirs.sentences[place]) for place, sum_ in shared.items()})
    return [
        {
            place: min(1.0, score + _BY_NEIGHBOURS * min(score, _beside(plain, number, place)))
            for place, score in here.items()
        }
        for number, here in enumerate(plain)
    ]


def _likeness(shared: float, one: WeighedSentence, other: WeighedSentence) -> float:
    cosine = shared / sqrt(one.total * other.total)
    contained = shared / min(one.total, other.total)
    # A sentence of one word that occurs in another is wholly contained, and says nothing.
    return 0.7 * cosine + 0.3 * contained * min(1.0, min(one.total, other.total) / _FULL)


def _beside(plain: list[dict[int, float]], number: int, place: int) -> float:
    before = plain[number - 1] if number else {}
    after = plain[number + 1] if number + 1 < len(plain) else {}
    return max(before.get(place - 1, 0.0), before.get(place, 0.0)) + max(
        after.get(place, 0.0), after.get(place + 1, 0.0)
    )

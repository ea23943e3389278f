"""Sentence alignment of a text and its reference: cheap, by shared words, without a language model.

Rare words, names and numbers count most, then the alignment of neighbouring sentences, then the position in the text.
The order of sentences isn't enforced, since a report may differ in order from its source. Offsets are code points.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from math import log, sqrt
from typing import NamedTuple

from app.core import boundaries

Range = tuple[int, int]

MOST_CHARACTERS = 8_000_000  # of both texts together: ten seconds, in the background
MOST_SENTENCES = 100_000  # of either text
_MOST_COMPARED = 4_000  # characters; the words of longer sentences aren't compared one by one
_RARE_WORDS = 10  # words per sentence that are used to find candidates
_MOST_PLACES = 48  # a word that occurs in more sentences isn't used to find candidates
_CANDIDATES = 6  # candidates per sentence that are scored
_STEM = 6
_LEAST = 0.28  # a lower score is likely to be chance
_BY_NEIGHBOURS = 0.3
_BY_PLACE = 0.06
_BREATH = 64  # sentences between two calls of `breathe`

# Word separators in any script: white space and punctuation. Everything else belongs to a word, accents too.
_PARTS = (
    r"\s!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf"
    r"\u2000-\u200b\u2010-\u2027\u202f-\u205e\u060c\u061b\u061f\u06d4\u0964\u0965\u3000-\u303f\uff00-\uff0f\uff1a-\uff1f"
)
_ALONE = r"\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
_WORD = rf"\d+(?:[.,:]\d+)+|[{_ALONE}]|[^{_PARTS}{_ALONE}]+(?:['’][^{_PARTS}{_ALONE}]+)*"
_PARAGRAPH = re.compile("[^\n\r\u2029]+")


@cache
def _word() -> re.Pattern[str]:
    """Compile on first use: the character classes take milliseconds, and this module is loaded at the start."""
    return re.compile(_WORD)


class Aligned(NamedTuple):
    """A sentence `[start, end)` of the text, its counterpart in the reference, and their similarity, from 0 up."""

    start: int
    end: int
    there: Range | None = None
    score: float = 0.0


class _Side(NamedTuple):
    ranges: list[Range]
    words: list[dict[str, float]]  # weight by word, for each sentence
    sizes: list[float]


def sentences(text: str) -> list[Range]:
    """Return the sentences of a text in order, each without white space at its ends."""
    return [
        pair for found in _PARAGRAPH.finditer(text) for pair in boundaries.sentences(text, found.start(), found.end())
    ]


def align(text: str, reference: str, breathe: Callable[[], None] | None = None) -> list[Aligned]:
    """Return every sentence of a text, in order, with the most similar one of the reference, if there is one.

    Texts beyond MOST_CHARACTERS or MOST_SENTENCES return an empty list. `breathe` is called regularly and may raise to
    cancel.
    """
    if len(text) + len(reference) > MOST_CHARACTERS:
        return []
    ours, theirs = sentences(text), sentences(reference)
    if max(len(ours), len(theirs)) > MOST_SENTENCES:
        return []
    one, other = _weighed(text, ours, reference, theirs, breathe)
    scored = _scores(one, other, breathe)
    found: list[Aligned] = []
    for number, (start, end) in enumerate(ours):
        best, score = _best(scored, number)
        found.append(Aligned(start, end, theirs[best], score) if score >= _LEAST else Aligned(start, end))
    return found


def aligned_at(pairs: Sequence[Aligned], offset: int) -> int:
    """Return the index of the sentence that contains an offset: between two sentences the next one, after all of them
    the last one, -1 if there are none.
    """
    low, high = 0, len(pairs) - 1
    while low < high:
        middle = (low + high) // 2
        if offset < pairs[middle].end:
            high = middle
        else:
            low = middle + 1
    return low if pairs else -1


def differing(text: str, ours: Range, reference: str, theirs: Range) -> tuple[list[Range], list[Range]]:
    """Return the ranges of the words, in each of two sentences, that the other one doesn't have, in whatever order.

    Case is ignored; adjacent words form one range. Very long sentences return empty lists.
    """
    if max(ours[1] - ours[0], theirs[1] - theirs[0]) > _MOST_COMPARED:
        return [], []
    here = [(found.span(), _plain(found.group())) for found in _word().finditer(text, *ours)]
    there = [(found.span(), _plain(found.group())) for found in _word().finditer(reference, *theirs)]
    return _only(text, here, there), _only(reference, there, here)


def _only(text: str, words: list[tuple[Range, str]], other: list[tuple[Range, str]]) -> list[Range]:
    left = Counter(word for _, word in other)
    found: list[Range] = []
    for (start, end), word in words:
        if left[word] > 0:
            left[word] -= 1
        elif found and text[found[-1][1] : start].isspace():
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _plain(word: str) -> str:
    plain = word.casefold()
    return plain[:-2] if plain.endswith(("'s", "’s")) else plain


def _stem(word: str) -> str:
    """Return a crude stem: the beginning of a word, which most of its forms share in many languages."""
    plain = _plain(word)
    if 3 < len(plain) <= _STEM and plain.endswith("s") and not plain.endswith("ss"):
        return plain[:-1]
    return plain if plain[:1].isdigit() else plain[:_STEM]


def _weighed(
    text: str, ours: list[Range], reference: str, theirs: list[Range], breathe: Callable[[], None] | None
) -> tuple[_Side, _Side]:
    """Return both texts as sentences of weighted words; rare words, numbers and names have more weight."""
    emphases: list[list[dict[str, float]]] = []
    places: Counter[str] = Counter()
    stems: dict[str, str] = {}
    for whole, ranges in ((text, ours), (reference, theirs)):
        side: list[dict[str, float]] = []
        for number, (start, end) in enumerate(ranges):
            if breathe is not None and number % _BREATH == 0:
                breathe()
            words: dict[str, float] = {}
            for found in _word().finditer(whole, start, end):
                word = found.group()
                stem = stems.get(word) or stems.setdefault(word, _stem(word))
                if word[0].isdigit() or (word[0].isupper() and found.start() > start):
                    words[stem] = 1.4
                else:
                    words.setdefault(stem, 1.0)
            places.update(words.keys())
            side.append(words)
        emphases.append(side)
    count = len(ours) + len(theirs) + 1
    for side in emphases:
        for words in side:
            for word, emphasis in words.items():
                words[word] = emphasis * max(0.05, log(count / places[word])) ** 1.5
    one, other = (
        _Side(ranges, side, [sum(words.values()) for words in side])
        for ranges, side in zip((ours, theirs), emphases, strict=True)
    )
    return one, other


def _scores(one: _Side, other: _Side, breathe: Callable[[], None] | None) -> list[dict[int, float]]:
    """Return, for each sentence, its candidates in the reference with their similarities."""
    where: dict[str, list[int]] = {}
    for number, words in enumerate(other.words):
        for word in words:
            where.setdefault(word, []).append(number)
    scored: list[dict[int, float]] = []
    for number, words in enumerate(one.words):
        if breathe is not None and number % _BREATH == 0:
            breathe()
        scored.append({at: _likeness(one, number, other, at) for at in _candidates(words, where)})
    firsts = [max(found, key=found.__getitem__) if found else -1 for found in scored]
    for number, found in enumerate(scored):
        # Sentences beside the counterparts of the neighbours are candidates too, even if they share only common words.
        before = firsts[number - 1] if number > 0 else -1
        after = firsts[number + 1] if number + 1 < len(firsts) else -1
        beside = {before, before + 1} if before >= 0 else set[int]()
        beside |= {after - 1, after} if after >= 0 else set()
        for at in beside - found.keys():
            if 0 <= at < len(other.ranges):
                found[at] = _likeness(one, number, other, at)
    return scored


def _candidates(words: dict[str, float], where: dict[str, list[int]]) -> list[int]:
    """Return the sentences with the largest total weight of rare words shared with a sentence."""
    rare = sorted((word for word in words if word in where), key=words.__getitem__, reverse=True)[:_RARE_WORDS]
    weights: dict[int, float] = {}
    for word in rare:
        if len(where[word]) <= _MOST_PLACES:
            for at in where[word]:
                weights[at] = weights.get(at, 0.0) + words[word]
    return sorted(weights, key=weights.__getitem__, reverse=True)[:_CANDIDATES]


def _likeness(one: _Side, number: int, other: _Side, at: int) -> float:
    ours, theirs = one.words[number], other.words[at]
    small, large = (ours, theirs) if len(ours) < len(theirs) else (theirs, ours)
    shared = 0.0
    for word in small.keys() & large.keys():
        shared += min(small[word], large[word])
    if not shared:
        return 0.0
    place = 1 - abs(number / max(1, len(one.ranges) - 1) - at / max(1, len(other.ranges) - 1))
    return shared / sqrt(one.sizes[number] * other.sizes[at]) + _BY_PLACE * place


def _best(scored: list[dict[int, float]], number: int) -> tuple[int, float]:
    """Return the best candidate of a sentence, with a bonus for continuing the neighbours' alignment; -1 if none."""
    before = scored[number - 1] if number > 0 else {}
    after = scored[number + 1] if number + 1 < len(scored) else {}
    best, most = -1, 0.0
    for at, likeness in scored[number].items():
        if likeness > 0:
            support = max(before.get(at, 0.0), before.get(at - 1, 0.0)) + max(
                after.get(at, 0.0), after.get(at + 1, 0.0)
            )
            score = likeness + _BY_NEIGHBOURS * min(support, likeness * 2)
            if score > most or (score == most and at < best):
                best, most = at, score
    return best, most

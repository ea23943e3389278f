"""Changes in the other direction: a rise of 9 percent where the reference has the 9 percent as a fall.

A value that both state says that they speak of the same change, whatever verb or noun each of them uses: "revenue rose
9 percent" is "up 9 percent".
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.measures import MONEY
from app.suggesters.hints.quantities import COUNT, MULTIPLE, PERCENT, POINTS, Quantity
from app.suggesters.hints.read_text import ReadText
from app.suggesters.hints.value_mentions import mentions_of
from app.suggesters.hints.word_forms import in_form_of
from app.suggesters.hints.word_set import word_set


class Direction(IntEnum):
    """Which way something changes."""

    DOWN = -1
    UP = 1


class ToldChange(NamedTuple):
    """A word by index that tells of a change, and its direction."""

    word: int
    direction: Direction


_OPPOSITES = """
    rise/fall increase/decrease grow/shrink climb/drop jump/plunge surge/plummet soar/plummet expand/contract
    raise/lower improve/worsen widen/narrow up/down higher/lower gain/lose rise/decline rise/drop grow/decline
    increase/decline increase/reduce raise/cut increase/drop increase/fall increase/reduction growth/decline
    improve/decline improve/deteriorate strengthen/weaken rebound/slump rise/slip rise/dip rise/slide rise/sink
    double/halve
"""
_PAIRS = [pair.split("/") for pair in _OPPOSITES.split()]
_UPWARDS = frozenset(pair[0] for pair in _PAIRS) - {"double"}
_DOWNWARDS = frozenset(pair[1] for pair in _PAIRS) - {"halve", "lose", "cut"}
_CORRECTIONS = {word: other for one, two in reversed(_PAIRS) for word, other in ((one, two), (two, one))}
_AS_WRITTEN = word_set("up down higher lower")  # "high" and "low" are no changes
_PARTS = frozenset(("VERB", "NOUN", "ADJ", "ADV", "ADP", "PROPN"))
_KINDS = frozenset((PERCENT, POINTS, MONEY, MULTIPLE, COUNT))
_LEAST_COUNT = 10
_BEFORE, _BEHIND = 9, 3  # words from a change to its value
_ENDS = frozenset((".", ";", ":", "!", "?", "while", "whereas", "although", "but", "though"))
_DENIALS = word_set("not n't n’t no never")


def turned_changes(comparison: Comparison) -> Iterator[Hint]:
    """Yield a hint for each change that the references have only in the other direction."""
    seen: set[int] = set()
    for change, value in comparison.text.combine(_valued):
        found = _of_value(comparison, change, value)
        if found is not None and change.word not in seen:
            seen.add(change.word)
            yield found


def _valued(text: ReadText) -> tuple[tuple[ToldChange, Quantity], ...]:
    """Return the values of a text that tell how much something changes, or where it comes to, with the change."""
    parsed = text.parsed
    changes = {index: direction for index in range(len(parsed.words)) if (direction := _direction(parsed, index))}
    if not changes:
        return ()
    found: list[tuple[ToldChange, Quantity]] = []
    for mention in text.get(mentions_of).quantities:
        value = mention.value
        if value.kind in _KINDS and not value.faint and (value.kind != COUNT or value.number >= _LEAST_COUNT):
            at = _beside(parsed, value, changes)
            if at is not None:
                found.append((ToldChange(at, changes[at]), value))
    return tuple(found)


def _direction(parsed: ParsedText, index: int) -> Direction | None:
    word = parsed.words[index]
    text = word.text.lower()
    if word.pos not in _PARTS or (text == "up" and _leads_to(parsed, index)):
        return None
    said = text if text in _AS_WRITTEN else word.lemma.lower()
    if said in _UPWARDS:
        return Direction.UP
    return Direction.DOWN if said in _DOWNWARDS else None


def _leads_to(parsed: ParsedText, index: int) -> bool:
    """Return whether "to" follows, as in "up to 19 points", which is no change."""
    return index + 1 < len(parsed.words) and parsed.words[index + 1].text.lower() == "to"


def _beside(parsed: ParsedText, value: Quantity, changes: dict[int, Direction]) -> int | None:
    """Return the change that stands right before a value, or else right behind it; None if it is denied."""
    first, last = parsed.word_at(value.start), parsed.word_at(max(value.start, value.end - 1))
    for index in range(first - 1, max(first - 1 - _BEFORE, -1), -1):
        word = parsed.words[index]
        if word.text.lower() in _ENDS or word.sentence != parsed.words[first].sentence:
            break
        if index in changes:
            return None if _is_denied(parsed, index) else index
    for index in range(last + 1, min(last + 1 + _BEHIND, len(parsed.words))):
        if parsed.words[index].text.lower() in _ENDS:
            break
        if index in changes:
            return index
    return None


def _is_denied(parsed: ParsedText, index: int) -> bool:
    return any(parsed.words[child].text.lower() in _DENIALS for child in parsed.children(index))


def _of_value(comparison: Comparison, change: ToldChange, value: Quantity) -> Hint | None:
    key = (value.kind, value.low, value.high, value.unit)
    turned: list[tuple[str, int, int, Quantity]] = []
    for number, reference in enumerate(comparison.references):
        for there, other in reference.combine(_valued):
            if (other.kind, other.low, other.high, other.unit) != key:
                continue
            if there.direction is change.direction:
                return None
            sentence = reference.parsed.words[there.word].sentence
            turned.append((reference.parsed.sentence_text(sentence), there.word, number, other))
    if not turned:
        return None
    _, there, number, other = min(turned, key=lambda each: each[:2])
    parsed = comparison.references[number].parsed
    ends = (there, parsed.word_at(other.start), parsed.word_at(max(other.start, other.end - 1)))
    return _hint(comparison, change, number, (min(ends), max(ends) + 1), there)


def _hint(comparison: Comparison, change: ToldChange, number: int, said: tuple[int, int], there: int) -> Hint:
    word, parsed = comparison.parsed.words[change.word], comparison.references[number].parsed
    other = parsed.words[there]
    text = word.text.lower()
    if word.pos == other.pos and text not in _AS_WRITTEN:
        correction = in_form_of(other.lemma.lower(), word, other)
    else:
        opposite = _CORRECTIONS.get(text if text in _AS_WRITTEN else word.lemma.lower())
        correction = opposite and (opposite if text in _AS_WRITTEN else in_form_of(opposite, word))
    return Hint(
        HintKind.ANTONYM,
        word.start,
        word.end,
        f"The reference has this change in the other direction: “{parsed.span_text(*said)}”.",
        correction=correction,
        evidence=(comparison.place(number, *said),),
        score=0.85,
    )

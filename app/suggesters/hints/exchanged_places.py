"""Two names or nouns that stand in each other's place around the same words: "better in men than in women".

This needs no grammar, which names that a parser doesn't know often spoil.
"""

from collections.abc import Iterator
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.word_set import word_set

# What one of these says of A and B is the same with both exchanged.
SYMMETRIC = word_set(
    """
    meet marry divorce face resemble join date play talk speak chat negotiate agree argue discuss fight compete
    differ match equal border share collaborate cooperate merge clash be accompany hug kiss partner combine mix
    alternate tie draw correlate interact associate
    """
)
_LONGEST = 5  # words between the two
_LEFT_OUT = word_set("DET ADJ NUM PRON PART")
_BEFORE_NOUN = word_set("compound amod det nummod poss")
_TELLING = word_set("to from over than into beat")  # between two names, these say which is which


class _Place(NamedTuple):
    first: str
    second: str
    start: int  # the words, by index
    end: int
    sentence: int


def exchanged_places(comparison: Comparison) -> Iterator[Hint]:
    """Yield a hint for each two things that a reference has the other way round, and never as the text has them."""
    text = comparison.parsed
    for between, ours in comparison.text.get(_places).items():
        theirs = [
            (number, place)
            for number, reference in enumerate(comparison.references)
            for place in reference.get(_places).get(between, ())
        ]
        for place in ours if theirs else ():
            if any((other.first, other.second) == (place.first, place.second) for _, other in theirs):
                continue
            aligned = {(each.reference, each.sentence): each.score for each in comparison.counterparts(place.sentence)}
            turned = [
                (aligned[number, other.sentence], number, other)
                for number, other in theirs
                if (other.second, other.first) == (place.first, place.second) and (number, other.sentence) in aligned
            ]
            if turned:
                score, number, other = min(turned, key=lambda each: (-each[0], _said(comparison, each), each[2].start))
                yield _hint(comparison, text, place, number, other, score)


def phrase(parsed: ParsedText, head: int) -> tuple[int, int]:
    """Return the words of a name, or a noun with the words right before it that belong to it."""
    first = head
    while first > 0 and parsed.words[first - 1].head == head and parsed.words[first - 1].dep in _BEFORE_NOUN:
        first -= 1
    return first, head + 1


def _said(comparison: Comparison, found: tuple[float, int, _Place]) -> str:
    return comparison.references[found[1]].parsed.sentence_text(found[2].sentence)


def _hint(comparison: Comparison, text: ParsedText, place: _Place, number: int, other: _Place, score: float) -> Hint:
    parsed = comparison.references[number].parsed
    one, another = phrase(text, place.start), phrase(text, place.end - 1)
    between = text.text[text.end_of(one[1]) : text.start_of(another[0])]
    there = phrase(parsed, other.start)[0]
    said = parsed.span_text(there, other.end)
    return Hint(
        HintKind.SWAP,
        text.start_of(one[0]),
        text.end_of(place.end),
        f"The reference has it the other way round: “{said}”.",
        correction=text.span_text(*another) + between + text.span_text(*one),
        evidence=(comparison.place(number, there, other.end),),
        score=round(min(1.0, 0.6 + score / 2), 3),
    )


def _places(parsed: ParsedText) -> dict[tuple[str, ...], list[_Place]]:
    """Return two things that have a few telling words between them, by the lemmas of these."""
    found: dict[tuple[str, ...], list[_Place]] = {}
    for number, (start, end) in enumerate(parsed.sentences):
        for first in range(start, end):
            if _is_thing(parsed.words[first]):
                for second in range(first + 2, min(first + _LONGEST + 2, end)):
                    if _is_thing(parsed.words[second]):
                        between = _between(parsed.words[first + 1 : second])
                        if between:
                            one, other = parsed.words[first].lemma.casefold(), parsed.words[second].lemma.casefold()
                            found.setdefault(between, []).append(_Place(one, other, first, second + 1, number))
                        break
    return found


def _is_thing(word: Word) -> bool:
    return word.pos in ("PROPN", "NOUN") or (word.text[:1].isupper() and word.pos in ("ADV", "ADJ", "X"))


def _between(words: tuple[Word, ...]) -> tuple[str, ...]:
    """Return the lemmas of words that say which of two things is which; none if they don't."""
    kept = [word for word in words if word.pos not in _LEFT_OUT or word.lemma.lower() in _TELLING]
    lemmas = tuple(word.lemma.lower() for word in kept)
    if not set(lemmas) & _TELLING and not any(word.pos == "VERB" for word in kept):
        return ()
    if any(word.pos in ("PUNCT", "CCONJ") for word in kept) or set(lemmas) & SYMMETRIC:
        return ()
    return lemmas

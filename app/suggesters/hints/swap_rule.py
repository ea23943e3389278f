"""Roles exchanged: the text says of one what the reference says of the other."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.arguments import Likeness, match
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.exchanged_places import SYMMETRIC, exchanged_places, phrase
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.predicates import Polarity, Predicate, predicates
from app.suggesters.hints.read_text import ReadText
from app.suggesters.hints.rule import Tier

_LINKS = frozenset(("with", "and", "between", "among", "alongside", "versus", "vs"))


class GivenPart(NamedTuple):
    """A thing that has a part in what a word says: the word's lemma, the part, and the word of the thing."""

    governor: str
    part: str
    word: int
    at: int  # the governor, by index
    sentence: int


def parts(text: ReadText) -> dict[str, list[GivenPart]]:
    """Return the parts that names and nouns of a text have, by the lemma of what gives them their part."""
    found: dict[str, list[GivenPart]] = {}
    parsed = text.parsed
    for role in _parts(text):
        if parsed.words[role.word].pos in ("PROPN", "NOUN"):
            found.setdefault(role.governor.partition(" ")[0], []).append(role)
    return found


def _parts(text: ReadText) -> Iterator[GivenPart]:
    parsed = text.parsed
    for predicate in text.get(predicates):
        if predicate.polarity is Polarity.AFFIRMED and not predicate.quoted:
            yield from _of_predicate(predicate)
    for index, word in enumerate(parsed.words):
        if word.pos == "NOUN":
            yield from _of_noun(parsed, index)


def _of_predicate(predicate: Predicate) -> Iterator[GivenPart]:
    for part, words in (("subject", predicate.subjects), ("object", predicate.objects)):
        for word in words:
            yield GivenPart(predicate.lemma, part, word, predicate.word, predicate.sentence)
    for preposition, word in predicate.others:
        if preposition not in ("xcomp", "ccomp") and preposition not in _LINKS:
            yield GivenPart(predicate.lemma, preposition, word, predicate.word, predicate.sentence)


def _of_noun(parsed: ParsedText, index: int) -> Iterator[GivenPart]:
    """A noun gives parts as a verb does: "Spain's victory over Italy"."""
    word = parsed.words[index]
    for child in parsed.children(index):
        below = parsed.words[child]
        if below.dep == "poss":
            yield GivenPart(word.lemma.lower(), "of", child, index, word.sentence)
        elif below.dep == "prep":
            for preposition, each in _behind(parsed, child):
                yield GivenPart(word.lemma.lower(), preposition, each, index, word.sentence)


def _behind(parsed: ParsedText, preposition: int) -> Iterator[tuple[str, int]]:
    """Yield what stands behind a preposition, and behind the next one, which a parser often hangs on the first name."""
    lemma = parsed.words[preposition].lemma.lower()
    for child in parsed.children(preposition):
        if parsed.words[child].dep == "pobj" and lemma not in _LINKS:
            yield lemma, child
            if parsed.words[child].pos == "PROPN":
                for below in parsed.children(child):
                    if parsed.words[below].dep == "prep":
                        yield from _behind(parsed, below)


class _Exchange(NamedTuple):
    reference: int
    first: GivenPart
    second: GivenPart
    their_first: GivenPart
    their_second: GivenPart
    score: float


class SwapRule:
    """Finds two things that have each other's part."""

    name = "swap"
    title = "Roles exchanged: “Spain beat Italy” where Italy beat Spain"
    version = "1"
    needs = "a reference"
    tier = Tier.SURE
    kinds = (HintKind.SWAP,)
    help = (
        "Compares who does what to whom, with passive sentences turned round, and what stands behind prepositions: "
        "“from Paris to Rome”, “Spain’s victory over Italy”. Where two names or things have each other’s part, and the "
        "reference nowhere says it as the text does, both are marked as one. Passed over: verbs such as “meet” that "
        "say the same both ways."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        found = list(_by_parts(comparison))
        yield from found
        for hint in exchanged_places(comparison):
            if not any(hint.start < other.end and other.start < hint.end for other in found):
                yield hint


def _by_parts(comparison: Comparison) -> Iterator[Hint]:
    for lemma, ours in comparison.text.combine(parts).items():
        if lemma in SYMMETRIC:
            continue
        by_governor: dict[int, list[GivenPart]] = {}
        for role in ours:
            by_governor.setdefault(role.at, []).append(role)
        for some in by_governor.values():
            found = next(_exchanges(comparison, lemma, some), None)
            if found is not None:
                yield _hint(comparison, found)


def _exchanges(comparison: Comparison, lemma: str, ours: list[GivenPart]) -> Iterator[_Exchange]:
    text = comparison.parsed
    scores = {(each.reference, each.sentence): each.score for each in comparison.counterparts(ours[0].sentence)}
    for first in ours:
        for second in ours:
            if first.word < second.word and first.part != second.part and not _is_same(text, first, text, second):
                yield from _exchanged(comparison, lemma, first, second, scores)


def _exchanged(
    comparison: Comparison, lemma: str, first: GivenPart, second: GivenPart, scores: dict[tuple[int, int], float]
) -> Iterator[_Exchange]:
    text = comparison.parsed
    found: list[_Exchange] = []
    for number, reference in enumerate(comparison.references):
        parsed = reference.parsed
        theirs = reference.combine(parts).get(lemma, ())
        for one in theirs:
            for other in (each for each in theirs if each.at == one.at):
                if (one.part, other.part) != (first.part, second.part):
                    continue
                if _is_same(text, first, parsed, one) and _is_same(text, second, parsed, other):
                    return
                score = scores.get((number, one.sentence)) if one.governor == first.governor else None
                if score is not None and _is_same(text, first, parsed, other) and _is_same(text, second, parsed, one):
                    found.append(_Exchange(number, first, second, one, other, score))

    def order(exchange: _Exchange) -> tuple[float, str, int]:
        reference = comparison.references[exchange.reference].parsed
        return (-exchange.score, reference.sentence_text(exchange.their_first.sentence), exchange.their_first.word)

    yield from sorted(found, key=order)


def _is_same(one: ParsedText, first: GivenPart, other: ParsedText, second: GivenPart) -> bool:
    return match(one, first.word, other, second.word) is Likeness.SAME


def _hint(comparison: Comparison, found: _Exchange) -> Hint:
    text = comparison.parsed
    reference = comparison.references[found.reference].parsed
    first, second = sorted((found.first.word, found.second.word))
    theirs = sorted((found.their_first.word, found.their_second.word, found.their_first.at))
    one, other = phrase(text, first), phrase(text, second)
    said = reference.span_text(phrase(reference, theirs[0])[0], theirs[-1] + 1)
    between = text.text[text.end_of(one[1]) : text.start_of(other[0])]
    return Hint(
        HintKind.SWAP,
        text.start_of(one[0]),
        text.end_of(other[1]),
        f"The reference has it the other way round: “{said}”.",
        correction=text.span_text(*other) + between + text.span_text(*one),
        evidence=(comparison.place(found.reference, phrase(reference, theirs[0])[0], theirs[-1] + 1),),
        score=round(min(1.0, 0.6 + found.score / 2), 3),
    )

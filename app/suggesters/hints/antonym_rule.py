"""Opposites: a word of the text for which the reference has the opposite, said of the same."""

from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.arguments import Likeness, best_match
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.lone_opposite import lone_opposite
from app.suggesters.hints.predicates import Polarity, Predicate, predicates
from app.suggesters.hints.quotations import quoted_words, reports
from app.suggesters.hints.read_text import ReadText
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.turned_changes import turned_changes
from app.suggesters.hints.word_forms import in_form_of
from app.suggesters.hints.word_set import pair_set

# WordNet calls these opposites; a paraphrase may use one for the other, or they are opposites in a rare sense only.
_LOOSE = pair_set(
    """
    come/go move/stay change/stay rise/set have/lack have/miss break/keep break/make let/prevent back/front lie/sit
    lie/stand sit/stand right/wrong right/left stand/yield issue/recall fold/unfold run/idle work/idle
    follow/precede function/malfunction bounce/clear answer/question side/top side/bottom all/some other/same
    live/recorded out/safe common/individual natural/sharp flat/sharp flat/natural passing/running here/there
    express/local figure/ground location/studio general/particular head/foot beginning/middle end/middle
    center/left center/right early/middle late/middle following/leading running/standing moving/still found/lost
    saved/lost clean/dirty fresh/preserved like/unlike new/worn compound/simple bear/bull head/tail silence/sound
    preparation/resolution black/white general/local local/national international/national conservative/liberal
    amateur/professional even/odd
    day/night morning/evening
    """
)
_PREPOSITIONS = {
    **dict.fromkeys(("after", "before"), ("after", "before")),
    **dict.fromkeys(("above", "below"), ("above", "below")),
    **dict.fromkeys(("with", "without"), ("with", "without")),
    **dict.fromkeys(("inside", "outside"), ("inside", "outside")),
    **dict.fromkeys(("for", "against"), ("for", "against")),
}
_BOUND = frozenset(("for", "against", "with", "without"))
_SMALL = frozenset(("ADP", "SCONJ"))
_PARTICIPLES = frozenset(("VBN", "VBG"))
_PARTS = frozenset(("NOUN", "VERB", "ADJ", "ADV"))
_ALIGNED = 0.45
"""From this similarity on, two sentences say the same but for some words."""
_RARE = 7.0
"""From this information on (`Lexicon.idf`), a word such as "lyrics" or "amendment" tells what is spoken of."""


class _Context(NamedTuple):
    """What a word is said of, and what else belongs to it; words by index."""

    principal: tuple[int, ...]
    others: tuple[int, ...]
    subjects: tuple[int, ...] = ()
    has_object: bool = False


class _Sense(NamedTuple):
    """A text with its predicates by their word, as a rule needs them."""

    parsed: ParsedText
    predicates: dict[int, Predicate]
    quoted: frozenset[int]
    reports: frozenset[int]
    lemmas: frozenset[tuple[int, str]]
    places: dict[str, list[int]]


def _sense(text: ReadText) -> _Sense:
    parsed = text.parsed
    places: dict[str, list[int]] = {}
    for index, word in enumerate(parsed.words):
        lemma = word.lemma.lower()
        places.setdefault(lemma, []).append(index)
        if word.tag in _PARTICIPLES and word.text.lower() != lemma:
            places.setdefault(word.text.lower(), []).append(index)
    return _Sense(
        parsed,
        {predicate.word: predicate for predicate in text.get(predicates)},
        text.get(quoted_words),
        text.get(reports),
        frozenset((word.sentence, word.lemma.lower()) for word in parsed.words),
        places,
    )


class AntonymRule:
    """Finds words for which the reference has the opposite."""

    name = "antonym"
    title = "Opposites: “rose” where the reference has “fell”"
    version = "2"
    needs = "a reference"
    tier = Tier.SURE
    kinds = (HintKind.ANTONYM,)
    help = (
        "Finds a word for which a sentence of the reference about the same has the opposite, said of the same thing: "
        "“prices rose” where prices fell; a change that the reference has with the same value in the other direction: "
        "“fell 9 percent” for “up 9 percent”; and in summaries, an adjective of which the reference has the opposite "
        "only. Opposites are those of WordNet, and a list of Stet’s own. Passed over: words that the reference uses "
        "as well, a denied opposite (“not cold” for “hot”), and what stands in a quotation."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        text = comparison.text.combine(_sense)
        turned = {hint.start: hint for hint in turned_changes(comparison)}
        yield from turned.values()
        for sentence, (first, last) in enumerate(comparison.parsed.sentences):
            if comparison.counterparts(sentence):
                for index in range(first, last):
                    word = comparison.parsed.words[index]
                    opposites = _opposites(word)
                    if opposites and word.start not in turned and index not in text.quoted:
                        found = next(_contradictions(comparison, text, index, opposites), None)
                        found = found or lone_opposite(comparison, index, opposites)
                        if found is not None:
                            yield found


def _opposites(word: Word) -> frozenset[str]:
    lemma = word.lemma.lower()
    if word.pos in _SMALL:
        return frozenset(_PREPOSITIONS.get(lemma, ())) - {lemma}
    if word.pos not in _PARTS or word.entity in ("PERSON", "GPE", "ORG", "LOC", "FAC"):
        return frozenset()
    found = lexicon().antonyms(lemma, word.pos)
    if word.tag in _PARTICIPLES:
        found |= lexicon().antonyms(word.text, "ADJ")
    if word.pos == "ADJ" or word.tag in _PARTICIPLES:
        known = word.text.lower()
        found |= {known.removeprefix("un")} if known.startswith("un") else {f"un{known}"}
    return frozenset(other for other in found if frozenset((lemma, other)) not in _LOOSE)


def _contradictions(comparison: Comparison, text: _Sense, index: int, opposites: frozenset[str]) -> Iterator[Hint]:
    word = text.parsed.words[index]
    if any((word.sentence, other) in text.lemmas for other in opposites) or _compares_numbers(text.parsed, index):
        return
    scores = {(each.reference, each.sentence): each.score for each in comparison.counterparts(word.sentence)}
    found: list[tuple[float, int, int]] = []
    for number, reference in enumerate(comparison.references):
        sense = reference.combine(_sense)
        for there in sorted(at for other in opposites for at in sense.places.get(other, ())):
            other = sense.parsed.words[there]
            score = scores.get((number, other.sentence), 0.0)
            if there in sense.quoted and word.sentence not in text.reports:
                continue
            if _same_part(word, other) and _same_thing(text, index, sense, there, score):
                found.append((score, number, there))
    if not found or _is_stated_anywhere(comparison, text, index, scores.keys()):
        return

    def order(candidate: tuple[float, int, int]) -> tuple[float, str, int]:
        score, number, there = candidate
        return (-score, comparison.references[number].parsed.words[there].text, there)

    for score, number, there in sorted(found, key=order):
        other = comparison.references[number].parsed.words[there]
        yield Hint(
            HintKind.ANTONYM,
            word.start,
            word.end,
            f"The reference says the opposite: “{other.text}”.",
            correction=_corrected(word, other),
            evidence=(comparison.place(number, there, there + 1),),
            score=round(min(1.0, 0.6 + score / 2), 3),
        )


def _corrected(word: Word, other: Word) -> str:
    if word.pos != other.pos:
        return other.text.lower() if word.text.islower() else other.text.capitalize()
    return in_form_of(other.lemma.lower(), word, other)


def _compares_numbers(parsed: ParsedText, index: int) -> bool:
    """Return whether a word is "more" or "less" before a number: the number may differ as well, and be right."""
    following = parsed.words[index + 1 : index + 4]
    return bool(following) and following[0].text.lower() == "than" and any(word.pos == "NUM" for word in following)


def _same_part(word: Word, other: Word) -> bool:
    if word.pos == other.pos or (word.pos in _SMALL and other.pos in _SMALL):
        return True
    said = [each.pos == "ADJ" or each.tag in _PARTICIPLES for each in (word, other)]
    return all(said)


def _is_stated_anywhere(comparison: Comparison, text: _Sense, index: int, aligned: Set[tuple[int, int]]) -> bool:
    """Return whether a reference may use a word as the text does; `aligned` are (reference, sentence)."""
    word = text.parsed.words[index]
    for number, reference in enumerate(comparison.references):
        sense = reference.combine(_sense)
        for there in sense.places.get(word.lemma.lower(), ()):
            near = (number, sense.parsed.words[there].sentence) in aligned
            if _same_part(word, sense.parsed.words[there]) and _is_stated(text, index, sense, there, aligned=near):
                return True
    return False


def _is_stated(text: _Sense, index: int, sense: _Sense, there: int, *, aligned: bool) -> bool:
    """Return whether a reference may use a word as the text does."""
    one, other = _context(text, index), _context(sense, there)
    principal = best_match(text.parsed, one.principal, sense.parsed, other.principal)
    return principal is Likeness.SAME or (aligned and principal is Likeness.OPEN)


def _same_thing(text: _Sense, index: int, sense: _Sense, there: int, score: float) -> bool:
    """Return whether both words are said of the same, and neither is denied where the other isn't.

    `score` is how similar their sentences are, 0 if they are about different things as far as is known.
    """
    one, other = _context(text, index), _context(sense, there)
    principal = best_match(text.parsed, one.principal, sense.parsed, other.principal)
    needs_same = not score or one.has_object != other.has_object
    if principal is Likeness.OTHER or (needs_same and principal is not Likeness.SAME):
        return False
    if _denied(text, index) != _denied(sense, there) or (score < _ALIGNED and _is_beside(sense.parsed.words[there])):
        return False
    if best_match(text.parsed, one.subjects, sense.parsed, other.subjects) is Likeness.OTHER:
        return False
    others = best_match(text.parsed, one.others, sense.parsed, other.others)
    word = text.parsed.words[index]
    if word.pos in _SMALL:
        # Prepositions are everywhere: what stands before and behind must be the same.
        wanted = Likeness.SAME if word.lemma.lower() in _BOUND else Likeness.OPEN
        return bool(score) and principal is Likeness.SAME and others >= wanted
    if not score:
        rare = any(lexicon().idf(text.parsed.words[each].lemma) >= _RARE for each in one.principal)
        return rare and others is not Likeness.OTHER
    if principal is Likeness.SAME:
        return others is not Likeness.OTHER or score >= _ALIGNED
    return others is Likeness.SAME or score >= _ALIGNED


def _is_beside(word: Word) -> bool:
    """Return whether a verb only tells which ones are meant: "the courses starting in May"."""
    return word.dep == "acl" and word.tag == "VBG"


def _denied(sense: _Sense, index: int) -> bool:
    """Return whether a word, or what it depends on, is denied."""
    words = sense.parsed.words
    at = index
    for _ in range(3):
        found = sense.predicates.get(at)
        if found is not None:
            return found.polarity is not Polarity.AFFIRMED
        if any(words[child].dep == "neg" or words[child].text.lower() == "no" for child in sense.parsed.children(at)):
            return True
        at = words[at].head
    return False


def _context(sense: _Sense, index: int) -> _Context:
    parsed = sense.parsed
    word = parsed.words[index]
    found = sense.predicates.get(index)
    if found is not None:
        if word.pos == "VERB":
            principal = found.objects or found.subjects
            return _Context(
                principal,
                tuple(dict.fromkeys((*found.subjects, *found.arguments))),
                found.subjects,
                bool(found.objects),
            )
        return _Context(found.subjects, found.arguments)
    children = tuple(
        child for child in parsed.children(index) if parsed.words[child].pos in ("NOUN", "PROPN", "VERB", "ADJ")
    )
    above = (word.head,) if word.head != index else ()
    if word.pos in _SMALL:
        if word.dep == "mark":
            return _Context(above, tuple(dict.fromkeys((parsed.words[word.head].head,))))
        return _Context(tuple(child for child in parsed.children(index)), above)
    if word.pos == "NOUN":
        complements = tuple(
            below
            for child in parsed.children(index)
            if parsed.words[child].dep == "prep"
            for below in parsed.children(child)
        )
        possessors = tuple(child for child in parsed.children(index) if parsed.words[child].dep == "poss")
        governors = _governor(sense, index)
        return _Context(possessors or complements, (*governors, *children))
    return _Context(above, tuple(each for each in (*_governor(sense, word.head), *children) if each != index))


def _governor(sense: _Sense, index: int) -> tuple[int, ...]:
    """Return the verb that a noun depends on, over a preposition, with the verb's other arguments."""
    words = sense.parsed.words
    head = words[index].head
    if words[head].pos in ("ADP", "SCONJ"):
        head = words[head].head
    if head == index:
        return ()
    found = sense.predicates.get(head)
    if found is None:
        return (head,)
    return (head, *(each for each in (*found.subjects, *found.arguments) if each != index))

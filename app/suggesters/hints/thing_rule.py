"""Things, people, names and numbers that a summary has and its source doesn't: an airplane where that has a train.

A summary adds nothing. Where its source covers the rest of a sentence, a noun for a thing, an occupation or a season
that the source has in no form, nor any word for the same or for a kind of it, has mostly been put in place of another.
What summaries call a text and those in it (“friends”, “the company”) is left out, and so is what is abstract. A text
that is longer than its references may well know more than they do, and is passed over.
"""

from collections.abc import Iterable, Iterator

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.alignment import Counterpart
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.coverage import is_summary
from app.suggesters.hints.hint import Hint, HintKind, ReferencePlace
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.measures import DURATION
from app.suggesters.hints.noun_senses import noun_senses
from app.suggesters.hints.quantities import COUNT, FRACTION, MULTIPLE, RANK
from app.suggesters.hints.reference_words import ReferenceWords, reference_words
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.summary_words import CALENDAR_WORDS, KINSHIP_WORDS, PEOPLE_WORDS, TEXT_WORDS
from app.suggesters.hints.unmatched_rule import unmatched_names, unmatched_numbers
from app.suggesters.hints.value_mentions import mentions_of
from app.suggesters.hints.weights import weight_of

_THINGS = frozenset(("animal", "artifact", "food", "object", "plant", "substance"))
_LEFT_OUT = {
    **dict.fromkeys(_THINGS, TEXT_WORDS),
    "person": PEOPLE_WORDS | KINSHIP_WORDS,
    "time": CALENDAR_WORDS,
}
"""The kinds of nouns that are looked at, and for each the words that aren't."""
_COVERED = 0.4  # of the weight of a sentence's other words
_MOST_INFERRED = {COUNT: 5, DURATION: 5, MULTIPLE: 2}
_USED_ALIKE = 0.35  # cosine from which a word of the reference can be what was replaced
_COMMON_IDF = 5.7  # words as frequent as “street” stand for many things
_COMMON_IDF_OF_KIND = 7.0  # “car” for “vehicle”, “picture” for “photo”
_BARE = frozenset(("conj", "ROOT", "appos", "dep", "npadvmod"))
_BEFORE_NOUNS = frozenset(("det", "amod", "nummod", "poss", "compound", "quantmod", "nmod"))


class ThingRule:
    """Finds nouns without a counterpart in references that cover the rest of the sentence."""

    name = "thing"
    title = "Things, people, names and numbers that a summary has and its reference doesn’t"
    version = "2"
    needs = "a reference that the document sums up"
    tier = Tier.SURE
    kinds = (HintKind.ENTITY, HintKind.UNMATCHED)
    help = (
        "In a document that isn’t longer than its references, where they say much of what a sentence says, a noun for "
        "a thing, an occupation or a season is suggested if they have neither it nor another word for the same: an "
        "airplane where they have a train, a lawyer where they have an engineer; and so is a name or a number that "
        "they have in no form. A more general word than theirs is passed over, and so are words that summaries use "
        "for a text and those in it (“paper”, “friend”), for kin and for times of the day, and abstract ones."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        if not is_summary(comparison):
            return
        for hint in unmatched_names(comparison):
            # Who is from where is inferred from other facts: a composer born in Leeds is English.
            if comparison.parsed.words[comparison.parsed.word_at(hint.start)].entity not in ("NORP", "LANGUAGE"):
                yield hint
        yield from _numbers(comparison)
        known = comparison.get(reference_words)
        for sentence in range(len(comparison.parsed.sentences)):
            counterparts = comparison.counterparts(sentence)
            if counterparts:
                yield from _in_sentence(comparison, sentence, counterparts, known)


def _numbers(comparison: Comparison) -> Iterator[Hint]:
    """Yield a hint for each number that no reference has; a writer may have counted up to five, halved or doubled."""
    stated = {mention.value.start: mention.value for mention in comparison.text.get(mentions_of).quantities}
    for hint in unmatched_numbers(comparison):
        value = stated[hint.start]
        if value.kind not in (FRACTION, RANK) and value.number > _MOST_INFERRED.get(value.kind, 0):
            yield hint


def _in_sentence(
    comparison: Comparison, sentence: int, counterparts: tuple[Counterpart, ...], known: ReferenceWords
) -> Iterator[Hint]:
    parsed = comparison.parsed
    first, last = parsed.sentences[sentence]
    strange = [index for index in range(first, last) if _is_strange(parsed, index, known)]
    if not strange:
        return
    others = [
        (weight_of(word), word) for index, word in enumerate(parsed.words[first:last], first) if index not in strange
    ]
    whole = sum(weight for weight, _ in others)
    said = sum(weight for weight, word in others if weight > 0 and known.say(word))
    if whole <= 0 or said / whole < _COVERED:
        return
    for index in strange:
        word = parsed.words[index]
        replaced = _replaced(comparison, word, counterparts)
        evidence = (replaced[1],) if replaced else _sentence(comparison, counterparts[0])
        reason = f"The reference names no {word.lemma.lower()}"
        if replaced:
            reason += f"; it has “{replaced[0]}”"
        yield Hint(
            HintKind.ENTITY if replaced else HintKind.UNMATCHED,
            word.start,
            word.end,
            f"{reason}.",
            replaced[0] if replaced else None,
            evidence,
            round(said / whole, 3),
        )


def _is_strange(parsed: ParsedText, index: int, known: ReferenceWords) -> bool:
    word = parsed.words[index]
    lemma = word.lemma.lower()
    if word.pos != "NOUN" or not word.text.isalpha() or word.entity:
        return False
    kind = noun_senses().kind(lemma)
    left_out = _LEFT_OUT.get(kind)
    if left_out is None or lemma in left_out or lexicon().idf(lemma) < _COMMON_IDF:
        return False
    if known.say(word) or _is_termed(parsed, index, known) or _may_be_verb(parsed, index, lemma):
        return False
    # Who burgles is a thief as well; but a tuna isn't just a fish.
    if kind == "person" or lexicon().idf(lemma) < _COMMON_IDF_OF_KIND:
        return not noun_senses().is_named_by(lemma, known.nouns)
    return not noun_senses().can_name(lemma, known.nouns)


def _is_termed(parsed: ParsedText, index: int, known: ReferenceWords) -> bool:
    """Return whether a noun is part of a term such as “coffee bar”, which may have another name: not if the references
    have its head, as in “bus station”.
    """
    word = parsed.words[index]
    if word.dep == "compound":
        return not known.say(parsed.words[word.head])
    return any(parsed.words[child].dep == "compound" for child in parsed.children(index))


def _may_be_verb(parsed: ParsedText, index: int, lemma: str) -> bool:
    """Return whether a pipeline can have taken a verb for a noun: it stands where verbs do, and nothing leads to it."""
    word = parsed.words[index]
    opens = index == parsed.sentences[word.sentence].first
    if not (opens or word.dep in _BARE) or not lexicon().is_verb(lemma):
        return False
    return not any(parsed.words[child].dep in _BEFORE_NOUNS for child in parsed.children(index))


def _replaced(
    comparison: Comparison, word: Word, counterparts: tuple[Counterpart, ...]
) -> tuple[str, ReferencePlace] | None:
    """Return the noun of an aligned sentence that names a thing of the same sort, is used most alike, and isn't in the
    text; None if there is none.
    """
    ours = {other.lemma.lower() for other in comparison.parsed.words}
    lemma = word.lemma.lower()
    best: tuple[float, str, ReferencePlace] | None = None
    for counterpart in counterparts:
        for other in comparison.counterpart_words(counterpart):
            there = other.lemma.lower()
            if other.pos != "NOUN" or there in ours or other.tag != word.tag:
                continue
            if noun_senses().kind(there) != noun_senses().kind(lemma):
                continue
            alike = lexicon().similarity(lemma, there) or 0.0
            if alike >= _USED_ALIKE and (best is None or (alike, other.text) > best[:2]):
                best = (alike, other.text, ReferencePlace(counterpart.reference, other.start, other.end))
    return best[1:] if best else None


def _sentence(comparison: Comparison, counterpart: Counterpart) -> tuple[ReferencePlace, ...]:
    first, last = comparison.references[counterpart.reference].parsed.sentences[counterpart.sentence]
    return (comparison.place(counterpart.reference, first, last),)

"""Things and names that a summary has and its source doesn't: an airplane where that has a train.

A summary adds nothing. Where its source covers the rest of a sentence, a concrete noun that the source has in no form,
nor any word for the same thing or for a kind of it, has mostly been put in place of another. Words for people, places
and times are left out: texts call them by many names (“friends”, “the destination”), and so are abstract ones. A text
that is longer than its references may well know more than they do, and is passed over.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.alignment import Counterpart
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind, ReferencePlace
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.noun_senses import noun_senses
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.unmatched_rule import unmatched_names
from app.suggesters.hints.weights import weight_of

_KINDS = frozenset(("animal", "artifact", "food", "object", "plant", "substance"))
SUMMARY = 1.25
"""A text that is at most this long, in terms of its references, is taken to retell them."""
_COVERED = 0.4  # of the weight of a sentence's other words
_PREFIX = 4  # letters that words of one family share (“paint”, “painter”)
_USED_ALIKE = 0.35  # cosine from which a word of the reference can be what was replaced
_COMMON_IDF = 5.7  # words as frequent as “street” stand for many things


class _Known(NamedTuple):
    """What references say: their words in lower case, the beginnings of these, and those that can name things."""

    words: frozenset[str]
    beginnings: frozenset[str]
    names: tuple[str, ...]


class ThingRule:
    """Finds concrete nouns without a counterpart in references that cover the rest of the sentence."""

    name = "thing"
    title = "Things and names that a summary has and its reference doesn’t"
    version = "1"
    needs = "a reference that the document sums up"
    tier = Tier.SURE
    kinds = (HintKind.ENTITY, HintKind.UNMATCHED)
    help = (
        "In a document that isn’t longer than its references, where they say much of what a sentence says, a concrete "
        "noun is suggested if they have neither it nor another word for the same thing: an airplane where they have a "
        "train; and so is a name that they have in no form. Other words for people, places and times, and abstract "
        "ones, are passed over."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        if not is_summary(comparison):
            return
        for hint in unmatched_names(comparison):
            # Who is from where is inferred from other facts: a composer born in Leeds is English.
            if comparison.parsed.words[comparison.parsed.word_at(hint.start)].entity not in ("NORP", "LANGUAGE"):
                yield hint
        known = comparison.get(_known)
        for sentence in range(len(comparison.parsed.sentences)):
            counterparts = comparison.counterparts(sentence)
            if counterparts:
                yield from _in_sentence(comparison, sentence, counterparts, known)


def is_summary(comparison: Comparison) -> bool:
    """Return whether a text isn't longer than its references, so that it can be taken to sum them up."""
    length = sum(len(reference.text) for reference in comparison.references)
    return len(comparison.text.text) <= SUMMARY * length


def _in_sentence(
    comparison: Comparison, sentence: int, counterparts: tuple[Counterpart, ...], known: _Known
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
    said = sum(weight for weight, word in others if weight > 0 and _is_said(word, known))
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


def _is_strange(parsed: ParsedText, index: int, known: _Known) -> bool:
    word = parsed.words[index]
    lemma = word.lemma.lower()
    if word.pos != "NOUN" or not word.text.isalpha() or word.entity or noun_senses().kind(lemma) not in _KINDS:
        return False
    if lexicon().idf(lemma) < _COMMON_IDF or _is_said(word, known) or _is_compound(parsed, index):
        return False
    return not noun_senses().is_named_by(lemma, known.names)


def _is_compound(parsed: ParsedText, index: int) -> bool:
    """Return whether a noun is part of a term of several words, such as “coffee bar”: it may have another name."""
    if parsed.words[index].dep == "compound":
        return True
    return any(parsed.words[child].dep == "compound" for child in parsed.children(index))


def _is_said(word: Word, known: _Known) -> bool:
    lemma = word.lemma.lower()
    return (
        lemma in known.words
        or word.text.lower() in known.words
        or (len(lemma) >= _PREFIX and lemma[:_PREFIX] in known.beginnings)
    )


def _known(comparison: Comparison) -> _Known:
    words: set[str] = set()
    names: dict[str, None] = {}
    for reference in comparison.references:
        for word in reference.parsed.words:
            lemma = word.lemma.lower()
            words.update((lemma, word.text.lower()))
            if word.pos in ("NOUN", "PROPN", "VERB", "ADJ") and noun_senses().kind(lemma):
                names[lemma] = None
    parts = {part for word in words if "-" in word for part in word.split("-")}
    beginnings = frozenset(word[:_PREFIX] for word in words | parts if len(word) >= _PREFIX)
    return _Known(frozenset(words | parts), beginnings, tuple(sorted(names)))


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

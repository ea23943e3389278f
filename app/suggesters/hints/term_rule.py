"""Terms whose parts were replaced, and words that don't go together: "restricted slave trade", "intellect data"."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.coverage import covered_share
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.word_pairs import PairSort, WordPair, word_pairs

# Below this cosine, two words rarely stand together; of nouns joined by "of", fewer do.
_ODD = {PairSort.MODIFIER: 0.2, PairSort.OF: 0.33}
_TELLING = {PairSort.MODIFIER: 5.8, PairSort.OF: 6.5}  # idf of both words
# With a term of the reference in the same place, less oddness will do.
_ODD_BESIDE_TERM = 0.45
_ODD_IN_PLACE = 0.35  # where the reference has the term with the same verb, in a sentence about the same
_ODDER = 0.15  # than a term that has one of the words
_LIKE_MODIFIER = 0.5
_LIKE_HEAD = 0.6
_TELLING_BESIDE_TERM = 5.0
_LEAST_COVERED = 0.2
_MOST_PAIRS = 400  # of a longer reference only those in sentences about the same are looked at


class _Term(NamedTuple):
    """A pair of a reference that a pair of the text may stand for."""

    reference: int
    pair: WordPair
    likeness: float


class TermRule:
    """Finds odd pairs of words."""

    name = "term"
    title = "Odd word pairs and replaced terms"
    version = "1"
    needs = "a reference about the same"
    tier = Tier.LEAD
    kinds = (HintKind.TERM,)
    help = (
        "Finds a noun and its modifier that are rarely used alike, such as “intellect data”, where the reference has "
        "neither word; and pairs whose two words could stand for those of a term of the reference, such as “slave "
        "trade” for “prisoner exchange”, which is then the proposed correction. Texts that spinning software has "
        "rewritten are full of them; in other texts, an unusual image is often all there is to it."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        if covered_share(comparison) < _LEAST_COVERED:
            return
        for pair in comparison.text.get(word_pairs):
            hint = _hint(comparison, pair)
            if hint is not None:
                yield hint


def _hint(comparison: Comparison, pair: WordPair) -> Hint | None:
    if pair.cosine is None or pair.cosine >= _ODD_BESIDE_TERM:
        return None
    term = _term(comparison, pair) if pair.sort is PairSort.MODIFIER else None
    if term is not None:
        return _replaced(comparison, pair, term)
    text = comparison.parsed
    said = (text.words[pair.first].lemma, text.words[pair.second].lemma)
    odd = pair.cosine < _ODD[pair.sort] and min(map(lexicon().idf, said)) >= _TELLING[pair.sort]
    compound = pair.sort is PairSort.MODIFIER and lexicon().is_compound(*said)
    if not odd or compound or _is_known(comparison, pair):
        return None
    return Hint(
        HintKind.TERM,
        text.start_of(pair.first),
        text.end_of(pair.second + 1),
        "These words rarely stand together, and the reference has neither.",
        score=round(min(1.0, 0.5 + _ODD[pair.sort] - pair.cosine), 3),
    )


def _is_known(comparison: Comparison, pair: WordPair) -> bool:
    """Return whether a reference has one of the words."""
    ours = {comparison.parsed.words[at].lemma.lower() for at in (pair.first, pair.second)}
    return any(ours & reference.get(_lemmas) for reference in comparison.references)


def _lemmas(parsed: ParsedText) -> frozenset[str]:
    return frozenset(word.lemma.lower() for word in parsed.words)


def _term(comparison: Comparison, pair: WordPair) -> _Term | None:
    """Return the term of a reference whose two words are nearest to those of a pair, if the text lacks it."""
    return min(_terms(comparison, pair), key=lambda each: -each.likeness, default=None)


def _terms(comparison: Comparison, pair: WordPair) -> Iterator[_Term]:
    text = comparison.parsed
    sentence = text.words[pair.first].sentence
    scores = {(each.reference, each.sentence): each.score for each in comparison.counterparts(sentence)}
    unsaid = [text.words[at].lemma.lower() for at in (pair.first, pair.second)]
    for number, reference in enumerate(comparison.references):
        known = reference.get(_lemmas)
        pairs = reference.get(word_pairs)
        for other in pairs:
            score = scores.get((number, reference.parsed.words[other.first].sentence), 0.0)
            if other.sort is not PairSort.MODIFIER or (not score and len(pairs) > _MOST_PAIRS):
                continue
            if _is_unsaid(comparison, reference.parsed, other, unsaid, known):
                likeness = _likeness(text, pair, reference.parsed, other, score)
                if likeness:
                    yield _Term(number, other, likeness)


def _is_unsaid(
    comparison: Comparison, reference: ParsedText, other: WordPair, ours: list[str], known: frozenset[str]
) -> bool:
    """Return whether each word of the two pairs is in both of them, or in one of the two texts only."""
    theirs = [reference.words[at].lemma.lower() for at in (other.first, other.second)]
    said = comparison.text.get(_lemmas)
    return all(
        one == another or (one not in known and another not in said) for one, another in zip(ours, theirs, strict=True)
    )


def _likeness(text: ParsedText, pair: WordPair, reference: ParsedText, other: WordPair, score: float) -> float:
    """Return how well a pair of a reference fits the place of a pair of the text; 0 if it doesn't.

    `score` is how similar their sentences are, 0 if they are about different things as far as is known.
    """
    ours = [text.words[at] for at in (pair.first, pair.second)]
    theirs = [reference.words[at] for at in (other.first, other.second)]
    odd, usual = pair.cosine or 0.0, other.cosine or 0.0
    shared = sum(one.lemma.lower() == another.lemma.lower() for one, another in zip(ours, theirs, strict=True))
    if shared == 2 or min(lexicon().idf(word.lemma) for word in (*ours, *theirs)) < _TELLING_BESIDE_TERM:
        return 0.0
    if shared == 1:
        return 1.0 + score if score and usual >= odd + _ODDER else 0.0
    if score and odd < _ODD_IN_PLACE and _governor(text, pair.second) == _governor(reference, other.second):
        return 1.0 + score
    likes = [lexicon().similarity(one.lemma, another.lemma) or 0.0 for one, another in zip(ours, theirs, strict=True)]
    alike = likes[0] >= _LIKE_MODIFIER and likes[1] >= _LIKE_HEAD and usual >= odd
    return sum(likes) if alike else 0.0


def _governor(parsed: ParsedText, noun: int) -> tuple[str, str]:
    """Return what a noun depends on, over a preposition, and how."""
    head = parsed.words[noun].head
    relation = parsed.words[noun].dep
    if parsed.words[head].pos == "ADP":
        relation, head = parsed.words[head].lemma.lower(), parsed.words[head].head
    return relation.removesuffix("pass"), parsed.words[head].lemma.lower()


def _replaced(comparison: Comparison, pair: WordPair, term: _Term) -> Hint:
    text = comparison.parsed
    reference = comparison.references[term.reference].parsed
    said = reference.span_text(term.pair.first, term.pair.second + 1)
    return Hint(
        HintKind.TERM,
        text.start_of(pair.first),
        text.end_of(pair.second + 1),
        f"This may stand for a term of the reference: “{said}”.",
        correction=said,
        evidence=(comparison.place(term.reference, term.pair.first, term.pair.second + 1),),
        score=round(min(1.0, term.likeness / 2), 3),
    )

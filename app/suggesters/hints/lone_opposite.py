"""An adjective of a summary's own: no reference has it, nor one like it, but its opposite."""

from collections.abc import Set

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.adjective_senses import adjective_senses
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.coverage import is_summary
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.reference_words import reference_words, said_share
from app.suggesters.hints.word_forms import in_form_of
from app.suggesters.hints.word_set import word_set

_COVERED = 0.4  # of the weight of the sentence's words
_TELLING = 5.0  # idf from which an adjective isn't said of everything ("other", "new")
_DENIALS = word_set("no not never n't n’t neither nor without hardly")
_UP = 2  # steps up from an adjective within which a denial counts


def lone_opposite(comparison: Comparison, index: int, direct: Set[str]) -> Hint | None:
    """Return a hint for an adjective that a summary has alone, if the references have an opposite that isn't denied.

    `direct` are the opposites that are known of it as such; others are found through adjectives like it.
    """
    parsed = comparison.parsed
    word = parsed.words[index]
    lemma = word.lemma.lower()
    if word.pos != "ADJ" or word.entity or not is_summary(comparison) or is_denied(parsed, index):
        return None
    known = comparison.get(reference_words)
    senses = adjective_senses()
    if known.say(word) or not senses.clusters(lemma).isdisjoint(known.clusters):
        return None
    found = _opposite(comparison, index, direct, senses.opposed(lemma))
    if found is None or said_share(comparison, word.sentence) < _COVERED:
        return None
    rank, number, there = found
    other = comparison.references[number].parsed.words[there]
    return Hint(
        HintKind.ANTONYM,
        word.start,
        word.end,
        f"The reference doesn’t say this of anything, but the opposite: “{other.text}”.",
        correction=in_form_of(other.lemma.lower(), word, other) if rank == 0 else None,
        evidence=(comparison.place(number, there, there + 1),),
        score=0.7 if rank else 0.8,
    )


def is_denied(parsed: ParsedText, index: int) -> bool:
    """Return whether a word, or what it is said by, is denied."""
    at = index
    for _ in range(_UP):
        if any(
            parsed.words[child].dep == "neg" or parsed.words[child].text.lower() in _DENIALS
            for child in parsed.children(at)
        ):
            return True
        at = parsed.words[at].head
    return False


def _opposite(comparison: Comparison, index: int, direct: Set[str], clusters: Set[str]) -> tuple[int, int, int] | None:
    """Return (rank, reference, word) of the best opposite; rank 0 is one that is said of the same."""
    word = comparison.parsed.words[index]
    near = {(each.reference, each.sentence) for each in comparison.counterparts(word.sentence)}
    senses = adjective_senses()
    candidates: list[tuple[int, str, int, int]] = []
    for number, reference in enumerate(comparison.references):
        parsed = reference.parsed
        for there, other in enumerate(parsed.words):
            lemma = other.lemma.lower()
            if other.pos not in ("ADJ", "ADV", "VERB", "NOUN"):
                continue
            is_direct = lemma in direct or other.text.lower() in direct
            if not is_direct and (other.pos != "ADJ" or senses.clusters(lemma).isdisjoint(clusters)):
                continue
            if is_denied(parsed, there):
                return None
            rank = _rank(comparison, index, parsed, there, is_near=(number, other.sentence) in near)
            if rank < _LEAST:
                candidates.append((rank, parsed.sentence_text(other.sentence), number, there))
    if not candidates:
        return None
    rank, _, number, there = min(candidates)
    return rank, number, there


_LEAST = 3


def _rank(comparison: Comparison, index: int, other: ParsedText, there: int, *, is_near: bool) -> int:
    """Return 0 if both are said of the same, 1 if their sentences are, 2 if the word is telling, 3 if it isn't."""
    ours, theirs = comparison.parsed.words[index], other.words[there]
    head, their_head = comparison.parsed.words[ours.head].lemma.lower(), other.words[theirs.head].lemma.lower()
    if ours.dep == theirs.dep == "amod" and head == their_head:
        return 0
    if is_near:
        return 1
    return 2 if min(lexicon().idf(ours.lemma), lexicon().idf(theirs.lemma)) >= _TELLING else _LEAST

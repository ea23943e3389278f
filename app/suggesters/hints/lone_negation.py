"""A denial of the text's own: nothing that the reference says thereabouts is denied, refused, absent or ended."""

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.arguments import Likeness, best_match
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind, ReferencePlace
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.predicates import Polarity, Predicate
from app.suggesters.hints.word_forms import in_form_of
from app.suggesters.hints.word_set import word_set

NEGATORS = frozenset(("not", "n't", "n’t", "never", "no"))

_LEAST = 0.3  # of the similarity of a counterpart
_NEGATIVE = NEGATORS | word_set(
    """
    nor none nobody nothing neither nowhere without cannot cant dont doesnt didnt wont isnt wasnt arent nope nah
    hardly barely scarcely rarely seldom few little only but however although though instead rather except unless
    until still yet despite unlike fail failure refuse refusal decline deny denial lack lacking miss missing absent
    absence hate unable impossible stop cease end avoid prevent block ban prohibit forbid reject oppose against
    forget omit skip cancel abandon drop quit leave lose loss break broken crash close shut cut exclude escape bad
    wrong sorry problem difficult hard doubt reluctant halt suspend delay postpone remain keep limit restrict free
    empty false contrary otherwise away too low short ignore neglect withhold withdraw resist stay contradict minus
    zero vain
    """
)
_PREFIXES = ("un", "dis", "im", "in", "non", "mis", "il", "ir")


def lone_negation(comparison: Comparison, ours: Predicate) -> Hint | None:
    """Return a hint for a denied predicate for which the reference has no negative word near its counterparts."""
    text = comparison.parsed
    said = [word.text.lower() for word in text.words[ours.first : ours.last + 1]]
    # "Failed to" and "refused to" may sum up what a reference tells in other words.
    if (
        ours.polarity is not Polarity.DENIED
        or ours.quoted
        or not ours.asserted
        or not any(word in NEGATORS for word in said)
    ):
        return None
    counterparts = [each for each in comparison.counterparts(ours.sentence) if each.score >= _LEAST]
    if not counterparts:
        return None
    for each in counterparts:
        parsed = comparison.references[each.reference].parsed
        near = range(max(each.sentence - 1, 0), min(each.sentence + 2, len(parsed.sentences)))
        words = [word for sentence in near for word in parsed.sentence_words(sentence)]
        if any(_is_negative(word, ours.lemma) for word in words):
            return None
    place = _said_of_the_same(comparison, text, ours)
    if place is None:
        return None
    return Hint(
        HintKind.NEGATION,
        text.start_of(ours.first),
        text.end_of(ours.last),
        "The text denies this, and nothing that the reference says of it is denied.",
        correction=affirmed(text, ours),
        evidence=(place,),
        score=round(min(1.0, 0.4 + counterparts[0].score / 3), 3),
    )


def affirmed(text: ParsedText, predicate: Predicate) -> str | None:
    """Return the words of a denied predicate without their negation; None if something else denies it."""
    words = [text.words[index] for index in range(predicate.first, predicate.last)]
    left = [word for word in words if word.text.lower() not in NEGATORS]
    if len(left) == len(words):
        return None
    if left[0].lemma == "do" and len(left) == 2:
        return in_form_of(left[1].lemma, left[0])
    full = {"ca": "can", "wo": "will", "sha": "shall"}
    return " ".join(full.get(word.text.lower(), word.text) for word in left)


def _is_negative(word: Word, denied: str) -> bool:
    lemma = word.lemma.lower()
    if lemma in _NEGATIVE or word.text.lower() in _NEGATIVE:
        return True
    if lemma.startswith(_PREFIXES) and lexicon().rank(lemma.removeprefix(lemma[:2]).removeprefix("n")) is not None:
        return True
    return lemma.endswith("less") or denied in lexicon().antonyms(lemma)


def _said_of_the_same(comparison: Comparison, text: ParsedText, ours: Predicate) -> ReferencePlace | None:
    """Return the sentence of the reference that has the verb, or something else that the text denies it of."""
    things = [at for at in ours.arguments if text.words[at].entity not in ("DATE", "TIME")]
    for each in comparison.counterparts(ours.sentence):
        parsed = comparison.references[each.reference].parsed
        first, last = parsed.sentences[each.sentence]
        content = [at for at in range(first, last) if parsed.words[at].pos in ("NOUN", "PROPN", "VERB", "ADJ")]
        same_verb = any(parsed.words[at].lemma.lower() == ours.lemma for at in content)
        if same_verb or best_match(text, things, parsed, content) is Likeness.SAME:
            return comparison.place(each.reference, first, last)
    return None

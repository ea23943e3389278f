"""Negation and certainty: the reference denies what the text affirms, or is less certain of it, or the reverse."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.alignment import Counterpart
from app.suggesters.hints.arguments import Likeness, best_match
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.lone_negation import affirmed, lone_negation
from app.suggesters.hints.predicates import Certainty, Polarity, Predicate, predicates
from app.suggesters.hints.quotations import reports
from app.suggesters.hints.read_text import ReadText
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.word_set import word_set

# Said so often, and of so much, that two of them are rarely the same statement.
_COMMON = word_set("be have do say go get make take come know think see want tell ask feel let look like")
# "Doesn't think that it is" says the same as "thinks that it isn't".
_RAISING = word_set("think believe expect suppose seem appear want feel imagine")
_DENYING = word_set("no not none nobody neither nothing")
_LONGEST_SUBJECT = 6  # words
_ALIGNED = 0.45
_DENIALS = {
    Polarity.DENIED: "The text denies what the reference affirms",
    Polarity.AFFIRMED: "The text affirms what the reference denies",
}
_CLASHES = frozenset(
    (
        frozenset((Certainty.POSSIBLE, Certainty.FUTURE)),
        frozenset((Certainty.POSSIBLE, Certainty.REQUIRED)),
        frozenset((Certainty.POSSIBLE, Certainty.FACT)),
    )
)


class _Pair(NamedTuple):
    """A predicate of the text, and one of a reference that says the same of the same."""

    ours: Predicate
    theirs: Predicate
    counterpart: Counterpart
    strength: int


def _by_lemma(text: ReadText) -> dict[tuple[int, str], list[Predicate]]:
    """Return the predicates of a text by sentence and lemma."""
    found: dict[tuple[int, str], list[Predicate]] = {}
    for predicate in text.get(predicates):
        found.setdefault((predicate.sentence, predicate.lemma), []).append(predicate)
    return found


class NegationRule:
    """Finds statements that the reference makes with the opposite sign, or with another certainty."""

    name = "negation"
    title = "Negation and certainty: “approved” for “did not approve”, “will” for “may”"
    version = "2"
    needs = "a reference"
    tier = Tier.SURE
    kinds = (HintKind.NEGATION,)
    help = (
        "Compares what is said of whom: where the reference has the same verb with the same subject or object, but one "
        "of the two is denied and the other isn’t, or one may be and the other is or will be. “Failed to host” is the "
        "same as “didn’t host”. Passed over: questions, conditions, wishes, quotations, and what the reference also "
        "says elsewhere."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        for ours in comparison.text.get(predicates):
            if ours.asserted and not ours.quoted and ours.polarity is not Polarity.OPEN:
                found = next(_contradictions(comparison, ours), None) or lone_negation(comparison, ours)
                if found is not None:
                    yield found


def _contradictions(comparison: Comparison, ours: Predicate) -> Iterator[Hint]:
    pairs = list(_pairs(comparison, ours))
    if any(_agree(pair.ours, pair.theirs) for pair in pairs):
        return
    reported = ours.sentence in comparison.text.get(reports)
    pairs.sort(key=lambda pair: (-pair.strength, -pair.counterpart.score))
    for pair in pairs:
        theirs = pair.theirs
        if theirs.polarity is Polarity.OPEN or not theirs.asserted or (theirs.quoted and not reported):
            continue
        if theirs.polarity is not ours.polarity:
            yield _hint(comparison, pair, _DENIALS[ours.polarity])
        elif _clash(pair):
            yield _hint(
                comparison,
                pair,
                "The reference is more certain" if _is_doubted(ours) else "The reference is less certain",
            )


def _agree(ours: Predicate, theirs: Predicate) -> bool:
    return ours.polarity is theirs.polarity and frozenset((ours.certainty, theirs.certainty)) not in _CLASHES


def _is_doubted(predicate: Predicate) -> bool:
    return predicate.certainty is Certainty.POSSIBLE


def _clash(pair: _Pair) -> bool:
    clash = frozenset((pair.ours.certainty, pair.theirs.certainty)) in _CLASHES
    return clash and (pair.strength > 1 or pair.counterpart.score >= _ALIGNED)


def _pairs(comparison: Comparison, ours: Predicate) -> Iterator[_Pair]:
    text = comparison.parsed
    for counterpart in comparison.counterparts(ours.sentence):
        reference = comparison.references[counterpart.reference]
        for theirs in reference.combine(_by_lemma).get((counterpart.sentence, ours.lemma), ()):
            strength = _strength(text, ours, reference.parsed, theirs, counterpart.score)
            if strength:
                yield _Pair(ours, theirs, counterpart, strength)


def _strength(text: ParsedText, ours: Predicate, other: ParsedText, theirs: Predicate, score: float) -> int:
    """Return 0 if two predicates may be about different things, 2 if all that is known of them is the same."""
    subjects = best_match(text, ours.subjects, other, theirs.subjects)
    arguments = best_match(text, ours.arguments, other, theirs.arguments)
    if Likeness.OTHER in (subjects, arguments):
        return 0
    same = (subjects is Likeness.SAME) + (arguments is Likeness.SAME)
    if ours.lemma.split()[0] in _COMMON and arguments is not Likeness.SAME:
        return 0
    if ours.lemma in _RAISING and _has_clause(ours) and _has_clause(theirs):
        return 0
    bare = not ours.arguments and not theirs.arguments
    if same == 2 or (same == 1 and bare):
        return 2
    if same == 1 or (score >= _ALIGNED and lexicon().idf(ours.lemma) > 6):
        return 1
    return 0


def _has_clause(predicate: Predicate) -> bool:
    return any(relation in ("xcomp", "ccomp") for relation, _ in predicate.others)


def _hint(comparison: Comparison, pair: _Pair, what: str) -> Hint:
    text = comparison.parsed
    reference = comparison.references[pair.counterpart.reference].parsed
    ours, theirs = pair.ours, pair.theirs
    correction = _correction(text, ours, reference, theirs)
    if _is_denied_by_subject(text, ours) or _is_denied_by_subject(reference, theirs):
        # "No deaths were reported" and "deaths were reported" differ in the subject.
        ours, theirs = _with_subject(text, ours), _with_subject(reference, theirs)
        correction = reference.span_text(theirs.first, theirs.last) if ours.passive == theirs.passive else None
    said = reference.span_text(theirs.first, theirs.last)
    return Hint(
        HintKind.NEGATION,
        text.start_of(ours.first),
        text.end_of(ours.last),
        f"{what}: “{said}”.",
        correction=correction,
        evidence=(comparison.place(pair.counterpart.reference, theirs.first, theirs.last),),
        score=round(min(1.0, 0.4 + 0.2 * pair.strength + pair.counterpart.score / 4), 3),
    )


def _correction(text: ParsedText, ours: Predicate, reference: ParsedText, theirs: Predicate) -> str | None:
    """Return the words of the text as they ought to be: those of the reference, or ours if the voice is another."""
    if ours.passive == theirs.passive:
        return reference.span_text(theirs.first, theirs.last)
    words = [text.words[index] for index in range(ours.first, ours.last)]
    if ours.polarity is theirs.polarity:
        modals = [word.text for word in reference.words[theirs.first : theirs.last] if word.tag == "MD"]
        return " ".join((*modals[:1], *(word.text for word in words[1:]))) if modals and words[0].tag == "MD" else None
    if ours.polarity is Polarity.AFFIRMED:
        return " ".join((words[0].text, "not", *(word.text for word in words[1:]))) if len(words) > 1 else None
    return affirmed(text, ours)


def _is_denied_by_subject(parsed: ParsedText, predicate: Predicate) -> bool:
    if predicate.polarity is not Polarity.DENIED:
        return False
    subjects = (predicate.objects if predicate.passive else predicate.subjects)[:1]
    below = [each for subject in subjects for each in (subject, *parsed.children(subject))]
    return any(parsed.words[each].text.lower() in _DENYING for each in below if each < predicate.first)


def _with_subject(parsed: ParsedText, predicate: Predicate) -> Predicate:
    """Return a predicate whose range begins with its subject, if that stands right before it."""
    subjects = (predicate.objects if predicate.passive else predicate.subjects)[:1]
    before = [each for subject in subjects for each in parsed.subtree(subject) if each < predicate.first]
    if not before or max(before) != predicate.first - 1 or predicate.first - min(before) > _LONGEST_SUBJECT:
        return predicate
    return predicate._replace(first=min(before))

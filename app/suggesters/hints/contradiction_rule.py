"""Places where a text contradicts itself: no reference is needed.

Only what can hardly be meant otherwise: two ages of a person, two values that one subject has by one verb, a period
that ends before it begins, a rise to less, and a statement beside its own negation.
"""

import re
from collections.abc import Iterator

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.dates import DateKind, StatedDate
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.predicates import predicates
from app.suggesters.hints.quantities import AGE, Quantity
from app.suggesters.hints.repeated_statements import RepeatedStatements
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.value_mentions import Mention, Mentions, mentions_of
from app.suggesters.hints.word_set import word_set

_SCORE = 0.8
_RISES = word_set("rise increase grow climb jump soar surge")
_FALLS = word_set("fall decrease drop decline sink plunge shrink plummet")
_JOINS = frozenset((("from", "to"), ("from", "until"), ("from", "through"), ("between", "and")))
_TO = re.compile(r"\s(?:[a-z]+ )?to (?:about |around |nearly |almost |just |only )?\Z")
_YEARS_PASS = word_set("later ago earlier then now when since at before after last next was")
"""Words beside which a person may have another age."""
_AGES = range(14, 120)


class ContradictionRule:
    """Finds values, dates and statements that exclude each other within one text."""

    name = "contradiction"
    title = "Places where the text contradicts itself"
    version = "1"
    needs = ""
    tier = Tier.SURE
    kinds = (HintKind.CONTRADICTION,)
    help = (
        "Found are two ages of one person, two numbers or dates that one subject has by one verb (“was born in 1956”,"
        " later “was born in 1965”), periods that end before they begin, rises to less and falls to more, and a"
        " statement beside its own negation. The second place is marked; which of the two is wrong, a reader decides."
    )

    def hints(self, comparison: Comparison) -> Iterator[Hint]:
        """Yield a hint at the second of two places that exclude each other."""
        parsed = comparison.parsed
        mentions = comparison.text.get(mentions_of)
        found = [
            *_turned_periods(parsed, mentions),
            *_turned_changes(parsed, mentions),
            *_two_ages(parsed, mentions),
        ]
        statements = RepeatedStatements(parsed, comparison.text.get(predicates), mentions)
        for first, second, of_polarity in statements.find():
            what = "the opposite" if of_polarity else "of the same"
            said = _said(parsed, *first)
            reason = f"Elsewhere the text says {what}: {said}."
            found.append(_hint(*second, reason))
        yield from {hint.start: hint for hint in reversed(found)}.values()


def _hint(start: int, end: int, reason: str) -> Hint:
    return Hint(HintKind.CONTRADICTION, start, end, reason, None, (), _SCORE)


def _said(parsed: ParsedText, start: int, end: int) -> str:
    return f"“{' '.join(parsed.text[start:end].split())}”"


# -- within a sentence -------------------------------------------------------------------------------------------------


def _turned_periods(parsed: ParsedText, mentions: Mentions) -> Iterator[Hint]:
    """Yield “from 2014 to 2010” and “from 12 May to 9 May 2024”."""
    dates = [mention.value for mention in mentions.dates]
    for first, second in zip(dates, dates[1:], strict=False):
        if first.kind is not DateKind.DAY or second.kind is not DateKind.DAY:
            continue
        before = parsed.text[max(0, first.start - 8) : first.start].split()
        between = parsed.text[first.end : second.start].strip().lower()
        if before and (before[-1].lower(), between) in _JOINS and _ends_before(first, second):
            reason = f"The period ends before it begins: {_said(parsed, first.start, second.end)}."
            yield _hint(first.start, second.end, reason)


def _ends_before(first: StatedDate, second: StatedDate) -> bool:
    """Return whether a period ends before it begins; “from 12 December to 3 January 2020” doesn't."""
    if second.year is None:
        return False
    if first.year is not None and first.year != second.year:
        return second.year < first.year
    begins = first._replace(year=second.year).calendar_day
    ends = second.calendar_day
    crossing = (
        first.year is None and first.month is not None and second.month is not None and first.month > second.month
    )
    return begins is not None and ends is not None and ends < begins and not crossing


def _turned_changes(parsed: ParsedText, mentions: Mentions) -> Iterator[Hint]:
    """Yield “rose from 7 to 5 percent”."""
    quantities = mentions.quantities
    for one, other in zip(quantities, quantities[1:], strict=False):
        first, second = one.value, other.value
        if one.sentence != other.sentence or first.kind != second.kind or first.unit != second.unit:
            continue
        if first.low != first.high or second.low != second.high or not _TO.match(parsed.text[first.end : second.start]):
            continue
        verb = _verb_of_change(parsed, first)
        if (verb in _RISES and second.low < first.low) or (verb in _FALLS and second.low > first.low):
            end = max(second.end, other.noun_end)
            said = _said(parsed, first.start, end)
            yield _hint(first.start, end, f"A change from {said} is in the other direction.")


def _verb_of_change(parsed: ParsedText, first: Quantity) -> str:
    """Return the verb right before “from A to B”, or “”."""
    index = parsed.word_at(first.start)
    while index > 0 and parsed.words[index].text.lower() != "from" and first.start - parsed.start_of(index) < 10:
        index -= 1
    if index < 1 or parsed.words[index].text.lower() != "from":
        return ""
    between = parsed.text[parsed.end_of(index + 1) : first.start].split()
    if any(word.lower() in ("minus", "-", "−") for word in between) or parsed.text[first.start - 1] in "-−–":
        return ""
    word = parsed.words[index - 1]
    denied = any(parsed.words[child].dep == "neg" for child in parsed.children(index - 1))
    return word.lemma.casefold() if word.pos == "VERB" and not denied else ""


# -- of a person -------------------------------------------------------------------------------------------------------


def _two_ages(parsed: ParsedText, mentions: Mentions) -> Iterator[Hint]:
    """Yield the second of two ages that stand with one name."""
    known: dict[str, list[tuple[tuple[str, ...], Quantity]]] = {}
    told = [mention for mention in mentions.quantities if mention.value.kind == AGE]
    ages = [mention.value for mention in told]
    for mention in told:
        value = mention.value
        if value.low != value.high or int(value.low) not in _AGES:
            continue
        name = _name_beside(parsed, mention)
        if not name or _may_be_at_another_time(parsed, mention.sentence, ages):
            continue
        for other_name, other in known.get(name[-1], ()):
            one_person = len(name) == 1 or len(other_name) == 1 or name == other_name
            if one_person and abs(other.low - value.low) > 1:
                reason = f"Elsewhere the text says {_said(parsed, other.start, other.end)} of the same person."
                yield _hint(value.start, value.end, reason)
                break
        known.setdefault(name[-1], []).append((name, value))


def _may_be_at_another_time(parsed: ParsedText, sentence: int, ages: list[Quantity]) -> bool:
    return any(
        (word.text.lower() in _YEARS_PASS or word.lemma == "year")
        and not any(age.start <= word.start < age.end for age in ages)
        for word in parsed.sentence_words(sentence)
    )


def _name_beside(parsed: ParsedText, mention: Mention[Quantity]) -> tuple[str, ...]:
    """Return the name right beside an age (“Ana Ruiz, 32”, “the 32-year-old Ruiz”), part by part."""
    words, index = parsed.words, mention.word - 1
    while index > 0 and words[index].text in (",", "(", "aged"):
        index -= 1
    last = index
    while index >= 0 and words[index].pos == "PROPN":
        index -= 1
    if index < last < mention.word - 1:
        return tuple(words[at].text.casefold() for at in range(index + 1, last + 1))
    index = parsed.word_at(mention.value.end - 1) + 1
    first = index
    while index < len(words) and words[index].pos == "PROPN":
        index += 1
    return tuple(words[at].text.casefold() for at in range(first, index))

"""Names and numbers that the references don't have, in sentences that they cover."""

import re
from collections.abc import Iterable, Iterator

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.entity_rule import unknown_names
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.quantities import COUNT, FRACTION, PERCENT, RANK, Quantity
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.value_mentions import mentions_of

_COVERED = 0.35
"""From this similarity on, a reference speaks of so much of a sentence that it ought to have its names and numbers."""
_DIGITS = re.compile(r"\d[\d.,]*\d|\d")
_SMALL = 4  # fewer may have been counted: "two players"


class UnmatchedRule:
    """Finds names and numbers without a counterpart."""

    name = "unmatched"
    title = "Names and numbers that the reference doesn’t have"
    version = "2"
    needs = "a reference about the same"
    tier = Tier.LEAD
    kinds = (HintKind.UNMATCHED,)
    help = (
        "Marks names and numbers that no reference has in any form, in sentences that a reference covers. What is "
        "wrong can’t be told from that: the writer may know more than the reference. Small counts are passed over."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        if comparison.references:
            yield from unmatched_names(comparison)
            yield from unmatched_numbers(comparison)


def unmatched_names(comparison: Comparison) -> Iterator[Hint]:
    """Yield a hint for each name that no reference has in any form, in sentences that a reference covers."""
    text = comparison.parsed
    for unknown in comparison.get(unknown_names):
        name = unknown.name
        # A name that is known in part may only be longer than in the reference.
        if len(unknown.parts) == len(name.tokens) and _is_covered(comparison, name.sentence):
            said = text.span_text(name.first, name.last)
            reason = f"No reference has “{said}”, nor another form of it."
            yield _hint(comparison, text.start_of(name.first), text.end_of(name.last), reason, name.sentence)


def unmatched_numbers(comparison: Comparison) -> Iterator[Hint]:
    """Yield a hint for each number that no reference has, in sentences that a reference covers."""
    text = comparison.parsed
    theirs = [each.value for reference in comparison.references for each in reference.get(mentions_of).quantities]
    for ours in (each.value for each in comparison.text.get(mentions_of).quantities):
        small = ours.kind in (COUNT, RANK) and ours.number < _SMALL
        known = any(_could_be(ours, other) for other in theirs) or _is_written(comparison, ours)
        if ours.faint or small or known:
            continue
        sentence = text.words[max(0, text.word_at(ours.start))].sentence
        if _is_covered(comparison, sentence):
            reason = f"No reference has this number: “{text.text[ours.start : ours.end]}”."
            yield _hint(comparison, ours.start, ours.end, reason, sentence)


def _could_be(ours: Quantity, other: Quantity) -> bool:
    """Return whether two quantities may be one: the same number, or values that overlap within how they are rounded."""
    if ours.number == other.number:
        return True
    if {ours.kind, other.kind} == {FRACTION, PERCENT}:
        return _as_percent(ours) == _as_percent(other)
    step = max(ours.step, other.step)
    return ours.kind == other.kind and ours.low <= other.high + step and other.low <= ours.high + step


def _as_percent(quantity: Quantity) -> float:
    return round(quantity.low * 100 if quantity.kind == FRACTION else quantity.low, 1)


def _is_written(comparison: Comparison, ours: Quantity) -> bool:
    """Return whether a reference has the same digits, whatever they count there."""
    digits = _DIGITS.search(comparison.parsed.text, ours.start, ours.end)
    return digits is not None and any(digits.group() in reference.get(_digits) for reference in comparison.references)


def _digits(parsed: ParsedText) -> frozenset[str]:
    return frozenset(_DIGITS.findall(parsed.text))


def _is_covered(comparison: Comparison, sentence: int) -> bool:
    found = comparison.counterparts(sentence)
    return bool(found) and found[0].score >= _COVERED


def _hint(comparison: Comparison, start: int, end: int, reason: str, sentence: int) -> Hint:
    best = comparison.counterparts(sentence)[0]
    place = comparison.place(best.reference, *comparison.references[best.reference].parsed.sentences[best.sentence])
    return Hint(HintKind.UNMATCHED, start, end, reason, evidence=(place,), score=round(min(1.0, best.score), 3))

"""Quantities for which the reference has another value."""

from collections.abc import Iterator
from itertools import chain, combinations

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints import measures
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.dates import DateKind
from app.suggesters.hints.hint import Hint, HintKind, ReferencePlace
from app.suggesters.hints.quantities import AGE, COUNT, FRACTION, MULTIPLE, RANK, SCORE, Quantity
from app.suggesters.hints.quantity_match import adapted, consistent
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.stated_values import of_references, of_text
from app.suggesters.hints.value_mentions import LIGHT, Mention, Mentions, mentions_of
from app.suggesters.hints.value_pairs import (
    ValuePair,
    aligned_pairs,
    distant_pairs,
    order_of_pairs,
    pairs_with,
    undisputed,
)

_COUNTED = frozenset((COUNT, RANK, FRACTION, MULTIPLE))
"""Kinds whose values say nothing without what they count."""
_MEASURED_STRENGTH = 2.35
_COUNTED_STRENGTH = 3.4
_OTHER_NOUN_STRENGTH = 5.0
_ONE_NUMBER = 2.0
_SLIP = 1.0
_LARGE_SLIP = 1.5
_LONG_SLIP = 3.0
"""What a slip of the pen says for one thing: digits in another order, a zero more or less."""
_SINGLE = 0.6
_LAST_LEFT = 1.0
_LARGE = 100
_SOME = 0.25
_ROUNDED = 0.02
_DISTANT_LIKENESS = 4.2
_ONLY_LIKENESS = 1.2
_SINGLE_LIKENESS = 0.6
_DESPITE_LIKENESS = 3.7
_MOST_LISTED = 12

_TOLD_APART = frozenset((COUNT, RANK, measures.DURATION, measures.MONEY, measures.LENGTH))
"""Kinds of which a text has several values, each of another thing."""

QuantityMention = Mention[Quantity]


class QuantityRule:
    """Compares numbers, amounts, percentages, measures, durations, ages, ranks and scores as values."""

    name = "quantity"
    title = "Quantities that differ from the reference"
    version = "1"
    needs = "a reference"
    tier = Tier.SURE
    kinds = (HintKind.QUANTITY,)
    help = (
        "Numbers, amounts of money, percentages, measures, durations, ages, ranks and scores are compared as values:"
        " “90 minutes” is “an hour and a half”, “€2m” is “2 million euros”. A value is marked where the reference says"
        " another one of the same thing, and nowhere this one. What is rounded (“over £1 million”), counted from a list"
        " or computed from the reference’s numbers is passed over."
    )

    def hints(self, comparison: Comparison) -> Iterator[Hint]:
        """Yield a hint for each quantity that the references give otherwise."""
        ours = comparison.text.get(mentions_of)
        if ours.quantities and comparison.references:
            yield from _Search(comparison, ours).hints()


class _Search:
    """One text beside its references."""

    def __init__(self, comparison: Comparison, ours: Mentions) -> None:
        self._comparison = comparison
        self._ours = ours
        self._theirs = [reference.get(mentions_of) for reference in comparison.references]
        self._by_sentence = [reference.get(_by_sentence) for reference in comparison.references]
        self._by_key = [reference.get(_by_key) for reference in comparison.references]
        self._lone_by_kind: dict[str, float] = {}
        self._our_values = of_text(mention.value for mention in ours.quantities)
        self._their_values = of_references(
            mention.value for mentions in self._theirs for mention in mentions.quantities
        )
        self._bare = {
            (mention.value.start, mention.value.end)
            for mentions in self._theirs
            for mention in mentions.quantities
            if not mention.noun
        }
        self._their_times = {
            mention.value.time % 720
            for mentions in self._theirs
            for mention in mentions.dates
            if mention.value.kind is DateKind.CLOCK and mention.value.time is not None
        }

    def hints(self) -> Iterator[Hint]:
        for mention in self._ours.quantities:
            if mention.value.faint or mention.value.kind == MULTIPLE and mention.value.low == 1:
                continue
            said = self._is_said(mention.value)
            pair = self._despite(mention) if said else self._pair(mention)
            if pair is not None and not self._is_derived(pair):
                yield self._hint(pair)

    # -- what the references say ---------------------------------------------------------------------------------------

    def _is_said(self, value: Quantity) -> bool:
        """Return whether the references have this value somewhere."""
        if value.kind == COUNT and value.low * 60 % 720 in self._their_times and value.low <= 12:
            return True
        return self._their_values.has(value)

    def _is_free(self, value: Quantity) -> bool:
        """Return whether a value of the references is said nowhere in the text: only then can it be the right one."""
        return not self._our_values.has(value)

    def _fits(self, ours: Quantity, theirs: Quantity) -> bool:
        if consistent(ours, theirs):
            return False
        if ours.kind != theirs.kind:  # in a talk about money, the currency is left out
            return (
                ours.kind == measures.MONEY and theirs.kind == COUNT and self._is_bare(theirs) and self._is_free(theirs)
            )
        if ours.kind == measures.MONEY and ours.unit != theirs.unit and ours.number != theirs.number:
            return False  # an amount in another currency may be the same, converted
        if theirs.faint and not _is_one_unit(theirs, ours):
            return False
        return self._is_free(theirs)

    def _is_bare(self, value: Quantity) -> bool:
        """Return whether a large number of the references counts nothing that is named."""
        return value.number >= _LARGE and (value.start, value.end) in self._bare

    # -- pairs ---------------------------------------------------------------------------------------------------------

    def _pair(self, mention: QuantityMention) -> ValuePair[Quantity] | None:
        """Return what the references say instead of a value that they don't say."""
        pairs = aligned_pairs(self._comparison, mention, self._by_sentence, self._fits)
        lone = self._lone(mention.value.kind)
        weighed = [
            pair._replace(strength=pair.strength + lone) if _may_be_lone(pair) else pair
            for pair in map(_weighed, pairs)
        ]
        good = sorted(filter(_is_of_one_thing, weighed), key=order_of_pairs)
        if good:
            return undisputed(good, consistent)
        keys = [key for key in (mention.noun, mention.verb, *sorted(mention.above)) if key and key not in LIGHT]
        distant = sorted(distant_pairs(mention, self._by_key, self._fits, keys), key=order_of_pairs)
        good = [pair for pair in distant if pair.likeness >= _DISTANT_LIKENESS]
        return undisputed(good, consistent) if good else self._only_pair(mention)

    def _lone(self, kind: str) -> float:
        """Return what speaks for a pair if each side has just one value of its kind that the other lacks."""
        if kind not in self._lone_by_kind:
            ours = [v for v in self._our_values.of(kind) if not v.faint and not self._is_said(v)]
            theirs = [v for v in self._their_values.of(kind) if not v.faint and self._is_free(v)]
            others = len(self._our_values.of(kind)) > 1 and len(self._their_values.of(kind)) > 1
            lone = len(ours) == 1 == len(theirs)
            self._lone_by_kind[kind] = (_LAST_LEFT if others else _SINGLE) if lone else 0.0
        return self._lone_by_kind[kind]

    def _only_pair(self, mention: QuantityMention) -> ValuePair[Quantity] | None:
        """Return what the references say if they have no other value of this kind that the text lacks."""
        value = mention.value
        if value.kind in _COUNTED:
            return None
        free = [other for other in self._their_values.of(value.kind) if self._fits(value, other)]
        if not free or not all(consistent(free[0], other) for other in free[1:]):
            return None
        pairs = [
            pair
            for number, sentences in enumerate(self._by_sentence)
            for pair in pairs_with(mention, number, chain(*sentences.values()), self._fits)
        ]
        least = _SINGLE_LIKENESS if self._lone(value.kind) else _ONLY_LIKENESS
        good = [pair for pair in pairs if pair.likeness >= least]
        return undisputed(sorted(good, key=order_of_pairs), consistent)

    def _despite(self, mention: QuantityMention) -> ValuePair[Quantity] | None:
        """Return what the references say of a thing whose value they say too, but only of other things."""
        if not mention.noun or mention.value.kind not in _TOLD_APART:
            return None
        for by_key in self._by_key:
            for other in by_key.get(mention.noun, ()):
                if other.noun == mention.noun and consistent(mention.value, other.value):
                    return None
        if mention.value.kind != RANK and self._says_without_noun(mention.value):
            return None
        pairs = aligned_pairs(self._comparison, mention, self._by_sentence, self._fits)
        good = [
            pair
            for pair in pairs
            if pair.theirs.noun == mention.noun and pair.likeness >= _DESPITE_LIKENESS and pair.aligned >= 0.3
        ]
        return undisputed(good, consistent)

    def _says_without_noun(self, value: Quantity) -> bool:
        return any(
            not other.noun and abs(value.low - other.value.low) <= _ROUNDED * abs(value.low)
            for mentions in self._theirs
            for other in mentions.quantities
            if other.value.kind == value.kind
        )

    # -- what follows from the references ------------------------------------------------------------------------------

    def _is_derived(self, pair: ValuePair[Quantity]) -> bool:
        """Return whether a value is a sum or a difference of others, or the length of a list."""
        value = pair.ours.value
        if value.kind in (RANK, SCORE):
            return False
        here = [
            mention.value
            for counterpart in self._comparison.counterparts(pair.ours.sentence)
            for mention in self._by_sentence[counterpart.reference].get(counterpart.sentence, ())
            if self._can_be_part(mention, pair.ours)
        ]
        if any(_makes(value, one, other) for one, other in combinations(here[:12], 2)):
            return True
        return value.kind == COUNT and value.low <= _MOST_LISTED and self._is_length_of_list(pair.ours)

    def _can_be_part(self, theirs: QuantityMention, ours: QuantityMention) -> bool:
        """Return whether a quantity of the references can be one of those that ours was computed from."""
        value, other = ours.value, theirs.value
        if other.kind != value.kind:
            return value.kind == measures.MONEY and other.kind == COUNT and self._is_bare(other)
        if other.faint or other.unit != value.unit:
            return False
        return not ours.noun or value.kind not in _COUNTED or theirs.noun == ours.noun

    def _is_length_of_list(self, mention: QuantityMention) -> bool:
        size = int(mention.value.low)
        return any(
            size in _list_lengths(self._comparison.references[counterpart.reference].parsed, counterpart.sentence)
            for counterpart in self._comparison.counterparts(mention.sentence)
        )

    # -- hints ---------------------------------------------------------------------------------------------------------

    def _hint(self, pair: ValuePair[Quantity]) -> Hint:
        value, other = pair.ours.value, pair.theirs.value
        text = self._comparison.text.text
        reference = self._comparison.references[pair.reference].text
        end = max(other.end, pair.theirs.noun_end)
        if end - other.end > 30:
            end = other.end
        return Hint(
            HintKind.QUANTITY,
            value.start,
            value.end,
            f"The reference says “{' '.join(reference[other.start : end].split())}”.",
            adapted(value, text, other, reference),
            (ReferencePlace(pair.reference, other.start, other.end),),
            round(min(0.99, 0.6 + 0.05 * pair.strength), 3),
        )


def _weighed(pair: ValuePair[Quantity]) -> ValuePair[Quantity]:
    """Return a pair with what its values themselves say: one number with two units or scales is no coincidence."""
    ours, theirs = pair.ours.value, pair.theirs.value
    if ours.low != ours.high or theirs.low != theirs.high or not ours.low or not theirs.low:
        return pair
    same_number = ours.unit != theirs.unit and ours.number == theirs.number
    ratio = max(ours.low, theirs.low) / min(ours.low, theirs.low)
    same_digits = ours.unit == theirs.unit and any(abs(ratio - scale) < 1e-6 * scale for scale in (1e3, 1e6, 1e9))
    if same_number or same_digits:
        return pair._replace(strength=pair.strength + _ONE_NUMBER)
    if ours.unit == theirs.unit and (turned := _turned_digits(ours, theirs)):
        large = turned == 2 and ours.number >= _LARGE
        return pair._replace(strength=pair.strength + (_LONG_SLIP if turned > 2 else _LARGE_SLIP if large else _SLIP))
    slip = ours.unit == theirs.unit and any(abs(ratio - ten) < 1e-6 for ten in (10, 100))
    return pair._replace(strength=pair.strength + _SLIP) if slip else pair


def _may_be_lone(pair: ValuePair[Quantity]) -> bool:
    """Return whether it tells something that two values are the only ones left: not for counts of other things."""
    return pair.ours.value.kind not in _COUNTED or pair.ours.noun == pair.theirs.noun


def _turned_digits(one: Quantity, other: Quantity) -> int:
    """Return how many digits two numbers have if they are the same in another order, as 2.4 and 4.2; else 0."""
    ours, theirs = (f"{value.number:.12g}".replace(".", "").rstrip("0") for value in (one, other))
    return len(ours) if len(ours) > 1 and sorted(ours) == sorted(theirs) else 0


def _is_of_one_thing(pair: ValuePair[Quantity]) -> bool:
    """Return whether enough speaks for two values of aligned sentences being of the same thing."""
    kind = pair.ours.value.kind
    ours, theirs = pair.ours.noun, pair.theirs.noun
    if pair.likeness < _SOME and pair.aligned < _SOME and pair.strength < _COUNTED_STRENGTH:
        return False
    if kind == RANK:
        return bool(ours) and ours == theirs and pair.strength >= _COUNTED_STRENGTH
    if kind in _COUNTED:
        other = bool(ours) and bool(theirs) and ours != theirs
        return pair.strength >= (_OTHER_NOUN_STRENGTH if other else _COUNTED_STRENGTH)
    if kind == AGE and pair.ours.names and pair.theirs.names and not pair.ours.names & pair.theirs.names:
        return False
    return pair.strength >= _MEASURED_STRENGTH


def _is_one_unit(faint: Quantity, other: Quantity) -> bool:
    """Return whether “an hour” can stand against “three hours”."""
    return faint.kind == measures.DURATION and faint.low == faint.high and faint.unit == other.unit


def _makes(value: Quantity, one: Quantity, other: Quantity) -> bool:
    sums = (one.low + other.low, abs(one.low - other.low))
    return any(abs(value.low - computed) <= 1e-6 * max(1.0, abs(value.low)) for computed in sums)


def _list_lengths(parsed: ParsedText, sentence: int) -> set[int]:
    """Return how many things are listed in each list of a sentence."""
    found: set[int] = set()
    first, last = parsed.sentences[sentence]
    for index in range(first, last):
        if parsed.words[index].dep == "conj":
            continue
        length, at = 1, index
        while (further := next((c for c in parsed.children(at) if parsed.words[c].dep == "conj"), -1)) >= 0:
            length, at = length + 1, further
        if length > 1:
            found.add(length)
    return found


def _by_sentence(parsed: ParsedText) -> dict[int, list[QuantityMention]]:
    found: dict[int, list[QuantityMention]] = {}
    for mention in mentions_of(parsed).quantities:
        found.setdefault(mention.sentence, []).append(mention)
    return found


def _by_key(parsed: ParsedText) -> dict[str, list[QuantityMention]]:
    """Return the quantities by each of their nouns and verbs."""
    found: dict[str, list[QuantityMention]] = {}
    for mention in mentions_of(parsed).quantities:
        for key in {mention.noun, mention.verb, *mention.above} - {""}:
            found.setdefault(key, []).append(mention)
    return found

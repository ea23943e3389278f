"""Dates and times for which the reference has another one, and dates that don't fall on their weekday."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

import msgspec

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.date_match import DatePart, adapted_date, agrees, parts_of, place_of
from app.suggesters.hints.dates import MONTHS, WEEKDAYS, DateKind, StatedDate
from app.suggesters.hints.hint import Hint, HintKind, ReferencePlace
from app.suggesters.hints.quantities import COUNT, Quantity
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.stated_values import StatedDates
from app.suggesters.hints.value_mentions import Mention, mentions_of
from app.suggesters.hints.value_pairs import ValuePair, aligned_pairs, order_of_pairs, pairs_with, undisputed
from app.suggesters.hints.word_set import word_set

_STRENGTH = {
    DateKind.DAY: 2.2,
    DateKind.CLOCK: 2.2,
    DateKind.SPAN: 2.6,
    DateKind.DECADE: 2.6,
    DateKind.CENTURY: 3.0,
    DateKind.NEARBY: 3.4,
    DateKind.RELATIVE: 3.4,
}
"""How much must speak for two dates of aligned sentences being of one event."""
_DISTANT_LIKENESS = 1.9
_LAST_LEFT = 0.8
_MOST_YEARS_APART = 25
_PASSING = word_set("more later after earlier before ago another further next from previously previous following on")
_HALF_RIGHT = 0.7
"""What a day or a month in common adds."""

DateMention = Mention[StatedDate]


class DateRule:
    """Compares dates and times of day by the parts that are known, and weekdays with their dates."""

    name = "date"
    title = "Dates and times that differ from the reference"
    version = "1"
    needs = "a reference; for weekdays only the text"
    tier = Tier.SURE
    kinds = (HintKind.DATE,)
    help = (
        "Dates are compared by the parts that both texts state: “March 17” with “18 March 2025”, “Friday” with"
        " “Saturday”, “5 pm” with “17:00”. A date is marked where the reference gives another one for the same, and"
        " nowhere this one, and where it doesn’t fall on the weekday that stands with it in the year that the texts are"
        " about. Words such as “yesterday” are compared with each other only."
    )

    def hints(self, comparison: Comparison) -> Iterator[Hint]:
        """Yield a hint for each part of a date that the references give otherwise, or that contradicts its weekday."""
        if comparison.text.get(mentions_of).dates:
            yield from _DateSearch(comparison).hints()


class _DateSearch:
    """One text beside its references."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._ours = comparison.text.get(mentions_of).dates
        self._by_sentence = [reference.get(_by_sentence) for reference in comparison.references]
        self._theirs = [mention for some in self._by_sentence for mention in chain(*some.values())]
        self._our_dates = StatedDates(mention.value for mention in self._ours)
        self._their_dates = StatedDates(mention.value for mention in self._theirs)
        self._lone_by_part: dict[tuple[DateKind, DatePart], float] = {}
        self._year = _YearOfTexts([mention.value for mention in (*self._ours, *self._theirs)])

    def hints(self) -> Iterator[Hint]:
        for mention in self._ours:
            found = {part: pair for part in parts_of(mention.value) if (pair := self._pair(mention, part)) is not None}
            hints = [hint for part, pair in found.items() if (hint := self._hint(pair, part)) is not None]
            yield from hints
            if not hints and (day := self._other_weekday(mention.value)) is not None:
                yield self._day_of_weekday(mention, day) or self._weekday_hint(mention.value, day)

    # -- what the references say ---------------------------------------------------------------------------------------

    def _is_said(self, value: StatedDate, part: DatePart) -> bool:
        """Return whether the references have this part of the date somewhere."""
        if self._their_dates.have(value, part):
            return True
        if value.kind is DateKind.CLOCK and value.time is not None and not value.time % 60:
            return self._counts_hour(value.time % 720 // 60)
        return False

    def _counts_hour(self, hour: int) -> bool:
        """Return whether a bare number of the references may be an hour: “see you at 6?”."""
        return any(
            mention.value.kind == COUNT and mention.value.low % 12 == hour and mention.value.low <= 12
            for reference in self._comparison.references
            for mention in reference.get(mentions_of).quantities
        )

    def _is_free(self, value: StatedDate, part: DatePart) -> bool:
        return not self._our_dates.have(value, part)

    def _pair(self, mention: DateMention, part: DatePart) -> ValuePair[StatedDate] | None:
        """Return what the references say instead of a part of a date that they don't say."""
        value = mention.value
        if value.ambiguous or self._is_said(value, part):
            return None

        def fits(ours: StatedDate, theirs: StatedDate) -> bool:
            if theirs.ambiguous or agrees(ours, theirs, part) is not False or ours.kind is not theirs.kind:
                return False
            rest = [agrees(ours, theirs, other) for other in parts_of(ours) if other is not part]
            return (True in rest or False not in rest) and self._is_free(theirs, part)

        def same(one: StatedDate, other: StatedDate) -> bool:
            return agrees(one, other, part) is True

        pairs = aligned_pairs(self._comparison, mention, self._by_sentence, fits)
        lone = self._lone(value.kind, part)
        pairs = sorted((_weighed(pair, part, lone) for pair in pairs), key=order_of_pairs)
        found = undisputed([pair for pair in pairs if pair.strength >= _STRENGTH[value.kind]], same)
        if found is None and not pairs and value.kind in (DateKind.DAY, DateKind.CLOCK):
            distant = [
                pair
                for number, sentences in enumerate(self._by_sentence)
                for pair in pairs_with(mention, number, chain(*sentences.values()), fits)
                if pair.likeness >= _DISTANT_LIKENESS
            ]
            found = undisputed(sorted(distant, key=order_of_pairs), same)
        if found is not None and part is DatePart.YEAR and not self._is_year_of(found):
            return None
        return found

    def _is_year_of(self, pair: ValuePair[StatedDate]) -> bool:
        """Return whether a year of the references can stand in the place of another one."""
        ours, theirs = pair.ours.value, pair.theirs.value
        apart = abs((ours.year or 0) - (theirs.year or 0))
        if apart == 1 and (theirs.month, theirs.day) in ((12, 31), (1, 1)) and ours.month is None:
            return False  # “after December 31, 2021” is from 2022 on
        return (apart <= _MOST_YEARS_APART or pair.likeness >= 1.2) and not self._is_computed(pair)

    def _lone(self, kind: DateKind, part: DatePart) -> float:
        """Return what speaks for a pair if each side has just one date of a kind that the other lacks."""
        if (kind, part) not in self._lone_by_part:
            said = [m.value for m in self._ours if m.value.kind is kind and part in parts_of(m.value)]
            known = [m.value for m in self._theirs if m.value.kind is kind and part in parts_of(m.value)]
            ours = _different([value for value in said if not self._is_said(value, part)], part)
            theirs = _different([value for value in known if self._is_free(value, part)], part)
            self._lone_by_part[kind, part] = _LAST_LEFT if ours == 1 == theirs else 0.0
        return self._lone_by_part[kind, part]

    def _is_computed(self, pair: ValuePair[StatedDate]) -> bool:
        """Return whether a year is as far from one of the references as they say: “one more year, until 2019”."""
        year = pair.ours.value.year or 0
        counts = {
            int(mention.value.number)
            for reference in self._comparison.references
            for mention in reference.get(mentions_of).quantities
            if "year" in (mention.value.unit, mention.noun)
            and 0 < mention.value.number <= 1000
            and _passes(reference.parsed, mention)
        }
        years = {mention.value.year for mention in self._theirs if mention.value.kind is DateKind.DAY}
        return any(other is not None and 0 < abs(year - other) in counts for other in years)

    # -- hints ---------------------------------------------------------------------------------------------------------

    def _hint(self, pair: ValuePair[StatedDate], part: DatePart) -> Hint | None:
        text, value, other = self._comparison.text.text, pair.ours.value, pair.theirs.value
        reference = self._comparison.references[pair.reference].text
        there = place_of(other, part) if part is not DatePart.WEEKDAY or other.weekday is not None else other
        correction = adapted_date(text, value, part, other, reference[there.start : there.end])
        place = place_of(value, part)
        if correction is None or correction == text[place.start : place.end]:
            return None
        whole = " ".join(reference[other.start : other.end].split())
        evidence = (ReferencePlace(pair.reference, there.start, there.end),)
        score = round(min(0.99, 0.6 + 0.05 * pair.strength), 3)
        return Hint(
            HintKind.DATE, place.start, place.end, f"The reference says “{whole}”.", correction, evidence, score
        )

    def _other_weekday(self, value: StatedDate) -> date | None:
        """Return the day of the calendar that a date means, if it falls on another weekday than stands with it."""
        if value.weekday is None or value.day is None or value.last_day is not None:
            return None
        if any(
            other.value.weekday == value.weekday and self._is_same_day(value, other.value) for other in self._theirs
        ):
            return None  # the references say it too
        day = self._calendar_day(value)
        return None if day is None or day.weekday() == value.weekday else day

    @staticmethod
    def _is_same_day(one: StatedDate, other: StatedDate) -> bool:
        return (one.month, one.day) == (other.month, other.day)

    def _calendar_day(self, value: StatedDate) -> date | None:
        year = value.year or self._year.of(value)
        return None if year is None else value._replace(year=year).calendar_day

    def _day_of_weekday(self, mention: DateMention, day: date) -> Hint | None:
        """Return a hint for a day whose weekday is right: the references have a day nearby that falls on it."""
        value = mention.value

        def fits(ours: StatedDate, theirs: StatedDate) -> bool:
            other = self._calendar_day(theirs)
            return other is not None and other.weekday() == ours.weekday and abs((other - day).days) < 7

        pairs = aligned_pairs(self._comparison, mention, self._by_sentence, fits)
        pair = undisputed(pairs, lambda one, other: agrees(one, other, DatePart.DAY) is True)
        hint = None if pair is None else self._hint(pair, DatePart.DAY)
        if hint is None:
            return None
        reason = f"{hint.reason} {_spoken(day)} was no {WEEKDAYS[value.weekday or 0]}."
        return msgspec.structs.replace(hint, reason=reason)

    def _weekday_hint(self, value: StatedDate, day: date) -> Hint:
        """Return a hint for a weekday that its date doesn't fall on."""
        text = self._comparison.text.text
        place = place_of(value, DatePart.WEEKDAY)
        right = value._replace(weekday=day.weekday())
        correction = adapted_date(text, value, DatePart.WEEKDAY, right, "")
        reason = f"{_spoken(day)} was a {WEEKDAYS[day.weekday()]}."
        return Hint(HintKind.DATE, place.start, place.end, reason, correction, self._places_of(day), 0.85)

    def _places_of(self, day: date) -> tuple[ReferencePlace, ...]:
        """Return the first place where a reference has a day of the calendar."""
        for number, sentences in enumerate(self._by_sentence):
            for mention in chain(*sentences.values()):
                if self._calendar_day(mention.value) == day:
                    return (ReferencePlace(number, mention.value.start, mention.value.end),)
        return ()


def _spoken(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _weighed(pair: ValuePair[StatedDate], part: DatePart, lone: float) -> ValuePair[StatedDate]:
    """Return a pair with what its dates themselves say: another part of them agrees."""
    ours, theirs = pair.ours.value, pair.theirs.value
    agreeing = sum(agrees(ours, theirs, other) is True for other in parts_of(ours) if other is not part)
    bonus = lone + 1.5 * agreeing
    if part is DatePart.DAY and ours.day and theirs.day and (ours.month == theirs.month or ours.day == theirs.day):
        bonus += _HALF_RIGHT
    return pair._replace(strength=pair.strength + bonus)


def _passes(parsed: ParsedText, years: Mention[Quantity]) -> bool:
    """Return whether years lie between two dates: “eight years later”, “one more year”."""
    around = parsed.words[max(0, years.word - 2) : years.word + 5]
    return any(word.text.lower() in _PASSING for word in around)


def _different(dates: Sequence[StatedDate], part: DatePart) -> int:
    """Return how many dates differ in a part; enough to know whether it is one."""
    return 1 + any(not agrees(dates[0], other, part) for other in dates[1:]) if dates else 0


class _YearOfTexts:
    """Which year a date without one is in, if the texts leave no choice.

    A year alone says nothing: “opened in 1931” beside “on Tuesday, May 6”.
    """

    def __init__(self, dates: Sequence[StatedDate]) -> None:
        self._by_month: dict[int, set[int]] = {}
        for stated in dates:
            if stated.month is not None and stated.year is not None and not stated.ambiguous:
                self._by_month.setdefault(stated.month, set()).add(stated.year)

    def of(self, stated: StatedDate) -> int | None:
        """Return the only year that the texts give with the date's month."""
        of_month = self._by_month.get(stated.month or 0, set())
        return next(iter(of_month)) if len(of_month) == 1 else None


def _by_sentence(parsed: ParsedText) -> dict[int, list[DateMention]]:
    found: dict[int, list[DateMention]] = {}
    for mention in mentions_of(parsed).dates:
        found.setdefault(mention.sentence, []).append(mention)
    return found

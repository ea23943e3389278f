"""Reads the quantities of a text from its tokens. Plain text is enough."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from app.suggesters.hints import measures
from app.suggesters.hints.measures import MeasureUnit
from app.suggesters.hints.numerals import NUMBER_WORDS, ORDINAL_WORDS, Numeral, numeral_at, ordinal_at
from app.suggesters.hints.quantities import AGE, COUNT, FRACTION, MULTIPLE, PERCENT, POINTS, RANK, SCORE, Quantity
from app.suggesters.hints.quantity_words import (
    COUNTED_IN_MILLIONS,
    GROUP_SIZES,
    HALVED,
    MULTIPLES,
    NUMBERED,
    OFTEN,
    PLURALS,
    STATED_ONCE,
    WHICH_HALF,
    WRITTEN_NUMBER,
)
from app.suggesters.hints.value_bounds import Bound, bound_after, bound_before
from app.suggesters.hints.value_tokens import Token, TokenKind, at, says

_FIRST_WORDS = frozenset((*NUMBER_WORDS, *ORDINAL_WORDS, *GROUP_SIZES, *MULTIPLES, *HALVED, "once"))
"""The words with which a quantity may begin."""


def read_quantities(found: Sequence[Token], taken: Sequence[bool]) -> tuple[Quantity, ...]:
    """Return the quantities of a text's tokens in order; `taken` tokens belong to dates."""
    return tuple(_Reader(found, taken).read())


class _Measured(NamedTuple):
    """Of what a number is a number: kind, factor to base units, unit's name, and the index behind the unit."""

    kind: str
    factor: float
    unit: str
    last: int


class _Shape(Enum):
    ONE = "one"
    RANGE = "range"
    CHANGE = "change"
    """From one value to another: two quantities of one unit."""


class _Reader:
    """Reads quantities from left to right."""

    def __init__(self, found: Sequence[Token], taken: Sequence[bool]) -> None:
        self._found = found
        self._taken = taken
        self._next = 0
        self._floor = 0  # what lies before it belongs to other quantities

    def read(self) -> Iterator[Quantity]:
        number, words = TokenKind.NUMBER, _FIRST_WORDS
        starts = [i for i, token in enumerate(self._found) if token.kind is number or token.text in words]
        for here in starts:
            if here >= self._next and not self._taken[here]:
                self._floor, self._next = self._next, here + 1
                yield from self._at(here)

    def _at(self, index: int) -> Iterator[Quantity]:
        token = self._found[index]
        if token.text == "half" and at(self._found, index - 1).text in WHICH_HALF:
            return
        if token.kind is TokenKind.WORD or token.kind is TokenKind.NUMBER:
            if token.text in MULTIPLES or token.text in HALVED or token.text == "once":
                yield from self._multiple(index)
                return
            if token.text in GROUP_SIZES:
                yield self._group(index)
                return
            if self._is_part_of_a_name(index):
                return
            ordinal = ordinal_at(self._found, index)
            if ordinal is not None and not self._is_seconds(index, ordinal):
                yield from self._rank(ordinal)
                return
        money = self._currency_before(index)
        numeral = numeral_at(self._found, index, money=bool(money))
        if numeral is not None and not any(self._taken[numeral.first : numeral.last]):
            yield from self._numeral(numeral, money)
        elif numeral is None and token.text in ("a", "an"):
            yield from self._one(index)

    # -- kinds of their own --------------------------------------------------------------------------------------------

    def _multiple(self, index: int) -> Iterator[Quantity]:
        word = self._found[index].text
        if word == "once" and at(self._found, index + 1).text not in STATED_ONCE:
            return
        value = 0.5 if word in HALVED else MULTIPLES.get(word, 1.0)
        yield self._quantity(Numeral(value, 0.0, index, index + 1), _Measured(MULTIPLE, 1.0, "", index + 1))

    def _group(self, index: int) -> Quantity:
        """Return what “a couple of hours” says, of hours; nothing is claimed of it."""
        low, high = GROUP_SIZES[self._found[index].text]
        behind = index + 1 + (at(self._found, index + 1).text == "of")
        unit = measures.WORDS.get(at(self._found, behind).text)
        measured = _Measured(COUNT, 1.0, "", index + 1)
        if unit is not None:
            measured = _Measured(unit.dimension, unit.factor, unit.name, behind + 1)
        self._next = measured.last
        quantity = self._quantity(Numeral(low, 1.0, index, index + 1), measured)
        return quantity._replace(high=high * measured.factor, faint=True)

    def _rank(self, ordinal: Numeral) -> Iterator[Quantity]:
        self._next = ordinal.last
        yield self._quantity(ordinal, _Measured(RANK, 1.0, "", ordinal.last))

    def _is_seconds(self, index: int, ordinal: Numeral) -> bool:
        before = at(self._found, index - 1)
        return ordinal.value == 2 and ordinal.last == index + 1 and before.kind is TokenKind.NUMBER

    def _one(self, index: int) -> Iterator[Quantity]:
        """Yield what “a day” or “an hour and a half” says."""
        unit = index + 1
        word = at(self._found, unit)
        known = measures.WORDS.get(word.text)
        if known is None or word.text.endswith("s"):
            return
        value, last = 1.0, unit + 1
        if says(self._found, last, "and", "a", "half"):
            value, last = 1.5, last + 3
        elif says(self._found, last, "-", "long"):
            last += 2
        measured = _Measured(known.dimension, known.factor, known.name, last)
        self._next = last
        quantity = self._whole(Numeral(value, 1.0, index, unit), measured, index)
        yield quantity._replace(faint=quantity.low == known.factor)

    def _is_part_of_a_name(self, index: int) -> bool:
        """Return whether a number is glued to letters before it: “F-16”, “G7”, “covid-19”."""
        token = self._found[index]
        if token.kind is not TokenKind.NUMBER or not token.glued:
            return False
        before = at(self._found, index - 1)
        if before.text == "-" and before.glued:
            before = at(self._found, index - 2)
            if before.text in ("mid", "pre", "post", "under", "over", "non", "sub", "a"):
                return False
            return before.kind is TokenKind.WORD or before.text in "/_.@"
        return before.kind is TokenKind.WORD and before.text not in measures.CODES and before.text != "rs"

    # -- numbers with what they count ----------------------------------------------------------------------------------

    def _numeral(self, numeral: Numeral, money: str) -> Iterator[Quantity]:
        first = self._money_start(numeral.first) if money else numeral.first
        label = "" if money else self._label(numeral)
        if label:
            self._next = numeral.last
            yield self._quantity(numeral, _Measured(label, 1.0, "", numeral.last))
            return
        other, shape = self._other_end(numeral, money)
        measured = self._measure(other or numeral, money)
        self._next = max(measured.last, self._next)
        if other is None:
            yield self._whole(numeral, measured, first)
        elif shape is _Shape.CHANGE:
            yield self._whole(self._in_scale_of(numeral, other), measured._replace(last=numeral.last), first)
            yield self._whole(other, measured, self._money_start(other.first) if money else other.first)
        else:
            yield self._range(numeral, other, measured, first)

    def _whole(self, numeral: Numeral, measured: _Measured, first: int) -> Quantity:
        """Return one quantity, with a smaller unit that follows (“5 feet 10 inches”) and with “and a half”."""
        quantity = self._quantity(numeral, measured, first=first)
        last = measured.last
        if says(self._found, last, "and", "a", "half") and measured.unit:
            half = 0.5 * measured.factor
            quantity = quantity._replace(low=quantity.low + half, high=quantity.high + half, step=half)
            last += 3
        elif measured.kind in (measures.DURATION, measures.LENGTH, "mass"):
            quantity, last = self._with_smaller(quantity, measured)
        self._next = max(self._next, last)
        return quantity._replace(end=self._found[last - 1].end)

    def _with_smaller(self, quantity: Quantity, measured: _Measured) -> tuple[Quantity, int]:
        index = measured.last + 1 if at(self._found, measured.last).text in ("and", ",") else measured.last
        numeral = numeral_at(self._found, index)
        if numeral is None or numeral.fraction or index >= len(self._found) or self._taken[index]:
            return quantity, measured.last
        smaller = self._measure(numeral, "")
        if smaller.kind != measured.kind or not 2 < measured.factor / smaller.factor < 2000:
            return quantity, measured.last
        more = numeral.value * smaller.factor
        return (
            quantity._replace(low=quantity.low + more, high=quantity.high + more, step=numeral.step * smaller.factor),
            smaller.last,
        )

    def _range(self, low: Numeral, high: Numeral, measured: _Measured, first: int) -> Quantity:
        if measured.kind == COUNT and self._is_score(low, high):
            kind = _Measured(SCORE, 1.0, "", high.last)
            score = self._quantity(low, kind, first=first)
            return score._replace(high=high.value, end_of_number=self._found[high.last - 1].end)
        lower = self._in_scale_of(low, high)
        whole = self._quantity(high, measured, first=first)
        return whole._replace(
            low=lower.value * measured.factor, start_of_number=self._found[low.first].start, bound=Bound.EXACT
        )

    def _is_score(self, low: Numeral, high: Numeral) -> bool:
        """Return whether “3-1” is a score or a vote rather than a range of a count."""
        join = self._found[low.last].text
        glued = high.first == low.last + 1 and join == "-" and self._found[high.first].glued
        if (
            not (glued or (join == "to" and low.value > high.value))
            or max(low.value, high.value) > 700
            or not (low.value.is_integer() and high.value.is_integer())
        ):
            return False
        after = at(self._found, high.last)
        plural = (after.text.endswith("s") and len(after.text) > 3) or after.text in PLURALS
        counted = after.kind is TokenKind.WORD and plural
        return not (counted and low.value < high.value)

    @staticmethod
    def _in_scale_of(low: Numeral, high: Numeral) -> Numeral:
        """Return a number that shares the scale of the one behind it: the 2.1 of “2.1 to 2.6 billion”."""
        for scale in (1e9, 1e6, 1e3):
            scaled = high.value >= scale and high.step >= scale * 1e-3
            if scaled and low.value < 1000 and low.value * scale <= high.value * 1.0001:
                return low._replace(value=low.value * scale, step=low.step * scale)
        return low

    def _other_end(self, numeral: Numeral, money: str) -> tuple[Numeral | None, _Shape]:
        """Return the second number of “5-7”, “5 to 7”, “between 5 and 7”, and whether it is a range or a change."""
        join = at(self._found, numeral.last)
        index = numeral.last + 1
        if join.text not in ("-", "to", "or", "and") or index >= len(self._found) or self._taken[index]:
            return None, _Shape.ONE
        before = at(self._found, (self._money_start(numeral.first) if money else numeral.first) - 1).text
        if (join.text == "and") != (before == "between"):
            return None, _Shape.ONE
        if self._found[index].text in measures.SYMBOLS:
            index += 1
        other = numeral_at(self._found, index, money=bool(money))
        if other is None or any(self._taken[other.first : other.last]):
            return None, _Shape.ONE
        if other.fraction != numeral.fraction or (other.article and join.text != "to"):
            return None, _Shape.ONE
        change = join.text == "to" and before in ("from", "down", "up")
        return other, _Shape.CHANGE if change else _Shape.RANGE

    def _quantity(self, numeral: Numeral, measured: _Measured, *, first: int | None = None) -> Quantity:
        begin = numeral.first if first is None else first
        value = numeral.value * measured.factor
        last = max(measured.last, numeral.last)
        bound = bound_before(self._found, begin) or bound_after(self._found, last) or Bound.EXACT
        return Quantity(
            self._found[begin].start,
            self._found[last - 1].end,
            measured.kind,
            value,
            value,
            numeral.step * measured.factor,
            measured.unit,
            bound,
            self._found[numeral.first].start,
            self._found[numeral.last - 1].end,
            numeral.value,
            self._is_faint(numeral, measured),
        )

    def _is_faint(self, numeral: Numeral, measured: _Measured) -> bool:
        word = self._found[numeral.first].text
        if measured.kind == FRACTION and word == "half":
            return at(self._found, numeral.last).text not in ("of", "the", "its", "their", "his", "her", "all")
        return measured.kind == COUNT and word in ("one", "zero")

    # -- units ---------------------------------------------------------------------------------------------------------

    def _measure(self, numeral: Numeral, money: str) -> _Measured:
        if money:
            return _Measured(measures.MONEY, 1.0, money, self._behind_money(numeral.last))
        return (
            self._percent(numeral)
            or self._age(numeral)
            or self._currency_behind(numeral)
            or self._unit(numeral)
            or self._times(numeral)
            or _Measured(FRACTION if numeral.fraction else COUNT, 1.0, "", numeral.last)
        )

    def _percent(self, numeral: Numeral) -> _Measured | None:
        last = numeral.last + (at(self._found, numeral.last).text == "-")
        word = at(self._found, last).text
        if word in ("%", "percent", "pct"):
            last += 1
        elif word == "per" and at(self._found, last + 1).text == "cent":
            last += 2
        elif word == "percentage" and at(self._found, last + 1).text in ("point", "points"):
            return _Measured(POINTS, 1.0, "percentage points", last + 2)
        elif word == "pp":
            return _Measured(POINTS, 1.0, "percentage points", last + 1)
        elif word == "basis" and at(self._found, last + 1).text in ("point", "points"):
            return _Measured(POINTS, 0.01, "basis points", last + 2)
        else:
            return None
        return _Measured(PERCENT, 1.0, "percent", last)

    def _age(self, numeral: Numeral) -> _Measured | None:
        found, last = self._found, numeral.last
        for words in (("-", "year", "-", "old"), ("-", "years", "-", "old"), ("year", "-", "old"), ("year", "old")):
            if says(found, last, *words):
                return _Measured(AGE, 1.0, "year old", last + len(words))
        for words in (("-", "year", "-", "olds"), ("years", "old"), ("years", "of", "age"), ("yo",), ("y", "/", "o")):
            if says(found, last, *words):
                return _Measured(AGE, 1.0, "years old", last + len(words))
        return self._stated_age(numeral)

    def _stated_age(self, numeral: Numeral) -> _Measured | None:
        """Return an age that words before the number make one: “aged 32”, “older than 75 years”, “Ruiz, 32,”."""
        found, last = self._found, numeral.last
        if not 0 < numeral.value < 120:
            return None
        before, earlier = at(found, numeral.first - 1), at(found, numeral.first - 2)
        compared = before.text == "than" and earlier.text in ("older", "younger")
        was = before.text in ("was", "is") and earlier.text == "age"
        if compared or was or (before.text == "of" and earlier.text == "age") or before.text == "aged":
            years = at(found, last).text == "years"
            return (
                None if at(found, last).text in ("months", "days", "weeks") else _Measured(AGE, 1.0, "", last + years)
            )
        if not numeral.value.is_integer() or at(found, last).kind is TokenKind.WORD:
            return None
        alone = before.text == "age" and at(found, last).kind is not TokenKind.NUMBER
        name = before.text == "," and earlier.capital and at(found, last).text in (",", ";", ".")
        bracket = before.text == "(" and earlier.capital and at(found, last).text == ")"
        return _Measured(AGE, 1.0, "", last) if alone or name or bracket else None

    def _currency_behind(self, numeral: Numeral) -> _Measured | None:
        last = numeral.last + (at(self._found, numeral.last).text == "-")
        if at(self._found, last).text in measures.NATIONS:
            last += 1
        word = at(self._found, last)
        if word.text in measures.CODES:
            return _Measured(measures.MONEY, 1.0, word.text.upper(), last + 1)
        if word.text == "p" and word.glued:
            return _Measured(measures.MONEY, 0.01, "GBP", last + 1)
        if word.text in ("€", "£", "$"):
            return _Measured(measures.MONEY, 1.0, measures.SYMBOLS[word.text], last + 1) if word.glued else None
        unit = measures.CURRENCIES.get(word.text)
        if unit is None or (word.text == "won" and numeral.value < 100) or word.text == "real":
            return None
        if word.text in ("pound", "pounds") and self._weighs(numeral, last):
            return _Measured("mass", 453.592, "lb", last + 1)
        return _Measured(measures.MONEY, unit.factor, unit.dimension, last + 1)

    def _weighs(self, numeral: Numeral, unit: int) -> bool:
        around = {at(self._found, index).text for index in range(numeral.first - 6, unit + 5)}
        return bool(around & {"weigh", "weighs", "weighed", "weighing", "weight", "lost", "lose", "losing", "gained"})

    def _unit(self, numeral: Numeral) -> _Measured | None:
        index = numeral.last
        if at(self._found, index).text == "-":
            index += 1
        if at(self._found, index).text in ("a", "an", "of") and numeral.fraction:  # half an hour
            index += 1 + (says(self._found, index, "of", "a") or says(self._found, index, "of", "an"))
        unit, last = self._simple_unit(index)
        if unit is None or (unit.dimension == measures.DURATION and at(self._found, index).capital):
            return None
        if at(self._found, last).text in ("/", "per") and (below := self._simple_unit(last + 1)[0]) is not None:
            last = self._simple_unit(last + 1)[1]
            unit = MeasureUnit(
                f"{unit.dimension}/{below.dimension}", unit.factor / below.factor, f"{unit.name}/{below.name}"
            )
            if unit.dimension == "length/duration":
                unit = unit._replace(dimension="speed")
        return _Measured(unit.dimension, unit.factor, unit.name, last)

    def _simple_unit(self, index: int) -> tuple[MeasureUnit | None, int]:
        word = at(self._found, index)
        if word.text in ("square", "sq", "cubic") and (side := measures.WORDS.get(at(self._found, index + 1).text)):
            power = 3 if word.text == "cubic" else 2
            scale = 1000.0 if power == 3 else 1.0  # litres
            dimension = "volume" if power == 3 else "area"
            return MeasureUnit(dimension, side.factor**power * scale, f"{word.text} {side.name}"), index + 2
        if word.text == "°":
            scale = at(self._found, index + 1).text
            return MeasureUnit(f"°{scale.upper()}", 1.0, f"°{scale.upper()}"), index + (2 if scale in ("c", "f") else 1)
        if word.text in ("degree", "degrees") and at(self._found, index + 1).text in ("celsius", "fahrenheit"):
            sign = at(self._found, index + 1).text[0].upper()
            return MeasureUnit(f"°{sign}", 1.0, f"°{sign}"), index + 2
        if index < len(self._found) and self._taken[index]:  # the second of May
            return None, index
        unit = measures.WORDS.get(word.text)
        if unit is None and word.glued and word.text in measures.LETTERS:
            # “5m people” counts millions
            counted = word.text == "m" and at(self._found, index + 1).text in PLURALS | COUNTED_IN_MILLIONS
            unit = MeasureUnit(COUNT, 1e6, "") if counted else measures.LETTERS[word.text]
        return unit, index + 1

    def _times(self, numeral: Numeral) -> _Measured | None:
        word = at(self._found, numeral.last)
        if (word.text == "times" and numeral.value < OFTEN) or (word.text in ("x", "×") and word.glued):
            return _Measured(MULTIPLE, 1.0, "times", numeral.last + 1)
        if word.text in ("-", "fold") and says(self._found, numeral.last + (word.text == "-"), "fold"):
            return _Measured(MULTIPLE, 1.0, "fold", numeral.last + 1 + (word.text == "-"))
        return None

    def _label(self, numeral: Numeral) -> str:
        """Return the noun that a number numbers: “section” for “section 5”, “no” for “#5”."""
        before = at(self._found, numeral.first - 1)
        if before.text == "." and at(self._found, numeral.first - 2).text == "no":
            return "no"
        if before.text == "#":
            return "no"
        if before.text not in NUMBERED or at(self._found, numeral.last).text in ("%", "percent"):
            return ""
        digits = self._found[numeral.first].kind is TokenKind.NUMBER
        return before.text if digits or before.text in WRITTEN_NUMBER else ""

    # -- money ---------------------------------------------------------------------------------------------------------

    def _currency_before(self, index: int) -> str:
        """Return the code of the currency whose sign or code stands before a number, or “”."""
        if index - 1 < self._floor:
            return ""
        sign = at(self._found, index - 1)
        if sign.text == "$" and at(self._found, index - 2).text in measures.DOLLARS and sign.glued:
            return measures.DOLLARS[at(self._found, index - 2).text]
        if sign.text in measures.SYMBOLS:
            return measures.SYMBOLS[sign.text]
        if sign.text in measures.CODES and self._found[index].kind is TokenKind.NUMBER:
            return sign.text.upper()
        return "INR" if sign.text == "rs" else ""

    def _money_start(self, number: int) -> int:
        """Return the index of the token where the currency before a number begins."""
        sign = self._found[number - 1]
        if sign.text not in measures.SYMBOLS and sign.text not in measures.CODES and sign.text != "rs":
            return number
        prefixed = (
            number - 2 >= self._floor
            and sign.text == "$"
            and sign.glued
            and at(self._found, number - 2).text in measures.DOLLARS
        )
        if prefixed and at(self._found, number - 2).capital:
            return number - 2
        return number - 1

    def _behind_money(self, index: int) -> int:
        """Return the index behind a currency that is said twice: “$5 million dollars”, “$5 US”."""
        word = at(self._found, index).text
        return index + 1 if word in ("dollars", "euros", "pounds", "usd") else index

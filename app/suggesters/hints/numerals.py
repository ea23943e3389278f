"""Numbers as texts write them: in digits, in words, in both; with scales, dozens, halves and fractions."""

from collections.abc import Sequence
from typing import NamedTuple

from app.suggesters.hints.value_tokens import Token, TokenKind, at, named, says


class Numeral(NamedTuple):
    """A number that tokens `[first, last)` say.

    `step` is the value of its last significant digit: 100,000 for “2.1 million”. `article` tells that it begins with
    “a” or “an” (“a dozen”), `fraction` that it is a part of something (“two-thirds”, “half”).
    """

    value: float
    step: float
    first: int
    last: int
    article: bool = False
    fraction: bool = False


_SMALL = {
    name: float(number)
    for number, name in enumerate(
        named(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
            " seventeen eighteen nineteen"
        )
    )
}
_TENS = {
    name: float(number * 10)
    for number, name in enumerate(named("twenty thirty forty fifty sixty seventy eighty ninety"), 2)
}
_SCALES = {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "lakh": 1e5,
    "crore": 1e7,
}
_SHORT_SCALES = {"k": 1e3, "mn": 1e6, "mln": 1e6, "mio": 1e6, "bn": 1e9, "bln": 1e9, "tn": 1e12, "trn": 1e12}
"""Scales that are letters at the digits, whatever is counted."""
MONEY_SCALES = {"m": 1e6, "b": 1e9, "t": 1e12, "mm": 1e6}
"""Scales at the digits of an amount of money; elsewhere “5m” is a length."""
_LONG_LETTERS = frozenset(("mn", "mln", "mio", "bn", "bln", "tn", "trn"))
_CAPITAL_SCALES = {"k": 1e3, "b": 1e9}
"""Scales that are capital letters at the digits: 300B; “3M” is a company."""
_GROUPS = {"hundred": 100.0, "dozen": 12.0, "score": 20.0}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7} | {
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "twentieth": 20,
    "hundredth": 100,
}
_PART_NAMES = _PARTS | {name + "s": number for name, number in _PARTS.items() if name not in ("half", "halves")}
_ORDINALS = {
    name: number
    for number, name in enumerate(
        named(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
            " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ),
        1,
    )
} | {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "hundredth": 100}
_SUFFIXES = frozenset(("st", "nd", "rd", "th"))
NUMBER_WORDS = frozenset((*_SMALL, *_TENS, "half", "quarter", "third", "a", "an", *_GROUPS, *_SCALES)) - {"score"}
"""The words with which a numeral may begin."""
ORDINAL_WORDS = frozenset((*_ORDINALS, *_TENS))
"""The words with which an ordinal may begin."""


def numeral_at(found: Sequence[Token], index: int, *, money: bool = False) -> Numeral | None:
    """Return the longest numeral that begins at a token; `money` tells that it is an amount of money."""
    token = at(found, index)
    if token.kind is TokenKind.NUMBER:
        return _of_digits(found, index, money=money)
    if token.text not in NUMBER_WORDS:
        return None
    return _of_part(found, index) or _of_words(found, index)


def ordinal_at(found: Sequence[Token], index: int) -> Numeral | None:
    """Return the ordinal that begins at a token (“third”, “21st”, “twenty-first”)."""
    token = at(found, index)
    if token.kind is TokenKind.NUMBER:
        suffix = at(found, index + 1)
        if suffix.glued and suffix.text in _SUFFIXES and token.value.is_integer():
            return Numeral(token.value, 0.0, index, index + 2)
        return None
    if token.text in _TENS and at(found, index + 1).text == "-":
        unit = _ORDINALS.get(at(found, index + 2).text, 10)
        return Numeral(_TENS[token.text] + unit, 0.0, index, index + 3) if unit < 10 else None
    if token.text in _ORDINALS:
        return Numeral(float(_ORDINALS[token.text]), 0.0, index, index + 1)
    return None


def _of_digits(found: Sequence[Token], index: int, *, money: bool) -> Numeral:
    token = found[index]
    value, step, last = token.value, token.step, index + 1
    part = at(found, last)
    if part.text == "/" and part.glued and _is_part(found, index):
        return Numeral(value / found[index + 2].value, 0.001, index, index + 3, fraction=True)
    if part.kind is TokenKind.NUMBER and part.glued and part.value < 1 and token.value >= 1:  # 1½
        value, step, last = value + part.value, part.step, last + 1
    elif token.value < 1 and token.text[0] not in "0.":  # ½
        return Numeral(value, step, index, last, fraction=True)
    return _scaled(found, Numeral(value, step, index, last), money=money)


def _is_part(found: Sequence[Token], index: int) -> bool:
    """Return whether numbers around a slash are a fraction: 3/4, not 24/7 or 2007/08."""
    below = at(found, index + 2)
    return below.kind is TokenKind.NUMBER and below.glued and found[index].value < below.value <= 100


def _scaled(found: Sequence[Token], numeral: Numeral, *, money: bool) -> Numeral:
    """Return a numeral of digits with the scale that follows: “2.1 million”, “£5m”, “1.5 hundred thousand”."""
    value, step, last = numeral.value, numeral.step, numeral.last
    word = at(found, last)
    letters = _SHORT_SCALES | MONEY_SCALES if money else _SHORT_SCALES
    if word.text in letters and (word.glued or word.text in _LONG_LETTERS or (money and word.text != "t")):
        factor = letters[word.text]
        return numeral._replace(value=value * factor, step=_last_digit(found, numeral) * factor, last=last + 1)
    if word.glued and word.capital and word.text in _CAPITAL_SCALES and word.end - word.start == 1:
        factor = _CAPITAL_SCALES[word.text]
        return numeral._replace(value=value * factor, step=_last_digit(found, numeral) * factor, last=last + 1)
    step = _last_digit(found, numeral)
    scaled = False
    if word.text == "-" and word.glued and at(found, last + 1).text in _SCALES:  # a 5-million deal
        last += 1
        word = at(found, last)
    while word.kind is TokenKind.WORD and (factor := _SCALES.get(word.text) or _plain_group(word.text)):
        value, step, last, scaled = value * factor, step * factor, last + 1, True
        word = at(found, last)
    return numeral._replace(value=value, step=step, last=last) if scaled else numeral


def _plain_group(word: str) -> float | None:
    return _GROUPS.get(word) if word in ("hundred", "dozen") else None


def _last_digit(found: Sequence[Token], numeral: Numeral) -> float:
    """Return the value of the last digit before a scale: 1 in “20 million”, where the zero was said on purpose."""
    return min(numeral.step, 1.0)


def _of_part(found: Sequence[Token], index: int) -> Numeral | None:
    """Return a numeral that is, or begins with, a part: “half a million”, “a quarter”, “two-thirds”, “one in five”."""
    start = index
    article = at(found, index).text in ("a", "an")
    above = 1.0
    if article or (at(found, index).text in _SMALL and at(found, index).text != "zero"):
        above = 1.0 if article else _SMALL[found[index].text]
        index += 1
        if not article and says(found, index, "in") and (below := _SMALL.get(at(found, index + 1).text)):
            whole = below > above and at(found, index + 2).kind is TokenKind.WORD
            return Numeral(above / below, 0.001, start, index + 2, fraction=True) if whole and below > 2 else None
        if at(found, index).text == "-":
            index += 1
    part = at(found, index)
    plural = part.text.endswith("s")
    if part.text not in _PART_NAMES or plural != (above > 1 and not article):
        return None
    value = above / _PART_NAMES[part.text]
    return _part_of(found, Numeral(value, 0.001, start, index + 1, article=article, fraction=True))


def _part_of(found: Sequence[Token], part: Numeral) -> Numeral | None:
    """Return a part, or what it is of if that is a number: “half a million”, “a quarter of a million”."""
    index = part.last
    if at(found, index).text == "-":  # half-a-dozen
        index += 1
    if says(found, index, "of"):
        index += 1
    if at(found, index).text in ("a", "an"):
        index += 1
        if at(found, index).text == "-":
            index += 1
    word = at(found, index).text
    factor = _SCALES.get(word) or _plain_group(word)
    if factor:
        return Numeral(part.value * factor, part.value * factor, part.first, index + 1)
    part_word = at(found, part.last - 1).text
    if part_word.startswith("half") or part.first + 1 < part.last:
        return part
    return None  # “third” and “quarter” alone are no numbers


def _of_words(found: Sequence[Token], index: int) -> Numeral | None:
    reader = _WordReader(found, index)
    numeral = reader.read()
    return None if numeral is None else _with_half(found, numeral)


def _with_half(found: Sequence[Token], numeral: Numeral) -> Numeral:
    """Return a numeral with what follows it: “and a half”, “point five”, “and a half million”."""
    value, step, last = numeral.value, numeral.step, numeral.last
    for words, more in (
        (("and", "a", "half"), 0.5),
        (("-", "and", "-", "a", "-", "half"), 0.5),
        (("and", "a", "quarter"), 0.25),
        (("and", "three", "quarters"), 0.75),
    ):
        if says(found, last, *words) and value < 100:
            value, step, last = value + more, 0.5, last + len(words)
    if says(found, last, "point") and (tenth := _SMALL.get(at(found, last + 1).text, 10)) < 10:
        value, step, last = value + tenth / 10, 0.1, last + 2
    if last > numeral.last and (factor := _SCALES.get(at(found, last).text)):
        value, step, last = value * factor, step * factor, last + 1
    return numeral._replace(value=value, step=step, last=last)


class _WordReader:
    """Reads a number in words from a token on: a sum of groups, each with a scale."""

    def __init__(self, found: Sequence[Token], index: int) -> None:
        self._found = found
        self._first = index
        self._next = index
        self._total = 0.0
        self._group = 0.0
        self._step = 1.0
        self._room = 1000.0  # what comes next must be smaller than this
        self._article = False

    def read(self) -> Numeral | None:
        """Return the numeral, or None if the words are no number."""
        if at(self._found, self._next).text in ("a", "an"):
            if not self._is_scale(at(self._found, self._next + 1).text):
                return None
            self._article = True
            self._group, self._next = 1.0, self._next + 1
        while self._take(at(self._found, self._next)):
            self._next = self._after_join()
        last = self._next
        if last == self._first:
            return None
        return Numeral(self._total + self._group, self._step, self._first, last, article=self._article)

    @staticmethod
    def _is_scale(word: str) -> bool:
        return word in _SCALES or word in ("hundred", "dozen")

    def _take(self, token: Token) -> bool:
        word = token.text
        if token.kind is not TokenKind.WORD:
            return False
        if self._is_scale(word):
            return self._scale(word)
        number = _SMALL.get(word)
        if number is None:
            number = _TENS.get(word)
        if number is None or number >= self._room:
            return False
        self._group += number
        self._step = 10.0 if word in _TENS else 1.0
        self._room = 10.0 if word in _TENS else 0.0
        self._next += 1
        return True

    def _scale(self, word: str) -> bool:
        if not self._group and self._next == self._first:
            return False  # “million” alone, as in “several million”
        if word in _GROUPS:
            if self._group >= 100 or not self._group:
                return False
            self._group *= _GROUPS[word]
            self._step *= _GROUPS[word]
            self._room = 100.0 if word == "hundred" else 0.0
        else:
            factor = _SCALES[word]
            if not self._group:
                self._total *= factor
            self._total += self._group * factor
            self._step *= factor
            self._group, self._room = 0.0, 1000.0
        self._next += 1
        return True

    def _after_join(self) -> int:
        """Return where a number goes on: after a hyphen, or the “and” of “a hundred and five”."""
        token = at(self._found, self._next)
        follower = at(self._found, self._next + 1)
        small = follower.text in _SMALL or follower.text in _TENS
        hyphen = token.text == "-" and token.glued and follower.glued
        if hyphen and (self._is_scale(follower.text) or (small and self._room == 10.0)):
            return self._next + 1 if self._fits(follower.text) else self._next
        if token.text == "and" and small and self._room in (100.0, 1000.0) and self._fits(follower.text):
            return self._next + 1
        return self._next

    def _fits(self, word: str) -> bool:
        number = _SMALL.get(word, _TENS.get(word, 0.0))
        return number < min(self._room, 100.0) if not self._is_scale(word) else True

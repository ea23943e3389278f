"""Texts as numbers, words and signs, for reading values.

A pipeline's words won't do: spaCy cuts “€2m” into two, and leaves “£1,027,339.The” whole.
"""

import re
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple


class TokenKind(Enum):
    """What a token is made of."""

    NUMBER = "number"
    WORD = "word"
    SIGN = "sign"
    DAY = "day"
    """A date in digits, such as 2025-03-17 or 17/03/2025."""
    CLOCK = "clock"
    """A time with a colon, such as 17:05."""


class Token(NamedTuple):
    """A token at `[start, end)` of its text; `text` is in lower case with straight apostrophes.

    `glued` tells that nothing lies between it and the token before. `value` and `step` belong to numbers: what the
    digits say, and the value of the last digit that isn't a trailing zero before the point.
    """

    kind: TokenKind
    start: int
    end: int
    text: str
    capital: bool
    glued: bool
    value: float = 0.0
    step: float = 1.0


NOTHING = Token(TokenKind.SIGN, -1, -1, "", capital=False, glued=False)
"""Stands for what lies beyond a text."""

# Ordered: dates and times first, then numbers with groups of three (or the Indian two), then plain ones.
_TOKEN = re.compile(
    r"""
    (?P<day>(?<![\d./-])(?:\d{4}-\d{2}-\d{2}|\d{1,2}(?P<cut>[./-])\d{1,2}(?P=cut)(?:\d{4}|\d{2}))(?![\d/-]|\.\d))
    |(?P<clock>(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:]))
    |(?P<grouped>(?<![\d.,])[1-9]\d{0,2}(?:
        (?P<mark>[,'\u2019\u00a0\u202f\u2009\ ])\d{3}(?:(?P=mark)\d{3})*(?:\.\d+)?
        |\.\d{3}(?:\.\d{3})*,\d{1,2}|\.\d{3}(?:\.\d{3})+
        )(?!\d))
    |(?P<indian>(?<![\d.,])[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d+)?(?!\d))
    |(?P<chain>\d+(?:\.\d+){2,})
    |(?P<plain>\d+[.,]\d+|\d+|(?<![\w.])\.\d+)
    |(?P<sign>[½¼¾⅓⅔⅕⅛⅜⅝⅞])
    |(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)*)
    |(?P<other>\S)
    """,
    re.VERBOSE,
)
_VULGAR = {
    "½": 0.5,
    "¼": 0.25,
    "¾": 0.75,
    "⅓": 1 / 3,
    "⅔": 2 / 3,
    "⅕": 0.2,
    "⅛": 0.125,
    "⅜": 0.375,
    "⅝": 0.625,
    "⅞": 0.875,
}
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_MARKS = re.compile("[,'\u2019\u00a0\u202f\u2009 ]")


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text in order; blanks, and what means nothing, are left out."""
    found: list[Token] = []
    end = -1
    word = TokenKind.WORD
    for match in _TOKEN.finditer(text):
        kind, raw, start = match.lastgroup, match.group(), match.start()
        if kind == "word":  # most are: no further call for them
            lower = raw.lower().replace("\u2019", "'") if "\u2019" in raw else raw.lower()
            found.append(Token(word, start, match.end(), lower, raw[0].isupper(), start == end))
        else:
            found.append(_token(kind or "", raw, start, glued=start == end))
        end = match.end()
    return found


def _token(kind: str, raw: str, start: int, *, glued: bool) -> Token:
    end = start + len(raw)
    if kind in ("sign", "other"):
        text = "-" if raw in _DASHES else raw
        if text in _VULGAR:
            return Token(TokenKind.NUMBER, start, end, text, False, glued, _VULGAR[text], 0.01)
        return Token(TokenKind.SIGN, start, end, text, capital=False, glued=glued)
    if kind == "chain":  # a version or an address
        return Token(TokenKind.SIGN, start, end, raw, capital=False, glued=glued)
    if kind in ("day", "clock"):
        return Token(TokenKind.DAY if kind == "day" else TokenKind.CLOCK, start, end, raw, False, glued)
    return Token(TokenKind.NUMBER, start, end, raw, False, glued, *_measured(_as_decimal(kind, raw)))


def _as_decimal(kind: str, raw: str) -> str:
    """Return a number's digits with a point for its decimals, and nothing between its groups."""
    if kind == "plain":
        return raw.replace(",", ".")
    if "," in raw and "." in raw and raw.rindex(",") > raw.rindex("."):
        return raw.replace(".", "").replace(",", ".")
    if raw.count(".") > 1:
        return raw.replace(".", "")
    return _MARKS.sub("", raw)


def _measured(digits: str) -> tuple[float, float]:
    whole, point, decimals = digits.partition(".")
    if len(whole) > 30:  # no quantity; and a float has its limits
        return 0.0, 1.0
    if point:
        return float(digits), 10.0 ** -min(len(decimals), 30)
    zeros = len(whole) - len(whole.rstrip("0"))
    return float(whole), 10.0**zeros if zeros < len(whole) else 1.0


def named(words: str) -> tuple[str, ...]:
    """Return the words of a table, in order."""
    return tuple(words.split())


def at(found: Sequence[Token], index: int) -> Token:
    """Return a token by its index, or `NOTHING` beyond the ends."""
    return found[index] if 0 <= index < len(found) else NOTHING


def says(found: Sequence[Token], index: int, *words: str) -> bool:
    """Return whether these words or signs stand from an index on."""
    return (
        index >= 0
        and len(found) - index >= len(words)
        and all(found[index + offset].text == word for offset, word in enumerate(words))
    )

"""Places in a text as web annotations give them: by position, and by quoting the words with what is around them.

Source: https://www.w3.org/TR/annotation-model/#selectors. Positions count code points there; programs in JavaScript
count UTF-16 units all the same. A quote is what remains right when the text was edited, or was extracted by others.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_AROUND = 32
"""How many code points a quote has before and behind the words, at most."""

_MOST_PLACES = 10_000
_SPACE = re.compile(r"\s+")


class Quote(NamedTuple):
    """Words, with what stands before and behind them."""

    exact: str
    prefix: str = ""
    suffix: str = ""


class QuotePlaces(NamedTuple):
    """Where a quote may be: the places whose surroundings are the most like those of the quote. With `is_alike` they
    are the same, white space aside. `times` is how often the words are in the text.
    """

    places: list[tuple[int, int]]
    is_alike: bool
    times: int


def quote_at(text: str, start: int, end: int) -> Quote:
    """Return the quote of a range."""
    return Quote(text[start:end], text[max(0, start - _AROUND) : start], text[end : end + _AROUND])


def quote_places(text: str, quote: Quote) -> QuotePlaces:
    """Return where a quote is in a text. White space of any kind is the same."""
    found = list(_occurrences(text, quote))
    if not found:
        return QuotePlaces([], False, 0)
    wanted = _squeezed(quote.prefix), _squeezed(quote.suffix)
    scores = [_likeness(text, place, *wanted) for place in found]
    most = max(scores)
    best = [place for place, score in zip(found, scores, strict=True) if score == most]
    return QuotePlaces(best, most >= sum(map(len, wanted)), len(found))


def is_quoted(words: str, quote: str) -> bool:
    """Whether words are those of a quote, white space aside."""
    return words == quote or _squeezed(words) == _squeezed(quote)


def _occurrences(text: str, quote: Quote) -> Iterator[tuple[int, int]]:
    words = quote.exact.split()
    if not words:
        yield from _between(text, quote)
        return
    count, at = 0, text.find(quote.exact)
    while at >= 0 and count < _MOST_PLACES:
        yield at, at + len(quote.exact)
        count, at = count + 1, text.find(quote.exact, at + 1)
    if count == 0:
        for found in re.finditer(r"\s+".join(map(re.escape, words)), text):
            yield found.span()
            count += 1
            if count == _MOST_PLACES:
                return


def _between(text: str, quote: Quote) -> Iterator[tuple[int, int]]:
    """Yield the places without width that have the quote's surroundings."""
    around = quote.prefix + quote.suffix
    at = text.find(around) if around else -1
    while at >= 0:
        yield at + len(quote.prefix), at + len(quote.prefix)
        at = text.find(around, at + 1)


def _likeness(text: str, place: tuple[int, int], prefix: str, suffix: str) -> int:
    """Return how many characters before and behind a place are those of a quote."""
    start, end = place
    wide = _AROUND * 4
    before = _squeezed(text[max(0, start - len(prefix) - wide) : start])
    behind = _squeezed(text[end : end + len(suffix) + wide])
    return _common(before[::-1], prefix[::-1]) + _common(behind, suffix)


def _common(one: str, other: str) -> int:
    count = 0
    for here, there in zip(one, other, strict=False):
        if here != there:
            break
        count += 1
    return count


def _squeezed(text: str) -> str:
    return _SPACE.sub(" ", text)

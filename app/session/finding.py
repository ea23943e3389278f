"""Where a wanted text stands in a text: plain or by pattern, in code points. No search outlasts its time."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast

from app.core.clusters import hangs_on
from app.core.errors import WrongUse

_LAST_SPACED = 0x08FF  # Latin, Greek, Cyrillic, Hebrew and Arabic: words stand between spaces
_MORE_LATIN_AND_GREEK = range(0x1E00, 0x2000)

Span = tuple[int, int]


class BadPattern(WrongUse):
    """A regular expression that is none."""


class TooSlow(WrongUse):
    """A regular expression that takes longer than it may."""

    def __init__(self) -> None:
        super().__init__("the expression takes too long on this text", hint="make it simpler")


class Wanted(NamedTuple):
    """What is looked for. White space in plain text stands for any white space; `case` minds upper and lower case."""

    text: str
    case: bool = False
    whole_words: bool = False
    regex: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.text if self.regex else self.text.strip())


Places = Callable[[str, float], Iterator[Span]]
"""Yields the places in a text; the second argument is how many seconds it may take. May raise TooSlow."""


def finder(wanted: Wanted) -> Places:
    """Return what finds the places of the wanted text, in order, none of them empty or through the middle of a
    character. Raises BadPattern.
    """
    return _by_pattern(wanted) if wanted.regex else _plain(wanted)


def _plain(wanted: Wanted) -> Places:
    words = wanted.text.split()
    source = r"\s+".join(map(re.escape, words))
    if words and wanted.whole_words:
        source = _edge(words[0][0], r"(?<!\w)") + source + _edge(words[-1][-1], r"(?!\w)")
    pattern = re.compile(source, 0 if wanted.case else re.IGNORECASE)

    def places(text: str, _seconds: float) -> Iterator[Span]:
        if words:
            for found in pattern.finditer(text):
                if not _cuts(text, found.start()) and not _cuts(text, found.end()):
                    yield found.span()

    return places


def _edge(char: str, rule: str) -> str:
    """Return the rule for the edge of a whole word; scripts without spaces have no such edge, signs neither."""
    return rule if is_spaced(char) and (char.isalnum() or char == "_") else ""


def _by_pattern(wanted: Wanted) -> Places:
    # The standard library can't be stopped in the middle of a match; see decision record 0011. It has no types.
    import regex

    library = cast(Any, regex)
    source = rf"\b(?:{wanted.text})\b" if wanted.whole_words else wanted.text
    flags = library.MULTILINE | (0 if wanted.case else library.IGNORECASE)
    try:
        pattern = library.compile(source, flags)
    except library.error as error:
        raise BadPattern(f"not a regular expression: {error}", hint="mend it, or search for plain text") from error
    except RecursionError as error:
        raise BadPattern("the expression is nested too deeply", hint="make it simpler") from error

    def places(text: str, seconds: float) -> Iterator[Span]:
        end = time.monotonic() + seconds
        last = 0
        try:
            for found in pattern.finditer(text, timeout=seconds, concurrent=True):
                span = whole_characters(text, *found.span())
                if span[0] < span[1] and span[0] >= last:
                    last = span[1]
                    yield span
                if time.monotonic() > end:
                    raise TooSlow
        except TimeoutError as error:
            raise TooSlow from error

    return places


def is_spaced(char: str) -> bool:
    """Whether a character is of a script that puts spaces between words, and that every index of words knows."""
    return ord(char) <= _LAST_SPACED or ord(char) in _MORE_LATIN_AND_GREEK


def _cuts(text: str, at: int) -> bool:
    """Whether a place is inside of what people see as one character."""
    return 0 < at < len(text) and hangs_on(text, at)


def whole_characters(text: str, start: int, end: int) -> Span:
    """Return the range, grown so that it cuts through nothing that people see as one character."""
    if start < end:
        while _cuts(text, start):
            start -= 1
        while _cuts(text, end):
            end += 1
    return start, end

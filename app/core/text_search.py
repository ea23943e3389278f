"""Searching a text, for plain text or a regular expression, in code points and with a time limit."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, cast

from app.core.errors import WrongUse
from app.core.graphemes import extends_cluster
from app.core.search_folding import COMBINING, pattern_of

_LAST_SPACED = 0x08FF  # Latin, Greek, Cyrillic, Hebrew and Arabic: scripts with spaces between words
_MORE_LATIN_AND_GREEK = range(0x1E00, 0x2000)
# `re` holds the interpreter lock during a call, which blocks other threads: searching one window takes a millisecond.
_WINDOW = 1 << 16
_ROOM = 1024
_SPACE = re.compile(r"\s*")

Span = tuple[int, int]


class BadPattern(WrongUse):
    """An invalid regular expression."""


class TooSlow(WrongUse):
    """A regular expression that exceeded its time limit."""

    def __init__(self) -> None:
        super().__init__("the expression is too slow on this text", hint="simplify it")


class Wanted(NamedTuple):
    """What to search for. White space in plain text matches any white space; `case` makes the search case-sensitive,
    `alike` also matches spelling variants that look alike. Regular expressions are used unchanged.
    """

    text: str
    case: bool = False
    whole_words: bool = False
    regex: bool = False
    alike: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to search for."""
        return not (self.text if self.regex else self.text.strip())


def _go_on() -> None:
    """Continue the search: for one that can't be cancelled."""


class Places(Protocol):
    """Yields the matches in a text that begin in `[start, end)`; a regular expression has a time limit in seconds.

    `pause` is called regularly and may raise to cancel the search.
    """

    def __call__(
        self,
        text: str,
        seconds: float,
        *,
        start: int = 0,
        end: int | None = None,
        pause: Callable[[], None] = _go_on,
    ) -> Iterator[Span]:
        """Yield the ranges of the matches, in code points. Raises TooSlow."""
        ...


def finder(wanted: Wanted) -> Places:
    """Return a function that finds the matches in order, none of them empty or splitting a grapheme cluster.

    Raises BadPattern.
    """
    return _by_pattern(wanted) if wanted.regex else _plain(wanted)


def _plain(wanted: Wanted) -> Places:
    words = wanted.text.split()
    source = r"\s+".join(map(pattern_of if wanted.alike else re.escape, words))
    if words and wanted.whole_words:
        source = _edge(words[0][0], rf"(?<![\w{COMBINING}])") + source + _edge(words[-1][-1], r"(?!\w)")
    pattern = re.compile(source, 0 if wanted.case else re.IGNORECASE)
    needle = _needle(words, source)
    room, gaps = _ROOM + 4 * len(wanted.text), len(words) - 1

    def places(
        text: str, seconds: float, *, start: int = 0, end: int | None = None, pause: Callable[[], None] = _go_on
    ) -> Iterator[Span]:
        at, last = start, len(text) if end is None else min(end, len(text))
        if needle and len(text) <= _WINDOW and needle not in text:
            return  # a fast path: with many short texts, most are searched in vain
        while words and at < last:
            stop = min(last, at + _WINDOW)
            limit = _limit(text, stop, room, gaps)
            for found in pattern.finditer(text, at, limit):
                if found.start() >= stop:
                    break
                # A match that ends at the end of the window may be longer, or differ, in the whole text.
                hit = found if found.end() < limit else pattern.match(text, found.start())
                if hit is None or _cuts(text, hit.start()) or _cuts(text, hit.end()):
                    continue
                stop = max(stop, hit.end())
                yield hit.span()
            at = stop
            pause()

    return places


def _needle(words: list[str], source: str) -> str:
    """Return a literal that every match contains, "" if there is none because of case or spelling variants."""
    return max((w for w in words if w in source and w.upper() == w.lower() == re.escape(w)), key=len, default="")


def _limit(text: str, stop: int, room: int, gaps: int) -> int:
    """Return how far to read to find every match that begins before `stop`: white space may be of any length."""
    limit = min(len(text), stop + room)
    for _ in range(gaps):
        space = _SPACE.match(text, limit)
        if limit and space is not None and (space.end() > limit or text[limit - 1].isspace()):
            limit = min(len(text), space.end() + room)
    return limit


def _edge(char: str, rule: str) -> str:
    """Return the rule for the edge of a whole word, "" for punctuation and characters of scripts without spaces."""
    return rule if is_spaced(char) and (char.isalnum() or char == "_") else ""


def _by_pattern(wanted: Wanted) -> Places:
    # Unlike `re`, this library can be interrupted during a match; see decision record 0011. It has no type stubs.
    import regex

    library = cast(Any, regex)
    source = rf"\b(?:{wanted.text})\b" if wanted.whole_words else wanted.text
    flags = library.MULTILINE | (0 if wanted.case else library.IGNORECASE)
    try:
        pattern = library.compile(source, flags)
    except library.error as error:
        raise BadPattern(f"not a regular expression: {error}", hint="fix it, or search for plain text") from error
    except RecursionError as error:
        raise BadPattern("the expression is nested too deeply", hint="simplify it") from error

    def places(
        text: str, seconds: float, *, start: int = 0, end: int | None = None, pause: Callable[[], None] = _go_on
    ) -> Iterator[Span]:
        over = time.monotonic() + seconds
        last, beyond = start, len(text) if end is None else end
        try:
            for found in pattern.finditer(text, start, timeout=seconds, concurrent=True):
                span = whole_characters(text, *found.span())
                if span[0] >= beyond:
                    return
                if span[0] < span[1] and span[0] >= last:
                    last = span[1]
                    yield span
                pause()
                if time.monotonic() > over:
                    raise TooSlow
        except TimeoutError as error:
            raise TooSlow from error

    return places


def is_spaced(char: str) -> bool:
    """Whether a character is of a script with spaces between words, which the full-text index splits correctly."""
    return ord(char) <= _LAST_SPACED or ord(char) in _MORE_LATIN_AND_GREEK


def _cuts(text: str, at: int) -> bool:
    """Whether an offset is inside a grapheme cluster."""
    return 0 < at < len(text) and extends_cluster(text, at)


def whole_characters(text: str, start: int, end: int) -> Span:
    """Return the range, extended to whole grapheme clusters."""
    if start < end:
        while _cuts(text, start):
            start -= 1
        while _cuts(text, end):
            end += 1
    return start, end

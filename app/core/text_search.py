"""Where a wanted text occurs in a text: plain or by pattern, in code points. No search outlasts its time."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, cast

from app.core.errors import WrongUse
from app.core.graphemes import hangs_on
from app.core.search_folding import COMBINING, pattern_of

_LAST_SPACED = 0x08FF  # Latin, Greek, Cyrillic, Hebrew and Arabic: words stand between spaces
_MORE_LATIN_AND_GREEK = range(0x1E00, 0x2000)
# The library holds the interpreter for the length of a call, so that no one else gets on meanwhile: a window takes it
# a millisecond.
_WINDOW = 1 << 16
_ROOM = 1024
_SPACE = re.compile(r"\s*")

Span = tuple[int, int]


class BadPattern(WrongUse):
    """A regular expression that is none."""


class TooSlow(WrongUse):
    """A regular expression that takes longer than it may."""

    def __init__(self) -> None:
        super().__init__("the expression is too slow on this text", hint="simplify it")


class Wanted(NamedTuple):
    """What is looked for. White space in plain text stands for any white space; `case` minds upper and lower case,
    `alike` takes spellings that look alike for one. Expressions are taken as they stand.
    """

    text: str
    case: bool = False
    whole_words: bool = False
    regex: bool = False
    alike: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.text if self.regex else self.text.strip())


def _go_on() -> None:
    """Stand in where a search isn't to be cancelled."""


class Places(Protocol):
    """Yields the places in a text that begin in a range; takes no longer than so many seconds, or raises TooSlow.

    `pause` is called again and again meanwhile, and may end the search by an error of its own.
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
        """Yield the places, in code points. May raise TooSlow."""
        ...


def finder(wanted: Wanted) -> Places:
    """Return what finds the places of the wanted text, in order, none of them empty or through the middle of a
    character. Raises BadPattern.
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
            return  # of many short texts this is most of the time
        while words and at < last:
            stop = min(last, at + _WINDOW)
            limit = _limit(text, stop, room, gaps)
            for found in pattern.finditer(text, at, limit):
                if found.start() >= stop:
                    break
                # What ends where the window does may go on, or end otherwise, behind it.
                hit = found if found.end() < limit else pattern.match(text, found.start())
                if hit is None or _cuts(text, hit.start()) or _cuts(text, hit.end()):
                    continue
                stop = max(stop, hit.end())
                yield hit.span()
            at = stop
            pause()

    return places


def _needle(words: list[str], source: str) -> str:
    """Return a text that is in every place where a pattern matches, "" if case or spellings leave none."""
    return max((w for w in words if w in source and w.upper() == w.lower() == re.escape(w)), key=len, default="")


def _limit(text: str, stop: int, room: int, gaps: int) -> int:
    """Return how far one must read to see whatever begins before a place: white space may be of any length."""
    limit = min(len(text), stop + room)
    for _ in range(gaps):
        space = _SPACE.match(text, limit)
        if limit and space is not None and (space.end() > limit or text[limit - 1].isspace()):
            limit = min(len(text), space.end() + room)
    return limit


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

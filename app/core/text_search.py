"""Searching a text, for plain text or a regular expression, in code points and with a time limit."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, cast

from app.core.errors import WrongUse
from app.core.expression_size import LARGEST, LONGEST, written_out
from app.core.graphemes import extends_cluster
from app.core.search_folding import CASED, SPELLINGS, Fold, Folded, cluster_start, fold, folded
from app.core.word_edges import is_edge

# `re` holds the interpreter lock during a call, which blocks other threads: searching one window takes a millisecond.
_WINDOW = 1 << 16
_ROOM = 1024

Span = tuple[int, int]


class BadPattern(WrongUse):
    """An invalid regular expression."""


class TooSlow(WrongUse):
    """A regular expression that exceeded its time limit."""

    def __init__(self) -> None:
        super().__init__("the expression is too slow on this text", hint="simplify it")


class Wanted(NamedTuple):
    """What to search for. White space in plain text matches any white space; `case` makes the search case-sensitive,
    `alike` also matches spellings that a reader takes for the same. Regular expressions are used unchanged.
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
    if wanted.regex:
        return _by_pattern(wanted)
    how = (CASED if wanted.case else SPELLINGS) if wanted.alike else None
    words = (fold(wanted.text, how) if how else wanted.text).split()
    if not words:  # nothing but characters that count for nothing: they are meant as they are
        how, words = None, wanted.text.split()
    return _plain(words, how, case=wanted.case, whole_words=wanted.whole_words)


def _plain(words: list[str], how: Fold | None, *, case: bool, whole_words: bool) -> Places:
    length = sum(map(len, words))
    matches = _matches(words, ignore_case=how is None and not case)

    def places(
        text: str, seconds: float, *, start: int = 0, end: int | None = None, pause: Callable[[], None] = _go_on
    ) -> Iterator[Span]:
        at, last = start, len(text) if end is None else min(end, len(text))
        while words and at < last:
            stop = min(last, at + _WINDOW)
            lead = cluster_start(text, max(0, at - 1))  # the character before tells whether a word begins
            window = _window(text, lead, stop, length, how)
            next_one = 0
            while (match := matches(window.text, next_one)) is not None:
                next_one = match[0] + 1
                if whole_words and not (is_edge(window.text, match[0]) and is_edge(window.text, match[1])):
                    continue
                span = window.source(*match)
                if span is None:
                    continue
                found = (lead + span[0], lead + span[1])
                if found[0] >= stop:
                    break
                if found[0] >= at and is_whole(text, *found):
                    next_one, at = match[1], found[1]
                    yield found
            at = max(at, stop)
            pause()

    return places


def _matches(words: list[str], *, ignore_case: bool) -> Callable[[str, int], Span | None]:
    """Return a function that gives the first match in a text from an offset on, None if there is none."""
    if len(words) == 1 and not ignore_case:
        word = words[0]

        def of_word(text: str, at: int) -> Span | None:
            first = text.find(word, at)
            return None if first < 0 else (first, first + len(word))

        return of_word
    pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE if ignore_case else 0)
    # The longest word tells of most texts at once that there is nothing in them.
    longest = "" if ignore_case else max(words, key=len, default="")

    def of_words(text: str, at: int) -> Span | None:
        found = pattern.search(text, at) if longest in text else None
        return None if found is None else found.span()

    return of_words


def _window(text: str, start: int, stop: int, length: int, how: Fold | None) -> Folded:
    """Return a stretch of a text, after folding, that contains every match, of so many letters, that begins before
    `stop`. White space and what is folded to nothing may be of any length.
    """
    room = _ROOM + 4 * length
    while True:
        end = cluster_start(text, min(len(text), stop + room))
        rest = text[stop:end]
        # A match that isn't over in as many letters behind `stop` as the term has can't have begun before.
        if end == len(text) or len("".join((fold(rest, how) if how else rest).split())) > length:
            stretch = text[start:end]
            return folded(stretch, how) if how else Folded(stretch, [])
        room *= 4


def _by_pattern(wanted: Wanted) -> Places:
    # Unlike `re`, this library can be interrupted during a match; see decision record 0011. It has no type stubs.
    import regex

    if len(wanted.text) > LONGEST or written_out(wanted.text) > LARGEST:
        raise BadPattern("the expression is too long or repeats too much", hint="use smaller numbers, or plain text")
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


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether a range neither begins nor ends inside of a grapheme cluster."""
    return not _cuts(text, start) and not _cuts(text, end)


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

"""Ranges as annotation tools in the browser write them: `start_i` and `end_i`, the last character included.

They count the characters that their page shows, which are UTF-16 units. Line breaks are shown as elements of another
kind, so some versions don't count them, and none of them says so in its files. Whole words are what people mark, so the
reading that makes more of the ranges whole words is the right one.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from app.exchange.offset_units import Ruler, Unit
from app.exchange.segments import Range

START, END = "start_i", "end_i"
MISSING = "missing"


class InclusiveRange(NamedTuple):
    """A range that a file gives for a text."""

    text: str
    start: int
    end: int


class InclusiveRuler:
    """Converts the ranges of one text. With `has_breaks` line breaks count as characters."""

    def __init__(self, text: str, *, has_breaks: bool = True, unit: Unit = Unit.UTF16) -> None:
        shown = text if has_breaks else text.replace("\n", "")
        self._ruler = Ruler(shown, unit)
        # Where each shown character is; only needed if some aren't shown.
        self._places = None if len(shown) == len(text) else [at for at, char in enumerate(text) if char != "\n"]
        self.text = text
        self.units = self._ruler.given(len(shown))

    def range(self, start: int, end: int) -> Range:
        """Return the half-open range in code points of the characters from `start` to `end`. Raises ValueError."""
        first, last = self._ruler.range(start, end + 1)
        if first == last:
            raise ValueError(f"range {start}-{end} is empty")
        if self._places is None:
            return Range(first, last)
        return Range(self._places[first], self._places[last - 1] + 1)

    def widened(self, start: int, end: int) -> Range:
        """Return the range as `range` does, but whole characters where it has only the first or second unit of one."""
        if start > end:
            raise ValueError(f"range {start}-{end} ends before it starts")
        for first, last in ((start, end), (start - 1, end), (start, end + 1), (start - 1, end + 1)):
            try:
                return self.range(first, last)
            except ValueError:
                continue
        return self.range(start, end)

    def given(self, found: Range) -> tuple[int, int] | None:
        """Return a range of code points as first and last character, None for one of nothing but line breaks."""
        start, end = found
        if self._places is not None:
            start, end = bisect_left(self._places, start), bisect_left(self._places, end)
        pair = self._ruler.given(start), self._ruler.given(end) - 1
        return pair if pair[0] <= pair[1] else None


def is_whole_words(text: str, found: Range) -> bool:
    """Whether a range begins and ends where words do, without blanks at its ends."""
    start, end = found
    return (
        start < end
        and not text[start].isspace()
        and not text[end - 1].isspace()
        and not (start > 0 and text[start - 1].isalnum() and text[start].isalnum())
        and not (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())
    )


def has_breaks(ranges: Iterable[InclusiveRange]) -> bool:
    """Whether the ranges of a file count line breaks as characters; they do unless more of them fit otherwise."""
    lead = 0
    for given in ranges:
        if "\n" in given.text:
            lead += _fits(given, is_counted=True) - _fits(given, is_counted=False)
    return lead >= 0


def _fits(given: InclusiveRange, *, is_counted: bool) -> int:
    ruler = InclusiveRuler(given.text, has_breaks=is_counted)
    if given.start == given.end == ruler.units:
        return 1  # the place of what is missing, behind the last character
    try:
        return int(is_whole_words(given.text, ruler.range(given.start, given.end)))
    except ValueError:
        return 0


def whole_number(value: object) -> int | None:
    """Return a value of JSON if it is a whole number that can be an offset."""
    return value if type(value) is int and 0 <= value < 2**53 else None

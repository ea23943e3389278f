"""The units in which other tools count offsets, and which of them a file uses.

Python counts code points, JavaScript and Java UTF-16 units, some count bytes of UTF-8 or what a reader takes for one
character. Files seldom say which. Where a file repeats the marked words, they prove it; where no unit would make a
difference, none needs to be known; else a person must say.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

import regex

from app.core.errors import FormatError
from app.core.offsets import OffsetMap
from app.core.wording import shorten

_SAMPLES = 3
_AROUND = 12  # code points shown beside a sample
_NEAR = 20  # code points in which the words of a mark are looked for if they aren't at its offsets
_CLUSTERS = regex.compile(r"\X")


class Unit(StrEnum):
    """What a file counts. The values are those of `--offsets`."""

    CODE_POINTS = "cp"
    UTF16 = "utf16"
    BYTES = "bytes"
    GRAPHEMES = "grapheme"

    @property
    def in_words(self) -> str:
        """What it is called on screen."""
        return _TITLES[self]


_TITLES = {
    Unit.CODE_POINTS: "characters (code points, as Python counts)",
    Unit.UTF16: "UTF-16 units (as JavaScript and Java count)",
    Unit.BYTES: "bytes of UTF-8",
    Unit.GRAPHEMES: "visible characters (grapheme clusters)",
}


class GivenRange(NamedTuple):
    """A range of a text as a file gives it, and the words that the file says are there, None if it doesn't."""

    text: str
    start: int
    end: int
    words: str | None = None


class UnitSample(NamedTuple):
    """How the first doubtful ranges of a file would be read in a unit: words with what is beside them."""

    unit: Unit
    rows: tuple[tuple[str, str, str], ...]


class UnknownUnit(FormatError):
    """A file whose offsets may be in several units; `samples` show a person the difference."""

    def __init__(self, samples: Sequence[UnitSample]) -> None:
        names = " or ".join(f"--offsets {sample.unit}" for sample in samples)
        shown = "; ".join(
            f"{sample.unit}: {', '.join(f'“{words}”' for _, words, _ in sample.rows)}" for sample in samples
        )
        super().__init__(
            f"the unit of its offsets isn't clear ({shown})",
            hint=f"say what the file counts: {names}",
            in_window="choose the unit whose words are right",
        )
        self.samples = tuple(samples)


class Ruler:
    """Converts the offsets of one text, given in a unit, to code points."""

    def __init__(self, text: str, unit: Unit) -> None:
        self.text = text
        self.unit = unit
        self._convert = _converter(text, unit)
        self._back: Callable[[int], int] | None = None  # made when it is needed

    def offset(self, given: int) -> int:
        """Return the code point of an offset. Raises ValueError if it is outside of the text or inside a character."""
        found = self._convert(given)
        if found is None:
            kind = {Unit.UTF16: "UTF-16 units", Unit.BYTES: "bytes", Unit.GRAPHEMES: "characters"}
            what = kind.get(self.unit, "characters")
            raise ValueError(f"offset {given} lies outside the text or inside of a character, counted in {what}")
        return found

    def range(self, start: int, end: int) -> tuple[int, int]:
        """Return a half-open range in code points. Raises ValueError, also for one that ends before it starts."""
        pair = self.offset(start), self.offset(end)
        if pair[0] > pair[1]:
            raise ValueError(f"range {start}-{end} ends before it starts")
        return pair

    def given(self, offset: int) -> int:
        """Return a code point offset in the unit: the inverse of `offset`, for writing. Raises IndexError outside."""
        if self._back is None:
            self._back = _inverse(self.text, self.unit)
        return self._back(offset)


def _inverse(text: str, unit: Unit) -> Callable[[int], int]:
    match unit:
        case Unit.UTF16:
            return OffsetMap(text).to_u16
        case Unit.BYTES:
            return _byte_starts(text).__getitem__
        case Unit.GRAPHEMES:
            starts = [found.start() for found in _CLUSTERS.finditer(text)]
            return lambda offset: bisect_left(starts, offset)
        case Unit.CODE_POINTS:
            return lambda offset: offset


def _converter(text: str, unit: Unit) -> Callable[[int], int | None]:
    if unit is Unit.CODE_POINTS or (text.isascii() and unit is not Unit.GRAPHEMES):
        return lambda given: given if 0 <= given <= len(text) else None
    if unit is Unit.UTF16:
        offsets = OffsetMap(text)

        def from_u16(given: int) -> int | None:
            if not 0 <= given <= offsets.length_u16 or offsets.splits_pair(given):
                return None
            return offsets.from_u16(given)

        return from_u16
    starts = _byte_starts(text) if unit is Unit.BYTES else [0, *(m.end() for m in _CLUSTERS.finditer(text))]
    if unit is Unit.GRAPHEMES:
        return lambda given: starts[given] if 0 <= given < len(starts) else None

    def from_bytes(given: int) -> int | None:
        at = bisect_left(starts, given)
        return at if at < len(starts) and starts[at] == given else None

    return from_bytes


def _byte_starts(text: str) -> list[int]:
    return [0, *accumulate(len(char.encode()) for char in text)]


def unit_of(
    claims: Iterable[GivenRange],
    *,
    among: Sequence[Unit] = tuple(Unit),
    usual: Unit = Unit.CODE_POINTS,
    given: str | None = None,
) -> Unit:
    """Return the unit in which the ranges of a file are counted, from all of them (`claims`).

    `among` are the units that tools write into such files, `given` the one that a person named, which is taken as it
    is. The words that the file repeats decide: the unit in which most of them are right. If there are none, the units
    must agree on all ranges; then it is the `usual` one. Raises UnknownUnit if they don't.
    """
    if given is not None:
        return Unit(given)
    right = dict.fromkeys(among, 0)
    doubtful: list[GivenRange] = []
    last = ("", dict[Unit, Ruler]())
    for claim in claims:
        if claim.text.isascii() and "\r" not in claim.text:
            continue  # all units are the same
        if last[0] is not claim.text:
            last = (claim.text, {unit: Ruler(claim.text, unit) for unit in among})
        read = {unit: _read(ruler, claim) for unit, ruler in last[1].items()}
        if len(set(read.values())) == 1:
            continue
        if claim.words is None and len(doubtful) < _SAMPLES:
            doubtful.append(claim)
        for unit, pair in read.items():
            right[unit] += pair is not None and claim.text[pair[0] : pair[1]] == claim.words
    most = max(right.values(), default=0)
    if most:
        best = [unit for unit in among if right[unit] == most]
        return usual if usual in best else best[0]
    if doubtful:
        raise UnknownUnit(list(_samples(doubtful, among)))
    return usual


def _read(ruler: Ruler, claim: GivenRange) -> tuple[int, int] | None:
    try:
        return ruler.range(claim.start, claim.end)
    except ValueError:
        return None


def _samples(claims: Sequence[GivenRange], among: Sequence[Unit]) -> Iterator[UnitSample]:
    """Yield the units in which all of the ranges can be read; two that read them alike are one."""
    seen: set[tuple[tuple[int, int], ...]] = set()
    possible: list[UnitSample] = []
    for unit in among:
        pairs = [_read(Ruler(claim.text, unit), claim) for claim in claims]
        whole = tuple(pair for pair in pairs if pair is not None)
        if len(whole) < len(pairs) or whole in seen:
            continue
        seen.add(whole)
        possible.append(UnitSample(unit, tuple(map(_row, claims, whole))))
    yield from possible or (UnitSample(unit, ()) for unit in among)


def _row(claim: GivenRange, pair: tuple[int, int]) -> tuple[str, str, str]:
    start, end = pair
    before, after = claim.text[max(0, start - _AROUND) : start], claim.text[end : end + _AROUND]
    return before, shorten(claim.text[start:end], 60), after


def found_near(text: str, start: int, words: str) -> tuple[int, int] | None:
    """Return where words are that aren't at `start`: the only place within 20 code points of it, else None."""
    if not words:
        return None
    low = max(0, start - _NEAR)
    at = text.find(words, low, start + len(words) + _NEAR)
    if at < 0 or text.find(words, at + 1, start + len(words) + _NEAR) >= 0:
        return None
    return at, at + len(words)

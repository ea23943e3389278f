"""How the positions of a QDPX file are counted.

The standard doesn't settle two things: what one character beyond the BMP counts, and whether a line end of two
characters counts as one. Names of selections are often the beginning of the words that are selected; they prove it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.core.errors import FormatError
from app.core.wording import shorten
from app.exchange.offset_units import Ruler, Unit, UnitSample, UnknownUnit

ONE, TWO = "one", "two"
_CRLF = "\r\n"
_SAMPLES = 3
_AROUND = 12
_DOTS = ("...", "…")
_SHORTEST = 3  # letters of a name that begins like the selected words by chance only seldom
_KNOWN = {"atlas": ONE, "nvivo": TWO, "maxqda": TWO, "qualcoder": TWO, "stet": TWO}
"""What a line end of two characters counts, by the program that wrote the file: as QualCoder's import takes them, which
was tried with files of these programs."""


class Convention(NamedTuple):
    """The unit, and what a line end of two characters counts."""

    unit: Unit
    line_end: str


class GivenSelection(NamedTuple):
    """A selection of a text as the file gives it."""

    text: str
    start: int
    end: int
    name: str


class Positions:
    """Converts positions of one text to code points."""

    def __init__(self, text: str, convention: Convention) -> None:
        self._ends: list[int] = []  # in the shorter text, where each line end of two characters is over
        shorter = text
        if convention.line_end == ONE and _CRLF in text:
            shorter = text.replace(_CRLF, "\n")
            at = 0
            for line in text.split(_CRLF)[:-1]:
                at += len(line) + 1
                self._ends.append(at)
        self._ruler = Ruler(shorter, convention.unit)

    def range(self, start: int, end: int) -> tuple[int, int]:
        """Return a half-open range in code points. Raises ValueError for one outside of the text."""
        first, last = self._ruler.range(start, end)
        return first + self._before(first), last + self._before(last)

    def _before(self, offset: int) -> int:
        """Return how many line ends are over at an offset of the shorter text."""
        return bisect_right(self._ends, offset)


def repeats(words: str, name: str) -> bool:
    """Whether the name of a selection is its words, or their beginning. Names have no blanks at their ends, where words
    that do would be the same if they were one character further.
    """
    if words[:1].isspace() or words[-1:].isspace():
        return False
    said = " ".join(words.split())
    for dots in _DOTS:
        if name.endswith(dots):
            begun = name.removesuffix(dots).rstrip()
            return len(begun) >= _SHORTEST and said.startswith(begun)
    return name != "" and said == name


def convention_of(
    selections: Iterable[GivenSelection], *, origin: str, unit: str | None = None, line_end: str | None = None
) -> tuple[Convention, bool]:
    """Return how all selections of a file are counted, and whether their names are the words.

    `origin` is the program that wrote it; `unit` and `line_end` are what a person said. Raises UnknownUnit or
    FormatError if names prove nothing and it makes a difference.
    """
    known = next((value for name, value in _KNOWN.items() if name in origin.casefold()), None)
    units = [Unit(unit)] if unit is not None else [Unit.CODE_POINTS, Unit.UTF16]
    ends = [line_end] if line_end is not None else [known or TWO, ONE if (known or TWO) == TWO else TWO]
    among = [Convention(each, end) for end in ends for each in units]
    survey = _Survey(among)
    for each in selections:
        survey.add(each)
    best = survey.best()
    if best is not None:
        return best, survey.are_names_words
    doubted_ends = known is None and line_end is None and survey.doubts(among[0], Convention(units[0], ends[-1]))
    if doubted_ends:
        what = "it isn't clear whether a line end of two characters counts as one or two"
        raise FormatError(
            what, hint="say it with --option line-ends=one or two", in_window="choose what line ends count"
        )
    if origin.casefold().startswith("stet"):  # which says it where it isn't code points
        return Convention(Unit.UTF16, TWO) if Unit.UTF16.value in origin and unit is None else among[0], True
    if len(units) > 1 and survey.doubts(*among[:2]):
        raise UnknownUnit(list(survey.samples(among[:2])))
    return among[0], survey.are_names_words


class _Survey:
    """What names of selections say of each convention."""

    def __init__(self, among: Sequence[Convention]) -> None:
        self._among = among
        self._right = dict.fromkeys(among, 0)
        self._named = self._words = 0
        self._doubtful: list[GivenSelection] = []
        self._text, self._positions = "", dict[Convention, Positions]()

    def add(self, each: GivenSelection) -> None:
        """Look at a selection."""
        if self._text is not each.text or not self._positions:
            self._text = each.text
            self._positions = {convention: Positions(each.text, convention) for convention in self._among}
        read = {convention: _read(found, each) for convention, found in self._positions.items()}
        right = [key for key, pair in read.items() if pair and repeats(each.text[slice(*pair)], each.name)]
        self._named += each.name != ""
        self._words += bool(right)
        if len(set(read.values())) == 1:
            return
        for convention in right:
            self._right[convention] += 1
        if len(self._doubtful) < _SAMPLES:
            self._doubtful.append(each)

    @property
    def are_names_words(self) -> bool:
        """Whether most names are the selected words."""
        return self._words * 2 > self._named

    def best(self) -> Convention | None:
        """Return the convention that most names prove, None if none does; the first of those that are alike."""
        most = max(self._right.values())
        return next(each for each in self._among if self._right[each] == most) if most else None

    def doubts(self, one: Convention, other: Convention) -> bool:
        """Whether some selection is elsewhere by another convention."""
        return any(
            _read(Positions(each.text, one), each) != _read(Positions(each.text, other), each)
            for each in self._doubtful
        )

    def samples(self, among: Sequence[Convention]) -> Iterable[UnitSample]:
        """Yield what the doubtful selections would be by each convention."""
        for convention in among:
            rows: list[tuple[str, str, str]] = []
            for each in self._doubtful:
                pair = _read(Positions(each.text, convention), each)
                if pair is not None:
                    start, end = pair
                    before, after = each.text[max(0, start - _AROUND) : start], each.text[end : end + _AROUND]
                    rows.append((before, shorten(each.text[start:end], 60), after))
            yield UnitSample(convention.unit, tuple(rows))


def _read(positions: Positions, each: GivenSelection) -> tuple[int, int] | None:
    try:
        return positions.range(each.start, each.end)
    except ValueError:
        return None

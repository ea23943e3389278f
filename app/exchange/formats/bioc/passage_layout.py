"""The text of a document of BioC, put together of its passages or their sentences, and where their offsets lead.

Offsets count from the beginning of the document, or of what it was part of. The DTD means bytes, and many programs
count characters. So a place is found from the offset of the passage or sentence that it is in, whatever stands before.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from app.exchange.formats.bioc.elements import BiocDocument, BiocLocation, BiocPassage
from app.exchange.offset_units import Ruler, Unit

At = tuple[int, ...]
"""A place in the structure: no number for the document, that of a passage, and that of a sentence in it."""

_MOST_BETWEEN = 1_000
"""The most characters between two passages that are filled in; a passage that lies farther off keeps its offset."""


class Stretch(NamedTuple):
    """A passage or sentence with a text: its offset and length in the file, and where its text begins in the
    document's.
    """

    at: At
    offset: int
    length: int
    start: int
    text: str

    def holds(self, offset: int) -> bool:
        """Whether an offset of the file is in it, or at its end."""
        return self.offset <= offset <= self.offset + self.length

    @property
    def end(self) -> int:
        """Where its text ends, in code points."""
        return self.start + len(self.text)


class PassageLayout:
    """Puts the text of a document together; offsets are read in a unit."""

    def __init__(self, document: BiocDocument, unit: Unit) -> None:
        self.unit = unit
        self.stretches: list[Stretch] = []
        self._within: dict[At, list[Stretch]] = {}
        parts: list[str] = []
        length = 0
        end: int | None = None  # of the stretch before, in the file's unit
        last = -1  # the passage before
        for at, passage in texts_of(document):
            if end is not None:
                between = passage.offset - end
                is_far = not 0 <= between <= _MOST_BETWEEN
                mark = "\n" if at[0] != last else " "
                filling = mark if is_far else mark[:between] + " " * (between - 1)
                parts.append(filling)
                length += len(filling)
            text = passage.text or ""
            made = Stretch(at, passage.offset, length_in(text, unit), length, text)
            self.stretches.append(made)
            for depth in range(1, len(at) + 1):
                self._within.setdefault(at[:depth], []).append(made)
            parts.append(text)
            length += len(text)
            end, last = passage.offset + made.length, at[0]
        self.text = "".join(parts)
        self._offsets = [each.offset for each in self.stretches]
        self._starts = [each.start for each in self.stretches]
        self._is_sorted = self._offsets == sorted(self._offsets)
        self._rulers: dict[At, Ruler] = {}

    def range_of(self, location: BiocLocation, within: At) -> tuple[int, int]:
        """Return a location as a range of the text: in a part of the document (`within`) if it lies there, else any.
        Raises ValueError if it is outside of the text.
        """
        first = self._stretch(location.offset, within)
        last = first
        if first is not None and not first.holds(location.end):
            last = self._stretch(max(location.offset, location.end - 1), ())
        if first is None or last is None or not last.holds(location.end):
            outside = location.offset if first is None else location.end
            raise ValueError(f"offset {outside} lies outside of the passages")
        return self._place(first, location.offset), self._place(last, location.end)

    def _stretch(self, offset: int, within: At) -> Stretch | None:
        found = next((each for each in self._within.get(within, ()) if each.holds(offset)), None)
        if found is None and self._is_sorted and self.stretches:
            found = self.stretches[max(0, bisect_right(self._offsets, offset) - 1)]
        elif found is None:
            found = next((each for each in self.stretches if each.holds(offset)), None)
        return found if found is not None and found.holds(offset) else None

    def within(self, at: At) -> list[Stretch]:
        """Return the stretches of a part of the document."""
        return self._within.get(at, [])

    def natural_place(self, start: int) -> At:
        """Return the place of the stretch that a code point of the text is in, or that ends before it."""
        found = bisect_right(self._starts, start) - 1
        return self.stretches[found].at if found >= 0 else ()

    def _place(self, stretch: Stretch, offset: int) -> int:
        ruler = self._rulers.get(stretch.at)
        if ruler is None:
            ruler = self._rulers[stretch.at] = Ruler(stretch.text, self.unit)
        return stretch.start + ruler.offset(offset - stretch.offset)


def texts_of(document: BiocDocument) -> Iterator[tuple[At, BiocPassage]]:
    """Yield what has a text, with its place: passages, or the sentences of those that have none."""
    for number, passage in enumerate(document.passages):
        if passage.text or not passage.sentences:
            yield (number,), passage
        else:
            yield from (((number, place), each) for place, each in enumerate(passage.sentences))


def length_in(text: str, unit: Unit) -> int:
    """Return the length of a text in a unit."""
    if unit is Unit.CODE_POINTS or text.isascii():
        return len(text)
    return Ruler(text, unit).given(len(text))

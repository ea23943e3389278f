"""The text of a PDF, put together from the lines of its pages, and where each character of them is in it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.exchange.extracted_text import BLOCK, trimmed
from app.exchange.formats.pdf.hyphens import Hyphens, Joined
from app.exchange.formats.pdf.line_flow import LineFlow, gap_between, goes_on
from app.exchange.formats.pdf.wire import PdfHighlight, PdfLine, PdfPage


class PlacedHighlight(NamedTuple):
    """A highlight on a page, numbered from 1, and the ranges of the text that it lies on, in code points."""

    page: int
    number: int
    highlight: PdfHighlight
    ranges: tuple[tuple[int, int], ...]


class PdfText:
    """The text of all pages; `pages` are where they begin, with their labels, `unsure` the words of which nobody knows
    whether they have the hyphen that a line ended with.
    """

    def __init__(self, pages: Sequence[PdfPage]) -> None:
        self._given = pages
        self._parts: list[str] = []
        self._length = 0
        self._starts: list[list[int]] = []  # of each line, by page
        self._hyphens = Hyphens(_whole_words(pages))
        self.pages: list[tuple[int, str]] = []
        self.unsure: list[str] = []
        last: PdfLine | None = None
        for page in pages:
            last = self._add(page, last)
        self.text = "".join(self._parts)

    def _add(self, page: PdfPage, last: PdfLine | None) -> PdfLine | None:
        """Add a page behind the last line so far; return its last line."""
        flow, starts = LineFlow(page.lines), list[int]()
        for number, line in enumerate(page.lines):
            if number:
                self._join(page.lines[number - 1], line, flow.breaks(number - 1))
            elif last is not None:
                self._join(last, line, 0 if not last.ends_word or goes_on(last, line) else BLOCK)
            starts.append(self._length)
            self._put(line.text)
        # A page without text begins where the next words will be.
        begins = starts[0] if starts else self._length
        self.pages.append((begins, page.label))
        self._starts.append(starts)
        return page.lines[-1] if page.lines else last

    def _join(self, one: PdfLine, other: PdfLine, breaks: int) -> None:
        if not one.ends_word:
            found: Joined = self._hyphens.joined(one.text, other.text)
            self._put(found.join.value)
            if found.unsure:
                self.unsure.append(found.unsure)
        else:
            self._put("\n" * breaks or gap_between(one, other))

    def _put(self, part: str) -> None:
        self._parts.append(part)
        self._length += len(part)

    def highlights(self) -> Iterator[PlacedHighlight]:
        """Yield the highlights of all pages with their ranges; none for those that lie on no text."""
        for number, (page, starts) in enumerate(zip(self._given, self._starts, strict=True), 1):
            for count, highlight in enumerate(page.highlights):
                ranges = (trimmed(self.text, *each) for each in self._ranges(highlight, page, starts))
                yield PlacedHighlight(number, count, highlight, tuple((a, b) for a, b in ranges if a < b))

    def _ranges(self, highlight: PdfHighlight, page: PdfPage, starts: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the ranges of a highlight; those of lines that follow each other are one."""
        begun: tuple[int, int] | None = None
        before = (-1, False)  # the line, and whether the range went to its end
        for line, start, end in highlight.places:
            here = (starts[line] + start, starts[line] + end)
            if begun is not None and start == 0 and before == (line - 1, True):
                begun = (begun[0], here[1])
            else:
                if begun is not None:
                    yield begun
                begun = here
            before = (line, end == len(page.lines[line].text))
        if begun is not None:
            yield begun


def _whole_words(pages: Sequence[PdfPage]) -> Iterator[tuple[str, bool, bool]]:
    begins_whole = True
    for page in pages:
        for line in page.lines:
            yield line.text, begins_whole, line.ends_word
            begins_whole = line.ends_word

"""A text that is put together from the blocks of a document with a layout: paragraphs, lists, rows of tables.

Blocks are parted by a blank line, items of lists and rows of tables by a line break, cells by a tab. A cell of several
paragraphs is no cell of a table of data: it is taken apart into them. What isn't a character, such as most control
characters, is left out.
"""

import re
from collections.abc import Iterator

BULLET = "• "
BLOCK = 2
"""The line breaks around a block: a blank line."""
LINE = 1

_RUN = re.compile(r"[ \t\n\f\r]+")
_NO_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """Return a text with its line ends as they are stored here and without what is no character; what is half of one
    becomes U+FFFD.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATES.sub("\ufffd", _NO_CHARACTERS.sub("", text))


class _Cell:
    """A cell that is being filled."""

    def __init__(self) -> None:
        self.has_words = False
        self.has_blocks = False


class ExtractedText:
    """Collects the text. Breaks are put in only between words, so that the text neither begins nor ends with one."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._breaks = self._tabs = 0
        self._has_blank = False  # before the next words, unless a break comes first
        self._marker = ""
        self._cells: list[_Cell] = []
        self._pages: list[tuple[int, str]] = []

    @property
    def place(self) -> int:
        """Where the text ends now: what comes next begins there, behind white space."""
        return self._length

    def flowing(self, text: str) -> None:
        """Add text in which white space is as in HTML: a run of it is a blank, and none at the edges of a block."""
        words = _RUN.sub(" ", storable(text))
        core = words.strip(" ")
        if not core:
            self._has_blank |= bool(words)
            return
        self._has_blank |= words[0] == " "
        self._put(core)
        self._has_blank = words[-1] == " "

    def exact(self, text: str) -> None:
        """Add text as it stands, apart from line breaks at the edges of the block."""
        for number, line in enumerate(storable(text).split("\n")):
            if number:
                self._breaks += 1
                self._has_blank = False
            if line:
                self._put(line)

    def mark(self, marker: str) -> None:
        """Have the next words begin with a marker, as items of lists do."""
        self._marker = marker

    def end_line(self, breaks: int = LINE) -> None:
        """Have the next words begin a line, or with two breaks a block."""
        self._has_blank = False
        is_new = (self._cells and not self._cells[-1].has_words) or self._marker
        if not is_new:
            self._breaks = max(self._breaks, breaks)

    def break_line(self) -> None:
        """Put in a line break of the text's own; two of them are a block's. In a cell it is a blank."""
        if self._cells:
            self._has_blank = True
        else:
            self._breaks = min(BLOCK, self._breaks + 1)
            self._has_blank = False

    def open_cell(self) -> None:
        """Begin a cell of a row."""
        self._has_blank = False
        self._cells.append(_Cell())

    def close_cell(self) -> None:
        """End the cell."""
        if not self._cells:
            return
        cell = self._cells.pop()
        self._marker, self._has_blank = "", False
        if cell.has_blocks:
            self._breaks, self._tabs = BLOCK, 0
        else:
            self._breaks = 0 if cell.has_words else self._breaks
            self._tabs += 1

    def close_row(self) -> None:
        """End the row."""
        self._tabs = 0
        self.end_line()

    def begin_page(self, label: str = "") -> None:
        """Note that a page begins with the next words; `label` is what is printed on it."""
        self._pages.append((self._length, label))

    def finish(self) -> str:
        """Return the text."""
        text = "".join(self._parts)
        self._parts = [text]
        return text

    def pages(self) -> Iterator[tuple[int, str]]:
        """Yield where each page begins, at words, and its label."""
        text = self.finish()
        for start, label in self._pages:
            yield trimmed(text, start, len(text))[0], label

    def _put(self, words: str) -> None:
        breaks = self._breaks if self._length else 0
        if self._cells:
            inner = self._cells[-1]
            inner.has_blocks |= bool(breaks) and inner.has_words
            for outer, cell in zip(self._cells, self._cells[1:], strict=False):
                outer.has_blocks |= cell.has_words or outer.has_words
            for cell in self._cells:
                cell.has_words = True
        blank = " " if self._has_blank and self._length and not (breaks or self._tabs or self._marker) else ""
        part = "".join(("\n" * breaks, "\t" * self._tabs, self._marker, blank, words))
        self._parts.append(part)
        self._length += len(part)
        self._breaks = self._tabs = 0
        self._marker, self._has_blank = "", False


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a range of a text without the white space at its edges; if there is nothing else, the place behind it."""
    start = min(start, end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end

"""The lines of a block, with what is drawn on, under and over each. Positions are in pixels of the block."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QTextLine

from app.ui.editor.arcs import Arc, ArcLine, MetEnd
from app.ui.editor.highlights import Highlight


class Badge(NamedTuple):
    """A label under a line: where it stands in the block, and of which highlight."""

    highlight: Highlight
    rect: QRectF


class Seen(NamedTuple):
    """What is drawn on some lines of a block."""

    highlights: Sequence[Highlight]
    badges: Sequence[Badge]


class TextLine(NamedTuple):
    """One line of a block; `top` and `height` are in the block's pixels, `[start, end)` in code points of the text. The
    arcs over it have their room from `above` to its top.
    """

    text_line: QTextLine
    above: float
    top: float
    text_height: float
    height: float
    start: int
    end: int

    @property
    def bottom(self) -> float:
        """Where the next line's room begins."""
        return self.top + self.height


class Row(NamedTuple):
    """A line as it is set, whatever stands under it: the code point it begins at, its height, and how far down in that
    the letters begin.
    """

    text_line: QTextLine
    start: int
    text_height: float
    down: float


class Met(NamedTuple):
    """Where a highlight meets the lines: which have characters of it, all on which it is drawn, and on which of them it
    begins, if it has a badge there (else -1), and at which x.
    """

    highlight: Highlight
    lines: Sequence[int]
    seen: Sequence[int]
    begins: int
    x: float


class DrawnLine(NamedTuple):
    """A line, and all that its picture depends on: what is drawn on it, with lanes, the badges under it, and the arcs
    over it with their ends.
    """

    line: TextLine
    shown: list[tuple[Highlight, int]]
    badges: list[Badge]
    ends: Sequence[MetEnd]
    over: ArcLine | None


class Differing(NamedTuple):
    """What looks different in a block: which lines, by number, and which arcs that end in it, as they were and are."""

    lines: list[int]
    arcs: list[Arc]

"""Where a part of a line is on the screen, in whole glyphs: what is drawn as one can't be shown in halves."""

import unicodedata
from typing import NamedTuple

from PySide6.QtGui import QTextLayout, QTextLine

from app.core.graphemes import extends_cluster
from app.ui.editor.set_text import SetText

_LEAST = QTextLayout.GlyphRunRetrievalFlag.RetrieveGlyphIndexes  # what Qt must fetch to know where a run is
_ARABIC_MARKS = "".join(map(chr, range(0x64B, 0x660))) + "\u0670"
_LAM, _ALEFS = "\u0644", "\u0622\u0623\u0625\u0627"
_LONGEST = 12  # characters that a font draws as one


class GlyphLine(NamedTuple):
    """A line of a text that is set in two directions. Places are code points of `text`, the text of its block."""

    text: str
    map: SetText
    line: QTextLine

    def spans(self, low: int, high: int) -> list[tuple[float, float]]:
        """Return left and width of each run of `[low, high)`; where directions mix, a range is several."""
        start, end = self._whole(low, high)
        return [(a, b - a) for a, b in _joined(sorted(self._cells(start, end)))]

    def leftward(self, low: int, high: int) -> bool:
        """Tell whether the first characters of a range are set from right to left, by nature or by command."""
        at, end = self.map.to_u16(low, behind=True), self.map.to_u16(high)
        runs = self.line.glyphRuns(at, end - at, _LEAST)
        return runs[0].isRightToLeft() if runs else unicodedata.bidirectional(self.text[low]) in ("R", "AL")

    def _cells(self, start: int, end: int) -> list[tuple[float, float]]:
        at, end_u16 = self.map.to_u16(start, behind=True), self.map.to_u16(end)
        rects = [run.boundingRect() for run in self.line.glyphRuns(at, end_u16 - at, _LEAST)]
        return [(rect.left(), rect.right()) for rect in rects]

    def _whole(self, start: int, end: int) -> tuple[int, int]:
        least, most = max(0, start - _LONGEST), min(len(self.text), end + _LONGEST)
        while start > least and self._is_inside(start):
            start -= 1
        while end < most and self._is_inside(end):
            end += 1
        return start, end

    def _is_inside(self, at: int) -> bool:
        """Tell whether a place is inside of what is drawn as one."""
        if extends_cluster(self.text, at):
            return True
        # Lam and alef are always drawn as one; marks may stand between them.
        letters = self.text[max(0, at - 8) : at].rstrip(_ARABIC_MARKS) if self.text[at] in _ALEFS else ""
        return letters.endswith(_LAM) or self._is_ligature(at)

    def _is_ligature(self, at: int) -> bool:
        """Tell whether one glyph stands for the characters on both sides of a place.

        Qt gives that glyph for either side, but where it is, only for both together.
        """
        if not ("\u0600" <= self.text[at] <= "\u08ff" or "\ufb1d" <= self.text[at] <= "\ufeff"):
            return False
        before, here, after = (self.map.to_u16(place) for place in (at - 1, at, at + 1))
        both = self._count(before, after)
        return 0 < both < self._count(before, here) + self._count(here, after)

    def _count(self, start_u16: int, end_u16: int) -> int:
        runs = self.line.glyphRuns(start_u16, end_u16 - start_u16, _LEAST)
        return sum(len(run.glyphIndexes()) for run in runs)


def _joined(cells: list[tuple[float, float]]) -> list[tuple[float, float]]:
    runs: list[tuple[float, float]] = []
    for left, right in cells:
        if runs and left <= runs[-1][1] + 0.5:
            runs[-1] = (runs[-1][0], max(right, runs[-1][1]))
        else:
            runs.append((left, right))
    return runs


def cursor_x(line: QTextLine, at_u16: int) -> float:
    """Return where a place of what is set stands on a line, in pixels."""
    return line.cursorToX(at_u16)[0]  # pyright: ignore[reportIndexIssue]

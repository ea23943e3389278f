"""Lines of a layout as paragraphs: which line goes on with the one before, and which begins something new."""

import re
from collections.abc import Sequence
from statistics import median

from app.exchange.extracted_text import BLOCK, LINE
from app.exchange.formats.pdf.wire import PdfLine

_TERMINAL = re.compile(r"[.!?:;…。！？؟।]['’”\"»)\]]*\d{0,3}$")
_BULLET = re.compile(r"[•◦▪‣●○■□·]\s*\S")
_NUMBER = re.compile(r"(?:[–—*-]|\(?\d{1,3}[.)]|\(?[A-Za-z][.)])\s+\S")  # may also begin a line within a sentence
# Scripts whose words have no blanks between them: Han, kana, Thai, Lao, Myanmar, Khmer, and full-width signs.
_UNSPACED = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_DASHES = "-\u2010–—"
_SAME_SIZE = 1.15
_SAME_LINE = 0.3  # the rest is in heights of a line
_LOOSE = 1.4  # times the usual distance of lines
_INDENT = 0.7
_SAME_EDGE = 0.4
_SLACK = 0.08  # of the width of the column
_FEW = 4
_AROUND = 100  # lines before and behind that show how wide a column is


def gap_between(one: PdfLine, other: PdfLine) -> str:
    """Return what stands between two lines that belong together: a blank, or nothing."""
    last, first = one.text[-1:], other.text[:1]
    if _UNSPACED.match(last) and _UNSPACED.match(first):
        return ""
    is_joined = last in _DASHES and len(one.text) > 1 and one.text[-2].isalnum() and first.isalnum()
    return "" if is_joined else " "


class LineFlow:
    """Knows the lines of a page, and so what is usual on it."""

    def __init__(self, lines: Sequence[PdfLine]) -> None:
        self._lines = lines
        steps = [b.base - a.base for a, b in zip(lines, lines[1:], strict=False) if _is_alike(a, b)]
        downward = [step for step in steps if step > 0]
        self._step = median(downward) if len(downward) >= _FEW else None
        self._found: dict[int, int] = {}

    def breaks(self, number: int) -> int:
        """Return how many line breaks there are between a line, by its number, and the next one: none if they are one
        paragraph, `LINE` if the next one is a line of its own, `BLOCK` if it is a paragraph of its own. To be asked of
        one line after the other.
        """
        self._found[number] = self._breaks(number)
        return self._found[number]

    def _breaks(self, number: int) -> int:
        one, other = self._lines[number], self._lines[number + 1]
        if not one.ends_word:
            return 0
        if not _is_alike(one, other):
            return BLOCK
        height, step = one.height or 1.0, other.base - one.base
        if abs(step) < _SAME_LINE * height:
            return 0
        if step < 0:
            return 0 if goes_on(one, other) else BLOCK
        usual = min(max(self._step or 0.0, height), 2.5 * height) if self._step else 1.3 * height
        if step > _LOOSE * usual:
            return BLOCK
        if _BULLET.match(other.text):
            return LINE
        return self._by_edges(number, one, other)

    def _by_edges(self, number: int, one: PdfLine, other: PdfLine) -> int:
        """Return the breaks between two lines at the usual distance, by where they begin and end."""
        is_terminal = _TERMINAL.search(one.text) is not None
        indent = (other.start - one.start) / (one.height or 1.0)
        is_centred = abs(one.start + one.end - other.start - other.end) < one.height
        if abs(indent) > _SAME_EDGE and is_centred and not is_terminal:
            return 0
        is_first, is_item = bool(self._found.get(number - 1, BLOCK)), _is_item(one)
        if indent > _INDENT and (is_terminal or not (is_first and is_item)):
            return BLOCK
        if indent < -_INDENT and (is_item or not is_first):
            return BLOCK  # further to the left than what was hanging
        if len(one.text.split()) == len(other.text.split()) == 1 and gap_between(one, other):
            return LINE  # a list of single words
        if self._is_short(number, one, other):
            return BLOCK if is_terminal and not _is_item(other) else LINE
        return LINE if is_terminal and _is_item(other) else 0

    def _is_short(self, number: int, one: PdfLine, other: PdfLine) -> bool:
        """Whether a line ends although the next word would have found room on it."""
        left, right = self._column(number, one, other)
        word = other.text.split(maxsplit=1)[0]
        letter = (one.end - one.start) / max(1, len(one.text))
        slack = right - one.end
        return slack > (len(word) + 2) * letter and slack > _SLACK * (right - left)

    def _column(self, number: int, one: PdfLine, other: PdfLine) -> tuple[float, float]:
        """Return the edges of the column that two lines are in. A wide title above it doesn't count."""
        near = 1.5 * (one.height or 1.0)
        around = self._lines[max(0, number - _AROUND) : number + _AROUND]
        among = [line for line in around if _is_alike(line, one) and abs(line.start - other.start) < near]
        ends = sorted(line.end for line in (*among, one, other))
        right = ends[-1] if len(ends) < 2 * _FEW else ends[len(ends) * 4 // 5]
        return min(one.start, other.start), max(right, one.end)


def _is_item(line: PdfLine) -> bool:
    return (_BULLET.match(line.text) or _NUMBER.match(line.text)) is not None


def goes_on(one: PdfLine, other: PdfLine) -> bool:
    """Whether a sentence goes on from the end of a column or page to the beginning of another."""
    first = other.text[:1]
    is_alike = _is_alike(one, other)
    return is_alike and _TERMINAL.search(one.text) is None and first.isalpha() and first.islower()


def _is_alike(one: PdfLine, other: PdfLine) -> bool:
    """Whether lines run in the same direction, and have letters of the same size."""
    is_same_size = one.least <= _SAME_SIZE * other.most and other.least <= _SAME_SIZE * one.most
    return one.angle == other.angle and is_same_size

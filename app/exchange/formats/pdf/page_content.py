"""What is on a page of a PDF, by PDFium: its characters in lines, and the highlights on them.

PDFium has a list of characters, some of which it made up itself, such as blanks and the ends of lines; its text as a
whole has others, so that its places aren't those of the list. Only the list is used here.
"""

import ctypes
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from app.exchange.extracted_text import storable
from app.exchange.formats.pdf.wire import PdfHighlight, PdfLine, PdfPage

_HYPHENS = (0x02, 0xFFFE)  # what PDFium puts in the place of a hyphen that ends a line
_SOFT_HYPHENS = "\u00ad\u2010"
_ENDS = "\r\n"
_SAMPLED = 5  # characters of a line
_LONGEST_NOTE = 20_000  # code units
_MOST_MARKUP = 10_000  # on a page
_MOST_QUADS = 2_000  # of one highlight

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


class _Char(NamedTuple):
    place: int  # in PDFium's list
    text: str  # one character


class PageContent:
    """A page and its characters. `c` is PDFium itself (`pypdfium2.raw`), `page` and `text` are its handles."""

    def __init__(self, c: Any, page: Any, text: Any) -> None:  # noqa: ANN401  the library has no types
        self._c = c
        self._page = page
        self._text = text
        self._meaningless = 0
        self._lines: list[list[_Char]] = [[]]
        self._whole: list[bool] = []  # whether a line ends with the end of a word

    def read(self, label: str) -> PdfPage:
        """Return what is on the page."""
        self._collect()
        notes = fields = 0
        highlights: list[PdfHighlight] = []
        for kind, mark in self._markup():
            if kind in self._highlight_kinds:
                highlights.append(self._highlight(self._highlight_kinds[kind], mark))
            notes += kind in (self._c.FPDF_ANNOT_TEXT, self._c.FPDF_ANNOT_FREETEXT)
            fields += kind == self._c.FPDF_ANNOT_WIDGET
        lines = [self._line(chars, ends) for chars, ends in zip(self._lines, self._whole, strict=True)]
        return PdfPage(label, lines, highlights, self._meaningless, notes, fields)

    @property
    def _highlight_kinds(self) -> dict[int, str]:
        c = self._c
        return {
            c.FPDF_ANNOT_HIGHLIGHT: "highlight",
            c.FPDF_ANNOT_UNDERLINE: "underline",
            c.FPDF_ANNOT_SQUIGGLY: "squiggly",
            c.FPDF_ANNOT_STRIKEOUT: "strikeout",
        }

    # -- characters ----------------------------------------------------------------------------------------------------

    def _collect(self) -> None:
        for index, code in self._codes():
            if code in _HYPHENS and self._c.FPDFText_IsHyphen(self._text, index) == 1:
                self._end_line(whole=False)
            elif chr(code) in _ENDS:
                self._end_line(whole=True)
            else:
                kept = storable(chr(code))
                self._meaningless += not kept or kept == "\ufffd"
                if kept:
                    self._lines[-1].append(_Char(index, kept))
        self._end_line(whole=True)
        self._lines.pop()

    def _codes(self) -> Iterator[tuple[int, int]]:
        """Yield index and code point of each character; where a character is two units of UTF-16, these are one."""
        high: tuple[int, int] | None = None
        for index in range(max(0, self._c.FPDFText_CountChars(self._text))):
            code = self._c.FPDFText_GetUnicode(self._text, index)
            if high is not None and 0xDC00 <= code < 0xE000:
                yield high[0], 0x10000 + ((high[1] - 0xD800) << 10) + (code - 0xDC00)
                high = None
                continue
            if high is not None:
                yield high
            high = (index, code) if 0xD800 <= code < 0xDC00 else None
            if high is None and code <= 0x10FFFF:
                yield index, code
        if high is not None:
            yield high

    def _end_line(self, *, whole: bool) -> None:
        line = self._lines[-1]
        while line and line[-1].text.isspace():
            line.pop()
        if line and whole and line[-1].text in _SOFT_HYPHENS:
            line.pop()
            whole = False
        while line and line[0].text.isspace():
            line.pop(0)
        if line:
            self._whole.append(whole)
            self._lines.append([])

    def _line(self, chars: Sequence[_Char], ends_word: bool) -> PdfLine:
        first, last = chars[0].place, chars[-1].place
        angle = self._c.FPDFText_GetCharAngle(self._text, first)
        angle = angle if angle > 0 else 0.0
        along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
        begun, ended = ([_dot(corner, along) for corner in _corners(self._box(index))] for index in (first, last))
        heights = sorted(self._height(char.place, across) for char in _sample(chars))
        is_to_left = sum(ended) < sum(begun)
        start, end = (-max(begun), -min(ended)) if is_to_left else (min(begun), max(ended))
        text = "".join(char.text for char in chars)
        base = -_dot(self._origin(first), across)
        most, least, tallest = (round(heights[at], 2) for at in (len(heights) // 2, 0, -1))
        start, end, base = (round(each, 2) for each in (start, end, base))
        return PdfLine(text, ends_word, start, end, base, most, least, tallest, round(math.degrees(angle)) % 360)

    def _height(self, index: int, across: Point) -> float:
        edges = [_dot(corner, across) for corner in _corners(self._box(index))]
        return max(edges) - min(edges)

    def _box(self, index: int) -> Box:
        box = self._c.FS_RECTF()
        self._c.FPDFText_GetLooseCharBox(self._text, index, box)
        return box.left, box.bottom, box.right, box.top

    def _origin(self, index: int) -> Point:
        x, y = ctypes.c_double(), ctypes.c_double()
        self._c.FPDFText_GetCharOrigin(self._text, index, x, y)
        return x.value, y.value

    # -- highlights ----------------------------------------------------------------------------------------------------

    def _markup(self) -> Iterator[tuple[int, Any]]:
        """Yield the kind and handle of each annotation of the page, in PDF's sense of the word."""
        for number in range(min(self._c.FPDFPage_GetAnnotCount(self._page), _MOST_MARKUP)):
            handle = self._c.FPDFPage_GetAnnot(self._page, number)
            if handle:
                try:
                    yield self._c.FPDFAnnot_GetSubtype(handle), handle
                finally:
                    self._c.FPDFPage_CloseAnnot(handle)

    def _highlight(self, kind: str, mark: Any) -> PdfHighlight:  # noqa: ANN401
        said = (self._value(mark, key) for key in (b"T", b"Contents"))
        author, comment = (storable(text).strip() for text in said)
        created, updated, name = (self._value(mark, key)[:100] for key in (b"CreationDate", b"M", b"NM"))
        places = list(self._covered(list(self._quads(mark))))
        return PdfHighlight(kind, author, comment, self._color(mark), created, updated, storable(name), places)

    def _value(self, mark: Any, key: bytes) -> str:  # noqa: ANN401
        size = min(self._c.FPDFAnnot_GetStringValue(mark, key, None, 0), 2 * _LONGEST_NOTE)
        buffer = (ctypes.c_ushort * (size // 2 + 1))()
        self._c.FPDFAnnot_GetStringValue(mark, key, buffer, size)
        return bytes(buffer).decode("utf-16-le", "replace").partition("\0")[0]

    def _color(self, mark: Any) -> str:  # noqa: ANN401
        parts = [ctypes.c_uint() for _ in range(4)]
        is_known = self._c.FPDFAnnot_GetColor(mark, self._c.FPDFANNOT_COLORTYPE_Color, *parts)
        return "#" + "".join(f"{min(part.value, 255):02x}" for part in parts[:3]) if is_known else ""

    def _quads(self, mark: Any) -> Iterator[tuple[Point, ...]]:  # noqa: ANN401
        points = self._c.FS_QUADPOINTSF()
        for number in range(min(self._c.FPDFAnnot_CountAttachmentPoints(mark), _MOST_QUADS)):
            if self._c.FPDFAnnot_GetAttachmentPoints(mark, number, points):
                corners = ((points.x1, points.y1), (points.x2, points.y2), (points.x3, points.y3))
                yield _ordered((*corners, (points.x4, points.y4)))

    def _covered(self, quads: Sequence[tuple[Point, ...]]) -> Iterator[tuple[int, int, int]]:
        """Yield the ranges of lines whose characters have their middle in one of the quadrilaterals."""
        if not quads:
            return
        hull = _hull([corner for quad in quads for corner in quad])
        for number, chars in enumerate(self._lines):
            start, end = -1, 0
            for at, char in enumerate(chars):
                middle = _middle(self._box(char.place))
                if _is_within(middle, hull) and any(_is_inside(middle, quad) for quad in quads):
                    start, end = (at if start < 0 else start), at + 1
                elif start >= 0 and not char.text.isspace():
                    yield number, start, end
                    start = -1
            if start >= 0:
                yield number, start, end


def _sample(chars: Sequence[_Char]) -> Sequence[_Char]:
    """Return some characters of a line: it may begin with a bullet, or have words in another font."""
    return [chars[part * (len(chars) - 1) // (_SAMPLED - 1)] for part in range(_SAMPLED)]


def _corners(box: Box) -> tuple[Point, ...]:
    left, bottom, right, top = box
    return (left, bottom), (right, bottom), (right, top), (left, top)


def _middle(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _hull(corners: Sequence[Point]) -> Box:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _is_within(point: Point, box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _ordered(corners: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return corners in the order in which they follow each other: programs write them in several orders."""
    x, y = sum(corner[0] for corner in corners) / 4, sum(corner[1] for corner in corners) / 4
    return tuple(sorted(corners, key=lambda corner: math.atan2(corner[1] - y, corner[0] - x)))


def _is_inside(point: Point, corners: tuple[Point, ...]) -> bool:
    """Whether a point lies in a quadrilateral whose corners go around against the clock."""
    pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
    return all((b[0] - a[0]) * (point[1] - a[1]) >= (b[1] - a[1]) * (point[0] - a[0]) for a, b in pairs)


def _dot(one: Point, other: Point) -> float:
    return one[0] * other[0] + one[1] * other[1]

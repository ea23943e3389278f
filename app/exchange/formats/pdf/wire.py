"""What the process that reads a PDF says: lines of JSON, first the file, then each page, or that it can't be read.

Coordinates are those of the page, turned so that a line of text runs from left to right: `start` and `end` lie along
the line, in its direction of reading, and `base` grows from line to line. Their unit is the point.
"""

import msgspec


class PdfFile(msgspec.Struct, tag="file", array_like=True):
    """A file that is being read."""

    pages: int
    title: str
    version: str


class PdfLine(msgspec.Struct, array_like=True):
    """A line of the layout. `ends_word` is False if a hyphen ended it, which isn't in its text; `height` is that of
    most letters, `least` and `most` those of the smallest and largest; `angle` is that of its direction, in degrees.
    """

    text: str
    ends_word: bool
    start: float
    end: float
    base: float
    height: float
    least: float
    most: float
    angle: int


class PdfHighlight(msgspec.Struct, array_like=True):
    """A mark that somebody made in a PDF program. `places` are line numbers and ranges of code points in the lines;
    `color` is as in CSS, `created` and `updated` are times of PDF, and anything but `kind` may be empty.
    """

    kind: str
    author: str
    comment: str
    color: str
    created: str
    updated: str
    name: str
    places: list[tuple[int, int, int]]


class PdfPage(msgspec.Struct, tag="page", array_like=True):
    """A page: its lines in the order of the file, its highlights, what is printed on it as its number; and how many
    characters had no meaning, how many notes beside the text and fields of forms there are.
    """

    label: str
    lines: list[PdfLine]
    highlights: list[PdfHighlight]
    meaningless: int
    notes: int
    fields: int


class PdfRefused(msgspec.Struct, tag="refused", array_like=True):
    """The file can't be read: `why` is one of the words below."""

    why: str


PASSWORD, DAMAGED, MISSING = "password", "damaged", "missing"
PdfAnswer = PdfFile | PdfPage | PdfRefused

answers = msgspec.json.Decoder(PdfAnswer)
encoded = msgspec.json.Encoder().encode

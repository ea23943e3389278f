"""Errors as `<v>` and `</v>` in a segment: the way of WMT's MQM files since 2020."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from app.core.errors import FormatError
from app.exchange.segments import Range

_TAG = re.compile(r"</?v>")


class Tagged(NamedTuple):
    """A text without its tags, the ranges that they marked, and whether the last one lacks its end."""

    text: str
    ranges: tuple[Range, ...]
    is_open: bool = False


def untagged(cell: str) -> Tagged:
    """Return what a cell says. A range without an end goes to the end of the text.

    Raises FormatError, without its place, for an end without a start and for a range inside of another.
    """
    if "v>" not in cell:
        return Tagged(cell, ())
    pieces: list[str] = []
    ranges: list[Range] = []
    start: int | None = None
    at = length = 0
    for tag in _TAG.finditer(cell):
        pieces.append(cell[at : tag.start()])
        length += tag.start() - at
        at = tag.end()
        is_start = tag[0] == "<v>"
        if is_start is (start is not None):
            what = "there is a <v> inside of another one" if is_start else "there is a </v> without a <v>"
            raise FormatError(what, hint="fix the tags")
        if start is not None:
            ranges.append(Range(start, length))
        start = length if is_start else None
    pieces.append(cell[at:])
    text = "".join(pieces)
    if start is not None:
        ranges.append(Range(start, len(text)))
    return Tagged(text, tuple(ranges), start is not None)


def tagged(text: str, ranges: Sequence[Range], *, is_open: bool = False) -> str:
    """Return a text with tags around ranges, which are in order and don't overlap."""
    pieces: list[str] = []
    at = 0
    for start, end in ranges:
        pieces += [text[at:start], "<v>", text[start:end], "</v>"]
        at = end
    if is_open and ranges and ranges[-1].end == len(text):
        pieces.pop()
    return "".join([*pieces, text[at:]])

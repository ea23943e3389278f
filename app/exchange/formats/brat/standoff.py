"""The lines of brat's `.ann` files; https://brat.nlplab.org/standoff.html."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError

_RANGE = re.compile(r"(\d+) (\d+)")
_LINE = re.compile(r"([TERAMN#*])(\d*\S*)\t(.*)", re.DOTALL)
_NUMBERED = re.compile(r"(.+?)(\d+)")


class Span(NamedTuple):
    """A text-bound annotation (T); offsets as in the file."""

    id: str
    type: str
    ranges: tuple[tuple[int, int], ...]
    words: str


class BratEvent(NamedTuple):
    """An event (E): a trigger, and what fills its roles. The number behind a repeated role isn't part of its name."""

    id: str
    type: str
    trigger: str
    roles: tuple[tuple[str, str], ...]


class BratRelation(NamedTuple):
    """A relation (R) from one annotation to another."""

    id: str
    type: str
    source: str
    target: str


class Equivalence(NamedTuple):
    """Annotations that mean the same (*), which have no id together."""

    id: str
    type: str
    members: tuple[str, ...]


class Mark(NamedTuple):
    """An attribute (A, or M in old files) of another annotation; without a value it is a flag."""

    id: str
    name: str
    of: str
    value: str | None


class Normalization(NamedTuple):
    """A link (N) to an entry of a resource, as `RESOURCE:ID`."""

    id: str
    name: str
    of: str
    entry: str
    title: str


class Note(NamedTuple):
    """A note (#) on another annotation."""

    id: str
    kind: str
    of: str
    text: str


BratLine = Span | BratEvent | BratRelation | Equivalence | Mark | Normalization | Note


def parsed(lines: Iterable[tuple[int, str]], file: Path) -> Iterator[tuple[int, BratLine | FormatError]]:
    """Yield what the lines of a file, given with their numbers, say, or the error in them. Blank lines are skipped."""
    for number, line in lines:
        if not line.strip():
            continue
        try:
            yield number, _parsed(line, number)
        except ValueError as error:
            hint = "see: https://brat.nlplab.org/standoff.html"
            made = FormatError(f"not a line of brat: {error}", hint=hint, path=file, line=number)
            made.record = line
            yield number, made


def _parsed(line: str, number: int) -> BratLine:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"“{line[:40]}” isn't an id, a tab, and what it says")
    kind, rest = found[1], found[3]
    id = kind + found[2]
    match kind:
        case "T":
            return _span(id, rest)
        case "E":
            return _event(id, rest)
        case "R":
            return _tie(id, rest)
        case "*":
            type_, *members = rest.split()
            if len(members) < 2:  # noqa: PLR2004  a pair
                raise ValueError(f"“{type_}” needs two annotations at least")
            return Equivalence(f"*{number}", type_, tuple(members))
        case "A" | "M":
            name, of, value = _words(rest, 2, 3)
            return Mark(id, name or "", of or "", value)
        case "N":
            head, _, title = rest.partition("\t")
            name, of, entry = _words(head, 3, 3)
            return Normalization(id, name or "", of or "", entry or "", title.strip())
        case _:
            head, _, text = rest.partition("\t")
            name, of, _ = _words(head, 2, 2)
            return Note(id, name or "", of or "", text)


def _words(text: str, least: int, most: int) -> tuple[str | None, str | None, str | None]:
    words = text.split(None, most - 1)
    if len(words) < least:
        raise ValueError(f"“{text[:40]}” has {len(words)} words, {least} are needed")
    padded = [*(word.strip() for word in words), None, None, None]
    return padded[0], padded[1], padded[2]


def _span(id: str, rest: str) -> Span:
    head, tab, words = rest.partition("\t")
    type_, _, places = head.partition(" ")
    ranges = [_RANGE.fullmatch(place.strip()) for place in places.split(";")]
    if not tab or not type_ or not all(ranges):
        raise ValueError(f"“{rest[:40]}” isn't a type, its offsets, a tab, and the words")
    return Span(id, type_, tuple((int(r[1]), int(r[2])) for r in ranges if r), words)


def _event(id: str, rest: str) -> BratEvent:
    pairs = [part.partition(":") for part in rest.split()]
    if not pairs or not all(name and colon and end for name, colon, end in pairs):
        raise ValueError(f"“{rest[:40]}” isn't TYPE:TRIGGER with ROLE:ID behind it")
    (type_, _, trigger), *roles = pairs
    return BratEvent(id, type_, trigger, tuple((_unnumbered(name), end) for name, _, end in roles))


def _unnumbered(role: str) -> str:
    """Return a role without the number that brat writes behind the second of its kind."""
    found = _NUMBERED.fullmatch(role)
    return found[1] if found else role


def _tie(id: str, rest: str) -> BratRelation:
    type_, *ends = rest.split()
    pairs = [end.partition(":") for end in ends]
    if len(pairs) != 2 or not all(colon and end for _, colon, end in pairs):  # noqa: PLR2004  a pair
        raise ValueError(f"“{rest[:40]}” isn't TYPE Arg1:ID Arg2:ID")
    return BratRelation(id, type_, pairs[0][2], pairs[1][2])

"""Chunks and their tags, in the schemes IO, IOB1, IOB2, IOBES and BILUO.

IOB1 is that of CoNLL-2003: B- only where a chunk follows another of its type. IOB2 begins each chunk with B-; IOBES and
BILUO also tell its end and chunks of one token (Ramshaw and Marcus 1995; Ratinov and Roth 2009).
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

OUTSIDE = "O"
_TAG = re.compile(r"([BILUSE])-(\S.*)")
_ENDS = "LE"
_SINGLE = "US"


class TagScheme(StrEnum):
    """How chunks are written as tags."""

    IOB2 = "IOB2"
    IOB1 = "IOB1"
    IOBES = "IOBES"
    BILUO = "BILUO"


class Chunk(NamedTuple):
    """Tokens `[first, end)` of one type."""

    first: int
    end: int
    type: str


def is_tag(text: str) -> bool:
    """Whether a cell can be the tag of a token in one of the schemes."""
    return text == OUTSIDE or _TAG.fullmatch(text) is not None


def opens(text: str) -> bool:
    """Whether a cell is the tag of a token inside of a chunk."""
    return _TAG.fullmatch(text) is not None


def chunks(tags: Sequence[str]) -> list[Chunk]:
    """Return the chunks of a sentence's tags, whichever scheme they are in.

    A tag that continues nothing begins a chunk: so does IOB1, and so do people where IOB2 is broken. A tag without a
    prefix is its type (IO).
    """
    found: list[Chunk] = []
    first, type_ = 0, ""
    for at, tag in enumerate([*tags, OUTSIDE]):
        parts = _TAG.fullmatch(tag)
        prefix, here = (parts[1], parts[2]) if parts else ("I", "" if tag in (OUTSIDE, "_", "-", "") else tag)
        if type_ and (here != type_ or prefix in "BUS"):
            found.append(Chunk(first, at, type_))
            type_ = ""
        if here and not type_:
            first, type_ = at, here
        if type_ and prefix in _ENDS + _SINGLE:
            found.append(Chunk(first, at + 1, type_))
            type_ = ""
    return found


def scheme_of(sentences: Iterable[Sequence[str]]) -> TagScheme:
    """Return the scheme of tags. Without an L, U, E, S or an I that begins a chunk it is IOB2."""
    starts_inside = False
    for tags in sentences:
        before = OUTSIDE
        for tag in tags:
            if tag[:2] in ("L-", "U-"):
                return TagScheme.BILUO
            if tag[:2] in ("E-", "S-"):
                return TagScheme.IOBES
            starts_inside |= tag[:2] == "I-" and before[2:] != tag[2:]
            before = tag
    return TagScheme.IOB1 if starts_inside else TagScheme.IOB2


def tags_of(found: Iterable[Chunk], tokens: int, scheme: TagScheme) -> list[str]:
    """Return the tags of that many tokens; chunks are in order and don't overlap."""
    tags = [OUTSIDE] * tokens
    end_before, type_before = -1, ""
    for chunk in found:
        begin, inside, last, single = _PREFIXES[scheme]
        if scheme is TagScheme.IOB1 and not (chunk.first == end_before and chunk.type == type_before):
            begin = single = "I"
        prefixes = [single] if chunk.end - chunk.first == 1 else _spelt(begin, inside, last, chunk.end - chunk.first)
        for at, prefix in enumerate(prefixes, chunk.first):
            tags[at] = f"{prefix}-{chunk.type}"
        end_before, type_before = chunk.end, chunk.type
    return tags


def _spelt(begin: str, inside: str, last: str, tokens: int) -> list[str]:
    return [begin, *[inside] * (tokens - 2), last]


_PREFIXES = {  # the first token, those inside, the last one, and one alone
    TagScheme.IOB1: ("B", "I", "I", "B"),
    TagScheme.IOB2: ("B", "I", "I", "B"),
    TagScheme.IOBES: ("B", "I", "E", "S"),
    TagScheme.BILUO: ("B", "I", "L", "U"),
}

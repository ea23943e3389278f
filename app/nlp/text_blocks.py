"""Blocks of a text that are parsed apart: paragraphs, headings and lines of a list, none too long for spaCy.

A pipeline takes a heading and the sentence after it for one sentence, and lets names run over line ends.
"""

import re
from collections.abc import Iterator

from app.nlp.text_cuts import pieces_of

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_WRAPPED = 45  # characters from which a line may be one of a paragraph with hard line ends
_ENDS = ".!?…:;”’\"')]»。！？"  # noqa: RUF001  (full stops of other scripts)


def blocks_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of blocks, in order: lines, joined where a sentence seems to run over a line end.

    It does where a long line has no mark at its end, or the next one goes on in lower case, and no empty line is
    between.
    """
    start = end = -1
    for line in _LINE.finditer(text):
        if not line.group().strip():
            continue
        if start >= 0 and not _goes_on(text, start, end, line.start()):
            yield from _cut(text, start, end)
            start = -1
        start = line.start() if start < 0 else start
        end = line.end()
    if start >= 0:
        yield from _cut(text, start, end)


def _goes_on(text: str, start: int, end: int, following: int) -> bool:
    if text[end:following].replace("\r\n", "\n").count("\n") > 1 or text[end:following].strip(" \t\r\n"):
        return False
    before = text[max(start, text.rfind("\n", start, end) + 1) : end].rstrip()
    after = text[following : following + 40].lstrip()
    if not before or not after or before[-1] in _ENDS:
        return False
    return after[0].islower() or (len(before) >= _WRAPPED and after[0].isalnum())


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for low, high in pieces_of(text[start:end]):
        yield start + low, start + high

"""The sentences of a whole text, paragraph by paragraph."""

import re
from collections.abc import Callable

from app.nlp.segments import segmenter

_PARAGRAPH = re.compile("[^\n\r\u2029]+")


def sentence_cutter(language: str) -> Callable[[str], list[tuple[int, int]]]:
    """Return a function from a text to the ranges of its sentences, in code points, without surrounding white space."""
    cut = segmenter(language)

    def sentences(text: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for paragraph in _PARAGRAPH.finditer(text):
            low = paragraph.start()
            found += [(low + start, low + end) for start, end in cut(paragraph.group())[1]]
        return found

    return sentences

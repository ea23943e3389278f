"""Tokens and sentences of the text being annotated, computed in the background."""

import re
from array import array

from app.core.boundaries import paragraph_at
from app.core.progress import CancelToken
from app.core.units import Segments

WHOLE = 120_000  # texts of up to this many characters are segmented whole
NEAR = 50_000  # of longer ones, this many characters before and after the offset
_PIECE = 1000  # characters at once, about 2 ms: cancellation is checked between pieces
_PARAGRAPH = re.compile("[^\n\r\u2029]+")


def segment_text(text: str, language: str, place: int, token: CancelToken) -> Segments:
    """Return the tokens and sentences around an offset, by the rules of a language such as `en`. Raises Cancelled."""
    low, high = stretch(text, place)
    return cut_paragraphs(text[low:high], language, low, token)


def cut_paragraphs(text: str, language: str, low: int, token: CancelToken) -> Segments:
    """Return the tokens and sentences of whole paragraphs that start at `low` in their document. Raises Cancelled."""
    from app.nlp.segments import segmenter  # spaCy takes a second to load

    token.raise_if_cancelled()
    cut = segmenter(language)
    found = Segments(low, low + len(text), array("q"), array("q"), array("q"), array("q"))
    for paragraph in _PARAGRAPH.finditer(text):
        goes_on = False
        for start, end in _pieces(text, *paragraph.span()):
            token.raise_if_cancelled()
            tokens, sentences, is_over = cut(text[start:end])
            start += low
            found.token_starts.extend(start + pair[0] for pair in tokens)
            found.token_ends.extend(start + pair[1] for pair in tokens)
            if goes_on and sentences and found.sentence_ends:
                found.sentence_ends[-1] = start + sentences.pop(0)[1]
            found.sentence_starts.extend(start + pair[0] for pair in sentences)
            found.sentence_ends.extend(start + pair[1] for pair in sentences)
            goes_on = not is_over
    return found


def stretch(text: str, place: int) -> tuple[int, int]:
    """Return the range to segment for an offset: the whole text, or whole paragraphs around it.

    A paragraph that is longer than that is left to the plain rules: the range is then empty.
    """
    if len(text) <= WHOLE:
        return (0, len(text))
    low = paragraph_at(text, max(0, place - NEAR))[0]
    high = paragraph_at(text, min(len(text), place + NEAR))[1]
    return (low, high) if high - low <= 2 * WHOLE else (place, place)


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split a paragraph after white space into pieces of about the same length."""
    pieces: list[tuple[int, int]] = []
    while end - start > _PIECE:
        cut = text.rfind(" ", start + _PIECE // 2, start + _PIECE) + 1 or start + _PIECE
        pieces.append((start, cut))
        start = cut
    return [*pieces, (start, end)]

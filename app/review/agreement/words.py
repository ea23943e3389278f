"""The words of texts, for measures that count words: those of `app.core.boundaries`, found in many texts at once.

Each other character that isn't white space is a unit of its own, as tokenisers have it. No language model is used, so a
text has the same words wherever agreement is measured.
"""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from app.core import boundaries
from app.review.agreement.coverage import Pieces
from app.review.agreement.marks import Marks

if TYPE_CHECKING:
    from numpy import ndarray

_WORD, _ALONE, _JOINER, _DIGIT_JOINER, _DIGIT, _COMBINING, _SPACE, _QUOTE, _S = (1 << bit for bit in range(9))
_UNKNOWN = 1 << 15
_KEPT = 2  # blocks: documents that are compared, and those that only one has read


class WordRanges(NamedTuple):
    """The words of a text, in order: where each starts and ends, in code points."""

    start: "ndarray"
    end: "ndarray"


class WordReader:
    """Finds words. The last texts are remembered, since each layer asks for the same ones in turn."""

    def __init__(self) -> None:
        self._kept: dict[str, WordRanges] = {}

    def words(self, text: str) -> WordRanges:
        """Return the words of a text."""
        found = self._kept.get(text)
        if found is None:
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            found = self._kept[text] = words_of(text)
        return found


def words_of(text: str) -> WordRanges:
    """Return the words of a text, and its other characters but for white space."""
    import numpy

    # A blank on either side stands for the edges, where nothing joins.
    codes = numpy.frombuffer(f" {text}  ".encode("utf-32-le", "surrogatepass"), dtype=numpy.uint32)
    kinds = _kinds(codes)

    def has(kind: int) -> "ndarray":
        return (kinds & kind) > 0

    word, alone, digit = has(_WORD), has(_ALONE), has(_DIGIT)
    joining, joined = word & ~alone, numpy.zeros(len(codes), dtype=bool)
    before, here, after = slice(None, -3), slice(1, -2), slice(2, -1)
    possessive = has(_QUOTE)[here] & has(_S)[after] & ~word[3:]
    joined[here] = has(_JOINER)[here] & ~possessive & joining[before] & joining[after]
    joined[here] |= has(_DIGIT_JOINER)[here] & digit[before] & digit[after]
    within = word | joined
    continued = within[1:] & within[:-1]
    cut = alone[1:] | alone[:-1]
    continued[cut] = has(_COMBINING)[1:][cut]
    starts = numpy.flatnonzero(~continued) + 1  # where something else begins than was there before
    ends = numpy.append(starts[1:], len(codes))
    kept = ~has(_SPACE)[starts]
    return WordRanges(starts[kept] - 1, ends[kept] - 1)


def word_pieces(marks: Marks, words: WordRanges) -> Pieces:
    """Return the words of a block of documents as pieces, one like another. A fragment covers those of which it has a
    character. The texts have to be joined by a character each, as `Marks.offsets` counts.
    """
    import numpy

    first = numpy.searchsorted(words.end, marks.parts.start, side="right")
    return Pieces(
        weight=numpy.ones(len(words.start), dtype=numpy.int64),
        document=numpy.searchsorted(marks.offsets, words.start, side="right") - 1,
        first=first,
        # Blanks alone cover no word.
        behind=numpy.maximum(first, numpy.searchsorted(words.start, marks.parts.end, side="left")),
    )


def _kinds(codes: "ndarray") -> "ndarray":
    """Return what each character is, as a combination of flags."""
    import numpy

    table = _table()
    kinds = table[codes]
    unknown = numpy.unique(codes[kinds == _UNKNOWN])
    if len(unknown):
        table[unknown] = [_kind(chr(code)) for code in unknown.tolist()]
        kinds = table[codes]
    return kinds


@cache
def _table() -> "ndarray":
    """Return a table of what characters are, to be filled with those that are met."""
    import numpy

    return numpy.full(0x110000, _UNKNOWN, dtype=numpy.uint16)


def _kind(char: str) -> int:
    flags = {
        _WORD: boundaries.is_word(char),
        _ALONE: boundaries.stands_alone(char),
        _JOINER: char in boundaries.JOINERS,
        _DIGIT_JOINER: char in boundaries.DIGIT_JOINERS,
        _DIGIT: char.isdigit(),
        _COMBINING: unicodedata.combining(char) > 0,
        _SPACE: char.isspace(),
        _QUOTE: char in "'’",
        _S: char in "sS",
    }
    return sum(flag for flag, holds in flags.items() if holds)

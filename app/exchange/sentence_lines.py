"""The sentences of a document by number, from 0, as files address evidence.

Some files have a text as a list of numbered sentences. Here it becomes a text with a sentence on each line, an empty
one for an empty sentence, so that the number of a line is that of its sentence. Its metadata say so
(`SENTENCE_LINES`).
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from app.core import boundaries
from app.core.document import Document

SENTENCE_LINES = "sentence_lines"
"""The key of metadata that is true for a document with a sentence on each line."""


def joined(sentences: Sequence[str]) -> str:
    """Return sentences as a text with one on each line; a line break inside of a sentence becomes a blank."""
    return "\n".join(each.replace("\n", " ") for each in sentences)


class NumberedSentences:
    """The sentences of a document: its lines, if its metadata say so, else what the rules of `boundaries` find."""

    def __init__(self, document: Document) -> None:
        text = document.text
        self._text = text
        found = _lines(text) if document.meta.get(SENTENCE_LINES) is True else _found(text)
        self._ranges = list(found) or [(0, len(text))]
        self._starts = [start for start, _ in self._ranges]

    @property
    def texts(self) -> list[str]:
        """The sentences, in order; some may be empty."""
        return [self._text[start:end] for start, end in self._ranges]

    def words_of(self, number: int) -> tuple[int, int] | None:
        """Return the range of a sentence in code points, without outer white space; None if there is none, or it is
        empty.
        """
        if not 0 <= number < len(self._ranges):
            return None
        start, end = self._ranges[number]
        words = self._text[start:end]
        found = (start + len(words) - len(words.lstrip()), start + len(words.rstrip()))
        return found if found[0] < found[1] else None

    def touched(self, start: int, end: int) -> range:
        """Return the numbers of the sentences that a half-open range touches."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = max(first, bisect_right(self._starts, max(start, end - 1)) - 1)
        return range(first, last + 1)

    def covers(self, start: int, end: int) -> bool:
        """Whether a range consists of whole sentences, whatever white space is at its ends."""
        numbers = [number for number in self.touched(start, end) if self.words_of(number) is not None]
        whole = [self.words_of(number) or (0, 0) for number in (numbers[:1] + numbers[-1:])]
        return bool(whole) and start <= whole[0][0] and whole[-1][1] <= end


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _found(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _lines(text):
        if text[start:end].strip():
            yield from boundaries.sentences(text, start, end)

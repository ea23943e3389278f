"""A text as a pipeline has parsed it: words, sentences and named entities as plain values, without spaCy.

What reads a parsed text needs no pipeline, can be tested with a text parsed by hand, and can run in any process.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple


class Word(NamedTuple):
    """A token that isn't white space: `[start, end)` in code points of the text.

    `pos`, `tag` and `dep` are those of Universal Dependencies and of the pipeline, “” where it has none; `head` is the
    index of the word that it depends on, its own for the root of a sentence; `entity` is the label of the named entity
    that it belongs to, or “”; `sentence` is the index of its sentence.
    """

    start: int
    end: int
    text: str
    lemma: str
    pos: str = ""
    tag: str = ""
    dep: str = ""
    head: int = 0
    entity: str = ""
    sentence: int = 0


class WordRange(NamedTuple):
    """Words `[first, last)`, by index."""

    first: int
    last: int


class EntitySpan(NamedTuple):
    """A named entity: words `[first, last)`, by index, and the label assigned by the pipeline."""

    first: int
    last: int
    label: str


class ParsedText:
    """A text with its words, sentences and entities, all in order of the text. It is never changed."""

    __slots__ = ("_children", "entities", "language", "sentences", "text", "words")

    def __init__(
        self,
        text: str,
        words: tuple[Word, ...],
        sentences: tuple[WordRange, ...],
        entities: tuple[EntitySpan, ...] = (),
        language: str = "en",
    ) -> None:
        self.text = text
        self.words = words
        self.sentences = sentences
        self.entities = entities
        self.language = language
        self._children: list[list[int]] | None = None

    def start_of(self, first: int) -> int:
        """Return the code point where a word begins."""
        return self.words[first].start

    def end_of(self, last: int) -> int:
        """Return the code point where the words before index `last` end."""
        return self.words[last - 1].end

    def span_text(self, first: int, last: int) -> str:
        """Return the text of the words `[first, last)`, with what lies between them."""
        return self.text[self.words[first].start : self.words[last - 1].end] if first < last else ""

    def sentence_words(self, sentence: int) -> tuple[Word, ...]:
        """Return the words of a sentence."""
        first, last = self.sentences[sentence]
        return self.words[first:last]

    def sentence_text(self, sentence: int) -> str:
        """Return the text of a sentence."""
        return self.span_text(*self.sentences[sentence])

    def children(self, word: int) -> list[int]:
        """Return the indices of the words that depend on a word, in order."""
        if self._children is None:
            found: list[list[int]] = [[] for _ in self.words]
            for index, other in enumerate(self.words):
                if other.head != index:
                    found[other.head].append(index)
            self._children = found
        return self._children[word]

    def subtree(self, word: int) -> Iterator[int]:
        """Yield a word and all words that depend on it, directly or not."""
        left = [word]
        while left:
            at = left.pop()
            yield at
            left.extend(self.children(at))

    def word_at(self, offset: int) -> int:
        """Return the index of the last word that begins at or before a code point; -1 before the first one."""
        return bisect_right(self.words, offset, key=_start_of_word) - 1


def _start_of_word(word: Word) -> int:
    return word.start

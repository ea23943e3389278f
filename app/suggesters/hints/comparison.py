"""A text beside its references, as the rules see them."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar, cast

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.alignment import Counterpart, align
from app.suggesters.hints.hint import ReferencePlace
from app.suggesters.hints.read_text import ReadText

T = TypeVar("T")

COVERED = 0.2
"""From this similarity on, a reference covers what a sentence says."""


class Comparison:
    """A text and its references, read once for all rules."""

    def __init__(self, text: ReadText, references: Sequence[ReadText]) -> None:
        self.text = text
        self.references = tuple(references)
        self._derived: dict[Callable[[Comparison], Any], Any] = {}

    @property
    def parsed(self) -> ParsedText:
        """The text, parsed."""
        return self.text.parsed

    @cached_property
    def _counterparts(self) -> tuple[tuple[Counterpart, ...], ...]:
        return align(self.text, self.references)

    def counterparts(self, sentence: int) -> tuple[Counterpart, ...]:
        """Return the sentences of the references that a sentence of the text may draw on, the most similar first."""
        return self._counterparts[sentence]

    def covers(self, sentence: int) -> bool:
        """Return whether a reference speaks of what a sentence speaks of."""
        found = self._counterparts[sentence]
        return bool(found) and found[0].score >= COVERED

    def counterpart_words(self, counterpart: Counterpart) -> tuple[Word, ...]:
        """Return the words of a counterpart."""
        return self.references[counterpart.reference].parsed.sentence_words(counterpart.sentence)

    def place(self, reference: int, first: int, last: int) -> ReferencePlace:
        """Return the range of the words `[first, last)` of a reference."""
        parsed = self.references[reference].parsed
        return ReferencePlace(reference, parsed.start_of(first), parsed.end_of(last))

    def get(self, derive: "Callable[[Comparison], T]") -> T:
        """Return what a pure function makes of the comparison; it is called once."""
        if derive not in self._derived:
            self._derived[derive] = derive(self)
        return cast(T, self._derived[derive])

"""What a person types to find documents: words that must all be in one, and which places of it are the hits."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from app.core.search_folding import WORDS, Folded, fold, folded
from app.core.text_search import Span, is_whole
from app.core.word_edges import is_edge


class Term(NamedTuple):
    """A word or phrase, after folding. It begins where a word does, and ends where one does unless it may be longer."""

    text: str
    may_be_longer: bool = False


class WordQuery:
    """Words and "phrases" as typed. The last word may be incomplete, until a blank or a quotation mark ends it."""

    def __init__(self, typed: str) -> None:
        self.text = fold(typed.strip(), WORDS)
        self.terms = tuple(_terms(typed))
        # Nothing but characters that count for nothing, such as a joiner: they are meant as they are.
        self._literal = "" if self.terms else typed.strip().strip('"').strip()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to search for."""
        return not self.terms and not self._literal

    def is_met_by(self, *texts: str) -> bool:
        """Whether each of the terms is in one of the texts, such as a document's name and its text."""
        if not self.terms:
            return bool(self._literal) and any(self._literal in text for text in texts)
        every = [(text, folded(text, WORDS)) for text in texts]
        return all(any(next(_hits(*text, (term,)), None) for text in every) for term in self.terms)

    def is_in_name(self, name: str) -> bool:
        """Whether a name contains all that was typed, be it inside of a word."""
        return self.text in fold(name, WORDS) if self.text else self._literal in name

    def places(self, text: str) -> list[Span]:
        """Return the hits in a text (code points), in order: where the query stands as typed, else where its terms do;
        none unless all of them are there.
        """
        if not self.terms:
            return [found.span() for found in re.finditer(re.escape(self._literal), text)] if self._literal else []
        found = folded(text, WORDS)
        each = [_apart(_hits(text, found, (term,))) for term in self.terms]
        if not all(each) or len(each) == 1:
            return each[0] if all(each) else []
        return _apart(_hits(text, found, self.terms)) or _apart(sorted(hit for hits in each for hit in hits))


def _terms(typed: str) -> Iterator[Term]:
    pieces = typed.split('"')
    for at, piece in enumerate(pieces):
        words = [" ".join(piece.split())] if at % 2 else piece.split()
        for number, word in enumerate(words, 1):
            text = fold(word, WORDS)
            if text.strip():
                is_last = at == len(pieces) - 1 and number == len(words)
                yield Term(text, may_be_longer=is_last and not piece[-1].isspace())


@lru_cache(256)
def _pattern(terms: tuple[Term, ...]) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for term in terms for word in term.text.split()))


def _matches(text: str, terms: tuple[Term, ...]) -> Iterator[Span]:
    """Yield the matches of terms that follow each other in a folded text; matches may overlap."""
    pattern, at = _pattern(terms), 0
    while (found := pattern.search(text, at)) is not None:
        first, last = found.span()
        if is_edge(text, first) and (terms[-1].may_be_longer or is_edge(text, last)):
            yield first, last
        at = first + 1


def _hits(text: str, found: Folded, terms: tuple[Term, ...]) -> Iterator[Span]:
    """Yield the places of matches in the text itself."""
    for match in _matches(found.text, terms):
        span = found.source(*match)
        if span is not None and is_whole(text, *span):
            yield span


def _apart(hits: Iterable[Span]) -> list[Span]:
    """Return hits, which are in order, without those that overlap one before them."""
    found: list[Span] = []
    for hit in hits:
        if not found or hit[0] >= found[-1][1]:
            found.append(hit)
    return found

"""Trying a pattern on a text before it is saved: what it would find there."""

from typing import NamedTuple

from app.core.progress import CancelToken
from app.core.suggestion_pattern import SuggestionPattern
from app.core.wording import shorten
from app.nlp.phrases import Phrase
from app.suggesters.backend import Backend
from app.suggesters.patterns import occurrences

_SHOWN, _AROUND = 100, 28


class PatternTrial(NamedTuple):
    """How often a pattern occurs in a text, and the first occurrences: before, the words, behind."""

    occurrences: int
    shown: list[tuple[str, str, str]]


def try_pattern(
    backend: Backend, pattern: SuggestionPattern, text: str, language: str, cancel: CancelToken | None = None
) -> PatternTrial:
    """Return what a pattern finds in a text. Raises Cancelled, and WrongUse for what no installed pipeline knows."""
    finder = backend.phrases([Phrase(pattern.words, pattern.match.value, pattern.tokens)], language, cancel)
    found = sorted(occurrences(text, finder, cancel), key=lambda each: (each.start, -each.end))
    kept: list[tuple[int, int]] = []
    for each in found:
        if not kept or each.end > kept[-1][1]:
            kept.append((each.start, each.end))
    shown = [(_before(text, start), shorten(text[start:end], 80), _behind(text, end)) for start, end in kept[:_SHOWN]]
    return PatternTrial(len(kept), shown)


def _before(text: str, start: int) -> str:
    """Return the whole words before a place, as many as have room."""
    low = max(0, start - _AROUND)
    part = text[low:start]
    return " ".join((f"…{part.partition(' ')[2]}" if low else part).split())


def _behind(text: str, end: int) -> str:
    """Return the whole words behind a place, as many as have room."""
    part = text[end : end + _AROUND]
    return " ".join((f"{part.rpartition(' ')[0]}…" if end + _AROUND < len(text) else part).split())

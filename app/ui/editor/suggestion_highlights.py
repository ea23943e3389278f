"""Suggestions as they are drawn over a text: dotted, grey, and named by a badge that no annotation has."""

from typing import Protocol

from app.core.scheme import Scheme
from app.core.suggestion import Suggestion
from app.core.wording import undirected
from app.ui.editor.highlights import SUGGESTION, Highlight, HighlightSource
from app.ui.theme import SUGGESTION_COLOR

PROPOSED = "◌"  # before the badge: dotted, as the line is


class Suggestible(Protocol):
    """Knows the open suggestions of a document."""

    def overlapping(self, start: int, end: int) -> list[Suggestion]:
        """Return those with a fragment in `[start, end)`."""
        ...


class WithSuggestions:
    """The highlights of another source, and suggestions behind them: those never move another out of its lane."""

    def __init__(
        self, highlights: HighlightSource, suggestions: Suggestible, scheme: Scheme, *, corrections: bool
    ) -> None:
        self._highlights = highlights
        self._suggestions = suggestions
        self._scheme = scheme
        self._corrections = corrections

    def highlights_in(self, start: int, end: int) -> list[Highlight]:
        """Return the highlights of the range, oldest first, then its suggestions by place."""
        return [
            *self._highlights.highlights_in(start, end),
            *map(self._drawn, self._suggestions.overlapping(start, end)),
        ]

    def _drawn(self, suggestion: Suggestion) -> Highlight:
        label = self._scheme.label(suggestion.layer, suggestion.label)
        note = ""
        if self._corrections and suggestion.correction is not None:
            note = f"→ {suggestion.correction}" if suggestion.correction else "→ (delete)"
        return Highlight(
            uid=suggestion.uid,
            owner=suggestion.uid,
            fragments=suggestion.fragments,
            style=SUGGESTION,
            color=SUGGESTION_COLOR,
            badge=f"{PROPOSED} {label.badge if label else suggestion.label}",
            note=undirected(note.replace("\n", " ")),
        )

"""Suggestions that a file adds to documents which the project has already, and what annotators made of them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.core.document import Document
from app.core.errors import FormatError
from app.core.suggestion import Judgement, Suggested, Suggestion
from app.session.actions import Action, HideSuggestions, Judge, ShowSuggestions
from app.session.session import Session
from app.session.transaction import Transaction


class MissingSuggestions(NamedTuple):
    """The suggestions of a document that aren't here, or are hidden, and the judgements that aren't."""

    suggestions: list[Suggestion]
    judgements: list[Judgement]


class SuggestionImport:
    """Compares by uid and writes what is missing. Used inside a step.

    `differs(kind, example)` is told what says something else here. `count` is how many suggestions were added.
    """

    def __init__(self, session: Session, step: Transaction, differs: Callable[[str, str], None]) -> None:
        self._session = session
        self._table = session.executor.suggesting.suggestions
        self._step = step
        self._differs = differs
        self._batch = session.log.next_sequence()
        self.count = 0

    def missing(self, given: Sequence[Suggested], ours: Document, key: int) -> MissingSuggestions:
        """Return what a document (with its row number) lacks. Raises FormatError for a suggestion that is elsewhere."""
        found = MissingSuggestions([], [])
        if not given:
            return found
        here = {item.suggestion.uid: item for item in self._table.with_judgements(key)}
        for item in given:
            uid = item.suggestion.uid
            known = here.get(uid)
            if known is None:
                if self._table.home_of(uid) not in (None, key):
                    what = f"suggestion {uid} is already in the project, in another document"
                    raise FormatError(what, hint="give it another id")
                found.suggestions.append(item.suggestion)
            elif known.suggestion != item.suggestion:
                self._differs("suggestion", f"{ours.name}: “{known.suggestion.quote[:40]}”")
            found.judgements.extend(self._unknown(item, key, ours))
        return found

    def _unknown(self, item: Suggested, key: int, ours: Document) -> list[Judgement]:
        """Return the judgements that aren't here; one of a hidden suggestion may be."""
        new: list[Judgement] = []
        for judgement in item.judgements:
            person = self._session.executor.annotations.find_annotator(judgement.annotator)
            known = self._table.judgement(key, item.suggestion.uid, person) if person is not None else None
            if known is None:
                new.append(judgement)
            elif known != judgement:
                self._differs("suggestion", f"{ours.name}: {judgement.annotator} on “{item.suggestion.quote[:40]}”")
        return new

    def add(self, missing: MissingSuggestions, ours: Document, key: int) -> bool:
        """Write what is missing; return whether that was anything."""
        self._table.insert(key, missing.suggestions, batch=self._batch)
        self._step.perform([Judge(ours.uid, judgement) for judgement in missing.judgements])
        self.count += len(missing.suggestions)
        return bool(missing.suggestions or missing.judgements)

    def show(self) -> list[Action]:
        """Return the edit that shows what was added, for the log."""
        return [ShowSuggestions(self._batch)] if self.count else []

    def hide(self) -> list[Action]:
        """Return its inverse."""
        return [HideSuggestions(self._batch)] if self.count else []

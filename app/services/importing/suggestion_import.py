"""Suggestions and judgements that an import adds to existing documents."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.core.document import Document
from app.core.errors import FormatError
from app.core.suggestion import Judgement, Sight, Suggested, Suggestion
from app.session.actions import Action, HideSuggestions, Judge, RecordShown, ShowSuggestions
from app.session.session import Session
from app.session.transaction import Transaction


class MissingSuggestions(NamedTuple):
    """The suggestions of a document that are missing or hidden in the project, the missing judgements, and to whom they
    were shown without the project knowing it.
    """

    suggestions: list[Suggestion]
    judgements: list[Judgement]
    shown: list[Sight]


class SuggestionImport:
    """Compares suggestions by uid and writes the missing ones. Used inside a transaction.

    `differs(kind, example)` is called for each one that differs here. `count` is the number of suggestions added.
    """

    def __init__(self, session: Session, step: Transaction, differs: Callable[[str, str], None]) -> None:
        self._session = session
        self._table = session.executor.suggesting.suggestions
        self._step = step
        self._differs = differs
        self._batch = session.log.next_sequence()
        self.count = 0

    def missing(self, given: Sequence[Suggested], ours: Document, key: int) -> MissingSuggestions:
        """Return what a document (row number `key`) lacks. Raises FormatError for a suggestion of another document."""
        found = MissingSuggestions([], [], [])
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
            told = {shown.annotator for shown in known.shown} if known is not None else set[str]()
            found.shown.extend(shown for shown in item.shown if shown.annotator not in told)
        return found

    def _unknown(self, item: Suggested, key: int, ours: Document) -> list[Judgement]:
        """Return the missing judgements; even a hidden suggestion may have some here already."""
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
        """Write what is missing; return whether anything was."""
        self._table.insert(key, missing.suggestions, batch=self._batch)
        self._step.perform([Judge(ours.uid, judgement) for judgement in missing.judgements])
        if missing.shown:
            self._step.perform([RecordShown(ours.uid, tuple(missing.shown))])
        self.count += len(missing.suggestions)
        return bool(missing.suggestions or missing.judgements or missing.shown)

    def show(self) -> list[Action]:
        """Return the actions for the log that show what was added; none if nothing was."""
        return [ShowSuggestions(self._batch)] if self.count else []

    def hide(self) -> list[Action]:
        """Return the inverse of `show`."""
        return [HideSuggestions(self._batch)] if self.count else []

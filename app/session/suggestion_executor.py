"""Writes the actions on suggestions: showing, hiding, migrating and judging them."""

from app.core.edits import MigratedValues
from app.core.errors import EditRejected
from app.core.scheme import Scheme
from app.session.actions import (
    Action,
    HideSuggestions,
    Judge,
    ShowSuggestions,
    UpdateSuggestions,
    WithdrawJudgement,
)
from app.session.events import Event, Topic
from app.storage.annotations import Annotations
from app.storage.documents import Documents
from app.storage.project import Project
from app.storage.suggestions import JudgedRow, Suggestions

SuggestionAction = ShowSuggestions | HideSuggestions | UpdateSuggestions | Judge | WithdrawJudgement
_Outcome = tuple[Action, tuple[Event, ...]]


class SuggestionExecutor:
    """Writes the actions on suggestions. `perform` must be called inside `project.atomic()`."""

    def __init__(self, project: Project, documents: Documents, annotations: Annotations) -> None:
        self._documents = documents
        self._annotations = annotations
        self.suggestions = Suggestions(project)

    def perform(self, edit: SuggestionAction, scheme: Scheme) -> _Outcome:
        """Write one action; return its inverse and the events to publish. Raises EditRejected."""
        if isinstance(edit, Judge | WithdrawJudgement):
            return self._judge(edit, scheme)
        if isinstance(edit, UpdateSuggestions):
            return self._restate(edit)
        event = Event(Topic.SUGGESTIONS)
        if isinstance(edit, ShowSuggestions):
            self.suggestions.set_removed(batch=edit.batch, removed=None)
            return HideSuggestions(edit.batch), (event,)
        self.suggestions.set_removed(batch=edit.batch, removed=edit.batch)
        return ShowSuggestions(edit.batch), (event,)

    def _restate(self, edit: UpdateSuggestions) -> _Outcome:
        wanted = {item.uid: item for item in edit.suggestions}
        # A document that was hidden in the meantime keeps its suggestions, and is shown with them again.
        present = self.suggestions.by_uid(list(wanted))
        pairs = [(old, wanted[old.uid].of(old)) for old in present]
        self.suggestions.restate([new for _, new in pairs])
        inverse = tuple(MigratedValues.between(new, old) for old, new in pairs)
        return UpdateSuggestions(edit.document, inverse), (Event(Topic.SUGGESTIONS, edit.document),)

    def _judge(self, edit: Judge | WithdrawJudgement, scheme: Scheme) -> _Outcome:
        given = edit.judgement
        key = self._documents.key_of(edit.document)
        if key is None:
            raise EditRejected("the document is no longer in the project", hint="undo what removed it first")
        person = self._annotations.ensure_annotator(given.annotator)
        known = self.suggestions.judgement(key, given.suggestion, person)
        event = Event(Topic.SUGGESTIONS, edit.document, suggestion=given.suggestion)
        if isinstance(edit, WithdrawJudgement):
            if known is None:
                raise EditRejected("the suggestion is already open")
            self.suggestions.forget(key, given.suggestion, person)
            return Judge(edit.document, known), (event,)
        if known is not None:
            raise EditRejected(f"the suggestion was already {known.outcome.value}", hint="undo that first")
        if self.suggestions.home_of(given.suggestion) != key:
            raise EditRejected("the suggestion isn't in this document", hint="open the document again")
        # Judging a suggestion counts as having begun to work on the document.
        self._annotations.ensure_set(key, person, scheme=scheme.tag)
        self.suggestions.judge([JudgedRow(key, person, given)])
        return WithdrawJudgement(edit.document, given), (event,)

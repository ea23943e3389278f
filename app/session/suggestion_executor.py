"""Writes the actions on suggestions: showing, hiding, migrating and judging them."""

from app.core.edits import MigratedValues
from app.core.errors import EditRejected
from app.core.project_option import checked_option
from app.core.scheme import Scheme
from app.core.suggestion_pattern import MOST_PATTERNS, checked_pattern
from app.session.actions import (
    Action,
    ChangeOption,
    ChangePattern,
    ForgetShown,
    HideSuggestions,
    Judge,
    RecordShown,
    ShowSuggestions,
    UpdateSuggestions,
    WithdrawJudgement,
)
from app.session.events import Event, Topic
from app.storage.annotations import Annotations
from app.storage.documents import Documents
from app.storage.patterns import Patterns
from app.storage.project import Project
from app.storage.project_options import ProjectOptions
from app.storage.suggestions import JudgedRow, Suggestions

SuggestionAction = (
    ShowSuggestions
    | HideSuggestions
    | UpdateSuggestions
    | Judge
    | WithdrawJudgement
    | RecordShown
    | ForgetShown
    | ChangePattern
    | ChangeOption
)
_Outcome = tuple[Action, tuple[Event, ...]]


class SuggestionExecutor:
    """Writes the actions on suggestions. `perform` must be called inside `project.atomic()`."""

    def __init__(self, project: Project, documents: Documents, annotations: Annotations) -> None:
        self._documents = documents
        self._annotations = annotations
        self.suggestions = Suggestions(project)
        self.patterns = Patterns(project)
        self.options = ProjectOptions(project)

    def perform(self, edit: SuggestionAction, scheme: Scheme) -> _Outcome:
        """Write one action; return its inverse and the events to publish. Raises EditRejected."""
        if isinstance(edit, Judge | WithdrawJudgement):
            return self._judge(edit, scheme)
        if isinstance(edit, UpdateSuggestions):
            return self._restate(edit)
        if isinstance(edit, RecordShown | ForgetShown):
            return self._note_shown(edit)
        if isinstance(edit, ChangePattern):
            return self._change_pattern(edit)
        if isinstance(edit, ChangeOption):
            return self._change_option(edit)
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

    def _note_shown(self, edit: RecordShown | ForgetShown) -> _Outcome:
        key = self._documents.key_of(edit.document)
        if key is None:
            raise EditRejected("the document is no longer in the project", hint="undo what removed it first")
        people = {item.annotator: self._annotations.ensure_annotator(item.annotator) for item in edit.shown}
        if isinstance(edit, ForgetShown):
            self.suggestions.hide_from(key, [(people[item.annotator], item.suggestion) for item in edit.shown])
            return RecordShown(edit.document, edit.shown), ()
        known = {name: self.suggestions.shown_to(key, person) for name, person in people.items()}
        new = tuple(item for item in edit.shown if item.suggestion not in known[item.annotator])
        self.suggestions.show_to(key, [(people[item.annotator], item) for item in new])
        return ForgetShown(edit.document, new), ()

    def _change_pattern(self, edit: ChangePattern) -> _Outcome:
        old = self.patterns.find(edit.pattern.uid)
        if edit.is_gone:
            if old is None:
                raise EditRejected("there is no such pattern any more")
            self.patterns.drop(old.uid)
            return ChangePattern(old), (Event(Topic.PATTERNS),)
        if old is not None:
            raise EditRejected("the pattern is already in the project")
        if self.patterns.count() >= MOST_PATTERNS:
            raise EditRejected(f"the project has {MOST_PATTERNS:,} patterns", hint="remove those that don't pay")
        new = checked_pattern(edit.pattern)
        self.patterns.put(new)
        return ChangePattern(new, is_gone=True), (Event(Topic.PATTERNS),)

    def _change_option(self, edit: ChangeOption) -> _Outcome:
        checked_option(edit.key, edit.value)
        old = self.options.get(edit.key)
        self.options.put(edit.key, edit.value)
        return ChangeOption(edit.key, old), (Event(Topic.SUGGESTIONS),)

"""Carries out actions on the rows of a project and computes their inverses."""

from typing import NamedTuple

import msgspec

from app.core import edits
from app.core.annotation import Status
from app.core.decision import GOLD
from app.core.document import Document, sha256
from app.core.errors import EditRejected, ProjectError, SchemeError
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.core.scheme_change import SchemeStory
from app.core.scheme_file import parse_scheme
from app.core.state import DocumentState
from app.core.validation import settled_status
from app.session.actions import (
    Action,
    ApplyScheme,
    ChangeText,
    Compound,
    DescribeDocument,
    HideBatch,
    LinkReference,
    SetEdit,
    ShowBatch,
    UnlinkReference,
)
from app.session.decision_executor import DecisionAction, DecisionExecutor
from app.session.document_cache import DocumentCache
from app.session.document_executor import DocumentAction, DocumentExecutor
from app.session.events import Event, Topic
from app.session.gold_states import GoldStates
from app.session.scheme_history import SchemeHistory
from app.session.suggestion_executor import SuggestionAction, SuggestionExecutor
from app.session.text_executor import TextExecutor
from app.storage.annotations import Annotations
from app.storage.backups import how_to_restore
from app.storage.documents import Documents
from app.storage.edit_log import EditLog
from app.storage.project import Project
from app.storage.record_stream import record
from app.storage.schemes import SchemeRow, Schemes


class Executor:
    """Writes actions. Every method that writes must be called inside `project.atomic()`."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.documents = Documents(project)
        self.annotations = Annotations(project)
        self.schemes = Schemes(project)
        self.log = EditLog(project)
        self.review = DecisionExecutor(project, self.documents, self.annotations)
        self.suggesting = SuggestionExecutor(project, self.documents, self.annotations)
        self.texts = TextExecutor(project, self.documents, self.annotations, self.review.decisions)
        self.desk = DocumentExecutor(project, self.documents, self.log)
        self._texts = DocumentCache()
        self._damaged: set[str] = set()  # uids of documents whose text doesn't match its hash
        self._gold = GoldStates(project)
        self._valid: tuple[DocumentState, Scheme] | None = None  # the last state known to meet all rules of a scheme

    def scheme(self) -> Scheme:
        """Return the current scheme. Raises EditRejected in a project without one."""
        row = self.schemes.current()
        if row is None:
            raise EditRejected(
                "the project has no scheme", hint="run: stet scheme PROJECT apply FILE", in_window="apply one"
            )
        try:
            return self.scheme_of(row)
        except SchemeError as error:
            what = f"the scheme that is stored in the project can't be read: {error.what}"
            raise SchemeError(what, hint=how_to_restore(self.project.path), path=self.project.path) from error

    @staticmethod
    def scheme_of(row: SchemeRow) -> Scheme:
        """Return the parsed scheme of a row. Raises SchemeError if it can't be read."""
        return parse_scheme(row.toml, path=f"{row.name}.toml", is_stored=True)

    def lineage(self) -> SchemeHistory:
        """Return the history of the project's schemes."""
        return SchemeHistory(self.schemes.all(), self.log.names)

    def document(self, uid: str) -> Document:
        """Return a document, cached for the next call. Raises EditRejected if there is none.

        A document whose text no longer matches its SHA-256 can be read, but edits of it are refused.
        """
        return self._texts.get(uid, self._read)

    def _read(self, uid: str) -> Document:
        found = self.documents.get(uid)
        if found is None:
            raise EditRejected(f"document {uid} isn't in the project", hint="import it first")
        if sha256(found.text) != found.sha256:
            self._damaged.add(uid)
        return found

    def is_changed(self, uid: str) -> bool:
        """Whether a document's text, when it was last read, differed from what was imported."""
        return uid in self._damaged

    def _require_intact(self, document: Document) -> None:
        """Raise ProjectError for a document whose text has changed: offsets into it would be wrong."""
        if document.uid in self._damaged:
            what = f"the text of “{document.title}” differs from what was imported, so it can't be edited"
            raise ProjectError(what, hint="run: stet check; restore a backup", path=self.project.path)

    def load(self, uid: str, annotator: str) -> DocumentState:
        """Return the state of a document for an annotator (name), empty if they never worked on it.

        Raises EditRejected if there is no such document.
        """
        known = self._gold.get(uid) if annotator == GOLD else None
        if known is not None:
            return known
        document = self.document(uid)
        key = self.documents.key_of(uid)
        person = self.annotations.find_annotator(annotator)
        found = self.annotations.set_of(key, person) if key is not None and person is not None else None
        if key is None or found is None:
            return DocumentState.of(document, annotator=annotator, status=Status.OPEN)
        annotations, relations = self.annotations.load(key, found.key)
        state = DocumentState.of(
            document,
            annotator=annotator,
            status=found.status,
            annotations=annotations,
            relations=relations,
            remark=found.remark,
        )
        if annotator == GOLD:
            self._gold.keep(state)
        return state

    def begin_step(self) -> None:
        """A step is about to be written."""
        self._gold.begin()
        self._texts.begin()

    def settle_gold(self, *, is_all: bool) -> None:
        """After the commit of a step: if actions wrote all of it, its gold needn't be read again."""
        self._gold.settle(is_kept=is_all)

    def record(self, uid: str) -> DocumentRecord:
        """Return a document with everyone's work. Raises EditRejected if there is none."""
        found = record(self.project, uid)
        if found is None:
            raise EditRejected(f"document {uid} isn't in the project", hint="import it first")
        return found

    def forget(self, *, texts: bool = True) -> None:
        """Clear what is cached, texts too or only those that were changed: what wrote some of it was rolled back."""
        self._gold.forget()
        self.review.forget()
        self._texts.take_back()
        if texts:
            self._texts.clear()

    def perform(
        self,
        action: Action,
        state: DocumentState | None,
        scheme: Scheme,
        *,
        is_new: bool = True,
        keeps_done: bool = False,
    ) -> "Executed":
        """Write one action. `state` is the open document's; the result has the new one if the action edits it.

        With `is_new`, evidence whose quote doesn't match its document is refused; an undo or an import may write stale
        evidence. With `keeps_done`, a finished document that the action leaves with unmet rules becomes open again in
        the same step. Raises EditRejected and ProjectError.
        """
        if isinstance(action, Compound):
            return self._compound(action, state, scheme, is_new=is_new, keeps_done=keeps_done)
        if isinstance(action, SetEdit):
            return self._edit_set(action, state, scheme, is_new=is_new, keeps_done=keeps_done)
        if isinstance(action, ChangeText):
            return self._change_text(action, state)
        if isinstance(action, ApplyScheme):
            return self._apply_scheme(action, state)
        if isinstance(action, LinkReference | UnlinkReference):
            return self._reference(action, state)
        if isinstance(action, DocumentAction):
            return self._on_desk(action, state)
        return self._aside(action, state, scheme)

    def _on_desk(self, action: DocumentAction, state: DocumentState | None) -> "Executed":
        done = self.desk.perform(action)
        if isinstance(action, DescribeDocument):
            self._texts.drop(action.document)
            self._gold.forget()  # it has the document as it was
            if state is not None and state.document.uid == action.document:
                state = state._replace(document=self.document(action.document))
        return Executed(done.action, state, done.inverse, done.events)

    def _aside(
        self,
        action: DecisionAction | SuggestionAction | ShowBatch | HideBatch,
        state: DocumentState | None,
        scheme: Scheme,
    ) -> "Executed":
        """Write an action that touches neither texts nor annotators' sets."""
        if isinstance(action, DecisionAction):
            inverse, events = self.review.perform(action)
            return Executed(action, state, inverse, events)
        if isinstance(action, SuggestionAction):
            inverse, events = self.suggesting.perform(action, scheme)
            return Executed(action, state, inverse, events)
        return self._batch(action, state)

    def _compound(
        self, action: Compound, state: DocumentState | None, scheme: Scheme, *, is_new: bool, keeps_done: bool
    ) -> "Executed":
        parts: list[Action] = []
        inverses: list[Action] = []
        events: list[Event] = []
        seen: dict[tuple[Topic, str, str], int] = {}  # ten thousand decisions on a document are one event
        for part in action.edits:
            done = self.perform(part, state, scheme, is_new=is_new, keeps_done=keeps_done)
            state = done.state
            parts.append(done.action)
            inverses.append(done.inverse)
            for event in done.events:
                at = seen.setdefault((event.topic, event.document, event.annotator), len(events))
                if event.change is not None or at == len(events):
                    events.append(event)
                elif event.topic is Topic.DECISIONS:
                    events[at] = events[at].with_decisions_of(event)
                elif event.suggestion != events[at].suggestion:
                    events[at] = events[at]._replace(suggestion="")  # any of them may have changed
        inverse = Compound(tuple(reversed(inverses)), action.step)
        return Executed(Compound(tuple(parts), action.step), state, inverse, tuple(events))

    def _edit_set(
        self, action: SetEdit, state: DocumentState | None, scheme: Scheme, *, is_new: bool, keeps_done: bool
    ) -> "Executed":
        key = self.documents.key_of(action.document)
        if key is None:
            raise EditRejected("the document isn't in the project any more", hint="undo what removed it first")
        is_open = state is not None and (state.document.uid, state.annotator) == (action.document, action.annotator)
        before = state if is_open and state is not None else self.load(action.document, action.annotator)
        applied = edits.apply(before, action.edit)
        if keeps_done and before.status.is_finished:
            action, applied = self._kept_done(action, before, applied, scheme)
        if is_new:
            self._require_intact(before.document)
            self._check_evidence(applied.change)
        kind = GOLD if action.annotator == GOLD else "person"
        person = self.annotations.ensure_annotator(action.annotator, kind=kind)
        set_key = self.annotations.ensure_set(key, person, scheme=scheme.tag)
        self.annotations.write(applied.change, document=key, set_key=set_key)
        if action.annotator == GOLD:
            self._gold.note(applied.state)
        return Executed(
            action,
            applied.state if is_open else state,
            SetEdit(action.document, action.annotator, applied.inverse),
            (
                Event(
                    Topic.ANNOTATIONS,
                    action.document,
                    applied.change if is_open else None,
                    annotator=action.annotator,
                ),
            ),
        )

    def _kept_done(
        self, action: SetEdit, before: DocumentState, applied: edits.Applied, scheme: Scheme
    ) -> tuple[SetEdit, edits.Applied]:
        """Return the edit of a finished document, with a change of status added if its status is no longer true."""
        # If the state before is known to meet every rule, only what the edit touches has to be validated.
        was_valid = self._valid is not None and self._valid[0] is before and self._valid[1] is scheme
        status = settled_status(applied.state, scheme=scheme, change=applied.change if was_valid else None)
        if status is not applied.state.status:
            action = msgspec.structs.replace(action, edit=edits.Batch((action.edit, edits.SetStatus(status))))
            applied = edits.apply(before, action.edit)
        self.remember_valid(applied.state, scheme)
        return action, applied

    def remember_valid(self, state: DocumentState | None, scheme: Scheme) -> None:
        """Remember a finished state as validated, so that the next edit of it need only validate its own change."""
        self._valid = (state, scheme) if state is not None and state.status.is_finished else None

    def _check_evidence(self, change: edits.Change) -> None:
        """Raise EditRejected for new evidence whose quote doesn't match its document; old evidence may be stale."""
        known = {e for old, _ in change.replaced for e in old.evidence}
        for annotation in (*change.added, *(new for _, new in change.replaced)):
            for evidence in annotation.evidence:
                if evidence in known:
                    continue
                reference = self.document(evidence.document)
                self._require_intact(reference)
                edits.check_quote(reference.text, evidence.fragments, evidence.quote)

    def _change_text(self, action: ChangeText, state: DocumentState | None) -> "Executed":
        document = self.document(action.document)
        self._require_intact(document)
        inverse, events = self.texts.perform(action, document, log=self.log.next_sequence())
        self._texts.drop(action.document)
        self._gold.forget()
        if state is not None:  # of the document itself, or of one with evidence in it
            state = self.load(state.document.uid, state.annotator)._replace(revision=state.revision + 1)
        return Executed(action, state, inverse, events)

    def _apply_scheme(self, edit: ApplyScheme, state: DocumentState | None) -> "Executed":
        old = self.schemes.current()
        scheme = parse_scheme(edit.toml, is_stored=edit.is_back)
        story = SchemeStory(self.log.next_sequence(), edit.changes, edit.is_back)
        self.schemes.add(name=scheme.name, version=scheme.version, toml=edit.toml, story=story)
        # A return to an earlier scheme can be redone, by the same changes.
        changes = old.story.changes if old is not None and edit.is_back else ()
        inverse = ApplyScheme(old.toml if old else edit.toml, changes, is_back=not edit.is_back)
        return Executed(edit, state, inverse, (Event(Topic.SCHEME),))

    def _reference(self, edit: LinkReference | UnlinkReference, state: DocumentState | None) -> "Executed":
        event = Event(Topic.REFERENCES, edit.document)
        if isinstance(edit, LinkReference):
            if edit.document == edit.reference:
                raise EditRejected("a document can't be its own reference")
            if not self.documents.link(edit.document, edit.reference, ordinal=edit.ordinal):
                raise EditRejected("it is already a reference of that document")
            return Executed(edit, state, UnlinkReference(edit.document, edit.reference), (event,))
        ordinal = self.documents.unlink(edit.document, edit.reference)
        if ordinal is None:
            raise EditRejected("it isn't a reference of that document")
        return Executed(edit, state, LinkReference(edit.document, edit.reference, ordinal), (event,))

    def _batch(self, edit: ShowBatch | HideBatch, state: DocumentState | None) -> "Executed":
        if isinstance(edit, ShowBatch):
            self.documents.set_removed(batch=edit.batch, removed=None)
            return Executed(edit, state, HideBatch(edit.batch), (Event(Topic.DOCUMENTS),))
        other = self.documents.worked_on_since(edit.batch)
        if other:
            raise EditRejected(
                f"the import can't be undone: {other[0]} has worked on “{other[1]}” since", hint="undo that work first"
            )
        self.documents.set_removed(batch=edit.batch, removed=edit.batch)
        return Executed(edit, state, ShowBatch(edit.batch), (Event(Topic.DOCUMENTS),))


class Executed(NamedTuple):
    """The outcome of an action: the action as carried out, the open document's new state, the inverse action, and the
    events to publish after the commit.
    """

    action: Action
    state: DocumentState | None
    inverse: Action
    events: tuple[Event, ...]

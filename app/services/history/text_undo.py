"""Undo across edits of texts: restored work lies where its words are now, and undoing an edit settles what followed."""

from collections.abc import Sequence

import msgspec

from app.core.annotation import Annotation
from app.core.decision import Decision
from app.core.edits import AddAnnotation, Batch, Edit, ReplaceAnnotation
from app.core.record import DocumentRecord
from app.core.text_change import placed_annotation
from app.core.validation import quote_holds
from app.services.texts.moved_record import consequences, settled_decisions
from app.services.texts.text_lineage import TextStep, backwards, brought_here, steps_since
from app.services.texts.text_survey import concerned, exchanges_of
from app.session.actions import Action, ChangeText, Compound, Decide, SetEdit, UpdateSnapshot, parts
from app.session.events import Event, Topic
from app.session.executor import Executed
from app.session.session import Session
from app.session.transaction import Transaction


def at_present_places(session: Session, edit: Action, since: int) -> Action:
    """Return the inverse `edit` of the log row with sequence `since`, with all ranges where their words are now.

    What has lost its words in between is restored with its old quote, which doesn't match. Documents whose text the
    action itself changes are left out.
    """
    own = {part.document for part in parts(edit) if isinstance(part, ChangeText)}
    steps = steps_since(session, since, but=own)
    return _action(session, edit, steps) if steps else edit


def _action(session: Session, edit: Action, steps: Sequence[TextStep]) -> Action:
    if isinstance(edit, Compound):
        return Compound(tuple(_action(session, part, steps) for part in edit.edits), edit.step)
    if isinstance(edit, SetEdit):
        return SetEdit(edit.document, edit.annotator, _work(session, edit.document, edit.edit, steps))
    if isinstance(edit, UpdateSnapshot) and edit.back:
        back = tuple((at, _annotation(edit.document, item, steps)) for at, item in edit.back)
        return msgspec.structs.replace(edit, back=back)
    if isinstance(edit, Decide):
        return Decide(_decision(session, edit.decision, steps))
    return edit


def _work(session: Session, document: str, edit: Edit, steps: Sequence[TextStep]) -> Edit:
    if isinstance(edit, Batch):
        return Batch(tuple(_work(session, document, part, steps) for part in edit.edits))
    if isinstance(edit, AddAnnotation | ReplaceAnnotation):
        new = _annotation(document, edit.annotation, steps)
        holds = quote_holds(new, session.reader.document(document).text)
        return msgspec.structs.replace(edit, annotation=new, quarantined=edit.quarantined or not holds)
    return edit


def _annotation(document: str, annotation: Annotation, steps: Sequence[TextStep]) -> Annotation:
    for step in steps:
        annotation = placed_annotation(annotation, document, {step.document: step.change}).value
    return annotation


def _decision(session: Session, decision: Decision, steps: Sequence[TextStep]) -> Decision:
    """Return a restored decision, with the key that its group has now, if the group is still what was decided on.

    To find that, the document is moved back and forth again; where that isn't exact, the group should be reviewed again
    anyway.
    """
    scheme = session.scheme
    record = session.executor.record(decision.document)._replace(decisions=())
    then = brought_here(record, backwards(steps), scheme)._replace(decisions=(decision,))
    return next(iter(brought_here(then, steps, scheme).decisions), decision)


class TextUndo:
    """What is to be settled after an action that changes texts was undone or redone: what came after it moves too."""

    def __init__(self, session: Session, action: Action) -> None:
        """Remember the work on the documents, as it is before the action is carried out."""
        self._session = session
        self._changed = [part for part in parts(action) if isinstance(part, ChangeText)]
        self._before: dict[str, DocumentRecord] = {}
        for part in self._changed:
            if session.executor.documents.key_of(part.document) is not None:
                self._before |= {uid: session.executor.record(uid) for uid in concerned(session, part.document)}

    def settle(self, step: Transaction, done: Executed) -> Executed:
        """Adapt decisions made, and sets sent out, since; return the outcome of all of it together.

        Must be called after the action, in the same step.
        """
        if not self._changed:
            return done
        actions, inverses = [done.action], [done.inverse]
        events = [*done.events, *map(Event, (Topic.TEXT, Topic.DOCUMENTS, Topic.DECISIONS, Topic.SUGGESTIONS))]
        for uid, before in self._before.items():
            after = self._session.executor.record(uid)
            decisions = settled_decisions(before, after, self._touched(before, after), self._session.scheme)
            exchanges = exchanges_of(self._session, uid)
            for more in consequences(before, after, decisions, exchanges, with_statuses=False):
                following = step.execute(more, is_new=False)
                actions.append(more)
                inverses.append(following.inverse)
                events.extend(following.events)
        if len(actions) == 1:
            return done._replace(events=tuple(events), state=step.state)
        compound = Compound(tuple(actions), done.action.step if isinstance(done.action, Compound) else "")
        inverse = Compound(tuple(reversed(inverses)), compound.step)
        return Executed(compound, step.state, inverse, tuple(events))

    def _touched(self, before: DocumentRecord, after: DocumentRecord) -> frozenset[str]:
        """Return the annotations (uids) whose words, or whose evidence's words, are others now."""
        was = {annotation.uid: annotation for item in before.sets for annotation in item.annotations}
        return frozenset(
            annotation.uid
            for item in after.sets
            for annotation in item.annotations
            if annotation.uid in was and _words(was[annotation.uid]) != _words(annotation)
        )


def _words(annotation: Annotation) -> tuple[str, ...]:
    return (annotation.quote, *(piece.quote for piece in annotation.evidence))

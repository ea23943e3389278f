"""Undo across a change of the scheme: what comes back speaks of the labels that there are now."""

from collections.abc import Sequence

import msgspec

from app.core.annotation import Annotation
from app.core.decision import Decision
from app.core.edits import AddAnnotation, Batch, Edit, ReplaceAnnotation
from app.core.scheme_migration import MigrationRules, backwards
from app.services.migration.migrated_document import migrated
from app.services.migration.migration import left_behind
from app.session.actions import Action, ApplyScheme, Compound, Decide, SetEdit, parts
from app.session.executor import Executed
from app.session.scheme_history import matches
from app.session.session import Session
from app.session.transaction import Transaction


def updated_action(session: Session, edit: Action, since: int) -> Action:
    """Return an edit that undoes an action of the log (its sequence), in the words of the scheme in force.

    One that changes the scheme itself says what it says.
    """
    rows = session.executor.schemes.all()
    if all(row.story.log <= since for row in rows) or any(isinstance(part, ApplyScheme) for part in parts(edit)):
        return edit
    steps = session.executor.lineage().since_action(since)
    return _edit(session, edit, steps) if steps else edit


def _edit(session: Session, edit: Action, steps: Sequence[MigrationRules]) -> Action:
    if isinstance(edit, Compound):
        return Compound(tuple(_edit(session, part, steps) for part in edit.edits), edit.step)
    if isinstance(edit, Decide):
        return Decide(_decision(session, edit.decision, steps))
    if isinstance(edit, SetEdit):
        return SetEdit(edit.document, edit.annotator, _work(edit.edit, steps))
    return edit


def _work(edit: Edit, steps: Sequence[MigrationRules]) -> Edit:
    if isinstance(edit, Batch):
        return Batch(tuple(_work(part, steps) for part in edit.edits))
    if isinstance(edit, AddAnnotation | ReplaceAnnotation):
        return msgspec.structs.replace(edit, annotation=_annotation(edit.annotation, steps))
    return edit


def _annotation(annotation: Annotation, steps: Sequence[MigrationRules]) -> Annotation:
    """Return an annotation by the present scheme; one whose label is gone comes back as it was."""
    for rules in steps:
        annotation = rules.restate([annotation], ()).changed.get(annotation.uid, annotation)
    return annotation


def _decision(session: Session, decision: Decision, steps: Sequence[MigrationRules]) -> Decision:
    """Return a decision that comes back, on its group as that is now.

    Whether the group is still what was decided on is seen by telling the changes backwards and on again; where that
    isn't exact, somebody should look again anyway.
    """
    record = session.executor.record(decision.document)._replace(decisions=())
    for rules in reversed(steps):
        back = MigrationRules(backwards(rules.changes, rules.before), rules.after, rules.before, matches)
        record = migrated(record, back).after
    record = record._replace(decisions=(decision,))
    for rules in steps:
        record = migrated(record, rules).after
    return next(iter(record.decisions), decision)


def with_left_behind(session: Session, step: Transaction, done: Executed) -> Executed:
    """Bring what was annotated since by a scheme that an action rolled back, to the scheme that is in force again.

    Part of the step, behind the action. Return what was done in all.
    """
    back = next((part for part in parts(done.action) if isinstance(part, ApplyScheme) and part.is_back), None)
    if back is None:
        return done
    actions, inverses, events = [done.action], [done.inverse], [*done.events]
    for more in left_behind(session, back):
        next_done = step.execute(more, is_new=False)
        actions.append(more)
        inverses.append(next_done.inverse)
        events.extend(next_done.events)
    if len(actions) == 1:
        return done
    compound, inverse = Compound(tuple(actions)), Compound(tuple(reversed(inverses)))
    return Executed(compound, step.state, inverse, tuple(events))

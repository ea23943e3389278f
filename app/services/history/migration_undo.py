"""Undo across a change of the scheme: restored work is migrated to the current labels."""

from collections.abc import Sequence

import msgspec

from app.core.annotation import Annotation, Relation
from app.core.decision import Decision
from app.core.edits import AddAnnotation, AddRelation, Batch, Edit, ReplaceAnnotation, ReplaceRelation
from app.core.scheme_migration import MigrationRules, backwards
from app.services.migration.migrated_document import migrated
from app.services.migration.migration import migrate_later_work
from app.session.actions import Action, ApplyScheme, Compound, Decide, SetEdit, parts
from app.session.executor import Executed
from app.session.scheme_history import matches
from app.session.session import Session
from app.session.transaction import Transaction


def updated_action(session: Session, edit: Action, since: int) -> Action:
    """Return the inverse `edit` of the log row with sequence `since`, migrated to the current scheme.

    An action that itself changes the scheme is returned unchanged.
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
    if isinstance(edit, AddRelation | ReplaceRelation):
        return msgspec.structs.replace(edit, relation=_relation(edit.relation, steps))
    return edit


def _relation(relation: Relation, steps: Sequence[MigrationRules]) -> Relation:
    """Return a relation migrated to the current scheme; one whose type was deleted is restored unchanged."""
    for rules in steps:
        relation = rules.parts.relations([relation], _kept).changed.get(relation.uid, relation)
    return relation


def _kept(_uid: str) -> bool:
    return False


def _annotation(annotation: Annotation, steps: Sequence[MigrationRules]) -> Annotation:
    """Return an annotation migrated to the current scheme; one whose label was deleted is restored unchanged."""
    for rules in steps:
        annotation = rules.restate([annotation], ()).changed.get(annotation.uid, annotation)
    return annotation


def _decision(session: Session, decision: Decision, steps: Sequence[MigrationRules]) -> Decision:
    """Return a restored decision, adapted to its group as it is now.

    To find whether the group is still the one that was decided on, the document is migrated backwards and forwards
    again; where that isn't exact, the group should be reviewed again anyway.
    """
    record = session.executor.record(decision.document)._replace(decisions=())
    for rules in reversed(steps):
        back = MigrationRules(backwards(rules.changes, rules.before), rules.after, rules.before, matches)
        record = migrated(record, back).after
    record = record._replace(decisions=(decision,))
    for rules in steps:
        record = migrated(record, rules).after
    return next(iter(record.decisions), decision)


def with_later_work(session: Session, step: Transaction, done: Executed) -> Executed:
    """If an action has returned to an earlier scheme, migrate to it what was annotated by the later one.

    The edits are part of the step, after the action. Return the outcome of all of it together.
    """
    back = next((part for part in parts(done.action) if isinstance(part, ApplyScheme) and part.is_back), None)
    if back is None:
        return done
    actions, inverses, events = [done.action], [done.inverse], [*done.events]
    for more in migrate_later_work(session, back):
        next_done = step.execute(more, is_new=False)
        actions.append(more)
        inverses.append(next_done.inverse)
        events.extend(next_done.events)
    if len(actions) == 1:
        return done
    compound, inverse = Compound(tuple(actions)), Compound(tuple(reversed(inverses)))
    return Executed(compound, step.state, inverse, tuple(events))

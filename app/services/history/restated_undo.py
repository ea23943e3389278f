"""Undo across a change of the scheme: what comes back speaks of the labels that there are now."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from app.core.annotation import Annotation
from app.core.decision import Decision
from app.core.edits import AddAnnotation, Batch, Edit, ReplaceAnnotation
from app.core.scheme_migration import MigrationRules, backwards
from app.session.actions import Action, ApplyScheme, Compound, Decide, Work, parts
from app.session.executor import Executed
from app.session.scheme_history import matches

if TYPE_CHECKING:
    from app.session.session import Session


def brought_up_edit(session: "Session", edit: Action, since: int) -> Action:
    """Return an edit that undoes an action of the log (its sequence), in the words of the scheme in force.

    One that changes the scheme itself says what it says.
    """
    rows = session.executor.schemes.all()
    if all(row.story.log <= since for row in rows) or any(isinstance(part, ApplyScheme) for part in parts(edit)):
        return edit
    steps = session.executor.lineage().since_action(since)
    return _edit(session, edit, steps) if steps else edit


def _edit(session: "Session", edit: Action, steps: Sequence[MigrationRules]) -> Action:
    if isinstance(edit, Compound):
        return Compound(tuple(_edit(session, part, steps) for part in edit.edits), edit.step)
    if isinstance(edit, Decide):
        return Decide(_decision(session, edit.decision, steps))
    if isinstance(edit, Work):
        return Work(edit.document, edit.annotator, _work(edit.edit, steps))
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


def _decision(session: "Session", decision: Decision, steps: Sequence[MigrationRules]) -> Decision:
    """Return a decision that comes back, on its group as that is now.

    Whether the group is still what was decided on is seen by telling the changes backwards and on again; where that
    isn't exact, somebody should look again anyway.
    """
    from app.services.migration.migrated_document import restated

    record = session.executor.record(decision.document)._replace(decisions=())
    for rules in reversed(steps):
        back = MigrationRules(backwards(rules.changes, rules.before), rules.after, rules.before, matches)
        record = restated(record, back).after
    record = record._replace(decisions=(decision,))
    for rules in steps:
        record = restated(record, rules).after
    return next(iter(record.decisions), decision)


def with_left_behind(session: "Session", edit: Action, done: Executed) -> tuple[Action, Executed]:
    """Bring what was marked since by a scheme that an edit took back, to the scheme that is in force again.

    Must be called inside `project.atomic()`, behind the edit. Return the edit with all that was done.
    """
    from app.services.migration.migration import left_behind

    back = next((part for part in parts(edit) if isinstance(part, ApplyScheme) and part.is_back), None)
    if back is None:
        return edit, done
    edits, inverses, facts, state = [edit], [done.inverse], [*done.facts], done.state
    for more in left_behind(session, back):
        next_done = session.executor.perform(more, state, session.scheme, is_new=False)
        edits.append(more)
        inverses.append(next_done.inverse)
        facts.extend(next_done.facts)
        state = next_done.state
    if len(edits) == 1:
        return edit, done
    return Compound(tuple(edits)), Executed(state, Compound(tuple(reversed(inverses))), tuple(facts))

"""Migration of everyone's annotations to another scheme: previewed, and carried out in one undoable step."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from app.core.errors import EditRejected, WrongUse
from app.core.free_memory import require_memory
from app.core.progress import CancelToken
from app.core.scheme import Scheme
from app.core.scheme_change import LabelChange, SchemeChange
from app.core.scheme_edit import changed_scheme
from app.core.scheme_file import parse_scheme
from app.core.scheme_migration import MigrationRules, backwards
from app.core.scheme_references import require_givable
from app.services.migration.migrated_document import (
    MigratedDocument,
    migrated,
    migrated_exchanges,
    migrated_snapshots,
    migrated_suggestions,
)
from app.services.migration.outside_labels import outside_labels
from app.services.migration.survey import Migration, Survey
from app.session.actions import Action, ApplyScheme
from app.session.events import Topic
from app.session.scheme_history import matches
from app.session.session import Session

__all__ = ["Migration", "migrate_later_work", "migrate", "plan"]

_DOCUMENTS_A_TICK = 20
_MANY = 50_000  # marks of a document for which there may not be memory enough
_BYTES_EACH = 2_200  # that changing a mark takes; measured are 2,000 with a million


def _nothing(_done: int, _total: int) -> None:
    """Ignore progress."""


def plan(
    session: Session,
    changes: Sequence[SchemeChange],
    *,
    into: str | None = None,
    progress: Callable[[int, int], None] = _nothing,
    cancel: CancelToken | None = None,
) -> Migration:
    """Return what the changes would do, without doing it; `into` is as for `rules_of`. Raises WrongUse, SchemeError,
    ProjectError, Cancelled.
    """
    rules = rules_of(session, changes, into=into)
    survey = Survey(rules)
    for document in _documents(session, rules, progress, cancel):
        survey.add(document)
    return survey.migration()


def migrate(
    session: Session,
    changes: Sequence[SchemeChange],
    *,
    into: str | None = None,
    progress: Callable[[int, int], None] = _nothing,
    cancel: CancelToken | None = None,
    is_own: bool = True,
) -> Migration:
    """Change the scheme and everyone's annotations together, as one undoable step; return what was done. `into` is as
    for `rules_of`, `is_own` as for `Session.transaction`.

    The status of a set is kept, except that `done` becomes `done_empty` if no annotation is left. Of two annotations
    that become equal when labels are merged, one is kept. Decisions and the snapshots that agreement is measured on are
    migrated too. Raises WrongUse, SchemeError, EditRejected, ProjectError and Cancelled; then nothing was changed.
    """
    session.require_writable()
    rules = rules_of(session, changes, into=into)
    survey = Survey(rules)
    named = ", ".join(change.title for change in changes)
    with session.transaction(f"Change the scheme: {named}", backup="scheme", is_own=is_own) as step:
        step.perform([ApplyScheme(rules.after.source, tuple(changes))])
        for document in _documents(session, rules, progress, cancel):
            survey.add(document)
            step.perform(_actions_of(session, document, rules))
        done = survey.migration()
        if done.is_of_labels:
            step.title = f"Change labels: {named}"
        step.tell(Topic.SCHEME, Topic.DOCUMENTS, Topic.DECISIONS, Topic.SUGGESTIONS)
    return done


def migrate_later_work(session: Session, edit: ApplyScheme) -> Iterator[Action]:
    """Yield the actions that migrate, back to the restored scheme, what was annotated by the one that `edit` has just
    undone: labels that only the newer one had become those that they were made from.
    """
    rows = session.executor.schemes.all()
    if not edit.is_back or len(rows) < 2 or not rows[-2].story.changes:
        return
    before, after = session.executor.scheme_of(rows[-2]), session.executor.scheme_of(rows[-1])
    changes = backwards(rows[-2].story.changes, after)
    if changes:
        rules = MigrationRules(changes, before, after, matches)
        for document in _documents(session, rules, _nothing, None):
            yield from _actions_of(session, document, rules)


def rules_of(session: Session, changes: Sequence[SchemeChange], *, into: str | None = None) -> MigrationRules:
    """Return the migration rules of changes to the current scheme. `into` is the text of the scheme that they lead to,
    if it differs in more than they say; else it is made from them. Raises WrongUse and SchemeError for invalid ones.
    """
    if into is not None:
        made = parse_scheme(into, path="the changed scheme")
        _require_followed(session, changes, made)
        return MigrationRules(changes, session.scheme, made, matches)
    for pattern in (part.pattern for change in changes for part in getattr(change, "parts", ())):
        if pattern:
            matches(pattern, "")
    scheme = session.scheme
    is_outside = any(isinstance(c, LabelChange) and scheme.label(c.layer, c.old) is None for c in changes)
    made = changed_scheme(scheme, changes, outside=outside_labels(session) if is_outside else ())
    return MigrationRules(changes, scheme, made, matches)


def unchanged(before: Scheme, after: Scheme) -> MigrationRules:
    """Return the rules of another scheme that changes no work."""
    return MigrationRules((), before, after, matches)


def _require_followed(session: Session, changes: Sequence[SchemeChange], made: Scheme) -> None:
    """Raise unless the changes are of labels that a scheme doesn't have any more, into labels that it has."""
    outside: Collection[tuple[str, str]] | None = None
    for change in changes:
        if not isinstance(change, LabelChange):
            continue
        name = f"{change.layer}.{change.old}"
        if session.scheme.label(change.layer, change.old) is None:
            outside = outside_labels(session) if outside is None else outside
            if (change.layer, change.old) not in outside:
                raise WrongUse(f"nothing has the label {name}", hint="leave it out")
        if made.label(change.layer, change.old) is not None:
            raise WrongUse(f"{name} is still in the scheme", hint="give the new label an id of its own")
        if change.new is not None:
            if made.label(change.layer, change.new) is None:
                raise WrongUse(f"there is no label {change.layer}.{change.new}", hint="add it to the scheme")
            require_givable(made.layer(change.layer), [change.new])


def _documents(
    session: Session, rules: MigrationRules, progress: Callable[[int, int], None], cancel: CancelToken | None
) -> Iterator[MigratedDocument]:
    labels = rules.labels()
    if rules.parts.layers:  # any annotation may have the field, also one with a label that the scheme lacks
        known = [*session.executor.annotations.labels(), *session.executor.suggesting.suggestions.labels()]
        labels = list(dict.fromkeys([*labels, *(place for place in known if place[0] in rules.parts.layers)]))
    decisions = session.executor.review.decisions
    naming: Iterable[str] = (uid for _, label in labels for uid in decisions.documents_naming(label))
    marked = session.executor.annotations.documents_with(labels)
    suggested = session.executor.suggesting.suggestions.documents_with(labels)
    related = session.executor.annotations.documents_with_relations(sorted(rules.parts.relation_types))
    uids = list(dict.fromkeys([*marked, *naming, *suggested, *related]))
    for done, uid in enumerate(uids):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if done % _DOCUMENTS_A_TICK == 0:
            progress(done, len(uids))
        marks = sum(head.annotations for head in session.reader.heads_of(uid))
        if marks > _MANY:
            title = session.reader.documents.title_of(uid) or uid
            require_memory(marks * _BYTES_EACH, f"the {marks:,} marks of “{title}” can't be changed")
        yield migrated(session.executor.record(uid), rules)
    progress(len(uids), len(uids))


def _actions_of(session: Session, document: MigratedDocument, rules: MigrationRules) -> list[Action]:
    """Return all actions of a document, including those on its suggestions, snapshots and exchanges."""
    uid = document.before.document.uid
    executor = session.executor
    key = executor.documents.key_of(uid)
    if key is None:
        raise EditRejected(f"document {uid} is no longer in the project", hint="preview the change again")
    handed: list[Action] = []
    for at in document.sets:
        before, after = document.before.sets[at], document.after.sets[at]
        person = executor.annotations.find_annotator(before.annotator)
        history = executor.review.assignments.exchanges(key, person) if person is not None else []
        handed += migrated_exchanges(before, after, uid, history)
    kept = migrated_snapshots(uid, executor.review.decisions.snapshots_by_annotator(uid), rules)
    candidates = migrated_suggestions(uid, executor.suggesting.suggestions.all_of(key), rules)
    return [*document.edits(kept), *handed, *candidates]

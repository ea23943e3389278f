"""A document migrated to another scheme: everyone's annotations, the snapshots for agreement, and the decisions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.core.annotation import Status
from app.core.decision import Decision
from app.core.edits import (
    AddRelation,
    Batch,
    Edit,
    MigrateAnnotations,
    MigratedValues,
    RemoveAnnotation,
    RemoveRelation,
    ReplaceRelation,
    SetStatus,
)
from app.core.record import DocumentRecord, SetRecord, SetSnapshot
from app.core.scheme import Scheme
from app.core.scheme_migration import MigrationResult, MigrationRules
from app.core.suggestion import Suggestion
from app.core.three_way_merge import SetExchange, digest_of
from app.review.fields import LABEL, RELATION
from app.review.gold_relations import renamed_field
from app.review.groups import Group, group
from app.review.votes import tally
from app.services.review.sheets import readings_of
from app.session.actions import (
    Action,
    Exchange,
    RecordExchange,
    SetEdit,
    UpdateDecision,
    UpdateSnapshot,
    UpdateSuggestions,
    WithdrawDecision,
)


class MigratedDecision(NamedTuple):
    """The outcome for a decision: `new` is the same one on the migrated group, None if all its annotations are gone.
    `is_open` says that the group's differences have changed, so that it should be reviewed again.
    """

    old: Decision
    new: Decision | None
    is_open: bool = False


class MigratedDocument(NamedTuple):
    """A document before and after; `sets` are those that change, by index in the record; all its decisions."""

    before: DocumentRecord
    after: DocumentRecord
    sets: Mapping[int, MigrationResult]
    decisions: tuple[MigratedDecision, ...]

    def edits(self, snapshots: Iterable[Action] = ()) -> list[Action]:
        """Return the actions that lead from before to after; those on snapshots are put before the decisions."""
        edits: list[Action] = []
        for at, restatement in self.sets.items():
            found = _edits(self.before.sets[at], self.after.sets[at], restatement)
            edits.append(SetEdit(self.before.document.uid, self.before.sets[at].annotator, Batch(tuple(found))))
        edits.extend(snapshots)
        for item in self.decisions:
            if item.new is None:
                edits.append(WithdrawDecision(item.old.uid))
            elif item.new != item.old:
                edits.append(UpdateDecision(item.new))
        return edits


def migrated(record: DocumentRecord, rules: MigrationRules) -> MigratedDocument:
    """Return a document migrated by the rules. Raises WrongUse for a regular expression that is slow."""
    found: dict[int, MigrationResult] = {}
    sets: list[SetRecord] = []
    for at, item in enumerate(record.sets):
        restatement = rules.restate(item.annotations, item.relations)
        if restatement.is_empty:
            sets.append(item)
            continue
        found[at] = restatement
        annotations = restatement.of(item.annotations)
        is_empty = item.status is Status.DONE and not annotations
        status = Status.DONE_EMPTY if is_empty else item.status
        ties = restatement.ties(item.relations)
        sets.append(item._replace(status=status, annotations=annotations, relations=ties))
    suggestions = tuple(item.restated(rules.suggestion(item.suggestion)) for item in record.suggestions)
    after = record._replace(sets=tuple(sets), suggestions=suggestions)
    if not record.decisions:
        return MigratedDocument(record, after, found, ())
    outcomes = _DecisionMigration(record, after, rules, found.values()).all()
    decisions = tuple(item.new for item in outcomes if item.new is not None)
    return MigratedDocument(record, after._replace(decisions=decisions), found, outcomes)


def updated_record(record: DocumentRecord, steps: Sequence[MigrationRules]) -> DocumentRecord:
    """Return a document of an earlier scheme, migrated by all the steps in order."""
    for rules in steps:
        record = migrated(record, rules).after
    return record


def migrated_snapshots(document: str, snapshots: Mapping[str, SetSnapshot], rules: MigrationRules) -> list[Action]:
    """Return the actions that migrate the snapshots of a document (uid), given by annotator's name."""
    edits: list[Action] = []
    for name, kept in sorted(snapshots.items()):
        found = rules.restate(kept.annotations, kept.relations)
        if not found.is_empty:
            new = [*found.related.changed.values(), *found.lost.bridges]
            made = {tie.uid for tie in new}
            ties = tuple((at, tie) for at, tie in enumerate(found.ties(kept.relations)) if tie.uid in made)
            cut = (*found.related.changed, *sorted(found.related.gone))
            values = found.restated(kept.annotations)
            edits.append(UpdateSnapshot(document, name, values, tuple(found.gone), ties=ties, cut=cut))
    return edits


def migrated_suggestions(document: str, suggestions: Iterable[Suggestion], rules: MigrationRules) -> list[Action]:
    """Return the action that migrates the suggestions of a document (uid), if any of them changes."""
    pairs = ((item, rules.suggestion(item)) for item in suggestions)
    changed = tuple(MigratedValues.between(old, new) for old, new in pairs if old is not new)
    return [UpdateSuggestions(document, changed)] if changed else []


def migrated_exchanges(
    before: SetRecord, after: SetRecord, document: str, history: Sequence[SetExchange]
) -> list[Action]:
    """Return the action that records the migrated set under every file whose last exchange it was equal to, if any.

    So a migration alone doesn't make a set look changed when its bundle is merged.
    """
    last = {item.file: item for item in history}
    was = digest_of(before)
    same = [item for item in last.values() if item.digest == was]
    if not same:
        return []
    now = digest_of(after)
    exchanges = [Exchange(document, before.annotator, h.file, now, h.head, h.seconds, 0.0) for h in same]
    return [RecordExchange(tuple(exchanges))]


def _edits(before: SetRecord, after: SetRecord, found: MigrationResult) -> list[Edit]:
    gone = {tie.uid for tie in found.lost.gone}
    edits: list[Edit] = [RemoveRelation(uid) for uid in sorted(found.related.gone)]
    edits += [ReplaceRelation(tie) for uid, tie in found.related.changed.items() if uid not in gone]
    if found.gone:
        edits += [RemoveRelation(tie.uid) for tie in found.lost.gone]
        edits += map(AddRelation, found.lost.bridges)
        edits.append(Batch(tuple(RemoveAnnotation(uid) for uid in found.gone)))
    if found.changed:
        edits.append(MigrateAnnotations(found.restated(before.annotations)))
    if after.status is not before.status:
        edits.append(SetStatus(after.status))
    return edits


class _DecisionMigration:
    """Adapts the decisions on a document to its migrated groups."""

    def __init__(
        self, before: DocumentRecord, after: DocumentRecord, rules: MigrationRules, found: Iterable[MigrationResult]
    ) -> None:
        self._rules = rules
        self._decisions = before.decisions
        self._twins = {uid: twin for item in found for uid, twin in item.gone.items()}
        self._gold = {annotation.uid: annotation for annotation in after.gold.annotations} if after.gold else {}
        self._before = {item.key: item for item in _groups(before, rules.before)}
        after_groups = _groups(after, rules.after)
        self._after = {frozenset(item.sources): item for item in after_groups}
        self._there = {uid for item in after_groups for uid in item.sources}

    def all(self) -> tuple[MigratedDecision, ...]:
        found = [self._migrated(decision) for decision in self._decisions]
        # If two decisions end up on one group, neither of them decides it.
        keys = Counter(item.new.key for item in found if item.new is not None)
        return tuple(
            self._reopened(item) if item.new is not None and keys[item.new.key] > 1 else item for item in found
        )

    def _reopened(self, item: MigratedDecision) -> MigratedDecision:
        if item.new is None or item.new.key == item.old.key:
            return item
        return MigratedDecision(item.old, msgspec.structs.replace(item.new, key=item.old.key), is_open=True)

    def _uid(self, uid: str | None) -> str | None:
        return self._twins.get(uid, uid) if uid is not None else None

    def _migrated(self, old: Decision) -> MigratedDecision:
        gold = self._uid(old.gold)
        sources = tuple(sorted({uid for source in old.sources if (uid := self._uid(source)) is not None}))
        if old.gold is not None and gold is None and not self._there & set(sources):
            return MigratedDecision(old, None)
        seen = self._before.get(old.key)
        now = self._after.get(frozenset(sources)) if seen is not None else None
        is_same = seen is not None and now is not None and now.differences == seen.differences
        is_same = is_same and (gold is None) == (old.gold is None)
        new = msgspec.structs.replace(
            old,
            key=now.key if is_same and now is not None else old.key,
            labels=now.labels if now is not None else self._labels(old),
            sources=sources,
            gold=gold,
            fields={self._field(old.layer, field): self._uid(who) or who for field, who in old.fields.items()},
            votes={name: self._uid(uid) for name, uid in old.votes.items()},
            tally=self._tally(old, now, gold),
        )
        return MigratedDecision(old, new, is_open=seen is not None and not is_same)

    def _field(self, layer: str, field: str) -> str:
        """Return the name of a field now; that of a relation names a group by its key, and a type."""
        what, colon, rest = renamed_field(field, self._key).partition(":")
        if not colon or what != RELATION:
            return self._rules.parts.field(layer, field)
        return ":".join([what, *map(self._rules.parts.relation_type, rest.split(":"))])

    def _key(self, key: str) -> str | None:
        """Return the key that a group has now, None if it is gone."""
        seen = self._before.get(key)
        if seen is None:
            return None
        now = self._after.get(frozenset(uid for source in seen.sources if (uid := self._uid(source)) is not None))
        return now.key if now is not None else None

    def _tally(self, old: Decision, now: Group | None, gold: str | None) -> Mapping[str, Mapping[str, int]] | None:
        """Return the votes in the new terms: counted anew if the group is as it was, else by renaming the labels."""
        made = self._gold.get(gold or "")
        if now is not None and made is not None:
            return tally(made, now.versions.values(), self._rules.after)
        if old.tally is None or LABEL not in old.tally:
            return old.tally
        labels: dict[str, int] = {}
        for label, count in old.tally[LABEL].items():
            name = self._rules.renamed(old.layer, label)
            labels[name] = labels.get(name, 0) + count
        return {**old.tally, LABEL: labels}

    def _labels(self, old: Decision) -> tuple[str, ...]:
        return tuple(sorted({self._rules.renamed(old.layer, label) for label in old.labels}))


def _groups(record: DocumentRecord, scheme: Scheme) -> tuple[Group, ...]:
    readings, _ = readings_of(record)
    return group(readings, scheme)

"""The status of groups: matches decisions against the groups as they are now."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.core.decision import Decision, Outcome
from app.review.fields import RELATION, Difference
from app.review.groups import Group


class GroupStatus(StrEnum):
    """The status of a group."""

    OPEN = "open"
    DECIDED = "decided"
    DEFERRED = "deferred"
    STALE = "stale"  # decided, but an annotator has changed their annotation since


class Standings(NamedTuple):
    """The decision on each group, by the group's key, and the decisions without a group.

    `orphans` are stale too: none of the annotations that they were about is in any group, but their result is still in
    gold. A decision that created an annotation where no one had annotated anything is never an orphan. `earlier`
    contains all decisions that a new decision on a group replaces: after a change, one group can cover what was decided
    as two. `nothing` are the decisions that there is nothing to mark in the document. They say nothing of a mark made
    since, and a decision on its group replaces them.

    A rule only decides about annotations. If the winners don't have the same relations, the group stays open with that
    decision until a person has decided.
    """

    by_key: dict[str, tuple[GroupStatus, Decision | None]]
    orphans: tuple[Decision, ...]
    earlier: Mapping[str, tuple[Decision, ...]] = {}
    nothing: tuple[Decision, ...] = ()

    def of(self, group: Group) -> tuple[GroupStatus, Decision | None]:
        """Return a group's status, and the decision it results from."""
        return self.by_key.get(group.key, (GroupStatus.OPEN, None))

    def replaced_by(self, group: Group) -> tuple[Decision, ...]:
        """Return the decisions that a new one on the group replaces, oldest first."""
        return self.earlier.get(group.key, ())


def standings(groups: Sequence[Group], decisions: Iterable[Decision]) -> Standings:
    """Match the current decisions on a document, oldest first, against its groups.

    Annotators' changes never alter decisions: a decision becomes stale if its group is no longer what was decided on.
    """
    by_source: dict[str, Group] = {version.uid: group for group in groups for version in group.versions.values()}
    by_key: dict[str, tuple[GroupStatus, Decision | None]] = {}
    earlier: dict[str, tuple[Decision, ...]] = {}
    orphans: list[Decision] = []
    nothing: list[Decision] = []
    present = {group.key: group for group in groups}
    for decision in decisions:
        if decision.outcome is Outcome.EMPTY:
            nothing.append(decision)
            continue
        if decision.key in present:
            by_key[decision.key] = (_standing(present[decision.key], decision), decision)
            earlier[decision.key] = (*earlier.get(decision.key, ()), decision)
            continue
        touched = {by_source[uid].key for uid in decision.sources if uid in by_source}
        for key in touched:
            earlier[key] = (*earlier.get(key, ()), decision)
            if by_key.get(key, (GroupStatus.STALE, None))[0] is GroupStatus.STALE:
                by_key[key] = (GroupStatus.STALE, decision)
        if decision.sources and decision.gold and not touched:
            orphans.append(decision)
    return Standings(by_key, tuple(orphans), earlier, tuple(nothing))


def _standing(group: Group, decision: Decision) -> GroupStatus:
    if decision.outcome is Outcome.DEFERRED:
        return GroupStatus.DEFERRED
    if decision.outcome is Outcome.REJECTED:
        return GroupStatus.DECIDED  # nothing is left for a relation to start from
    if decision.rule and Difference.RELATION in group.differences and RELATION not in decision.fields:
        return GroupStatus.OPEN
    return GroupStatus.DECIDED

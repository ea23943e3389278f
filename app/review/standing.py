"""Which groups are decided: decisions held against the groups as they are now."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.core.decision import Decision, Outcome
from app.review.grouping import Group


class Standing(StrEnum):
    """How far a group is."""

    OPEN = "open"
    DECIDED = "decided"
    DEFERRED = "deferred"
    STALE = "stale"  # decided, but somebody has changed their mark since


class Standings(NamedTuple):
    """The decision on each group, by the group's key, and those left over.

    `orphans` are stale too: none of the annotations that they were about is in any group. A decision that made an
    annotation where nobody had marked anything is never an orphan.
    """

    by_key: dict[str, tuple[Standing, Decision | None]]
    orphans: tuple[Decision, ...]

    def of(self, group: Group) -> tuple[Standing, Decision | None]:
        """Return how far a group is, and the decision that says so."""
        return self.by_key.get(group.key, (Standing.OPEN, None))


def standings(groups: Sequence[Group], decisions: Iterable[Decision]) -> Standings:
    """Hold the standing decisions of a document, oldest first, against its groups.

    Decisions are never changed by what annotators do: one whose group isn't any more what was decided on is stale.
    """
    by_source: dict[str, Group] = {version.uid: group for group in groups for version in group.versions.values()}
    by_key: dict[str, tuple[Standing, Decision | None]] = {}
    orphans: list[Decision] = []
    keys = {group.key for group in groups}
    for decision in decisions:
        if decision.key in keys:
            state = Standing.DEFERRED if decision.outcome is Outcome.DEFERRED else Standing.DECIDED
            by_key[decision.key] = (state, decision)
            continue
        touched = {by_source[uid].key for uid in decision.sources if uid in by_source}
        for key in touched:
            if by_key.get(key, (Standing.OPEN, None))[0] is not Standing.DECIDED:
                by_key[key] = (Standing.STALE, decision)
        if decision.sources and not touched:
            orphans.append(decision)
    return Standings(by_key, tuple(orphans))

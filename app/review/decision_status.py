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
    since, and a decision on its group replaces them. `related` are those on relations of gold, by the relation's uid.

    A rule only decides about annotations. If the winners don't have the same relations, the group stays open with that
    decision until a person has decided. `decided` is the number of groups that are.
    """

    by_key: dict[str, tuple[GroupStatus, Decision | None]]
    orphans: tuple[Decision, ...]
    earlier: Mapping[str, tuple[Decision, ...]] = {}
    nothing: tuple[Decision, ...] = ()
    decided: int = 0
    related: Mapping[str, Decision] = {}

    def of(self, group: Group) -> tuple[GroupStatus, Decision | None]:
        """Return a group's status, and the decision it results from."""
        return self.by_key.get(group.key, (GroupStatus.OPEN, None))

    def replaced_by(self, group: Group) -> tuple[Decision, ...]:
        """Return the decisions that a new one on the group replaces, oldest first."""
        return self.earlier.get(group.key, ())


def standings(groups: Iterable[Group], decisions: Iterable[Decision]) -> Standings:
    """Match the current decisions on a document, oldest first, against its groups.

    Annotators' changes never alter decisions: a decision becomes stale if its group is no longer what was decided on.
    """
    found = StandingsBuilder(decisions)
    found.add(groups)
    return found.standings(are_all=True)


class StandingsBuilder:
    """Standings of groups that come one after the other, under decisions that may change meanwhile.

    Each step costs as much as it touches, however many groups and decisions there are.
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._by_key: dict[str, tuple[GroupStatus, Decision | None]] = {}
        self._earlier: dict[str, tuple[Decision, ...]] = {}
        self._decided = 0
        self._orphans: tuple[Decision, ...] | None = None  # not known before all groups are
        self._nothing: list[Decision] = []
        self._related: dict[str, Decision] = {}
        self._decisions: dict[str, Decision] = {}  # by uid, oldest first: those that groups to come may be about
        self._order: dict[str, int] = {}
        self._on_key: dict[str, list[str]] = {}  # uids of decisions by the key that they were made on
        self._on_source: dict[str, list[str]] = {}
        self._keys: set[str] = set()  # those of decisions that there are groups with
        self._loose: dict[str, list[Group]] = {}  # by decision (uid): groups that only share a mark with its own
        self._count = 0
        for decision in decisions:
            self._learn(decision)

    @classmethod
    def of(cls, known: Standings) -> "StandingsBuilder":
        """Begin with what is known of a document all of whose groups have come."""
        found = cls()
        found._by_key, found._earlier, found._decided = dict(known.by_key), dict(known.earlier), known.decided
        found._orphans, found._nothing = known.orphans, list(known.nothing)
        found._related = dict(known.related)
        return found

    def _learn(self, decision: Decision) -> None:
        if decision.outcome is Outcome.EMPTY:
            self._nothing.append(decision)
            return
        if decision.relation:
            self._related[decision.relation] = decision
            return
        self._count += 1
        self._order[decision.uid] = self._count
        self._decisions[decision.uid] = decision
        self._on_key.setdefault(decision.key, []).append(decision.uid)
        for uid in decision.sources:
            self._on_source.setdefault(uid, []).append(decision.uid)

    def add(self, groups: Iterable[Group]) -> None:
        """Find the standing of further groups."""
        if not self._decisions:
            return
        for group in groups:
            about = {uid for uid in self._on_key.get(group.key, ()) if uid in self._decisions}
            for uid in about:
                self._own(self._decisions[uid])
            for version in group.versions.values():
                for uid in self._on_source.get(version.uid, ()):
                    if uid not in about and self._is_loose(uid):
                        about.add(uid)
                        self._loose.setdefault(uid, []).append(group)
            if about:
                self._settle(group, [self._decisions[uid] for uid in sorted(about, key=self._order.__getitem__)])

    def _is_loose(self, uid: str) -> bool:
        """Whether the group that a decision was made on is gone, as far as is known."""
        return uid in self._decisions and self._decisions[uid].key not in self._keys

    def _own(self, decision: Decision) -> None:
        """The group of a decision has come: it says nothing of others that share a mark with it."""
        self._keys.add(decision.key)
        for group in self._loose.pop(decision.uid, ()):
            self._settle(group, [d for d in self._earlier.get(group.key, ()) if d.uid != decision.uid])

    def _settle(self, group: Group, known: Sequence[Decision]) -> None:
        """Set a group's standing by all that was decided about it, oldest first."""
        key = group.key
        if self._by_key.get(key, (None, None))[0] is GroupStatus.DECIDED:
            self._decided -= 1
        self._by_key.pop(key, None)
        self._earlier.pop(key, None)
        if not known:
            return
        self._earlier[key] = tuple(known)
        standing: tuple[GroupStatus, Decision | None] = (GroupStatus.STALE, None)
        for decision in known:
            if decision.key == key:
                standing = (_standing(group, decision), decision)
            elif standing[0] is GroupStatus.STALE:
                standing = (GroupStatus.STALE, decision)
        self._by_key[key] = standing
        if standing[0] is GroupStatus.DECIDED:
            self._decided += 1

    def change(
        self,
        gone: Iterable[Decision],
        come: Iterable[Decision],
        by_key: Mapping[str, Group],
        by_source: Mapping[str, str],
    ) -> set[str]:
        """Take decisions away, and add newer ones; return the keys of the groups that they are about.

        `by_key` are all groups that have come, `by_source` the keys of the groups of their versions (uids).
        """
        lost: set[str] = set()
        touched: set[str] = set()
        for decision in gone:
            lost.add(decision.uid)
            touched |= self._about(decision, by_key, by_source)
            self._decisions.pop(decision.uid, None)
            self._loose.pop(decision.uid, None)
            if self._related.get(decision.relation) == decision:
                del self._related[decision.relation]
        self._nothing = [decision for decision in self._nothing if decision.uid not in lost]
        if self._orphans is not None:
            self._orphans = tuple(decision for decision in self._orphans if decision.uid not in lost)
        known = {key: [d for d in self._earlier.get(key, ()) if d.uid not in lost] for key in touched}
        for decision in come:
            self._learn(decision)
            if decision.relation:
                continue
            about = self._about(decision, by_key, by_source) if decision.outcome is not Outcome.EMPTY else set[str]()
            for key in about:
                known.setdefault(key, list(self._earlier.get(key, ()))).append(decision)
            if decision.key in by_key:
                self._keys.add(decision.key)
            else:
                self._loose.setdefault(decision.uid, []).extend(by_key[key] for key in about)
            if self._orphans is not None and not about and _is_orphan(decision):
                self._orphans = (*self._orphans, decision)
        for key, decisions in known.items():
            self._settle(by_key[key], decisions)
        return set(known)

    @staticmethod
    def _about(decision: Decision, by_key: Mapping[str, Group], by_source: Mapping[str, str]) -> set[str]:
        if decision.key in by_key:
            return {decision.key}
        return {by_source[uid] for uid in decision.sources if uid in by_source}

    def standings(self, *, are_all: bool) -> Standings:
        """Return the standings; before all groups have come, no decision is an orphan, and the standings of those that
        come are found in it too.
        """
        if not are_all:
            return Standings(self._by_key, (), self._earlier, tuple(self._nothing), related=self._related)
        if self._orphans is None:
            found = {decision.uid for known in self._earlier.values() for decision in known}
            left = (decision for decision in self._decisions.values() if decision.uid not in found)
            self._orphans = tuple(decision for decision in left if _is_orphan(decision))
        known = dict(self._by_key), self._orphans, dict(self._earlier), tuple(self._nothing), self._decided
        return Standings(*known, dict(self._related))


def _is_orphan(decision: Decision) -> bool:
    """Whether a decision that is about no group has left something in gold."""
    return decision.outcome is not Outcome.EMPTY and bool(decision.sources) and decision.gold is not None


def _standing(group: Group, decision: Decision) -> GroupStatus:
    if decision.outcome is Outcome.DEFERRED:
        return GroupStatus.DEFERRED
    if decision.outcome is Outcome.REJECTED:
        return GroupStatus.DECIDED  # nothing is left for a relation to start from
    if decision.rule and Difference.RELATION in group.differences and RELATION not in decision.fields:
        return GroupStatus.OPEN
    return GroupStatus.DECIDED

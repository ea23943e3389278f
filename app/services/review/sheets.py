"""What a reviewer sees of a document, and decides about its groups, as values."""

from collections.abc import Iterator, Sequence
from itertools import combinations, takewhile
from typing import NamedTuple

from app.core.annotation import Annotation, Status
from app.core.decision import GOLD, Decision, Reason
from app.core.record import DocumentRecord
from app.review.decision_status import GroupStatus, Standings, standings
from app.review.fields import LABEL, RELATION
from app.review.gold_composition import REVIEWER, Picks
from app.review.gold_relations import Carriers
from app.review.groups import Group, group
from app.review.readings import Reading, Readings
from app.services.review.group_index import GroupIndex
from app.session.session import Session


class GoldState(NamedTuple):
    """How far the gold of a document is, and how many annotations it has."""

    status: Status = Status.OPEN
    annotations: int = 0


class Sheet(NamedTuple):
    """One document under review: who finished it, its groups with their status, and its gold.

    `waiting` are the annotators who began the document and haven't finished it. While a long document is being read its
    sheet isn't whole: nothing says that all is decided, and only `group_index` and `standings` have what came since.
    """

    document: str
    readers: tuple[str, ...]
    waiting: tuple[str, ...]
    groups: tuple[Group, ...]
    standings: Standings
    decisions: tuple[Decision, ...]
    gold: GoldState
    group_index: GroupIndex
    is_whole: bool = True

    @property
    def can_be_finished(self) -> bool:
        """Whether gold isn't finished although there is nothing to decide."""
        return self.is_unmarked or self.is_overdue

    def about_document(self) -> list[Group]:
        """Return the groups about the document as a whole, as far as they are read."""
        if not self.is_whole:
            return [found for found in self.group_index.by_key.values() if found.is_about_document]
        return list(takewhile(lambda found: found.is_about_document, self.groups))

    @property
    def undecided(self) -> int:
        """The number of groups that need a decision, stale and deferred ones included, as far as they are read."""
        if self.is_whole:
            return len(self.groups) - self.standings.decided
        said = self.standings.by_key.values()
        return len(self.group_index.by_key) - sum(standing is GroupStatus.DECIDED for standing, _ in said)

    def open_groups(self) -> list[Group]:
        """Return the groups that need a decision, stale and deferred ones included."""
        return [found for found in self.groups if self.standings.of(found)[0] is not GroupStatus.DECIDED]

    def overlap_f1(self, names: Sequence[str]) -> Iterator[tuple[str, str, float]]:
        """Yield each pair of annotators with the F1 of their annotations matched by overlap, whatever their labels.

        Pairs in which neither has an annotation are left out.
        """
        for one, other in combinations(names, 2):
            found = self.group_index.overlap_f1(one, other)
            if found is not None:
                yield one, other, found

    @property
    def is_settled(self) -> bool:
        """Whether every group is decided or, if there is none, that nothing is to be marked."""
        if not self.is_whole or self.undecided or self.standings.orphans:
            return False
        return bool(self.groups) or self.gold.status.is_finished

    @property
    def is_unmarked(self) -> bool:
        """Whether everyone who finished the document marked nothing, and nothing says yet that this is gold."""
        return self.is_without_marks and not self.gold.status.is_finished

    @property
    def is_without_marks(self) -> bool:
        """Whether someone finished the document, no one marked anything, and gold has no mark either."""
        has_none = not (self.groups or self.standings.orphans or self.gold.annotations)
        return self.is_whole and bool(self.readers) and has_none

    @property
    def is_overdue(self) -> bool:
        """Whether everything is decided, but gold isn't finished: what was open has gone since."""
        return bool(self.readers and self.groups) and self.is_settled and not self.gold.status.is_finished


class Remarks(NamedTuple):
    """What a reviewer says of a group apart from the picks: reason, note and the like."""

    reason: Reason | None = None
    note: str = ""
    unclear: bool = False
    rule: str = ""


class PickedGroup(NamedTuple):
    """A group with the picks that make its gold; `own` holds the reviewer's own values, `winners` those of a rule.

    Empty picks reject all versions.
    """

    group: Group
    picks: Picks
    own: Annotation | None = None
    said: Remarks = Remarks()
    winners: tuple[str, ...] = ()

    def carriers(self) -> Carriers:
        """Return whose relations go with the decision: the winners', or those of whoever supplies the label, or else
        another field.
        """
        if self.said.rule:
            return Carriers(frozenset(self.winners), by_rule=True)
        by_uid = {version.uid: frozenset([name]) for name, version in self.group.versions.items()}
        said = (self.picks.get(RELATION), self.picks.get(LABEL), *self.picks.values())
        names = next((by_uid[uid] for uid in said if uid in by_uid), frozenset[str]())
        picked = {
            field: frozenset[str]() if uid == REVIEWER else by_uid.get(uid, names)
            for field, uid in self.relation_picks().items()
        }
        return Carriers(names, picked=picked)

    def relation_picks(self) -> dict[str, str]:
        """Return the picks of single fields of relations (see `gold_relations.relation_fields`)."""
        return {field: uid for field, uid in self.picks.items() if field.startswith(f"{RELATION}:")}


class Added(NamedTuple):
    """An annotation to put into the gold of a document (uid) that no annotator had."""

    document: str
    own: Annotation
    said: Remarks = Remarks()


class ReviewPlan(NamedTuple):
    """What to do in one document: groups to decide, decisions to withdraw beside those that are replaced, and
    annotations to add that no annotator had. `nothing` says that there is nothing to mark in it. A plan without
    anything only finishes gold if everything is decided.
    """

    items: list[PickedGroup]
    withdrawn: list[Decision]
    added: tuple[Added, ...] = ()
    nothing: Remarks | None = None

    def carriers(self) -> dict[str, Carriers]:
        """Return whose relations go with each group, by group key."""
        return {item.group.key: item.carriers() for item in self.items if item.picks}


def sheet_of(record: DocumentRecord, session: Session) -> Sheet:
    """Return the sheet of a record, whose text isn't needed."""
    readings, waiting = readings_of(record)
    groups = group(readings, session.scheme)
    gold = record.gold
    return Sheet(
        document=record.document.uid,
        readers=tuple(sorted(readings.by)),
        waiting=waiting,
        groups=groups,
        standings=standings(groups, record.decisions),
        decisions=record.decisions,
        gold=GoldState(gold.status, len(gold.annotations)) if gold is not None else GoldState(),
        group_index=GroupIndex(groups),
    )


def readings_of(record: DocumentRecord, *, length: int | None = None) -> tuple[Readings, tuple[str, ...]]:
    """Return the finished sets of a document, of people and programs, and who has begun but not finished it."""
    by = {
        item.annotator: Reading(item.annotations, item.relations)
        for item in record.sets
        if item.kind != GOLD and item.status.is_finished
    }
    waiting = tuple(
        item.annotator for item in record.sets if item.kind != GOLD and item.status is Status.OPEN and item.annotations
    )
    return Readings(record.document.uid, len(record.document.text) if length is None else length, by), waiting

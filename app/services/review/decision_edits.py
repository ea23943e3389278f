"""Computes the actions of decisions: on gold, on the decisions themselves, and on gold's status. Writes nothing."""

from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, Relation, Status
from app.core.clock import now
from app.core.decision import GOLD, NOTHING_KEY, Decision, Outcome
from app.core.edits import AddAnnotation, AddRelation, Batch, Edit, RemoveAnnotation, RemoveRelation, SetStatus
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.core.wording import shorten
from app.review.decision_status import GroupStatus
from app.review.fields import LABEL, RANGE, RELATION, Difference
from app.review.gold_composition import REVIEWER, compose, outcome_of
from app.review.gold_relations import Carriers, chain_links, gold_relation, is_disputed, lasting, without
from app.review.groups import Group, place_of
from app.review.votes import tally
from app.services.review.own_relations import OwnRelations, followed
from app.services.review.sheets import Added, PickedGroup, Remarks, ReviewPlan, Sheet
from app.session.actions import Action, Decide, SetEdit, WithdrawDecision

_OPEN = (GroupStatus.OPEN, None)


class DocumentReview(NamedTuple):
    """A document under review: its sheet, its gold, the scheme, and the reviewer's name."""

    sheet: Sheet
    gold: DocumentState
    scheme: Scheme
    reviewer: str

    def carry_out(self, plan: ReviewPlan) -> list[Action]:
        """Return the actions of a plan: gold first, then the decisions. Raises EditRejected if a group has changed."""
        groups, carriers = self.sheet.group_index.by_key, plan.carriers()
        items = [item._replace(group=_current(groups, item.group)) for item in plan.items]
        old = {d.uid: d for item in items for d in self.sheet.standings.replaced_by(item.group)}
        old.update((decision.uid, decision) for decision in plan.withdrawn)
        old.update(self._own_words(items))
        if items or plan.added or plan.nothing is not None:
            old.update(self._nothing_said())
        decisions: list[Decision] = []
        made: dict[str, Annotation] = {}  # gold annotation by group key
        settled: set[str] = set()
        for item in items:
            key = item.group.key
            if not item.picks:
                decisions.append(self._decision(item.group, item.said, Outcome.REJECTED, {}, None))
                settled.add(key)
                continue
            torn = bool(item.said.rule) and is_disputed(item.group, groups, carriers, self.scheme)
            made[key], decision = self._taken(item, torn=torn)
            decisions.append(decision)
            if not torn:
                settled.add(key)
        tied = self._tied(made)
        ends = {**self._in_gold(tied, without=old), **{key: annotation.uid for key, annotation in made.items()}}
        created = [self._created(item, old) for item in plan.added]
        decisions.extend(decision for _, decision in created)
        come = [*made.values(), *(annotation for annotation, _ in created)]
        if plan.nothing is not None:
            decisions.append(self._nothing(plan.nothing))
        edits = self._removal(old)
        own = self._own(edits, items, made)
        ties = self._ties(tied, ends, carriers, edits, own)
        left = len(self.gold.annotations) + len(come) - sum(isinstance(edit, RemoveAnnotation) for edit in edits)
        # A batch of nothing but additions is applied in one pass, so that thousands are added at once.
        edits += [Batch(tuple(map(AddAnnotation, come)))] if come else []
        is_said = plan.nothing is not None or left > 0
        edits += [*ties, *self.status(done=self._settles(settled, without=old, is_said=is_said), empty=not left)]
        old.update((decision.uid, decision) for decision in own.withdrawn)
        return [*self._work(edits), *map(WithdrawDecision, old), *map(Decide, decisions)]

    def _own(
        self, edits: list[Edit], items: Iterable[PickedGroup] = (), made: Mapping[str, Annotation] | None = None
    ) -> OwnRelations:
        """Return what becomes of the reviewer's own relations: they follow the marks that are decided again."""
        related = self.sheet.standings.related
        if not related:
            return OwnRelations()
        instead = {
            decision.gold: annotation.uid
            for item in items
            if (annotation := (made or {}).get(item.group.key)) is not None
            for decision in self.sheet.standings.replaced_by(item.group)
            if decision.gold is not None
        }
        return followed(self.gold, related, edits, instead)

    def _ties(
        self,
        groups: Mapping[str, Group],
        ends: Mapping[str, str],
        carriers: Mapping[str, Carriers],
        gone: list[Edit],
        own: OwnRelations,
    ) -> list[Edit]:
        """Return the edits that relate annotations of gold (uids by group) as those say whose relations are used, or as
        the reviewer does.
        """

        def earlier(key: str) -> Carriers | None:
            standing, decision = self.sheet.standings.by_key.get(key, (GroupStatus.OPEN, None))
            if standing is GroupStatus.STALE or decision is None or not decision.is_by_person or not decision.fields:
                return None
            return PickedGroup(groups[key], decision.fields).carriers()

        made = [
            gold_relation(tie, ends[key], ends[tie.target], asked, self.scheme)
            for key, tie, asked in lasting(groups, gold=ends.keys(), carriers=carriers, earlier=earlier)
            if not own.says(tie.label, ends[key], ends[tie.target], self.scheme)
        ]
        lost = {edit.uid for edit in gone if isinstance(edit, RemoveRelation)}
        there = [relation for relation in self.gold.relations.values() if relation.uid not in lost]
        there += [*(edit.relation for edit in gone if isinstance(edit, AddRelation)), *own.moved]
        links = chain_links(groups, gold=ends, carriers=carriers, there=there, scheme=self.scheme, earlier=earlier)
        for label, source, target, fields, comment in links:
            link = Relation(uid=new_uid(), source=ends[source], target=ends[target], label=label)
            made.append(msgspec.structs.replace(link, attributes=dict(fields), comment=comment))
        return list(map(AddRelation, (*own.moved, *made)))

    def leave_out(self, found: Group, outcome: Outcome, said: Remarks) -> list[Action]:
        """Return the actions that decide a group (rejected or deferred) without putting anything into gold."""
        found = _current(self.sheet.group_index.by_key, found)
        old = {decision.uid: decision for decision in self.sheet.standings.replaced_by(found)}
        old.update(self._nothing_said())
        edits = self._removal(old)
        old.update((decision.uid, decision) for decision in self._own(edits).withdrawn)
        left = len(self.gold.annotations) - sum(isinstance(edit, RemoveAnnotation) for edit in edits)
        done = outcome.is_done and self._settles({found.key}, without=old)
        edits += self.status(done=done, empty=not left)
        decision = self._decision(found, said, outcome, {}, None)
        return [*self._work(edits), *map(WithdrawDecision, old), Decide(decision)]

    def status(self, *, done: bool, empty: bool = False) -> list[Edit]:
        """Return the edit that sets gold's status, if it changes: done once every group is decided, else open."""
        status = Status.OPEN
        if done:
            status = Status.DONE_EMPTY if empty else Status.DONE
        return [SetStatus(status)] if status is not self.gold.status else []

    def _work(self, edits: list[Edit]) -> list[Action]:
        return [SetEdit(self.sheet.document, GOLD, Batch(tuple(edits)))] if edits else []

    def _taken(self, item: PickedGroup, *, torn: bool) -> tuple[Annotation, Decision]:
        text = self.gold.document.text
        annotation, supplied = compose(item.group, item.picks, scheme=self.scheme, text=text, time=now(), own=item.own)
        supplied |= item.relation_picks()
        outcome = outcome_of(item.group, supplied)
        if item.said.rule and Difference.RELATION in item.group.differences and not torn:
            supplied[RELATION] = item.picks[LABEL]
        votes = tally(annotation, item.group.versions.values(), self.scheme)
        made = self._decision(item.group, item.said, outcome, supplied, annotation.uid)
        return annotation, msgspec.structs.replace(made, tally=votes)

    def _own_words(self, items: Iterable[PickedGroup]) -> dict[str, Decision]:
        """Return the decisions by which the reviewer said of the document what groups are about that are decided."""
        layers = {item.group.layer for item in items if item.picks and item.group.is_about_document}
        said = {mark.uid for mark in self.gold.about_document(self.scheme) if mark.layer in layers} if layers else set()
        return (
            {d.uid: d for d in self.sheet.decisions if d.gold in said and d.outcome is Outcome.CREATED} if said else {}
        )

    def _created(self, item: Added, old: Mapping[str, Decision]) -> tuple[Annotation, Decision]:
        gone = {decision.gold for decision in old.values()}
        there = self.gold.about_document(self.scheme) if self.scheme.is_about_document(item.own.layer) else ()
        if any(mark.layer == item.own.layer and mark.uid not in gone for mark in there):
            raise EditRejected("gold says that of the document already", hint="decide it in the queue")
        made = msgspec.structs.replace(item.own, uid=new_uid(), origin="review", created=now(), updated=now())
        decision = Decision(
            uid=new_uid(),
            document=self.sheet.document,
            layer=made.layer,
            key=f"created:{made.uid}",
            outcome=Outcome.CREATED,
            reviewer=self.reviewer,
            time=now(),
            labels=(made.label,),
            gold=made.uid,
            fields=dict.fromkeys([LABEL] if self.scheme.is_about_document(made.layer) else [RANGE, LABEL], REVIEWER),
            votes=dict.fromkeys(self.sheet.readers),
            tally={},
            reason=item.said.reason,
            note=item.said.note.strip(),
            unclear=item.said.unclear,
        )
        return made, decision

    def _nothing(self, said: Remarks) -> Decision:
        return Decision(
            uid=new_uid(),
            document=self.sheet.document,
            layer="",
            key=NOTHING_KEY,
            outcome=Outcome.EMPTY,
            reviewer=self.reviewer,
            time=now(),
            votes=dict.fromkeys(self.sheet.readers),
            reason=said.reason,
            note=said.note.strip(),
            unclear=said.unclear,
            rule=said.rule,
        )

    def _tied(self, made: Iterable[str]) -> dict[str, Group]:
        """Return the groups (keys) that are decided, and those that relations connect with them, in text order."""
        keys, groups = self.sheet.group_index.tied_with(made), self.sheet.group_index.by_key
        return {found.key: found for found in sorted((groups[key] for key in keys), key=place_of)}

    def _in_gold(self, groups: Mapping[str, Group], *, without: Mapping[str, Decision]) -> dict[str, str]:
        """Return the gold annotations (uids) of groups by key, except of stale decisions and those in `without`."""
        found: dict[str, str] = {}
        for group in groups.values():
            standing, decision = self.sheet.standings.of(group)
            if standing is not GroupStatus.STALE and decision is not None and decision.uid not in without:
                uid = decision.gold
                if uid is not None and uid in self.gold.annotations:
                    found[group.key] = uid
        return found

    def _nothing_said(self) -> dict[str, Decision]:
        return {decision.uid: decision for decision in self.sheet.standings.nothing}

    def _settles(self, decided: Set[str], *, without: Mapping[str, Decision], is_said: bool = False) -> bool:
        """Return whether no group is open once these (keys) are decided and the `without` decisions are withdrawn.

        A document without groups is only settled if something was said of it: `is_said`, or an earlier decision.
        """
        standings = self.sheet.standings
        if any(orphan.uid not in without for orphan in standings.orphans):
            return False
        if not self.sheet.groups:
            return is_said or any(decision.uid not in without for decision in self.sheet.decisions)
        # Only the groups that something changes for are looked at: a document may have very many.
        lost = {
            decision.key
            for decision in without.values()
            if (known := standings.by_key.get(decision.key, _OPEN))[0] is GroupStatus.DECIDED
            and known[1] is not None
            and known[1].uid == decision.uid
        }
        new = sum(key in lost or standings.by_key.get(key, _OPEN)[0] is not GroupStatus.DECIDED for key in decided)
        return self.sheet.is_whole and standings.decided - len(lost) + new == len(self.sheet.groups)

    def _removal(self, old: Mapping[str, Decision]) -> list[Edit]:
        """Return the edits that remove the annotations of decisions from gold, with their relations."""
        uids = {decision.gold for decision in old.values()}
        ties = without({uid for uid in uids if uid}, self.gold.relations.values(), self.scheme, self.gold.annotations)
        return [*ties, *(RemoveAnnotation(uid) for uid in sorted(filter(None, uids)) if uid in self.gold.annotations)]

    def _decision(
        self, found: Group, said: Remarks, outcome: Outcome, supplied: Mapping[str, str], gold: str | None
    ) -> Decision:
        return Decision(
            uid=new_uid(),
            document=found.document,
            layer=found.layer,
            key=found.key,
            outcome=outcome,
            reviewer=self.reviewer,
            time=now(),
            kinds=tuple(kind.value for kind in found.differences),
            labels=found.labels,
            sources=found.sources,
            gold=gold,
            fields=supplied,
            votes=found.votes(),
            reason=said.reason,
            note=said.note.strip(),
            unclear=said.unclear,
            rule=said.rule,
        )


def _current(groups: Mapping[str, Group], found: Group) -> Group:
    """Return the current version of a group. Raises EditRejected if its annotations have changed since it was shown."""
    if found.key not in groups:
        raise EditRejected(f"the marks at {quoted(found)} have changed", hint="review them again")
    return groups[found.key]


def quoted(found: Group) -> str:
    """Return the quote of a group's first version, shortened and in quotation marks, for a title."""
    if found.is_about_document:
        return "the whole document"
    return f"“{shorten(next(iter(found.versions.values())).quote)}”"

"""Relations of gold that the reviewer makes, changes or leaves out: what becomes of them, as edits and decisions.

One that is made or changed has a decision of its own. It outlives decisions on the marks at its ends, which put other
annotations in their place; it goes when an end goes from gold. What annotators say of the same two marks by a relation
of that type counts no more then. One that is left out is noted in the decision on the mark where it starts.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from app.core import relation_edits
from app.core.annotation import Annotation, Relation
from app.core.clock import now
from app.core.decision import GOLD, Decision, Outcome, relation_key
from app.core.edits import AddRelation, Batch, Edit, RemoveAnnotation, RemoveRelation, ReplaceRelation
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.review.fields import RELATION
from app.review.gold_composition import REVIEWER
from app.review.gold_relations import chain_field, tie_field
from app.review.groups import Group, place_of
from app.review.ties import is_directed
from app.services.review.sheets import Remarks, Sheet
from app.session.actions import Action, Decide, SetEdit, WithdrawDecision


class OwnRelations(NamedTuple):
    """The reviewer's own relations once annotations of gold are replaced: `moved` lead to other annotations than
    before, `stay` are as they were, and `withdrawn` are the decisions on those that are gone.
    """

    moved: tuple[Relation, ...] = ()
    stay: tuple[Relation, ...] = ()
    withdrawn: tuple[Decision, ...] = ()

    def says(self, label: str, source: str, target: str, scheme: Scheme) -> bool:
        """Return whether one of them relates two annotations (uids) by this type."""
        ways = [(source, target)] if is_directed(scheme.relation(label)) else [(source, target), (target, source)]
        return any(tie.label == label and tie.ends in ways for tie in (*self.moved, *self.stay))


def followed(
    gold: DocumentState, related: Mapping[str, Decision], edits: Iterable[Edit], instead: Mapping[str, str]
) -> OwnRelations:
    """Return what becomes of the relations with decisions (`related`, by uid) after edits that remove annotations;
    `instead` has those that take their place (uids).
    """
    if not related:
        return OwnRelations()
    gone = {edit.uid for edit in edits if isinstance(edit, RemoveAnnotation)}
    moved: list[Relation] = []
    stay: list[Relation] = []
    lost: list[Decision] = []
    for uid, decision in related.items():
        tie = gold.relations.get(uid)
        if tie is None:
            continue
        source, target = (instead.get(end, "") if end in gone else end for end in tie.ends)
        if (source, target) == tie.ends:
            stay.append(tie)
        elif source and target and source != target:
            moved.append(msgspec.structs.replace(tie, source=source, target=target))
        else:
            lost.append(decision)
    return OwnRelations(tuple(moved), tuple(stay), tuple(lost))


class RelationReview(NamedTuple):
    """A document under review, as `DocumentReview`: here its relations are decided. Writes nothing."""

    sheet: Sheet
    gold: DocumentState
    scheme: Scheme
    reviewer: str

    def relate(self, made: Relation, said: Remarks) -> list[Action]:
        """Return the actions that add a relation between two annotations of gold (uids).

        Of a chain, the later of the two is joined to the end of the other's chain. Raises EditRejected for ends that
        the type doesn't allow, and for a relation that there is.
        """
        edit = relation_edits.connect(self.gold, *self._ends(made), made.label, scheme=self.scheme)
        if not isinstance(edit, AddRelation):
            raise EditRejected("these marks can't be related")
        relation = msgspec.structs.replace(
            edit.relation,
            uid=made.uid,
            attributes={**edit.relation.attributes, **made.attributes},
            comment=made.comment,
        )
        return [self._edit(AddRelation(relation)), Decide(self._decision(relation, Outcome.CREATED, said))]

    def change(self, relation: Relation, said: Remarks) -> list[Action]:
        """Return the actions that make a relation of gold what it is to be: of another type, the other way round, or
        with other fields or another comment. Raises EditRejected as `relate` does.
        """
        before = self._known(relation.uid)
        if before == relation:
            raise EditRejected("the relation says that already")
        decision = self.sheet.standings.related.get(relation.uid)
        outcome = decision.outcome if decision is not None else Outcome.EDITED
        made = self._decision(relation, outcome, said)
        notes: list[Action] = []
        if (before.label, before.ends) != (relation.label, relation.ends):
            rest = self.gold._replace(
                relations={uid: tie for uid, tie in self.gold.relations.items() if uid != relation.uid}
            )
            relation_edits.connect(rest, *self._ends(relation), relation.label, scheme=self.scheme)
            notes = list(self._left_out(before))
        withdrawn = [WithdrawDecision(decision.uid)] if decision is not None else []
        return [self._edit(ReplaceRelation(relation)), *withdrawn, *notes, Decide(made)]

    def unrelate(self, uid: str) -> list[Action]:
        """Return the actions that take a relation (uid) out of gold. Raises EditRejected if it isn't in gold."""
        relation = self._known(uid)
        decision = self.sheet.standings.related.get(uid)
        withdrawn = [WithdrawDecision(decision.uid)] if decision is not None else []
        return [self._edit(RemoveRelation(uid)), *withdrawn, *self._left_out(relation)]

    def _known(self, uid: str) -> Relation:
        if uid not in self.gold.relations:
            raise EditRejected("this relation is no longer in gold", hint="look at the mark again")
        return self.gold.relations[uid]

    def _ends(self, relation: Relation) -> tuple[Annotation, Annotation]:
        for uid in relation.ends:
            if uid not in self.gold.annotations:
                raise EditRejected("a relation leads from gold to gold", hint="decide both marks first")
        return self.gold.annotations[relation.source], self.gold.annotations[relation.target]

    def _edit(self, edit: Edit) -> Action:
        return SetEdit(self.sheet.document, GOLD, Batch((edit,)))

    def _decision(self, relation: Relation, outcome: Outcome, said: Remarks) -> Decision:
        return Decision(
            uid=new_uid(),
            document=self.sheet.document,
            layer=self.gold.annotations[relation.source].layer,
            key=relation_key(relation.uid),
            outcome=outcome,
            reviewer=self.reviewer,
            time=now(),
            fields={RELATION: REVIEWER},
            votes=dict.fromkeys(self.sheet.readers),
            reason=said.reason,
            note=said.note.strip(),
            unclear=said.unclear,
        )

    def _left_out(self, relation: Relation) -> Iterator[Action]:
        """Yield the actions that note that a relation isn't wanted, if there is an annotator who has it."""
        homes = {decision.gold: key for key, (_, decision) in self.sheet.standings.by_key.items() if decision}
        keys = [homes[end] for end in relation.ends if end in homes]
        if len(keys) < 2:
            return
        groups = [self.sheet.group_index.by_key[key] for key in keys]
        kind = self.scheme.relation(relation.label)
        if kind is not None and kind.chain:
            later = max(groups, key=place_of)
            if any(chain.label == relation.label for chain in later.chains):
                yield from self._noted(later, chain_field(relation.label))
            return
        ways = [groups] if is_directed(kind) else [groups, groups[::-1]]
        for source, target in ways:
            if any((tie.label, tie.target) == (relation.label, target.key) for tie in source.ties):
                yield from self._noted(source, tie_field(target.key, relation.label))

    def _noted(self, found: Group, field: str) -> Iterator[Action]:
        """Yield the actions that note in the decision on a group that a field of its relations is the reviewer's."""
        decision = self.sheet.standings.of(found)[1]
        if decision is not None:
            yield WithdrawDecision(decision.uid)
            yield Decide(
                msgspec.structs.replace(
                    decision,
                    uid=new_uid(),
                    outcome=Outcome.EDITED,
                    reviewer=self.reviewer,
                    time=now(),
                    fields={**decision.fields, field: REVIEWER},
                    rule="",
                )
            )

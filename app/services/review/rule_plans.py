"""What a rule would decide, document by document. Writes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from app.core.edits import check_quote
from app.core.errors import EditRejected
from app.core.progress import CancelToken
from app.review.automerge import Rule, judge, judge_empty
from app.review.fitted_correction import MisfitCorrection
from app.review.gold_composition import Picks, compose
from app.review.gold_relations import is_disputed
from app.review.groups import Group
from app.services.review.sheets import PickedGroup, Remarks, ReviewPlan, Sheet
from app.session.session import Session


class AutoResult(NamedTuple):
    """What a rule did: numbers of groups it decided in `documents` documents, of groups that had a decision (`kept`),
    and of groups left open, by reason.

    `rejected` of the decided groups were rejected. `torn` of them stay open because of their relations; `withdrawn` is
    the number of an earlier rule's decisions that were withdrawn because this rule doesn't make them. `empty` documents
    became gold without annotations, as no one had marked anything; others are left by reason in `left_empty`. In
    `finished` documents nothing was left to decide, and their gold was set to done.
    """

    decided: int
    kept: int
    left: Mapping[str, int]
    documents: int
    torn: int = 0
    withdrawn: int = 0
    rejected: int = 0
    empty: int = 0
    left_empty: Mapping[str, int] = {}
    finished: int = 0

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.decided or self.withdrawn or self.empty or self.finished)


class RulePlans:
    """Plans by document (uid), and their counts. Decisions of earlier rules are kept unless `again`."""

    def __init__(self, session: Session, rule: Rule, *, again: bool) -> None:
        self.plans: dict[str, ReviewPlan] = {}
        self._session = session
        self._rule = rule
        self._again = again
        self._seen = 0
        self._counts: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        self._left_empty: Counter[str] = Counter()

    def add(
        self,
        sheets: Iterable[Sheet],
        cancel: CancelToken | None = None,
        progress: Callable[[int], None] = lambda done: None,
    ) -> "RulePlans":
        """Plan what the rule decides on these sheets; return self. `progress` gets the number of groups that were
        looked at. Raises Cancelled.
        """
        for sheet in sheets:
            self._add(sheet, cancel or CancelToken(), progress)
        return self

    def result(self) -> AutoResult:
        """Return the counts."""
        numbers = {key: self._counts[key] for key in ("decided", "kept", "documents", "torn", "withdrawn", "rejected")}
        ends = {key: self._counts[key] for key in ("empty", "finished")}
        return AutoResult(left=self._left, left_empty=self._left_empty, **numbers, **ends)

    def _add(self, sheet: Sheet, cancel: CancelToken, progress: Callable[[int], None]) -> None:
        plan = ReviewPlan([], [])
        free = self._free(sheet, plan)
        self._counts["kept"] += len(sheet.groups) - len(free)
        for verdict in judge(free, self._rule, self._session.scheme):
            cancel.raise_if_cancelled()
            self._seen += 1
            progress(self._seen)
            why = verdict.why or ("" if verdict.is_rejection else self._unproved(verdict.group))
            why = why or self._misfit(verdict.group, verdict.picks or {})
            if why or verdict.picks is None:
                self._left[why] += 1
                continue
            said = Remarks(rule=self._rule.name)
            plan.items.append(PickedGroup(verdict.group, verdict.picks, said=said, winners=verdict.winners))
        plan = self._with_nothing(sheet, plan)
        replaced = {d.uid for item in plan.items for d in sheet.standings.replaced_by(item.group)}
        if plan.nothing is not None:
            replaced.update(decision.uid for decision in sheet.standings.nothing)
        plan.withdrawn[:] = [decision for decision in plan.withdrawn if decision.uid not in replaced]
        self._count(sheet, plan)

    def _count(self, sheet: Sheet, plan: ReviewPlan) -> None:
        groups, carriers, scheme = sheet.group_index.by_key, plan.carriers(), self._session.scheme
        kept = [item for item in plan.items if item.picks]
        self._counts["decided"] += len(plan.items)
        self._counts["rejected"] += len(plan.items) - len(kept)
        self._counts["torn"] += sum(is_disputed(item.group, groups, carriers, scheme) for item in kept)
        self._counts["documents"] += bool(plan.items or plan.withdrawn)
        self._counts["withdrawn"] += len(plan.withdrawn)
        self._counts["empty"] += plan.nothing is not None
        is_finishing = not plan.items and not plan.withdrawn and sheet.is_overdue
        self._counts["finished"] += is_finishing
        if plan.items or plan.withdrawn or plan.nothing is not None or is_finishing:
            self.plans[sheet.document] = plan

    def _with_nothing(self, sheet: Sheet, plan: ReviewPlan) -> ReviewPlan:
        """Return the plan with the decision that there is nothing to mark, if that is what the rule says."""
        said = sheet.standings.nothing
        redo = self._again and bool(said) and not sheet.groups and not any(item.is_by_person for item in said)
        if not (sheet.is_unmarked or (redo and sheet.readers)):
            return plan
        why = judge_empty(len(sheet.readers), self._rule)
        if why:
            self._left_empty[why] += 1
            return plan
        return plan._replace(nothing=Remarks(rule=self._rule.name))

    def _free(self, sheet: Sheet, plan: ReviewPlan) -> list[Group]:
        """Return the groups that the rule may decide; add to the plan the decisions to withdraw if it doesn't."""
        free: list[Group] = []
        for item in sheet.groups:
            earlier = sheet.standings.replaced_by(item)
            if not earlier or (self._again and not any(decision.is_by_person for decision in earlier)):
                free.append(item)
                plan.withdrawn.extend(earlier)
        if self._again:
            outlived = (*sheet.standings.orphans, *sheet.standings.nothing)
            plan.withdrawn.extend(decision for decision in outlived if not decision.is_by_person)
        plan.withdrawn[:] = {decision.uid: decision for decision in plan.withdrawn}.values()
        return free

    def _misfit(self, found: Group, picks: Picks) -> str:
        """Return why a correction can't follow the range: the winners may supply the two from different versions."""
        if len({version.fragments for version in found.versions.values()}) == 1 or not picks:
            return ""
        text = self._session.reader.document(found.document).text
        try:
            compose(found, picks, scheme=self._session.scheme, text=text, time="")
        except MisfitCorrection:
            return "the winning correction was made for another range"
        return ""

    def _unproved(self, found: Group) -> str:
        """Return why a group can't be put into gold by a rule: imported evidence may not match its document."""
        for proof in (proof for version in found.versions.values() for proof in version.evidence):
            try:
                check_quote(self._session.reader.document(proof.document).text, proof.fragments, proof.quote)
            except EditRejected:
                return "a piece of evidence doesn't match its document"
        return ""

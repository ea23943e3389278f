"""Reviewing an open project: the groups of each document, their status, and deciding them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.core.annotation import Annotation, Relation
from app.core.decision import GOLD, Decision, Outcome
from app.core.errors import EditRejected
from app.core.progress import CancelToken
from app.core.state import DocumentState
from app.core.wording import counted, shorten
from app.review.automerge import Rule
from app.review.decision_status import StandingsBuilder, standings
from app.review.gold_composition import Picks
from app.review.groups import Group
from app.services.review.decision_edits import DocumentReview, quoted
from app.services.review.own_relations import RelationReview
from app.services.review.rule_plans import AutoResult, RulePlans
from app.services.review.sheets import Added, GoldState, PickedGroup, Remarks, ReviewPlan, Sheet, readings_of, sheet_of
from app.session.actions import Action, Compound, Release, WithdrawRelease
from app.session.events import Event, Topic
from app.session.executor import Executor
from app.session.session import Session
from app.storage.ready_snapshots import ReadySnapshots, read_ready_snapshots

__all__ = [
    "Added",
    "AutoResult",
    "ReadySnapshots",
    "Reviewer",
    "Remarks",
    "Sheet",
    "PickedGroup",
    "readings_of",
    "sheet_of",
]

_GROUPS_A_LOG_ROW = 5_000
"""A bulk decision is one undoable step; beyond this many groups it is logged in several rows."""


class ChangedDecisions(NamedTuple):
    """Decisions that are withdrawn or not what they were, and new ones."""

    gone: list[Decision]
    come: list[Decision]


class FollowedSheet(NamedTuple):
    """A sheet after decisions, and the keys of the groups that these are about."""

    sheet: Sheet
    keys: set[str]
    change: ChangedDecisions


class Reviewer:
    """Review of an open project by the session's annotator. Each method that decides is one undoable step.

    These methods raise EditRejected and ProjectError; then nothing was changed.
    """

    def __init__(self, session: Session, present_sheet: Callable[[str], Sheet | None] | None = None) -> None:
        """Review a project; `present_sheet` returns the caller's up-to-date sheet of a document (uid), which then
        needn't be read and grouped again, or None.
        """
        self._session = session
        self._present_sheet = present_sheet
        self._decisions = session.executor.review.decisions

    # -- looking -------------------------------------------------------------------------------------------------------

    def sheet(self, document: str) -> Sheet:
        """Return the sheet of a document (uid). Raises EditRejected if it isn't in the project."""
        return sheet_of(self._session.executor.record(document), self._session)

    def sheets(self) -> Iterator[Sheet]:
        """Yield the sheets of all documents that someone finished or that have decisions, from one snapshot of the
        project, in order of import.
        """
        for record in self._session.reader.records(with_text=False):
            found = sheet_of(record, self._session)
            if found.readers or found.decisions:
                yield found

    def decided_sheet(self, sheet: Sheet) -> Sheet:
        """Return an up-to-date sheet after decisions on its document: its groups are as they were."""
        decisions = tuple(self._decisions.of_document(sheet.document))
        state = self.gold_state(sheet.document)
        return sheet._replace(decisions=decisions, standings=standings(sheet.groups, decisions), gold=state)

    def follow(self, sheet: Sheet, decisions: Iterable[str]) -> FollowedSheet:
        """Return a whole sheet after these decisions (uids) were made or withdrawn, in that order.

        Only their groups are looked at.
        """
        change = self.changed_decisions(sheet.decisions, decisions)
        builder, index = StandingsBuilder.of(sheet.standings), sheet.group_index
        keys = builder.change(change.gone, change.come, index.by_key, index.by_source)
        gone = {decision.uid for decision in change.gone}
        left = [d for d in sheet.decisions if d.uid not in gone] if gone else sheet.decisions
        now = sheet._replace(
            decisions=(*left, *change.come),
            standings=builder.standings(are_all=True),
            gold=self.gold_state(sheet.document),
        )
        return FollowedSheet(now, keys, change)

    def changed_decisions(self, known: Iterable[Decision], uids: Iterable[str]) -> ChangedDecisions:
        """Return which of the known decisions are no more what they were, and which are new, of these (uids)."""
        uids = tuple(uids)
        gone = [decision for decision in known if decision.uid in uids]
        return ChangedDecisions(gone, [found for uid in uids if (found := self._decisions.find(uid)) is not None])

    def gold_state(self, document: str) -> GoldState:
        """Return how far the gold of a document (uid) is."""
        gold = self.gold(document)
        return GoldState(gold.status, len(gold.annotations))

    def gold(self, document: str) -> DocumentState:
        """Return the gold state of a document (uid)."""
        return self._session.executor.load(document, GOLD)

    def releases(self) -> set[str]:
        """Return the uids of the documents whose gold is released."""
        return set(self._decisions.releases())

    def ready_snapshots(self, document: str, cancel: CancelToken | None = None) -> ReadySnapshots | None:
        """Return what the first decision on a document (uid) will keep; None if there is nothing to be read for it.

        Raises DamagedRow, ProjectError and Cancelled.
        """
        return read_ready_snapshots(self._session.project, document, cancel)

    def have_ready(self, snapshots: ReadySnapshots | None) -> None:
        """Take what was read for the first decision on a document, so that it needn't read that itself."""
        self._session.executor.review.have_ready(snapshots)

    # -- deciding ------------------------------------------------------------------------------------------------------

    def take(self, found: Group, picks: Picks, *, own: Annotation | None = None, said: Remarks | None = None) -> None:
        """Decide a group: put into gold what the picks compose of its versions and the reviewer's own values."""
        taken = PickedGroup(found, picks, own, said or Remarks())
        edits = self._document_review(found.document, deciding=1).carry_out(ReviewPlan([taken], []))
        self._perform(edits, f"Decide {quoted(found)}")

    def take_all(
        self,
        taken: Iterable[PickedGroup],
        *,
        title: str,
        added: Iterable[Added] = (),
        finished: Iterable[str] = (),
        progress: Callable[[int], None] = lambda done: None,
        cancel: CancelToken | None = None,
    ) -> int:
        """Decide many groups, and add annotations that no annotator had, in one step; return the number of both.

        `finished` are documents (uids) in which nothing is left to decide, whose gold is finished too. `progress` gets
        the number so far. The gold of each document is read once. Raises Cancelled too.
        """
        new: dict[str, list[Added]] = {}
        for item in added:
            new.setdefault(item.document, []).append(item)
        work: dict[str, ReviewPlan] = {document: ReviewPlan([], [], tuple(items)) for document, items in new.items()}
        for item in taken:
            work.setdefault(item.group.document, ReviewPlan([], [])).items.append(item)
        for document in finished:
            is_unmarked = self._sheet_now(document).is_unmarked
            work.setdefault(document, ReviewPlan([], [], nothing=Remarks() if is_unmarked else None))
        return self._bulk(work, title=title, progress=progress, cancel=cancel)

    def reject(self, found: Group, said: Remarks) -> None:
        """Reject all versions of a group. That is a decision and counts as done."""
        edits = self._document_review(found.document, deciding=1).leave_out(found, Outcome.REJECTED, said)
        self._perform(edits, f"Reject {quoted(found)}")

    def defer(self, found: Group, said: Remarks) -> None:
        """Defer the decision on a group, which stays open."""
        edits = self._document_review(found.document, deciding=1).leave_out(found, Outcome.DEFERRED, said)
        self._perform(edits, f"Defer {quoted(found)}")

    def create(self, document: str, own: Annotation, said: Remarks, *, instead: Annotation | None = None) -> None:
        """Put into gold an annotation that no annotator had, in place of another one that the reviewer made."""
        old = self._decisions_on(document, instead.uid) if instead is not None else []
        plan = ReviewPlan([], old, (Added(document, own, said),))
        edits = self._document_review(document, deciding=0).carry_out(plan)
        self._perform(edits, f"Add “{shorten(own.quote)}” to gold")

    def relate(self, document: str, made: Relation, said: Remarks | None = None) -> None:
        """Add to gold of a document (uid) a relation between two annotations of gold, with its fields and comment."""
        self._perform(self._relations(document).relate(made, said or Remarks()), "Add a relation to gold")

    def change_relation(self, document: str, relation: Relation, said: Remarks | None = None) -> None:
        """Make a relation of a document's (uid) gold what it is to be."""
        edits = self._relations(document).change(relation, said or Remarks())
        self._perform(edits, "Change a relation of gold")

    def unrelate(self, document: str, relation: str) -> None:
        """Take a relation (uid) out of a document's (uid) gold."""
        self._perform(self._relations(document).unrelate(relation), "Take a relation out of gold")

    def _relations(self, document: str) -> RelationReview:
        return RelationReview(*self._document_review(document, deciding=0))

    def is_own(self, document: str, annotation: str) -> bool:
        """Return whether the reviewer made an annotation (uid) of a document's (uid) gold that no annotator had."""
        return any(decision.outcome is Outcome.CREATED for decision in self._decisions_on(document, annotation))

    def _decisions_on(self, document: str, annotation: str) -> list[Decision]:
        return [decision for decision in self._decisions.of_document(document) if decision.gold == annotation]

    def withdraw(self, decision: Decision) -> None:
        """Withdraw a decision and remove its gold, even if it isn't the newest action and can't be undone."""
        edits = self._document_review(decision.document, deciding=0).carry_out(ReviewPlan([], [decision]))
        self._perform(edits, "Withdraw decision")

    def auto(
        self,
        sheets: Iterable[Sheet],
        rule: Rule,
        *,
        again: bool = False,
        dry_run: bool = False,
        progress: Callable[[int], None] = lambda done: None,
        cancel: CancelToken | None = None,
    ) -> AutoResult:
        """Decide the open groups by a rule. A person's decisions, stale and deferred ones too, are always kept.

        Decisions of earlier rules are kept unless `again`, which decides their groups again and withdraws the decisions
        that this rule doesn't replace. `dry_run` only returns what would be done. `progress` gets the number of groups
        written so far. Raises EditRejected, ProjectError and Cancelled; then nothing was changed.
        """
        planned = RulePlans(self._session, rule, again=again).add(sheets, cancel)
        if not dry_run:
            title = f"Merge automatically: {rule.summary}"
            self._bulk(planned.plans, title=title, backup="merge", progress=progress, cancel=cancel)
        return planned.result()

    def finish(self, document: str, said: Remarks | None = None) -> None:
        """Finish a document's gold in which nothing is left to decide: if no one marked anything, with the decision
        that there is nothing to mark.

        Raises EditRejected while a group is open, if no one has finished the document, and if gold is finished.
        """
        review = self._document_review(document)
        sheet = review.sheet
        count = sheet.undecided + len(sheet.standings.orphans)
        if count:
            groups = counted(count, "group of this document isn't", "groups of this document aren't")
            raise EditRejected(f"{groups} decided yet", hint="decide or reject the rest")
        if not sheet.readers:
            raise EditRejected("no one has finished this document yet", hint="finish it in Annotate first (Ctrl+Enter)")
        if sheet.gold.status.is_finished:
            raise EditRejected("gold of this document is finished already")
        plan = ReviewPlan([], [], nothing=said or Remarks() if sheet.is_unmarked else None)
        title = "Nothing to mark in a document" if sheet.is_unmarked else "Finish gold of a document"
        self._perform(review.carry_out(plan), title)

    def release(self, documents: Sequence[str]) -> None:
        """Let the annotators of documents (uids) see gold beside their own annotations."""
        self._session.perform(
            Release(tuple(documents), self._reviewer()), title=f"Release {counted(len(documents), 'document')}"
        )

    def withdraw_release(self, documents: Sequence[str]) -> None:
        """Hide gold from the annotators of documents (uids) again."""
        title = f"Withdraw release of {counted(len(documents), 'document')}"
        self._session.perform(WithdrawRelease(tuple(documents)), title=title)

    def log_reveal(self, document: str) -> None:
        """Record that the reviewer revealed the annotators' names in a document. This isn't an undoable action."""
        self._session.require_writable()
        key = self._session.reader.documents.key_of(document)
        if key is None:
            return
        reviewer = self._reviewer()

        def write(executor: Executor) -> None:
            person = executor.annotations.ensure_annotator(reviewer)
            executor.review.decisions.log_reveal(key, reviewer=person)

        self._session.note(write)

    # -- helpers -------------------------------------------------------------------------------------------------------

    def _perform(self, edits: Sequence[Action], title: str) -> None:
        self._session.perform(Compound(tuple(edits)), title=title)

    def _sheet_now(self, document: str, *, deciding: int | None = None) -> Sheet:
        """Return the present sheet of a document, one that isn't whole only if more groups than `deciding` are open:
        then gold can't be finished by deciding so many.
        """
        sheet = self._present_sheet(document) if self._present_sheet is not None else None
        if sheet is not None and (sheet.is_whole or (deciding is not None and deciding < sheet.undecided)):
            return sheet
        return self.sheet(document)

    def _document_review(self, document: str, *, deciding: int | None = None) -> DocumentReview:
        sheet = self._sheet_now(document, deciding=deciding)
        return DocumentReview(sheet, self.gold(document), self._session.scheme, self._reviewer())

    def _reviewer(self) -> str:
        if not self._session.annotator:
            raise EditRejected("no annotator is set", hint="set your name first")
        return self._session.annotator

    def _bulk(
        self,
        work: Mapping[str, ReviewPlan],
        *,
        title: str,
        backup: str = "",
        progress: Callable[[int], None],
        cancel: CancelToken | None,
    ) -> int:
        def write() -> int:
            count = 0
            with self._session.transaction(title, backup=backup, are_new=True, most=_GROUPS_A_LOG_ROW) as step:
                for document, plan in work.items():
                    if cancel is not None:
                        cancel.raise_if_cancelled()
                    decided = len(plan.items) + len(plan.added)
                    step.perform(self._document_review(document).carry_out(plan), weight=decided + len(plan.withdrawn))
                    step.next_row_if_full()
                    count += decided
                    progress(count)
                step.events.extend(
                    Event(topic, document, annotator=GOLD if topic is Topic.ANNOTATIONS else "")
                    for document in work
                    for topic in (Topic.ANNOTATIONS, Topic.DECISIONS)
                )
            return count

        return self._session.kept.written(write)

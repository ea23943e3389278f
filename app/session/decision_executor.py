"""Writes the actions of reviewers and leads: decisions, releases, assignments, records of merged work."""

from collections.abc import Collection

from app.core.clock import now
from app.core.decision import Decision
from app.core.edits import MigratedValues
from app.core.errors import EditRejected
from app.core.record import SetSnapshot
from app.core.three_way_merge import SetExchange
from app.session.actions import (
    Action,
    Assign,
    Compound,
    Decide,
    ForgetExchange,
    RecordExchange,
    RecordFinishDays,
    Release,
    UpdateDecision,
    UpdateSnapshot,
    WithdrawDecision,
    WithdrawRelease,
)
from app.session.events import Event, Topic
from app.storage.annotations import Annotations
from app.storage.assignments import Assignments
from app.storage.decisions import Decisions
from app.storage.documents import Documents
from app.storage.project import Project
from app.storage.ready_snapshots import ReadySnapshots

DecisionAction = (
    Decide
    | WithdrawDecision
    | UpdateDecision
    | UpdateSnapshot
    | Release
    | WithdrawRelease
    | Assign
    | RecordExchange
    | ForgetExchange
    | RecordFinishDays
)
_Outcome = tuple[Action, tuple[Event, ...]]


class DecisionExecutor:
    """Writes the actions of reviewers and leads. `perform` must be called inside `project.atomic()`."""

    def __init__(self, project: Project, documents: Documents, annotations: Annotations) -> None:
        self._project = project
        self._documents = documents
        self._annotations = annotations
        self.decisions = Decisions(project)
        self.assignments = Assignments(project)
        # Of whose sets a document has snapshots, by row numbers: none is ever deleted, and to look goes through them.
        self._snapshots: dict[int, set[int]] = {}
        self._ready: ReadySnapshots | None = None

    def have_ready(self, snapshots: ReadySnapshots | None) -> None:
        """Take what the first decision on a document will keep if its sets are as they were read; of one at a time."""
        self._ready = snapshots

    def forget(self) -> None:
        """Forget which snapshots there are: some may have been rolled back."""
        self._snapshots.clear()

    def perform(self, edit: DecisionAction) -> _Outcome:
        """Write one action; return its inverse and the events to publish. Raises EditRejected."""
        if isinstance(edit, Decide):
            return self._decide(edit)
        if isinstance(edit, WithdrawDecision):
            return self._withdraw(edit)
        if isinstance(edit, UpdateDecision):
            return self._update_decision(edit)
        if isinstance(edit, UpdateSnapshot):
            return self._update_snapshot(edit)
        if isinstance(edit, Assign):
            return self._assign(edit)
        if isinstance(edit, RecordExchange | ForgetExchange):
            return self._exchange(edit)
        if isinstance(edit, RecordFinishDays):
            return RecordFinishDays(edit.days, not edit.is_back), ()
        return self._release(edit)

    def _key(self, document: str) -> int:
        key = self._documents.key_of(document)
        if key is None:
            raise EditRejected("the document is no longer in the project", hint="undo what removed it first")
        return key

    def _decide(self, edit: Decide) -> _Outcome:
        decision = edit.decision
        if self.decisions.find(decision.uid) is not None:
            raise EditRejected(f"decision {decision.uid} already exists")
        key = self._key(decision.document)
        self._take_snapshots(key)
        reviewer = self._annotations.ensure_annotator(decision.reviewer)
        self.decisions.decide(decision, document=key, reviewer=reviewer)
        return WithdrawDecision(decision.uid), (_told(decision),)

    def _withdraw(self, edit: WithdrawDecision) -> _Outcome:
        decision = self.decisions.find(edit.uid)
        if decision is None:
            raise EditRejected("the decision is no longer valid")
        reviewer = self._annotations.ensure_annotator(decision.reviewer)
        self.decisions.withdraw(decision, document=self._key(decision.document), reviewer=reviewer)
        return Decide(decision), (_told(decision),)

    def _update_decision(self, edit: UpdateDecision) -> _Outcome:
        """Add the decision's next row. One that was withdrawn in the meantime is skipped."""
        old = self.decisions.find(edit.decision.uid)
        if old is None:
            return Compound(()), ()
        reviewer = self._annotations.ensure_annotator(edit.decision.reviewer)
        self.decisions.decide(edit.decision, document=self._key(old.document), reviewer=reviewer)
        return UpdateDecision(old), (_told(old),)

    def _update_snapshot(self, edit: UpdateSnapshot) -> _Outcome:
        key, person = self._key(edit.document), self._annotations.find_annotator(edit.annotator)
        kept = self.decisions.snapshots_by_annotator(edit.document).get(edit.annotator)
        if kept is None or person is None:
            return Compound(()), ()
        annotations, ties = list(kept.annotations), list(kept.relations)
        gone = set(edit.out)
        back = [(at, annotation) for at, annotation in enumerate(annotations) if annotation.uid in gone]
        cut = set(edit.cut)
        loose = [(at, tie) for at, tie in enumerate(ties) if {tie.source, tie.target} & gone or tie.uid in cut]
        for at, _ in reversed(back):
            del annotations[at]
        for at, _ in reversed(loose):
            del ties[at]
        for at, annotation in edit.back:
            annotations.insert(at, annotation)
        for at, tie in edit.ties:
            ties.insert(at, tie)
        changes = {item.uid: item for item in edit.annotations}
        new = [
            changes[annotation.uid].of(annotation) if annotation.uid in changes else annotation
            for annotation in annotations
        ]
        restated = tuple(MigratedValues.between(b, a) for a, b in zip(annotations, new, strict=True) if a != b)
        self.decisions.replace_snapshot(key, person, SetSnapshot(tuple(new), tuple(ties)))
        out = tuple(annotation.uid for _, annotation in edit.back)
        added = {annotation.uid for _, annotation in edit.back}
        untie = tuple(tie.uid for _, tie in edit.ties if added.isdisjoint(tie.ends))
        inverse = UpdateSnapshot(edit.document, edit.annotator, restated, out, tuple(back), tuple(loose), untie)
        return inverse, (Event(Topic.DECISIONS, edit.document),)

    def _take_snapshots(self, key: int) -> None:
        """Keep every finished set of a document as it is at the first decision: agreement is measured on these."""
        kept = self._snapshots.get(key)
        if kept is None:
            kept = self._snapshots[key] = self.decisions.snapshot_annotators(key)
        wanted = {
            annotator: found
            for annotator in self.decisions.annotators_of([key])[key]
            if annotator not in kept
            and (found := self._annotations.set_of(key, annotator)) is not None
            and found.status.is_finished
        }
        if not wanted:
            if self._ready is not None and self._ready.document == key:
                self._ready = None  # it was kept
            return
        sets: dict[int, tuple[str, SetSnapshot | str]] = {**self._ready_sets(key, wanted)}
        unread = {annotator: found for annotator, found in wanted.items() if annotator not in sets}
        contents = self._annotations.load_sets(key, [found.key for found in unread.values()]) if unread else {}
        for annotator, found in unread.items():
            annotations, relations = contents[found.key]
            sets[annotator] = (found.scheme, SetSnapshot(tuple(annotations), tuple(relations)))
        self.decisions.add_snapshots(key, sets)
        kept.update(sets)

    def _ready_sets(self, key: int, wanted: Collection[int]) -> dict[int, tuple[str, str]]:
        """Return those snapshots that were read before and still are what the sets (of annotators) say."""
        ready = self._ready
        if ready is None or ready.document != key or not ready.holds(self._project.connection):
            return {}
        return {annotator: content for annotator, content in ready.sets.items() if annotator in wanted}

    def _release(self, edit: Release | WithdrawRelease) -> _Outcome:
        released = self.decisions.releases()
        if isinstance(edit, Release):
            changed = tuple(d for d in edit.documents if d not in released)
            reviewer = self._annotations.ensure_annotator(edit.reviewer)
            for document in changed:
                self.decisions.release(self._key(document), reviewer=reviewer, time=now())
            inverse: Action = WithdrawRelease(changed)
        else:
            changed = tuple(d for d in edit.documents if d in released)
            for document in changed:
                self.decisions.end_release(self._key(document))
            by: dict[str, list[str]] = {}
            for document in changed:
                by.setdefault(released[document].reviewer, []).append(document)
            inverse = Compound(tuple(Release(tuple(documents), reviewer) for reviewer, documents in by.items()))
        return inverse, tuple(Event(Topic.RELEASES, document) for document in changed)

    def _assign(self, edit: Assign) -> _Outcome:
        present = {(d, name) for name, documents in self.assignments.assignments().items() for d in documents}
        begin = tuple(pair for pair in edit.begin if pair not in present)
        end = tuple(pair for pair in edit.end if pair in present)
        # There may be very many pairs of few people, so each is looked up once.
        documents = {uid: self._key(uid) for uid in dict.fromkeys(uid for uid, _ in (*begin, *end))}
        people = {
            name: self._annotations.ensure_annotator(name) for name in dict.fromkeys(who for _, who in (*begin, *end))
        }
        self.assignments.assign([(documents[uid], people[name]) for uid, name in begin])
        self.assignments.unassign([(documents[uid], people[name]) for uid, name in end])
        return Assign(begin=end, end=begin), (Event(Topic.ASSIGNMENTS),)

    def _exchange(self, edit: RecordExchange | ForgetExchange) -> _Outcome:
        is_new = isinstance(edit, RecordExchange)
        for item in edit.exchanges:
            key = self._key(item.document)
            person = self._annotations.ensure_annotator(item.annotator)
            write = self.assignments.remember if is_new else self.assignments.forget
            write(key, person, SetExchange(item.file, item.digest, item.head, item.seconds))
            found = self._annotations.set_of(key, person) if item.spent else None
            if found is not None:
                self._annotations.add_seconds(found.key, item.spent if is_new else -item.spent)
        return ForgetExchange(edit.exchanges) if is_new else RecordExchange(edit.exchanges), ()


def _told(decision: Decision) -> Event:
    return Event(Topic.DECISIONS, decision.document, decisions=(decision.uid,))

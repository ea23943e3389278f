"""Reviewing an open project: the groups of each document, how far they are, and deciding them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, Relation, Status
from app.core.clock import now
from app.core.decision import GOLD, Decision, Outcome, Reason
from app.core.edits import AddAnnotation, AddRelation, Batch, Edit, RemoveAnnotation, RemoveRelation, SetStatus
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.record import DocumentRecord
from app.core.state import DocumentState
from app.review.automerge import Rule, Verdict, judge
from app.review.composing import REVIEWER, Picks, compose, outcome_of
from app.review.grouping import Group, group
from app.review.readings import Reading, Readings
from app.review.standing import Standing, Standings, standings
from app.session.project_edits import Decide, ProjectEdit, Release, Together, Unrelease, Withdraw, Work
from app.session.session import Session

_GROUPS_A_STEP = 5_000
"""One bulk decision is one undoable step, unless it is about more groups than this: a log row has its limits."""


class Sheet(NamedTuple):
    """One document under review: who finished it, the groups, how far they are, and gold as it stands.

    `waiting` are those who began the document and haven't finished it.
    """

    document: str
    readers: tuple[str, ...]
    waiting: tuple[str, ...]
    groups: tuple[Group, ...]
    standings: Standings
    decisions: tuple[Decision, ...]

    def open_groups(self) -> list[Group]:
        """Return the groups that need a decision, stale and deferred ones included."""
        return [found for found in self.groups if self.standings.of(found)[0] is not Standing.DECIDED]

    @property
    def is_settled(self) -> bool:
        """Whether every group is decided."""
        return not self.open_groups() and not self.standings.orphans


class Said(NamedTuple):
    """What a reviewer says of a group beside who supplies which field."""

    reason: Reason | None = None
    note: str = ""
    unclear: bool = False
    rule: str = ""


class Taken(NamedTuple):
    """A group with the picks that make its gold; `own` holds the reviewer's own values. No picks: it is rejected."""

    group: Group
    picks: Picks
    own: Annotation | None = None
    said: Said = Said()


class Added(NamedTuple):
    """What goes into gold though nobody had marked it."""

    document: str
    own: Annotation
    said: Said = Said()


class AutoResult(NamedTuple):
    """What a rule did: `kept` groups had a decision, `left` remain with the reason, counted."""

    decided: int
    kept: int
    left: Mapping[str, int]
    documents: int


def sheet_of(record: DocumentRecord, session: Session) -> Sheet:
    """Return the sheet of a streamed document; its text may be missing."""
    readings, waiting = readings_of(record)
    groups = group(readings, session.scheme)
    return Sheet(
        document=record.document.uid,
        readers=tuple(sorted(readings.by)),
        waiting=waiting,
        groups=groups,
        standings=standings(groups, record.decisions),
        decisions=record.decisions,
    )


def readings_of(record: DocumentRecord, *, length: int | None = None) -> tuple[Readings, tuple[str, ...]]:
    """Return what people and programs finished of a document, and who has begun and not finished it."""
    by = {
        item.annotator: Reading(item.annotations, item.relations)
        for item in record.sets
        if item.kind != GOLD and item.status.is_finished
    }
    waiting = tuple(
        item.annotator for item in record.sets if item.kind != GOLD and item.status is Status.OPEN and item.annotations
    )
    return Readings(record.document.uid, len(record.document.text) if length is None else length, by), waiting


class Reviewing:
    """A reviewer's hand in an open project. Everything it does is one undoable step of the reviewer's."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._decisions = session.performer.review.decisions

    # -- looking -------------------------------------------------------------------------------------------------------

    def sheet(self, document: str) -> Sheet:
        """Return the sheet of a document (uid). Raises EditRejected if it isn't there."""
        return sheet_of(self._record(document), self._session)

    def _record(self, document: str) -> DocumentRecord:
        return self._session.performer.record(document)

    def sheets(self) -> Iterator[Sheet]:
        """Yield the sheets of all documents that anybody finished, in order of import, from one moment."""
        for record in self._session.records(with_text=False):
            found = sheet_of(record, self._session)
            if found.readers or found.decisions:
                yield found

    def gold(self, document: str) -> DocumentState:
        """Return gold of a document."""
        return self._session.performer.load(document, GOLD)

    def releases(self) -> set[str]:
        """Return the uids of the documents whose gold their annotators may see."""
        return set(self._decisions.releases())

    # -- deciding ------------------------------------------------------------------------------------------------------

    def take(self, found: Group, picks: Picks, *, own: Annotation | None = None, said: Said | None = None) -> None:
        """Put into gold what the picks make of a group. Raises EditRejected or ProjectError; nothing changed then."""
        taken = Taken(found, picks, own, said or Said())
        self._perform(found.document, [taken], title=f"Decide {_quoted(found)}")

    def take_all(
        self,
        taken: Iterable[Taken],
        *,
        title: str,
        added: Iterable[Added] = (),
        progress: Callable[[int], None] = lambda done: None,
    ) -> int:
        """Decide many groups in one step; return how many. The gold of each document is read once."""
        by: dict[str, list[Taken]] = {}
        for item in taken:
            by.setdefault(item.group.document, []).append(item)
        for item in added:
            by.setdefault(item.document, [])
        news: dict[str, list[Added]] = {}
        for item in added:
            news.setdefault(item.document, []).append(item)
        edits: list[ProjectEdit] = []
        count = waiting = parts = 0
        for document, items in by.items():
            edits.extend(self._edits(document, items, news.get(document, ())))
            count += len(items) + len(news.get(document, ()))
            waiting += len(items)
            if waiting >= _GROUPS_A_STEP:
                parts += 1
                self._session.perform(Together(tuple(edits)), title=f"{title} (part {parts})")
                edits, waiting = [], 0
            progress(count)
        if edits:
            title = f"{title} (part {parts + 1})" if parts else title
            self._session.perform(Together(tuple(edits)), title=title)
        return count

    def reject(self, found: Group, said: Said) -> None:
        """Say that none of the versions stands. That is a decision and counts as done."""
        self._perform(found.document, [Taken(found, {}, said=said)], title=f"Reject {_quoted(found)}")

    def defer(self, found: Group, said: Said) -> None:
        """Say that it shall be decided later; gold that was there goes."""
        gold = self.gold(found.document)
        old = self.sheet(found.document).standings.of(found)[1]
        edits = self._removal(gold, old.gold) if old is not None else []
        edits.extend(self._status(gold, done=False))
        actions: list[ProjectEdit] = [Work(found.document, GOLD, Batch(tuple(edits)))] if edits else []
        if old is not None:
            actions.append(Withdraw(old.uid))
        actions.append(Decide(self._decision(found, said, Outcome.DEFERRED, {}, None)))
        self._session.perform(Together(tuple(actions)), title=f"Defer {_quoted(found)}")

    def create(self, document: str, own: Annotation, said: Said) -> None:
        """Put into gold what nobody had marked."""
        title = f"Add “{_short(own.quote)}” to gold"
        self._session.perform(Together(tuple(self._edits(document, (), [Added(document, own, said)]))), title=title)

    def _created(self, item: Added, readers: Sequence[str]) -> tuple[Annotation, Decision]:
        made = msgspec.structs.replace(item.own, uid=new_uid(), origin="review", created=now(), updated=now())
        decision = Decision(
            uid=new_uid(),
            document=item.document,
            layer=made.layer,
            key=f"created:{made.uid}",
            outcome=Outcome.CREATED,
            reviewer=self._reviewer(),
            time=now(),
            labels=(made.label,),
            gold=made.uid,
            fields={"range": REVIEWER, "label": REVIEWER},
            votes=dict.fromkeys(readers),
            reason=item.said.reason,
            note=item.said.note.strip(),
            unclear=item.said.unclear,
        )
        return made, decision

    def withdraw(self, decision: Decision) -> None:
        """Take back a decision, with its gold, that isn't the newest action any more."""
        gold = self.gold(decision.document)
        edits = self._removal(gold, decision.gold)
        work: list[ProjectEdit] = [Work(decision.document, GOLD, Batch(tuple(edits)))] if edits else []
        self._session.perform(Together((*work, Withdraw(decision.uid))), title="Withdraw a decision")

    def auto(self, sheets: Iterable[Sheet], rule: Rule, *, again: bool = False) -> AutoResult:
        """Decide by a rule what is open. A person's decisions, stale and deferred ones too, are always kept; those of
        earlier rules are kept unless `again`, which decides them anew.
        """
        taken: list[Taken] = []
        kept = 0
        left: dict[str, int] = {}
        documents: set[str] = set()
        for found in sheets:
            free: list[Group] = []
            for item in found.groups:
                decision = found.standings.of(item)[1]
                if decision is None or (again and not decision.is_person_s):
                    free.append(item)
                else:
                    kept += 1
            for verdict in judge(free, rule, self._session.scheme):
                if verdict.picks is None:
                    left[verdict.why] = left.get(verdict.why, 0) + 1
                else:
                    taken.append(Taken(verdict.group, verdict.picks, said=Said(rule=rule.name)))
                    documents.add(found.document)
        decided = self.take_all(taken, title=f"Merge automatically: {rule.name}")
        return AutoResult(decided, kept, left, len(documents))

    def verdicts(self, sheets: Iterable[Sheet], rule: Rule) -> Iterator[Verdict]:
        """Yield what a rule would say of the groups without a decision; nothing is written."""
        for found in sheets:
            free = [item for item in found.groups if found.standings.of(item)[1] is None]
            yield from judge(free, rule, self._session.scheme)

    def finish(self, document: str) -> None:
        """Call a document's gold done. Raises EditRejected while a group is open."""
        sheet = self.sheet(document)
        if not sheet.is_settled:
            count = len(sheet.open_groups()) + len(sheet.standings.orphans)
            raise EditRejected(f"{count} groups of this document aren't decided yet", hint="decide or reject them")
        edits = self._status(self.gold(document), done=True)
        if edits:
            self._session.perform(Work(document, GOLD, Batch(tuple(edits))), title="Finish the gold of a document")

    def release(self, documents: Sequence[str]) -> None:
        """Let the annotators of documents see gold beside their own marks."""
        self._session.perform(Release(tuple(documents), self._reviewer()), title=_counted("Release", documents))

    def take_back_release(self, documents: Sequence[str]) -> None:
        """Hide gold from the annotators of documents again."""
        self._session.perform(Unrelease(tuple(documents)), title=_counted("Take back the release of", documents))

    def log_reveal(self, document: str) -> None:
        """Keep that the reviewer looked behind the letters of a document. Not an action that could be undone."""
        self._session.require_writable()
        key = self._session.documents.key_of(document)
        if key is None:
            return
        with self._session.project.atomic():
            person = self._session.performer.annotations.ensure_annotator(self._reviewer())
            self._decisions.log_reveal(key, reviewer=person)

    # -- how -----------------------------------------------------------------------------------------------------------

    def _reviewer(self) -> str:
        if not self._session.annotator:
            raise EditRejected("nobody is working here yet", hint="say who you are first")
        return self._session.annotator

    def _perform(self, document: str, items: Sequence[Taken], *, title: str) -> None:
        self._session.perform(Together(tuple(self._edits(document, items))), title=title)

    def _edits(self, document: str, items: Sequence[Taken], added: Sequence[Added] = ()) -> list[ProjectEdit]:
        """Return the edits that decide groups of one document: gold first, then the decisions."""
        sheet = self.sheet(document)
        gold = self.gold(document)
        text = self._session.document(document).text
        scheme = self._session.scheme
        edits: list[Edit] = []
        decisions: list[ProjectEdit] = []
        made: dict[str, str] = {}  # key of a group to the uid of its gold
        for item in items:
            old = sheet.standings.of(item.group)[1]
            if old is not None:
                edits.extend(self._removal(gold, old.gold))
                decisions.append(Withdraw(old.uid))
            if not item.picks:
                rejected = self._decision(item.group, item.said, Outcome.REJECTED, {}, None)
                decisions.append(Decide(rejected))
                continue
            annotation, supplied = compose(item.group, item.picks, scheme=scheme, text=text, time=now(), own=item.own)
            edits.append(AddAnnotation(annotation))
            made[item.group.key] = annotation.uid
            outcome = outcome_of(item.group, supplied)
            decisions.append(Decide(self._decision(item.group, item.said, outcome, supplied, annotation.uid)))
        for item in added:
            annotation, decision = self._created(item, sheet.readers)
            edits.append(AddAnnotation(annotation))
            decisions.append(Decide(decision))
        edits.extend(AddRelation(relation) for relation in _ties(sheet, items, made))
        empties = (
            not made and not added and len(gold.annotations) == sum(isinstance(e, RemoveAnnotation) for e in edits)
        )
        done = self._settles(sheet, [item.group.key for item in items])
        edits.extend(self._status(gold, done=done, empty=empties))
        work: list[ProjectEdit] = [Work(document, GOLD, Batch(tuple(edits)))] if edits else []
        return [*work, *decisions]

    def _settles(self, sheet: Sheet, decided: Iterable[str]) -> bool:
        keys = set(decided)
        return not sheet.standings.orphans and all(found.key in keys for found in sheet.open_groups())

    def _decision(
        self, found: Group, said: Said, outcome: Outcome, supplied: Mapping[str, str], gold: str | None
    ) -> Decision:
        return Decision(
            uid=new_uid(),
            document=found.document,
            layer=found.layer,
            key=found.key,
            outcome=outcome,
            reviewer=self._reviewer(),
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

    def _removal(self, gold: DocumentState, uid: str | None) -> list[Edit]:
        """Return the edits that take an annotation out of gold, with the relations that end at it."""
        if uid is None or uid not in gold.annotations:
            return []
        ties = [RemoveRelation(tie.uid) for tie in gold.relations.values() if uid in (tie.source, tie.target)]
        return [*ties, RemoveAnnotation(uid)]

    def _status(self, gold: DocumentState, *, done: bool, empty: bool = False) -> list[Edit]:
        """Return the edit that gives gold its status: done once every group is decided, open until then."""
        status = Status.OPEN
        if done:
            status = Status.DONE_EMPTY if empty else Status.DONE
        return [SetStatus(status)] if status is not gold.status else []


def _ties(sheet: Sheet, items: Sequence[Taken], made: Mapping[str, str]) -> Iterator[Relation]:
    """Yield the relations of the versions whose label was taken, where both ends are in gold by now."""
    ends = {key: uid for key, uid in made.items()}
    for found in sheet.groups:
        decision = sheet.standings.of(found)[1]
        if found.key not in ends and decision is not None and decision.gold and decision.key == found.key:
            ends[found.key] = decision.gold
    takers = {item.group.key: _base(item) for item in items}
    for found in sheet.groups:
        for tie in found.ties:
            if found.key not in ends or tie.target not in ends or not {found.key, tie.target} & made.keys():
                continue
            base = takers.get(found.key) or takers.get(tie.target)
            if base in tie.by:
                yield Relation(uid=new_uid(), source=ends[found.key], target=ends[tie.target], label=tie.label)


def _base(item: Taken) -> str | None:
    """Return the annotator whose relations go with a decision: the one whose label was taken."""
    uid = item.picks.get("relation") or item.picks.get("label")
    return next((name for name, version in item.group.versions.items() if version.uid == uid), None)


def _quoted(found: Group) -> str:
    first = next(iter(found.versions.values()))
    return f"“{_short(first.quote)}”"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"


def _counted(verb: str, documents: Sequence[str]) -> str:
    return f"{verb} {len(documents)} {'document' if len(documents) == 1 else 'documents'}"

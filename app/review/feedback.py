"""How an annotator's annotations were reviewed: each is compared with gold and the decision, without naming others."""

from collections.abc import Iterable, Mapping, Sequence, Set
from enum import StrEnum
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.decision import GOLD, Decision, Outcome, Reason
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.review.fields import CORRECTION, Field, FieldRules, rules_of
from app.review.fitted_correction import corrects_alike
from app.review.groups import Group, group
from app.review.readings import Reading, Readings


class ReviewOutcome(StrEnum):
    """How an annotation was reviewed; `MISSED` is a gold annotation that the annotator didn't have."""

    KEPT = "kept"
    CHANGED = "changed"
    REJECTED = "rejected"
    MISSED = "missed"
    UNDECIDED = "undecided"

    @property
    def is_difference(self) -> bool:
        """Whether gold differs from the annotator."""
        return self in (ReviewOutcome.CHANGED, ReviewOutcome.REJECTED, ReviewOutcome.MISSED)


class Ruling(NamedTuple):
    """The decision of a reviewer or a rule on a group, without names.

    `had` of `of` annotators had annotated something there; both are 0 if the decision doesn't record it.
    """

    outcome: Outcome
    reason: Reason | None
    note: str
    unclear: bool
    rule: str
    had: int
    of: int

    @classmethod
    def of_decision(cls, decision: Decision) -> "Ruling":
        """Return a decision without the names in it."""
        votes = decision.votes
        had = sum(uid is not None for uid in votes.values())
        said = (decision.outcome, decision.reason, decision.note, decision.unclear, decision.rule)
        return cls(*said, had, len(votes))


class Verdict(NamedTuple):
    """An annotation of the annotator, or one that they missed, beside its gold.

    `annotation` is what was decided on, None if missed; `gold` is None if it wasn't kept. `changes` are the fields in
    which the two differ, including those that don't count, which alone leave the annotation kept. `twins` are the uids
    of exact duplicates.
    """

    document: str
    layer: str
    fate: ReviewOutcome
    annotation: Annotation | None
    gold: Annotation | None
    changes: tuple[Field, ...] = ()
    ruling: Ruling | None = None
    twins: tuple[str, ...] = ()

    @property
    def shown(self) -> Annotation:
        """The annotator's annotation, or the gold that they missed."""
        found = self.annotation or self.gold
        assert found is not None  # at least one of them is always present
        return found


class LabelTally(NamedTuple):
    """How annotations with one label were reviewed; `missed` counts gold of that label. A total has no label."""

    layer: str
    label: str
    kept: int = 0
    changed: int = 0
    rejected: int = 0
    missed: int = 0
    undecided: int = 0

    @property
    def decided(self) -> int:
        """How many of the annotator's annotations were decided."""
        return self.kept + self.changed + self.rejected

    @property
    def rate(self) -> float | None:
        """The overturn rate: the share of decided annotations that gold doesn't keep unchanged; None if none was
        decided.
        """
        return (self.changed + self.rejected) / self.decided if self.decided else None

    @property
    def why_no_rate(self) -> str:
        """Why there is no rate; empty if there is one."""
        if self.decided:
            return ""
        if self.undecided:
            return "nothing decided yet"
        return "only missed" if self.missed else "no marks"


def verdicts(
    record: DocumentRecord,
    annotator: str,
    scheme: Scheme,
    *,
    frozen: Iterable[Annotation] | None = None,
    present: Set[str] = frozenset(),
) -> tuple[Verdict, ...]:
    """Return the verdicts on an annotator's work in a document that they finished, in text order.

    `frozen` are their annotations as they were when review began; `present` are the keys of the document's current
    groups, which show whether a decision is about the current annotations. Gold without a decision that involves the
    annotator, because it came from a file or they finished late, is matched with their undecided annotations by
    overlap. Where gold is done and has no decisions at all, what it doesn't contain was rejected.
    """
    naming = _naming(record.decisions, annotator)
    annotations = _decided_on(record, annotator, frozen, naming, present)
    gold = {item.uid: item for item in record.gold.annotations} if record.gold else {}
    found: list[Verdict] = []
    loose: list[tuple[Annotation, tuple[str, ...]]] = []
    used: set[str] = set()
    for own in _groups(record, scheme, {annotator: annotations}):
        annotation = own.versions[annotator]
        decision = next((naming[uid] for uid in (annotation.uid, *own.twins) if uid in naming), None)
        if decision is None:
            loose.append((annotation, own.twins))
            continue
        kept = gold.get(decision.gold or "")
        if kept is not None:
            used.add(kept.uid)
        found.append(_ruled(record, scheme, annotation, kept, decision)._replace(twins=own.twins))
    deciding = record.deciding()
    left = [item for item in gold.values() if item.uid not in used]
    missed = [item for item in left if item.uid in deciding and annotator in deciding[item.uid].votes]
    found.extend(
        _missed(record, item, deciding[item.uid]) for item in missed if deciding[item.uid].votes[annotator] is None
    )
    asked = {item.uid for item in missed}
    found.extend(_matched(record, scheme, annotator, loose, [item for item in left if item.uid not in asked]))
    return tuple(sorted(found, key=_place))


def _naming(decisions: Iterable[Decision], annotator: str) -> dict[str, Decision]:
    """Return the newest decision on each annotation (uid) that was decided on."""
    naming: dict[str, Decision] = {}
    for decision in decisions:
        own = decision.votes.get(annotator)
        naming.update((uid, decision) for uid in (*decision.sources, *((own,) if own else ())))
    return naming


def _decided_on(
    record: DocumentRecord,
    annotator: str,
    frozen: Iterable[Annotation] | None,
    naming: Mapping[str, Decision],
    present: Set[str],
) -> list[Annotation]:
    """Return the annotator's annotations as the reviewer saw them.

    A decision whose group is unchanged was made on the current annotation, any other on the frozen one. Undecided
    annotations are shown as they are now.
    """
    current = next((s.annotations for s in record.sets if s.kind != GOLD and s.annotator == annotator), ())
    now = {item.uid: item for item in current}
    then = {item.uid: item for item in frozen or ()}
    chosen: list[Annotation] = []
    for uid in {**now, **then}:
        decision = naming.get(uid)
        if decision is not None and decision.key not in present and uid in then:
            chosen.append(then[uid])
        elif uid in now:
            chosen.append(now[uid])
        elif decision is not None:
            chosen.append(then[uid])
    return chosen


def _groups(record: DocumentRecord, scheme: Scheme, by: Mapping[str, Sequence[Annotation]]) -> tuple[Group, ...]:
    readings = {name: Reading(tuple(annotations)) for name, annotations in by.items()}
    return group(Readings(record.document.uid, len(record.document.text), readings), scheme)


def _ruled(
    record: DocumentRecord, scheme: Scheme, annotation: Annotation, gold: Annotation | None, decision: Decision
) -> Verdict:
    ruling = Ruling.of_decision(decision)
    if gold is not None:
        return _compared(record, scheme, annotation, gold)._replace(ruling=ruling)
    fate = ReviewOutcome.REJECTED if decision.outcome is Outcome.REJECTED else ReviewOutcome.UNDECIDED
    return Verdict(record.document.uid, annotation.layer, fate, annotation, None, ruling=ruling)


def changed_fields(
    fields: Iterable[Field], rules: FieldRules, annotation: Annotation, gold: Annotation, text: str
) -> tuple[Field, ...]:
    """Return the fields in which gold differs from an annotation; a correction that only follows its range doesn't."""
    return tuple(
        field
        for field in fields
        if not rules.same(field.id, annotation, gold)
        and not (field.id == CORRECTION and corrects_alike(text, annotation, gold))
    )


def _compared(record: DocumentRecord, scheme: Scheme, annotation: Annotation, gold: Annotation) -> Verdict:
    rules = rules_of(scheme, annotation.layer)
    changes = changed_fields(rules.fields, rules, annotation, gold, record.document.text)
    fate = ReviewOutcome.CHANGED if any(field.counts for field in changes) else ReviewOutcome.KEPT
    return Verdict(record.document.uid, annotation.layer, fate, annotation, gold, changes)


def _missed(record: DocumentRecord, gold: Annotation, decision: Decision | None) -> Verdict:
    ruling = Ruling.of_decision(decision) if decision is not None else None
    return Verdict(record.document.uid, gold.layer, ReviewOutcome.MISSED, None, gold, ruling=ruling)


def _matched(
    record: DocumentRecord,
    scheme: Scheme,
    annotator: str,
    loose: Sequence[tuple[Annotation, tuple[str, ...]]],
    gold: Sequence[Annotation],
) -> Iterable[Verdict]:
    """Yield the verdicts on annotations without a decision, and on gold made independently of the annotator."""
    deciding = record.deciding()
    # Finished gold without decisions, as in a bundle, contains everything that was accepted.
    is_whole = record.gold is not None and record.gold.status.is_finished and not record.decisions
    unnamed = ReviewOutcome.REJECTED if is_whole else ReviewOutcome.UNDECIDED
    twins = {annotation.uid: repeated for annotation, repeated in loose}
    for found in _groups(record, scheme, {annotator: [annotation for annotation, _ in loose], GOLD: gold}):
        annotation, kept = found.versions.get(annotator), found.versions.get(GOLD)
        decision = deciding.get(kept.uid) if kept is not None else None
        if annotation is None and kept is not None:
            yield _missed(record, kept, decision)
        elif annotation is not None:
            if kept is None:
                made = Verdict(record.document.uid, annotation.layer, unnamed, annotation, None)
            else:
                made = _compared(record, scheme, annotation, kept)
            ruling = Ruling.of_decision(decision) if decision is not None else None
            yield made._replace(twins=twins[annotation.uid], ruling=ruling)


def _place(verdict: Verdict) -> tuple[int, int, str, str]:
    shown = verdict.shown
    return (shown.start, shown.end, verdict.layer, shown.uid)


def overturn(found: Iterable[Verdict]) -> tuple[LabelTally, ...]:
    """Return by layer and label how annotations were reviewed and what was missed, sorted by these."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for verdict in found:
        row = counts.setdefault((verdict.layer, verdict.shown.label), {})
        row[verdict.fate.value] = row.get(verdict.fate.value, 0) + 1
    return tuple(LabelTally(layer, label, **counts[layer, label]) for layer, label in sorted(counts))


def total(rows: Iterable[LabelTally]) -> LabelTally:
    """Return the sum of all rows."""
    held = list(rows)
    sums = {fate.value: sum(getattr(row, fate.value) for row in held) for fate in ReviewOutcome}
    return LabelTally("", "", **sums)

"""What several annotators' work comes to without a reviewer: the marks of the majority, or every mark with its share.

Corresponding marks are those that review puts in one group. Nothing is decided for good: gold is what reviewers make.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, Relation, Status
from app.core.decision import GOLD
from app.core.record import DocumentRecord, PooledVotes, SetRecord
from app.core.scheme import Scheme
from app.core.state import reading_order
from app.review.automerge import Equal, MergeStrategy, Rule, judge
from app.review.fields import LABEL, rules_of
from app.review.gold_composition import by_votes, compose
from app.review.groups import Group, group
from app.review.readings import Reading, Readings
from app.review.votes import tally

MAJORITY_RULE = Rule(MergeStrategy.MAJORITY, Equal.LABEL, reject_unmarked=True)
"""More than half of those who finished a document must have given the label there, or none."""


class Pooling(StrEnum):
    """How several annotators' work becomes one set; also the name that stands for an annotator's."""

    MAJORITY = "majority"  # the marks that more than half made
    SOFT = "soft"  # every mark that anyone made, with the share of those who made it


class PooledWork(NamedTuple):
    """The set that a document's finished sets come to; None if fewer than two finished it, or all is undecided.

    `readers` are those who finished it; `undecided` are the groups without a majority either way.
    """

    item: SetRecord | None
    readers: tuple[str, ...]
    undecided: tuple[Group, ...] = ()


def pooled_work(
    record: DocumentRecord,
    scheme: Scheme,
    pooling: Pooling,
    *,
    layers: Collection[str] = (),
    annotators: Collection[str] = (),
) -> PooledWork:
    """Return what the finished sets of a document come to, in these layers and of these annotators (none means all)."""
    sets = [s for s in record.sets if s.kind != GOLD and s.status.is_finished]
    sets = [s for s in sets if not annotators or s.annotator in annotators]
    readers = tuple(sorted(item.annotator for item in sets))
    if len(readers) < 2:  # noqa: PLR2004  one is nobody's majority
        return PooledWork(None, readers)
    document = record.document
    by = {
        item.annotator: Reading(tuple(a for a in item.annotations if not layers or a.layer in layers), item.relations)
        for item in sets
    }
    groups = group(Readings(document.uid, document.length, by, document.name, text=document.text), scheme)
    undecided: list[Group] = []
    found: list[tuple[Group, Sequence[Annotation]]] = []
    for each, wins in _winners(groups, pooling, scheme, undecided):
        found.append((each, [_composed(each, versions, scheme, document.text) for versions in wins]))
    made = sorted((mark for _, marks in found for mark in marks), key=reading_order)
    if not made and undecided:
        return PooledWork(None, readers, tuple(undecided))
    owner = {mark.uid: each for each, marks in found for mark in marks}
    votes = {mark.uid: tally(mark, owner[mark.uid].versions.values(), scheme) for mark in made}
    item = SetRecord(
        annotator=pooling.value,
        kind=pooling.value,
        status=Status.DONE if made else Status.DONE_EMPTY,
        scheme=scheme.tag,
        seconds=0.0,
        annotations=tuple(made),
        relations=_relations(found, [reading.relations for reading in by.values()]),
        pooled=PooledVotes(len(readers), votes, is_soft=pooling is Pooling.SOFT),
    )
    return PooledWork(item, readers, tuple(undecided))


def _winners(
    groups: Sequence[Group], pooling: Pooling, scheme: Scheme, undecided: list[Group]
) -> Iterator[tuple[Group, Sequence[Mapping[str, Annotation]]]]:
    """Yield each group with the versions that a mark is made of: for soft labels, those of each label."""
    if pooling is Pooling.SOFT:
        for each in groups:
            yield (
                each,
                [
                    {name: version for name, version in each.versions.items() if version.label == label}
                    for label in each.labels
                ],
            )
        return
    for verdict in judge(groups, MAJORITY_RULE, scheme):
        if verdict.picks is None:
            undecided.append(verdict.group)
        elif verdict.picks:
            versions = verdict.group.versions
            yield verdict.group, [{name: versions[name] for name in verdict.winners}]


def _composed(found: Group, versions: Mapping[str, Annotation], scheme: Scheme, text: str) -> Annotation:
    """Return the mark that versions with one label come to, field by field by votes."""
    part = found._replace(versions=versions)
    picks = by_votes(part, rules_of(scheme, found.layer))
    uid = picks.get(LABEL, part.sources[0])
    made, _ = compose(part, picks, scheme=scheme, text=text, time="", uid=uid, drops_misfit=True)
    # Evidence gets ids of its own, which must be the same each time.
    proofs = tuple(msgspec.structs.replace(item, uid=f"{uid}-{at}") for at, item in enumerate(made.evidence, 1))
    return msgspec.structs.replace(made, evidence=proofs)


def _relations(
    found: Sequence[tuple[Group, Sequence[Annotation]]], relations: Sequence[Sequence[Relation]]
) -> tuple[Relation, ...]:
    """Return the relations that more than half have between marks of the same groups."""
    place = {uid: at for at, (each, _) in enumerate(found) for uid in (*each.sources, *each.twins)}
    first: dict[tuple[str, int, int], Relation] = {}
    times: Counter[tuple[str, int, int]] = Counter()
    for theirs in relations:
        mine: set[tuple[str, int, int]] = set()
        for tie in sorted(theirs, key=lambda each: each.uid):
            if tie.source in place and tie.target in place:
                key = (tie.label, place[tie.source], place[tie.target])
                mine.add(key)
                if key not in first or tie.uid < first[key].uid:
                    first[key] = tie
        times.update(mine)
    kept = [key for key in first if times[key] * 2 > len(relations)]
    return tuple(
        msgspec.structs.replace(first[key], source=found[key[1]][1][0].uid, target=found[key[2]][1][0].uid)
        for key in sorted(kept, key=lambda key: first[key].uid)
    )

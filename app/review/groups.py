"""Groups of corresponding annotations by different annotators, with their differences.

Per layer, overlapping annotations form a component; within it, annotators' annotations are matched one to one, so that
nested and adjacent ones find their own counterparts. Every annotation is in exactly one group.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, Relation
from app.core.scheme import Scheme
from app.review.fields import Difference, rules_of
from app.review.matches import ANCHOR_REACH, best_matching, overlaps
from app.review.readings import Readings
from app.review.ties import Chain, Lead, Tie, group_ties, leads

_LABEL_BONUS = 0.5  # an equal label decides between counterparts with about equal overlap


class Group(NamedTuple):
    """Versions of one annotation by annotator's name, at most one each, and what they differ in.

    `key` is a fingerprint: any other version, or other value of a field, gives another key. `readers` are all who
    finished the document. `twins` are uids of exact duplicates of a version by the same annotator. `ties` are relations
    that start here, `chains` those that it is in (see `ties`).
    """

    document: str
    layer: str
    key: str
    versions: Mapping[str, Annotation]
    readers: tuple[str, ...]
    differences: tuple[Difference, ...]
    ties: tuple[Tie, ...] = ()
    twins: tuple[str, ...] = ()
    chains: tuple[Chain, ...] = ()
    is_about_document: bool = False

    @property
    def start(self) -> int:
        """First code point that any version covers."""
        return min(version.start for version in self.versions.values())

    @property
    def end(self) -> int:
        """End of what the versions cover, exclusive."""
        return max(version.end for version in self.versions.values())

    @property
    def sources(self) -> tuple[str, ...]:
        """The uids of the versions, sorted."""
        return tuple(sorted(version.uid for version in self.versions.values()))

    @property
    def is_agreed(self) -> bool:
        """Whether at least two readers agree on everything that counts."""
        return not self.differences and len(self.versions) > 1

    @property
    def is_conflict(self) -> bool:
        """Whether there is something to decide."""
        return bool(self.differences)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the versions, sorted."""
        return tuple(sorted({version.label for version in self.versions.values()}))

    def votes(self) -> dict[str, str | None]:
        """Return the uid of each reader's version, None for those without one."""
        return {name: self.versions[name].uid if name in self.versions else None for name in self.readers}

    def disagreement(self) -> float:
        """Return a score of disagreement: 0 if agreed, 1 for every kind of difference, more for missing versions."""
        missing = 1 - len(self.versions) / len(self.readers) if self.readers else 0.0
        named = [kind for kind in self.differences if kind is not Difference.MISSING]
        return len(named) + (1 + missing if Difference.MISSING in self.differences else 0)


def group(readings: Readings, scheme: Scheme) -> tuple[Group, ...]:
    """Return the groups of a document in text order, those about the document as a whole first, with their relations.

    `readings` must contain each annotator's annotations with their own uids. A document with a single reader gives
    groups without differences.
    """
    layers: dict[str, dict[str, list[Annotation]]] = {}
    for name in sorted(readings.by):
        for annotation in readings.by[name].annotations:
            layers.setdefault(annotation.layer, {}).setdefault(name, []).append(annotation)
    readers = tuple(sorted(readings.by))
    led = leads((relation for reading in readings.by.values() for relation in reading.relations), scheme)
    found: list[Group] = []
    for layer, by in sorted(layers.items()):
        rules = rules_of(scheme, layer)
        twins = _take_twins(by)
        for versions in _layer_groups(by):
            differences: list[Difference] = [Difference.MISSING] if len(versions) < len(readers) else []
            differences.extend(rules.differences(list(versions.values())))
            repeated = tuple(twin for version in versions.values() for twin in twins.get(version.uid, ()))
            key, is_whole = _key(versions, led), scheme.is_about_document(layer)
            made = Group(readings.document, layer, key, versions, readers, tuple(differences), twins=repeated)
            found.append(made._replace(is_about_document=is_whole) if is_whole else made)
    found.sort(key=_place)
    return tuple(_with_ties(found, {name: reading.relations for name, reading in readings.by.items()}, scheme))


def _place(found: Group) -> tuple[bool, int, int, str, str]:
    return (not found.is_about_document, found.start, found.end, found.layer, found.key)


_encoder = msgspec.json.Encoder(order="deterministic")


def _key(versions: Mapping[str, Annotation], leads: Mapping[str, list[Lead]]) -> str:
    """Return a fingerprint of everything that a reviewer sees; changes of times and origin don't make it stale."""
    content = [
        (name, a.uid, a.label, a.fragments, a.attributes, a.correction, a.comment, a.evidence, leads[a.uid])
        if a.uid in leads
        else (name, a.uid, a.label, a.fragments, a.attributes, a.correction, a.comment, a.evidence)
        for name, a in versions.items()
    ]
    return hashlib.blake2b(_encoder.encode(content), digest_size=12).hexdigest()


def _take_twins(by: dict[str, list[Annotation]]) -> dict[str, list[str]]:
    """Remove exact duplicates by the same annotator; return their uids by the uid of the first one."""
    twins: dict[str, list[str]] = {}
    for name, annotations in by.items():
        places: dict[tuple[object, str], list[Annotation]] = {}
        kept: list[Annotation] = []
        for annotation in sorted(annotations, key=_uid):
            there = places.setdefault((annotation.fragments, annotation.label), [])
            first = next((other for other in there if _content(other) == _content(annotation)), None) if there else None
            if first is None:
                there.append(annotation)
                kept.append(annotation)
            else:
                twins.setdefault(first.uid, []).append(annotation.uid)
        by[name] = kept
    return twins


def _content(annotation: Annotation) -> tuple[object, ...]:
    proofs = [(item.document, item.fragments, item.stance, item.alternative) for item in annotation.evidence]
    return (annotation.attributes, annotation.correction, annotation.comment, proofs)


def _uid(annotation: Annotation) -> str:
    return annotation.uid


def _layer_groups(by: Mapping[str, Sequence[Annotation]]) -> Iterator[dict[str, Annotation]]:
    for heap in _heaps(by):
        if all(len(annotations) == 1 for annotations in heap.values()):
            yield {name: heap[name][0] for name in sorted(heap)}
        else:
            yield from _matched(heap)


def _heaps(by: Mapping[str, Sequence[Annotation]]) -> Iterator[dict[str, list[Annotation]]]:
    """Yield the connected components by overlap, by annotator. Zero-width annotations only connect to close ones."""
    owners = [(name, annotation) for name, annotations in by.items() for annotation in annotations]
    parents = list(range(len(owners)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = index = parents[parents[index]]
        return index

    covered, anchored = _places(owners)
    for places, reach in ((covered, 0), (anchored, ANCHOR_REACH)):
        last, furthest = -1, -1
        for start, end, index in places:
            if last >= 0 and (start < furthest or (reach and start <= furthest + reach)):
                parents[root(index)] = root(last)
            if end > furthest:
                furthest = end
            last = index
    heaps: dict[int, dict[str, list[Annotation]]] = {}
    for index, (name, annotation) in enumerate(owners):
        heaps.setdefault(root(index), {}).setdefault(name, []).append(annotation)
    yield from heaps.values()


def _places(
    owners: Sequence[tuple[str, Annotation]],
) -> tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]:
    """Return (start, end, index) of ranges, and of zero-width annotations, both in text order."""
    covered: list[tuple[int, int, int]] = []
    anchored: list[tuple[int, int, int]] = []
    for index, (_, annotation) in enumerate(owners):
        anchor = annotation.is_anchor
        for part in annotation.fragments:
            if anchor:
                anchored.append((part.start, part.end, index))
            elif part.start < part.end:
                covered.append((part.start, part.end, index))
    covered.sort()
    anchored.sort()
    return covered, anchored


def _matched(heap: Mapping[str, list[Annotation]]) -> Iterator[dict[str, Annotation]]:
    """Yield the groups of a component in which someone has several annotations.

    Starts with the annotator with the most annotations; each other's are optimally matched with the groups formed so
    far. For two annotators this is the overall optimum. Of two with equally many, the one whose first annotation was
    created earlier comes first, so that names make no difference.
    """
    names = sorted(heap, key=lambda name: (-len(heap[name]), min(annotation.uid for annotation in heap[name])))
    groups: list[dict[str, Annotation]] = [{names[0]: annotation} for annotation in sorted(heap[names[0]], key=_start)]
    for name in names[1:]:
        mine = sorted(heap[name], key=_start)
        taken = {j: i for i, j in best_matching(_weights(groups, mine))}
        for index, annotation in enumerate(mine):
            if index in taken:
                groups[taken[index]][name] = annotation
            else:
                groups.append({name: annotation})
    for versions in groups:
        yield {name: versions[name] for name in sorted(versions)}


def _start(annotation: Annotation) -> tuple[int, int, str]:
    return (annotation.start, annotation.end, annotation.uid)


def _weights(groups: Sequence[Mapping[str, Annotation]], mine: Sequence[Annotation]) -> dict[tuple[int, int], float]:
    """Return, for overlapping groups and annotations, their average likeness."""
    members = [(index, version) for index, versions in enumerate(groups) for version in versions.values()]
    totals: dict[tuple[int, int], float] = {}
    for left, right, shared in overlaps([version for _, version in members], mine):
        index, version = members[left]
        totals[index, right] = totals.get((index, right), 0.0) + _likeness(version, mine[right], shared)
    return {pair: total / len(groups[pair[0]]) for pair, total in totals.items()}


def _likeness(one: Annotation, other: Annotation, shared: int) -> float:
    bonus = _LABEL_BONUS if one.label == other.label else 0.0
    if one.is_anchor:  # then the other is one too
        return 1 - abs(one.start - other.start) / (2 * ANCHOR_REACH + 1) + bonus
    return shared / (_size(one) + _size(other) - shared) + bonus


def _size(annotation: Annotation) -> int:
    return sum(part.end - part.start for part in annotation.fragments)


def _with_ties(groups: list[Group], relations: Mapping[str, Sequence[Relation]], scheme: Scheme) -> list[Group]:
    """Add to each group its relations; one not shared by all who could have it is a conflict."""
    if not any(relations.values()):
        return groups
    for at, tied in group_ties(groups, relations, scheme).items():
        found = groups[at]
        differences = (*found.differences, Difference.RELATION) if tied.are_torn else found.differences
        groups[at] = found._replace(ties=tied.ties, chains=tied.chains, differences=differences)
    return groups

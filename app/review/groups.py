"""Groups of corresponding annotations by different annotators, with their differences.

Per layer, overlapping annotations form a component; within it, annotators' annotations are matched one to one, so that
nested and adjacent ones find their own counterparts. Every annotation is in exactly one group.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, Relation
from app.core.scheme import Scheme
from app.review.fields import Difference, FieldRules, rules_of
from app.review.matches import ANCHOR_REACH, best_matching, overlaps
from app.review.overlap_sweep import Member, OverlapSweep
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
        return min([version.fragments[0].start for version in self.versions.values()])

    @property
    def end(self) -> int:
        """End of what the versions cover, exclusive."""
        return max([version.fragments[-1].end for version in self.versions.values()])

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


class GroupSweep:
    """Puts annotations into groups in one pass over a text: each group as soon as nothing can be added to it.

    `readers` are all who finished the document, `relations` all of theirs, by name. A group that a relation leads to or
    from comes last, since only then is known whom it is shared by.
    """

    def __init__(
        self, document: str, readers: Iterable[str], relations: Mapping[str, Sequence[Relation]], scheme: Scheme
    ) -> None:
        self._document = document
        self._readers = tuple(sorted(readers))
        self._relations = relations
        self._scheme = scheme
        self._layers: dict[str, tuple[OverlapSweep, FieldRules]] = {}
        every = [relation for theirs in relations.values() for relation in theirs]
        self._leads = leads(every, scheme)
        self._ends = {uid for relation in every for uid in relation.ends}
        self._tied: list[Group] = []

    def add(self, name: str, annotation: Annotation) -> None:
        """Take a reader's annotation; none may begin before one that was taken earlier."""
        layer = self._layers.get(annotation.layer)
        if layer is None:
            rules = rules_of(self._scheme, annotation.layer)
            layer = self._layers[annotation.layer] = (OverlapSweep(), rules)
        layer[0].add(name, annotation)

    def take(self, before: int | None = None) -> list[Group]:
        """Return the groups that have become complete, in text order: no annotation that begins at `before` or later
        can belong to them. None says that no annotation comes any more.
        """
        found: list[Group] = []
        for layer, (sweep, rules) in self._layers.items():
            for members in sweep.closed(before):
                found.extend(self._groups(layer, rules, members))
        if self._ends:
            self._tied.extend(group for group in found if self._is_tied(group))
            found = [group for group in found if not self._is_tied(group)]
        if before is None and self._tied:
            self._tied.sort(key=place_of)
            found.extend(_with_ties(self._tied, self._relations, self._scheme))
            self._tied = []
        found.sort(key=place_of)
        return found

    def _is_tied(self, found: Group) -> bool:
        return any(version.uid in self._ends for version in found.versions.values()) or not self._ends.isdisjoint(
            found.twins
        )

    def _groups(self, layer: str, rules: FieldRules, members: Sequence[Member]) -> Iterator[Group]:
        by: dict[str, list[Annotation]] = {}
        for name, annotation in members:
            by.setdefault(name, []).append(annotation)
        is_whole = self._scheme.is_about_document(layer)
        twins: dict[str, list[str]] = {}
        if len(by) < len(members):
            twins = _take_twins(by)
        for versions in _matched(by) if any(len(each) > 1 for each in by.values()) else (_only(by),):
            differences = [Difference.MISSING] if len(versions) < len(self._readers) else []
            differences.extend(rules.differences(list(versions.values())))
            repeated = (
                tuple(twin for version in versions.values() for twin in twins.get(version.uid, ())) if twins else ()
            )
            key = _key(versions, self._leads)
            made = Group(self._document, layer, key, versions, self._readers, tuple(differences), twins=repeated)
            yield made._replace(is_about_document=True) if is_whole else made


def group(readings: Readings, scheme: Scheme) -> tuple[Group, ...]:
    """Return the groups of a document in text order, those about the document as a whole first, with their relations.

    `readings` must contain each annotator's annotations with their own uids. A document with a single reader gives
    groups without differences.
    """
    relations = {name: reading.relations for name, reading in readings.by.items()}
    sweep = GroupSweep(readings.document, readings.by, relations, scheme)
    members = [(name, annotation) for name, reading in readings.by.items() for annotation in reading.annotations]
    members.sort(key=_first)
    for name, annotation in members:
        sweep.add(name, annotation)
    return tuple(sweep.take())


def _first(member: Member) -> int:
    return member[1].fragments[0].start


def place_of(found: Group) -> tuple[bool, int, int, str, str]:
    """Return the key by which groups are in text order, those about the document as a whole first."""
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


def _only(by: Mapping[str, Sequence[Annotation]]) -> dict[str, Annotation]:
    """Return the group of a component in which no one has several annotations."""
    return {name: by[name][0] for name in sorted(by)}


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

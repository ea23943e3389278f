"""Migration of annotations to a changed scheme: their labels and attributes, and which of them are deleted.

The rules depend on the annotation alone, not on the time or the person. So an old file that is imported later is
migrated in the same way as the work that was here when the scheme was changed.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from app.core import field_values
from app.core.annotation import Annotation, Relation
from app.core.chain_repair import RelationLoss, loss, made_alike
from app.core.edits import MigratedValues
from app.core.part_migration import PartMigration, RelationMigration, reversed_parts
from app.core.proposal import is_proposal, without_note
from app.core.scheme import Scheme
from app.core.scheme_change import AddAttribute, Given, LabelChange, SchemeChange, SplitLabel, SplitPart
from app.core.suggestion import Labelled, Suggestion

Matches = Callable[[str, str], bool]
"""`(pattern, text)`: whether a regular expression matches anywhere in a text. May raise WrongUse."""


class MigrationResult(NamedTuple):
    """The result for some annotations: the changed ones by uid, and those deleted, each with the uid of the equal
    annotation that is kept instead, or None; `lost` is what becomes of the relations of deleted ones, after those that
    say something else now (`related`).
    """

    changed: Mapping[str, Annotation]
    gone: Mapping[str, str | None]
    lost: RelationLoss = RelationLoss()
    related: RelationMigration = RelationMigration()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not self.changed and not self.gone and not self.related.changed and not self.related.gone

    def ties(self, relations: Iterable[Relation]) -> tuple[Relation, ...]:
        """Return the relations after the migration."""
        return self.lost.of(self.related.of(relations))

    def of(self, annotations: Iterable[Annotation]) -> tuple[Annotation, ...]:
        """Return the annotations after the migration."""
        return tuple(
            self.changed.get(annotation.uid, annotation)
            for annotation in annotations
            if annotation.uid not in self.gone
        )

    def restated(self, annotations: Iterable[Annotation]) -> tuple[MigratedValues, ...]:
        """Return the changes, in the order of the annotations."""
        return tuple(
            MigratedValues.between(annotation, self.changed[annotation.uid])
            for annotation in annotations
            if annotation.uid in self.changed
        )


NOTHING = MigrationResult({}, {})


def _everything(_uid: str) -> bool:
    """Let every annotation be deleted whose label is."""
    return True


class MigrationRules:
    """The effect of scheme changes on annotations. `before` and `after` are the schemes.

    `took` returns whether an annotation (uid) is deleted with its label; one that was made elsewhere since is kept.
    """

    def __init__(
        self,
        changes: Sequence[SchemeChange],
        before: Scheme,
        after: Scheme,
        matches: Matches,
        *,
        took: Callable[[str], bool] = _everything,
    ) -> None:
        self.changes = tuple(changes)
        self.before = before
        self.after = after
        self._matches = matches
        self._took = took
        self._becomes = {(c.layer, c.old): c.new for c in changes if isinstance(c, LabelChange)}
        self._splits = {(c.layer, c.old): c for c in changes if isinstance(c, SplitLabel)}
        self._fills = {c.layer: c for c in changes if isinstance(c, AddAttribute)}
        self.parts = PartMigration(changes, before)
        self._quotes: dict[SplitPart, frozenset[str]] = {}

    @property
    def is_rename(self) -> bool:
        """Whether labels are only renamed, so that the migration can be reversed exactly."""
        new = [(layer, new) for (layer, _), new in self._becomes.items()]
        is_other = all(name is not None and self.before.label(layer, name) is None for layer, name in new)
        return bool(new) and is_other and len(set(new)) == len(new)

    def labels(self) -> list[tuple[str, str]]:
        """Return the layers and labels whose annotations are affected, including those that get an attribute which
        stays empty.
        """
        found = [*self._becomes, *self._splits]
        for layer in (self.before.layer(id) for id in sorted(self.parts.layers)):
            found += [(layer.id, label.id) for label in layer.labels] if layer is not None else []
        for layer, fill in self._fills.items():
            known = self.after.layer(layer)
            labels = known.labels if known is not None else ()
            found += [(layer, label.id) for label in labels if fill.attribute.applies_to(label.id)]
        return found

    def concerns(self, annotation: Annotation) -> bool:
        """Whether an annotation may change, or gets an attribute that stays empty."""
        place = (annotation.layer, annotation.label)
        fill = self._fills.get(annotation.layer)
        is_filled = fill is not None and fill.attribute.applies_to(annotation.label)
        return place in self._becomes or place in self._splits or is_filled or annotation.layer in self.parts.layers

    def label_of(self, annotation: Annotation | Suggestion) -> str | None:
        """Return an annotation's new label, None if it is deleted. Raises WrongUse for a slow regular expression."""
        place = (annotation.layer, annotation.label)
        split = self._splits.get(place)
        if split is None:
            return self._becomes.get(place, annotation.label)
        return next((part.label for part in split.parts if self._takes(part, annotation)), split.rest)

    def renamed(self, layer: str, label: str) -> str:
        """Return the new name of a label; one that is deleted or split keeps its own."""
        return self._becomes.get((layer, label)) or label

    def restate(self, annotations: Iterable[Annotation], relations: Iterable[Relation]) -> MigrationResult:
        """Return the migration of a set. Of two annotations that become equal when labels are merged one is deleted,
        unless it has a relation. What is left of a chain stays joined.
        """
        annotations, relations = tuple(annotations), tuple(relations)
        related = self.parts.relations(relations, self._took)
        relations = related.of(relations)
        changed: dict[str, Annotation] = {}
        gone: dict[str, str | None] = {}
        news: list[tuple[Annotation, Annotation]] = []
        kept: dict[tuple[Any, ...], list[Annotation]] = {}
        for annotation in annotations:
            new = self._restated(annotation)
            if new is annotation:
                kept.setdefault(_place(annotation), []).append(annotation)
            elif new is None:
                gone[annotation.uid] = None
            else:
                news.append((annotation, new))
        tied = {end for tie in relations for end in (tie.source, tie.target)} if news else set[str]()
        for annotation, new in news:
            there = kept.setdefault(_place(new), [])
            twin = None
            if new.label != annotation.label and self._was_there(new) and annotation.uid not in tied:
                twin = next((other for other in there if _includes(other, new)), None)
            if twin is not None:
                gone[annotation.uid] = twin.uid
            else:
                there.append(new)
                changed[annotation.uid] = new
        if gone.keys().isdisjoint(end for tie in relations for end in tie.ends):
            found = MigrationResult(changed, gone, related=related)
            return NOTHING if found.is_empty else found
        places = {annotation.uid: changed.get(annotation.uid, annotation) for annotation in annotations}
        lost = loss(gone.keys(), relations, scheme=self.after, places=places, uid_of=made_alike)
        return MigrationResult(changed, gone, lost, related)

    def suggestion(self, suggestion: Suggestion) -> Suggestion:
        """Return a migrated suggestion: the same object if nothing changes. One whose label is deleted keeps it, so
        that it is offered again if the label is restored.
        """
        return self._restated(suggestion) or suggestion

    def _was_there(self, annotation: Annotation) -> bool:
        return self.before.label(annotation.layer, annotation.label) is not None

    def _restated(self, annotation: Labelled) -> Labelled | None:
        """Return a migrated annotation: the same object if nothing changes, None if it is deleted."""
        label = self.label_of(annotation)
        if label is None:
            return None if self._took(annotation.uid) else annotation
        attributes = self.parts.attributes(annotation.layer, annotation.attributes)
        attributes = attributes if label == annotation.label else self._carried(annotation, attributes, label)
        fill = self._fills.get(annotation.layer)
        wants = fill is not None and fill.fill is not None and fill.attribute.applies_to(label)
        if fill is not None and wants and attributes.get(fill.attribute.id) in (None, ""):
            attributes = {**attributes, fill.attribute.id: fill.fill}
        if label == annotation.label and attributes == annotation.attributes:
            return annotation
        return msgspec.structs.replace(annotation, label=label, attributes=dict(attributes))

    def _carried(self, annotation: Annotation | Suggestion, given: Mapping[str, Any], label: str) -> dict[str, Any]:
        """Return attributes under another label: without those that it can't have, and with defaults of those that the
        old label couldn't have.
        """
        before, after = self.before.layer(annotation.layer), self.after.layer(annotation.layer)
        attributes = dict(given) if is_proposal(label) else without_note(given)
        for field in after.attributes if after is not None else ():
            old = before.attribute(field.id) if before is not None else None
            if not field.applies_to(label):
                attributes.pop(field.id, None)
            elif field.default is not None and old is not None and not old.applies_to(annotation.label):
                attributes.setdefault(field.id, field.default)
        return attributes

    def _takes(self, part: SplitPart, annotation: Annotation | Suggestion) -> bool:
        if part.field:
            return _has_one_of(annotation.attributes.get(part.field), part.values)
        if part.pattern:
            return self._matches(part.pattern, annotation.quote)
        quotes = self._quotes.get(part)
        if quotes is None:
            quotes = self._quotes[part] = frozenset(map(_folded, part.quotes))
        return _folded(annotation.quote) in quotes


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _place(annotation: Annotation) -> tuple[Any, ...]:
    return (annotation.layer, annotation.label, annotation.fragments)


def _includes(other: Annotation, annotation: Annotation) -> bool:
    """Whether another annotation of the same fragments and label has all the content of this one."""
    if (other.correction, other.comment) != (annotation.correction, annotation.comment):
        return False
    if _said(other) != _said(annotation):
        return False
    theirs, ours = _proofs(other), _proofs(annotation)
    if len(theirs) < 2 and len(ours) < 2:
        return all(any(mine <= those for those in theirs) for mine in ours)
    return all(mine in theirs for mine in ours)  # a larger set is another proof


def _said(annotation: Annotation) -> dict[str, Hashable]:
    return {field: field_values.identity(value) for field, value in annotation.attributes.items()}


def _proofs(annotation: Annotation) -> list[frozenset[tuple[Any, ...]]]:
    """Return the alternative sets of evidence, by where their pieces are."""
    sets: dict[int, set[tuple[Any, ...]]] = {}
    for item in annotation.evidence:
        sets.setdefault(item.alternative, set()).add((item.document, item.fragments, item.stance))
    return list(map(frozenset, sets.values()))


def backwards(changes: Sequence[SchemeChange], before: Scheme) -> tuple[SchemeChange, ...]:
    """Return the changes that reverse others, for work that was done since: labels, relation types, fields and values
    that the earlier scheme didn't have become what they were made from.
    """
    found: list[LabelChange] = []
    for change in changes:
        if not isinstance(change, LabelChange | SplitLabel):
            continue
        new = change.labels if isinstance(change, SplitLabel) else (change.new,)
        for label in new:
            if label is not None and before.label(change.layer, label) is None:
                found.append(LabelChange(change.layer, label, change.old))
    return (*{(item.layer, item.old): item for item in found}.values(), *reversed_parts(changes, before))


def _has_one_of(value: object, values: Sequence[Given]) -> bool:
    """Whether the value of a field is one of several, or has one of them among its choices."""
    wanted = set(map(field_values.identity, values))
    items = cast(list[object], value) if isinstance(value, list) else [value]
    return not wanted.isdisjoint(map(field_values.identity, items))

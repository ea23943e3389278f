"""The fields of an annotation: which a layer has, which of them count, and when two values are equal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import Any, NamedTuple

from app.core import field_values
from app.core.annotation import Annotation, Evidence, Fragment
from app.core.scheme import SEVERITY, Attribute, FieldKind, Layer, Scheme
from app.review.matches import best_matching

RANGE = "range"
LABEL = "label"
CORRECTION = "correction"
EVIDENCE = "evidence"
COMMENT = "comment"
RELATION = "relation"
"""A pseudo field: decisions use it to record whose relations were used."""


class Difference(StrEnum):
    """What versions of an annotation can differ in; `MISSING`: a reader of the document has no version."""

    MISSING = "missing"
    BOUNDARY = "boundary"
    LABEL = "label"
    SEVERITY = "severity"
    ATTRIBUTE = "attribute"
    CORRECTION = "correction"
    EVIDENCE = "evidence"
    COMMENT = "comment"
    RELATION = "relation"


_KINDS = {
    RANGE: Difference.BOUNDARY,
    LABEL: Difference.LABEL,
    SEVERITY: Difference.SEVERITY,
    CORRECTION: Difference.CORRECTION,
    EVIDENCE: Difference.EVIDENCE,
    COMMENT: Difference.COMMENT,
}


class Field(NamedTuple):
    """A field by its id, with its on-screen title; `counts`: a difference in it is a conflict."""

    id: str
    title: str
    counts: bool

    @property
    def kind(self) -> Difference:
        """The name of a difference in this field."""
        return _KINDS.get(self.id, Difference.ATTRIBUTE)


class FieldRules(NamedTuple):
    """The fields of a layer in the order of the conflict card, and the values that stand for no value.

    A layer about the document has no range.
    """

    fields: tuple[Field, ...]
    counting: tuple[Field, ...]
    defaults: Mapping[str, Any]

    def field(self, field: str) -> Field | None:
        """Return the field with this id, or None."""
        return next((item for item in self.fields if item.id == field), None)

    def value(self, field: str, annotation: Annotation) -> object:
        """Return what an annotation says in a field, as versions are compared by it (`field_values.identity`). Equal
        values compare equal, except evidence: use `same`.
        """
        plain = _VALUES.get(field)
        return plain(annotation) if plain is not None else field_values.identity(self.given(field, annotation))

    def given(self, field: str, annotation: Annotation) -> object:
        """Return an annotation's value of an attribute or its severity as it is stored; the default if it has none."""
        found = annotation.attributes.get(field)
        return self.defaults.get(field) if field_values.is_empty(found) else found

    def is_given(self, field: str, annotation: Annotation) -> bool:
        """Return whether an annotation says anything in a field that is worth showing: a flag, that it is set."""
        plain = _VALUES.get(field)
        found = plain(annotation) if plain is not None else self.given(field, annotation)
        return not (field_values.is_empty(found) or found == () or found is False)

    def same(self, field: str, one: Annotation, other: Annotation) -> bool:
        """Return whether two annotations have the same value of a field.

        Corrections and comments may differ in white space; of evidence, see `same_evidence`.
        """
        if field == EVIDENCE:
            return same_evidence(one.evidence, other.evidence)
        return self.value(field, one) == self.value(field, other)

    def differences(self, versions: list[Annotation]) -> list[Difference]:
        """Return the kinds of the counting fields in which the versions differ, in the order of the fields."""
        if len(versions) < 2:
            return []
        return list(dict.fromkeys(field.kind for field in self.counting if not self.agree(field.id, versions)))

    def agree(self, field: str, versions: Sequence[Annotation]) -> bool:
        """Return whether all versions agree pairwise on a field."""
        first = versions[0]
        if field == EVIDENCE:  # overlap isn't transitive: of three in a row, the first and the last need not overlap
            if not any(version.evidence for version in versions):
                return True
            return all(same_evidence(one.evidence, other.evidence) for one, other in combinations(versions, 2))
        value = _VALUES.get(field)
        if value is None:
            said = self.value(field, first)
            return all(self.value(field, version) == said for version in versions[1:])
        said = value(first)
        for version in versions:  # noqa: SIM110  (the inner loop of grouping)
            if value(version) != said:
                return False
        return True

    def classes(self, fields: Sequence[str], versions: Iterable[Annotation]) -> list[list[Annotation]]:
        """Return the versions in classes that are the same in all of the fields, the largest first."""

        def same(one: Annotation, other: Annotation) -> bool:
            return all(self.same(field, one, other) for field in fields)

        return classes_of(versions, same, loose=EVIDENCE in fields)


def classes_of(
    versions: Iterable[Annotation], same: Callable[[Annotation, Annotation], bool], *, loose: bool
) -> list[list[Annotation]]:
    """Return the versions in classes whose members are all pairwise the same, the largest first.

    `loose` means that being the same isn't transitive. Versions that are the same as most others are then grouped
    first. The result only depends on the versions and their uids, neither on names nor on any order.
    """
    ordered = sorted(versions, key=_uid)
    if loose:
        alike = {one.uid: -sum(same(one, other) for other in ordered) for one in ordered}
        ordered.sort(key=lambda version: alike[version.uid])
    found: list[list[Annotation]] = []
    for version in ordered:
        home = next((c for c in found if all(same(member, version) for member in (c if loose else c[:1]))), None)
        if home is None:
            found.append([version])
        else:
            home.append(version)
    found.sort(key=len, reverse=True)
    return found


def _uid(annotation: Annotation) -> str:
    return annotation.uid


def _words(text: str | None) -> str | None:
    return text if text is None else " ".join(text.split())


def _fragments(annotation: Annotation) -> tuple[Fragment, ...]:
    return annotation.fragments


def _label(annotation: Annotation) -> str:
    return annotation.label


def _correction(annotation: Annotation) -> str | None:
    return _words(annotation.correction)


def _comment(annotation: Annotation) -> str | None:
    return _words(annotation.comment)


def _evidence(annotation: Annotation) -> tuple[Evidence, ...]:
    return annotation.evidence


_VALUES: dict[str, Callable[[Annotation], object]] = {
    RANGE: _fragments,
    LABEL: _label,
    CORRECTION: _correction,
    COMMENT: _comment,
    EVIDENCE: _evidence,
}


def same_evidence(one: tuple[Evidence, ...], other: tuple[Evidence, ...]) -> bool:
    """Return whether two lists of evidence refer to the same ranges, in the same alternative sets.

    Two sets are the same if every piece of either overlaps a piece of the other with the same stance: where exactly
    evidence begins is no conflict. How sets are numbered makes no difference.
    """
    if len(one) == len(other) == 0:
        return True
    if all(item.alternative == 1 for item in one) and all(item.alternative == 1 for item in other):
        return _same_set(one, other)
    ours, theirs = evidence_sets(one), evidence_sets(other)
    if len(ours) != len(theirs):
        return False
    same = {(i, j): 1.0 for i, mine in enumerate(ours) for j, yours in enumerate(theirs) if _same_set(mine, yours)}
    return len(best_matching(same)) == len(ours)


def evidence_sets(evidence: Iterable[Evidence]) -> list[list[Evidence]]:
    """Return evidence in its alternative sets, in the order of their numbers."""
    found: dict[int, list[Evidence]] = {}
    for item in evidence:
        found.setdefault(item.alternative, []).append(item)
    return [found[number] for number in sorted(found)]


def _same_set(one: Sequence[Evidence], other: Sequence[Evidence]) -> bool:
    return all(any(_meets(a, b) for b in other) for a in one) and all(any(_meets(a, b) for a in one) for b in other)


def _meets(one: Evidence, other: Evidence) -> bool:
    if one.document != other.document or one.stance is not other.stance:
        return False
    if one.fragments == other.fragments:
        return True
    return any(a.start < b.end and b.start < a.end for a in one.fragments for b in other.fragments)


def rules_of(scheme: Scheme, layer: str) -> FieldRules:
    """Return the rules of a layer; for one that the scheme doesn't have, only range and label count."""
    found = scheme.layer(layer)
    if found is None:
        fields = (Field(RANGE, "range", counts=True), Field(LABEL, "label", counts=True))
        return FieldRules(fields, fields, {})
    fields = tuple(_fields_of(found))
    defaults = {item.id: _default(item) for item in found.attributes}
    return FieldRules(fields, tuple(field for field in fields if field.counts), defaults)


def _default(attribute: Attribute) -> object:
    """Return the value of an annotation without the attribute: False for a flag."""
    return False if attribute.kind is FieldKind.FLAG and attribute.default is None else attribute.default


def _fields_of(layer: Layer) -> list[Field]:
    fields = [] if layer.is_about_document else [Field(RANGE, "range", counts=True)]
    fields.append(Field(LABEL, "label", counts=LABEL in layer.counts))
    if layer.has_severity:
        fields.append(Field(SEVERITY, "severity", counts=SEVERITY in layer.counts))
    if layer.has_correction:
        fields.append(Field(CORRECTION, "correction", counts=CORRECTION in layer.counts))
    if layer.has_evidence:
        fields.append(Field(EVIDENCE, "evidence", counts=EVIDENCE in layer.counts))
    fields.extend(_attribute(attribute) for attribute in layer.attributes if attribute.id != SEVERITY)
    fields.append(Field(COMMENT, "comment", counts=COMMENT in layer.counts))
    return fields


def _attribute(attribute: Attribute) -> Field:
    title = attribute.title[:1].lower() + attribute.title[1:]
    return Field(attribute.id, title, counts=attribute.counts)

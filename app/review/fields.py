"""The fields of an annotation, one by one: which a layer has, which of them count, and when two are the same."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from app.core.annotation import Annotation, Evidence, Fragment
from app.core.scheme import SEVERITY, Attribute, Layer, Scheme

RANGE = "range"
LABEL = "label"
CORRECTION = "correction"
EVIDENCE = "evidence"
COMMENT = "comment"


class Difference(StrEnum):
    """What versions of one thing can differ in; `MISSING`: somebody who read the document has no version."""

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
    """A field by its id, with the title that people see; `counts`: a difference in it is a conflict."""

    id: str
    title: str
    counts: bool

    @property
    def kind(self) -> Difference:
        """The name of a difference in this field."""
        return _KINDS.get(self.id, Difference.ATTRIBUTE)


class Rules(NamedTuple):
    """The fields of one layer in the order of the conflict card, and the values that stand for no value."""

    fields: tuple[Field, ...]
    counting: tuple[Field, ...]
    defaults: Mapping[str, Any]

    def field(self, field: str) -> Field | None:
        """Return the field with this id, or None."""
        return next((item for item in self.fields if item.id == field), None)

    def value(self, field: str, annotation: Annotation) -> object:
        """Return what an annotation says in a field; equal values compare equal, except evidence: use `same`."""
        plain = _VALUES.get(field)
        if plain is not None:
            return plain(annotation)
        found = annotation.attributes.get(field)
        return self.defaults.get(field) if found in (None, "") else found

    def same(self, field: str, one: Annotation, other: Annotation) -> bool:
        """Tell whether two annotations say the same in a field.

        Corrections and comments may differ in white space. Evidence is the same when every piece of either side
        overlaps a piece of the other with the same stance: where exactly a proof begins is no conflict.
        """
        if field == EVIDENCE:
            return same_evidence(one.evidence, other.evidence)
        return self.value(field, one) == self.value(field, other)

    def differences(self, versions: list[Annotation]) -> list[Difference]:
        """Return the kinds of the counting fields that the versions don't agree on, in the order of the fields."""
        if len(versions) < 2:
            return []
        first, rest = versions[0], versions[1:]
        found = [field.kind for field in self.counting if not all(self.same(field.id, first, v) for v in rest)]
        return list(dict.fromkeys(found))


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
    """Tell whether two lists of evidence point at the same places."""
    if len(one) == len(other) == 0:
        return True
    return all(any(_meets(a, b) for b in other) for a in one) and all(any(_meets(a, b) for a in one) for b in other)


def _meets(one: Evidence, other: Evidence) -> bool:
    if one.document != other.document or one.stance is not other.stance:
        return False
    if one.fragments == other.fragments:
        return True
    return any(a.start < b.end and b.start < a.end for a in one.fragments for b in other.fragments)


def rules_of(scheme: Scheme, layer: str) -> Rules:
    """Return the rules of a layer; of one that the scheme doesn't know, only range and label count."""
    found = scheme.layer(layer)
    if found is None:
        fields = (Field(RANGE, "range", counts=True), Field(LABEL, "label", counts=True))
        return Rules(fields, fields, {})
    fields = tuple(_fields_of(found))
    defaults = {attribute.id: attribute.default for attribute in found.attributes}
    return Rules(fields, tuple(field for field in fields if field.counts), defaults)


def _fields_of(layer: Layer) -> list[Field]:
    fields = [Field(RANGE, "range", counts=True), Field(LABEL, "label", counts=LABEL in layer.counts)]
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

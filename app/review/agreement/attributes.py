"""Agreement on the fields of matched annotations: label, severity, and the scheme's attributes."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from app.core import field_values
from app.core.field_values import Level
from app.core.scheme import SEVERITY, Attribute, FieldKind, Layer, Scheme
from app.review.agreement.columns import ColumnTable, Numbering
from app.review.agreement.coverage import summed, together
from app.review.agreement.marks import Marks

if TYPE_CHECKING:
    from numpy import ndarray

LABEL = "label"
TOP_LABEL = "label_top"
"""The label at the top of the tree that a label is in."""
MISSING = -1
"""In place of a value's number: the annotation has none."""
FOREIGN = -2
"""In place of a value's number: annotations with this label don't have the field."""


class AgreementField:
    """A field on which matched annotations may agree, with the values that were given.

    `judged` is by document, pair and both values (numbers) how often a pair of matched annotations has them;
    `possible` by pair how many pairs have the field at all. `coincident` is by document and two values the coincidence
    of findings (Krippendorff 2004): each value of a finding with m of them is paired with each other, with a weight of
    1 / (m - 1); the pairs are there once. `findings` counts findings that two annotators or more have judged, `in_all`
    those that two could have. `offered` is the number of values that the scheme has for the field. `level` is its level
    of measurement. A field without an attribute is of labels, which `lifted` may turn into others; or the severity.
    """

    def __init__(
        self,
        field: str,
        *,
        offered: int,
        level: Level = Level.NOMINAL,
        attribute: Attribute | None = None,
        order: Sequence[str] = (),
        lifted: Callable[[str], str] | None = None,
    ) -> None:
        self.id = field
        self.offered = offered
        self.level = level
        self._attribute = attribute
        self._lifted = lifted
        self._given: dict[str, object] = {}  # the values of an attribute by how they are numbered
        self._order = tuple(order)
        self.values: Numbering[str] = Numbering(order)
        pair = {"left": "int32", "right": "int32"}
        self.judged = ColumnTable(document="int32", **pair, ours="int32", theirs="int32", count="int32")
        self.possible = ColumnTable(**pair, count="int32")
        self.coincident = ColumnTable(document="int32", ours="int32", theirs="int32", weight="float64")
        self.findings = 0
        self.in_all = 0

    def read(self, marks: Marks) -> "ndarray":
        """Return the number of each annotation's value."""
        import numpy

        if self._lifted is not None:
            lifted = [self.values.number(self._lifted(label)) for label in marks.labels]
            return numpy.array(lifted, dtype=numpy.int64)[marks.label]
        default = None if self._attribute is None else self._attribute.default
        given = [mark.attributes.get(self.id) for mark in marks.annotations]
        if default is not None:
            given = [default if field_values.is_empty(value) else value for value in given]
        numbers = numpy.array([self._number(value) for value in given], dtype=numpy.int64)
        if self._attribute is not None and self._attribute.labels:
            has = [self._attribute.applies_to(label) for label in marks.labels]
            numbers[~numpy.array(has, dtype=bool)[marks.label]] = FOREIGN
        return numbers

    def _number(self, value: object) -> int:
        if field_values.is_empty(value):
            return MISSING
        if self.level is Level.INTERVAL:
            place = field_values.position(self._attribute, value) if self._attribute is not None else None
            if place is None:
                return MISSING  # not a number at all
            value = place
        key = _key(value)
        self._given.setdefault(key, value)
        return self.values.number(key)

    def positions(self) -> "ndarray":
        """Return where each value lies on an interval scale, by its number."""
        import numpy

        return numpy.array([cast(float, self._given[key]) for key in self.values.values], dtype=numpy.float64)

    def sets(self) -> list[frozenset[str]]:
        """Return the choices that each value consists of, by its number."""
        given = (self._given[key] for key in self.values.values)
        return [frozenset(map(str, cast(list[object], v) if isinstance(v, list) else [v])) for v in given]

    def add(self, marks: Marks, documents: "ndarray", pairs: "tuple[ndarray, ndarray]", findings: "ndarray") -> None:
        """Count a block, whose documents have these numbers; `pairs` are matched annotations, `findings` those of each
        annotation.
        """
        import numpy

        values = self.read(marks)
        left, right = pairs
        ours, theirs = values[left], values[right]
        known = (ours != FOREIGN) & (theirs != FOREIGN)
        keys, (count,) = summed([marks.who[left[known]], marks.who[right[known]]], [numpy.ones(known.sum())])
        self.possible.add(left=keys[0], right=keys[1], count=count)
        said = (ours >= 0) & (theirs >= 0)
        left, right, ours, theirs = left[said], right[said], ours[said], theirs[said]
        keys, (count,) = summed(
            [marks.document[left], marks.who[left], marks.who[right], ours, theirs], [numpy.ones(len(left))]
        )
        self.judged.add(
            document=documents[keys[0]], left=keys[1], right=keys[2], ours=keys[3], theirs=keys[4], count=count
        )
        self._add_findings(marks, documents, values, findings)

    def _add_findings(self, marks: Marks, documents: "ndarray", values: "ndarray", findings: "ndarray") -> None:
        import numpy

        self.in_all += int((numpy.bincount(findings[values != FOREIGN]) > 1).sum())
        given = numpy.flatnonzero(values >= 0)
        given = given[numpy.argsort(findings[given], kind="stable")]
        sizes = numpy.bincount(findings[given], minlength=1)
        self.findings += int((sizes > 1).sum())
        one, other = together(findings[given])
        one, other = given[one], given[other]
        weight = 1 / (sizes[findings[one]] - 1)
        keys, (weight,) = summed([marks.document[one], values[one], values[other]], [weight])
        self.coincident.add(document=documents[keys[0]], ours=keys[1], theirs=keys[2], weight=weight)

    def places(self) -> "ndarray":
        """Return for each value's number its place in order: the field's own values, then others by name."""
        import numpy

        known, names = len(self._order), self.values.values
        others = sorted(range(known, len(names)), key=names.__getitem__)
        return numpy.argsort(numpy.array([*range(known), *others], dtype=numpy.int64))


def _key(value: object) -> str:
    """Return what a value is numbered by: the same for values that say the same."""
    if isinstance(value, list):
        return "\x1f".join(sorted({str(item) for item in cast(list[object], value)}))
    if isinstance(value, dict):
        return str(cast(dict[str, object], value).get("id"))
    return str(value)


def _as_it_is(label: str) -> str:
    return label


def fields_of(layer: Layer, scheme: Scheme) -> list[AgreementField]:
    """Return label, in a tree also the one at its top, severity if the layer has it, and every attribute but texts."""
    fields = [AgreementField(LABEL, offered=len(layer.labels), lifted=_as_it_is)]
    if layer.is_tree:
        fields.append(AgreementField(TOP_LABEL, offered=len(layer.children()), lifted=lambda x: layer.lineage(x)[0]))
    if layer.has_severity:
        steps = [step.id for step in scheme.severities]
        fields.append(AgreementField(SEVERITY, offered=len(steps), level=Level.ORDINAL, order=steps))
    for item in layer.attributes:
        level = field_values.level(item)
        if level is None:
            continue
        offered = 2 if item.kind is FieldKind.FLAG else len(item.values)
        order = [step.id for step in item.values] if level is Level.ORDINAL else []
        fields.append(AgreementField(item.id, offered=offered, level=level, attribute=item, order=order))
    return fields

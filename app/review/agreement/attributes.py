"""Agreement on the fields of matched annotations: label, severity, and the scheme's attributes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.core.scheme import SEVERITY, Attribute, FieldKind, Layer, Scheme
from app.review.agreement.columns import ColumnTable, Numbering
from app.review.agreement.coverage import summed, together
from app.review.agreement.marks import Marks

if TYPE_CHECKING:
    from numpy import ndarray

LABEL = "label"
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
    those that two could have. `offered` is the number of values that the scheme has for the field.
    """

    def __init__(
        self, field: str, *, offered: int, attribute: Attribute | None = None, order: Sequence[str] = ()
    ) -> None:
        self.id = field
        self.offered = offered
        self.is_ordered = bool(order)
        self._attribute = attribute
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

        number = self.values.number
        if self.id == LABEL and self._attribute is None:
            return numpy.array([number(label) for label in marks.labels], dtype=numpy.int64)[marks.label]
        default = None if self._attribute is None else self._attribute.default
        given = [mark.attributes.get(self.id) for mark in marks.annotations]
        given = [default if value is None else value for value in given] if default is not None else given
        numbers = numpy.array([MISSING if value is None else number(str(value)) for value in given], dtype=numpy.int64)
        if self._attribute is not None and self._attribute.labels:
            has = [self._attribute.applies_to(label) for label in marks.labels]
            numbers[~numpy.array(has, dtype=bool)[marks.label]] = FOREIGN
        return numbers

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


def fields_of(layer: Layer, scheme: Scheme) -> list[AgreementField]:
    """Return label, severity if the layer has it, and every attribute that is a choice or a flag."""
    fields = [AgreementField(LABEL, offered=len(layer.labels))]
    if layer.has_severity:
        steps = [step.id for step in scheme.severities]
        fields.append(AgreementField(SEVERITY, offered=len(steps), order=steps))
    for item in layer.attributes:
        if item.kind is not FieldKind.TEXT:
            offered = 2 if item.kind is FieldKind.FLAG else len(item.values)
            fields.append(AgreementField(item.id, offered=offered, attribute=item))
    return fields

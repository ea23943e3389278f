"""Agreement on the fields of matched annotations: label, severity, and the scheme's attributes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.core.annotation import Annotation
from app.core.scheme import SEVERITY, Attribute, FieldKind, Layer, Scheme
from app.review.agreement.annotation_ranges import SortedAnnotations
from app.review.agreement.coded_values import Value

if TYPE_CHECKING:
    from numpy import ndarray


LABEL = "label"
FOREIGN = object()
"""A placeholder value: annotations with this label don't have the field."""


class AgreementField(NamedTuple):
    """A field on which matched annotations may agree. `order` lists its values, low to high; None if unordered."""

    id: str
    attribute: Attribute | None = None
    order: tuple[str, ...] | None = None

    def read(self, annotations: SortedAnnotations) -> list[Value]:
        """Return each annotation's value: None if it has none, `FOREIGN` if its label doesn't have the field."""
        if self.attribute is None:
            if self.id == LABEL:
                return [label for _, label in annotations.keys]
            return [annotation.attributes.get(self.id) for annotation in annotations.annotations]
        known = {label: self.attribute.applies_to(label) for label in annotations.labels}
        return [
            self._value(annotation) if known[annotation.label] else FOREIGN for annotation in annotations.annotations
        ]

    def _value(self, annotation: Annotation) -> Value:
        value = annotation.attributes.get(self.id)
        if value is None and self.attribute is not None:
            value = self.attribute.default
        return None if value is None else str(value)


class Judged(NamedTuple):
    """How often two annotators gave which pair of values, and how many matched pairs of annotations have the field at
    all.
    """

    table: Counter[tuple[Value, Value]]
    total: int


def fields_of(layer: Layer, scheme: Scheme) -> list[AgreementField]:
    """Return label, severity if the layer has it, and every attribute that is a choice or a flag."""
    fields = [AgreementField(LABEL)]
    if layer.has_severity:
        fields.append(AgreementField(SEVERITY, order=tuple(step.id for step in scheme.severities)))
    chosen = (item for item in layer.attributes if item.kind is not FieldKind.TEXT)
    return fields + [AgreementField(item.id, attribute=item) for item in chosen]


def judged(left: Sequence[Value], right: Sequence[Value], matched: Iterable[tuple[int, int]]) -> Judged:
    """Count the pairs of values of matched annotations in one field, as `AgreementField.read` returns them.

    A pair with a missing value counts as possible, not as judged.
    """
    table = Counter([(left[i], right[j]) for i, j in matched])
    for pair in [pair for pair in table if FOREIGN in pair]:
        del table[pair]
    total = table.total()
    for pair in [pair for pair in table if None in pair]:
        del table[pair]
    return Judged(table, total)


def table_columns(tables: Sequence[Counter[tuple[Value, Value]]], field: AgreementField) -> "ndarray":
    """Return each table as a square matrix in the field's order of values; values unknown to the scheme come last."""
    import numpy

    used = sorted({value for table in tables for pair in table for value in pair})
    known = list(field.order or ())
    place = {value: at for at, value in enumerate([*known, *(value for value in used if value not in known)])}
    columns = numpy.zeros((len(tables), len(place), len(place)))
    for at, table in enumerate(tables):
        for (one, other), count in table.items():
            columns[at, place[one], place[other]] = count
    return columns


def kappa_vector(tables: "ndarray") -> "ndarray":
    """Return Cohen's kappa of each matrix in the last two axes; nan where it is undefined."""
    import numpy

    total = tables.sum(axis=(-2, -1))
    with numpy.errstate(divide="ignore", invalid="ignore"):
        agreed = numpy.trace(tables, axis1=-2, axis2=-1) / total
        chance = (tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1) / total**2
        return numpy.where(chance < 1 - 1e-12, (agreed - chance) / (1 - chance), numpy.nan)


def table_alpha_vector(tables: "ndarray", *, ordered: bool) -> "ndarray":
    """Return Krippendorff's alpha of each matrix, nominal or ordinal; nan where it is undefined."""
    import numpy

    met = tables + numpy.swapaxes(tables, -1, -2)
    uses = met.sum(axis=-1)
    if ordered:
        # Uses at or below each rank, counting half of its own: the ordinal distance of two ranks is the uses in
        # between.
        middle = numpy.cumsum(uses, axis=-1) - uses / 2
        distance = (middle[..., :, None] - middle[..., None, :]) ** 2
    else:
        distance = 1.0 - numpy.eye(tables.shape[-1])
    total = uses.sum(axis=-1)
    expected = (uses[..., :, None] * uses[..., None, :] * distance).sum(axis=(-2, -1))
    with numpy.errstate(divide="ignore", invalid="ignore"):
        result = 1 - (total - 1) * (met * distance).sum(axis=(-2, -1)) / expected
    return numpy.where(expected > 0, result, numpy.nan)

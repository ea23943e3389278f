"""Edits of several annotations of a document at once, as values: one label, field or comment for all of them."""

from collections.abc import Sequence
from typing import NamedTuple

from app.core import annotation_edits, field_values
from app.core.annotation import Annotation
from app.core.edits import Batch, Edit, apply
from app.core.errors import EditRejected
from app.core.scheme import SEVERITY, Scheme
from app.core.state import DocumentState
from app.core.wording import shorten

COMMENT, CORRECTION = "comment", "correction"
"""Fields that annotations have besides their attributes."""


class AllChange(NamedTuple):
    """What is to be changed: the label, given by layer and id, and one field, given by its id, with the value as typed;
    "" removes it.
    """

    layer: str = ""
    label: str = ""
    field: str = ""
    value: str = ""


class SeveralEdits(NamedTuple):
    """The edit, how many annotations it changes, and why others stay as they are."""

    edit: Edit
    changed: int
    refused: tuple[str, ...] = ()


def change_all(
    state: DocumentState, annotations: Sequence[Annotation], wanted: AllChange, *, scheme: Scheme
) -> SeveralEdits:
    """Return the edit that changes annotations where that is possible: each keeps its layer, so a label or a field
    that its layer doesn't have leaves it as it is.
    """
    edits: list[Edit] = []
    refused: list[str] = []
    present = state
    for annotation in annotations:
        try:
            parts = _changed(present, annotation, wanted, scheme)
        except EditRejected as error:
            refused.append(f"“{shorten(annotation.quote)}”: {error.what}")
            continue
        for part in parts:
            present = apply(present, part).state
        edits.extend(parts)
    changed = sum(present.annotations[a.uid] != a for a in annotations)
    return SeveralEdits(edits[0] if len(edits) == 1 else Batch(tuple(edits)), changed, tuple(refused))


def _changed(state: DocumentState, annotation: Annotation, wanted: AllChange, scheme: Scheme) -> list[Edit]:
    """Return the edits of one annotation. Raises EditRejected."""
    edits: list[Edit] = []
    if wanted.label and (annotation.layer, annotation.label) != (wanted.layer, wanted.label):
        if annotation.layer != wanted.layer:
            there = scheme.layer_title(annotation.layer)
            raise EditRejected(f"it is in the layer “{there}”, which doesn't have the label")
        edits.append(annotation_edits.relabel(state, annotation, wanted.label, scheme=scheme))
        annotation = apply(state, edits[0]).state.annotations[annotation.uid]
    if wanted.field:
        edits.append(_field(annotation, wanted, scheme))
    return edits


def _field(annotation: Annotation, wanted: AllChange, scheme: Scheme) -> Edit:
    if wanted.field == COMMENT:
        return annotation_edits.change_comment(annotation, wanted.value)
    layer = scheme.layer(annotation.layer)
    if wanted.field == CORRECTION and layer is not None and layer.has_correction:
        return annotation_edits.change_correction(annotation, wanted.value or None)
    if wanted.field == SEVERITY:
        return annotation_edits.change_severity(annotation, wanted.value or None, scheme=scheme)
    fields = layer.attributes_of(annotation.label) if layer is not None else ()
    attribute = next((item for item in fields if item.id == wanted.field), None)
    if attribute is None:
        raise EditRejected(f"marks labelled {annotation.label} don't have the field")
    try:
        value = field_values.read(attribute, wanted.value)
    except ValueError as error:
        raise EditRejected(str(error)) from error
    return annotation_edits.change_attribute(annotation, attribute.id, value)

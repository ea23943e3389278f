"""Builds the edits of annotations about the document as a whole.

Such an annotation is an anchor at the start of the text in a layer of the kind DOCUMENT, so that it is stored, logged,
merged, reviewed and exported like any other; an annotator has at most one in each such layer.
"""

from app.core.annotation import Annotation
from app.core.annotation_edits import annotate, change_attribute, relabel
from app.core.edits import AddAnnotation, Edit
from app.core.errors import EditRejected
from app.core.scheme import Layer, Scheme
from app.core.state import DocumentState

_PLACE = ((0, 0),)


def document_annotation(state: DocumentState, layer: str, *, scheme: Scheme) -> Annotation | None:
    """Return the annotation of a layer about the document, None if it has none."""
    return next((a for a in state.about_document(scheme) if a.layer == layer), None)


def label_document(state: DocumentState, layer: str, label: str, *, scheme: Scheme) -> Edit:
    """Return the edit that gives the document a label, instead of another one of the layer if it has one.

    Raises EditRejected for an unknown label, a group, or the label that it has already.
    """
    _require_layer(layer, scheme)
    there = document_annotation(state, layer, scheme=scheme)
    if there is None:
        return annotate(state, _PLACE, layer=layer, label=label, scheme=scheme)
    if there.label == label:
        raise EditRejected(f"the document is “{scheme.label_title(layer, label)}” already")
    return relabel(state, there, label, scheme=scheme)


def change_document_field(state: DocumentState, layer: str, attribute: str, value: object, *, scheme: Scheme) -> Edit:
    """Return the edit that sets a field of the document, or removes it with None.

    In a layer with a single label that is given too. Raises EditRejected if the layer has several labels and the
    document has none of them.
    """
    kind = _require_layer(layer, scheme)
    there = document_annotation(state, layer, scheme=scheme)
    if there is not None:
        return change_attribute(there, attribute, value)
    if len(kind.labels) != 1:
        raise EditRejected(f"the document has no “{kind.title}” yet", hint="choose a label first")
    made = annotate(state, _PLACE, layer=layer, label=kind.labels[0].id, scheme=scheme)
    changed = change_attribute(made.annotation, attribute, value)
    return AddAnnotation(changed.annotation)


def _require_layer(layer: str, scheme: Scheme) -> Layer:
    found = scheme.layer(layer)
    if found is None or not found.is_about_document:
        raise EditRejected(f"the scheme {scheme.tag} has no layer “{layer}” about the document")
    return found

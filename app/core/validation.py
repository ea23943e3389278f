"""Validation by the scheme's rules: what an annotation still lacks, and whether a document can be set to done."""

from typing import NamedTuple

from app.core.annotation import Annotation, Status, quote_of
from app.core.edits import Change
from app.core.scheme import EVIDENCE_STATUS, SEVERITY, FieldKind, Label, Layer, Scheme
from app.core.state import DocumentState


class Problem(NamedTuple):
    """An unmet rule, which keeps a document from being done. `field` is the inspector's field in which to fix it."""

    annotation: str
    field: str
    short: str
    message: str


def problems_of(annotation: Annotation, *, scheme: Scheme, text: str | None = None) -> list[Problem]:
    """Return the unmet rules of one annotation; with `text`, its quote is checked too."""
    found: list[Problem] = []

    def report(field: str, short: str, message: str) -> None:
        found.append(Problem(annotation.uid, field, short, message))

    if text is not None and not quote_holds(annotation, text):
        report("range", "quote differs", "The text at its position doesn't match the stored quote; the mark was kept.")
    layer = scheme.layer(annotation.layer)
    if layer is None:
        report("label", "unknown layer", f"Layer “{annotation.layer}” isn't in the scheme {scheme.tag}.")
        return found
    label = layer.label(annotation.label)
    if label is None:
        report("label", "unknown label", f"Label “{annotation.label}” isn't in layer “{layer.title}” of {scheme.tag}.")
        return found
    if annotation.is_anchor and not label.anchor:
        report("range", "covers nothing", f"“{label.title}” needs marked text.")
    for field in required_fields(annotation, layer, label):
        if _lacks(annotation, field):
            report(field, f"needs {_field_name(layer, field)}", f"“{label.title}” needs {_field_name(layer, field)}.")
    found.extend(_value_problems(annotation, layer, label, scheme))
    return found


def required_fields(annotation: Annotation, layer: Layer, label: Label) -> list[str]:
    """Return the fields that this annotation must have by its label and the values of its attributes, each once."""
    fields = list(label.required)
    for attribute in layer.attributes_of(label.id):
        if attribute.required:
            fields.append(attribute.id)
        chosen = annotation.attributes.get(attribute.id)
        fields.extend(field for value in attribute.values if value.id == chosen for field in value.requires)
    return list(dict.fromkeys(fields))


def document_problems(state: DocumentState, *, scheme: Scheme) -> list[Problem]:
    """Return the unmet rules of all annotations in reading order; the document can't be done while there are any."""
    text = state.document.text
    return [problem for a in state.in_order() for problem in problems_of(a, scheme=scheme, text=text)]


def quote_holds(annotation: Annotation, text: str) -> bool:
    """Return whether the annotation's quote is the text at its fragments."""
    fragments = annotation.fragments
    return fragments[-1].end <= len(text) and quote_of(text, fragments) == annotation.quote


def _field_name(layer: Layer, field: str) -> str:
    attribute = layer.attribute(field)
    if attribute is not None:
        return f"“{attribute.title}”"
    return {SEVERITY: "a severity", "correction": "a correction", "evidence": "evidence", "comment": "a comment"}[field]


def _lacks(annotation: Annotation, field: str) -> bool:
    if field == "correction":
        return annotation.correction is None
    if field == "evidence":
        return not annotation.evidence and annotation.attributes.get(EVIDENCE_STATUS) != "EXTERNAL"
    if field == "comment":
        return not annotation.comment.strip()
    return annotation.attributes.get(field) in (None, "")


def _value_problems(annotation: Annotation, layer: Layer, label: Label, scheme: Scheme) -> list[Problem]:
    found: list[Problem] = []
    severity = annotation.attributes.get(SEVERITY)
    if layer.has_severity and severity is not None and scheme.severity(severity) is None:
        found.append(
            Problem(annotation.uid, SEVERITY, "unknown severity", f"“{severity}” isn't on the severity scale.")
        )
    for attribute in layer.attributes_of(label.id):
        value = annotation.attributes.get(attribute.id)
        if value is None or attribute.kind is not FieldKind.CHOICE:
            continue
        allowed = label.only.get(attribute.id) or tuple(item.id for item in attribute.values)
        if value not in allowed:
            titles = ", ".join(f"“{item.title}”" for item in attribute.values if item.id in allowed)
            short = f"{attribute.title.lower()}?"
            message = f"“{attribute.title}” must be {titles} for “{label.title}”."
            found.append(Problem(annotation.uid, attribute.id, short, message))
    return found


def settled_status(state: DocumentState, *, scheme: Scheme, change: Change | None = None) -> Status:
    """Return the state's status if it is true, else the right one: `done` requires that all rules are met, `done_empty`
    that there are no annotations.

    With `change`, the state before it is known to have met all rules, and only what it changed is validated.
    """
    if not state.status.is_finished:
        return state.status
    if change is None:
        problems = document_problems(state, scheme=scheme)
    else:
        touched = (*change.added, *(new for _, new in change.replaced))
        problems = [p for a in touched for p in problems_of(a, scheme=scheme, text=state.document.text)]
    if problems:
        return Status.OPEN
    return Status.DONE if state.annotations else Status.DONE_EMPTY

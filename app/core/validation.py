"""Validation by the scheme's rules: what an annotation still lacks, and whether a document can be set to done."""

from collections.abc import Sequence
from typing import NamedTuple

from app.core import field_values
from app.core.annotation import Annotation, Relation, Status, quote_of
from app.core.edits import Change
from app.core.errors import EditRejected
from app.core.proposal import is_proposal
from app.core.scheme import EVIDENCE_STATUS, SEVERITY, Attribute, Label, Layer, Scheme, Value
from app.core.state import DocumentState, reading_order

_FIELD_NAMES = {SEVERITY: "a severity", "correction": "a correction", "evidence": "evidence", "comment": "a comment"}


class Problem(NamedTuple):
    """An unmet rule, which keeps a document from being done. `field` is the inspector's field in which to fix it.

    `annotation` and `relation` are uids. An unmet rule of a relation names its source; one about the document as a
    whole has the layer (id) that lacks an annotation instead.
    """

    annotation: str
    field: str
    short: str
    message: str
    relation: str = ""
    layer: str = ""


def problems_of(annotation: Annotation, *, scheme: Scheme, text: str | None = None) -> list[Problem]:
    """Return the unmet rules of one annotation; with `text`, its quote is checked too."""
    found: list[Problem] = []
    uid = annotation.uid
    if text is not None and not quote_holds(annotation, text):
        message = "The text at its position doesn't match the stored quote; the mark was kept."
        found.append(Problem(uid, "range", "quote differs", message))
    layer = scheme.layer(annotation.layer)
    label = layer.label(annotation.label) if layer is not None else None
    if layer is None or label is None:
        return found + _unknown(annotation, layer, scheme)
    if label.group:
        message = f"“{label.title}” is a group; choose one of the labels under it."
        found.append(Problem(uid, "label", "only a group", message))
    if not label.anchor and annotation.is_anchor and not layer.is_about_document:
        found.append(Problem(uid, "range", "covers nothing", f"“{label.title}” needs marked text."))
    for field in required_fields(annotation, layer, label):
        if _lacks(annotation, field) and field not in _closed_fields(annotation, layer):
            short = f"needs {_field_name(layer, field)}"
            found.append(Problem(uid, field, short, f"“{label.title}” {short}."))
    return found + _value_problems(annotation, layer, label, scheme) if annotation.attributes else found


def _unknown(annotation: Annotation, layer: Layer | None, scheme: Scheme) -> list[Problem]:
    """Return the problem of an annotation whose layer or label isn't in the scheme; none of a proposed label."""
    if layer is None:
        message = f"Layer “{annotation.layer}” isn't in the scheme {scheme.tag}."
        return [Problem(annotation.uid, "label", "unknown layer", message)]
    if scheme.proposals and is_proposal(annotation.label):
        return []  # it is for the lead to decide, and keeps nobody from being done
    message = f"Label “{annotation.label}” isn't in layer “{layer.title}” of {scheme.tag}."
    return [Problem(annotation.uid, "label", "unknown label", message)]


def required_fields(annotation: Annotation, layer: Layer, label: Label) -> Sequence[str]:
    """Return the fields that this annotation must have by its label and the values of its attributes, each once."""
    if not annotation.attributes or not layer.depends_on_values(label.id):
        return layer.always_required(label.id)
    fields = list(label.required)
    for attribute in layer.attributes_of(label.id):
        if attribute.required:
            fields.append(attribute.id)
        fields.extend(field for value in _chosen(annotation, attribute) for field in value.requires)
    return list(dict.fromkeys(fields))


def _chosen(annotation: Annotation, attribute: Attribute) -> list[Value]:
    """Return the choices that an annotation has in a field."""
    given = annotation.attributes.get(attribute.id)
    if given is None or not attribute.values:
        return []
    return [item for item in attribute.values if item.id == given or (isinstance(given, list) and item.id in given)]


def _closed_fields(annotation: Annotation, layer: Layer) -> set[str]:
    """Return the required fields that an annotation may lack by what it says elsewhere."""
    if not annotation.attributes:
        return set()
    closed = {
        field
        for attribute in layer.attributes_of(annotation.label)
        for value in _chosen(annotation, attribute)
        for field in value.closes
    }
    # Evidence outside the project can't be linked. Schemes of before could say this in no other way.
    return closed | {"evidence"} if annotation.attributes.get(EVIDENCE_STATUS) == "EXTERNAL" else closed


def document_problems(state: DocumentState, *, scheme: Scheme) -> list[Problem]:
    """Return the unmet rules of the document, its annotations in reading order and its relations; the document can't be
    done while there are any.
    """
    text = state.document.text
    # Most annotations have none, and to sort those that have is quicker than to sort all.
    unmet = [(a, found) for a in state.annotations.values() if (found := problems_of(a, scheme=scheme, text=text))]
    unmet.sort(key=lambda each: reading_order(each[0]))
    return [
        *missing_layers(state, scheme=scheme),
        *(problem for _, found in unmet for problem in found),
        *(problem for r in state.relations.values() for problem in relation_problems(r, state, scheme=scheme)),
    ]


def not_done(first: Problem, count: int, state: DocumentState, *, scheme: Scheme) -> EditRejected:
    """Return the error for a document that can't be set to done because of so many unmet rules; it names the first."""
    if first.layer:
        what = f"not done yet: the document needs “{scheme.layer_title(first.layer)}”"
        return EditRejected(what, hint="choose it above the text")
    annotation = state.annotations[first.annotation]
    quote = annotation.quote[:60] or scheme.label_title(annotation.layer, annotation.label)
    more = f" and {count - 1} more" if count > 1 else ""
    hint = "" if first.short.startswith("needs ") else first.message  # it would repeat the message
    return EditRejected(f"not done yet: “{quote}” {first.short}{more}", hint=hint)


def quote_holds(annotation: Annotation, text: str) -> bool:
    """Return whether the annotation's quote is the text at its fragments."""
    fragments = annotation.fragments
    last = fragments[-1]
    if last.end > len(text):
        return False
    if len(fragments) == 1:
        return text[last.start : last.end] == annotation.quote
    return quote_of(text, fragments) == annotation.quote


def _field_name(layer: Layer, field: str) -> str:
    attribute = layer.attribute(field)
    return _FIELD_NAMES[field] if attribute is None else f"“{attribute.title}”"


def _lacks(annotation: Annotation, field: str) -> bool:
    if field == "correction":
        return annotation.correction is None
    if field == "evidence":
        return not annotation.evidence
    if field == "comment":
        return not annotation.comment.strip()
    return field_values.is_empty(annotation.attributes.get(field))


def _value_problems(annotation: Annotation, layer: Layer, label: Label, scheme: Scheme) -> list[Problem]:
    found: list[Problem] = []
    severity = annotation.attributes.get(SEVERITY)
    if layer.has_severity and severity is not None and scheme.severity(severity) is None:
        found.append(
            Problem(annotation.uid, SEVERITY, "unknown severity", f"“{severity}” isn't on the severity scale.")
        )
    for attribute in layer.attributes_of(label.id):
        value = annotation.attributes.get(attribute.id)
        wrong = (
            field_values.complaint(attribute, value, label.only.get(attribute.id, ())) if value is not None else None
        )
        if wrong:
            short = f"{attribute.title.lower()}?"
            message = f"“{attribute.title}” must be {wrong} for “{label.title}”."
            found.append(Problem(annotation.uid, attribute.id, short, message))
    return found


def relation_problems(relation: Relation, state: DocumentState, *, scheme: Scheme) -> list[Problem]:
    """Return the unmet rules of one relation of a state."""
    found: list[Problem] = []

    def report(field: str, short: str, message: str) -> None:
        found.append(Problem(relation.source, field, short, message, relation=relation.uid))

    kind = scheme.relation(relation.label)
    if kind is None:
        # A scheme without any relation type doesn't say which there are: those of an import are kept as they are.
        if scheme.relations:
            report("relation", "unknown relation", f"There is no relation “{relation.label}” in {scheme.tag}.")
        return found
    for uid, ends, what in (
        (relation.source, kind.sources, "start at"),
        (relation.target, kind.targets, "point to"),
    ):
        annotation = state.annotations.get(uid)
        if annotation is not None and not scheme.may_end(ends, annotation):
            title = scheme.label_title(annotation.layer, annotation.label)
            report("relation", "wrong end", f"The relation “{kind.title}” can't {what} “{title}”.")
    for attribute in kind.attributes:
        value = relation.attributes.get(attribute.id)
        if attribute.required and field_values.is_empty(value):
            message = f"The relation “{kind.title}” needs “{attribute.title}”."
            report("relation", f"needs {attribute.title.lower()}", message)
        wrong = field_values.complaint(attribute, value) if value is not None else None
        if wrong:
            report("relation", f"{attribute.title.lower()}?", f"“{attribute.title}” must be {wrong}.")
    return found


def missing_layers(state: DocumentState, *, scheme: Scheme) -> list[Problem]:
    """Return a problem for each layer about the document that must have an annotation and has none."""
    required = [layer for layer in scheme.layers if layer.required]
    if not required:
        return []
    there = {annotation.layer for annotation in state.about_document(scheme)}
    return [
        Problem("", "label", f"no {layer.title.lower()}", f"The document needs “{layer.title}”.", layer=layer.id)
        for layer in required
        if layer.id not in there
    ]


def settled_status(state: DocumentState, *, scheme: Scheme, change: Change | None = None) -> Status:
    """Return the state's status if it is true, else the right one: `done` requires that all rules are met, `done_empty`
    that there are no annotations.

    With `change`, the state before it is known to have met all rules, and only what it changed is validated.
    """
    if not state.status.is_finished:
        return state.status
    problems = document_problems(state, scheme=scheme) if change is None else _new_problems(state, change, scheme)
    if problems:
        return Status.OPEN
    return Status.DONE if state.annotations else Status.DONE_EMPTY


def _new_problems(state: DocumentState, change: Change, scheme: Scheme) -> list[Problem]:
    touched = (*change.added, *(new for _, new in change.replaced))
    found = [p for a in touched for p in problems_of(a, scheme=scheme, text=state.document.text)]
    if change.removed:
        found += missing_layers(state, scheme=scheme)
    new = (*change.relations_added, *(relation for _, relation in change.relations_replaced))
    relations = {relation.uid: relation for relation in new}
    if state.relations and change.replaced:
        ends = {new.uid for _, new in change.replaced}
        relations |= {r.uid: r for r in state.relations.values() if not ends.isdisjoint(r.ends)}
    return found + [p for r in relations.values() for p in relation_problems(r, state, scheme=scheme)]
